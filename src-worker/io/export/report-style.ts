/** The page's style: one column, light and dark by the reader's setting, and on paper always light. */
export const REPORT_STYLE = `
:root { color-scheme: light dark; --paper: #ffffff; --panel: #f5f7f9; --ink: #171b21; --soft: #56606d; --line: #dfe4ea; --one: #1f5fbf; --two: #b85400; --three: #2b7a3d; --four: #8a3ea8; --five: #b3261e; --warn: #fff4dc; --warn-line: #d99a1c; }
@media (prefers-color-scheme: dark) { :root { --paper: #12161b; --panel: #1a2027; --ink: #e9edf2; --soft: #a3aebb; --line: #2d3641; --one: #7db0ff; --two: #ffab66; --three: #7dd493; --four: #d79bf0; --five: #ff8f87; --warn: #33280f; --warn-line: #b98522; } }
@media print { :root { color-scheme: light; --paper: #ffffff; --panel: #f5f7f9; --ink: #000000; --soft: #444b55; --line: #ccd2d9; --one: #1f5fbf; --two: #b85400; --three: #2b7a3d; --four: #8a3ea8; --five: #b3261e; --warn: #fff4dc; --warn-line: #d99a1c; } body { font-size: 10pt; } main { max-width: none; padding: 0; } figure, table, .metrics, .pair { break-inside: avoid; } h2 { break-after: avoid; } details { display: block; } * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
main { max-width: 1080px; margin: 0 auto; padding: 40px 28px 72px; }
header { border-bottom: 1px solid var(--line); padding-bottom: 20px; }
.program { margin: 0; color: var(--soft); font-size: 13px; letter-spacing: .08em; text-transform: uppercase; }
h1 { margin: 6px 0 8px; font-size: 30px; line-height: 1.2; font-weight: 650; letter-spacing: -.01em; }
h2 { margin: 48px 0 12px; font-size: 20px; line-height: 1.3; font-weight: 650; }
h3 { margin: 24px 0 8px; font-size: 15px; font-weight: 650; }
p { margin: 0 0 12px; max-width: 74ch; }
.lead { font-size: 17px; margin: 0; }
.metrics { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 1px; margin: 24px 0 0; padding: 0; background: var(--line); border: 1px solid var(--line); border-radius: 8px; overflow: hidden; }
.metrics div { background: var(--paper); padding: 14px 16px; display: grid; grid-template-rows: auto auto 1fr; }
.metrics dt { color: var(--soft); font-size: 13px; white-space: nowrap; }
.metrics dd { margin: 2px 0 0; font-size: 25px; font-weight: 650; font-variant-numeric: tabular-nums; line-height: 1.25; white-space: nowrap; }
.metrics dd small { font-size: 15px; font-weight: 500; color: var(--soft); }
.metrics dd.note { font-size: 13px; font-weight: 400; color: var(--soft); white-space: normal; }
.warnings { margin: 24px 0 0; padding: 12px 16px 12px 34px; background: var(--warn); border-left: 4px solid var(--warn-line); border-radius: 4px; }
figure { margin: 16px 0 0; }
figcaption { margin-top: 8px; color: var(--soft); font-size: 14px; max-width: 84ch; }
.maps { display: grid; grid-template-columns: minmax(84px, 104px) repeat(6, 1fr); gap: 5px; align-items: center; }
.maps .head { color: var(--soft); font-size: 13px; text-align: center; }
.maps .group { font-weight: 600; font-size: 13px; text-align: center; grid-column: span 3; border-bottom: 1px solid var(--line); padding-bottom: 3px; }
.maps .name { font-size: 13px; line-height: 1.3; padding-right: 6px; }
.maps img { display: block; width: 100%; height: auto; border-radius: 3px; }
.pictures { display: flex; flex-wrap: wrap; gap: 12px; align-items: flex-start; }
.pictures figure { width: 240px; }
.pictures img { display: block; max-width: 100%; height: auto; border-radius: 3px; }
.chart svg { display: block; width: 100%; height: auto; max-width: 860px; }
.spheres { display: flex; flex-wrap: wrap; gap: 12px 44px; }
.spheres figure { margin: 0; }
.spheres .discs { display: flex; gap: 14px; }
.spheres .discs div { text-align: center; font-size: 13px; color: var(--soft); }
.spheres img { width: min(190px, 40vw); height: auto; display: block; }
.scale { display: flex; align-items: center; gap: 10px; margin-top: 14px; font-size: 13px; color: var(--soft); }
.scale span.bar { width: 220px; height: 12px; border-radius: 3px; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; margin: 12px 0 0; font-size: 14.5px; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--soft); font-size: 14px; padding-bottom: 6px; }
th, td { padding: 6px 18px 6px 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
th { font-weight: 600; white-space: nowrap; }
thead th { color: var(--soft); font-size: 13px; }
td.number, th.number { text-align: right; }
tr.marked td { font-weight: 650; }
td.bar { min-width: 190px; }
.gauge { position: relative; height: 10px; margin-top: 6px; background: var(--panel); border-radius: 5px; }
.gauge i { position: absolute; left: 0; top: 0; bottom: 0; background: var(--one); border-radius: 5px; }
.gauge b { position: absolute; top: -4px; bottom: -4px; width: 2px; background: var(--ink); }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(340px, 1fr)); gap: 0 48px; }
.pair table { width: 100%; }
.pair table + table { margin-top: 28px; }
code, .path { font-family: ui-monospace, "SF Mono", Menlo, Consolas, monospace; font-size: 13.5px; overflow-wrap: anywhere; }
footer { margin-top: 56px; padding-top: 14px; border-top: 1px solid var(--line); color: var(--soft); font-size: 13px; }
@media (max-width: 720px) { main { padding: 24px 16px 48px; } .maps { grid-template-columns: repeat(3, 1fr); } .maps .corner, .maps .group, .maps .head { display: none; } .maps .name { grid-column: 1 / -1; font-weight: 600; padding-top: 8px; } }
`
