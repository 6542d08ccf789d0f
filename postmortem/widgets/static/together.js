// Several people at one record, and words that are not kept yet.
// In milliseconds; a page that says so looks more often.
const LOOK_EVERY = globalThis.pmLookEvery || 2000;
const LOOK_HIDDEN = 15000;
const LOOK_LOST = 60000;
// One panel of a page looks for all panels of its retrospective: the one with the focus, else the one that did so before.
const LOOKING = (globalThis.pmLooking ||= new Map());

// What was typed and is not kept yet, by view. It outlives the panel, its kernel and a reload of the page; it is this
// browser tab's own, and gone as soon as it is kept.
const UNSAVED_KEY = "postmortem-unsaved";
const UNSAVED_MOST = 400000;
const UNSAVED = (globalThis.pmUnsaved ||= { lists: unsavedBefore(), open: new Set() });

function unsavedBefore() {
  try { return JSON.parse(sessionStorage.getItem(UNSAVED_KEY)) || {}; } catch { return {}; }
}
function keepUnsaved(from, entry) {
  if (entry && entry.items.length) UNSAVED.lists[from] = entry;
  else if (from in UNSAVED.lists) delete UNSAVED.lists[from];
  else return;
  try {
    let text = JSON.stringify(UNSAVED.lists);
    // More than a browser holds for a page: the oldest of other views goes first.
    for (const other of Object.keys(UNSAVED.lists)) {
      if (text.length <= UNSAVED_MOST) break;
      if (other !== from) { delete UNSAVED.lists[other]; text = JSON.stringify(UNSAVED.lists); }
    }
    if (text === "{}") sessionStorage.removeItem(UNSAVED_KEY); else sessionStorage.setItem(UNSAVED_KEY, text);
  } catch { /* no storage, or a full one: it is still in the window */ }
}
// An event that carries words of somebody: the others can be done again with one click.
const TYPED = new Set(["reword", "write-ideas", "not-now"]);
const isTyped = (event) => event.type === "put" || (event.type === "do" && (TYPED.has(event.do) || typeof (event.args || {}).value === "string"));
// The same words as a plain value for a place, whatever they were typed in; nothing where only its stage knows the place.
const asPut = (event) => (event.type === "put" ? event : event.do === "reword" ? { place: `whys.${event.args.node}.text`, value: event.args.text, was: event.args.was } : null);
// One item a place, with all that its field has shown meanwhile.
function collapsed(items) {
  const last = new Map();
  items.filter((item) => isTyped(item.event)).forEach(({ event, stage }) => {
    const put = asPut(event);
    const name = put ? put.place : [event.do, ...["place", "key", "field", "round"].map((part) => event.args[part])].join(" ");
    const before = last.get(name);
    last.delete(name);
    if (!put) { last.set(name, { event: { type: "do", do: event.do, args: event.args }, stage }); return; }
    const was = [...((before && before.event.was) || []), ...(before ? [before.event.value] : []), ...(put.was || [])];
    const seen = put.was || (before && before.event.was) ? { was: [...new Set(was)].slice(-40) } : {};
    last.set(name, { event: { type: "put", place: put.place, value: put.value, ...seen }, stage });
  });
  return [...last.values()];
}
// What views that are gone have left for this record; what only another stage can take stays until that is shown.
function takeUnsaved(store, record, stage) {
  const taken = [];
  Object.entries(UNSAVED.lists).forEach(([from, entry]) => {
    if (UNSAVED.open.has(from) || entry.store !== store || entry.record !== record) return;
    const mine = entry.items.filter((item) => asPut(item.event) || item.stage === stage);
    if (!mine.length) return;
    taken.push(...mine);
    keepUnsaved(from, { ...entry, items: entry.items.filter((item) => !mine.includes(item)) });
  });
  return collapsed(taken);
}

// Every field of this panel that is being typed in: what stands in them is sent before anything is decided or left.
const TYPINGS = new Set();
const flushAll = (panel) => { TYPINGS.forEach((typing) => typing.flush()); if (panel && panel.tree && panel.tree.keep) panel.tree.keep(); };

// What is not saved stands in no field that could be marked: it gets one for as long as it is copied.
class CopyText extends Component {
  async copy() {
    const { panel } = this.props;
    const area = document.createElement("textarea");
    area.value = panel.unsavedText();
    area.dataset.lmSuppressShortcuts = "true";
    const done = await copied(area.value, () => { panel.root.append(area); return area; });
    area.remove();
    if (!done) this.button.focus({ preventScroll: true });
    this.setState({ said: done ? "Copied." : "Copying is not allowed here." });
  }
  render(_, { said }) {
    return h(Fragment, null, el("button", { type: "button", class: "pm-link", ref: (node) => { this.button = node; }, onClick: () => this.copy() }, "Copy my text"),
      h("span", { role: "status", class: "pm-copied" }, said || ""));
  }
}

// What others did that this person should know of.
const notices = (head, panel) =>
  (head.said || []).length > 0 && h("div", { class: "pm-finding wide", role: "status", key: "said" }, sign("hint"), h("div", null, head.said.map((line) => h("p", { key: line }, line)),
    el("button", { type: "button", class: "pm-link", onClick: () => panel.tell({ type: "heard" }) }, "Put it away")));

const COUNTED = ["No", "One", "Two", "Three", "Four"];
// Two texts of one field side by side; the press leaves the focus where it is, so that nothing moves under the click.
BLOCKS.versions = (block, panel, after) => {
  const choose = (args) => () => { flushAll(panel); panel.say({ type: "do", do: "decide", args }); if (after) after(); };
  const stay = (event) => event.preventDefault();
  return h("div", { class: "pm-finding need pm-versions", role: "alert", key: `versions-${block.place}` }, sign("need"), h("div", null,
    block.label && h("b", null, block.label, ": "), h("b", { class: "pm-kindw" }, `${COUNTED[block.sides.length] || "Several"} versions`), ` ${block.said}`,
    h("div", { class: "pm-vers" }, block.sides.map((side) => h("div", { key: side.keep }, h("b", null, side.who), h("p", null, side.text || h("i", null, "(empty)"))))),
    h("div", { class: "pm-buttons" }, block.sides.map((side) => el("button", { type: "button", key: side.keep, class: "pm-btn sm", onMouseDown: stay, onClick: choose(side.args) }, side.keep)),
      block.join && el("button", { type: "button", class: "pm-link", onMouseDown: stay, onClick: choose(block.join) }, "Join them"))));
};
