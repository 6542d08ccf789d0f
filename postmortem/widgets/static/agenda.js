// Leading a meeting: the agenda as a table, the invitation to copy, what to say. Everything is drawn as text.
class Letter extends Component {
  constructor(props) { super(props); this.state = { said: "" }; this.name = fieldName(); }
  async copy() {
    const done = await copied(this.props.block.text, () => this.area);
    this.setState({ said: done ? "Copied." : "Marked: press Ctrl+C to copy it." });
  }
  save() {
    const { block } = this.props;
    saveCopy(block.file, block.text, "text/plain;charset=utf-8");
    this.setState({ said: `Saved as ${block.file}.` });
  }
  componentDidUpdate(before) { if (before.block.text !== this.props.block.text && this.state.said) this.setState({ said: "" }); }
  render({ block }, { said }) {
    return h("div", { class: "pm-letter" },
      h("div", { class: "pm-buttons" },
        el("button", { type: "button", class: "pm-btn pri", onClick: () => this.copy() }, sign("page"), "Copy"),
        el("button", { type: "button", class: "pm-btn", onClick: () => this.save() }, "Save as .txt"),
        h("span", { class: "pm-help", role: "status" }, said)),
      h("label", { class: "pm-live", for: this.name }, block.label),
      el("textarea", { id: this.name, class: "pm-c", readonly: true, rows: Math.min(34, block.text.split("\n").length + 6), value: block.text, spellcheck: false, ref: (node) => { this.area = node; } }));
  }
}

Object.assign(BLOCKS, {
  // The roles are said aloud: in a narrow window the rows are laid out as cards, which would take them away.
  agenda: (block) => h("div", { class: "pm-wide", key: "agenda" }, h("table", { class: "pm-agenda", role: "table" },
    h("caption", null, block.caption),
    h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, ["Time", "Stage", "Min", "Ask", "Who speaks"].map((name) => h("th", { scope: "col", role: "columnheader" }, name)))),
    h("tbody", { role: "rowgroup" }, block.rows.map((row, at) => h("tr", { key: at, role: "row" }, h("td", { role: "cell", class: "whole" }, row.time), h("th", { role: "rowheader", scope: "row" }, row.name), h("td", { role: "cell", class: "no" }, row.minutes), h("td", { role: "cell" }, row.ask), h("td", { role: "cell", class: "sp" }, row.speaks)))))),
  letter: (block) => h(Letter, { block, key: "letter" }),
  say: (block) => h("div", { class: "pm-say", key: "say" }, block.items.map((line) => h("p", null, line))),
  pairs: (block) => h("dl", { class: "pm-pairs", key: "pairs" }, block.rows.map(([name, text]) => h("div", null, h("dt", null, name), h("dd", null, text)))),
  hard: (block) => h("dl", { class: "pm-hard", key: "hard" }, block.rows.map((row) => h("div", null, h("dt", null, row.when), row.say.map((line) => h("dd", null, line))))),
  told: (block) => h("p", { class: "pm-told", role: "status", key: "told" }, block.text),
});
