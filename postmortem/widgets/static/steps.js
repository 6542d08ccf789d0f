// The steps with the customer: a row at rest is one line; it opens for its time, who, how and a note. And handing over.
const STEP_SIGNS = { done: "done", "to do": "todo", "not needed": "off" };
const stepSign = (row) => (row.is_late ? "clock" : STEP_SIGNS[row.status]);
const stepKey = (row) => `step-${row.key}`;
const stepOpen = (panel, row) => row.must || opened(panel, stepKey(row));
const sayStep = (panel, what, row, more) => panel.say({ type: "do", do: what, args: { key: row.key, ...more } });

// What is not needed asks for its reason: the row opens before the answer is there, so that the focus finds the field.
const spareStep = (panel, row, extra = "") => el("button", { type: "button", class: `pm-link ${extra}`, "aria-label": `Not needed: ${row.text}`,
  onClick: () => { unfold(panel, stepKey(row), true); sayStep(panel, "step-spared", row); } }, "Not needed…");
const quickStep = (panel, row) => row.quick.map((way, at) => h(Fragment, { key: way.at },
  el("button", { type: "button", class: at ? "pm-link" : "pm-btn sm", title: way.aside || undefined, "aria-label": `${way.label}${way.aside ? `, ${way.aside}` : ""}: ${row.text}`, onClick: () => sayStep(panel, "step-done", row, { at: way.at }) },
    at ? way.brief : way.label), !at && row.quick.length > 1 && " or "));

// What was said stands folded below its step; in an open row it is one of its details.
const saidKey = (row) => `said-${row.key}`;
const saidField = (panel, row) => h("div", { class: "pm-step-said" }, h(Field, { field: row.words.field, panel, key: row.words.field.place }),
  row.words.take && el("button", { type: "button", class: "pm-link", onClick: () => sayStep(panel, "words-said", row) }, "Take the words from below: they were said then"));
const saidFold = (panel, row, shown) => el("button", { type: "button", class: "pm-link said", "aria-expanded": shown ? "true" : "false", "aria-label": `What was said: ${row.text}`, "data-place": shown ? undefined : row.words.field.place,
  onClick: () => { unfold(panel, saidKey(row), !shown); if (shown) unfold(panel, stepKey(row), false); } }, "What was said", sign("down", shown ? "up" : ""));

const askWhy = (panel, why) => why && (why.stands
  ? h("p", { class: "small" }, "It is asked in stage 4, under why our answer was slow or wrong.")
  : el("button", { type: "button", class: "pm-link", onClick: () => panel.say({ type: "do", do: "why-recovery", args: { text: why.text } }) }, "Why was that? Ask it in stage 4"));

const stepNote = (panel, row, note) => el("div", { class: `pm-finding${note.need ? " need" : ""}`, key: `${note.rule}-${note.where}-${note.n}`, tabindex: -1, "data-place": note.where },
  sign(note.need ? "need" : "hint"), h("div", null, h("b", { class: "pm-kindw" }, note.kind), ` ${sentence(note.text)} ${sentence(note.remedy)} `,
    h("div", { class: "pm-does" }, note.agree && el("button", { type: "button", class: "pm-btn sm", onClick: () => sayStep(panel, "agree", row) }, note.agree), askWhy(panel, note.why),
      !note.need && el("button", { type: "button", class: "pm-link", "aria-label": `Leave it so: ${note.text}`, onClick: () => panel.say({ type: "keep", rule: note.rule, where: note.where }) }, "Leave it so"))));

// Whoever is in a field of the row keeps it open, also when what had opened it is settled.
const stepInside = (panel, row) => h("tr", { key: `${row.key}-in`, class: "in" }, h("td"), h("td", { colSpan: 6, onFocusIn: () => unfold(panel, stepKey(row), true) },
  h("div", { class: "pm-step-in" }, row.fields.map((field) => h(Field, { field, panel, key: field.place }))),
  row.words && saidField(panel, row),
  row.late && row.late_why && h("p", { class: "small" }, `${row.late}. `, askWhy(panel, row.late_why)),
  h("div", { class: "pm-buttons" },
    row.status === "to do" && el("button", { type: "button", class: "pm-btn sm", onClick: () => sayStep(panel, "step-done", row, { at: row.quick[0] ? row.quick[0].at : "now" }) }, row.quick[0] ? row.quick[0].label : "Done"),
    row.status !== "to do" && el("button", { type: "button", class: "pm-btn sm", onClick: () => sayStep(panel, "step-undone", row) }, row.status === "done" ? "Not done after all" : "To do after all"),
    row.status !== "not needed" && spareStep(panel, row))));

const stepRow = (panel, row) => {
  const open = stepOpen(panel, row);
  const rests = row.status === "to do";
  const folded = row.words && row.words.there && !open && !row.words.must && !opened(panel, saidKey(row));
  const saidBelow = row.words && row.words.there && !open && !folded;
  const below = open || saidBelow || row.notes.length > 0;
  const said = [row.when && h("span", { class: "at" }, row.when), row.how && h("small", null, row.how)];
  return [
    h("tr", { key: row.key, class: `${row.number ? "" : "part "}${below ? "has-note" : ""}` },
      h("td", { class: "no" }, row.number),
      h("td", { class: "what" }, row.text, row.words && row.words.there && h(Fragment, null, " ", saidFold(panel, row, !folded))),
      h("td", { class: "due" }, row.due, row.soon && h("small", { class: "soon" }, row.soon), row.late && h("small", { class: "late" }, row.late)),
      h("td", { class: `st ${row.is_late ? "late" : row.status.replace(" ", "-")}` }, sign(stepSign(row)), " ", row.word),
      rests
        ? h("td", { class: "quick", colSpan: 2 }, row.spared ? h("small", null, row.spared) : h("div", null, quickStep(panel, row), spareStep(panel, row, "spare")))
        : row.status === "not needed"
          ? h("td", { class: "quick", colSpan: 2 }, h("small", null, row.spared))
          : [h("td", { class: "when", key: "when" }, said, row.by && h("small", { class: "by-narrow", "aria-hidden": "true" }, row.by)), h("td", { class: "by", key: "by" }, row.by)],
      h("td", { class: "end" }, row.marks.map(mark), el("button", { type: "button", class: "pm-btn quiet sm", "data-place": row.place, "aria-expanded": open ? "true" : "false", "aria-label": `Time, who, how and note: ${row.text}`,
        onClick: () => unfold(panel, stepKey(row), !opened(panel, stepKey(row))) }, sign("down", open ? "up" : "")))),
    open && stepInside(panel, row),
    saidBelow && h("tr", { key: `${row.key}-said`, class: "in" }, h("td"), h("td", { colSpan: 6 }, saidField(panel, row))),
    row.notes.length > 0 && h("tr", { key: `${row.key}-note`, class: "note" }, h("td"), h("td", { colSpan: 6 }, row.notes.map((note) => stepNote(panel, row, note)))),
  ];
};

Object.assign(BLOCKS, {
  asks: (block) => h("div", { class: "pm-level", key: "asks" }, block.columns.map((column) => h("div", { key: column.title }, h("h4", null, column.title),
    h("ul", { class: "pm-lines" }, column.items.map((item) => h("li", { key: item }, item)))))),
  lead: (block, panel) => el("div", { class: "pm-lead", key: "lead", tabindex: -1, "data-place": block.place },
    h("p", null, h("b", null, block.strong), ` ${block.text} `, block.findings.map(mark)),
    block.findings.map((finding) => h("p", { class: "small", key: finding.rule }, sentence(finding.remedy)))),
  "steps-before": (block, panel) => h("div", { class: "pm-steps-before", key: "steps-before" }, panel.blocks(block.body)),
  procedure: (block, panel) => h("div", { class: "pm-proc", key: "procedure" },
    h("table", { class: "pm-steps" },
      h("thead", null, h("tr", null, ["Number", "Step", "Due", "Status", "When, how", "By", "Notes and more"].map((name, at) => h("th", { scope: "col", class: { "When, how": "when", By: "by" }[name] || "" }, at && at < 6 ? name : h("span", { class: "pm-live" }, name))))),
      h("tbody", null, block.rows.map((row) => stepRow(panel, row)))),
    block.before.length > 0 && h("div", { class: "pm-before" }, h("h4", null, "Done before the procedure was changed"),
      h("ul", null, block.before.map((row) => h("li", { key: row.key }, sign(STEP_SIGNS[row.status]), h("span", null, ` ${row.word}: ${row.text}`), h("span", { class: "small" }, [row.when, row.how, row.by, row.note].filter(Boolean).join(", "))))))),
});
