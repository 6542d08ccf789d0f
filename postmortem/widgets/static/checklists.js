// Checklists and their uses. Points are fields like any other; what is ticked stays in the window until it is kept.
const doSay = (panel, name, args) => panel.say({ type: "do", do: name, args });

const ofAction = (block, panel) => h("div", { class: "pm-lists", key: "list" },
  block.findings.map((finding) => findingLine(finding, panel, true)),
  block.text && h("p", { class: "pm-help" }, sign("done"), ` ${block.text}`),
  block.make && panel.block(block.make, "make"));

// One point: its words, and its way up, down and out. Alt with an arrow moves it, Enter adds one below.
class Point extends Component {
  args(more) { return { key: this.props.list, at: this.props.point.at, ...more }; }
  // What was typed is sent before the point is moved: leaving a field sends it.
  flushed() {
    const at = this.row && this.row.querySelector("input");
    if (at && at === document.activeElement) at.blur();
    return at ? at.value : this.props.point.text;
  }
  move(by) { const text = this.flushed(); doSay(this.props.panel, "move-point", this.args({ by, text })); }
  key(event) {
    const by = event.altKey && { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!by) return;
    event.preventDefault();
    event.stopPropagation();
    this.move(by);
  }
  render({ point, panel }) {
    const number = point.at + 1;
    const small = (label, name, act, off) => el("button", { type: "button", class: "pm-btn quiet sm", "aria-label": `${label} point ${number}`, disabled: off, onClick: act }, sign(name, name === "up" || name === "down" ? "turn" : ""), h("span", { class: "w" }, label));
    return h("li", { onKeyDown: (event) => this.key(event), ref: (node) => { this.row = node; } },
      h("span", { class: "n", "aria-hidden": "true" }, number),
      h(Typing, { value: point.text, ack: panel.ack,
        field: { kind: "text", place: point.place, placeholder: "what is looked at, and what is seen then", aria: `Point ${number}` },
        send: (text, was) => doSay(panel, "point", this.args({ value: text, was })), enter: () => doSay(panel, "add-point", { key: this.props.list, after: point.at }) }),
      h("span", { class: "does" }, small("Up", "up", () => this.move(-1), point.at === 0), small("Down", "down", () => this.move(1), point.last),
        small("Take out", "close", () => { const text = this.flushed(); doSay(panel, "drop-point", this.args({ text })); })));
  }
}

// The boxes for one job. They are emptied when a use was kept, and by nothing else.
class Ticks extends Component {
  constructor(props) {
    super(props);
    this.state = { ticked: {}, job: "", by: props.block.by, on: props.block.today, note: "" };
    this.name = fieldName();
  }
  turn(point, on) { this.setState((old) => ({ ticked: { ...old.ticked, [point]: on } })); }
  keep() {
    const { block, panel } = this.props;
    const { ticked, job, by, on, note } = this.state;
    doSay(panel, "tick", { key: block.key, version: block.version, ticked: block.points.filter((point) => ticked[point]), job, by, on, note });
  }
  text(field, label, extra = {}) {
    const name = `${this.name}-${field}`;
    return h("div", { class: "pm-f" }, h("div", { class: "pm-l" }, h("label", { for: name }, label)),
      el("input", { type: "text", id: name, class: "pm-c", value: this.state[field], autocomplete: "off", onInput: (event) => this.setState({ [field]: event.target.value }), ...extra }));
  }
  render({ block }, { ticked }) {
    const done = block.points.filter((point) => ticked[point]).length;
    return h("div", { class: "pm-ticks" },
      h("fieldset", null, h("legend", null, "Tick what you looked at"),
        block.points.length ? block.points.map((point, at) => h("label", { key: point, class: ticked[point] ? "on" : "" },
          el("input", { type: "checkbox", checked: Boolean(ticked[point]), "data-place": `tick.${block.key}.${at}`, onChange: (event) => this.turn(point, event.target.checked) }), h("span", null, point)))
          : h("p", { class: "pm-help" }, "There are no points on this list yet.")),
      h("div", { class: "pm-row c3" }, this.text("job", "Which job", { placeholder: "the address, or the number" }), this.text("by", "Who"), this.text("on", "When", { placeholder: block.today })),
      this.text("note", "What there is to say", { placeholder: "what could not be ticked, and why" }),
      h("div", { class: "pm-buttons" },
        el("button", { type: "button", class: "pm-btn pri", disabled: !block.points.length, onClick: () => this.keep() }, "Done: keep this use"),
        h("span", { class: "small" }, `${done} of ${block.points.length} ticked. Nothing is kept before you press Done.`)));
  }
}

const ticksBlock = (block, panel) => h(Fragment, { key: "ticking" },
  el("p", { class: `pm-ticksaid ${block.said ? "pm-finding bad" : ""}`, role: block.said ? "alert" : "status", tabindex: -1, "data-place": `ticking.${block.key}` },
    block.said ? [sign("need"), h("span", null, h("b", { class: "pm-kindw" }, "Not kept yet."), ` ${block.said}`)] : block.kept > 0 && [sign("done"), " Kept. The boxes are empty again, for the next job."]),
  h(Ticks, { block, panel, key: `${block.key}-${block.kept}` }));

const runRows = (rows, total, panel) => h("div", { class: "pm-runs", key: "runs" },
  h("h4", null, total ? `${total} use${total === 1 ? "" : "s"}${total > rows.length ? `; the last ${rows.length}` : ""}` : "No use yet"),
  rows.length > 0 && h("ul", null, rows.map((row) => h("li", { key: row.key },
    h("div", null, h("b", null, row.when), ` ${row.who}`, h("p", { class: "small" }, row.told, row.left.length > 0 && `. Not ticked: ${row.left.join("; ")}`, row.note && `. ${row.note}`)),
    el("button", { type: "button", class: "pm-btn quiet sm", "aria-label": `Take out the use of ${row.when}, ${row.who}`, onClick: () => doSay(panel, "drop-run", row.args) }, "Take out")))));

const changedLines = (block) => block.changed.length > 0 && h("details", { class: "more", key: "changed" }, el("summary", null, "What changed"), h("ul", { class: "pm-lines" }, block.changed.map((line) => h("li", { key: line }, line))));
const pageOf = (block, panel) => panel.state.reports.filter((item) => item.name === block.file).map((item) => panel.report(item));
const warned = (text) => text && h("div", { class: "pm-finding need", key: "missed" }, sign("need"), h("div", null, h("b", { class: "pm-kindw" }, "Look at this:"), ` ${text}`));

Object.assign(BLOCKS, {
  sheet: (block, panel) => h("section", { class: "pm-card pm-sheet", key: `sheet-${block.key}` },
    h("header", null, /^l\d+$/.test(block.key) && h("span", { class: "k" }, block.key.toUpperCase()), h("h3", null, block.title || "No name yet"), h("span", { class: "k" }, block.version)),
    block.from && h("p", { class: "pm-help" }, block.from),
    changedLines(block), warned(block.missed),
    h("div", { class: "pm-even" }, panel.blocks(block.fields)),
    h("h4", null, "Points, in the order of the work"),
    block.findings.map((finding) => findingBlock(finding, panel)),
    h("ol", { class: "pm-points" }, block.points.map((point) => h(Point, { point, list: block.key, panel, key: point.at }))),
    h("div", { class: "pm-buttons" }, el("button", { type: "button", class: "pm-btn sm", onClick: () => doSay(panel, "add-point", { key: block.key }) }, sign("plus"), "Add a point"),
      h("span", { class: "small" }, "Enter adds one below, Alt with an arrow moves one.")),
    h("details", { class: "pm-fold", open: opened(panel, `tick-${block.key}`), onToggle: (event) => unfold(panel, `tick-${block.key}`, event.currentTarget.open) },
      el("summary", null, sign("right", "tw"), "Keep a use"), ticksBlock(block.ticking, panel)),
    runRows(block.runs, block.total, panel),
    h("div", { class: "pm-buttons" }, panel.blocks(block.does)), pageOf(block, panel)),
  "job-sheet": (block, panel) => h("section", { class: "pm-sheet", key: `job-${block.key}` },
    h("header", null, h("h3", null, block.title), h("p", { class: "small" }, [block.job, block.version, block.key].filter(Boolean).join(" · "))),
    changedLines(block),
    block.writes && ticksBlock(block.ticking, panel),
    block.closed && h("p", { class: "pm-help" }, sign("hint"), ` ${block.closed}`),
    runRows(block.runs, block.total, panel),
    h("div", { class: "pm-runs" }, h("h4", null, block.missed.length ? "It should have caught" : "Nobody has said that it let something through"),
      block.missed.length > 0 && h("ul", null, block.missed.map((line) => h("li", { key: line }, line))), warned(block.warn)),
    h("div", { class: "pm-buttons" }, el("button", { type: "button", class: "pm-btn sm", onClick: () => doSay(panel, "list-print", { key: block.key }) }, sign("page"), "Print page")), pageOf(block, panel)),
  caught: (block, panel) => {
    const near = block.options.filter((item) => item.near);
    const other = block.options.filter((item) => !item.near);
    const say = (item) => `${item.name}${item.job ? ` (${item.job})` : ""}`;
    return h("div", { class: "pm-caught", key: "caught" },
      block.unread && h("p", { class: "pm-note warn" }, block.unread),
      block.findings.map((finding) => findingBlock(finding, panel)),
      block.rows.length > 0 && h("ul", null, block.rows.map((row) => h("li", { key: row.key },
        h("div", null, sign("done"), h("b", null, ` ${row.name}`), h("p", { class: "small" }, row.told, row.gone && ` ${row.gone}`)),
        el("button", { type: "button", class: "pm-btn quiet sm", "data-place": `caught.${row.key}`, "aria-label": `Take back: ${row.name}`, onClick: () => doSay(panel, "not-caught", { key: row.key }) }, "Take back")))),
      near.length > 0 && h("p", { class: "small", key: "near" }, "These read like what happened. You decide."),
      near.length > 0 && h("ul", { key: "nearest" }, near.map((item) => h("li", { key: item.key }, h("div", null, say(item), h("p", { class: "small" }, item.key)),
        el("button", { type: "button", class: "pm-btn sm", "aria-label": `${say(item)} should have caught it`, onClick: () => doSay(panel, "caught", { key: item.key }) }, "Should have caught it")))),
      block.options.length > 0
        ? el("select", { class: "pm-c", "data-place": "caught", "aria-label": "Another list that should have caught this", value: "", onChange: (event) => { const key = event.target.value; event.target.value = ""; if (key) doSay(panel, "caught", { key }); } },
            h("option", { value: "" }, near.length ? "another list…" : "choose a list…"), (near.length ? other : block.options).map((item) => h("option", { value: item.key, key: item.key }, `${say(item)}, ${item.key}`)))
        : !block.rows.length && el("p", { class: "pm-help", tabindex: -1, "data-place": "caught" }, "No other record has a list yet."));
  },
});
