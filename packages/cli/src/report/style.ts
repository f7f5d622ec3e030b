/** How HTML reports look: light and dark by the reader's own setting, in one column on a phone. */

import { Markup } from "./markup.ts";

export const BASE_STYLE: Markup = new Markup(`
:root { color-scheme: light dark; --page: #fff; --text: #1b2330; --quiet: #5b6675; --line: #d9dfe7; --card: #f5f7fa; --accent: #2260b8;
  --line-1: #2260b8; --line-2: #c2571a; --line-3: #2c8a57; --line-4: #9a3fb5; }
@media (prefers-color-scheme: dark) {
  :root { --page: #12161c; --text: #e6eaf0; --quiet: #9aa5b4; --line: #2c343f; --card: #1a2029; --accent: #7fb0f5;
    --line-1: #7fb0f5; --line-2: #f0a35e; --line-3: #5fc08b; --line-4: #d38be6; }
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
.charts { display: grid; gap: 1rem 2rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 27rem), 1fr)); }
figure { margin: 0; min-width: 0; }
figcaption { margin-bottom: .4rem; color: var(--text); font-weight: 600; }
@media (max-width: 30rem) { .rows { font-size: .8rem; } .rows tbody th { white-space: normal; } .rows th, .rows td { padding: .25rem .4rem; } }
`);
