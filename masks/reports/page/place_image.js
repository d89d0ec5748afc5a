// SPDX-License-Identifier: Apache-2.0
// The image of a place: its intensity at any focus, and its contours.
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
  // Three times as many samples as there are, of a condition, kept, and at a focus.
  fine(condition) {
    this.refined = this.refined || [];
    return this.refined[condition] = this.refined[condition] || refined(this.samples[condition], this.nx, this.ny, 3);
  }
  fineAt(focus) {
    const w = this.weights(focus), first = this.fine(0);
    if (w.some(v => v === 1)) return this.fine(w.indexOf(1));
    const data = new Float32Array(first.data.length);
    w.forEach((v, c) => { if (v) { const s = this.fine(c).data; for (let i = 0; i < data.length; ++i) data[i] += v * s[i]; } });
    return { data, nx: first.nx, ny: first.ny };
  }
  // Fine samples at a focus, and which of them a box of nm takes: from the first two, to before the last two.
  samplesWithin(focus, box) {
    const dx = this.dx / 3, dy = this.dy / 3, fine = this.fineAt(focus);
    const from = (nm, first, step, n) => clamp(Math.floor((nm - first) / step) - 1, 0, n - 2), to = (nm, first, step, n) => clamp(Math.ceil((nm - first) / step) + 2, 2, n);
    const range = [from(box[0], this.x0, dx, fine.nx), from(box[1], this.y0, dy, fine.ny), to(box[2], this.x0, dx, fine.nx), to(box[3], this.y0, dy, fine.ny)];
    return { fine, range, dx, dy };
  }
  // Contours at a focus and level within a box of nm: paths of [x, y, x, y, ...] in nm, open at the samples' border.
  contours(focus, level, box) {
    const { fine, range, dx, dy } = this.samplesWithin(focus, box);
    return marched(fine.data, fine.nx, range, level, this.x0, this.y0, dx, dy);
  }
  // Closed ones around what lies at the level or above it, along the border where it goes on beyond.
  rings(focus, level, box) {
    const { fine, range: [x0, y0, x1, y1], dx, dy } = this.samplesWithin(focus, box), w = x1 - x0 + 2, h = y1 - y0 + 2;
    const framed = new Float32Array(w * h).fill(-1);
    for (let y = y0; y < y1; ++y) framed.set(fine.data.subarray(y * fine.nx + x0, y * fine.nx + x1), (y - y0 + 1) * w + 1);
    return marched(framed, w, [0, 0, w, h], level, this.x0 + (x0 - 1) * dx, this.y0 + (y0 - 1) * dy, dx, dy);
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
// Marching squares. A crossing is numbered by its grid line: 2 i for the one to the right of sample i, 2 i + 1 for the
// one above. next[id] is where the contour goes on, the larger values on its left; range: samples from, and to before.
const marchedScratch = { size: 0 };  // all -1 and 0 between calls
function marched(s, nx, [x0s, y0s, x1s, y1s], level, x0, y0, dx, dy) {
  if (marchedScratch.size < 2 * s.length)
    Object.assign(marchedScratch, { size: 2 * s.length, next: new Int32Array(2 * s.length).fill(-1), ended: new Uint8Array(2 * s.length), done: new Uint8Array(2 * s.length) });
  const { next, ended, done } = marchedScratch, starts = [];
  const ids = new Int32Array(4), leaves = new Uint8Array(4);
  for (let y = y0s; y + 1 < y1s; ++y)
    for (let x = x0s, i = y * nx + x0s; x + 1 < x1s; ++x, ++i) {
      const a = s[i] >= level, b = s[i + 1] >= level, c = s[i + nx + 1] >= level, d = s[i + nx] >= level;
      if (a === b && b === c && c === d) continue;
      let n = 0;
      if (a !== b) { ids[n] = 2 * i; leaves[n++] = a; }
      if (b !== c) { ids[n] = 2 * (i + 1) + 1; leaves[n++] = b; }
      if (c !== d) { ids[n] = 2 * (i + nx); leaves[n++] = c; }
      if (d !== a) { ids[n] = 2 * i + 1; leaves[n++] = d; }
      const joined = n === 2 || s[i] + s[i + 1] + s[i + nx] + s[i + nx + 1] >= 4 * level;
      for (let k = 0; k < n; ++k) if (leaves[k]) { next[ids[k]] = ids[(k + (joined ? 1 : n - 1)) % n]; starts.push(ids[k]); }
    }
  const point = (id, path) => {
    const i = id >> 1, j = id & 1 ? i + nx : i + 1, t = (level - s[i]) / (s[j] - s[i]), x = i % nx, y = Math.floor(i / nx);
    if (id & 1) path.push(x0 + x * dx, y0 + (y + t) * dy); else path.push(x0 + (x + t) * dx, y0 + y * dy);
  };
  const paths = [];
  for (const id of starts) ended[next[id]] = 1;
  const follow = first => {
    const path = [];
    let id = first;
    while (id >= 0 && !done[id]) { done[id] = 1; point(id, path); id = next[id]; }
    if (id === first) path.push(path[0], path[1]);
    paths.push(path);
  };
  for (const id of starts) if (!ended[id]) follow(id);  // from the range's border
  for (const id of starts) if (!done[id]) follow(id);
  for (const id of starts) { ended[next[id]] = 0; done[next[id]] = 0; done[id] = 0; }
  for (const id of starts) next[id] = -1;
  return paths;
}
