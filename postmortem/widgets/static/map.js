// The cause map: the tree from left to right, drawn from the same block as the outline. One tab stop, arrows along the tree;
// each box takes the rows of all that stands behind it, and the lines follow from that (report/map.css).
const MAP_SIGNS = { possible: ["todo", "dashed"], confirmed: ["done", ""], "ruled out": ["off", ""] };
const ZOOMS = [0.25, 0.33, 0.5, 0.67, 0.8, 1, 1.25, 1.5, 2];

class CauseMap extends Component {
  constructor(props) {
    super(props);
    this.state = { at: props.at, zoom: 1 };
  }
  // A large map opens where the chosen box is, without moving the page.
  componentDidMount() {
    const box = this.root.querySelector('[aria-selected="true"] .cm-box').getBoundingClientRect(), room = this.room.getBoundingClientRect();
    this.room.scrollTop = Math.max(0, box.top - room.top - room.height / 3);
    this.room.scrollLeft = Math.max(0, box.left - room.left - room.width / 3);
  }
  // Every box with its place: first what the customer met, then the answers in reading order.
  boxes() {
    const { legs, join } = this.props.block;
    const out = [], spans = new Map();
    const span = (node) => { const rows = Math.max(1, node.children.reduce((sum, child) => sum + span(child), 0)); spans.set(node.id, rows); return rows; };
    const tops = legs.flatMap((leg) => leg.nodes.map((node, at) => ({ node, ask: leg.ask, beside: at ? join : "" })));
    const total = Math.max(1, tops.reduce((sum, top) => sum + span(top.node), 0));
    out.push({ id: "", column: 1, row: 1, rows: total, place: "start", stem: tops.length > 0, gate: "", below: tops.map((top) => top.node.id) });
    const place = (row, at) => (row.length === 1 ? "only" : at === 0 ? "first" : at === row.length - 1 ? "last" : "middle");
    const walk = (node, more) => {
      out.push({ ...more, id: node.id, node, rows: spans.get(node.id), stem: node.children.length > 0, gate: node.children.length > 1 ? node.join : "", below: node.children.map((child) => child.id) });
      let { row } = more;
      node.children.forEach((child, at) => {
        walk(child, { column: more.column + 1, row, place: place(node.children, at), above: node.id, at, of: node.children.length });
        row += spans.get(child.id);
      });
    };
    let row = 1;
    tops.forEach((top, at) => {
      walk(top.node, { column: 2, row, place: place(tops, at), above: "", lead: top.ask, beside: top.beside, at, of: tops.length });
      row += spans.get(top.node.id);
    });
    return out;
  }
  focus(box) {
    if (!box) return;
    this.setState({ at: box.id }, () => {
      const to = this.root.querySelector(`[data-box="${CSS.escape(box.id)}"]`);
      if (to) { to.focus({ preventScroll: true }); to.scrollIntoView({ block: "nearest", inline: "nearest" }); }
    });
  }
  key(event, box, all) {
    const by = (id) => all.find((other) => other.id === id);
    const column = all.filter((other) => other.column === box.column).sort((a, b) => a.row - b.row);
    const at = column.indexOf(box);
    const acts = {
      ArrowRight: () => this.focus(by(box.below[0])), ArrowLeft: () => box.id && this.focus(by(box.above)),
      ArrowUp: () => this.focus(column[at - 1]), ArrowDown: () => this.focus(column[at + 1]),
      Home: () => this.focus(all[0]), End: () => this.focus(all[all.length - 1]),
      Enter: () => this.pick(box), " ": () => this.pick(box),
      "+": () => this.step(1), "-": () => this.step(-1), 0: () => this.fit(),
    };
    const act = !event.ctrlKey && !event.metaKey && !event.altKey && acts[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }
  pick(box) {
    this.setState({ at: box.id });
    if (box.id) this.props.pick(box.id);
  }
  step(by) {
    const { zoom } = this.state;
    const next = by > 0 ? ZOOMS.find((size) => size > zoom + 0.01) : ZOOMS.findLast((size) => size < zoom - 0.01);
    if (next) this.setState({ zoom: next });
  }
  // As large as the whole map is seen at once, for the wall; as many pixels as there are.
  fit() {
    const { width, height } = this.grid.getBoundingClientRect();
    const { zoom } = this.state;
    const room = this.room.getBoundingClientRect();
    const tall = document.fullscreenElement === this.root ? window.innerHeight - 120 : window.innerHeight * 0.75;
    this.setState({ zoom: Math.max(0.1, Math.min(2, (room.width - 26) / (width / zoom), tall / (height / zoom))) });
  }
  wall() {
    if (document.fullscreenElement) document.exitFullscreen();
    else if (this.root.requestFullscreen) this.root.requestFullscreen().then(() => setTimeout(() => this.fit(), 120), () => {});
  }
  box(box, all, chosen) {
    const { node } = box;
    const kind = node && node.root ? `${node.root.possible ? "Possible root" : "Root"}: ${node.root.category}` : "";
    const met = this.props.panel.state.head.title;
    const notes = node ? (node.evidence.length ? node.evidence.map((item) => `${cap(item.kind)}: ${item.text}`) : node.status === "ruled out" ? [] : ["No evidence yet"]) : [];
    const spoken = node ? [box.lead, `${node.label} ${node.text || "not written yet"}`, cap(node.status), kind].filter(Boolean).join(". ") : `What the customer met: ${met}`;
    const [glyph, dash] = node ? MAP_SIGNS[node.status] : [];
    return el("div", {
        key: `box-${box.id}`, role: "treeitem", tabindex: chosen === box.id ? 0 : -1, class: `cm-cell ${box.place}`, "data-box": box.id,
        style: { "--c": box.column, "--r": box.row, "--n": box.rows },
        "aria-level": box.column, "aria-label": spoken, "aria-selected": chosen === box.id ? "true" : "false",
        "aria-expanded": box.below.length ? "true" : undefined, "aria-posinset": (box.at || 0) + 1, "aria-setsize": box.of || 1,
        onFocus: () => { if (this.state.at !== box.id) this.setState({ at: box.id }); }, onKeyDown: (event) => this.key(event, box, all),
      },
      box.beside && h("span", { class: `cm-gate beside ${box.beside}` }, box.beside.toUpperCase()),
      h("div", { class: `cm-box ${node ? node.status.replace(" ", "-") : "met"}${kind ? " root" : ""}`, onClick: () => this.pick(box) },
        (box.lead || !node) && h("p", { class: "cm-lead" }, box.lead || "What the customer met"),
        node && h("p", { class: "cm-hd" }, sign(glyph, `cm-i ${dash}`), h("span", null, `${node.label} ${node.status}`)),
        h("p", { class: "cm-tx" }, node ? node.text || "Not written yet" : met),
        notes.slice(0, 3).map((note) => h("p", { class: "cm-e" }, note)), notes.length > 3 && h("p", { class: "cm-e" }, `and ${notes.length - 3} more`),
        kind && h("p", { class: "cm-rl" }, shape(node.root.category), h("span", null, kind))),
      box.stem && h("span", { class: "cm-stem" }), box.gate && h("span", { class: `cm-gate ${box.gate}` }, box.gate.toUpperCase()));
  }
  render({ block }, { at, zoom }) {
    const all = this.boxes();
    const chosen = all.some((box) => box.id === at) ? at : all.length > 1 ? all[1].id : "";
    const button = (label, act, off = false) => el("button", { type: "button", class: "pm-btn sm", disabled: off, onClick: act }, label);
    const shown = (name, dash) => sign(name, `cm-i ${dash}`);
    return h("div", { class: "pm-map", ref: (node) => { this.root = node; } },
      h("div", { class: "pm-map-bar" }, h("p", null, "Left to right asks ", h("b", null, "why?"), " Right to left reads ", h("b", null, "therefore"), "."),
        h("span", { class: "pm-buttons" }, button("Smaller", () => this.step(-1), zoom <= ZOOMS[0]), button("Larger", () => this.step(1), zoom >= 2),
          button("See it whole", () => this.fit()), button("Fill the screen", () => this.wall()), h("span", { class: "pm-map-zoom" }, `${Math.round(zoom * 100)} %`))),
      h("div", { class: "pm-map-room", ref: (node) => { this.room = node; } },
        h("div", { class: "cm", role: "tree", "aria-label": "Cause map", "aria-orientation": "horizontal", ref: (node) => { this.grid = node; },
          style: { "--cols": Math.max(...all.map((box) => box.column)), "--w": "212px", zoom } },
          all.map((box) => this.box(box, all, chosen)))),
      h("div", { class: "cm-legend" }, h("span", null, h("i", { class: "cm-sw root" }), "root"), h("span", null, h("i", { class: "cm-sw" }), shown("done", ""), "confirmed"),
        h("span", null, h("i", { class: "cm-sw possible" }), shown("todo", "dashed"), "possible"), h("span", null, h("i", { class: "cm-sw ruled-out" }), shown("off", ""), "ruled out"),
        h("span", null, h("b", null, "AND"), " needed together"), h("span", null, "OR side by side")),
      h("div", { class: "cm-legend" }, h("span", null, "Category of a root:"), Object.keys(SHAPES).map((name) => h("span", { key: name }, shape(name), name))));
  }
}
// `pick` is called with the id of a why that was chosen; `at` says which one is chosen to begin with.
const causeMap = (block, panel, pick, at = null) => h(CauseMap, { block, panel, pick, at, key: "map" });
