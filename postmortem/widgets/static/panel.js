// The panel: a pure drawing of `head` and `view`; what is done goes back as an event with a number, and stays on the list of
// what is not answered yet until the kernel has kept it. No answer for a while is said, and the text stays in the window.
const PATIENCE = 6000;
const PATIENCE_AT_MOST = 60000;

class Panel extends Component {
  constructor(props) {
    super(props);
    this.from = Math.random().toString(36).slice(2);
    this.waiting = [];
    this.unkept = [];
    this.state = { head: props.model.get("head"), view: props.model.get("view"), ack: props.model.get("ack"), late: "", reports: [], open: {} };
    this.ack = this.state.ack;
    this.sent = this.ack;
  }
  componentDidMount() {
    const { model } = this.props;
    const follow = (name, also) => {
      const take = () => this.settled(() => {
        if (name === "ack") this.answered(model.get("ack"));
        if (name === "head" && !model.get("head").unsaved && this.unkept.length) { this.unkept = []; this.remind(); }
        // What was unfolded in one record is folded in another.
        const another = name === "view" && model.get("view").record !== this.state.view.record;
        this.setState({ [name]: model.get(name), ...(another && { open: {} }) }, also);
      });
      model.on(`change:${name}`, take);
      this.unfollow = [...(this.unfollow || []), () => model.off(`change:${name}`, take)];
    };
    follow("head"); follow("view"); follow("ack");
    const looked = () => { this.looking = 0; };
    model.on("change:looked", looked);
    this.unfollow.push(() => model.off("change:looked", looked));
    follow("focus", () => setTimeout(() => this.wish(model.get("focus").at), 0));
    const told = (content) => { if (content && content.report) this.setState((old) => ({ reports: [...old.reports.filter((item) => item.name !== content.report.name), content.report] }),
        // It is written below all that stands in the stage: whoever asked for it is shown that it is there.
        () => { const last = [...this.root.querySelectorAll(".pm-report")].pop(); if (last) last.scrollIntoView({ block: "nearest" }); }); };
    model.on("msg:custom", told);
    this.unfollow.push(() => model.off("msg:custom", told));
    if (this.state.view.stage === "chart-head") this.followTheme();
    this.remember();
    // "Run all" leaves a notebook at its last cell; the work begins at the first. Whoever is in a field already stays there.
    if (this.state.view.stage === "choose") {
      setTimeout(() => {
        const at = document.activeElement;
        if (this.root && !(at && at.closest(".pm"))) this.root.scrollIntoView({ block: "center" });
      }, 1500);
    }
    UNSAVED.open.add(this.from);
    this.tell({ type: "shown" });
    this.comeBack();
    const on = (target, name, act) => { target.addEventListener(name, act); this.unfollow.push(() => target.removeEventListener(name, act)); };
    on(window, "beforeunload", (event) => { flushAll(this); if (this.unsaved().length) { event.preventDefault(); event.returnValue = ""; } });
    on(window, "pagehide", () => this.tell({ type: "gone" }));
    on(window, "pageshow", (event) => { if (event.persisted) this.tell({ type: "shown" }); });
    on(document, "visibilitychange", () => { if (document.hidden) flushAll(this); });
    this.watch = setInterval(() => this.turn(), 500);
  }
  // Twice a second: is an answer late, have others changed something, has a view that is gone left words behind.
  turn() {
    const first = this.waiting[0];
    const late = first && Date.now() - first.at > PATIENCE ? first.time : "";
    if (late !== this.state.late) this.setState({ late });
    if (!first) this.pause = this.tried = 0;
    else if (late && Date.now() - (this.tried || first.at) > (this.pause || PATIENCE)) this.sendAgain();
    this.look();
    this.comeBack();
  }
  // Words go once more with growing pauses; what arrives twice is done once.
  sendAgain() {
    this.tried = Date.now();
    this.pause = Math.min(2 * (this.pause || PATIENCE / 3), PATIENCE_AT_MOST);
    this.waiting.forEach((item) => this.props.model.send(item.event));
  }
  // What the panel tells of itself: it has no number, nothing waits for it, and a kernel that is gone does not hear it.
  tell(event) {
    try { this.props.model.send({ ...event, from: this.from }); } catch { /* the kernel is gone */ }
  }
  look() {
    const { head, view } = this.state;
    if (!head.follows || this.waiting.length) return;
    const now = Date.now();
    const holder = LOOKING.get(view.session) || { from: "", at: 0, sent: 0 };
    const focused = this.root && this.root.contains(document.activeElement);
    if (holder.from !== this.from && !focused && now - holder.at < 3 * LOOK_EVERY) return;
    LOOKING.set(view.session, { ...holder, from: this.from, at: now });
    if (now - holder.sent < (document.hidden ? LOOK_HIDDEN : LOOK_EVERY)) return;
    // A busy kernel is asked once, not once more every two seconds.
    if (this.looking && now - this.looking < LOOK_LOST) return;
    this.looking = now;
    LOOKING.set(view.session, { from: this.from, at: now, sent: now });
    const at = focused ? document.activeElement.closest("[data-place]") : null;
    this.tell({ type: "look", stage: view.stage, place: at && at !== this.root ? at.dataset.place : "" });
  }
  // What held the focus is gone, or off: the nearest part around it takes it, so that no key goes to the notebook.
  getSnapshotBeforeUpdate() {
    const around = [];
    const root = this.root;
    for (let it = document.activeElement; root && it && root.contains(it); it = it.parentElement) around.push(it);
    return around;
  }
  componentDidUpdate(_props, _state, around) {
    if (!around || !around.length || (around[0].isConnected && !around[0].disabled)) return;
    if (document.activeElement && ![document.body, around[0]].includes(document.activeElement)) return;
    const next = around.slice(1).find((it) => it.isConnected && it.tagName !== "LABEL");
    if (!next) return;
    if (next.tabIndex < 0) next.tabIndex = -1;
    next.dataset.lmSuppressShortcuts = "true";
    next.focus({ preventScroll: true });
  }
  componentWillUnmount() {
    clearInterval(this.watch);
    flushAll(this);
    UNSAVED.open.delete(this.from);
    if ((LOOKING.get(this.state.view.session) || {}).from === this.from) LOOKING.delete(this.state.view.session);
    this.tell({ type: "gone" });
    (this.unfollow || []).forEach((stop) => stop());
  }
  // Between the press and the release of a pointer nothing moves: what arrives meanwhile is drawn after the click.
  settled(draws) {
    if (!this.pressed) { draws(); return; }
    this.pressed.push(draws);
  }
  press() {
    if (this.pressed) return;
    this.pressed = [];
    const release = () => setTimeout(() => {
      const waiting = this.pressed || [];
      this.pressed = null;
      waiting.forEach((draws) => draws());
    }, 0);
    window.addEventListener("pointerup", release, { once: true });
    window.addEventListener("pointercancel", release, { once: true });
  }
  answered(number) {
    this.ack = number;
    // Another view of the same panel counts on from the same number.
    this.sent = Math.max(this.sent, number);
    const done = this.waiting.filter((item) => item.event.n <= number);
    this.waiting = this.waiting.filter((item) => item.event.n > number);
    // The kernel has it; where the store has not, it stays here too: a kernel can die.
    this.unkept = this.props.model.get("head").unsaved ? collapsed([...this.unkept, ...done]) : [];
    this.remind();
  }
  // Words of this view that are not kept yet.
  unsaved() { return collapsed([...this.unkept, ...this.waiting]); }
  unsavedText() {
    flushAll(this);
    const texts = this.unsaved().map(({ event }) => [event.place || event.args.place || event.args.field || event.do, event.value ?? event.args.value]);
    return texts.filter(([, text]) => typeof text === "string").map(([place, text]) => {
      const at = this.root && this.root.querySelector(`[data-place="${CSS.escape(place)}"]`);
      const name = at && at.labels && at.labels[0] ? at.labels[0].textContent : at ? at.getAttribute("aria-label") : "";
      return `${name || place}:\n${text}`;
    }).join("\n\n");
  }
  remind() {
    const { head } = this.state;
    keepUnsaved(this.from, head.follows && { store: head.store, record: head.id || "", items: this.unsaved() });
  }
  // What a view of this record left unsaved, as when its kernel died or the page was loaded anew, is sent once more.
  comeBack() {
    const { head, view } = this.state;
    if (head.follows && view.stages) takeUnsaved(head.store, head.id || "", view.stage).forEach((item) => this.say(item.event));
  }
  say(event) {
    this.sent += 1;
    const numbered = { ...event, n: this.sent, from: this.from };
    const time = new Date().toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
    this.waiting.push({ event: numbered, at: Date.now(), time, stage: this.state.view.stage });
    this.remind();
    this.props.model.send(numbered);
    return this.sent;
  }
  again() {
    this.waiting.forEach((item) => { item.at = Date.now(); });
    this.sendAgain();
    this.setState({ late: "" });
    this.say({ type: "again" });
  }
  wish(at, tries = 12) {
    if (!at || !this.root) return;
    if (at.includes(":")) { if (this.tree) this.tree.wish(at); return; }
    const field = this.root.querySelector(`[data-place="${CSS.escape(at)}"]`);
    if (!field) { if (tries) setTimeout(() => this.wish(at, tries - 1), 60); return; }
    const fold = field.closest("details");
    if (fold) fold.open = true;
    field.focus();
  }
  goTo(where) {
    const exact = this.root.querySelector(`[data-place="${CSS.escape(where)}"]`);
    const near = exact || [...this.root.querySelectorAll("[data-place]")].find((item) => where.startsWith(item.dataset.place) || item.dataset.place.startsWith(where));
    if (!near) return;
    const fold = near.closest("details");
    if (fold) fold.open = true;
    near.scrollIntoView({ block: "center" });
    near.focus();
  }
  // Another stage: the cell that shows it where there is one on the page, else this panel turns to it.
  // The question of the stage that was asked for takes the focus as soon as it is drawn: the first thing that is read.
  // What was asked for within it comes after that, or nobody would be where they wanted to go.
  arrive(stage, then, tries = 40) {
    const heading = this.root && this.root.querySelector(".pm-ask");
    if (this.state.view.stage !== stage || !heading) { if (tries) setTimeout(() => this.arrive(stage, then, tries - 1), 50); return; }
    heading.focus({ preventScroll: true });
    this.root.scrollIntoView({ block: "start" });
    if (then) then();
  }
  go(stage, then) {
    const { view } = this.state;
    const there = document.querySelector(`.pm[data-session="${view.session}"][data-stage="${stage}"]`);
    this.say({ type: "go", stage, here: !there });
    if (there && there !== this.root) {
      there.scrollIntoView({ block: "start" });
      const heading = there.querySelector(".pm-ask");
      if (heading) heading.focus({ preventScroll: true });
      if (then) then();
    } else {
      this.arrive(stage, then);
    }
  }

  block(block, key) {
    const draws = {
      section: () => h("section", { class: "pm-sec", key: `section-${block.title}` }, h("h3", null, block.title, block.aside && h("span", { class: "aside" }, block.aside)), block.hint && h("p", { class: "pm-hint" }, block.hint), this.blocks(block.body)),
      row: () => h("div", { class: `pm-row c${block.columns}`, key }, this.blocks(block.body)),
      card: () => h("section", { class: "pm-card", key: `card-${block.key}` },
        h("header", null, block.label && h("span", { class: "k" }, block.label), h("h3", null, block.title), block.aside && h("span", { class: "k" }, block.aside), badge(block.badge)), this.blocks(block.body)),
      // What a small record may do without: folded, and open where something stands in it.
      fold: () => h("details", { class: "pm-fold", key: `fold-${block.title}`, open: this.state.open[`fold-${block.title}`] ?? block.open,
        onToggle: (event) => { const { open } = event.currentTarget; if ((this.state.open[`fold-${block.title}`] ?? block.open) !== open) this.setState((old) => ({ open: { ...old.open, [`fold-${block.title}`]: open } })); } },
        el("summary", null, sign("right", "tw"), block.title), this.blocks(block.body)),
      note: () => (block.text || block.strong) && h("p", { class: `pm-note ${block.tone}`, key }, block.strong && h("b", null, block.strong, " "), block.text),
      lines: () => block.items.length > 0 && h(block.ordered ? "ol" : "ul", { class: "pm-lines", key }, block.items.map((item) => h("li", null, item))),
      buttons: () => h("div", { class: "pm-buttons", key }, this.blocks(block.body)),
      history: () => historyBlock(block, this),
      button: () => el("button", { type: "button", key, "data-place": block.place, class: `pm-btn ${block.style}`, disabled: block.off, onClick: () => this.say({ type: "do", do: block.do, args: block.args }) }, block.icon && sign(block.icon), block.label),
      field: () => h(Field, { field: block, panel: this, key: block.place }),
      moments: () => this.moments(block),
      records: () => this.records(block),
      tree: () => h(Tree, { block, panel: this, key: "tree" }),
    };
    return draws[block.t] ? draws[block.t]() : BLOCKS[block.t](block, this);
  }
  blocks(items) { return items.map((item, at) => this.block(item, `${item.t}-${at}`)); }

  moments(block) {
    if (!block.rows.length) return h("p", { class: "pm-empty" }, block.empty);
    return h("div", { class: "pm-moments" },
      h("div", { class: "hd", "aria-hidden": "true" }, h("span", null, "Time"), h("span", null, "Seen or done"), h("span", null, "Seen by")),
      block.rows.map((row) => h("div", { class: "mo", key: row.key },
        h(Field, { field: row.at, panel: this, key: "at" }), h(Field, { field: row.text, panel: this, key: "text" }), h(Field, { field: row.by, panel: this, key: "by" }),
        el("button", { type: "button", class: "pm-btn quiet sm", "aria-label": `Take out the moment ${row.at.value} ${row.text.value}`, onClick: () => this.say({ type: "do", do: "drop-moment", args: { key: row.key } }) }, sign("close")))));
  }
  records(block) {
    const { view } = this.state;
    return h("div", { class: "pm-records" },
      h("div", { class: "pm-buttons" }, el("button", { type: "button", class: `pm-btn${block.new ? "" : " pri"}`, onClick: () => { this.say({ type: "new" }); this.below(); } }, sign("plus"), block.new ? "A new record is open below" : "Tell a new mistake"),
        h("label", { class: "pm-who" }, "You are ", h(Typing, { value: view.by, ack: this.ack, field: { kind: "text", place: "by", placeholder: "your name or role" }, send: (value) => { try { localStorage.setItem("postmortem-by", value); } catch { /* private window */ } return this.say({ type: "by", value }); } }))),
      block.rows.length > 0 && h("table", { class: "pm-steps" },
        h("caption", null, "Or go on with one that is not closed"),
        h("thead", null, h("tr", null, ["Record", "What happened", "State", "Last change", "Open"].map((name, at) => h("th", { scope: "col" }, at < 4 ? name : h("span", { class: "pm-live" }, name))))),
        h("tbody", null, block.rows.map((row) => h("tr", { key: row.id, class: row.here ? "here" : "" },
          h("td", { class: "whole" }, row.id), h("td", null, row.title), h("td", { class: "whole" }, row.state), h("td", null, `${row.on}, ${row.by}`),
          h("td", null, row.here ? h("b", null, "open below") : el("button", { type: "button", class: "pm-btn sm", "aria-label": `Go on with ${row.id} ${row.title}`, onClick: () => { this.say({ type: "open", id: row.id }); this.below(); } }, "Go on")))))));
  }
  // From the choice to the work: the first field of the first stage.
  below() {
    const { session } = this.state.view;
    setTimeout(() => {
      const bar = document.querySelector(`.pm[data-session="${session}"] .pm-stages`);
      // Where there are no stages, as in the facilitator's notebook: the first cell that asks for the title.
      const title = document.querySelector(`.pm[data-session="${session}"] [data-place="title"]`);
      const first = (bar || title) && (bar || title).closest(".pm");
      const at = document.activeElement;
      // Whoever has begun to work somewhere already keeps the focus.
      if (!first || !(at === document.body || this.root.contains(at))) return;
      first.scrollIntoView({ block: "start" });
      const begin = first.querySelector('[data-place="title"]') || first.querySelector(".pm-ask");
      if (begin) begin.focus({ preventScroll: true });
    }, 350);
  }
  // The name this browser was told the last time, unless the surroundings name somebody.
  remember() {
    const { view } = this.state;
    if (view.stage !== "choose" || !view.asked) return;
    let name = "";
    try { name = localStorage.getItem("postmortem-by") || ""; } catch { return; }
    if (name && name !== view.by) this.say({ type: "by", value: name });
  }
  prompt(view) {
    return h("div", { class: "pm-prompt" }, h("p", { class: "purpose" }, view.purpose), el("p", { class: "pm-ask", tabindex: -1 }, view.ask), h("p", { class: "then" }, view.then),
      view.wide && h("details", { class: "more pm-quiet" }, el("summary", null, "If the room goes quiet"), view.quiet.map((line) => h("p", { class: "pm-help" }, line))));
  }
  // Who is there says more than how far it is; whoever listens hears both.
  stageWord(stage, head) {
    const there = (head.people || []).filter((person) => person.stage === stage.id).map((person) => person.by);
    return there.length ? h(Fragment, null, h("span", { class: "pm-live" }, `${stage.word}, `), there.length > 1 ? `${there.length} are here` : `${there[0].split(/[,(]/)[0].trim()} is here`) : stage.word;
  }
  side(view) {
    const must = view.findings.filter((item) => item.kind === "Needed").length;
    const look = view.findings.length - must;
    const count = [must && `${must} needed`, look && `${look} to look at`].filter(Boolean).join(", ");
    return h("aside", { class: "pm-side", "aria-label": "Beside the work" },
      h("section", null, h("h3", null, "To look at", h("span", { class: "aside" }, count || view.nothing || "nothing")),
        h("ul", { class: "pm-flist" }, view.findings.map((finding) => h("li", { key: `${finding.rule}${finding.where}${finding.n}` }, mark(finding),
          h("span", null, h("b", null, finding.kind, ": "), sentence(finding.text), " ", finding.where && el("button", { type: "button", class: "pm-link", onClick: () => this.goTo(finding.where) }, "Go there"), " ", finding.need && h(PutAway, { finding, panel: this, key: `${finding.rule}${finding.where}` })))))),
      view.put_away.length > 0 && h("section", null, h("h3", null, "Put away"), view.put_away.map((item) => h("p", { class: "pm-help", key: `${item.rule}${item.where}` },
        `${sentence(item.text)} ${item.by ? `Put away by ${item.by}${item.reason ? `: ${item.reason}` : ""}. ` : ""}`,
        el("button", { type: "button", class: "pm-link", "aria-label": `Show again: ${item.text}`, onClick: () => this.say({ type: "unkeep", rule: item.rule, where: item.where }) }, "Show it again")))),
      this.blocks(view.aside),
      !view.wide && h("section", null, h("h3", null, "If the room goes quiet"), view.quiet.map((line) => h("p", { class: "pm-help" }, line))));
  }
  report(report) {
    return h("section", { class: "pm-sec pm-report", key: report.name },
      h("p", { class: "pm-note" }, sign("done"), h("b", null, ` Written: ${report.file} `), el("button", { type: "button", class: "pm-btn sm", onClick: () => saveCopy(report.name, report.html, "text/html") }, "Save a copy")),
      h("iframe", { title: `Report ${report.name}`, sandbox: "allow-scripts", srcdoc: report.html }));
  }
  // The row of filters over the charts.
  filters(view, trouble) {
    return h("section", { ref: (node) => { this.root = node; }, class: "pm pm-bar", "data-session": view.session, "data-stage": view.stage, "aria-label": "Filters" },
      trouble && h("div", { class: "pm-finding bad", role: "alert" }, sign("need"), h("div", null, trouble)),
      h("div", { class: "pm-filters" }, view.fields.map((field) => h("div", { class: field.set ? "set" : "", key: field.place }, h(Field, { field, panel: this })))),
      h("div", { class: "pm-buttons" }, h("b", { role: "status", "aria-live": "polite" }, view.count),
        view.fields.some((field) => field.set) && el("button", { type: "button", class: "pm-btn sm", onClick: () => this.say({ type: "clear" }) }, "Take all filters away"),
        el("button", { type: "button", class: "pm-btn sm", onClick: () => this.say({ type: "reload" }) }, "Read the store again")));
  }
  words(view) {
    if (view.stage === "chart-head") {
      return h("div", { class: "pm chart", "data-stage": view.stage, "data-session": view.session },
        h("h3", { class: "pm-claim" }, view.title), h("p", { class: "pm-sub" }, view.subtitle));
    }
    return h("div", { class: "pm chart", "data-stage": view.stage, "data-session": view.session },
      (view.verdict || view.why) && h("p", { class: "pm-caption" }, h("b", null, view.verdict), " ", view.why),
      view.rows.length > 0 && h("details", { class: "more" }, el("summary", null, "In words and as a table"), h("p", { class: "pm-note" }, view.alternative),
        h("table", null, h("thead", null, h("tr", null, view.columns.map((name) => h("th", { scope: "col" }, name)))),
          h("tbody", null, view.rows.map((row) => h("tr", null, row.map((cell) => h("td", null, cell))))))));
  }
  // A chart's colours come from Python: the panel tells which theme the notebook has.
  followTheme() {
    const host = document.querySelector("[data-jp-theme-light]");
    const tell = () => this.say({ type: "theme", dark: host ? host.getAttribute("data-jp-theme-light") === "false" : false });
    tell();
    if (host) {
      const observer = new MutationObserver(tell);
      observer.observe(host, { attributes: true, attributeFilter: ["data-jp-theme-light"] });
      this.unfollow.push(() => observer.disconnect());
    }
  }
  render(_props, { head, view, late, reports }) {
    if (view.stage === "filters") return this.filters(view, late ? "The kernel does not answer." : head.trouble);
    if (view.stage === "bring") return bringPanel(this, head, view, late);
    if (view.stage === "report") {
      return h("section", { class: "pm pm-bar", "data-session": view.session, "data-stage": view.stage, "aria-label": "The report" },
        head.trouble && h("div", { class: "pm-finding bad", role: "alert" }, sign("need"), h("div", null, h("b", { class: "pm-kindw" }, "Not written"), ` ${head.trouble}`)),
        this.blocks(view.body), reports.map((item) => this.report(item)));
    }
    if (view.stage.startsWith("chart-")) return this.words(view);
    const trouble = late ? `The kernel has not answered since ${late}. Your text is kept in this window.` : head.trouble;
    // A panel that says its own name stands beside the stages: the same head, no way through them.
    const chooses = view.stage === "choose" || view.stage === "history" || Boolean(view.name);
    return h("section", { ref: (node) => { this.root = node; }, onPointerDown: () => this.press(), class: "pm", "data-session": view.session, "data-stage": view.stage, "aria-label": view.name ? view.name : view.stage === "choose" ? "Which mistake" : view.stage === "history" ? "History of the record" : `Retrospective, ${view.stage}` },
      h("header", { class: "pm-head" }, h("h2", null, head.id && h("span", { class: "id" }, head.id), head.title),
        h("p", { class: "meta" }, (head.people || []).map((person) => h("span", { key: person.by, class: "other" }, sign("person"), person.word)), h("span", null, sign("person"), head.by), h("span", { class: trouble ? "bad" : head.kept ? "ok" : "" }, head.kept && !trouble && sign("check"), trouble ? "Not saved" : head.saved))),
      // With keys of their own: else what comes and goes above the body would be taken for it, and the body drawn anew.
      trouble && h("div", { class: "pm-finding bad wide", role: "alert", key: "trouble" }, sign("need"), h("div", null, h("b", { class: "pm-kindw" }, "Not saved"), ` ${trouble} `,
        head.deleted && !late
          ? el("button", { type: "button", class: "pm-link", onClick: () => this.say({ type: "revive" }) }, "Bring it back")
          : el("button", { type: "button", class: "pm-link", onClick: () => this.again() }, "Try again"),
        (late || head.unsaved) && this.unsaved().length > 0 && h(CopyText, { panel: this }))),
      notices(head, this),
      !chooses && h("nav", { class: "pm-stages", "aria-label": "Stages of the retrospective" }, h("ol", null, view.stages.map((stage, at) =>
        h("li", { key: stage.id, class: stage.done ? "done" : stage.missing ? "miss" : "" }, el("button", { type: "button", "aria-current": stage.id === view.stage ? "step" : undefined, onClick: () => this.go(stage.id) },
          h("span", { class: "n" }, stage.done ? sign("check") : at + 1), h("span", { class: "name" }, stage.name), h("span", { class: "sub" }, this.stageWord(stage, head))))))),
      !chooses && view.clock && h(Clock, { clock: view.clock, panel: this }),
      view.wide
        ? h("div", { class: "pm-body wide", key: "body" },
            h("div", { class: "pm-top" }, this.prompt(view), this.side(view)),
            h("div", { class: "pm-main" }, this.blocks(view.body)))
        : h("div", { class: `pm-body${chooses ? " one" : ""}`, key: "body" },
            h("div", { class: "pm-main" }, !chooses && this.prompt(view), this.blocks(view.body), reports.map((item) => view.stage === "review" && this.report(item))),
            !chooses && this.side(view)),
      !chooses && h("footer", { class: "pm-foot" },
        footLine(view.foot, this),
        view.back && el("button", { type: "button", class: "pm-btn", onClick: () => this.go(view.back.id) }, "Back"),
        view.next && el("button", { type: "button", class: "pm-btn pri", onClick: () => this.go(view.next.id) }, `Next: ${view.next.name}`)));
  }
}

export default {
  render({ model, el: host }) {
    draw(h(Panel, { model }), host);
    return () => draw(null, host);
  },
};
