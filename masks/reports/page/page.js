// SPDX-License-Identifier: Apache-2.0
// The page of a verification: hot spots listed, and everything put together.
// The next groups of hot spots, the worst first.
function list(most) {
  const body = $("rows");
  $("list-count").textContent = `(${data.total_findings} in ${data.total_groups} patterns${data.findings.length < data.total_findings ? `; the worst ${data.findings.length} are on this page, all in findings.csv` : ""})`;
  const shown = data.groups.slice(body.rows.length, body.rows.length + most), first = body.rows.length;
  shown.forEach((g, k) => {
    const i = first + k;
    const f = data.findings[g.first], row = document.createElement("tr");
    row.dataset.group = i;
    for (const text of [f.title, g.count, um(f.x), um(f.y), +f.value.toPrecision(4) + (f.unit ? " " + f.unit : ""), f.limit ? +f.limit.toPrecision(4) : "", f.corner >= 0 ? data.corners[f.corner].name : ""]) {
      const cell = document.createElement("td"); cell.textContent = text; row.append(cell);
    }
    let turn = 0;
    row.addEventListener("click", () => { const own = g.places; choose(own[turn++ % own.length]); });
    row.title = g.count > 1 ? "click again for the next of its places" : "";
    body.append(row);
  });
  $("more").hidden = body.rows.length >= data.groups.length;
  $("more").textContent = `show more of ${data.groups.length - body.rows.length}`;
}
async function thumbnails() {
  for (const g of data.groups.slice(0, 8)) {
    const f = data.findings[g.first], at = placeOf(f.x, f.y);
    if (at < 0) continue;
    const figure = document.createElement("figure"), canvas = document.createElement("canvas"), caption = document.createElement("figcaption");
    caption.textContent = f.title + (g.count > 1 ? ` (${g.count})` : "");
    figure.append(canvas, caption); figure.addEventListener("click", () => choose(g.first)); $("thumbs").append(figure);
    const { place, image } = await placeData(at), { context, w, h } = prepared(canvas), half = Math.max(220, (f.box[2] - f.box[0]) * 0.7), scale = w / (2 * half);
    drawPlace(context, { x: nm => (nm - f.x) * scale + w / 2, y: nm => h / 2 - (nm - f.y) * scale, scale }, place, image, data.corners[Math.max(0, f.corner)].focus, data.corners[Math.max(0, f.corner)].dose, { target: true, mask: true, print: true }, [f.x - half, f.y - half, f.x + half, f.y + half]);
    context.strokeStyle = COLOURS.fault; context.lineWidth = 2; context.beginPath(); context.arc(w / 2, h / 2, 14, 0, 7); context.stroke();
    await new Promise(requestAnimationFrame);
  }
}

async function start() {
  data = await inflatedJson("data");
  data.groups.forEach((g, i) => g.places.forEach(p => { data.findings[p].group = i; }));
  $("title").textContent = data.title;
  $("verdict-first").textContent = data.verdict[0];
  $("verdict-rest").textContent = data.verdict[1];
  for (const [name, value] of data.subject) {
    const pair = document.createElement("div"), dt = document.createElement("dt"), dd = document.createElement("dd");
    dt.textContent = name; dd.textContent = value; pair.append(dt, dd); $("subject").append(pair);
  }
  for (const [name, value] of data.totals) {
    const row = $("totals").insertRow(); row.insertCell().textContent = name; row.insertCell().textContent = +(+value).toPrecision(6);
  }
  $("recipe").textContent = data.recipe;
  for (const [key, title] of METRICS) $("metric").add(new Option(title, key));
  for (const [number, title] of data.checks) $("metric").add(new Option("places: " + title, "check:" + number));
  map = new Plane($("map"), drawMap); view = new Plane($("view"), drawView); view.bar = true;
  map.home = map.box = data.map;
  metricChanged();
  await new Promise(requestAnimationFrame);  // the map is seen before the rest is made
  map.clicked = p => {
    let best = -1, least = 9 / map.scale;
    data.findings.forEach((f, i) => { const d = Math.hypot(f.x - p[0], f.y - p[1]); if (d < least) { least = d; best = i; } });
    if (best >= 0) { choose(best); return; }
    const at = placeOf(p[0], p[1]);
    if (at >= 0) { state.chosen = -1; showPlace(at); }
  };
  map.hover = p => {
    const tile = data.tiles.find(t => p[0] >= t[0] && p[0] < t[2] && p[1] >= t[1] && p[1] < t[3]);
    $("map-hint").textContent = `${um(p[0])}, ${um(p[1])} um: ` + (tile ? data.tile_columns.slice(4).map((name, i) => `${name} ${+tile[i + 4].toPrecision(4)}`).join(", ") : "nothing here");
  };
  $("metric").addEventListener("change", metricChanged);
  const [f0, f1] = data.focus_range;
  Object.assign($("focus"), { min: f0, max: f1, step: (f1 - f0) / 100 || 1, value: data.nominal_focus, disabled: f0 === f1 });
  Object.assign($("dose"), { min: 0.85, max: 1.15, step: 0.0025, value: 1 });
  state.focus = data.nominal_focus;
  $("focus").addEventListener("input", () => { state.focus = +$("focus").value; updateSliders(); });
  $("dose").addEventListener("input", () => { state.dose = +$("dose").value; updateSliders(); });
  $("reset").addEventListener("click", () => { state.focus = data.nominal_focus; state.dose = 1; $("focus").value = state.focus; $("dose").value = 1; updateSliders(); });
  for (const [key, title] of [["target", "target"], ["mask", "mask"], ["print", "print at the sliders"], ["band", "process-variation band"], ["corners", "contours of all corners"], ["fault", "findings"]]) {
    const label = document.createElement("label"), box = document.createElement("input"), swatch = document.createElement("span");
    box.type = "checkbox"; box.checked = state.shown[key]; box.id = "layer-" + key;
    box.addEventListener("change", () => { state.shown[key] = box.checked; view.redraw(); });
    swatch.className = "swatch"; swatch.style.borderColor = COLOURS[key === "corners" ? "nominal" : key];
    label.append(box, " ", swatch, title); $("layers").append(label);
  }
  const tool = () => document.querySelector("input[name=tool]:checked").value;
  view.pressed = p => { state.press = p; };
  view.dragged = p => {
    if (tool() === "edge") return false;
    state.ruler = [state.press, p];
    const d = Math.hypot(p[0] - state.press[0], p[1] - state.press[1]);
    let text = `${d.toFixed(1)} nm (dx ${(p[0] - state.press[0]).toFixed(1)}, dy ${(p[1] - state.press[1]).toFixed(1)})`;
    if (tool() === "cut" && d > 2) {
      const found = crossings(state.image, state.image.at(state.focus), level(state.dose), state.press, p), widths = [], spaces = [];
      for (let i = 0; i + 1 < found.length; ++i) (found[i].enters ? widths : spaces).push((found[i + 1].s - found[i].s).toFixed(2));
      text = `along the cut: CD ${widths.join(", ") || "-"} nm; space ${spaces.join(", ") || "-"} nm`;
    }
    $("reading").textContent = text; view.redraw();
    return true;
  };
  view.clicked = p => { if (!state.place || tool() !== "edge") return; state.edge = nearestEdge(p); view.redraw(); readEdge(); };
  histogram();
  list(200);
  $("more").addEventListener("click", () => list(1000));
  if (data.findings.length && placeOf(data.findings[0].x, data.findings[0].y) >= 0) await choose(0);
  else if (data.places.length) await showPlace(0);
  updateSliders();
  if (data.findings.length && state.chosen === 0) $("reading").textContent = describe(data.findings[0]) + "\nClick an edge for its CD, NILS and Bossung curves.";
  await thumbnails();
  window.addEventListener("resize", () => { map.redraw(); view.redraw(); drawScale(); histogram(); if (state.edge) bossung(state.edge); });
  document.body.dataset.ready = "yes";
}
if (typeof DecompressionStream === "undefined") $("verdict").textContent = "This browser cannot unpack the page's data: use one from 2023 or later.";
else start().catch(error => { $("verdict").textContent = "The page's data cannot be shown: " + error; document.body.dataset.error = String(error); throw error; });
