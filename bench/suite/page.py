# SPDX-License-Identifier: Apache-2.0
"""Results as a page that needs nothing beside it, and as lines."""
import html
import math

STYLE = """
:root { --ink: #1b1f24; --paper: #fff; --soft: #6b7280; --line: #e2e5e9; --bar: #2f6fab; --spread: #b45309; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e8eb; --paper: #14171a; --soft: #9aa3ad; --line: #2b3036; --bar: #5b9bd5; --spread: #f0a050; } }
body { color: var(--ink); background: var(--paper); font: 15px/1.5 system-ui, sans-serif; max-width: 68rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin: 2rem 0 .2rem; } p { margin: .3rem 0; } .soft { color: var(--soft); }
table { border-collapse: collapse; width: 100%; margin-top: .5rem; } th, td { text-align: left; padding: .25rem .6rem .25rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th { font-weight: 600; color: var(--soft); } td.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; } code { font-size: .9em; overflow-wrap: anywhere; }
svg { display: block; } .bar { fill: var(--bar); } .whisker { stroke: var(--spread); stroke-width: 2; }
"""


def seconds(value):
    for unit, scale in (("s", 1.0), ("ms", 1e-3), ("us", 1e-6)):
        if value >= scale:
            return f"{value / scale:.3g} {unit}"
    return f"{value / 1e-9:.3g} ns"


def number(value):
    if isinstance(value, bool) or isinstance(value, str):
        return str(value)
    return f"{value:,.0f}" if float(value).is_integer() and abs(value) < 1e15 else f"{value:.4g}"


def spread_percent(time):
    return 50.0 * (time["high_s"] - time["low_s"]) / time["median_s"] if time["median_s"] else 0.0


def bar(time, longest):
    """Length on a logarithmic scale of five decades up to the longest; the whisker is the spread of the rounds."""
    def at(value):
        return 160.0 * max(0.02, 1.0 + math.log10(max(value, 1e-12) / longest) / 5.0)
    middle, low, high = at(time["median_s"]), at(time["low_s"]), at(time["high_s"])
    return (f'<svg width="170" height="14" role="img" aria-label="{seconds(time["median_s"])}"><rect class="bar" x="0" y="2" width="{middle:.1f}" height="10" rx="2"/>'
            f'<line class="whisker" x1="{low:.1f}" x2="{max(high, low + 1):.1f}" y1="7" y2="7"/></svg>')


def set_html(name, result):
    parts = [f"<h2>{name}</h2><p class='soft'>{html.escape(result['about'])}</p>"]
    if result["state"] != "measured":
        return parts[0] + f"<p><b>{result['state']}</b>: {html.escape(result['reason'])}</p>"
    longest = max(row["time"]["median_s"] for row in result["rows"]) or 1.0
    parts.append("<table><tr><th>what</th><th>median</th><th>spread</th><th>log scale</th><th>rate</th><th>quality</th></tr>")
    for row in result["rows"]:
        quality = ", ".join(f"{k} {number(v)}" for k, v in row["quality"].items())
        rate = f"{row['rate']['median']:.4g} {row['rate']['unit']}" if "rate" in row else ""
        parts.append(f"<tr><td>{html.escape(row['name'])}</td><td class='n'>{seconds(row['time']['median_s'])}</td>"
                     f"<td class='n'>&plusmn;{spread_percent(row['time']):.0f} %</td><td>{bar(row['time'], longest)}</td>"
                     f"<td class='n'>{html.escape(rate)}</td><td class='soft'>{html.escape(quality)}</td></tr>")
    return "".join(parts) + "</table>"


def html_of(result):
    machine, commit = result["machine"], result["commit"]
    facts = [("processor", f"{machine['cpu']}, {machine['cores']} cores, {machine['memory_bytes'] / 2**30:.0f} GiB"),
             ("system", machine["system"]), ("compiler", f"{machine['compiler']}, {machine['build_type']} {machine['compiler_flags']}"),
             ("commit", f"{commit['program']}{' (sources changed since)' if commit['sources_changed'] else ''}"),
             ("run", f"{result['date']}, {result['rounds']} rounds in {result['seconds']:.0f} s, {machine['threads']} thread"),
             ("models", "; ".join(f"{k}: {v.get('model_hash', v['sha256'])}" for k, v in result["models"].items())),
             ("inputs", "; ".join(f"{k}: {v[:16]}" for k, v in result["inputs"].items()))]
    body = "<table>" + "".join(f"<tr><th>{k}</th><td><code>{html.escape(v)}</code></td></tr>" for k, v in facts) + "</table>"
    if result["ratios"]:
        body += "<h2>Side by side</h2><p class='soft'>Both sides measured in the same rounds.</p><table><tr><th>what</th><th>ratio</th><th>lowest to highest</th></tr>"
        for r in result["ratios"]:
            body += (f"<tr><td>{html.escape(r['about'])}</td><td class='n'>{r['ratio']['median']:.3g}</td>"
                     f"<td class='n'>{r['ratio']['low']:.3g} to {r['ratio']['high']:.3g}</td></tr>")
        body += "</table>"
    body += "".join(set_html(name, s) for name, s in result["sets"].items())
    note = "<p>Processor time; medians over the rounds, every round runs every set once. Whiskers span the rounds.</p>"
    return ("<!doctype html><html lang='en'><meta charset='utf-8'><meta name='viewport' content='width=device-width, initial-scale=1'>"
            f"<title>Reticle benchmarks {html.escape(commit['program'])}</title><style>{STYLE}</style><h1>Reticle benchmarks</h1>{note}{body}</html>\n")


def text_of(result):
    lines = []
    for name, found in result["sets"].items():
        if found["state"] != "measured":
            lines.append(f"{name:<8} {found['state']}: {found['reason']}")
        for row in found["rows"]:
            rate = f"{row['rate']['median']:.4g} {row['rate']['unit']}" if "rate" in row else ""
            quality = ", ".join(f"{k} {number(v)}" for k, v in row["quality"].items())
            lines.append(f"{name:<8} {row['name']:<34} {seconds(row['time']['median_s']):>9}  +-{spread_percent(row['time']):<3.0f}% {rate:>14}  {quality}")
    lines += [f"ratio    {r['about']}: {r['ratio']['median']:.3g} ({r['ratio']['low']:.3g} to {r['ratio']['high']:.3g})" for r in result["ratios"]]
    return "\n".join(lines)
