// Bringing a table: a path with the files of the folder, an upload in pieces, what each column becomes, the first rows.
const PIECE = 750000;

class Upload extends Component {
  async take(file) {
    const { block, panel } = this.props;
    if (!file) return;
    if (file.size > block.most) { this.setState({ said: `${file.name} is too large to upload: put it into the folder and type its path.` }); return; }
    this.setState({ said: `Uploading ${file.name}…` });
    const bytes = new Uint8Array(await file.arrayBuffer());
    for (let at = 0; at === 0 || at < bytes.length; at += PIECE) {
      let piece = "";
      for (const byte of bytes.subarray(at, at + PIECE)) piece += String.fromCharCode(byte);
      panel.say({ type: "do", do: "upload", args: { name: file.name, at, data: btoa(piece), last: at + PIECE >= bytes.length } });
    }
    this.setState({ said: "" });
  }
  render({ block }, { said }) {
    this.name = this.name || fieldName();
    return h("div", { class: "pm-f" }, h("div", { class: "pm-l" }, h("label", { for: this.name }, block.label)),
      el("input", { type: "file", id: this.name, class: "pm-c", accept: block.accept, "data-place": "upload", onChange: (event) => this.take(event.target.files[0]) }),
      h("p", { class: "pm-help", role: "status" }, said || ""));
  }
}

Object.assign(BLOCKS, {
  upload: (block, panel) => h(Upload, { block, panel, key: "upload" }),
  columns: (block, panel) => h("div", { class: "pm-wide", key: "columns" }, h("table", { class: "pm-columns" },
    h("thead", null, h("tr", null, ["Column", "First values", "Becomes", "Because"].map((name) => h("th", { scope: "col" }, name)))),
    h("tbody", null, block.rows.map((row) => h("tr", { key: row.name, class: row.sure ? "on" : "" },
      h("th", { scope: "row" }, row.name),
      h("td", { class: "ex" }, row.examples.map((text) => h("div", null, text))),
      h("td", null, el("select", { class: "pm-c", "aria-label": `${row.name} becomes`, "data-place": `column ${row.name}`,
        onChange: (event) => panel.say({ type: "do", do: "choose", args: { column: row.name, value: event.target.value } }) },
      row.options.map(([value, label]) => h("option", { value, selected: value === row.value }, label)))),
      h("td", { class: "why" }, row.sure && h("b", null, cap(row.sure), ". "), sentence(row.reason), row.also.length > 0 && ` Or: ${row.also.join("; ")}.`)))))),
  rows: (block) => h("div", { class: "pm-wide", key: "rows" }, h("table", { class: "pm-first" },
    h("thead", null, h("tr", null, block.titles.map((name) => h("th", { scope: "col" }, name)))),
    h("tbody", null, block.rows.map((row) => h("tr", { key: row.number }, h("td", { class: "no" }, row.number),
      row.rejected.length
        ? h("td", { colSpan: block.titles.length - 1 }, h("div", { class: "pm-finding need" }, sign("need"), h("div", null, h("b", { class: "pm-kindw" }, "Would be rejected"), row.rejected.map((reason) => h("div", null, sentence(reason))))))
        : row.cells.map((cell) => h("td", null, cell))))))),
});

const bringPanel = (panel, head, view, late) => {
  const trouble = late ? "The kernel does not answer. What was decided stands there still." : head.trouble;
  return h("section", { ref: (node) => { panel.root = node; }, onPointerDown: () => panel.press(), class: "pm", "data-session": view.session, "data-stage": view.stage, "aria-label": "Bring a table" },
    h("header", { class: "pm-head" }, h("h2", null, head.title), h("p", { class: "meta" }, h("span", { role: "status", class: head.done ? "ok" : "" }, head.done && sign("check"), head.line))),
    trouble && h("div", { class: "pm-finding bad wide", role: "alert" }, sign("need"), h("div", null, h("b", { class: "pm-kindw" }, "Not done"), ` ${trouble}`)),
    h("div", { class: "pm-body one" }, h("div", { class: "pm-main" }, panel.blocks(view.body))),
    view.bar && h("p", { class: "pm-bring-bar" }, h("progress", { max: view.bar.all, value: view.bar.done, "aria-label": view.bar.label }), ` ${view.bar.label}: ${Math.floor((100 * view.bar.done) / view.bar.all)} %`));
};
