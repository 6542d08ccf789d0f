// The history of a record: what each revision changed, word by word. What was taken out and what was put in differ by
// line, by weight and in words for those who listen; the colour only helps.
const SPOKEN = { removed: "taken out: ", added: "put in: " };
const pieceOf = ([kind, text]) =>
  kind === "same" ? text : h(kind === "removed" ? "del" : "ins", null, h("span", { class: "pm-live" }, SPOKEN[kind]), text);
const changeOf = (change) => {
  const only = change.pieces.length === 1;
  return h("li", null, h("b", null, `${change.kind}: `), h("span", { class: "k" }, change.label),
    h("p", null, only ? change.pieces[0][1] : change.pieces.map(pieceOf)));
};

const revisionOf = (row, panel) => {
  const ask = (deed) => () => panel.say({ type: "do", do: deed, args: { number: row.number } });
  const press = (place, label, deed, aria, style = "") =>
    el("button", { type: "button", class: `pm-btn sm ${style}`, "data-place": `history.${row.number}.${place}`, "aria-label": aria, onClick: ask(deed) }, label);
  return h("li", { key: row.number, class: "pm-rev" },
    h("div", { class: "hd" },
      el("button", { type: "button", class: "pm-btn quiet", "aria-expanded": row.unfolded ? "true" : "false", "data-place": `history.${row.number}`, onClick: ask("unfold") }, sign(row.unfolded ? "down" : "right"), `Revision ${row.number}`),
      h("span", null, row.when), h("span", null, sign("person"), row.by), h("span", null, row.done), row.here && h("b", null, "stands now"), row.note && h("span", { class: "pm-help" }, row.note)),
    row.unfolded && h("div", { class: "in" },
      row.changes.length ? h("ul", { class: "pm-changes" }, row.changes.map(changeOf)) : h("p", { class: "pm-help" }, "Nothing in it was changed."),
      h("div", { class: "pm-buttons" },
        press("show", row.shown.length ? "Close what it was" : "Show as it was", "as-it-was", `${row.shown.length ? "Close revision" : "Show as it was in revision"} ${row.number}`),
        !row.here && !row.asked && press("back", "Bring this back", "ask-back", `Bring back revision ${row.number}`)),
      row.asked && h("div", { class: "pm-finding", role: "group", "aria-label": "Bring it back?" }, sign("hint"),
        h("div", null, h("p", null, `The record will stand as in revision ${row.number}. What stands now is kept as a revision.`),
          h("div", { class: "pm-buttons" }, press("yes", "Bring it back", "bring-back", undefined, "pri"), press("no", "Leave it as it is", "leave-it")))),
      row.shown.length > 0 && h("dl", { class: "pm-was", "aria-label": `Revision ${row.number} as it was` }, row.shown.map((item) => h(Fragment, null, h("dt", null, item.label), h("dd", null, item.text))))));
};
const historyBlock = (block, panel) => h("ol", { class: "pm-history", key: "history" }, block.rows.map((row) => revisionOf(row, panel)));
