// Draws every chart in the appearance of the reader's system, in light for print, and again when that changes.
(() => {
  const charts = JSON.parse(document.getElementById("charts").textContent);
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const options = { displaylogo: false, responsive: true, modeBarButtonsToRemove: ["lasso2d", "select2d"] };
  const draw = (theme) => {
    for (const [name, looks] of Object.entries(charts)) {
      Plotly.react(`chart-${name}`, looks[theme].data, looks[theme].layout, options);
    }
  };
  const current = () => (dark.matches ? "dark" : "light");
  draw(current());
  dark.addEventListener("change", () => draw(current()));
  window.addEventListener("beforeprint", () => {
    for (const part of document.querySelectorAll("details")) part.open = true;
    draw("light");
  });
  window.addEventListener("afterprint", () => draw(current()));
})();
