(function () {
  "use strict";
  var root = document.documentElement, dark = window.matchMedia("(prefers-color-scheme: dark)"), charts = [];
  // A page that is opened from disk may have no storage.
  function kept() { try { return localStorage.getItem("auxloss-theme"); } catch (e) { return null; } }
  function keep(theme) { try { localStorage.setItem("auxloss-theme", theme); } catch (e) { } }
  function theme() { return root.dataset.theme || (dark.matches ? "dark" : "light"); }
  if (kept() === "light" || kept() === "dark") { root.dataset.theme = kept(); }

  function ink() { return theme() === "dark" ? "#c3c9d0" : "#3c444d"; }
  function recolour() {
    var button = document.getElementById("theme");
    if (button) { button.textContent = theme() === "dark" ? "Light" : "Dark"; }
    charts.forEach(function (chart) { window.Plotly.relayout(chart, { "font.color": ink() }); });
  }

  // Panels side by side come one below the other, a legend goes below, and a title is broken into lines.
  function narrow(layout, target) {
    var height = layout.height || 380, panels = layout.xaxis2 && layout.xaxis2.domain && !layout.yaxis2.overlaying;
    if (panels) {
      layout.xaxis.domain = layout.xaxis2.domain = [0, 1];
      layout.yaxis.domain = [0.6, 1];
      layout.yaxis2.domain = [0, 0.4];
      layout.height = height * 1.8;
      target.style.minHeight = layout.height + "px";
    }
    layout.legend = Object.assign({}, layout.legend, { orientation: "h", x: 0, y: panels ? -0.12 : -0.25 });
    layout.margin = Object.assign({}, layout.margin, { l: 40, r: 10 });
    var room = target.clientWidth / 8, line = 0;
    var words = layout.title && layout.title.text ? layout.title.text.split(" ") : [];
    var text = words.map(function (word, i) {
      var starts = i > 0 && line + word.length > room;
      line = starts ? word.length : line + word.length + 1;
      return (i === 0 ? "" : starts ? "<br>" : " ") + word;
    }).join("");
    if (words.length) {
      var lines = text.split("<br>").length;
      layout.title = Object.assign({}, layout.title, { text: text, y: 1, yref: "paper", yanchor: "bottom", pad: { b: 12 + 20 * (lines - 1) } });
      layout.margin.t = 20 + 22 * lines;
    }
  }

  // The figures' own scripts wait for this instead of loading plotly.js themselves.
  window.auxlossPlotly = new Promise(function (resolve, reject) {
    document.addEventListener("DOMContentLoaded", function () {
      if (!window.Plotly) { reject(new Error("plotly.js is not beside the page")); return; }
      resolve({
        newPlot: function (target, data, layout, config) {
          if (layout.paper_bgcolor === "rgba(0,0,0,0)") {
            layout.font = Object.assign({}, layout.font, { color: ink(), family: getComputedStyle(document.body).fontFamily });
            charts.push(target);
          }
          if (target.clientWidth < 560) { narrow(layout, target); }
          return window.Plotly.newPlot(target, data, layout, config);
        }
      });
    });
  });
  window.auxlossPlotly.catch(function () { });

  document.addEventListener("DOMContentLoaded", function () {
    var button = document.getElementById("theme"), fold = document.getElementById("fold");
    var cells = Array.prototype.slice.call(document.querySelectorAll("section.code > details"));
    button.hidden = false;
    button.addEventListener("click", function () {
      root.dataset.theme = theme() === "dark" ? "light" : "dark";
      keep(root.dataset.theme);
      recolour();
    });
    dark.addEventListener("change", recolour);
    recolour();
    if (!fold || cells.length === 0) { return; }
    function anyClosed() { return cells.some(function (cell) { return !cell.open; }); }
    function label() { fold.textContent = anyClosed() ? "Show code" : "Hide code"; }
    fold.hidden = false;
    fold.addEventListener("click", function () {
      var open = anyClosed();
      cells.forEach(function (cell) { cell.open = open; });
      label();
    });
    cells.forEach(function (cell) { cell.addEventListener("toggle", label); });
    label();
  });
})();
