// The why tree: one tab stop; arrows inside; single letters act only on a node and not while its text is edited.
// What is chosen, open and edited lives in `ui`; a change of it draws only the nodes it is about, however many there are.
class Tree extends Component {
  constructor(props) {
    super(props);
    this.name = fieldName();
    this.half = {};
    this.picked = {};
    this.kind = "record";
    this.drawn = new Map();
    this.index = new Map();
    this.ui = { at: null, shown: null, editing: null, moving: null, asking: null, closed: {} };
    this.state = { said: "", float: null, map: false, keys: false, lost: null };
    this.dragging = new Dragging(this);
  }
  componentDidMount() {
    this.props.panel.tree = this;
    // A finger that holds a node drags it; else it scrolls. Only a listener that was there before may say so.
    this.still = (event) => { if (this.dragging.on) event.preventDefault(); };
    this.root.addEventListener("touchmove", this.still, { passive: false });
  }
  componentWillUnmount() { this.keep(); clearTimeout(this.later); clearTimeout(this.fading); this.dragging.stop(); this.root.removeEventListener("touchmove", this.still); if (this.props.panel.tree === this) this.props.panel.tree = null; }
  // -- what is drawn ------------------------------------------------------------------------------------------------
  touch(...ids) { new Set(ids).forEach((id) => { const branch = this.drawn.get(id); if (branch) branch.forceUpdate(); }); }
  set(changes, ...ids) {
    const was = this.ui;
    this.ui = { ...was, ...changes };
    this.touch(...ids, ...["at", "shown", "editing", "moving", "asking"].filter((name) => was[name] !== this.ui[name]).flatMap((name) => [was[name], this.ui[name]]));
  }
  // Once what was asked to be drawn is drawn, and before the next key.
  after(act) { Promise.resolve().then(act); }
  seen() {
    const out = [], closed = new Set();
    this.index.forEach((item, id) => {
      if (item.parent && (closed.has(item.parent.id) || this.ui.closed[item.parent.id])) closed.add(id); else out.push(id);
    });
    return out;
  }
  // The one tab stop: where the focus was last, as long as it is there and in sight.
  current() { return this.ui.at && this.index.has(this.ui.at) ? this.ui.at : this.index.keys().next().value; }
  // The nodes from one up to the first why.
  way(id) {
    const up = [];
    for (let item = this.index.get(id); item; item = item.parent && this.index.get(item.parent.id)) up.push(item.node);
    return up;
  }
  element(id) { return id && this.root.querySelector(`[data-node="${CSS.escape(id)}"]`); }
  say(said) {
    // Where the line at the top is out of sight, the words stand over the part that is in sight, for a while.
    const bar = this.root.querySelector(".pm-tbar").getBoundingClientRect(), frame = this.root.getBoundingClientRect();
    const around = scroller(this.root), top = around === document.scrollingElement ? 0 : Math.max(0, around.getBoundingClientRect().top);
    const float = bar.bottom < top + 8 || bar.top > innerHeight ? Math.max(0, top - frame.top) + 8 : null;
    clearTimeout(this.fading);
    if (float !== null) this.fading = setTimeout(() => this.setState({ float: null }), 8000);
    this.setState((old) => ({ said: old.said === said ? `${said} ` : said, float }));
  }
  do(name, args, said) {
    const sent = this.props.panel.say({ type: "do", do: name, args });
    this.mine = sent;
    if (said) this.say(said);
    // A new why is on its way: what is typed from now on is its text, not a key of the tree.
    if (name === "ask" || name === "beside") { this.asked = sent; this.ahead = ""; this.answered = 0; }
    return sent;
  }
  turn(type) {
    this.keep();
    if (!this.props.block[`can_${type}`]) { this.say(type === "undo" ? "There is nothing to take back." : "There is nothing to do again."); return; }
    clearTimeout(this.fading);
    this.setState({ float: null });
    this.turned = { words: type === "undo" ? "Taken back" : "Done again", n: this.props.panel.say({ type }) };
  }
  // -- choosing -----------------------------------------------------------------------------------------------------
  focus(id) {
    const shut = this.way(id).slice(1).filter((above) => this.ui.closed[above.id]);
    if (shut.length) this.open(shut.map((above) => above.id), true);
    const go = () => { const node = this.element(id); if (node) { node.focus(); this.pick(id, this.dragging.down ? AFTER_CLICK : SOON); } };
    if (shut.length || !this.element(id)) this.after(go); else go();
  }
  open(ids, on) {
    const closed = { ...this.ui.closed };
    [ids].flat().forEach((id) => { closed[id] = !on; });
    const hidden = !on && this.ui.at && this.way(this.ui.at).slice(1).some((above) => closed[above.id]);
    this.set({ closed, ...(hidden ? { at: [ids].flat()[0] } : {}) }, ...[ids].flat());
  }
  pick(id, wait = SOON) {
    if (this.ui.at !== id) this.set({ at: id, asking: null });
    clearTimeout(this.later);
    if (this.ui.shown === id) return;
    // Whoever runs along the nodes, or clicks one twice, has them stay where they are meanwhile.
    this.later = setTimeout(() => this.show(id), wait);
  }
  show(id) {
    clearTimeout(this.later);
    if (this.ui.shown === id) return;
    const row = id && this.element(id);
    const top = row && row.getBoundingClientRect().top;
    this.set({ shown: id });
    if (row) this.after(() => {
      const moved = row.getBoundingClientRect().top - top;
      if (Math.abs(moved) > 1) scroller(row).scrollTop += moved;
    });
  }
  // What the kernel asks for after a change: "edit:w3" or "node:w2".
  wish(at) {
    const [kind, id] = at.split(/:(.*)/s);
    if (kind !== "edit") this.asked = 0;
    if (kind === "edit") this.edit(id);
    else if (kind === "node") this.focus(id);
  }
  // -- writing ------------------------------------------------------------------------------------------------------
  edit(id, tries = 12) {
    this.keep();
    const item = this.index.get(id);
    // The word to edit may come before the drawing of what it is about.
    if (!item) { if (tries) setTimeout(() => this.edit(id, tries - 1), 60); return; }
    if (this.state.map) this.setState({ map: false });
    const ahead = this.ahead || "";
    this.ahead = "";
    this.asked = 0;
    this.before = item.node.text;
    this.was = [item.node.text];
    this.draft = item.node.text + ahead;
    const shut = this.way(id).slice(1).filter((above) => this.ui.closed[above.id]).map((above) => above.id);
    if (shut.length) this.open(shut, true);
    clearTimeout(this.later);
    this.set({ at: id, shown: id, editing: id, asking: null });
    this.after(() => {
      const area = this.root.querySelector("textarea[data-editing]");
      if (ahead) this.type(this.draft);
      if (area) { area.focus(); area.setSelectionRange(area.value.length, area.value.length); grow(area); }
    });
  }
  type(text) {
    this.draft = text;
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
    if (this.ui.editing && this.index.has(this.ui.editing)) this.reword(this.ui.editing, this.draft);
  }
  // `was` is what this person has seen there: what somebody else wrote meanwhile is not written over unseen.
  reword(node, text) {
    this.mine = this.props.panel.say({ type: "do", do: "reword", args: { node, text, was: this.was } });
    this.was = [...this.was.slice(-8), text];
  }
  stopEditing(id) {
    this.keep();
    this.set({ editing: null });
    if (id) this.focus(id);
  }
  blurred(id) {
    // Another window in front is no leaving: whoever comes back goes on writing here.
    if (this.drawing || this.ui.editing !== id) return;
    this.keep();
    if (document.hasFocus()) this.props.panel.settled(() => { if (this.ui.editing === id) this.set({ editing: null }); });
  }
  restore(node) {
    // Out of a line just begun it goes away again; in an older one the words from before come back.
    const { before } = this;
    clearTimeout(this.timer);
    this.timer = null;
    this.first = 0;
    if (before && before !== this.draft) { this.draft = before; this.reword(node.id, before); this.say("The words from before are back."); }
    this.set({ editing: null });
    if (before) this.focus(node.id); else this.do("remove", { node: node.id }, "Taken out.");
  }
  addEvidence(node, input) {
    if (input.value.trim()) this.do("evidence", { node: node.id, kind: this.kind, text: input.value }, "Evidence added.");
    delete this.half[node.id];
    input.value = "";
  }
  evidence(id) {
    this.show(id);
    this.after(() => { const input = this.root.querySelector(".pm-newev input"); if (input) input.focus(); });
  }
  // -- what others, and the kernel, change --------------------------------------------------------------------------
  getSnapshotBeforeUpdate() {
    const at = document.activeElement;
    if (!this.root || !this.root.contains(at)) return null;
    this.drawing = true;
    const node = at.closest("[data-node]");
    return { at, id: node && node.dataset.node, part: at.dataset.part || (at === node ? "node" : ""), text: at.selectionStart === undefined || at.tagName === "BUTTON" ? null : [at.selectionStart, at.selectionEnd], rows: this.told && this.told.rows };
  }
  componentDidUpdate(_props, _state, held) {
    this.drawing = false;
    const told = this.told;
    this.told = null;
    if (told) {
      this.touch(this.ui.shown);
      this.tell(told);
      const { editing } = this.ui;
      if (editing && !this.index.has(editing)) this.lose(editing, told.rows, held);
    }
    if (!held || !held.at || document.activeElement === held.at) return;
    if (document.activeElement && document.activeElement !== document.body && this.root.contains(document.activeElement)) return;
    this.hold(held, told);
  }
  // The focus was in something that was drawn anew, or is gone: it goes where the same thing stands now, or near it.
  hold(held, told) {
    const box = held.id && this.element(held.id);
    const same = box && (held.part === "node" ? box : held.part && box.querySelector(`[data-part="${CSS.escape(held.part)}"]`));
    if (same) {
      same.focus({ preventScroll: true });
      if (held.text && same.setSelectionRange) same.setSelectionRange(...held.text);
      return;
    }
    if (held.at.isConnected && held.at.closest("[hidden]") === null && !held.at.disabled) { held.at.focus({ preventScroll: true }); return; }
    if (box) { box.focus({ preventScroll: true }); return; }
    if (!told || !held.id) return;
    const old = [...told.rows.keys()], from = old.indexOf(held.id);
    const near = [...old.slice(from + 1), ...old.slice(0, Math.max(0, from)).reverse()].find((id) => this.index.has(id));
    const next = near ? this.element(near) : this.root.querySelector(".pm-leg button");
    if (next) next.focus({ preventScroll: true });
  }
  tell({ rows, mine }) {
    const words = difference(rows, this.index);
    if (this.turned && this.props.panel.ack >= this.turned.n) {
      const { words: start } = this.turned;
      this.turned = null;
      this.say(`${start}: ${words || "a change in another stage"}.`);
    } else if (!mine && !this.turned && words && rows.size) this.say(`Changed elsewhere: ${words}.`);
  }
  // Somebody took out the why in which this person was writing: the words stay here until they have a place.
  lose(id, rows, held) {
    const was = rows.get(id);
    clearTimeout(this.timer);
    this.timer = null;
    this.first = 0;
    this.set({ editing: null });
    if (!was || !this.draft.trim() || this.draft === this.before) return;
    let above = was.parent;
    while (above && !this.index.has(above.id)) above = rows.get(above.id).parent;
    const parent = above ? above.id : null;
    this.setState({ lost: { label: was.node.label, parent, leg: was.leg.leg } }, () => {
      const area = this.root.querySelector(".pm-lost textarea");
      if (area) { area.focus(); if (held && held.text) area.setSelectionRange(...held.text); }
    });
  }
  // -- keys ---------------------------------------------------------------------------------------------------------
  next(id) {
    const all = [...this.index.keys()], from = all.indexOf(id);
    const found = [...all.slice(from + 1), ...all.slice(0, from + 1)].find((one) => this.index.get(one).node.findings.length);
    if (!found) { this.say("Nothing to look at in the tree."); return; }
    const { findings, label } = this.index.get(found).node;
    this.focus(found);
    this.say(`${label}: ${findings.map((one) => `${one.kind}: ${sentence(one.text)}`).join(" ")}`);
  }
  root_(node) {
    this.show(node.id);
    this.do("root", { node: node.id }, node.root ? `${node.label} is no root any more.`
      : `${node.label} is a root. Of which kind? ${this.props.block.kinds.map((kind, at) => `${at + 1} ${kind}`).join(", ")}. Escape leaves it open.`);
    this.naming = node.root ? null : node.id;
  }
  kindOf(node, at) {
    const kind = this.props.block.kinds[at];
    if (!kind || !(node.root || this.naming === node.id)) { this.say(`${node.label} is no root. R marks it as one.`); return; }
    this.naming = null;
    this.do("kind", { node: node.id, kind }, `${node.label}: ${kind}.`);
  }
  step(node, how) {
    const { row, at, parent } = this.index.get(node.id);
    const stays = { up: at === 0 && "It is the first here already.", down: at === row.length - 1 && "It is the last here already.",
      in: at === 0 && "There is none above it to move under.", out: !parent && "It is a first why already." }[how];
    if (stays) { this.say(stays); return; }
    if (how === "in" && this.ui.closed[row[at - 1].id]) this.open(row[at - 1].id, true);
    const words = { up: "Moved up.", down: "Moved down.", in: `Moved under ${row[at - 1] ? row[at - 1].label : ""}.`, out: `Moved beside ${parent ? parent.label : ""}.` }[how];
    if (how === "up" || how === "down") this.do("shift", { node: node.id, by: how === "up" ? -1 : 1 }, words);
    else this.do(how === "in" ? "indent" : "outdent", { node: node.id }, words);
  }
  move(id, place, words) {
    const { parent, leg, before } = place;
    this.set({ moving: null });
    if (parent && this.ui.closed[parent]) this.open(parent, true);
    this.do("move", { node: id, parent: parent || "", leg: leg || "", before: before || "" }, words);
  }
  remove(node) {
    const below = [...this.index.values()].filter((item) => item.node.id !== node.id && this.way(item.node.id).includes(node)).length;
    this.do("remove", { node: node.id }, `${node.label}${below ? ` and ${below} below it` : ""} taken out. Undo brings ${below ? "them" : "it"} back.`);
  }
  key(event) {
    const node = event.target.dataset.node && (this.index.get(event.target.dataset.node) || {}).node;
    // The answer comes a moment before the word what to edit; where none comes, the keys are the tree's again.
    if (this.asked && this.props.panel.ack >= this.asked) { this.answered = this.answered || Date.now(); if (Date.now() - this.answered > 500) this.asked = 0; }
    // Also on the button that asked: a space there would ask once more.
    if (this.asked && event.key !== "Tab" && event.key !== "Escape" && !event.target.closest("input,select,textarea,dialog")) {
      if (event.key.length === 1 && !event.ctrlKey && !event.metaKey) this.ahead += event.key;
      if (event.key === "Backspace") this.ahead = this.ahead.slice(0, -1);
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    if (!node) { this.wide(event); return; }
    const { id } = node;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const ctrl = event.ctrlKey || event.metaKey;
    const moves = { ArrowUp: "up", ArrowDown: "down", ArrowRight: "in", ArrowLeft: "out" };
    const chosen = ctrl ? { z: () => this.turn(event.shiftKey ? "redo" : "undo"), y: () => this.turn("redo") }[key] : event.altKey ? moves[key] && (() => this.step(node, moves[key])) : deedsOf(this, node)[key];
    if (key === "Tab" && !event.shiftKey && this.ui.shown !== id) this.show(id);
    if (chosen) { event.preventDefault(); event.stopPropagation(); chosen(); }
    // No letter pressed on a node is one for the notebook around it.
    else if (key.length === 1 && !ctrl && !event.altKey) event.stopPropagation();
  }
  // Keys that hold wherever the focus is in this stage's tree, but in a field.
  wide(event) {
    if (event.target.closest("input,select,textarea,dialog")) return;
    const ctrl = event.ctrlKey || event.metaKey;
    const act = ctrl && event.key.toLowerCase() === "z" ? () => this.turn(event.shiftKey ? "redo" : "undo")
      : !ctrl && !event.altKey && ({ m: () => this.turnMap(), "?": () => this.help(), Escape: () => { if (this.ui.moving || this.ui.asking) this.escape(); } })[event.key];
    if (act) { event.preventDefault(); event.stopPropagation(); act(); }
  }
  escape(node) {
    if (this.naming) { this.naming = null; this.say("Left unclassified."); return; }
    const back = this.ui.moving;
    if (back || this.ui.asking) { this.set({ moving: null, asking: null }); if (back) { this.say("It stays where it is."); this.focus(back); } return; }
    if (node) { clearTimeout(this.later); this.set({ shown: null }); }
  }
  joinOf(node) {
    const now = node ? node.join : this.props.block.join;
    this.do("join", { node: node ? node.id : "" }, `${node ? `Below ${node.label}` : "The first whys"}: ${now === "and" ? "OR, each would be enough" : "AND, needed together"}.`);
  }
  under(id) {
    const moving = this.index.get(this.ui.moving);
    if (this.way(id).includes(moving.node)) { this.say("Not there: a why can't explain itself."); return; }
    this.move(moving.node.id, { parent: id }, `Moved under ${this.index.get(id).node.label}.`);
  }
  help() { this.back = document.activeElement; this.setState({ keys: true }, () => { if (this.dialog && !this.dialog.open) this.dialog.showModal(); }); }
  turnMap(on = !this.state.map) {
    if (typeof causeMap !== "function" || on === this.state.map) return;
    this.keep();
    this.set({ editing: null });
    this.setState({ map: on }, () => {
      if (!on && this.current()) this.focus(this.current());
      else { const part = this.root.querySelector('.pm-mapview [tabindex="0"]') || this.root.querySelector(".pm-mapview"); if (part) part.focus(); }
    });
    this.say(on ? "Map. M goes back to the outline." : "Outline.");
  }
  // -- pointers -----------------------------------------------------------------------------------------------------
  // The second click of two is meant for what the first one hit, wherever that stands by now.
  twice(event) {
    const row = event.target.closest(".pm-node"), node = row && row.closest("[data-node]").dataset.node;
    const last = this.clicked;
    const near = last && event.timeStamp - last.at < TWICE && Math.abs(event.clientX - last.x) < 6 && Math.abs(event.clientY - last.y) < 6;
    this.clicked = near || !node ? null : { node, at: event.timeStamp, x: event.clientX, y: event.clientY };
    if (!near || event.target.closest("textarea")) return false;
    event.preventDefault();
    event.stopPropagation();
    if (this.ui.editing !== last.node) this.edit(last.node);
    return true;
  }
  click(event) {
    if (this.dragging.swallow(event)) return;
    const deed = event.target.closest("[data-turn]");
    if (deed) { const id = deed.dataset.turn; this.open(id, this.ui.closed[id]); this.focus(id); return; }
    if (event.target.closest(".pm-insp,.pm-under,button,textarea,dialog,.pm-mapview")) { if (!event.target.closest(".pm-node")) this.clicked = null; return; }
    if (this.twice(event)) return;
    const row = event.target.closest(".pm-node");
    if (!row) return;
    const { node } = row.closest("[data-node]").dataset;
    if (this.ui.moving && this.ui.moving !== node) { this.under(node); return; }
    this.focus(node);
    this.pick(node, AFTER_CLICK);
  }
  focused(event) {
    const node = event.target.dataset.node;
    if (node && this.index.has(node)) this.pick(node, this.dragging.down ? AFTER_CLICK : SOON);
  }
  render({ block: told, panel }, { said, float, map, keys, lost }) {
    const was = this.block;
    const block = this.block = shared(was, told);
    if (!was || was !== block) {
      const rows = this.index;
      if (!was || was.legs !== block.legs) this.index = indexed(block.legs);
      if (was) this.told = { rows, mine: Boolean(this.mine) };
      if (this.mine && panel.ack >= this.mine) this.mine = 0;
    }
    const any = this.index.size > 0, canMap = typeof causeMap === "function";
    return h("div", { class: "pm-why", ref: (node) => { this.root = node; }, onKeyDown: (event) => this.key(event), onFocusIn: (event) => this.focused(event),
        onPointerDown: (event) => this.dragging.press(event), onClick: (event) => this.click(event) },
      treeBar(this, block, said, map, canMap),
      float !== null && h("div", { class: "pm-toast", "aria-hidden": "true", style: { top: `${float}px` } }, h("span", null, said), block.can_undo && !/^(Taken back|Done again)/.test(said) && el("button", { type: "button", class: "pm-btn sm", tabindex: -1, onMouseDown: (event) => event.preventDefault(), onClick: () => this.turn("undo") }, sign("undo"), "Undo")),
      lost && lostBox(this, lost),
      !any && h("p", { class: "pm-empty" }, block.empty),
      map && canMap && el("div", { class: "pm-mapview", tabindex: -1, role: "region", "aria-label": "Cause map" }, causeMap(block, panel, (id) => { this.pick(id, 0); this.say(`${this.index.get(id).node.label} is chosen; the outline shows it.`); }, this.current())),
      h("div", { hidden: map && canMap }, block.legs.map((leg) => legBlock(this, leg, block))),
      h("div", { class: "pm-drag", "aria-hidden": "true", ref: (node) => { this.dragging.label = node; } }),
      h("p", { class: "pm-asks" }, h("b", null, block.roots, block.roots && " "), block.asks, " ", block.missing.length > 0 ? `Still missing: ${block.missing.join("; ")}.` : any && "Nothing of that is missing."),
      h("p", { class: "pm-kb", "aria-label": "Keys in the tree" }, KEYS.filter(([key]) => SHORT.includes(key)).map(([key, what]) => h("span", null, keycaps(key), ` ${what}`)), h("span", null, keycaps("?"), " all keys")),
      keys && keysDialog(this));
  }
}
