// The why tree: one tab stop; arrows inside; single letters act only on a node and not while its text is edited.
const STATUS = { possible: ["todo", "Possible", "dashed"], confirmed: ["done", "Confirmed", ""], "ruled out": ["off", "Ruled out", ""] };
const KEYS = [
  ["W", "ask why"], ["B", "add beside"], ["Enter", "edit"], ["J", "AND / OR"], ["P C X", "possible, confirmed, ruled out"],
  ["E", "evidence"], ["R", "root on or off"], ["Alt ↑ ↓", "move"], ["Delete", "take out"], ["Ctrl Z", "undo"],
];

class Tree extends Component {
  constructor(props) {
    super(props);
    this.name = fieldName();
    this.half = {};
    this.state = { at: null, editing: null, draft: "", closed: {}, evidence: null, kind: "record", said: "" };
  }
  flat(nodes = this.props.block.legs.flatMap((leg) => leg.nodes), parent = null) {
    return nodes.flatMap((node) => [{ node, parent, row: nodes }, ...(this.state.closed[node.id] ? [] : this.flat(node.children, node))]);
  }
  do(name, args, said) {
    if (said) this.setState({ said });
    const sent = this.props.panel.say({ type: "do", do: name, args });
    // A new why is on its way: what is typed from now on is its text, not a key of the tree.
    if (name === "ask" || name === "beside") { this.asked = sent; this.ahead = ""; }
    return sent;
  }
  focus(id) {
    this.setState({ at: id }, () => {
      const node = this.root.querySelector(`[data-node="${CSS.escape(id)}"]`);
      if (node) node.focus();
    });
  }
  // What the kernel asks for after a change: "edit:w3" or "node:w2".
  wish(at) {
    const [kind, id] = at.split(":");
    this.asked = 0;
    if (kind === "edit") this.edit(id);
    else if (kind === "node") this.focus(id);
  }
  // The nodes from the top of the tree down to one.
  way(id, nodes = this.props.block.legs.flatMap((leg) => leg.nodes)) {
    for (const node of nodes) {
      if (node.id === id) return [node];
      const below = this.way(id, node.children);
      if (below.length) return [node, ...below];
    }
    return [];
  }
  edit(id, tries = 12) {
    this.keep();
    const way = this.way(id);
    const node = way.pop();
    // The word to edit may come before the drawing of what it is about.
    if (!node) { if (tries) setTimeout(() => this.edit(id, tries - 1), 60); return; }
    const ahead = this.ahead || "";
    this.before = node.text;
    this.ahead = "";
    const closed = { ...this.state.closed };
    way.forEach((above) => { closed[above.id] = false; });
    this.setState({ at: id, inside: true, editing: id, draft: node.text + ahead, closed }, () => {
      if (ahead) this.type(node.text + ahead);
      const area = this.root.querySelector(".pm-node textarea");
      if (area) { area.focus(); area.setSelectionRange(area.value.length, area.value.length); grow(area); }
    });
  }
  type(text) {
    this.draft = text;
    this.setState({ draft: text });
    clearTimeout(this.timer);
    const now = Date.now();
    if (!this.first) this.first = now;
    this.timer = setTimeout(() => this.keep(), Math.max(0, Math.min(PAUSE, this.first + AT_MOST - now)));
  }
  keep() {
    if (!this.timer) return;
    clearTimeout(this.timer);
    this.timer = null;
    this.first = 0;
    if (this.state.editing) this.do("reword", { node: this.state.editing, text: this.draft });
  }
  stopEditing(id) {
    this.keep();
    this.setState({ editing: null });
    if (id) this.focus(id);
  }
  componentDidMount() { this.props.panel.tree = this; }
  componentWillUnmount() { this.keep(); this.props.panel.tree = null; }
  key(event, node) {
    if (event.target !== event.currentTarget) return;
    if (this.asked && this.props.panel.ack >= this.asked) this.asked = 0;
    if (this.asked && event.key !== "Tab" && event.key !== "Escape") {
      if (event.key.length === 1 && !event.ctrlKey && !event.metaKey) this.ahead += event.key;
      if (event.key === "Backspace") this.ahead = this.ahead.slice(0, -1);
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    const flat = this.flat();
    const at = flat.findIndex((item) => item.node.id === node.id);
    const { parent } = flat[at];
    const go = (index) => flat[index] && this.focus(flat[index].node.id);
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const ctrl = event.ctrlKey || event.metaKey;
    const acts = {
      ArrowDown: () => (event.altKey ? this.do("shift", { node: node.id, by: 1 }, "Moved down") : go(at + 1)),
      ArrowUp: () => (event.altKey ? this.do("shift", { node: node.id, by: -1 }, "Moved up") : go(at - 1)),
      ArrowRight: () => (this.state.closed[node.id] ? this.open(node.id, true) : node.children.length && this.focus(node.children[0].id)),
      ArrowLeft: () => (node.children.length && !this.state.closed[node.id] ? this.open(node.id, false) : parent && this.focus(parent.id)),
      Home: () => go(0), End: () => go(flat.length - 1),
      Enter: () => this.edit(node.id), F2: () => this.edit(node.id),
      w: () => this.do("ask", { node: node.id }), Insert: () => this.do("ask", { node: node.id }),
      b: () => this.do("beside", { node: node.id }),
      p: () => this.do("status", { node: node.id, status: "possible" }, `${node.label} possible`),
      c: () => this.do("status", { node: node.id, status: "confirmed" }, `${node.label} confirmed`),
      x: () => this.do("status", { node: node.id, status: "ruled out" }, `${node.label} ruled out, kept in sight`),
      e: () => this.setState({ evidence: node.id, kind: "record" }, () => this.root.querySelector(".pm-newev input").focus()),
      r: () => this.do("root", { node: node.id }, node.root ? `${node.label} is no root any more` : `${node.label} is a root`),
      j: () => node.children.length > 1 && this.do("join", { node: node.id }),
      Delete: () => this.do("remove", { node: node.id }, `${node.label} taken out. Control Z brings it back.`),
    };
    const chosen = ctrl && key === "z" ? () => this.props.panel.say({ type: event.shiftKey ? "redo" : "undo" }) : ctrl ? null : acts[key];
    if (!chosen) return;
    event.preventDefault();
    event.stopPropagation();
    chosen();
  }
  open(id, on) { this.setState((old) => ({ closed: { ...old.closed, [id]: !on } })); }
  node(node, level, row, parent) {
    const { block } = this.props;
    const [glyph, word, dash] = STATUS[node.status];
    const { editing, closed } = this.state;
    const chosen = this.at() === node.id;
    const joined = parent && row.length > 1 && row[0] === node;
    const spoken = `${node.label} ${node.text || "empty"}. ${word}.${node.root ? ` ${node.root.possible ? "Possible root" : "Root"}: ${node.root.category}.` : ""}${node.findings.length ? ` ${node.findings.length} to look at.` : ""}`;
    return h(Fragment, { key: node.id },
      joined && h("div", { class: `pm-join ${parent.join}`, role: "none" }, h("b", null, parent.join.toUpperCase()),
        parent.join === "and" ? "needed together" : "side by side, each would be enough"),
      el("li", {
          role: "treeitem", tabindex: chosen ? 0 : -1,
          "data-node": node.id, "data-place": node.place, "aria-level": level, "aria-selected": chosen ? "true" : "false", "aria-label": spoken,
          "aria-expanded": node.children.length ? (closed[node.id] ? "false" : "true") : undefined,
          "aria-posinset": row.indexOf(node) + 1, "aria-setsize": row.length,
          onFocus: () => this.setState({ at: node.id, inside: true }),
          onKeyDown: (event) => this.key(event, node),
        },
        h("div", { class: `pm-node ${node.status.replace(" ", "-")}${chosen && this.state.inside ? " picked" : ""}`, onDblClick: () => this.edit(node.id) },
          h("span", { class: "tw", onClick: () => node.children.length && this.open(node.id, closed[node.id]) }, node.children.length ? sign(closed[node.id] ? "right" : "down") : null),
          sign(glyph, `g ${dash}`),
          h("div", { class: "t" },
            h("span", { class: "k" }, node.label),
            editing === node.id
              ? el("textarea", {
                  class: "pm-c", rows: 1, value: this.state.draft, "aria-label": `Why ${node.label}`, "data-editing": node.id,
                  placeholder: "What made that so?",
                  onInput: (event) => { this.type(event.target.value); grow(event.target); },
                  // Another window in front is no leaving: whoever comes back goes on writing here.
                  onBlur: () => { if (this.state.editing === node.id) { this.keep(); if (document.hasFocus()) this.setState({ editing: null }); } },
                  onKeyDown: (event) => {
                    event.stopPropagation();
                    if (event.isComposing) return;
                    if (event.key === "Enter" && !event.shiftKey) { event.preventDefault(); this.stopEditing(node.id); }
                    if (event.key === "Escape") {
                      event.preventDefault();
                      // Out of a line just begun it goes away again; in an older one the words from before come back.
                      const { before } = this;
                      if (before) this.draft = before; else { clearTimeout(this.timer); this.timer = null; }
                      if (before && before !== node.text) this.type(before);
                      this.stopEditing(before ? node.id : null);
                      if (!before) this.do("remove", { node: node.id }, "Taken out");
                    }
                  },
                })
              : h("span", { class: "x", onClick: () => this.focus(node.id) }, node.text || h("i", null, "not written yet")),
            h("div", { class: "m" }, h("span", null, word),
              node.evidence.map((item) => h("span", { class: "pm-ev" }, h("i", null, cap(item.kind)), item.text)),
              !node.evidence.length && h("span", { class: "pm-ev none" }, "no evidence yet"),
              editing !== node.id && node.findings.map(mark))),
          badge(node.root)),
        chosen && this.state.inside && this.inspector(node),
        node.findings.length > 0 && editing !== node.id && h("div", { class: "pm-under" }, node.findings.map((finding) => findingBlock(finding, this.props.panel))),
        node.children.length > 0 && !closed[node.id] && h("ul", { role: "group" }, node.children.map((child) => this.node(child, level + 1, node.children, node)))));
  }
  inspector(node) {
    const { block } = this.props;
    // The press leaves the focus, and so the layout, where it is: the click lands on what was aimed at.
    const button = (label, act, extra = "") => el("button", { type: "button", class: `pm-btn sm ${extra}`, onMouseDown: (event) => event.preventDefault(),
      onClick: (event) => { this.keep(); this.setState({ editing: null }); act(event); } }, label);
    const answers = [["yes", "Yes"], ["no", "No"], ["not known", "Not known"]];
    const question = (name, label) => h(Fragment, null, h("span", null, label),
      h("span", { class: "pm-tog sm", role: "radiogroup", "aria-label": label }, answers.map(([value, word]) =>
        h("label", { class: node[name] === value ? "on" : "" },
          el("input", { type: "radio", name: `${this.name}-${node.id}-${name}`, checked: node[name] === value, onChange: () => this.do("stop", { node: node.id, question: name, answer: value }) }),
          node[name] === value && sign("check"), h("span", null, word)))));
    const count = node.evidence.length;
    return h("div", { class: "pm-insp" },
      h("div", { class: "pm-buttons" },
        button("Ask why", () => this.do("ask", { node: node.id })), button("Beside", () => this.do("beside", { node: node.id })),
        button("Edit", () => this.edit(node.id)),
        ["possible", "confirmed", "ruled out"].filter((name) => name !== node.status).map((name) => button(STATUS[name][1], () => this.do("status", { node: node.id, status: name }))),
        button(node.root ? "No root" : "Mark as root", () => this.do("root", { node: node.id })),
        node.children.length > 1 && button(node.join === "and" ? "Each is enough (OR)" : "Needed together (AND)", () => this.do("join", { node: node.id })),
        button("Take out", () => this.do("remove", { node: node.id }, `${node.label} taken out. Undo brings it back.`), "quiet")),
      h("h4", null, `Stop here? Three questions for ${node.label}`),
      h("div", { class: "pm-stop" }, question("can_act", block.stop.can_act), question("would_have_helped", block.stop.would_have_helped),
        h("span", null, block.stop.evidence), h("span", { class: "q" }, count ? `Yes, ${count} piece${count === 1 ? "" : "s"}` : "Not yet")),
      node.may_stop && h("p", { class: "res" }, sign("done"), h("span", null, h("b", null, "Yes, stop here."), " Three yeses: it can stand as a root.")),
      h("div", { class: "pm-newev" },
        el("select", { class: "pm-c", "aria-label": "Kind of evidence", value: this.state.kind, onChange: (event) => this.setState({ kind: event.target.value }) },
          block.evidence_kinds.map((kind) => h("option", { value: kind }, cap(kind)))),
        el("input", { class: "pm-c", type: "text", placeholder: "What was it seen from?", "aria-label": `Evidence for ${node.label}`, key: `evidence-${node.id}`,
          value: this.half[node.id] || "", onInput: (event) => { this.half[node.id] = event.target.value; },
          onKeyDown: (event) => {
            event.stopPropagation();
            if (event.isComposing) return;
            if (event.key === "Enter") { this.addEvidence(node, event.target); }
            if (event.key === "Escape") { this.focus(node.id); }
          } }),
        button("Add evidence", (event) => this.addEvidence(node, event.target.closest(".pm-newev").querySelector("input")))),
      node.evidence.length > 0 && h("ul", { class: "pm-evlist" }, node.evidence.map((item, index) => h("li", null, `${cap(item.kind)}: ${item.text} `,
        button("Take away", () => this.do("drop-evidence", { node: node.id, index }), "quiet")))),
      node.read_back.length > 0 && h("div", { class: "pm-rb" }, h("h4", null, "Read it back aloud"),
        h("ol", null, node.read_back.map((line) => h("li", null, line.startsWith("therefore ") ? [h("b", null, "therefore"), line.slice(9)] : line)))));
  }
  addEvidence(node, input) {
    if (input.value.trim()) this.do("evidence", { node: node.id, kind: this.state.kind, text: input.value }, "Evidence added");
    delete this.half[node.id];
    input.value = "";
    this.setState({ evidence: null });
  }
  // The one tab stop: where the focus was last, as long as it is there and in sight.
  at() {
    const seen = this.flat().map((item) => item.node.id);
    return seen.includes(this.state.at) ? this.state.at : seen[0];
  }
  render({ block, panel }) {
    const any = block.legs.some((leg) => leg.nodes.length);
    const small = (label, icon, act, off) => el("button", { type: "button", class: "pm-btn sm", disabled: off, onClick: act }, sign(icon), label);
    return h("div", { class: "pm-why", ref: (node) => { this.root = node; }, onFocusOut: (event) => { if (document.hasFocus() && !event.currentTarget.contains(event.relatedTarget)) this.setState({ inside: Boolean(this.state.editing) }); } },
      h("div", { class: "pm-tbar" },
        small("Undo", "undo", () => panel.say({ type: "undo" }), !block.can_undo), small("Redo", "redo", () => panel.say({ type: "redo" }), !block.can_redo)),
      !any && h("p", { class: "pm-empty" }, block.empty),
      block.legs.map((leg) => h("section", { class: "pm-leg", key: leg.leg },
        h("h3", null, `${leg.letter}. ${leg.ask}`, h("span", { class: "qq" }, `${leg.leg}, ${leg.roots}`)),
        leg.nodes.length > 0 && h("ul", { class: "pm-tree", role: "tree", "aria-label": leg.ask }, leg.nodes.map((node) => this.node(node, 1, leg.nodes, null))),
        small(leg.nodes.length ? "Another first why" : "Ask the first why", "plus", () => this.do("ask", { leg: leg.leg }), false))),
      h("p", { class: "pm-kb", "aria-label": "Keys in the tree" }, KEYS.map(([key, what]) => h("span", null, key.split(" ").map((one) => h("kbd", null, one)), ` ${what}`))),
      h("div", { class: "pm-live", role: "status", "aria-live": "polite" }, this.state.said));
  }
}
