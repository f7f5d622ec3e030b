/** The frame of an HTML report: one file, no script, nothing that is fetched, readable on a phone. */

import { html, Markup } from "./markup.ts";
import { BASE_STYLE } from "./style.ts";

export interface Page {
  readonly title: string;
  readonly body: Markup;
  /** Rules of this report's own, after those of all. */
  readonly style?: Markup;
}

export function htmlPage({ title, body, style = new Markup("") }: Page): string {
  return `${html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}</title>
<style>${BASE_STYLE}${style}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${body}
</main>
</body>
</html>
`}`;
}
