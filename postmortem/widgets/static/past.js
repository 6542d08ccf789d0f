// What is still open from before, above the first why; and what was met before, beside the whys.
const PAST_FIRST = 3;
const pastDeed = (panel, name, args, label, told, extra = {}) =>
  el("button", { type: "button", class: "pm-btn sm", "aria-label": `${label}: ${told}`, onClick: () => panel.say({ type: "do", do: name, args }), ...extra }, label);
const pastRow = (row, panel, writes, details, deeds) =>
  h("li", { key: row.key },
    h("div", { class: "x" }, h("b", null, row.text), h("p", { class: "from" }, `${row.record} ${row.title}`), details),
    writes && h("div", { class: "does" }, deeds, pastDeed(panel, "past-leave", row.args, "Leave", row.text, { class: "pm-btn quiet sm" })));

const pastAction = (row, panel, writes) => pastRow(row, panel, writes,
  h("p", { class: "small" }, row.late && h("span", { class: "late" }, sign("clock"), ` ${row.late}, `), `${row.due}, ${row.owner}`, row.strength && `, ${row.strength}`,
    row.half && h("span", { class: "half" }, ` ${row.half}`)),
  [pastDeed(panel, "past-done", row.args, "Done today", row.text),
    pastDeed(panel, "past-carry", row.args, row.half ? "Note it there" : "Carry over", row.text, { "data-place": row.place })]);

const pastTopic = (row, panel, writes) => pastRow(row, panel, writes, row.by && h("p", { class: "small" }, `brought up by ${row.by}`),
  [pastDeed(panel, "past-take-up", row.args, "Take up here", row.text, { "data-place": row.place }), pastDeed(panel, "past-settle", row.args, "Settled", row.text)]);

const pastHere = (row, panel, writes) => h("li", { key: row.key },
  h("div", { class: "x" }, h("b", null, row.text), h("p", { class: "from" }, row.told)),
  row.topic && h("div", { class: "does" }, row.settled && h("span", { class: "ok" }, sign("done"), " Talked through"),
    writes && pastDeed(panel, "past-settle-here", { topic: row.topic, settled: !row.settled }, row.settled ? "Not yet" : "Talked through", row.text, { "data-place": row.place })));

const pastList = (title, rows, panel, writes, drawn) => rows.length > 0 && h(Fragment, { key: title }, h("h3", null, title),
  h("ul", null, rows.slice(0, PAST_FIRST).map((row) => drawn(row, panel, writes))),
  rows.length > PAST_FIRST && h("details", { class: "more" }, el("summary", null, `${rows.length - PAST_FIRST} more`), h("ul", null, rows.slice(PAST_FIRST).map((row) => drawn(row, panel, writes)))));

Object.assign(BLOCKS, {
  past: (block, panel) => {
    if (block.nothing) return h("p", { class: "pm-help pm-past-none", key: "past" }, block.summary);
    const open = panel.state.open.past ?? (block.open || Boolean(block.said));
    const { writes } = block;
    return h("details", { class: "pm-fold pm-past", key: "past", open,
      onToggle: (event) => { const now = event.currentTarget.open; if (now !== open) panel.setState((old) => ({ open: { ...old.open, past: now } })); } },
      el("summary", { "data-place": "past" }, sign("right", "tw"), block.summary),
      block.said && h("div", { class: "pm-finding need", role: "alert" }, sign("need"), h("div", null, h("b", { class: "pm-kindw" }, "Look at this:"), ` ${block.said}`)),
      pastList("Actions", block.actions, panel, writes, pastAction),
      pastList("Topics that had no time", block.topics, panel, writes, pastTopic),
      pastList("Taken over here", block.here, panel, writes, pastHere),
      block.more && h("p", { class: "pm-help" }, block.more),
      (block.left || block.others) && h("div", { class: "pm-buttons" }, block.left && panel.block(block.left, "left"), block.others && panel.block(block.others, "others")));
  },
  // From the review to the stages in which something is still to look at.
  ways: (block, panel) => h("div", { class: "pm-buttons", key: "ways" }, block.ways.map((way) =>
    el("button", { type: "button", class: "pm-btn sm", key: way.stage, onClick: () => panel.go(way.stage) }, way.label))),
  // What waits for a later retrospective, in the review.
  topic: (block, panel) => h("div", { class: "pm-topic", key: `topic-${block.key}` }, panel.blocks(block.fields), panel.blocks([block.deeds]), block.told && h("p", { class: "pm-help" }, block.told)),
  met: (block, panel) => h("section", { class: "pm-met", key: "met" }, h("h3", null, "You may have met this before"),
    block.about && h("p", { class: "pm-help" }, `${block.about} A suggestion: you decide.`),
    h("ul", null, block.rows.map((row) => h("li", { key: row.key },
      h("p", { class: "x" }, `“${row.text}”`),
      h("dl", null,
        h("dt", null, "When"), h("dd", null, `${row.when}, `, h("b", null, row.record), `, ${row.title}`),
        row.category && [h("dt", null, "Kind"), h("dd", null, shape(row.category), ` ${row.category}`)],
        h("dt", null, "Did"), h("dd", null, row.did.map((line) => h("span", { class: "line" }, line))),
        h("dt", null, "Held?"), h("dd", { class: row.held.replace(" ", "-") }, sign(row.held === "held" ? "done" : row.held === "not held" ? "need" : "todo", row.held === "unknown" ? "dashed" : ""), ` ${row.told}`)),
      row.why && h("p", { class: "pm-help" }, row.why),
      block.writes
        ? el("button", { type: "button", class: `pm-btn sm${row.linked ? " on" : ""}`, "aria-pressed": String(row.linked), "data-place": row.place, onClick: () => panel.say({ type: "do", do: "met-link", args: { record: row.record } }) }, row.linked && sign("check"), row.linked ? `Linked as the same cause: ${row.record}` : `Link as the same cause`, !row.linked && h("span", { class: "pm-live" }, ` as in ${row.record}`))
        : row.linked && h("p", { class: "pm-help" }, "Linked as the same cause.")))),
    h("p", { class: "pm-help foot" }, block.foot)),
});
