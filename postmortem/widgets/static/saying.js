// What will be said to the customer, and how it may be heard. The marks lie over the words and never touch them: a copy of
// the text, unseen, whose wavy lines and letters are seen. What was typed since the last answer has no marks yet.
class Marked extends Component {
  componentDidMount() {
    this.lay = () => this.setState({ now: this.area() ? this.area().value : "" }, () => this.fit());
    this.root.addEventListener("input", this.lay);
    this.watch = new ResizeObserver(() => this.fit());
    this.watch.observe(this.root);
    const area = this.area();
    if (area) { this.watch.observe(area); area.addEventListener("scroll", () => this.fit()); }
    this.lay();
  }
  componentWillUnmount() { this.watch.disconnect(); }
  componentDidUpdate(before) { if (before.block !== this.props.block) this.lay(); }
  area() { return this.root && this.root.querySelector("textarea"); }
  fit() {
    const area = this.area();
    if (!area || !this.over) return;
    const { offsetLeft, offsetTop, offsetWidth, offsetHeight } = area;
    Object.assign(this.over.style, { left: `${offsetLeft}px`, top: `${offsetTop}px`, width: `${offsetWidth}px`, height: `${offsetHeight}px` });
    this.copy.style.width = `${area.clientWidth}px`;
    this.copy.style.transform = `translateY(${-area.scrollTop}px)`;
  }
  pieces(text) {
    const { said, heard } = this.props.block;
    let same = 0;
    while (same < text.length && text[same] === said[same]) same += 1;
    const parts = [];
    let at = 0;
    heard.filter((place) => place.text && place.end <= (text === said ? text.length : same)).forEach((place) => {
      parts.push(text.slice(at, place.start), h("mark", { key: place.letter }, text.slice(place.start, place.end)), h("sup", { key: `${place.letter}-` }, place.letter));
      at = place.end;
    });
    return [...parts, text.slice(at)];
  }
  render({ block, panel }) {
    return h("div", { class: "pm-marked", ref: (node) => { this.root = node; } },
      h(Field, { field: { ...block.words, findings: block.words.findings.map((finding) => ({ ...finding, beside: true })) }, panel, key: "words", plain: true }),
      h("div", { class: "over", "aria-hidden": "true", ref: (node) => { this.over = node; } },
        h("div", { class: "copy", ref: (node) => { this.copy = node; } }, this.pieces(this.state.now ?? block.said))));
  }
}

class CopyWords extends Component {
  componentWillUnmount() { clearTimeout(this.over); }
  async copy() {
    const area = this.props.panel.root.querySelector(`textarea[data-place="recovery.wording"]`);
    if (!area || !area.value) return;
    const done = await copied(area.value, () => area);
    this.setState({ word: done ? "Copied" : "Marked: press Ctrl+C" });
    this.over = setTimeout(() => this.setState({ word: "" }), 3000);
  }
  render({ off }, { word }) {
    return h(Fragment, null, el("button", { type: "button", class: "pm-link", disabled: off, onClick: () => this.copy() }, "Copy the words"),
      h("span", { class: "small", role: "status" }, word ? ` ${word}` : ""));
  }
}

const heardList = (block, panel) => h("div", { class: "pm-heard" },
  h("h4", null, "How it may be heard"),
  h("span", { class: "pm-live", role: "status" }, block.heard.length ? `${block.heard.length} ${block.heard.length === 1 ? "place" : "places"} may be heard amiss` : ""),
  block.heard.length > 0
    ? h("ul", null, block.heard.map((place) => h("li", { key: `${place.letter}-${place.start}` }, h("b", { class: "k" }, place.letter === "-" ? "–" : place.letter), h("span", null, h("b", null, place.says), place.why && ` ${place.why}`, place.better && h("span", { class: "small" }, ` Better: “${place.better}”`)))))
    : h("p", { class: "pm-help" }, block.put_away.length ? "You put the hints away. " : block.said.trim() ? "Nothing in it gets in the way." : "Write your words, and what may be heard amiss stands here.",
      block.put_away.length > 0 && el("button", { type: "button", class: "pm-link", onClick: () => block.put_away.forEach((rule) => panel.say({ type: "unkeep", rule, where: block.where })) }, "Show them again")));

const betterCard = (block, panel) => {
  const { better } = block;
  const leaveIt = block.rules.length > 0;
  return h("section", { class: "pm-better", "aria-label": "One way to say it" },
    h("p", { class: "small" }, "One way to say it"),
    better.tone && h(Field, { field: better.tone, panel, key: "tone" }),
    better.text ? h("p", { class: "words" }, `“${better.text}”`) : h("p", { class: "pm-help" }, "The record does not tell enough yet."),
    better.missing.length > 0 && h("ul", { class: "small" }, better.missing.map((line) => h("li", { key: line }, line))),
    h("div", { class: "pm-buttons" },
      el("button", { type: "button", class: "pm-btn sm", disabled: !better.text || better.same, onClick: () => { flushAll(panel); panel.say({ type: "do", do: "start-words", args: { text: better.text } }); } }, "Start from this"),
      leaveIt && el("button", { type: "button", class: "pm-link", onClick: () => block.rules.forEach((rule) => panel.say({ type: "keep", rule, where: block.where })) }, "Leave it so"),
      h("span", { class: "small last" }, "None of these blocks")),
    better.yours && h("p", { class: "pm-help" }, `Yours was “${better.yours}”. `,
      el("button", { type: "button", class: "pm-link", onClick: () => panel.say({ type: "do", do: "own-words", args: { text: better.yours } }) }, "Put mine back")));
};

const otherSteps = (block, panel) => {
  const { others } = block;
  const turn = (key, on) => panel.say({ type: "do", do: "say-steps", args: { steps: others.rows.filter((row) => (row.key === key ? on : row.on)).map((row) => row.key) } });
  return others.rows.length > 0 && h("details", { class: "more pm-say-steps", open: opened(panel, "say-steps"), onToggle: (event) => unfold(panel, "say-steps", event.currentTarget.open) },
    el("summary", null, "Word other steps"),
    h("div", { class: "pm-checks" }, others.rows.map((row) => h("label", { key: row.key },
      el("input", { type: "checkbox", checked: row.on, onChange: (event) => turn(row.key, event.target.checked) }), ` ${row.label}`, row.done && h("span", { class: "small" }, " (done)")))),
    others.chosen && el("button", { type: "button", class: "pm-link", onClick: () => panel.say({ type: "do", do: "say-steps", args: { steps: [] } }) }, "Back to what comes next"));
};

Object.assign(BLOCKS, {
  "ways-out": (block, panel) => h("div", { class: "pm-buttons pm-ways", key: "ways" }, block.change && panel.block(block.change, "change"),
    el("button", { type: "button", class: "pm-link", onClick: () => focusOn(panel, block.reason) }, block.keep)),
  saying: (block, panel) => h("section", { class: "pm-sec pm-saying", key: "saying" },
    h("div", { class: "pm-halves" },
      h("div", null,
        el("h3", { tabindex: -1, "data-place": "saying" }, block.title),
        h("p", { class: "pm-hint" }, block.lead),
        otherSteps(block, panel),
        h(Field, { field: block.way, panel, key: "way" }),
        block.reason && h(Field, { field: block.reason, panel, key: "reason" }),
        h(Marked, { block, panel, key: "marked" }),
        h("div", { class: "pm-buttons" }, block.done && panel.blocks(block.done.body), h(CopyWords, { panel, off: !block.said.trim() }))),
      h("div", null, heardList(block, panel), betterCard(block, panel)))),
});
