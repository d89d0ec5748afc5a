// SPDX-License-Identifier: Apache-2.0
// A place: outlines and contours over one another, ruler and cuts.
const state = { place: null, image: null, focus: 0, dose: 1, chosen: -1, edge: null, ruler: null, shown: { target: true, mask: true, print: true, band: true, corners: false, fault: true } };
const places = new Map();
let data, map, view;

// Places follow the script, so that the map is there before they are read.
const parsed = new Promise(resolve => document.readyState === "loading" ? document.addEventListener("DOMContentLoaded", resolve) : resolve());
async function placeData(i) {
  if (!places.has(i)) places.set(i, (async () => {
    await parsed;
    const place = await inflatedJson("place-" + i);
    return { place, image: new PlaceImage(place, await inflated("image-" + i)) };
  })());
  return places.get(i);
}

function level(dose) { return data.threshold / (dose * dose); }
// A path of the pane without points that the eye cannot tell from the one before: they are most of what drawing costs.
function tracePath(context, p, path) {
  const least = 0.7;  // pixels
  let x = p.x(path[0]), y = p.y(path[1]);
  context.moveTo(x, y);
  for (let i = 2; i < path.length; i += 2) {
    const u = p.x(path[i]), v = p.y(path[i + 1]);
    if (i + 2 < path.length && Math.abs(u - x) < least && Math.abs(v - y) < least) continue;
    context.lineTo(u, v); x = u; y = v;
  }
}
function strokePaths(context, p, paths, style, width) {
  context.strokeStyle = style; context.lineWidth = width; context.beginPath();
  for (const path of paths) tracePath(context, p, path);
  context.stroke();
}
function fillRings(context, p, rings, fill, stroke, dash) {
  context.beginPath();
  for (const ring of rings) {
    for (let i = 0; i < ring.length; i += 2) i ? context.lineTo(p.x(ring[i]), p.y(ring[i + 1])) : context.moveTo(p.x(ring[0]), p.y(ring[1]));
    context.closePath();
  }
  if (fill) { context.fillStyle = fill; context.fill("evenodd"); }
  if (stroke) { context.strokeStyle = stroke; context.lineWidth = 1.2; context.setLineDash(dash || []); context.stroke(); context.setLineDash([]); }
}
function drawPlace(context, p, place, image, focus, dose, shown, box) {
  if (shown.target) fillRings(context, p, place.target, "rgba(122,122,122,0.25)", COLOURS.target);
  if (shown.mask) fillRings(context, p, place.mask, "rgba(86,180,233,0.18)", COLOURS.mask, [4, 2]);
  if (shown.band) {
    // Between the contours of the band's corners, moved along with the sliders' dose.
    const [outer, inner] = data.band.map(i => data.corners[i]), d = dose, f = focus - data.nominal_focus;
    const far = image.rings(outer.focus + f * (outer.focus === data.nominal_focus), level(outer.dose * d), box);
    const near = image.rings(inner.focus, level(inner.dose * d), box);
    context.beginPath();
    for (const path of [...far, ...near]) tracePath(context, p, path);
    context.fillStyle = "rgba(230,159,0,0.45)"; context.fill("evenodd");
  }
  if (shown.corners) for (const c of data.corners) strokePaths(context, p, image.contours(c.focus, level(c.dose), box), COLOURS.nominal, 1);
  if (shown.print) strokePaths(context, p, image.contours(focus, level(dose), box), COLOURS.print, 1.8);
}
function drawView(context, p) {
  if (!state.place) return;
  drawPlace(context, p, state.place, state.image, state.focus, state.dose, state.shown, p.shownBox());
  const [x0, y0, x1, y1] = state.place.box;
  context.strokeStyle = "#d0d7de"; context.lineWidth = 1; context.setLineDash([6, 4]);
  context.strokeRect(p.x(x0), p.y(y1), (x1 - x0) * p.scale, (y1 - y0) * p.scale); context.setLineDash([]);
  // The chosen and the worst as crosses in boxes, others as dots; where there is an image to judge them by.
  if (state.shown.fault) data.findings.forEach((f, i) => {
    if (f.x < x0 || f.y < y0 || f.x > x1 || f.y > y1) return;
    const b = f.box, x = p.x(f.x), y = p.y(f.y), chosen = i === state.chosen;
    if (x < -50 || y < -50 || x > p.canvas.clientWidth + 50 || y > p.canvas.clientHeight + 50) return;
    context.strokeStyle = context.fillStyle = COLOURS.fault; context.lineWidth = chosen ? 3 : 1.5;
    if (!chosen && f.severity < 6) { context.fillRect(x - 2, y - 2, 4, 4); return; }
    context.strokeRect(p.x(b[0]) - 2, p.y(b[3]) - 2, (b[2] - b[0]) * p.scale + 4, (b[3] - b[1]) * p.scale + 4);
    context.beginPath(); const r = chosen ? 9 : 4; context.moveTo(x - r, y); context.lineTo(x + r, y); context.moveTo(x, y - r); context.lineTo(x, y + r); context.stroke();
  });
  if (state.ruler) {
    const [a, b] = state.ruler;
    context.strokeStyle = "#1b1f23"; context.lineWidth = 2; context.beginPath(); context.moveTo(p.x(a[0]), p.y(a[1])); context.lineTo(p.x(b[0]), p.y(b[1])); context.stroke();
  }
  if (state.edge) { context.fillStyle = "#1b1f23"; context.beginPath(); context.arc(p.x(state.edge.x), p.y(state.edge.y), 4, 0, 7); context.fill(); }
}

// Where a line through the image changes between print and none: distances from its start.
function crossings(image, samples, lev, a, b) {
  const length = Math.hypot(b[0] - a[0], b[1] - a[1]), steps = Math.max(2, Math.ceil(length)), out = [];
  const excess = s => data.sign * (image.value(samples, a[0] + (b[0] - a[0]) * s / length, a[1] + (b[1] - a[1]) * s / length) - lev);
  let before = excess(0);
  for (let i = 1; i <= steps; ++i) {
    const s = i * length / steps, now = excess(s);
    if ((before >= 0) !== (now >= 0)) {
      let low = s - length / steps, high = s;
      for (let k = 0; k < 30; ++k) { const m = (low + high) / 2; (excess(m) >= 0) === (before >= 0) ? low = m : high = m; }
      out.push({ s: (low + high) / 2, enters: now >= 0 });
    }
    before = now;
  }
  return out;
}
// The printed width around the middle of what is drawn behind an edge.
function cdAt(edge, samples, dose) {
  const reach = Math.max(edge.width, 40) + 150, mid = edge.width / 2;
  const a = [edge.x + edge.nx * 150, edge.y + edge.ny * 150], b = [edge.x - edge.nx * (reach), edge.y - edge.ny * reach];
  const found = crossings(state.image, samples, level(dose), a, b);
  for (let i = 0; i + 1 < found.length; ++i)
    if (found[i].enters && !found[i + 1].enters && found[i].s <= 150 + mid && found[i + 1].s >= 150 + mid) return { cd: found[i + 1].s - found[i].s, from: 150 - found[i].s };
  return null;
}
function nearestEdge(point) {
  let best = null;
  for (const ring of state.place.target) for (let i = 0; i < ring.length; i += 2) {
    const j = (i + 2) % ring.length, ax = ring[i], ay = ring[i + 1], dx = ring[j] - ax, dy = ring[j + 1] - ay, l = Math.hypot(dx, dy);
    if (l === 0) continue;
    const t = clamp(((point[0] - ax) * dx + (point[1] - ay) * dy) / (l * l), 0, 1), x = ax + t * dx, y = ay + t * dy, d = Math.hypot(point[0] - x, point[1] - y);
    if (!best || d < best.d) best = { d, x, y, nx: dy / l, ny: -dx / l };  // rings run with the inside on the left
  }
  if (!best) return null;
  best.width = Infinity;
  for (const ring of state.place.target) for (let i = 0; i < ring.length; i += 2) {
    const j = (i + 2) % ring.length, ax = ring[i] - best.x, ay = ring[i + 1] - best.y, bx = ring[j] - best.x, by = ring[j + 1] - best.y;
    const sa = -best.nx * ay + best.ny * ax, sb = -best.nx * by + best.ny * bx;
    if ((sa >= 0) === (sb >= 0)) continue;
    const t = sa / (sa - sb), d = -(best.nx * (ax + t * (bx - ax)) + best.ny * (ay + t * (by - ay)));
    if (d > 1e-3 && d < best.width) best.width = d;
  }
  return best.width < 5000 ? best : null;
}
