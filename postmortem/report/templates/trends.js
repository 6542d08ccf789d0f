(function () {
  "use strict";
  var root = document.documentElement;
  var system = window.matchMedia("(prefers-color-scheme: dark)");
  var plots = Array.prototype.slice.call(document.querySelectorAll(".plot[data-figure]"));
  var figures = plots.map(function (plot) { return JSON.parse(document.getElementById(plot.dataset.figure).textContent); });
  function theme() { return root.dataset.theme || (system.matches ? "dark" : "light"); }
  function draw(name, width) {
    plots.forEach(function (plot, at) {
      var figure = figures[at][name];
      var layout = Object.assign({}, figure.layout);
      if (width) { layout.width = width; layout.autosize = false; }
      Plotly.react(plot, figure.data, layout, Object.assign({}, figure.config, width ? { responsive: false } : {}));
    });
  }
  function onScreen() { draw(theme()); }
  draw(theme());
  system.addEventListener("change", onScreen);
  new MutationObserver(onScreen).observe(root, { attributes: true, attributeFilter: ["data-theme"] });
  /* On paper: light, and as wide as A4 leaves room for. */
  window.addEventListener("beforeprint", function () { draw("light", 688); });
  window.addEventListener("afterprint", onScreen);
})();
