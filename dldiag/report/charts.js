// Inflates the drawing library and the charts, which stand compressed in the page, and draws every chart: in the appearance of the
// reader's system, in light and in the width of the paper for print, and again when that changes.
(async () => {
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const PAPER = 660; // pixels, the width of a chart on A4 and on Letter

  const inflated = async (id) => {
    const packed = Uint8Array.from(atob(document.getElementById(id).textContent), (one) => one.charCodeAt(0));
    return new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
  };
  let charts = {};
  const load = async () => {
    charts = JSON.parse(await inflated("charts"));
    const script = document.createElement("script");
    script.textContent = await inflated("plotly");
    document.head.append(script);
  };
  const save = (format) => ({
    name: `save ${format}`,
    title: format.toUpperCase(),
    icon: Plotly.Icons.camera,
    click: (chart) => Plotly.downloadImage(chart, { format, filename: chart.id, scale: format === "png" ? 2 : 1 }),
  });
  const draw = (theme, width) => {
    for (const name of Object.keys(charts).filter((one) => document.getElementById(`chart-${one}`))) {
      const { data, layout } = charts[name][theme];
      const own = width ? { ...layout, width, autosize: false } : layout;
      Plotly.react(`chart-${name}`, data, own, {
        displaylogo: false,
        responsive: !width,
        modeBarButtons: [[save("svg"), save("png")], ["zoom2d", "resetScale2d"]],
      });
    }
  };
  const current = () => draw(dark.matches ? "dark" : "light");
  const open = (folded) => {
    for (const part of folded) part.open = true;
  };

  if (!document.querySelector(".chart")) return;
  try {
    await load();
  } catch {
    document.getElementById("no-charts").hidden = false; // a browser from before 2023
    return;
  }
  current();
  dark.addEventListener("change", current);
  let closed = [];
  window.addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details:not([open])")];
    open(closed);
    draw("light", PAPER);
  });
  window.addEventListener("afterprint", () => {
    for (const part of closed) part.open = false;
    current();
  });
})();
