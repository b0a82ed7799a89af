"""How the scorecard looks: one style sheet, light and dark, for screens and paper."""

from __future__ import annotations

STYLE = """
:root{color-scheme:light dark;--ground:#f6f7f9;--card:#fff;--ink:#1b2330;--soft:#566173;--rule:#dce1e8;--link:#0b57b8;
--met:#0d6b3c;--met-g:#e3f4ea;--unmet:#a4161a;--unmet-g:#fdeaea;--unknown:#6b2fa0;--unknown-g:#f2e9fb;
--over:#8a5300;--over-g:#fdf1dc;--idle:#4b5565;--idle-g:#edf0f4}
@media (prefers-color-scheme:dark){:root{--ground:#12161c;--card:#1a2029;--ink:#e6eaf0;--soft:#a2adbd;--rule:#2e3744;
--link:#86b7ff;--met:#7fdca6;--met-g:#12301f;--unmet:#ff9d9d;--unmet-g:#3d1a1c;--unknown:#d3b0f7;--unknown-g:#2d1f3f;
--over:#f5c56b;--over-g:#38290f;--idle:#b3bdcb;--idle-g:#262e39}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif}
main,header,footer{max-width:72rem;margin:0 auto;padding:0 1.25rem}
header{padding-top:2rem}footer{padding-bottom:2rem;color:var(--soft);font-size:.875rem}
h1{font-size:1.75rem;line-height:1.2;margin:0 0 .4rem}h2{font-size:1.3rem;margin:2rem 0 .6rem}
h3{font-size:1.05rem;margin:1.5rem 0 .5rem}p{margin:.35rem 0}a{color:var(--link)}
code,.at{font:.85em/1.4 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;overflow-wrap:anywhere}
.soft{color:var(--soft)}.skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:1rem}
.wide{overflow-x:auto;background:var(--card);border:1px solid var(--rule);border-radius:8px}
table{border-collapse:collapse;width:100%}
caption{text-align:left;padding:.6rem .9rem;color:var(--soft);font-size:.875rem}
th,td{text-align:left;vertical-align:top;padding:.55rem .9rem;border-top:1px solid var(--rule)}
thead th{font-size:.8rem;color:var(--soft);font-weight:600}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}
table.lines{min-width:46rem;table-layout:fixed}
table.lines thead th:first-child{width:30%}table.lines thead th:nth-child(2){width:12rem}
td details>summary{color:var(--soft);font-size:.875rem}td code.soft{margin-left:.6em}
ul.ways{columns:26rem;column-gap:2rem;padding-left:1.1rem;margin:.4rem 0}ul.ways a{overflow-wrap:anywhere}
tr:target>*{background:var(--over-g)}
tbody th{font-weight:500}tbody th small{display:block;color:var(--soft);font-weight:400;overflow-wrap:anywhere}
td.ids{overflow-wrap:anywhere;min-width:12rem}
td ul{margin:.3rem 0;padding-left:1.1rem}td p:first-child{margin-top:0}td p,td li{overflow-wrap:anywhere}
.mark{display:inline-block;padding:.1rem .55rem;border-radius:99px;font-size:.8125rem;font-weight:600;
white-space:nowrap;color:var(--idle);background:var(--idle-g);border:1px solid currentColor}
.mark.met,.mark.ready{color:var(--met);background:var(--met-g)}
.mark.unmet,.mark.not-ready{color:var(--unmet);background:var(--unmet-g)}
.mark.unknown,.mark.not-known{color:var(--unknown);background:var(--unknown-g)}
.mark.over{color:var(--over);background:var(--over-g)}.marks .mark{margin:0 .3rem .25rem 0}
.out,.said{border-left:3px solid var(--rule);padding:.15rem .7rem;margin:.45rem 0}.out{border-color:var(--link)}
.said{border-color:var(--over)}
.tiles{display:flex;flex-wrap:wrap;gap:.75rem;margin:1rem 0;padding:0;list-style:none}
.tiles li{background:var(--card);border:1px solid var(--rule);border-radius:8px;padding:.6rem 1rem;min-width:7rem}
.tiles b{display:block;font-size:1.5rem;line-height:1.2;font-variant-numeric:tabular-nums}
details{margin:.35rem 0}summary{cursor:pointer}
details.subject{background:var(--card);border:1px solid var(--rule);border-radius:8px;padding:.7rem 1rem;
margin:.6rem 0;content-visibility:auto;contain-intrinsic-size:auto 3.2rem}
details.subject>summary h2{display:inline;font-size:1.05rem;margin:0 .5rem 0 .2rem}
details.subject .wide{border-radius:6px}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem .8rem;margin:.3rem 0;font-size:.875rem}
dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
:focus-visible{outline:3px solid var(--link);outline-offset:2px}
@media print{details.subject{break-inside:avoid-page}.wide{overflow:visible}body{background:#fff}}
"""
