// The kinds of cause: the questions that narrow them one by one, what is left to take, and two people's opinions side by side.
const turnFold = (panel, key, title, body, open = false) => h("details", { class: "more", key, open: panel.state.open[key] ?? open,
  onToggle: (event) => { const now = event.currentTarget.open; if ((panel.state.open[key] ?? open) !== now) panel.setState((old) => ({ open: { ...old.open, [key]: now } })); } },
  el("summary", null, title), body);
const kindWord = (kind) => h("span", { class: "pm-kind" }, shape(kind), h("span", null, kind));

// One question with three buttons: the one that is asked next. Answered ones stand above it, small, to be changed.
const aidBlock = (block, panel) => {
  const name = `pm-${SCOPE}-ask-${block.key}`;
  return h("section", { class: "pm-aid", key: "aid", "aria-label": `Questions that narrow the kind of ${block.label}` },
    h("h4", null, "Which kind is it?"),
    block.answered.length > 0 && h("div", { class: "said" }, block.answered.map((field) => h(Field, { field, panel, key: field.place }))),
    block.ask
      ? h("div", { class: "asks", role: "group", "aria-labelledby": name, key: "asks" },
          h("p", { id: name }, block.ask.first ? block.ask.text : h(Fragment, null, h("span", { class: "pm-live" }, "Next question: "), block.ask.text)),
          h("div", { class: "pm-buttons" }, block.ask.options.map(([value, label], at) =>
            el("button", { type: "button", key: `${block.ask.place}-${value}`, class: "pm-btn", "data-place": at ? undefined : block.ask.place, onClick: () => panel.say({ type: "do", do: "trail", args: { place: block.ask.place, value } }) }, label))))
      : block.answered.length > 0 && block.rest.length > 0 && h("p", { class: "pm-help", key: "end" }, "The other questions tell nothing apart any more."),
    block.rest.length > 0 && turnFold(panel, `rest-${block.key}`, `Other questions (${block.rest.length})`, h("div", { class: "said" }, block.rest.map((field) => h(Field, { field, panel, key: field.place })))));
};

const possibleBlock = (block, panel) => h("div", { class: "pm-left", key: "possible" },
  h("p", { class: "kinds" }, h("b", null, block.strong), block.kinds.map((kind) => h(Fragment, { key: kind }, " ", kindWord(kind)))),
  h("span", { class: "pm-live", role: "status", "aria-live": "polite" }, `${block.strong} ${block.text}`),
  block.takes.length > 0 && h("div", { class: "pm-buttons" }, panel.blocks(block.takes)),
  block.gone.length > 0 && turnFold(panel, `gone-${block.takes.length ? block.takes[0].args.cause : block.text}`, `What is out, and by which answer (${block.gone.length})`,
    h("ul", { class: "gone" }, block.gone.map((item) => h("li", { key: item.kind }, kindWord(item.kind), h("span", null, item.because))))));

const personBlock = (person, at) => h("li", { key: `${person.by}-${at}` },
  h("p", { class: "who" }, sign("person"), h("span", null, person.by), person.mine && h("span", { class: "small" }, "you")),
  h("p", null, kindWord(person.kind)), person.reason ? h("p", { class: "why" }, person.reason) : h("p", { class: "why none" }, "without a reason"));

const opinionsBlock = (block, panel) => h("section", { class: "pm-opinions", key: "opinions" },
  el("h4", { tabindex: -1, "data-place": block.place }, "Second opinion"),
  (block.strong || block.text) && h("p", { class: "said", role: "status", "aria-live": "polite" }, block.strong && h("b", null, block.strong, " "), block.text),
  block.people.length > 0 && h("ul", { class: "people", "aria-label": "Opinions" }, block.people.map(personBlock)),
  block.does.length > 0 && h("div", { class: "pm-buttons" }, panel.blocks(block.does)),
  block.look && turnFold(panel, `look-${block.key}`, "Look anyway", h("div", { class: "look" }, h("p", { class: "pm-help" }, block.look.text), panel.block(block.look.does, "look"))),
  block.findings.map((finding) => findingBlock(finding, panel)));

Object.assign(BLOCKS, {
  root: (block, panel) => h("section", { class: "pm-card pm-rootcard", key: `root-${block.key}`, "aria-label": `Root ${block.label}` },
    h("header", null, h("span", { class: "k" }, block.label), h("h3", null, block.title), badge(block.badge)),
    block.read.length > 1 && h("p", { class: "read" }, block.read.map((line, at) => at && line.startsWith("therefore ")
      ? h(Fragment, { key: at }, " ", h("b", null, "therefore"), line.slice(9)) : h(Fragment, { key: at }, at ? " " : "", line))),
    h("div", { class: "in" }, h("div", null, panel.blocks(block.body)), h("div", null, panel.blocks(block.aside)))),
  aid: aidBlock,
  possible: possibleBlock,
  opinions: opinionsBlock,
  offered: (block, panel) => h("p", { class: "pm-help pm-offered", key: "offered" }, h("b", null, "From the answers: "), `“${block.text}” `,
    el("button", { type: "button", class: "pm-btn sm", onClick: () => panel.say({ type: "do", do: "use-words", args: { cause: block.key } }) }, "Use these words")),
  agreement: (block) => h("p", { class: "pm-note pm-agreement", key: "agreement" }, block.text, block.meaning && h("span", { class: "small" }, ` ${block.meaning}`)),
});
