// Signs, drawn inline and without ids: several panels may stand in one notebook. A sign never stands without a word.
const { h, Component, render: draw, Fragment } = preact;

// What draws a block of a kind: (block, panel) => what preact draws. Each file adds its own.
const BLOCKS = {};

// Lab's notebook shortcuts fire while the focus is on a button or a list; this attribute, on each focusable element
// itself, keeps a key pressed in a form from cutting the cell with the form in it.
const FOCUSABLE = new Set(["button", "input", "select", "textarea", "summary", "a"]);
const el = (tag, props, ...children) => {
  const own = props || {};
  const guarded = FOCUSABLE.has(tag) || own.tabindex !== undefined ? { ...own, "data-lm-suppress-shortcuts": "true" } : own;
  return h(tag, guarded, ...children);
};

const PATHS = {
  check: "M3.5 8.5l3 3 6-7",
  plus: "M8 3v10M3 8h10",
  undo: "M5.5 3L2.5 6l3 3M2.5 6h7a4 4 0 010 8H7",
  redo: "M10.5 3l3 3-3 3M13.5 6h-7a4 4 0 000 8H9",
  down: "M4 6l4 4 4-4",
  right: "M6 4l4 4-4 4",
  page: "M4 2h5l3 3v9H4zM9 2v3h3",
  close: "M4.5 4.5l7 7M11.5 4.5l-7 7",
  person: "M8 2.6a2.6 2.6 0 100 5.2 2.6 2.6 0 000-5.2M2.8 13.8c.6-3 2.6-4.4 5.2-4.4s4.6 1.4 5.2 4.4",
  need: "M8 2.2l6.4 11.2H1.6zM8 6.4v3.2M8 11.6v.2",
  hint: "M8 1.8a6.2 6.2 0 100 12.4A6.2 6.2 0 008 1.8M8 7.4v3.6M8 5v.2",
  clock: "M8 1.8a6.2 6.2 0 100 12.4A6.2 6.2 0 008 1.8M8 4.6V8l2.4 1.6",
  done: "M8 1.8a6.2 6.2 0 100 12.4A6.2 6.2 0 008 1.8M5.2 8.2l2 2 3.6-4.2",
  todo: "M8 1.8a6.2 6.2 0 100 12.4A6.2 6.2 0 008 1.8",
  off: "M8 1.8a6.2 6.2 0 100 12.4A6.2 6.2 0 008 1.8M3.8 12.2l8.4-8.4",
};
const sign = (name, extra = "") =>
  h("svg", { class: `pm-i ${extra}`, viewBox: "0 0 16 16", "aria-hidden": "true" },
    h("path", { d: PATHS[name], "stroke-dasharray": extra.includes("dashed") ? "2.6 2" : undefined }));

const SHAPES = {
  system: h("rect", { x: 1, y: 1, width: 10, height: 10, fill: "var(--pm-system)" }),
  motivation: h("path", { d: "M6 .8l5.4 10.2H.6z", fill: "var(--pm-motivation)" }),
  training: h("circle", { cx: 6, cy: 6, r: 5, fill: "var(--pm-training)" }),
  understanding: h("path", { d: "M6 .4l5.6 5.6L6 11.6.4 6z", fill: "var(--pm-understanding)" }),
  "outside our control": h("circle", { cx: 6, cy: 6, r: 4.4, fill: "none", stroke: "var(--pm-outside)", "stroke-width": 1.8 }),
  unclassified: h("rect", { x: 1.4, y: 1.4, width: 9.2, height: 9.2, fill: "none", stroke: "var(--pm-ink-2)", "stroke-width": 1.4, "stroke-dasharray": "2 1.6" }),
};
const shape = (category) => h("svg", { class: "pm-shape", viewBox: "0 0 12 12", "aria-hidden": "true" }, SHAPES[category] || SHAPES.unclassified);
const badge = (root) =>
  root && h("span", { class: `pm-root${root.possible ? " maybe" : ""}` }, shape(root.category),
    `${root.possible ? "Possible root" : "Root"}: ${root.category}`);

const BARS = { stronger: 3, intermediate: 2, weaker: 1 };
const bars = (strength) =>
  h("svg", { class: "pm-bars", viewBox: "0 0 18 14", "aria-hidden": "true" },
    [0, 1, 2].map((at) => h("rect", {
      x: 0.7 + at * 6, y: 9 - at * 4, width: 4.4, height: 4.4 + at * 4,
      fill: at < (BARS[strength] || 0) ? "var(--pm-accent)" : "none",
      stroke: at < (BARS[strength] || 0) ? "var(--pm-accent)" : "var(--pm-field)", "stroke-width": 1.2,
    })));
