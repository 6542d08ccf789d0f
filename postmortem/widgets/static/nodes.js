// What the why tree is told with: its keys, where each node stands, and what changed from one state to the next, in words.
const KEYS = [
  ["↑ ↓", "previous, next"], ["→ ←", "open or into, close or out"], ["Home End", "first, last"], ["Enter", "edit, and keep; Esc restores"],
  ["W", "ask why: a cause under it"], ["B", "a cause beside it"], ["P C X", "possible, confirmed, ruled out"], ["E", "add evidence"],
  ["R", "root on or off"], ["1 … 5", "kind of the root"], ["J", "AND or OR for what is below"], ["F", "next finding"],
  ["Alt ↑ ↓", "move among its neighbours"], ["Alt →", "move under the one above"], ["Alt ←", "move beside its parent"], ["M", "outline or map"],
  ["Delete", "take out with all below"], ["Ctrl Z", "undo"], ["Ctrl Shift Z", "redo"], ["?", "all keys"],
];
const SHORT = ["W", "B", "Enter", "P C X", "E", "R", "J", "Alt ↑ ↓", "Delete", "Ctrl Z"];
const keycaps = (keys) => keys.split(" ").map((one) => (one === "…" ? " … " : h("kbd", null, one)));
const SOON = 120, AFTER_CLICK = 280, TWICE = 500;
const brief = (text, most = 60) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

// What is the same as before keeps its identity, so that a node that did not change need not be looked at.
const shared = (old, now) => {
  if (old === now || !old || !now || typeof old !== "object" || typeof now !== "object" || Array.isArray(old) !== Array.isArray(now)) return now;
  const known = Array.isArray(now) && now.some((item) => item && item.id) ? new Map(old.map((item) => [item && item.id, item])) : null;
  const names = Object.keys(now);
  let same = names.length === Object.keys(old).length;
  for (const name of names) {
    now[name] = shared(known ? known.get(now[name] && now[name].id) : old[name], now[name]);
    if (now[name] !== old[name]) same = false;
  }
  return same ? old : now;
};
const indexed = (legs) => {
  const found = new Map();
  const go = (nodes, parent, leg, level) => nodes.forEach((node, at) => { found.set(node.id, { node, parent, leg, level, row: nodes, at }); go(node.children, node, leg, level + 1); });
  legs.forEach((leg) => go(leg.nodes, null, leg, 1));
  return found;
};
// What differs between two states of the tree, in words.
const difference = (before, after) => {
  const told = [];
  const named = (item) => `${item.node.label}${item.node.text ? ` “${brief(item.node.text, 40)}”` : ""}`;
  before.forEach((old, id) => { if (!after.has(id) && !(old.parent && !after.has(old.parent.id))) told.push(`${named(old)} is taken out`); });
  after.forEach((now, id) => {
    const old = before.get(id);
    if (!old) { if (!(now.parent && !before.has(now.parent.id))) told.push(`${named(now)} is there`); return; }
    const [a, b] = [old.node, now.node];
    const parents = [old.parent && old.parent.id, now.parent && now.parent.id];
    if (parents[0] !== parents[1] || old.leg.leg !== now.leg.leg && !now.parent) told.push(`${a.label} stands as ${named(now)}`);
    else if (old.row.length === now.row.length && old.at !== now.at && old.row.every((node) => after.has(node.id))) told.push(`${a.label} is now ${b.label}`);
    if (a.text !== b.text) told.push(`${named(now)} is reworded`);
    if (a.status !== b.status) told.push(`${b.label} is ${b.status}`);
    if ((a.root && a.root.category) !== (b.root && b.root.category)) told.push(b.root ? `${b.label}: kind of root ${b.root.category}` : `${b.label} is no root`);
    if (a.join !== b.join) told.push(`causes of ${b.label}: ${b.join.toUpperCase()}`);
    if (a.evidence !== b.evidence) told.push(`evidence of ${b.label}: ${b.evidence.length}`);
    if (a.holds !== b.holds || a.can_act !== b.can_act || a.would_have_helped !== b.would_have_helped) told.push(`answers at ${b.label}`);
  });
  return told.length > 3 ? `${told.slice(0, 2).join("; ")} and ${told.length - 2} more` : told.join("; ");
};
// What scrolls around an element: in a notebook it is not the page.
const scroller = (element) => {
  let around = element.parentElement;
  while (around && !(around.scrollHeight > around.clientHeight + 1 && /auto|scroll/.test(getComputedStyle(around).overflowY))) around = around.parentElement;
  return around || document.scrollingElement;
};
// Undo and redo, what was said, the outline or the map, and the keys.
function treeBar(tree, block, said, map, canMap) {
  const small = (label, icon, act, off, part) => el("button", { type: "button", class: "pm-btn sm", disabled: off, "data-part": part, onClick: act }, icon && sign(icon), label);
  const view = (on, label) => el("button", { type: "button", class: map === on ? "on" : "", "aria-pressed": map === on ? "true" : "false", onClick: () => tree.turnMap(on) }, sign("check"), label);
  return h("div", { class: "pm-tbar" },
    small("Undo", "undo", () => tree.turn("undo"), !block.can_undo, "undo"), small("Redo", "redo", () => tree.turn("redo"), !block.can_redo, "redo"),
    h("p", { class: "pm-said", role: "status", "aria-live": "polite" }, said),
    canMap && h("div", { class: "pm-two", role: "group", "aria-label": "View" }, view(false, "Outline"), view(true, "Map")),
    small("Keys", null, () => tree.help(), false, "keys"));
}
// What a key does on a why, pressed alone.
function deedsOf(tree, node) {
  const { id } = node, { parent } = tree.index.get(id), shut = tree.ui.closed[id];
  const go = (by) => { const seen = tree.seen(); const to = by === "end" ? seen.length - 1 : by === "home" ? 0 : seen.indexOf(id) + by; if (seen[to]) tree.focus(seen[to]); };
  const mark = (status) => () => tree.do("status", { node: id, status }, `${node.label} ${status}${status === "ruled out" ? ", kept in sight" : ""}.`);
  const kind = (at) => () => tree.kindOf(node, at);
  return {
    ArrowDown: () => go(1), ArrowUp: () => go(-1), Home: () => go("home"), End: () => go("end"),
    ArrowRight: () => (node.children.length && (shut ? tree.open(id, true) : tree.focus(node.children[0].id))),
    ArrowLeft: () => (node.children.length && !shut ? tree.open(id, false) : parent && tree.focus(parent.id)),
    Enter: () => (tree.ui.moving && tree.ui.moving !== id ? tree.under(id) : tree.edit(id)), F2: () => tree.edit(id),
    w: () => tree.do("ask", { node: id }), Insert: () => tree.do("ask", { node: id }), b: () => tree.do("beside", { node: id }),
    p: mark("possible"), c: mark("confirmed"), x: mark("ruled out"), e: () => tree.evidence(id), f: () => tree.next(id),
    r: () => tree.root_(node), 1: kind(0), 2: kind(1), 3: kind(2), 4: kind(3), 5: kind(4),
    j: () => (node.children.length > 1 ? tree.joinOf(node) : tree.say(`${node.label} has no two causes below it yet.`)),
    m: () => tree.turnMap(), "?": () => tree.help(), Delete: () => tree.remove(node), Escape: () => tree.escape(node),
  };
}
// All keys, in a dialog that gives the focus back.
function keysDialog(tree) {
  return el("dialog", { class: "pm-keys", tabindex: -1, "aria-label": "Keys of the why tree", ref: (node) => { tree.dialog = node; },
      onKeyDown: (event) => event.stopPropagation(), onClose: () => { tree.setState({ keys: false }); if (tree.back && tree.back.isConnected) tree.back.focus(); } },
    h("h3", null, "Keys of the why tree"), h("p", { class: "pm-help" }, "They act while a why has the focus, and not while its text is edited. On a Mac, Cmd stands for Ctrl."),
    h("dl", null, KEYS.map(([key, what]) => h("div", null, h("dt", null, keycaps(key)), h("dd", null, what)))),
    el("button", { type: "button", class: "pm-btn", autofocus: true, onClick: () => tree.dialog.close() }, "Close"));
}
