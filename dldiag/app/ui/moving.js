// Plotly draws its play buttons and sliders as pictures: this lets a keyboard reach and move them.
(function () {
  if (window.dldiagMoving) return;
  const INSET = 10; // pixels that plotly leaves free at both ends of a slider's rail
  const EVERY = 1000; // milliseconds between two looks for new pictures

  function sliderOf(chart) {
    const layout = chart._fullLayout;
    return layout && layout.sliders && layout.sliders[0];
  }

  function moveTo(chart, place) {
    const rail = chart.querySelector(".slider-rail-touch-rect"), box = rail.getBoundingClientRect();
    const last = sliderOf(chart).steps.length - 1;
    const x = box.left + INSET + (box.width - 2 * INSET) * Math.min(last, Math.max(0, place)) / last;
    const at = { clientX: x, clientY: box.top + box.height / 2, bubbles: true, view: window };
    rail.dispatchEvent(new MouseEvent("mousedown", at));
    chart.dispatchEvent(new MouseEvent("mouseup", at));
  }

  function onSliderKey(event) {
    const chart = event.currentTarget.closest(".js-plotly-plot"), slider = sliderOf(chart);
    const steps = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 5, PageDown: -5 };
    const last = slider.steps.length - 1;
    let place = null;
    if (event.key in steps) place = slider.active + steps[event.key];
    if (event.key === "Home") place = 0;
    if (event.key === "End") place = last;
    if (place === null) return;
    event.preventDefault();
    moveTo(chart, place);
  }

  function onButtonKey(event) {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    event.currentTarget.dispatchEvent(new MouseEvent("click", { bubbles: true, view: window }));
  }

  function reach(element, role, onKey) {
    if (element.getAttribute("tabindex") === "0") return;
    element.setAttribute("tabindex", "0");
    element.setAttribute("role", role);
    element.addEventListener("keydown", onKey);
  }

  function look() {
    document.querySelectorAll(".js-plotly-plot .slider-group").forEach(function (group) {
      const slider = sliderOf(group.closest(".js-plotly-plot"));
      if (!slider) return;
      reach(group, "slider", onSliderKey);
      group.setAttribute("aria-label", window.dldiagSlider || "");
      group.setAttribute("aria-valuemin", "0");
      group.setAttribute("aria-valuemax", String(slider.steps.length - 1));
      group.setAttribute("aria-valuenow", String(slider.active));
      group.setAttribute("aria-valuetext", slider.steps[slider.active] ? slider.steps[slider.active].label : "");
    });
    document.querySelectorAll(".js-plotly-plot .updatemenu-button").forEach(function (button) {
      reach(button, "button", onButtonKey);
      button.setAttribute("aria-label", button.textContent);
    });
  }

  window.dldiagMoving = setInterval(look, EVERY);
  look();
})();
