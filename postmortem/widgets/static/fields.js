// Fields. While the focus is in a field its own text stands there, whatever arrives; it is sent when the typing pauses,
// at the latest a second after the first letter, and when the field is left.
const PAUSE = 350;
const AT_MOST = 900;
// Every panel on a page runs a copy of this file of its own: names of fields must differ between the copies too.
const SCOPE = Math.random().toString(36).slice(2, 8);
let fieldCount = 0;
const fieldName = () => `pm-${SCOPE}-${(fieldCount += 1)}`;

class Typing extends Component {
  constructor(props) {
    super(props);
    this.state = { draft: null, sent: 0 };
    this.first = 0;
    // What this field has shown since somebody began to type in it: whoever changed it to something else was not seen.
    this.seen = null;
  }
  componentWillUnmount() { this.flush(); TYPINGS.delete(this); }
  componentDidMount() { TYPINGS.add(this); if (this.props.known) this.props.known(this); requestAnimationFrame(() => grow(this.root)); }
  // What others write in a field that has the focus, untouched, arrives there; the caret stays where it is.
  getSnapshotBeforeUpdate() {
    const node = this.root;
    return node && node === document.activeElement && this.state.draft === null ? [node.value, node.selectionStart, node.selectionEnd] : null;
  }
  componentDidUpdate(_props, _state, before) {
    if (!before || before[0] === this.root.value) return;
    this.root.setSelectionRange(before[1], before[2]);
    grow(this.root);
  }
  input(text) {
    const now = Date.now();
    if (!this.seen) this.seen = [this.props.value];
    if (!this.timer) this.first = now;
    clearTimeout(this.timer);
    this.draft = text;
    this.setState({ draft: text });
    this.timer = setTimeout(() => this.flush(), Math.max(0, Math.min(PAUSE, this.first + AT_MOST - now)));
    if (this.props.tell) this.props.tell("typing");
  }
  flush() {
    if (!this.timer) return;
    clearTimeout(this.timer);
    this.timer = null;
    const sent = this.props.send(this.draft, this.seen);
    this.seen = [...this.seen.slice(-20), this.draft];
    this.setState({ sent });
    if (this.props.tell) this.props.tell("sent", sent);
  }
  settled() { return !this.timer && this.state.sent <= this.props.ack; }
  // What stands in the record from now on, whatever was typed here.
  forget() { this.seen = null; this.setState({ draft: null }); }
  focus() {
    if (this.settled()) this.forget();
    this.setState({ focused: true });
  }
  blur() {
    this.flush();
    this.setState({ focused: false });
  }
  shown() {
    const { draft, focused } = this.state;
    return draft !== null && (focused || !this.settled()) ? draft : this.props.value;
  }
  render({ field, name, describedby }) {
    const common = {
      id: name, value: this.shown(), placeholder: field.placeholder || "", "data-place": field.place,
      "aria-describedby": describedby, "aria-invalid": field.error ? "true" : undefined, "aria-label": field.label ? undefined : field.aria,
      class: `pm-c${field.tall ? " tall" : ""}${field.error ? " bad" : field.findings && field.findings.some((f) => f.kind === "Needed") ? " need" : ""}`,
      onInput: (event) => { this.input(event.target.value); grow(event.target); },
      onFocus: () => this.focus(),
      onBlur: () => this.blur(),
      ref: (node) => { this.root = node; }, list: field.list ? `${name}-list` : undefined, autocomplete: "off", spellcheck: field.kind === "area",
    };
    if (field.kind === "area") return el("textarea", { ...common, onKeyDown: keepEnter, rows: field.tall ? 4 : 2 });
    // Enter does what the button beside the field does.
    const enter = (event) => { if (event.key !== "Enter") return; event.preventDefault(); this.flush(); this.props.enter(); this.forget(); };
    return el("input", { ...common, type: "text", onKeyDown: this.props.enter ? enter : undefined });
  }
}

// Lab takes the line break of every key that reaches it from inside a cell: in a text of several lines Enter stays here.
const keepEnter = (event) => { if (event.key === "Enter") event.stopPropagation(); };

function grow(area) {
  if (!area || area.tagName !== "TEXTAREA" || !area.scrollHeight) return;
  if (area.scrollHeight > area.clientHeight + 2) area.style.height = `${area.scrollHeight + 2}px`;
}

const findingBlock = (finding, panel) =>
  h("div", { class: `pm-finding${finding.need ? " need" : ""}` }, sign(finding.need ? "need" : "hint"),
    h("div", null, h("b", { class: "pm-kindw" }, finding.kind), ` ${sentence(finding.text)} ${sentence(finding.remedy)}`,
      h("div", { class: "pm-do" },
        !finding.need && el("button", { type: "button", class: "pm-btn quiet", onClick: () => panel.say({ type: "keep", rule: finding.rule, where: finding.where }) }, "Leave it so"))));
// What is asked for may be put away too, with a reason: a line for it opens where the button was.
class PutAway extends Component {
  done() {
    const { finding, panel } = this.props;
    const reason = (this.state.reason || "").trim();
    if (reason) panel.say({ type: "keep", rule: finding.rule, where: finding.where, reason });
  }
  render({ finding }, { open }) {
    // A fact that is missing, or can't be so, is mended: nobody can put it away.
    if (finding.fixed) return null;
    if (!open) return el("button", { type: "button", class: "pm-link", "aria-label": `Put away with a reason: ${finding.text}`, onClick: () => this.setState({ open: true }, () => this.input && this.input.focus()) }, "Put away…");
    return h("span", { class: "pm-putaway" },
      el("input", { type: "text", class: "pm-c", "aria-label": `Why is this put away: ${finding.text}`, placeholder: "because…", ref: (node) => { this.input = node; }, autocomplete: "off",
        onInput: (event) => this.setState({ reason: event.target.value }),
        onKeyDown: (event) => { event.stopPropagation(); if (event.isComposing) return; if (event.key === "Enter") this.done(); if (event.key === "Escape") this.setState({ open: false }); } }),
      el("button", { type: "button", class: "pm-btn sm", onClick: () => this.done() }, "Put away"));
  }
}
// What is only missing, in the line that stands under its field anyway: what is below does not move while somebody types.
const findingLine = (finding, panel, whole) =>
  h("p", { class: `pm-line${finding.need ? " need" : ""}` }, h("b", { class: "pm-kindw" }, finding.kind), `: ${whole ? `${sentence(finding.text)} ` : ""}${lower(sentence(finding.remedy), !whole)} `,
    !finding.need && el("button", { type: "button", class: "pm-link", "aria-label": `Leave it so: ${finding.text}`, onClick: () => panel.say({ type: "keep", rule: finding.rule, where: finding.where }) }, "Leave it so"));
const lower = (text, really) => (really && text ? text[0].toLowerCase() + text.slice(1) : text);
const mark = (finding) => h("span", { class: `pm-mark${finding.need ? " need" : ""}`, title: `${finding.kind}: ${finding.text}` }, String(finding.n));
const cap = (text) => (text ? text[0].toUpperCase() + text.slice(1) : "");
const sentence = (text) => (text ? cap(text) + (/[.?!…]”?$/.test(text) ? "" : ".") : "");

class Field extends Component {
  constructor(props) { super(props); this.name = fieldName(); this.state = { word: "" }; }
  componentWillUnmount() { clearTimeout(this.over); }
  send(value, was) {
    const { field, panel } = this.props;
    if (field.do) return panel.say({ type: "do", do: field.do, args: { place: field.place, value, ...field.args } });
    const seen = was || (typeof field.value === "string" ? [field.value] : undefined);
    return panel.say({ type: "put", place: field.place, value, ...(seen ? { was: seen } : {}) });
  }
  // The field's own word: typing, then that it is kept, for three seconds.
  tell(what, sent) {
    clearTimeout(this.over);
    if (what === "sent") { this.awaited = sent; return; }
    this.awaited = 0;
    if (this.state.word !== "typing") this.setState({ word: "typing" });
  }
  componentDidUpdate() {
    const { panel } = this.props;
    if (!this.awaited || panel.ack < this.awaited) return;
    this.awaited = 0;
    // Whoever goes on typing is not told of every save in between.
    this.over = setTimeout(() => {
      const { head } = panel.state;
      this.setState({ word: head.unsaved ? "unsaved" : head.kept ? "saved" : "", saved: head.saved });
      this.over = setTimeout(() => this.setState({ word: "" }), 3000);
    }, PAUSE);
  }
  line() {
    const { field } = this.props;
    const { word, saved } = this.state;
    if (word === "typing") return h("p", { class: "pm-state" }, "Typing. Saved when you pause or leave the field.");
    if (word === "saved") return h("p", { class: "pm-state saved" }, sign("check"), saved);
    if (word === "unsaved") return h("p", { class: "pm-state unsaved" }, "Not saved yet. Your text stays here.");
    return field.writing && h("p", { class: "pm-state here" }, sign("todo"), field.writing);
  }
  // What stands by all that was chosen here, also while the last answer is still on its way.
  chosen() {
    const { field, panel } = this.props;
    return this.last && this.last.sent > panel.ack ? this.last.value : field.value;
  }
  // What is drawn anew before the answer is there keeps the choice: nothing springs back under somebody's finger.
  pick(value) {
    this.last = { value, sent: this.send(value) };
    this.setState({});
  }
  turn(item, on) {
    const others = this.chosen().filter((other) => other !== item);
    const value = on ? [...others, item] : others;
    this.last = { value, sent: this.send(value) };
  }
  control() {
    const { field, panel } = this.props;
    if (field.kind === "choice") {
      return el("select", { id: this.name, class: "pm-c", "data-place": field.place, onChange: (event) => this.pick(event.target.value) },
        field.options.map(([value, label]) => h("option", { value, selected: value === this.chosen() }, label)));
    }
    if (field.kind === "toggle") return this.toggle();
    if (field.kind === "checks") {
      return h("div", { class: "pm-checks" }, field.options.map(([value, label]) => h("label", null,
        el("input", { type: "checkbox", checked: this.chosen().includes(value), "data-place": field.place,
          onChange: (event) => this.turn(value, event.target.checked) }), ` ${label}`)));
    }
    return h(Typing, { field, name: this.name, value: field.value, ack: panel.ack, send: (text, was) => this.send(text, was), tell: (what, sent) => this.tell(what, sent),
      enter: field.enter && (() => panel.say({ type: "do", do: field.enter })), describedby: `${this.name}-more`, known: (typing) => { this.typing = typing; } });
  }
  toggle() {
    const { field } = this.props;
    const choices = field.unknown ? [...field.options, ["", field.unknown]] : field.options;
    return h("div", { class: `pm-tog${field.small ? " sm" : ""}`, role: "radiogroup", "aria-labelledby": `${this.name}-l` },
      choices.map(([value, label], at) => {
        const on = value === this.chosen();
        return h("label", { class: on ? "on" : "" },
          el("input", { type: "radio", name: this.name, value, checked: on, "data-place": at === 0 ? field.place : undefined, onChange: () => this.pick(value),
            // The chosen one pressed once more is taken back, where the record may do without.
            onClick: () => { if (on && field.clear) this.pick(""); } }),
          on && sign("check"), field.shapes && shape(value), h("span", null, label));
      }));
  }
  render({ field, panel }) {
    const findings = field.findings || [];
    const isGroup = field.kind === "toggle" || field.kind === "checks";
    const optional = field.optional && h("span", { class: "opt" }, "optional");
    const line = this.line();
    return h("div", { class: `pm-f${field.small ? " inline" : ""}` },
      field.label && h("div", { class: "pm-l" },
        isGroup ? h("span", { id: `${this.name}-l` }, field.label) : h("label", { for: this.name }, field.label),
        optional, findings.map(mark)),
      this.control(),
      field.list && h("datalist", { id: `${this.name}-list` }, field.list.map((item) => h("option", { value: item }))),
      h("div", { id: `${this.name}-more` },
        field.versions && BLOCKS.versions(field.versions, panel, () => this.typing && this.typing.forget()),
        field.error
          ? h("div", { class: "pm-finding bad" }, sign("need"), h("div", null, h("b", { class: "pm-kindw" }, `${field.refused || "Not taken"}:`), ` ${sentence(field.error)}`))
          : field.help && h("p", { class: "pm-help" }, field.help),
        // What was refused says so itself: nothing is said twice of it.
        !field.error && findings.map((finding) => (field.brief ? findingLine(finding, panel, field.brief === "whole") : findingBlock(finding, panel))),
        field.under && panel.block(field.under)),
      // In the space before the next field: nothing moves.
      line);
  }
}
