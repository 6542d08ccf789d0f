// What we owe, a track a thing: owed, offered, accepted, carried out. Four facts, each a sign, a word and when; beside the next
// one stands what can be done. Amounts, times and the approval are folded away below.
const FACT_SIGNS = { yes: "done", late: "clock", todo: "todo", off: "off", none: "todo" };
const FACT_WORDS = { yes: "yes", late: "late", todo: "open", off: "no", none: "not yet" };
const owedDo = (panel, about) => (it, at) => el("button", { type: "button", key: `${it.do}-${at}`, "data-place": it.place, disabled: it.off,
  class: it.style === "link" ? "pm-link" : "pm-btn sm", "aria-label": `${it.label}: ${about}`, "aria-expanded": it.opens ? String(opened(panel, it.opens)) : undefined,
  onClick: () => (it.opens ? unfold(panel, it.opens, !opened(panel, it.opens)) : panel.say({ type: "do", do: it.do, args: it.args })) }, it.label);

// Less than the playbook gives: what they get instead and why are asked first, and go with the one press that decides it.
class Decide extends Component {
  constructor(props) { super(props); this.name = fieldName(); this.state = { amount: "", because: "" }; }
  componentDidMount() { this.input.focus(); }
  done() {
    const { amount, because } = this.state;
    if (!because.trim()) { this.why.focus(); return; }
    this.props.panel.say({ type: "do", do: "decide-otherwise", args: { ...this.props.ask.args, amount: amount.trim(), because: because.trim() } });
  }
  line(of, label, holder, ref) {
    return h("div", { class: "pm-f" }, h("div", { class: "pm-l" }, h("label", { for: `${this.name}-${of}` }, label)),
      el("input", { id: `${this.name}-${of}`, type: "text", class: "pm-c", value: this.state[of], placeholder: holder, autocomplete: "off", ref,
        onInput: (event) => this.setState({ [of]: event.target.value }),
        onKeyDown: (event) => { event.stopPropagation(); if (!event.isComposing && event.key === "Enter") { event.preventDefault(); this.done(); } } }));
  }
  render({ ask, about }) {
    return h("div", { class: "why" },
      this.line("amount", ask.instead, ask.holder, (node) => { this.input = node; }),
      this.line("because", "Because", "why less was decided", (node) => { this.why = node; }),
      h("div", { class: "pm-buttons" }, el("button", { type: "button", class: "pm-btn sm", "aria-label": `Decide it so: ${about}`, onClick: () => this.done() }, "Decide it so")));
  }
}

const owedFact = (panel, about) => (fact) => h("li", { key: fact.name, class: fact.state },
  sign(FACT_SIGNS[fact.state]), h("b", null, fact.name, h("span", { class: "pm-live" }, `: ${FACT_WORDS[fact.state]}.`)), " ", h("span", null, fact.text),
  fact.does.length > 0 && h("div", { class: "does" }, fact.does.map(owedDo(panel, about))));

const owedNote = (panel, note, ways, about) => h("div", { class: `pm-finding${note.need ? " need" : ""}`, key: `${note.where}-${note.n}` }, sign(note.need ? "need" : "hint"),
  h("div", null, h("b", { class: "pm-kindw" }, note.kind), ` ${sentence(note.text)} ${sentence(note.remedy)}`,
    h("div", { class: "pm-do" }, ways.map(owedDo(panel, about)),
      !note.need && el("button", { type: "button", class: "pm-link", "aria-label": `Leave it so: ${note.text}`, onClick: () => panel.say({ type: "keep", rule: note.rule, where: note.where }) }, "Leave it so"))));

const owedTrack = (block, panel) => {
  const about = `${block.title} ${block.amount}`.trim();
  const key = `owed-${block.key}`;
  const open = panel.state.open[key] ?? block.open;
  // What can be done about an amount above the limit stands in the finding that says so, or by itself where that was put away.
  const limited = block.notes.findIndex((note) => /\.(offered_at|approved_by)$/.test(note.where));
  return el("section", { class: "pm-owed", key, tabindex: -1, "data-place": block.place || undefined, "aria-label": about },
    h("header", null, h("b", null, block.title), h("span", { class: "small" }, block.what), h("span", { class: "amt" }, block.amount), block.notes.map(mark)),
    h("ol", { class: "pm-track" }, block.facts.map(owedFact(panel, about))),
    block.notes.map((note, at) => owedNote(panel, note, at === limited ? block.ways : [], about)),
    block.decide && opened(panel, `decide-${block.key}`) && h(Decide, { ask: block.decide, panel, about, key: `decide-${block.key}` }),
    block.reason && h("div", { class: "why" }, h(Field, { field: block.reason, panel, key: block.reason.place })),
    limited < 0 && block.ways.length > 0 && h("div", { class: "pm-buttons" }, block.ways.map(owedDo(panel, about))),
    block.fields.length > 0 && h("details", { class: "more", open, onToggle: (event) => unfold(panel, key, event.currentTarget.open) },
      el("summary", null, "Amounts and times", h("span", { class: "pm-live" }, ` of ${about}`)),
      h("div", { class: "pm-owed-in" }, block.fields.map((field) => h(Field, { field, panel, key: field.place }))),
      panel.blocks([block.drop])));
};

// A dot a case on one line; this case is another shape with its word. All of it stands in the table too.
const fairDots = (dots) => {
  const y = (lane) => 78 - lane * 13;
  const at = (share) => `${(2 + share * 96).toFixed(2)}%`;
  const side = (share) => (share < 0.5 ? "start" : "end");
  return h("svg", { class: "pm-fair-dots", height: 128, role: "img", "aria-label": `${dots.median[1]}. ${dots.own ? dots.own[1] : "Nothing is offered here yet"}. The table below has every case.` },
    h("line", { class: "axis", x1: "2%", x2: "98%", y1: 88, y2: 88 }),
    h("line", { class: "median", x1: at(dots.median[0]), x2: at(dots.median[0]), y1: 18, y2: 88 }),
    h("text", { x: at(dots.median[0]), dx: dots.median[0] < 0.5 ? 4 : -4, y: 13, "text-anchor": side(dots.median[0]) }, dots.median[1]),
    dots.dots.map(([share, lane], key) => h("circle", { key, cx: at(share), cy: y(lane), r: 5 })),
    dots.own && h("svg", { x: at(dots.own[0]), y: 88, class: "own" }, h("path", { d: "M0-8L8 0L0 8L-8 0z" })),
    dots.own && h("text", { class: "own", x: at(dots.own[0]), dx: dots.own[0] < 0.5 ? 12 : -12, y: 106, "text-anchor": side(dots.own[0]) }, dots.own[1]),
    h("text", { x: "2%", y: 122 }, "0"), h("text", { x: "98%", y: 122, "text-anchor": "end" }, dots.reach));
};

const fairTable = (block) => h("div", { class: "pm-scroll", tabindex: 0, role: "region", "aria-label": "Comparable cases", "data-lm-suppress-shortcuts": "true" }, h("table", { class: "pm-fair-table" },
  h("thead", null, h("tr", null, block.columns.map((name) => h("th", { scope: "col" }, name)))),
  h("tbody", null, block.rows.map((row, at) => h("tr", { class: at ? "" : "here" }, row.map((cell) => h("td", null, cell)))))));

Object.assign(BLOCKS, {
  owed: owedTrack,
  "owed-next": (block, panel) => h("p", { class: "pm-note pm-owed-next", key: `next-${block.key}` }, sign("done"), h("b", null, ` ${block.text} `), block.does.map(owedDo(panel, block.text))),
  fair: (block, panel) => h("div", { class: "pm-fair", key: "fair" },
    h("p", { class: "pm-note" }, h("b", null, `${block.title}.`), block.subtitle && ` ${block.subtitle}.`),
    block.dots.dots && fairDots(block.dots),
    block.why && h("p", { class: "pm-help" }, block.why),
    block.rows.length > 0 && (block.dots.dots
      ? h("details", { class: "more", open: panel.state.open["fair-table"] || false, onToggle: (event) => unfold(panel, "fair-table", event.currentTarget.open) }, el("summary", null, "Every case, as a table"), fairTable(block))
      : fairTable(block)),
    h("div", { class: "pm-buttons" }, block.does.map(owedDo(panel, "comparable cases")))),
});
