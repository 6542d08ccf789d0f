// One why with everything below it. It is drawn anew when its own part of the data changed, or when the tree says so.
const STATUS = { possible: ["todo", "Possible", "dashed"], confirmed: ["done", "Confirmed", ""], "ruled out": ["off", "Ruled out", ""] };

// AND or OR stands beside the causes it is about; `node` is what they explain, none for what the customer met.
const joinRow = (tree, node, join) =>
  h("div", { class: `pm-join ${join}` },
    el("button", { type: "button", tabindex: node && tree.current() !== node.id ? -1 : 0, "data-part": "join", "aria-label": `${join.toUpperCase()}: turn to ${join === "and" ? "OR" : "AND"}`, onClick: () => tree.joinOf(node) }, join.toUpperCase()),
    join === "and" ? "needed together" : "side by side, each would be enough");

class Branch extends Component {
  componentDidMount() { this.props.tree.drawn.set(this.props.node.id, this); }
  componentWillUnmount() { const { tree, node } = this.props; if (tree.drawn.get(node.id) === this) tree.drawn.delete(node.id); }
  shouldComponentUpdate(next) { return ["node", "level", "at", "size"].some((name) => next[name] !== this.props[name]); }
  area(node, tree) {
    return el("textarea", {
      class: "pm-c", rows: 1, value: tree.draft, "aria-label": `Why ${node.label}`, "data-editing": node.id, "data-part": "text", placeholder: "What made that so?",
      onInput: (event) => { tree.type(event.target.value); grow(event.target); },
      onBlur: () => tree.blurred(node.id),
      onKeyDown: (event) => {
        event.stopPropagation();
        if (event.isComposing) return;
        if (event.key === "Enter" && !event.shiftKey) { event.preventDefault(); tree.stopEditing(node.id); }
        if (event.key === "Escape") { event.preventDefault(); tree.restore(node); }
      },
    });
  }
  findings(node, tree, tabindex) {
    const acts = {
      ask: () => tree.do("ask", { node: node.id }), edit: () => tree.edit(node.id), remove: () => tree.remove(node), evidence: () => tree.evidence(node.id), look: () => { tree.focus(node.id); tree.show(node.id); },
      above: () => tree.focus(tree.way(node.id)[1].id), hold: () => tree.do("hold", { node: node.id, holds: "yes" }, "It holds now."),
    };
    const offers = (finding) => finding.offers.map(([deed, word]) =>
      el("button", { type: "button", class: "pm-btn quiet", tabindex, "data-part": `${deed}-${finding.rule}-${finding.where}`, "aria-label": finding.offers.length && node.findings.length > 1 ? `${word}: ${finding.text}` : undefined, onMouseDown: (event) => event.preventDefault(),
        onClick: () => { tree.keep(); (acts[deed] || (() => tree.props.panel.say({ type: "keep", rule: finding.rule, where: finding.where })))(); } }, word));
    // The remedy is said once: where a button carries it, there.
    const told = (finding) => [` ${sentence(finding.text)}`, !finding.offers.some(([, word]) => word.toLowerCase() === finding.remedy) && ` ${sentence(finding.remedy)}`];
    const line = (finding) => h("p", { key: `${finding.rule}${finding.where}` }, told(finding), " ", h("span", { class: "pm-do" }, offers(finding)));
    const hints = node.findings.filter((finding) => !finding.need);
    return h("div", { class: "pm-under" },
      node.findings.filter((finding) => finding.need).map((finding) => h("div", { class: "pm-finding need", key: `${finding.rule}${finding.where}` }, sign("need"),
        h("div", null, h("b", { class: "pm-kindw" }, finding.kind), told(finding), h("div", { class: "pm-do" }, offers(finding))))),
      hints.length > 0 && h("div", { class: "pm-finding", key: "hints" }, sign("hint"), h("div", null, h("b", { class: "pm-kindw" }, hints.length > 1 ? `${hints.length} to look at` : "Look at"), hints.length > 1 ? hints.map(line) : [told(hints[0]), h("div", { class: "pm-do" }, offers(hints[0]))])));
  }
  render({ node, tree, level, at, size }) {
    const { ui } = tree;
    const [glyph, word, dash] = STATUS[node.status];
    const chosen = tree.current() === node.id, editing = ui.editing === node.id, open = !ui.closed[node.id], more = node.children.length > 0;
    const tabindex = chosen ? 0 : -1;
    const spoken = [`${node.label} ${node.text || "empty"}.`, `${word}.`, node.root && `${node.root.possible ? "Possible root" : "Root"}: ${node.root.category}.`,
      node.evidence.length > 0 && `${node.evidence.length} evidence.`, node.holds === "no" && "Does not lead to the one above.", node.findings.length > 0 && `${node.findings.length} to look at.`, node.writing && `${node.writing}.`].filter(Boolean).join(" ");
    return el("li", {
        role: "treeitem", tabindex, "data-node": node.id, "data-place": node.place, "aria-level": level, "aria-selected": chosen ? "true" : "false", "aria-label": spoken,
        "aria-expanded": more ? String(open) : undefined, "aria-posinset": at + 1, "aria-setsize": size,
      },
      h("div", { class: `pm-node ${node.status.replace(" ", "-")}${ui.at === node.id ? " picked" : ""}${ui.moving === node.id ? " moving" : ""}` },
        h("span", { class: "tw", "data-turn": more ? node.id : undefined }, more && sign(open ? "down" : "right")),
        sign(glyph, `g ${dash}`),
        h("div", { class: "t" },
          h("span", { class: "k" }, node.label),
          editing ? this.area(node, tree) : h("span", { class: "x" }, node.text || h("i", null, "not written yet")),
          h("div", { class: "m" }, h("span", null, word),
            node.evidence.map((item) => h("span", { class: "pm-ev" }, h("i", null, cap(item.kind)), item.text)),
            !node.evidence.length && el("button", { type: "button", class: "pm-ev none", tabindex: -1, onClick: () => tree.evidence(node.id) }, "add evidence"),
            node.holds === "no" && h("span", { class: "pm-broken" }, sign("need"), "does not lead to the one above"),
            node.writing && h("span", { class: "pm-writing" }, h("i", null), node.writing),
            !editing && node.findings.map(mark))),
        badge(node.root)),
      node.versions && BLOCKS.versions && h("div", { class: "pm-under" }, BLOCKS.versions({ t: "versions", label: node.label, ...node.versions }, tree.props.panel)),
      ui.shown === node.id && inspector(tree, node),
      node.findings.length > 0 && !editing && this.findings(node, tree, tabindex),
      more && open && node.children.length > 1 && joinRow(tree, node, node.join),
      more && open && h("ul", { role: "group" }, node.children.map((child, place) => h(Branch, { key: child.id, node: child, tree, level: level + 1, at: place, size: node.children.length }))));
  }
}

// One of the three questions with its first whys; one that the level does not ask for waits behind a button.
const legBlock = (tree, leg, block) => {
  const small = (label, act) => el("button", { type: "button", class: "pm-btn sm", onClick: act }, sign("plus"), label);
  if (leg.folded) {
    return h("section", { class: "pm-leg folded", key: leg.leg, "data-leg": leg.leg },
      h("h3", null, `${leg.letter}. ${leg.ask}`, h("span", { class: "qq" }, `A ${block.level} mistake does not ask for it`)), small("Ask it anyway", () => tree.do("ask", { leg: leg.leg })));
  }
  return h("section", { class: "pm-leg", key: leg.leg, "data-leg": leg.leg },
    h("h3", null, `${leg.letter}. ${leg.ask}`, h("span", { class: "qq" }, `${leg.leg}, ${leg.roots}`)),
    h("p", { class: "pm-help" }, leg.explains),
    leg.nodes.length > 1 && joinRow(tree, null, block.join),
    leg.nodes.length > 0 && h("ul", { class: "pm-tree", role: "tree", "aria-label": leg.ask }, leg.nodes.map((node, at) => h(Branch, { key: node.id, node, tree, level: 1, at, size: leg.nodes.length }))),
    small(leg.nodes.length ? "Another first why" : "Ask the first why", () => tree.do("ask", { leg: leg.leg })));
};

// Words whose why was taken out elsewhere meanwhile.
const lostBox = (tree, lost) => {
  const place = lost.parent ? { node: lost.parent } : { leg: lost.leg };
  const done = () => { tree.draft = ""; tree.setState({ lost: null }); };
  return h("div", { class: "pm-finding need pm-lost", role: "alert" }, sign("need"), h("div", null,
    h("b", { class: "pm-kindw" }, `${lost.label} was taken out elsewhere while you wrote in it.`), " Your words are still here.",
    el("textarea", { class: "pm-c", rows: 2, "aria-label": `Your words for ${lost.label}`, value: tree.draft, onInput: (event) => { tree.draft = event.target.value; }, onKeyDown: (event) => event.stopPropagation() }),
    h("div", { class: "pm-buttons" },
      el("button", { type: "button", class: "pm-btn sm", onClick: () => { tree.do("ask", { ...place, text: tree.draft }, "Put back as a new why."); done(); } }, "Put it back as a new why"),
      el("button", { type: "button", class: "pm-btn quiet sm", onClick: done }, "Let it go"))));
};
