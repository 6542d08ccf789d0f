// Actions: a line that opens; inside it the fields, and beside them the ladder of strength.
const actionBlock = (block, panel) => {
  const { summary } = block;
  return h("details", { class: "pm-act", key: block.key, open: panel.state.open[block.key] || false,
    onToggle: (event) => { const { open } = event.currentTarget; if ((panel.state.open[block.key] ?? null) !== open) panel.setState((old) => ({ open: { ...old.open, [block.key]: open } })); } },
    el("summary", null, sign("right", "tw"), h("span", { class: "k" }, block.key.toUpperCase()), h("span", { class: "what" }, summary.text),
      h("span", { class: "str" }, bars(block.strength), block.strength ? cap(block.strength) : "Strength open"), h("span", { class: "small" }, summary.owner), h("span", { class: "small" }, summary.done ? "done" : summary.due)),
    h("div", { class: "in" },
      h("div", null, block.findings.map((finding) => findingBlock(finding, panel)), panel.blocks(block.fields),
        el("button", { type: "button", class: "pm-btn quiet", onClick: () => panel.say({ type: "do", do: "drop-action", args: { key: block.key } }) }, "Take this action out")),
      h("div", null,
        h("ul", { class: "pm-ladder" }, block.ladder.map((rung) => h("li", { class: rung.on ? "on" : "" }, bars(rung.strength), h("div", null, h("b", null, cap(rung.strength), rung.on && ": this one"), rung.forms)))),
        block.stronger && h("p", { class: "pm-help" }, h("b", null, "One rung stronger would be: "), block.stronger),
        h("p", { class: "pm-help" }, "Strength follows from the form you choose, not from the words."))));
};

Object.assign(BLOCKS, { action: actionBlock });
