// Dragging a why to another place, by mouse or by a finger that holds it: without a hold a finger scrolls.
const HOLD = 450, SLACK = 6, EDGE = 48;

class Dragging {
  constructor(tree) { this.tree = tree; this.on = false; }
  press(event) {
    this.dropped = false;
    const row = event.target.closest(".pm-node");
    if (!row || event.button !== 0 || event.target.closest("button,input,select,textarea,[data-turn]")) return;
    this.down = { id: row.closest("[data-node]").dataset.node, x: event.clientX, y: event.clientY, finger: event.pointerType !== "mouse", pointer: event.pointerId };
    if (this.down.finger) this.hold = setTimeout(() => this.begin(), HOLD);
    this.heard = [["pointermove", (told) => this.move(told)], ["pointerup", (told) => this.release(told)], ["pointercancel", () => this.stop()],
      ["keydown", (told) => { if (this.on && told.key === "Escape") { told.preventDefault(); told.stopPropagation(); this.stop("It stays where it is."); } }],
      ["contextmenu", (told) => { if (this.on) told.preventDefault(); }], ["blur", (told) => { if (told.target === window) this.stop(); }]];
    this.heard.forEach(([name, act]) => window.addEventListener(name, act, true));
  }
  begin() {
    const { tree, down } = this;
    tree.keep();
    this.on = true;
    this.node = tree.index.get(down.id).node;
    getSelection().removeAllRanges();
    clearTimeout(tree.later);
    tree.root.classList.add("dragging");
    tree.element(down.id).classList.add("dragged");
    tree.say(`${this.node.label} is held. Let it go where it shall stand; Escape leaves it.`);
    this.aim(down.x, down.y);
  }
  move(event) {
    if (!this.down || event.pointerId !== this.down.pointer) return;
    const far = Math.hypot(event.clientX - this.down.x, event.clientY - this.down.y) > SLACK;
    if (!this.on && far) { if (this.down.finger) this.stop(); else this.begin(); }
    if (!this.on) return;
    event.preventDefault();
    this.scroll(event.clientY);
    this.aim(event.clientX, event.clientY);
  }
  scroll(y) {
    const by = y < EDGE ? -12 : y > innerHeight - EDGE ? 12 : 0;
    if (!by) return;
    scroller(this.tree.root).scrollTop += by;
  }
  // Above the middle of a row: before it; below: after it; in the middle: under it. On a leg's own ground: a first why.
  aim(x, y) {
    const { tree, node } = this;
    const hit = document.elementFromPoint(x, y);
    const inside = hit && tree.root.contains(hit);
    const item = inside && hit.closest("[data-node]"), leg = inside && hit.closest("[data-leg]");
    this.unmark();
    this.place = null;
    let words = "Not here";
    if (item) {
      const { id } = { id: item.dataset.node }, target = tree.index.get(id);
      const box = item.querySelector(".pm-node").getBoundingClientRect(), share = (y - box.top) / box.height;
      if (tree.way(id).includes(node)) words = id === node.id ? "Here it stands now" : "Not here: a why can't explain itself";
      else {
        const how = share < 0.3 ? "before" : share > 0.7 && share <= 1 ? "after" : "under";
        const rest = target.row.slice(target.at + 1).filter((one) => one.id !== node.id);
        const beside = { parent: target.parent ? target.parent.id : "", leg: target.parent ? "" : target.leg.leg };
        this.place = how === "under" ? { parent: id } : how === "before" ? { ...beside, before: id } : { ...beside, before: rest[0] ? rest[0].id : "" };
        words = `${cap(how)} ${target.node.label}`;
        this.mark(item, how);
      }
    } else if (leg) {
      this.place = { leg: leg.dataset.leg };
      words = `First why of ${tree.block.legs.find((one) => one.leg === leg.dataset.leg).letter}`;
      this.mark(leg, "leg");
    }
    const frame = tree.root.getBoundingClientRect();
    this.words = words;
    this.label.textContent = `${node.label}: ${words}`;
    this.label.style.transform = `translate(${Math.min(x - frame.left + 14, frame.width - 240)}px, ${y - frame.top + 16}px)`;
  }
  mark(element, how) { element.dataset.drop = how; this.marked = element; }
  unmark() { if (this.marked) delete this.marked.dataset.drop; this.marked = null; }
  release(event) {
    if (this.down && event.pointerId !== this.down.pointer) return;
    const { on, place, node, words } = this;
    const was = on && this.tree.index.get(node.id);
    this.stop();
    if (!on) return;
    this.dropped = true;
    event.preventDefault();
    const next = was.row[was.at + 1];
    const same = place && (place.parent || "") === (was.parent ? was.parent.id : "") && (place.parent || place.leg === was.leg.leg) && place.before !== undefined && [node.id, next ? next.id : ""].includes(place.before);
    if (place && !same) this.tree.move(node.id, place, `${node.label} moved: ${words.toLowerCase().replace(/ ([odr])/g, (_all, letter) => ` ${letter.toUpperCase()}`)}.`);
    else this.tree.say("It stays where it is.");
  }
  stop(words) {
    clearTimeout(this.hold);
    (this.heard || []).forEach(([name, act]) => window.removeEventListener(name, act, true));
    this.heard = null;
    if (this.on) {
      this.unmark();
      this.tree.root.classList.remove("dragging");
      this.tree.root.querySelectorAll(".dragged").forEach((item) => item.classList.remove("dragged"));
      if (words) { this.dropped = true; this.tree.say(words); }
    }
    this.on = false;
    this.down = null;
  }
  // The click that ends a drag is none.
  swallow(event) {
    if (!this.dropped) return false;
    this.dropped = false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }
}
