/** How the HTML report looks: light and dark by the reader's own setting, in one column on a phone. */

import { Markup } from "./markup.ts";

export const STYLE: Markup = new Markup(`
:root { color-scheme: light dark; --page: #fff; --text: #1b2330; --quiet: #5b6675; --line: #d9dfe7; --card: #f5f7fa;
  --cool: #eef4fb; --hot: #f0a35e; --less: #5fc08b; --more: #f0a35e; --mark: #1b2330; --bar: #4a86d8; --accent: #2260b8; }
@media (prefers-color-scheme: dark) {
  :root { --page: #12161c; --text: #e6eaf0; --quiet: #9aa5b4; --line: #2c343f; --card: #1a2029;
    --cool: #1b2532; --hot: #a8561a; --less: #1d7a4b; --more: #a8561a; --mark: #fff; --bar: #3f78c9; --accent: #7fb0f5; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 64rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .25rem; overflow-wrap: anywhere; }
h2 { font-size: 1.2rem; margin: 2.5rem 0 .5rem; }
h3 { font-size: 1rem; margin: 1.25rem 0 .5rem; }
p { margin: .4rem 0; max-width: 46rem; }
.quiet, figcaption { color: var(--quiet); font-size: .9rem; }
.note::before { content: "Note: "; font-weight: 600; }
.card { background: var(--card); border: 1px solid var(--line); border-left: 4px solid var(--accent); border-radius: 8px;
  padding: 1rem 1.25rem; margin: 1.5rem 0; }
.card h2 { margin: 0 0 .25rem; }
pre { margin: .75rem 0 0; padding: .75rem 1rem; background: var(--page); border: 1px solid var(--line); border-radius: 6px;
  overflow-x: auto; font: .9rem/1.45 ui-monospace, monospace; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .9rem; }
table.rows { width: 100%; }
th, td { padding: .3rem .6rem; text-align: right; white-space: nowrap; }
th { font-weight: 600; }
thead th { color: var(--quiet); font-weight: 500; border-bottom: 1px solid var(--line); vertical-align: bottom; }
.rows thead th { white-space: normal; }
tbody th { text-align: left; position: sticky; left: 0; background: var(--page); }
.rows tbody tr + tr > * { border-top: 1px solid var(--line); }
.rows tr.chosen > * { background: var(--card); font-weight: 600; }
.charts, .maps { display: grid; gap: 1rem 2rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 27rem), 1fr)); }
.charts { grid-template-columns: repeat(auto-fit, minmax(min(100%, 18rem), 1fr)); }
figure { margin: 0; min-width: 0; }
figcaption { margin-bottom: .4rem; color: var(--text); font-weight: 600; }
.bars { display: grid; grid-template-columns: max-content 1fr max-content; gap: .2rem .6rem; align-items: center;
  font-size: .85rem; font-variant-numeric: tabular-nums; }
.bars i { display: block; height: .8rem; border-radius: 2px; background: var(--bar); opacity: .55;
  width: calc(var(--share) * 100%); min-width: 1px; }
.bars .chosen { font-weight: 600; }
.bars i.chosen { opacity: 1; }
.bars .value { text-align: right; }
.map { border-spacing: 2px; border-collapse: separate; width: 100%; font-size: .8rem; }
.map th { font-weight: 500; color: var(--quiet); padding: .25rem .35rem; }
.map thead th { border: 0; text-align: center; }
.map td { padding: .4rem .25rem; text-align: center; border-radius: 3px; }
.map td.level { background: color-mix(in oklab, var(--hot) calc(var(--heat) * 100%), var(--cool)); }
.map td.less { background: color-mix(in oklab, var(--less) calc(var(--heat) * 100%), var(--cool)); }
.map td.more { background: color-mix(in oklab, var(--more) calc(var(--heat) * 100%), var(--cool)); }
.map td.chosen { outline: 2px solid var(--mark); font-weight: 700; }
.map td.base { text-decoration: underline; text-underline-offset: 3px; }
@media (max-width: 30rem) { .rows { font-size: .8rem; } .rows tbody th { white-space: normal; } .rows th, .rows td { padding: .25rem .4rem; }
  .map { font-size: .72rem; border-spacing: 1px; } .map td, .map th { padding: .3rem .1rem; } }
`);
