/** What the report of this command has beyond other reports: bars and heat maps. */

import { Markup } from "../../report/markup.ts";

export const STYLE: Markup = new Markup(`
:root { --cool: #eef4fb; --hot: #f0a35e; --less: #5fc08b; --more: #f0a35e; --mark: #1b2330; --bar: #4a86d8; }
@media (prefers-color-scheme: dark) {
  :root { --cool: #1b2532; --hot: #a8561a; --less: #1d7a4b; --more: #a8561a; --mark: #fff; --bar: #3f78c9; }
}
.maps { display: grid; gap: 1rem 2rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 27rem), 1fr)); }
.charts { grid-template-columns: repeat(auto-fit, minmax(min(100%, 18rem), 1fr)); }
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
@media (max-width: 30rem) {
  .map { font-size: .72rem; border-spacing: 1px; } .map td, .map th { padding: .3rem .1rem; } }
`);
