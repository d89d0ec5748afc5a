// SPDX-License-Identifier: Apache-2.0
"use strict";
// Colours, axes and panes: what all parts of the page draw with.
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
  // What the pane shows, beyond the box where it is wider or higher.
  shownBox() {
    const w = this.canvas.clientWidth - this.right, h = this.canvas.clientHeight - this.bottom;
    return [(this.left - this.ox) / this.scale, (this.oy - h) / this.scale, (w - this.ox) / this.scale, (this.oy - this.top) / this.scale];
  }
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
