// What the next state waits for: the line at the foot of every stage, and where the record stands.
// To a place in another stage: that stage first, and the place as soon as it is drawn there.
const goToPlace = (panel, stage, place) => {
  if (panel.state.view.stage === stage) { panel.goTo(place); return; }
  const { session } = panel.state.view;
  const look = (tries) => {
    const root = document.querySelector(`.pm[data-session="${session}"][data-stage="${stage}"]`);
    const all = root ? [...root.querySelectorAll("[data-place]")] : [];
    const at = all.find((item) => item.dataset.place === place) || all.find((item) => place.startsWith(item.dataset.place) || item.dataset.place.startsWith(place));
    if (!at) { if (tries) setTimeout(() => look(tries - 1), 60); return; }
    const fold = at.closest("details");
    if (fold) fold.open = true;
    at.scrollIntoView({ block: "center" });
    at.focus({ preventScroll: true });
  };
  panel.go(stage, () => look(40));
};
const moveButton = (move, panel, extra = "") => move && el("button", { type: "button", class: `pm-btn ${extra}`, disabled: move.off, onClick: () => panel.say({ type: "do", do: move.do, args: move.args }) }, sign("check"), move.label);

const footLink = (link, panel) => el("button", { type: "button", class: "pm-link", onClick: () => goToPlace(panel, link.stage, link.place) }, link.label);
// What is named first stands there; the others unfold below it.
const footLine = (foot, panel) => h(Fragment, null,
  h("div", { class: "told" }, h("p", null, foot.before, foot.link && footLink(foot.link, panel), foot.after),
    foot.rest.length > 0 && h("details", { class: "more" }, el("summary", null, foot.more), h("ul", null, foot.rest.map((link, at) => h("li", { key: at }, footLink(link, panel)))))),
  moveButton(foot.move, panel));

// A reason, or a role, that goes with the button beside it; it is sent with the press.
class Asked extends Component {
  constructor(props) { super(props); this.name = fieldName(); }
  done() {
    const text = (this.state.text || "").trim();
    if (!text) { this.input.focus(); return; }
    this.props.send(text);
    this.setState({ text: "" });
  }
  render({ label, holder, button, place, off }, { text }) {
    return h("div", { class: "pm-asked" },
      h("label", { for: this.name }, label),
      el("input", { id: this.name, type: "text", class: "pm-c", value: text || "", placeholder: holder, "data-place": place, autocomplete: "off", disabled: off, ref: (node) => { this.input = node; },
        onInput: (event) => this.setState({ text: event.target.value }),
        onKeyDown: (event) => { event.stopPropagation(); if (!event.isComposing && event.key === "Enter") { event.preventDefault(); this.done(); } } }),
      el("button", { type: "button", class: "pm-btn", disabled: off, onClick: () => this.done() }, button));
  }
}

const gateRow = (row, panel) => h("li", { key: row.key, class: row.met ? "met" : "open" },
  h("p", null, sign(row.met ? "done" : "todo"), h("span", { class: "what" }, row.ask), h("b", null, row.met ? "there" : "missing")),
  row.missing.length > 0 && h("ul", null, row.missing.map((gap, at) => h("li", { key: at }, `${sentence(gap.text)} `,
    el("button", { type: "button", class: "pm-link", "aria-label": `Go to ${gap.where}: ${gap.remedy}`, onClick: () => goToPlace(panel, gap.stage, gap.place) }, sentence(gap.remedy))))));

Object.assign(BLOCKS, {
  standing: (block, panel) => h("div", { class: "pm-standing", key: "standing" },
    el("ol", { class: "way", tabindex: -1, "data-place": "state", "aria-label": "The states of a record" }, block.states.map((state) => h("li", { key: state.name, class: state.now ? "now" : state.past ? "past" : "", "aria-current": state.now ? "step" : undefined },
      sign(state.now ? "right" : state.past ? "check" : "todo"), h("span", null, state.name), state.now && h("span", { class: "pm-live" }, " (here now)")))),
    block.told.map((line) => h("p", { class: "pm-note", key: line }, line)),
    h("h4", null, block.title, h("span", { class: "aside" }, block.open ? `${block.open} missing` : "all there")),
    h("ul", { class: "gates" }, block.rows.map((row) => gateRow(row, panel))),
    block.waits && h("p", { class: "pm-help" }, block.waits),
    (block.move || block.back) && h("div", { class: "pm-buttons" }, moveButton(block.move, panel, "pri"),
      block.back && el("button", { type: "button", class: "pm-btn", disabled: block.back.off, onClick: () => panel.say({ type: "do", do: "advance", args: { to: block.back.to } }) }, sign("undo"), block.back.label)),
    block.reopen && h(Asked, { key: "reopen", label: "Open it again, because", holder: "what turned out otherwise", button: "Open it again", place: "reopened_because", send: (text) => panel.say({ type: "do", do: "reopen", args: { because: text } }) })),
  signatures: (block, panel) => h("div", { class: "pm-signed", key: "signatures" },
    h("h4", null, "Who stands by it", h("span", { class: "aside" }, block.asked ? "a manager signs at this level" : "")),
    block.findings.map((finding) => findingBlock(finding, panel)),
    block.signed.length > 0 && h("ul", null, block.signed.map((item) => h("li", { key: item.by }, sign("person"), h("span", null, `${item.by}${item.role ? `, ${item.role}` : ""}${item.when ? `, ${item.when}` : ""} `),
      item.mine && block.writes && el("button", { type: "button", class: "pm-link", onClick: () => panel.say({ type: "do", do: "unsign", args: {} }) }, "Take my signature back")))),
    h(Asked, { key: "sign", label: "Your role", holder: "manager", button: `Sign as ${block.by}`, place: block.place, off: !block.writes, send: (text) => panel.say({ type: "do", do: "sign", args: { role: text } }) })),
});
