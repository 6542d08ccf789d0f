// What can be done with the chosen why: it stands under it, and its buttons keep their place whatever is chosen there.
const inspector = (tree, node) => {
  const { block } = tree;
  // The press leaves the focus, and so the layout, where it is: the click lands on what was aimed at.
  const button = (label, part, act, extra = "", more = {}) => el("button", { type: "button", class: `pm-btn sm ${extra}`, "data-part": part, ...more, onMouseDown: (event) => event.preventDefault(),
    onClick: (event) => { tree.keep(); if (part !== "edit") tree.set({ editing: null }); act(event); } }, label);
  // What is drawn before the answer is there keeps the choice, as in every other field.
  const toggle = (part, label, values, now, act) => {
    const name = `${tree.name}-${node.id}-${part}`, last = tree.picked[name];
    const chosen = last && last.sent > tree.props.panel.ack ? last.value : now;
    const pick = (value) => { tree.picked[name] = { value, sent: act(value) }; tree.touch(node.id); };
    return h("span", { class: "pm-tog sm fix", role: "radiogroup", "aria-label": label }, values.map(([value, word, extra]) =>
      h("label", { class: chosen === value ? "on" : "" },
        el("input", { type: "radio", name, checked: chosen === value, "data-part": `${part}-${value}`, onChange: () => pick(value) }), sign("check"), extra, h("span", null, word))));
  };
  const question = (name) => h(Fragment, null, h("span", null, block.stop[name]),
    toggle(name, block.stop[name], [["yes", "Yes"], ["no", "No"], ["not known", "Not known"]], node[name], (answer) => tree.do("stop", { node: node.id, question: name, answer })));
  const count = node.evidence.length;
  const leaf = !node.children.length;
  return h("div", { class: "pm-insp" },
    h("div", { class: "pm-buttons" },
      button("Ask why", "ask", () => tree.do("ask", { node: node.id })), button("Beside", "beside", () => tree.do("beside", { node: node.id })), button("Edit", "edit", () => tree.edit(node.id)),
      button("Move…", "move", () => { tree.set({ moving: tree.ui.moving === node.id ? null : node.id }); tree.after(() => { const list = tree.root.querySelector(".pm-mover select"); if (list) list.focus(); }); }, "", { "aria-expanded": String(tree.ui.moving === node.id) }),
      button("Take out", "remove", () => tree.remove(node), "quiet")),
    tree.ui.moving === node.id && mover(tree, node, button),
    h("div", { class: "pm-iline" }, h("span", null, "How sure is it?"),
      toggle("status", `How sure is ${node.label}?`, Object.keys(STATUS).map((name) => [name, STATUS[name][1]]), node.status, (status) => tree.do("status", { node: node.id, status }, `${node.label} ${status}.`))),
    h("div", { class: "pm-iline root" },
      h("span", { class: "pm-both" }, button(node.root ? "No root" : "Mark as root", "root", () => tree.root_(node)), h("span", { "aria-hidden": "true", class: "pm-btn sm" }, "Mark as root")),
      node.root
        ? h("span", { class: "pm-kinds", role: "group", "aria-label": `Kind of the root ${node.label}` }, block.kinds.map((kind, at) =>
            button([h("kbd", null, String(at + 1)), shape(kind), h("span", null, cap(kind))], `kind-${kind}`, () => { tree.naming = null; tree.do("kind", { node: node.id, kind }, `${node.label}: ${kind}.`); }, node.root.category === kind ? "on" : "", { "aria-pressed": String(node.root.category === kind) })))
        : h("span", { class: "pm-help" }, "A root is where asking stops: a why that we can act on.")),
    (leaf || node.root || node.can_act || node.would_have_helped) && h(Fragment, null,
      h("h4", null, `Stop here? Three questions for ${node.label}`),
      h("div", { class: "pm-stop" }, question("can_act"), question("would_have_helped"),
        h("span", null, block.stop.evidence), h("span", { class: "q" }, count ? `Yes, ${count} piece${count === 1 ? "" : "s"}` : "Not yet")),
      h("p", { class: "res" }, node.may_stop ? [sign("done"), h("span", null, h("b", null, "It may stop here."), ` Three yeses: it can stand as a root.`)] : h("span", null, "With three yeses it can stand as a root; else ask why once more."))),
    h("h4", null, "What was it seen from?"),
    count > 0 && h("ul", { class: "pm-evlist" }, node.evidence.map((item, index) => h("li", null, `${cap(item.kind)}: ${item.text} `,
      button("Take away", `drop-${index}`, () => tree.do("drop-evidence", { node: node.id, index }), "quiet")))),
    h("div", { class: "pm-newev" },
      el("select", { class: "pm-c", "aria-label": "Kind of evidence", "data-part": "evidence-kind", value: tree.kind, onChange: (event) => { tree.kind = event.target.value; } }, block.evidence_kinds.map((kind) => h("option", { value: kind }, cap(kind)))),
      el("input", { class: "pm-c", type: "text", placeholder: "For example: job sheet 88", "aria-label": `Evidence for ${node.label}`, "data-part": "evidence", key: `evidence-${node.id}`, value: tree.half[node.id] || "",
        onInput: (event) => { tree.half[node.id] = event.target.value; },
        onKeyDown: (event) => {
          event.stopPropagation();
          if (event.isComposing) return;
          if (event.key === "Enter") tree.addEvidence(node, event.target);
          if (event.key === "Escape") tree.focus(node.id);
        } }),
      button("Add evidence", "add-evidence", (event) => tree.addEvidence(node, event.target.closest(".pm-newev").querySelector("input")))),
    node.text.trim() && readBack(tree, node, button));
};

// "<cause>, therefore <effect>": each link is read aloud, from the why up to what its question is about.
const readBack = (tree, node, button) => {
  const { leg } = tree.index.get(node.id), way = tree.way(node.id), asking = tree.ui.asking === node.id;
  const [letter] = node.text.trim(), [lower] = node.therefore;
  const first = node.therefore ? letter + node.therefore.slice(lower.length) : node.text;
  const links = way.map((why, at) => ({ why, effect: way[at + 1] ? way[at + 1].therefore : leg.therefore }));
  const all = way.every((why) => why.holds === "yes");
  const broken = (why) => { tree.set({ asking: null }); tree.do("hold", { node: why.id, holds: "no" }, `${why.label} does not lead to the one above. Reword one of the two, or say what lies between.`); };
  return h("div", { class: "pm-rb" }, h("h4", null, "Read it back aloud"),
    h("p", { class: "pm-help" }, "From the cause up to what the question asks about. Each line must follow from the one before: where “therefore” sounds wrong, the link does not hold."),
    h("ol", null, h("li", null, `${first},`), links.map(({ why, effect }, at) => h("li", { class: why.holds === "no" ? "no" : "" }, h("b", null, "therefore"), ` ${effect || "…"}${at < links.length - 1 ? "," : "."}`,
      why.holds === "yes" && h("span", { class: "ok" }, sign("check"), "holds"), why.holds === "no" && h("span", { class: "bad" }, sign("need"), "does not hold"),
      asking && button("This one", `broken-${at}`, () => broken(why))))),
    h("div", { class: "pm-buttons" },
      button("It holds", "holds", () => { tree.set({ asking: null }); tree.do("hold", { node: node.id, all: true }, "Read back: every link holds."); }, all ? "on" : "", { "aria-pressed": String(all) }),
      button("A link does not hold", "broken", () => (links.length === 1 ? broken(links[0].why) : tree.set({ asking: asking ? null : node.id })), "", { "aria-expanded": String(asking) }),
      asking && h("span", { class: "pm-help" }, "Which one?")));
};

// Another place for a branch, without dragging: from a list, by four buttons, or by pressing the why it shall stand under.
const mover = (tree, node, button) => {
  const places = tree.block.legs.map((leg) => [`leg:${leg.leg}`, `First why of ${leg.letter}. ${leg.ask}`]);
  tree.index.forEach((item, id) => { if (!tree.way(id).includes(node)) places.push([`node:${id}`, `${"\u2003".repeat(item.level)}under ${item.node.label} ${brief(item.node.text || "not written yet")}`]); });
  const go = (event) => {
    const [kind, id] = event.target.closest(".pm-mover").querySelector("select").value.split(/:(.*)/s);
    if (kind === "node") tree.move(node.id, { parent: id }, `Moved under ${tree.index.get(id).node.label}.`);
    else if (kind === "leg") tree.move(node.id, { leg: id }, `Moved to the first whys of ${id}.`);
    else tree.say("Choose a place first.");
  };
  return h("div", { class: "pm-mover" },
    h("label", { for: `${tree.name}-move` }, h("b", null, `Where shall ${node.label} stand, with all below it?`), " Choose here, or press the why in the tree. Escape leaves it."),
    el("select", { id: `${tree.name}-move`, class: "pm-c", size: 6, "data-part": "places",
      onKeyDown: (event) => { event.stopPropagation(); if (event.key === "Escape") tree.escape(); if (event.key === "Enter") { event.preventDefault(); go(event); } } },
      places.map(([value, label]) => h("option", { value }, label))),
    h("div", { class: "pm-buttons" }, button("Move here", "move-here", go),
      [["up", "Up"], ["down", "Down"], ["in", "Under the one above"], ["out", "Beside its parent"]].map(([how, label]) => button(label, `step-${how}`, () => tree.step(node, how))),
      button("Leave it", "move-not", () => tree.escape(), "quiet")));
};
