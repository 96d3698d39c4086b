package report

// styleSheet is that of the page. Colours reach a contrast of 4.5 to 1 in both
// schemes (WCAG 2.2, 1.4.3).
const styleSheet = `
:root{--paper:#fff;--text:#1b2128;--muted:#57606a;--line:#d5dae0;--soft:#f4f6f8;--good:#0a6b4b;--warning:#8a5300;--critical:#b50006;--link:#064bae}
@media(prefers-color-scheme:dark){:root{--paper:#14181e;--text:#e8ecf1;--muted:#a3adb8;--line:#333b45;--soft:#1b2129;--good:#66e0b0;--warning:#f4ce3a;--critical:#ff8f7a;--link:#8ab8ff}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:1040px;padding:1rem;background:var(--paper);color:var(--text);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","DejaVu Sans",sans-serif;overflow-wrap:anywhere}
h1{font-size:1.7rem;line-height:1.2;margin:.5rem 0}
h2{font-size:1.3rem;line-height:1.25;margin:2.2rem 0 .6rem;padding-bottom:.2rem;border-bottom:1px solid var(--line)}
h3{font-size:1.08rem;margin:1.5rem 0 .4rem}
h4,h5{font-size:1rem;margin:1.2rem 0 .3rem}
p{margin:.5rem 0;max-width:75ch}
.lead{color:var(--muted);margin-bottom:1rem}
a{color:var(--link)}
a:focus-visible,summary:focus-visible,.scroll:focus-visible,pre:focus-visible{outline:3px solid var(--link);outline-offset:2px}
nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:.2rem 1.1rem;padding:0;margin:.5rem 0}
main ul{padding-left:1.2rem;margin:.5rem 0}
main li{margin:.25rem 0}
.skip{position:absolute;left:-999rem}
.skip:focus{position:static}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.scroll{position:relative;overflow-x:auto;margin:.6rem 0}
table{border-collapse:collapse;font-size:.92rem;font-variant-numeric:tabular-nums}
caption{text-align:left;color:var(--muted);padding:.3rem 0}
th,td{text-align:left;vertical-align:top;padding:.35rem .9rem .35rem 0;border-bottom:1px solid var(--line);overflow-wrap:normal;min-width:4rem}
thead th{color:var(--muted);font-weight:600}
tbody th{font-weight:500}
.n{text-align:right}
.good{color:var(--good)}
.warning{color:var(--warning)}
.critical{color:var(--critical);font-weight:600}
pre{overflow-x:auto;background:var(--soft);padding:.7rem;font-size:.85rem;line-height:1.4}
figure{margin:1rem 0}
figure svg{display:block;max-width:100%;height:auto}
figure .scroll svg{max-width:none}
figcaption{color:var(--muted);font-size:.9rem}
.narrow{display:none}
details{border:1px solid var(--line);border-radius:6px;padding:.2rem .8rem;margin:.5rem 0}
summary{cursor:pointer}
summary h2,summary h3,summary h4{display:inline;border:0;font-size:1rem;margin:0}
@media(max-width:640px){body{padding:.7rem}.wide{display:none}.narrow{display:block}h1{font-size:1.35rem}}
@media print{body{max-width:none;font-size:11pt}nav,.skip{display:none}.scroll{overflow:visible}details::details-content{content-visibility:visible;height:auto}h2,h3{break-after:avoid}figure,tr{break-inside:avoid}}
`
