// Actions: a line that opens; inside it the fields, and beside them the ladder of strength.
const opened = (panel, key) => panel.state.open[key] || false;
const unfold = (panel, key, open, then) => { if ((panel.state.open[key] ?? null) !== open) panel.setState((old) => ({ open: { ...old.open, [key]: open } }), then); };
const focusOn = (panel, place) => { const at = panel.root.querySelector(`[data-place="${CSS.escape(place)}"]`); if (at) at.focus(); };

PATHS.up = "M8 13V3M4 7l4-4 4 4";

// What an action said before an example took its place: it can be put back as long as the example stands there unchanged.
const BEFORE = new Map();

const strengthSign = (block) => (block.investigation ? sign("todo", "dashed") : bars(block.strength));
const strengthWord = (block) => (block.investigation ? "Investigation" : block.strength ? cap(block.strength) : "Strength open");

const rungs = (block) => h("ul", { class: "pm-ladder", "aria-label": "Ladder of strength" }, block.ladder.map((rung) => h("li", { class: rung.on ? "on" : "", key: rung.strength },
  bars(rung.strength), h("div", null, h("b", null, cap(rung.strength), rung.on && ": this one"), rung.forms))));

// What would be one rung stronger: the nearest example, the others folded, and room for why not.
const stronger = (block, panel) => {
  const [first, ...others] = block.stronger;
  const take = (item, more) => el("button", { type: "button", class: "pm-btn sm", "aria-label": more ? `Use this form: ${item.label}` : undefined,
    onClick: () => panel.say({ type: "do", do: "use-form", args: { key: block.key, form: item.form } }) }, "Use this form");
  const because = `now-${block.key}`;
  const asks = opened(panel, because) || block.not_now.value;
  return h("div", { class: "pm-up", key: "up" },
    first && h("p", null, sign("up"), h("b", null, " One rung stronger would be: "), `${first.label.toLowerCase()}.${first.example ? ` For example: “${first.example.replace(/\.$/, "")}.”` : ""}`),
    first && h("div", { class: "pm-buttons" }, take(first),
      !asks && el("button", { type: "button", class: "pm-link", onClick: () => unfold(panel, because, true, () => focusOn(panel, block.not_now.place)) }, "Not now, because…")),
    first && others.length > 0 && h("details", { class: "more", open: opened(panel, `forms-${block.key}`), onToggle: (event) => unfold(panel, `forms-${block.key}`, event.currentTarget.open) },
      el("summary", null, `Other forms of that rung (${others.length})`),
      h("ul", null, others.map((item) => h("li", { key: item.form }, h("div", null, h("b", null, item.label), item.example && ` ${item.example}`), take(item, true))))),
    (asks || null) && h(Field, { field: block.not_now, panel, key: "because" }),
    h("p", { class: "pm-help", key: "rule" }, "Strength follows from the form you choose, not from the words."));
};

const ties = (block, panel) => block.ties.length > 0 && h("fieldset", { class: "pm-ties", key: "ties" }, h("legend", null, "It answers"),
  block.ties.map((tie) => h("label", { key: tie.cause },
    el("input", { type: "checkbox", checked: tie.on, "data-place": tie.place, onChange: (event) => panel.say({ type: "do", do: "tie", args: { key: block.key, cause: tie.cause, on: event.target.checked } }) }),
    h("span", { class: "k" }, tie.label), h("span", null, tie.text))));

const putBack = (block, panel) => {
  const before = BEFORE.get(block.key);
  if (!before || before.panel !== panel || before.example !== block.words.value) return null;
  return h("p", { class: "pm-help pm-yours", key: "yours" }, `Yours was “${before.text}”. `,
    el("button", { type: "button", class: "pm-link", onClick: () => { BEFORE.delete(block.key); panel.say({ type: "do", do: "put-back", args: { key: block.key, text: before.text, form: before.form } }); } }, "Put mine back"));
};

const actionBlock = (block, panel) => {
  const { summary } = block;
  const marks = [...block.words.findings, ...block.findings].filter((finding) => finding.need);
  return h("details", { class: "pm-act", key: block.key, open: opened(panel, block.key), onToggle: (event) => unfold(panel, block.key, event.currentTarget.open) },
    el("summary", null, sign("right", "tw"), h("span", { class: "k" }, block.key.toUpperCase()), h("span", { class: "what" }, summary.text, marks.map((finding) => h(Fragment, null, " ", mark(finding)))),
      h("span", { class: "str" }, strengthSign(block), strengthWord(block)), h("span", { class: "small" }, summary.owner), h("span", { class: summary.failed ? "small failed" : "small" }, summary.failed ? "did not hold" : summary.done ? "done" : summary.due)),
    h("div", { class: "in" },
      h("div", null,
        block.carried.map((line) => h("p", { class: "pm-help pm-carried", key: line }, line)),
        block.findings.map((finding) => findingBlock(finding, panel)),
        h("div", { class: "pm-words" }, h(Field, { field: block.words, panel, key: "words" }), putBack(block, panel)),
        h("div", { class: "pm-even" }, panel.blocks(block.fields)), ties(block, panel),
        el("button", { type: "button", class: "pm-btn quiet", onClick: () => panel.say({ type: "do", do: "drop-action", args: { key: block.key } }) }, "Take this action out")),
      h("div", null, rungs(block), stronger(block, panel), block.checklist && ofAction(block.checklist, panel))));
};

Object.assign(BLOCKS, {
  action: actionBlock,
  "action-line": (block, panel) => h("p", { class: "pm-act-line", key: `line-${block.key}` }, h("span", { class: "k" }, block.key.toUpperCase()),
    h("span", null, `${block.text || "New action"} `, h("span", { class: "small" }, `(stands under ${block.at} and answers this root too) `),
      el("button", { type: "button", class: "pm-link", "aria-label": `Go to ${block.key.toUpperCase()} under ${block.at}`, onClick: () => panel.goTo(`actions.${block.key}.text`) }, "Go there"))),
  "start-from": (block, panel) => h("p", { class: "pm-help pm-start", key: "start" }, h("b", null, `For example, as ${block.label.toLowerCase()} (${block.strength}): `), `${block.text} `,
    el("button", { type: "button", class: "pm-btn sm", onClick: () => {
      const typed = panel.root.querySelector(`[data-place="actions.${CSS.escape(block.key)}.text"]`);
      BEFORE.set(block.key, { panel, text: typed ? typed.value : block.yours, form: block.your_form, example: block.text });
      panel.say({ type: "do", do: "start-from", args: { key: block.key, form: block.form } });
    } }, "Start from this")),
  "take-day": (block, panel) => h("p", { class: "pm-help", key: "day" },
    el("button", { type: "button", class: "pm-link", "aria-label": `Check ${block.key.toUpperCase()} on ${block.day}`, onClick: () => panel.say({ type: "do", do: "check-on", args: { key: block.key, day: block.day } }) }, `Take ${block.day}`)),
  accept: (block, panel) => h("div", { class: "pm-accept", key: `accept-${block.key}` },
    block.field.findings.map((finding) => findingBlock(finding, panel)),
    panel.block({ t: "buttons", body: block.plan }, "plan"),
    h("details", { class: "more", open: panel.state.open[`accept-${block.key}`] ?? block.open, onToggle: (event) => unfold(panel, `accept-${block.key}`, event.currentTarget.open) },
      el("summary", null, "Accept with a reason"), h(Field, { field: { ...block.field, findings: [] }, panel, key: "because" }))),
  pair: (block, panel) => h("div", { class: "pm-pair", key: "pair" }, panel.blocks(block.body)),
  "so-far": (block, panel) => h("section", { class: "pm-sec pm-sofar", key: "so-far" }, h("h3", null, "Strength so far"),
    h("ul", null, block.rows.map((row) => h("li", { key: row.strength }, strengthSign({ strength: row.strength, investigation: row.strength === "investigation" }), h("span", null, row.word), h("span", { class: "n" }, `${row.count} action${row.count === 1 ? "" : "s"}`)))),
    block.note && h("p", { class: `pm-help ${block.tone}` }, block.tone && sign("need"), block.tone ? ` ${block.note}` : block.note),
    block.not_now && h(Field, { field: block.not_now, panel, key: "because" })),
  commitment: (block, panel) => h("div", { class: "pm-mine", key: block.key }, h(Field, { field: block.field, panel, key: "text" }), block.worked && h(Field, { field: block.worked, panel, key: "worked" }), h("div", { class: "pm-buttons" }, h("span", { class: "small" }, block.word), panel.blocks(block.does))),
  shared: (block) => h("p", { class: "pm-shared", key: block.key }, `“${block.text}” `, h("span", { class: "small" }, block.who)),
  "private-count": (block) => h("p", { class: "pm-help", key: "private" }, sign("person"), ` ${block.text}`),
});
