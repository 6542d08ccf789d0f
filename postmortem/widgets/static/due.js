// What is due: a list under each heading, with a button for each promise; what was kept stays there, greyed, with the way back.

// How to open the record: a line of code to copy, for a page can't run a cell of another notebook.
class OpenRecord extends Component {
  async open() {
    const { row } = this.props;
    this.setState({ open: true, said: "" });
    // The line is drawn meanwhile.
    const done = await copied(row.command, () => new Promise((told) => { setTimeout(() => told(this.line), 0); }));
    this.setState({ said: done ? "Copied. Run it in a cell." : "Marked: press Ctrl+C to copy it, and run it in a cell." });
  }
  render({ row }, { open, said }) {
    return h(Fragment, null,
      el("button", { type: "button", class: "pm-btn quiet sm", "aria-expanded": open ? "true" : "false", "aria-label": `Open ${row.record}: ${row.title}`, onClick: () => (open ? this.setState({ open: false }) : this.open()) }, open ? "Close" : "Open…"),
      open && h("span", { class: "cmd" },
        el("input", { type: "text", class: "pm-c", readonly: true, value: row.command, spellcheck: false, "aria-label": `To open ${row.record}, run this in a cell`, ref: (node) => { this.line = node; } }),
        h("span", { class: "pm-help", role: "status" }, said)));
  }
}

class CalendarFile extends Component {
  render({ block }) {
    return h("p", { class: "pm-note pm-due-file", role: "status" }, sign("done"), h("span", null, h("b", null, `Written: ${block.file}. `), "Import it into your calendar; import it again when something changed, and what was moved moves. "),
      el("button", { type: "button", class: "pm-btn sm", onClick: () => saveCopy(block.name, block.text, "text/calendar;charset=utf-8") }, "Save a copy"));
  }
}

const dueRow = (row, panel) => {
  const tell = (name, more = {}) => panel.say({ type: "do", do: name, args: { record: row.record, promise: row.promise, ...more } });
  return h("li", { key: row.key, class: row.kept ? "kept" : "" },
    h("div", { class: `when${row.late && !row.kept ? " late" : ""}` }, row.kept ? sign("check") : row.late ? sign("clock") : null, h("span", null, row.kept ? row.now_kept : row.due)),
    h("div", { class: "what" }, h("b", null, row.text), row.why && h("p", null, row.why),
      h("small", null, h("span", null, row.kind), h("span", null, row.who), row.team && h("span", null, row.team), h("span", { class: "rec" }, `${row.record} `, row.title))),
    el("div", { class: "do", "data-place": `due ${row.key}`, tabindex: -1 },
      row.asked.map(([label, result, deed], at) => el("button", { type: "button", key: label, class: `pm-btn sm${at === 0 && row.asked.length === 1 && row.now ? " pri" : ""}`, "aria-label": `${label}: ${row.text}, ${row.record}`, onClick: () => tell(deed, { result }) }, label)),
      row.back && el("button", { type: "button", key: "undo", class: "pm-btn sm", "aria-label": `Take back: ${row.text}, ${row.record}`, onClick: () => tell("undo") }, sign("undo"), "Take back"),
      h(OpenRecord, { row, key: "open" })));
};

Object.assign(BLOCKS, {
  dueFilters: (block, panel) => h("div", { class: "pm-due-filters", key: "filters" }, block.fields.map((field) => h(Field, { field, panel, key: field.place })),
    h("label", { class: "pm-who" }, "You are ", h(Typing, { value: block.by, ack: panel.ack, field: { kind: "text", place: "by", placeholder: "your name or role" }, send: (value) => panel.say({ type: "by", value }) }))),
  due: (block, panel) => h("section", { class: "pm-sec pm-due", key: `due-${block.key}` },
    h("h3", null, block.title, h("span", { class: "aside" }, String(block.rows.filter((row) => !row.kept).length))),
    h("ul", null, block.rows.map((row) => dueRow(row, panel)))),
  calendarFile: (block) => h(CalendarFile, { block, key: "calendar" }),
});
