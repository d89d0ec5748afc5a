// SPDX-License-Identifier: Apache-2.0
// What an edge that was clicked reads, and its Bossung curves; the sliders.
function readEdge() {
  const e = state.edge;
  if (!e) { $("bossung").hidden = true; return; }
  const image = state.image, samples = image.at(state.focus), now = cdAt(e, samples, state.dose);
  let text = `edge at ${um(e.x)}, ${um(e.y)} um, drawn CD ${e.width.toFixed(1)} nm: `;
  if (now) {
    const x = e.x + e.nx * now.from, y = e.y + e.ny * now.from, h = 1;
    const slope = Math.hypot(image.value(samples, x + h, y) - image.value(samples, x - h, y), image.value(samples, x, y + h) - image.value(samples, x, y - h)) / (2 * h);
    text += `CD ${now.cd.toFixed(2)} nm, EPE ${now.from.toFixed(2)} nm, NILS ${(e.width * slope / image.value(samples, x, y)).toFixed(2)}`;
  } else text += "does not print here";
  $("reading").textContent = text;
  bossung(e);
}
function bossung(edge) {
  const canvas = $("bossung");
  canvas.hidden = false;
  const { context, w, h } = prepared(canvas), left = 52, right = w - 90, top = 22, bottom = h - 34;
  const [f0, f1] = data.focus_range, doses = [0.95, 0.975, 1, 1.025, 1.05].map(d => d * state.dose), n = 15;
  const focuses = Array.from({ length: n }, (_, i) => f0 + (f1 - f0) * i / (n - 1)), images = focuses.map(f => state.image.at(f));
  const curves = doses.map(d => focuses.map((f, i) => { const r = cdAt(edge, images[i], d); return [f, r ? r.cd : NaN]; }));
  const all = curves.flat().map(p => p[1]).filter(isFinite);
  context.fillStyle = "#1b1f23"; context.textAlign = "left"; context.fillText("CD over " + data.focus_label + ", by dose", left, 12);
  if (!all.length) { context.fillText("nothing prints here", left + 10, h / 2); return; }
  let low = Math.min(...all, edge.width), high = Math.max(...all, edge.width);
  const pad = 0.1 * (high - low) + 1; low -= pad; high += pad;
  const X = f => left + (right - left) * (f - f0) / (f1 - f0 || 1), Y = c => bottom - (bottom - top) * (c - low) / (high - low);
  context.strokeStyle = "#d0d7de"; context.fillStyle = "#57606a"; context.lineWidth = 1;
  const ty = ticks(low, high, 4), tx = ticks(f0, f1, 5);
  for (const t of ty.out) { context.beginPath(); context.moveTo(left, Y(t)); context.lineTo(right, Y(t)); context.stroke(); context.textAlign = "right"; context.fillText(t.toFixed(ty.digits), left - 4, Y(t) + 4); }
  for (const t of tx.out) { context.textAlign = "center"; context.fillText(t.toFixed(tx.digits), X(t), bottom + 14); }
  context.fillText(data.focus_label, (left + right) / 2, h - 4);
  context.save(); context.translate(12, (top + bottom) / 2); context.rotate(-Math.PI / 2); context.fillText("CD, nm", 0, 0); context.restore();
  context.strokeStyle = "#7a7a7a"; context.setLineDash([5, 4]); context.beginPath(); context.moveTo(left, Y(edge.width)); context.lineTo(right, Y(edge.width)); context.stroke(); context.setLineDash([]);
  curves.forEach((curve, k) => {
    context.strokeStyle = context.fillStyle = colour(0.05 + 0.8 * k / (curves.length - 1)); context.lineWidth = 2; context.beginPath();
    let pen = false;
    for (const [f, c] of curve) { if (!isFinite(c)) { pen = false; continue; } pen ? context.lineTo(X(f), Y(c)) : context.moveTo(X(f), Y(c)); pen = true; }
    context.stroke();
    const last = [...curve].reverse().find(p => isFinite(p[1]));
    context.textAlign = "left"; if (last) context.fillText("dose " + doses[k].toFixed(3), right + 4, clamp(Y(last[1]) + 4, top + 8 + 12 * 0, bottom));
  });
}

function updateSliders() {
  $("focus-out").textContent = data.focus_known ? state.focus.toFixed(1) + " nm" : state.focus.toFixed(2);
  $("dose-out").textContent = state.dose.toFixed(3);
  view.redraw();
  readEdge();
}
async function showPlace(i, zoom) {
  const loaded = await placeData(i);
  state.place = loaded.place; state.image = loaded.image; state.at = i; state.edge = null; state.ruler = null; $("bossung").hidden = true;
  view.home = loaded.place.box;
  $("view-title").textContent = "Place " + um((view.home[0] + view.home[2]) / 2) + ", " + um((view.home[1] + view.home[3]) / 2) + " um";
  view.show(zoom || view.home);
  map.redraw();
}
function placeOf(x, y) {
  let best = -1, least = Infinity;
  data.places.forEach((b, i) => {
    if (x < b[0] || x > b[2] || y < b[1] || y > b[3]) return;
    const d = Math.hypot(x - (b[0] + b[2]) / 2, y - (b[1] + b[3]) / 2);
    if (d < least) { least = d; best = i; }
  });
  return best;
}
async function choose(i) {
  state.chosen = i;
  const f = data.findings[i], at = placeOf(f.x, f.y);
  document.querySelectorAll("#rows tr").forEach(row => row.classList.toggle("chosen", +row.dataset.group === f.group));
  const half = Math.max(300, 1.5 * (f.box[2] - f.box[0]), 1.5 * (f.box[3] - f.box[1]));
  if (at >= 0) {
    await showPlace(at, [f.x - half, f.y - half, f.x + half, f.y + half]);
    $("reading").textContent = describe(f) + "\nClick an edge for its CD, NILS and Bossung curves.";
    $("view-title").textContent = f.title + " at " + um(f.x) + ", " + um(f.y) + " um";
  } else {
    $("reading").textContent = describe(f) + "\nThe image of this place is not in the page; the first place of its row is.";
    map.redraw();
  }
}
function describe(f) {
  const unit = f.unit ? " " + f.unit : "";
  return f.title + ": " + (+f.value.toPrecision(4)) + unit + (f.limit ? ", limit " + (+f.limit.toPrecision(4)) + unit : "") + (f.corner >= 0 ? ", at corner " + data.corners[f.corner].name : "");
}
