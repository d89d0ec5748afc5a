// SPDX-License-Identifier: Apache-2.0
// The map of all tiles, and the histogram of edge placement errors.
const METRICS = [
  ["severity", "severity of the worst finding", 0, 10], ["findings", "findings"], ["epe_max_nm", "largest EPE, nm"], ["epe_mean_abs_nm", "mean EPE, nm"],
  ["pv_band_max_nm", "widest band, nm"], ["nils_min", "lowest NILS"], ["l2_nm2", "L2, nm2"], ["pv_band_nm2", "band area, nm2"]];
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
    if (i >= 1000 && !big) {  // circles take long; these are the least
      context.fillStyle = f.severity >= 6 ? "#d55e00" : "#cc79a7"; context.fillRect(p.x(f.x) - 1.5, p.y(f.y) - 1.5, 3, 3);
      continue;
    }
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
