"use strict";
// The page of a verification: map, hot spots and places, from the data packed into it.
const $ = id => document.getElementById(id);
const clamp = (x, a, b) => Math.min(b, Math.max(a, x));
const um = nm => (nm / 1000).toFixed(3);
const COLOURS = { target: "#7a7a7a", mask: "#56b4e9", print: "#d55e00", band: "#e69f00", nominal: "#0072b2", fault: "#cc79a7" };
// Cividis: even in lightness, the same for the colour-blind. [Nunez, Anderton & Renslow 2018]
const CIVIDIS = [[0, 32, 76], [0, 42, 102], [0, 52, 110], [39, 63, 108], [60, 74, 107], [76, 85, 107], [91, 95, 109],
  [104, 106, 112], [117, 117, 117], [131, 129, 120], [146, 140, 120], [161, 152, 118], [176, 165, 114], [192, 178, 109],
  [209, 191, 102], [225, 204, 92], [243, 219, 79], [255, 233, 69]];
function colour(part) {
  const at = clamp(part, 0, 1) * (CIVIDIS.length - 1), i = Math.min(Math.floor(at), CIVIDIS.length - 2), t = at - i;
  return "rgb(" + [0, 1, 2].map(k => Math.round(CIVIDIS[i][k] * (1 - t) + CIVIDIS[i + 1][k] * t)).join(",") + ")";
}

async function inflated(id) {
  const text = atob($(id).textContent), bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; ++i) bytes[i] = text.charCodeAt(i);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
const inflatedJson = async id => JSON.parse(new TextDecoder().decode(await inflated(id)));

// A canvas in CSS pixels, sharp on every screen.
function prepared(canvas) {
  const ratio = window.devicePixelRatio || 1, w = canvas.clientWidth, h = canvas.clientHeight;
  if (canvas.width !== Math.round(w * ratio) || canvas.height !== Math.round(h * ratio)) {
    canvas.width = Math.round(w * ratio); canvas.height = Math.round(h * ratio);
  }
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, w, h);
  context.font = "12px system-ui, 'DejaVu Sans', sans-serif";
  return { context, w, h };
}

// Round steps of an axis: 1, 2 or 5 times a power of ten.
function ticks(low, high, most) {
  const rough = (high - low) / Math.max(1, most), power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map(k => k * power).find(s => s >= rough) || 10 * power;
  const out = [];
  for (let i = Math.ceil(low / step); i * step <= high + 1e-9 * step; ++i) out.push(i * step);
  return { step, out, digits: Math.max(0, -Math.floor(Math.log10(step) + 1e-9)) };
}

// A view of a plane in nm: y up, pan and zoom, axes in um.
class Plane {
  constructor(canvas, draw) {
    this.canvas = canvas; this.draw = draw; this.left = 52; this.bottom = 30; this.top = 8; this.right = 8;
    this.box = [0, 0, 1, 1]; this.home = this.box;
    canvas.addEventListener("wheel", e => {
      e.preventDefault();
      const p = this.at(e), f = e.deltaY > 0 ? 1.25 : 0.8, [x0, y0, x1, y1] = this.box;
      this.show([p[0] + (x0 - p[0]) * f, p[1] + (y0 - p[1]) * f, p[0] + (x1 - p[0]) * f, p[1] + (y1 - p[1]) * f]);
    }, { passive: false });
    canvas.addEventListener("pointerdown", e => { this.from = [e.clientX, e.clientY, this.box]; this.moved = false; canvas.setPointerCapture(e.pointerId); if (this.pressed) this.pressed(this.at(e)); });
    canvas.addEventListener("pointermove", e => {
      if (this.from && this.dragged && this.dragged(this.at(e))) { this.moved = true; return; }
      if (!this.from) { if (this.hover) this.hover(this.at(e)); return; }
      const [x, y, b] = this.from, s = this.scale, dx = (e.clientX - x) / s, dy = (e.clientY - y) / s;
      if (Math.abs(e.clientX - x) + Math.abs(e.clientY - y) > 3) this.moved = true;
      if (this.moved) this.show([b[0] - dx, b[1] + dy, b[2] - dx, b[3] + dy]);
    });
    canvas.addEventListener("pointerup", e => { const click = this.from && !this.moved; this.from = null; if (click && this.clicked) this.clicked(this.at(e)); });
    canvas.addEventListener("dblclick", () => this.show(this.home));
    canvas.addEventListener("keydown", e => {
      const [x0, y0, x1, y1] = this.box, dx = (x1 - x0) / 8, dy = (y1 - y0) / 8;
      const moves = { ArrowLeft: [-dx, 0], ArrowRight: [dx, 0], ArrowUp: [0, dy], ArrowDown: [0, -dy] };
      if (moves[e.key]) { e.preventDefault(); const [a, b] = moves[e.key]; this.show([x0 + a, y0 + b, x1 + a, y1 + b]); }
      if (e.key === "+" || e.key === "-") { const f = e.key === "+" ? 1 : -1; this.show([x0 + f * dx, y0 + f * dy, x1 - f * dx, y1 - f * dy]); }
    });
  }
  show(box) { this.box = box; this.redraw(); }
  at(e) { const r = this.canvas.getBoundingClientRect(); return [(e.clientX - r.left - this.ox) / this.scale, (this.oy - (e.clientY - r.top)) / this.scale]; }
  x(nm) { return this.ox + nm * this.scale; }
  y(nm) { return this.oy - nm * this.scale; }
  redraw() {
    const { context, w, h } = prepared(this.canvas), [x0, y0, x1, y1] = this.box;
    const fw = w - this.left - this.right, fh = h - this.bottom - this.top;
    this.scale = Math.min(fw / (x1 - x0), fh / (y1 - y0));
    this.ox = this.left + fw / 2 - this.scale * (x0 + x1) / 2;
    this.oy = this.top + fh / 2 + this.scale * (y0 + y1) / 2;
    context.save();
    context.beginPath(); context.rect(this.left, this.top, fw, fh); context.clip();
    this.draw(context, this);
    context.restore();
    const low = [(this.left - this.ox) / this.scale, (this.oy - this.top - fh) / this.scale];
    const high = [(this.left + fw - this.ox) / this.scale, (this.oy - this.top) / this.scale];
    context.strokeStyle = context.fillStyle = "#57606a"; context.lineWidth = 1;
    context.strokeRect(this.left, this.top, fw, fh);
    context.textAlign = "center"; context.textBaseline = "top";
    const tx = ticks(low[0] / 1000, high[0] / 1000, fw / 90);
    for (const t of tx.out) { const x = this.x(t * 1000); context.beginPath(); context.moveTo(x, this.top + fh); context.lineTo(x, this.top + fh + 4); context.stroke(); context.fillText(t.toFixed(tx.digits), x, this.top + fh + 5); }
    context.textAlign = "right"; context.textBaseline = "middle";
    const ty = ticks(low[1] / 1000, high[1] / 1000, fh / 60);
    for (const t of ty.out) { const y = this.y(t * 1000); context.beginPath(); context.moveTo(this.left, y); context.lineTo(this.left - 4, y); context.stroke(); context.fillText(t.toFixed(ty.digits), this.left - 6, y); }
    context.textAlign = "right"; context.textBaseline = "bottom"; context.fillText("x, y in um", w - 2, h);
    if (this.bar) this.drawBar(context, fw, fh);
  }
  drawBar(context, fw, fh) {
    const most = 0.25 * fw / this.scale, power = 10 ** Math.floor(Math.log10(most));
    const nm = [5, 2, 1].map(k => k * power).find(v => v <= most) || power, px = nm * this.scale;
    const x = this.left + 12, y = this.top + fh - 12;
    context.fillStyle = "rgba(255,255,255,0.8)"; context.fillRect(x - 6, y - 20, px + 12, 28);
    context.fillStyle = "#1b1f23"; context.fillRect(x, y, px, 3);
    context.textAlign = "left"; context.textBaseline = "bottom"; context.fillText(nm >= 1000 ? nm / 1000 + " um" : nm + " nm", x, y - 1);
  }
}

// Intensity of a place: samples of each condition, between which waves no shorter than seven samples lie.
class PlaceImage {
  constructor(place, bytes) {
    Object.assign(this, place.grid);
    const n = this.nx * this.ny;
    this.samples = this.scale.map((scale, c) => {
      const out = new Float32Array(n), whole = new Uint16Array(n), at = 2 * n * c;
      for (let i = 0; i < n; ++i) whole[i] = bytes[at + i] << 8 | bytes[at + n + i];
      // Stored as differences along rows of differences along columns.
      for (let y = 0; y < this.ny; ++y)
        for (let x = 0, i = y * this.nx; x < this.nx; ++x, ++i) {
          const left = x ? whole[i - 1] : 0, below = y ? whole[i - this.nx] : 0, corner = x && y ? whole[i - this.nx - 1] : 0;
          whole[i] = whole[i] + left + below - corner;
          out[i] = whole[i] * scale;
        }
      return out;
    });
  }
  // Weights of the conditions at a focus: even in focus through two, else through the nearest three.
  weights(focus) {
    const f = this.focus, n = f.length, w = new Array(n).fill(0);
    if (n === 1) { w[0] = 1; return w; }
    if (n === 2) { const t = f[1] === f[0] ? 0 : ((focus - f[0]) / (f[1] - f[0])) ** 2; w[0] = 1 - t; w[1] = t; return w; }
    const order = [...f.keys()].sort((a, b) => Math.abs(f[a] - focus) - Math.abs(f[b] - focus)).slice(0, 3);
    for (const i of order) w[i] = order.reduce((p, j) => i === j ? p : p * (focus - f[j]) / (f[i] - f[j]), 1);
    return w;
  }
  at(focus) {
    const w = this.weights(focus), n = this.nx * this.ny;
    if (w.some(v => v === 1)) return this.samples[w.indexOf(1)];
    const out = new Float32Array(n);
    w.forEach((v, c) => { if (v) { const s = this.samples[c]; for (let i = 0; i < n; ++i) out[i] += v * s[i]; } });
    return out;
  }
  value(samples, x, y) {
    const u = (x - this.x0) / this.dx, v = (y - this.y0) / this.dy, i = Math.floor(u), j = Math.floor(v);
    const wx = lagrange(u - i), wy = lagrange(v - j);
    let sum = 0;
    for (let b = 0; b < 6; ++b) {
      const row = clamp(j - 2 + b, 0, this.ny - 1) * this.nx;
      let line = 0;
      for (let a = 0; a < 6; ++a) line += wx[a] * samples[row + clamp(i - 2 + a, 0, this.nx - 1)];
      sum += wy[b] * line;
    }
    return sum;
  }
  // Contours of samples at a level, on three times the samples: paths of [x, y, x, y, ...] in nm.
  contours(samples, level) {
    const fine = refined(samples, this.nx, this.ny, 3);
    return marched(fine.data, fine.nx, fine.ny, level, this.x0, this.y0, this.dx / 3, this.dy / 3);
  }
}
function lagrange(t) {
  const a = t + 2, b = t + 1, c = t, d = t - 1, e = t - 2, f = t - 3;
  return [-b * c * d * e * f / 120, a * c * d * e * f / 24, -a * b * d * e * f / 12, a * b * c * e * f / 12, -a * b * c * d * f / 24, a * b * c * d * e / 120];
}
function refined(s, nx, ny, k) {
  const fx = (nx - 1) * k + 1, fy = (ny - 1) * k + 1, rows = new Float32Array(fx * ny), data = new Float32Array(fx * fy);
  const w = Array.from({ length: k }, (_, i) => lagrange(i / k));
  for (let y = 0; y < ny; ++y)
    for (let x = 0; x < fx; ++x) {
      const i = Math.floor(x / k), c = w[x % k];
      let v = 0;
      for (let a = 0; a < 6; ++a) v += c[a] * s[y * nx + clamp(i - 2 + a, 0, nx - 1)];
      rows[y * fx + x] = v;
    }
  for (let y = 0; y < fy; ++y) {
    const j = Math.floor(y / k), c = w[y % k], at = [0, 1, 2, 3, 4, 5].map(b => clamp(j - 2 + b, 0, ny - 1) * fx);
    for (let x = 0; x < fx; ++x) data[y * fx + x] = c[0] * rows[at[0] + x] + c[1] * rows[at[1] + x] + c[2] * rows[at[2] + x] + c[3] * rows[at[3] + x] + c[4] * rows[at[4] + x] + c[5] * rows[at[5] + x];
  }
  return { data, nx: fx, ny: fy };
}
// Marching squares. A crossing is numbered by its grid line: 2 i for the one to the right of sample i, 2 i + 1 for the one above.
function marched(s, nx, ny, level, x0, y0, dx, dy) {
  const next = new Map();
  for (let y = 0; y + 1 < ny; ++y)
    for (let x = 0; x + 1 < nx; ++x) {
      const i = y * nx + x, a = s[i] >= level, b = s[i + 1] >= level, c = s[i + nx + 1] >= level, d = s[i + nx] >= level;
      if (a === b && b === c && c === d) continue;
      const sides = [];
      if (a !== b) sides.push([2 * i, a]);
      if (b !== c) sides.push([2 * (i + 1) + 1, b]);
      if (c !== d) sides.push([2 * (i + nx), c]);
      if (d !== a) sides.push([2 * i + 1, d]);
      const joined = sides.length === 2 || s[i] + s[i + 1] + s[i + nx] + s[i + nx + 1] >= 4 * level;
      sides.forEach(([id, leaves], k) => { if (leaves) next.set(id, sides[(k + (joined ? 1 : sides.length - 1)) % sides.length][0]); });
    }
  const point = id => {
    const i = id >> 1, j = id & 1 ? i + nx : i + 1, t = (level - s[i]) / (s[j] - s[i]), x = i % nx, y = Math.floor(i / nx);
    return id & 1 ? [x0 + x * dx, y0 + (y + t) * dy] : [x0 + (x + t) * dx, y0 + y * dy];
  };
  const ends = new Set(next.values()), paths = [], done = new Set();
  const follow = first => {
    const path = [];
    let id = first;
    while (id !== undefined && !done.has(id)) { done.add(id); path.push(...point(id)); id = next.get(id); }
    if (id === first) path.push(path[0], path[1]);
    paths.push(path);
  };
  for (const id of next.keys()) if (!ends.has(id)) follow(id);
  for (const id of next.keys()) if (!done.has(id)) follow(id);
  return paths;
}

const state = { place: null, image: null, focus: 0, dose: 1, chosen: -1, edge: null, ruler: null, shown: { target: true, mask: true, print: true, band: true, corners: false, fault: true } };
const places = new Map();
let data, map, view;

async function placeData(i) {
  if (!places.has(i)) places.set(i, (async () => {
    const place = await inflatedJson("place-" + i);
    return { place, image: new PlaceImage(place, await inflated("image-" + i)) };
  })());
  return places.get(i);
}

function level(dose) { return data.threshold / (dose * dose); }
function strokePaths(context, p, paths, style, width) {
  context.strokeStyle = style; context.lineWidth = width; context.beginPath();
  for (const path of paths) {
    context.moveTo(p.x(path[0]), p.y(path[1]));
    for (let i = 2; i < path.length; i += 2) context.lineTo(p.x(path[i]), p.y(path[i + 1]));
  }
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
function drawPlace(context, p, place, image, focus, dose, shown) {
  if (shown.target) fillRings(context, p, place.target, "rgba(122,122,122,0.25)", COLOURS.target);
  if (shown.mask) fillRings(context, p, place.mask, "rgba(86,180,233,0.18)", COLOURS.mask, [4, 2]);
  if (shown.band) {
    // Between the contours of the band's corners, moved along with the sliders' dose.
    const [outer, inner] = data.band.map(i => data.corners[i]), d = dose, f = focus - data.nominal_focus;
    const far = image.contours(image.at(outer.focus + f * (outer.focus === data.nominal_focus)), level(outer.dose * d));
    const near = image.contours(image.at(inner.focus), level(inner.dose * d));
    context.beginPath();
    for (const path of [...far, ...near]) for (let i = 0; i < path.length; i += 2) i ? context.lineTo(p.x(path[i]), p.y(path[i + 1])) : context.moveTo(p.x(path[0]), p.y(path[1]));
    context.fillStyle = "rgba(230,159,0,0.45)"; context.fill("evenodd");
  }
  if (shown.corners) for (const c of data.corners) strokePaths(context, p, image.contours(image.at(c.focus), level(c.dose)), COLOURS.nominal, 1);
  if (shown.print) strokePaths(context, p, image.contours(image.at(focus), level(dose)), COLOURS.print, 1.8);
}
function drawView(context, p) {
  if (!state.place) return;
  drawPlace(context, p, state.place, state.image, state.focus, state.dose, state.shown);
  if (state.shown.fault) data.findings.forEach((f, i) => {
    const b = f.box, x = p.x(f.x), y = p.y(f.y);
    if (x < -50 || y < -50 || x > p.canvas.clientWidth + 50 || y > p.canvas.clientHeight + 50) return;
    context.strokeStyle = COLOURS.fault; context.lineWidth = i === state.chosen ? 3 : 1.5;
    if (i === state.chosen || f.severity >= 6) context.strokeRect(p.x(b[0]) - 2, p.y(b[3]) - 2, (b[2] - b[0]) * p.scale + 4, (b[3] - b[1]) * p.scale + 4);
    context.beginPath(); const r = i === state.chosen ? 9 : 4; context.moveTo(x - r, y); context.lineTo(x + r, y); context.moveTo(x, y - r); context.lineTo(x, y + r); context.stroke();
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
function cdAt(edge, focus, dose) {
  const reach = Math.max(edge.width, 40) + 150, mid = edge.width / 2;
  const a = [edge.x + edge.nx * 150, edge.y + edge.ny * 150], b = [edge.x - edge.nx * (reach), edge.y - edge.ny * reach];
  const found = crossings(state.image, state.image.at(focus), level(dose), a, b);
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
function readEdge() {
  const e = state.edge;
  if (!e) { $("bossung").hidden = true; return; }
  const now = cdAt(e, state.focus, state.dose), image = state.image, samples = image.at(state.focus);
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
  const curves = doses.map(d => Array.from({ length: n }, (_, i) => { const f = f0 + (f1 - f0) * i / (n - 1), r = cdAt(edge, f, d); return [f, r ? r.cd : NaN]; }));
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

const METRICS = [
  ["severity", "severity of the worst finding", 0, 10], ["findings", "findings"], ["epe_max_nm", "largest EPE, nm"], ["epe_mean_abs_nm", "mean EPE, nm"],
  ["band_max_nm", "widest band, nm"], ["nils_min", "lowest NILS"], ["l2_nm2", "L2, nm2"], ["band_nm2", "band area, nm2"]];
function drawMap(context, p) {
  const key = $("metric").value, k = data.tile_columns.indexOf(key);
  const [low, high] = state.range;
  const check = key.startsWith("check:") ? +key.slice(6) : -1;
  for (const tile of data.tiles) {
    context.fillStyle = check >= 0 ? "#e9edf1" : colour((tile[k] - low) / (high - low || 1));
    const x = p.x(tile[0]), y = p.y(tile[3]);
    context.fillRect(x, y, Math.max(1, (tile[2] - tile[0]) * p.scale - 0.5), Math.max(1, (tile[3] - tile[1]) * p.scale - 0.5));
  }
  for (let i = data.findings.length - 1; i >= 0; --i) {
    const f = data.findings[i];
    if (check >= 0 && f.check !== check) continue;
    const big = i === state.chosen, r = big ? 7 : f.severity >= 6 ? 4 : 2.5;
    context.beginPath(); context.arc(p.x(f.x), p.y(f.y), r, 0, 7);
    context.fillStyle = f.severity >= 6 ? "#d55e00" : "#cc79a7"; context.fill();
    context.strokeStyle = "#ffffff"; context.lineWidth = 1; context.stroke();
    if (big) { context.strokeStyle = "#1b1f23"; context.lineWidth = 2; context.stroke(); }
  }
  context.strokeStyle = "#1b1f23"; context.lineWidth = 1;
  if (state.place) { const b = state.place.box; context.strokeRect(p.x(b[0]), p.y(b[3]), (b[2] - b[0]) * p.scale, (b[3] - b[1]) * p.scale); }
}
function drawScale() {
  const { context, w } = prepared($("map-scale")), key = $("metric").value;
  if (key.startsWith("check:")) { context.fillStyle = "#57606a"; context.fillText("grey: tiles with something in them; dots: findings of this check", 52, 14); return; }
  const [low, high] = state.range, left = 52, right = w - 8;
  for (let x = left; x < right; ++x) { context.fillStyle = colour((x - left) / (right - left)); context.fillRect(x, 2, 1.5, 10); }
  context.fillStyle = "#57606a"; context.textBaseline = "top";
  const t = ticks(low, high, 6);
  for (const v of t.out) { context.textAlign = "center"; context.fillText(v.toFixed(t.digits), clamp(left + (right - left) * (v - low) / (high - low || 1), left + 8, right - 8), 15); }
}
function metricChanged() {
  const metric = METRICS.find(m => m[0] === $("metric").value), k = data.tile_columns.indexOf($("metric").value);
  state.range = [0, 1];
  if (metric) {
    const values = data.tiles.map(t => t[k]);
    state.range = metric.length > 2 ? [metric[2], metric[3]] : [0, values.reduce((a, b) => Math.max(a, b), 0) || 1];
  }
  map.redraw(); drawScale();
}

function histogram() {
  const { context, w, h } = prepared($("histogram")), counts = data.histogram, most = Math.max(1, ...counts), left = 60, bottom = h - 32, top = 8;
  const step = (w - left - 10) / counts.length;
  context.fillStyle = "#0072b2";
  counts.forEach((c, i) => context.fillRect(left + i * step, bottom - (bottom - top) * c / most, Math.max(1, step - 1), (bottom - top) * c / most));
  context.strokeStyle = context.fillStyle = "#57606a"; context.strokeRect(left, top, step * counts.length, bottom - top);
  context.textAlign = "center";
  for (let i = 0; i <= counts.length; i += 4) context.fillText(i * 0.5 + (i + 1 >= counts.length ? "+" : ""), left + i * step, bottom + 14);
  context.fillText("|EPE|, nm", left + step * counts.length / 2, h - 4);
  context.textAlign = "right";
  const t = ticks(0, most, 4);
  for (const v of t.out) context.fillText(v.toFixed(0), left - 4, bottom - (bottom - top) * v / most + 4);
}

function list() {
  const body = $("rows");
  $("list-count").textContent = `(${data.total_findings} in ${data.groups.length} patterns${data.findings.length < data.total_findings ? `; the worst ${data.findings.length} are on this page, all in findings.csv` : ""})`;
  data.groups.slice(0, 2000).forEach((g, i) => {
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
}
async function thumbnails() {
  for (const g of data.groups.slice(0, 8)) {
    const f = data.findings[g.first], at = placeOf(f.x, f.y);
    if (at < 0) continue;
    const figure = document.createElement("figure"), canvas = document.createElement("canvas"), caption = document.createElement("figcaption");
    caption.textContent = f.title + (g.count > 1 ? ` (${g.count})` : "");
    figure.append(canvas, caption); figure.addEventListener("click", () => choose(g.first)); $("thumbs").append(figure);
    const { place, image } = await placeData(at), { context, w, h } = prepared(canvas), half = Math.max(220, (f.box[2] - f.box[0]) * 0.7), scale = w / (2 * half);
    drawPlace(context, { x: nm => (nm - f.x) * scale + w / 2, y: nm => h / 2 - (nm - f.y) * scale, scale }, place, image, data.corners[Math.max(0, f.corner)].focus, data.corners[Math.max(0, f.corner)].dose, { target: true, mask: true, print: true });
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
  list();
  metricChanged();
  histogram();
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
