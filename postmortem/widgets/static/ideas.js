// A round of silent ideas: a quiet button; one's own lines; then all ideas together.
class Ideas extends Component {
  constructor(props) { super(props); this.name = fieldName(); this.state = { about: null, asks: "" }; }
  do(name, args) { this.setState({ asks: "" }); return this.props.panel.say({ type: "do", do: name, args }); }
  // What a round is about: what was chosen here, else the why that is picked in the tree.
  about() {
    const { block, panel } = this.props;
    const known = (value) => typeof value === "string" && block.options.some(([name]) => name === value);
    const picked = panel.tree && panel.tree.state && panel.tree.state.at;
    return [this.state.about, picked, block.about].find(known) ?? block.options[0][0];
  }
  none() {
    const { block, panel } = this.props;
    const { stage } = panel.state.view;
    return h("div", { class: "pm-ideas none" },
      h("div", { class: "pm-buttons" },
        el("button", { type: "button", class: "pm-btn", "data-place": "ideas.begin", disabled: block.off, onClick: () => this.do("begin-ideas", { about: this.about(), stage }) }, sign("silent"), "Collect ideas in silence"),
        !block.off && h("label", { class: "about" }, "about ", el("select", { class: "pm-c", "data-place": "ideas.about", onFocus: () => this.setState({ about: this.about() }), onChange: (event) => this.setState({ about: event.target.value }) },
          block.options.map(([value, label]) => h("option", { value, selected: value === this.about() }, label))))),
      h("p", { class: "pm-help" }, block.for));
  }
  // Something that is for everybody is asked once.
  ask(what, label, question, yes, place) {
    const { panel } = this.props;
    if (!question) return h("div", { class: "pm-buttons" }, panel.block({ ...yes, place }, what));
    if (this.state.asks !== what) return el("button", { type: "button", class: "pm-btn", "data-place": place, onClick: () => this.setState({ asks: what }, () => focusOn(panel, `${place}.yes`)) }, label);
    return h("div", { class: "pm-finding", role: "group", "aria-label": question }, sign("hint"), h("div", null, question,
      h("div", { class: "pm-buttons" },
        el("button", { type: "button", class: "pm-btn pri sm", "data-place": `${place}.yes`, onClick: () => this.do(yes.do, yes.args) }, yes.label),
        el("button", { type: "button", class: "pm-btn sm", onClick: () => this.setState({ asks: "" }, () => focusOn(panel, place)) }, "Not yet"))));
  }
  head(title, aside) { const { block } = this.props; return h("h3", null, title, h("span", { class: "what" }, block.about), aside && h("span", { class: "aside" }, aside)); }
  open() {
    const { block, panel } = this.props;
    return h("section", { class: "pm-ideas", "aria-label": "Silent ideas" }, this.head("Silent ideas", block.since),
      block.field ? h(Field, { field: block.field, panel, key: "mine" }) : h("p", { class: "pm-help" }, "Read only: nothing can be written here."),
      h("p", { class: "pm-help written", role: "status" }, sign("person"), ` ${block.written}`),
      block.reveal && this.ask("reveal", "Show all ideas", block.reveal.ask, block.reveal.yes, "ideas.reveal"),
      block.end && h("div", { class: "pm-buttons" }, panel.block(block.end, "end")));
  }
  idea(row) {
    const { block } = this.props;
    const put = (again) => this.do("put-idea", { number: row.number, again });
    const quiet = (label, run) => el("button", { type: "button", class: "pm-link", "aria-label": `${label}: ${row.text}`, onClick: run }, label);
    return h("li", { key: row.number, class: row.taken ? "taken" : row.left ? "left" : "" }, h("span", { class: "x" }, row.text),
      h("span", { class: "does" }, !block.writes ? row.taken && block.done
        : row.taken ? (row.there ? [sign("check"), ` ${block.done}`] : [sign("check"), " Taken, and reworded or taken out since. ", quiet("Put it in again", () => put(true))])
        : row.left ? ["Left ", quiet("Take it back", () => this.do("leave-idea", { number: row.number, left: false }))]
        : [el("button", { type: "button", class: "pm-btn sm", "data-place": `ideas.${row.number}`, "aria-label": `${block.put}: ${row.text}`, onClick: () => put(false) }, block.put),
           quiet("Leave it", () => this.do("leave-idea", { number: row.number, left: true }))]));
  }
  shown() {
    const { block, panel } = this.props;
    const count = block.groups.reduce((sum, group) => sum + group.length, 0);
    return h("section", { class: "pm-ideas", "aria-label": "Silent ideas" }, this.head("All ideas together", `${count}, without names`),
      el("p", { class: "pm-live", tabindex: -1, "data-place": "ideas.shown" }, `${count} ideas are shown`),
      block.groups.map((group) => h("div", { class: group.length > 1 ? "grp" : "", key: group[0].number },
        group.length > 1 && h("p", { class: "pm-help" }, `${group.length} that say nearly the same`), h("ul", null, group.map((row) => this.idea(row))))),
      h("div", { class: "pm-buttons" }, block.all && panel.block(block.all, "all"), block.end && this.ask("end", block.end.yes.label, block.end.ask, block.end.yes, "ideas.end")));
  }
  late() {
    const { block, panel } = this.props;
    const args = { ...block.args, stage: panel.state.view.stage };
    return h("section", { class: "pm-ideas", "aria-label": "Written too late" }, h("div", { class: "pm-finding need" }, sign("need"), h("div", null, h("b", { class: "pm-kindw" }, "Not in the round"), ` ${block.said}`, h("p", { class: "x" }, block.text),
      h("div", { class: "pm-buttons" }, el("button", { type: "button", class: "pm-btn sm", onClick: () => this.do("put-late-ideas", args) }, block.put), el("button", { type: "button", class: "pm-link", onClick: () => this.do("drop-late-ideas", args) }, "Let it go")))));
  }
  render({ block, panel }) {
    if (block.state === "elsewhere") return h("p", { class: "pm-help pm-ideas none" }, sign("silent"), ` ${block.text} `, el("button", { type: "button", class: "pm-link", onClick: () => panel.go(block.stage) }, `Go to “${block.name}”`));
    return this[block.state]();
  }
}

PATHS.silent = "M2.5 3.5h11v7h-6l-3 2.5v-2.5h-2zM5.5 7h.2M8 7h.2M10.5 7h.2";
Object.assign(BLOCKS, { ideas: (block, panel) => h(Ideas, { block, panel, key: `ideas-${block.state === "late" ? block.args.round : "now"}` }) });
