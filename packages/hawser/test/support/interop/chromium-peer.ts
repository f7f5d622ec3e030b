/**
 * The peer Chromium.
 */

import { chromium } from "playwright-core";
import { BrowserPeer, type RunningBrowser } from "./browser-peer.ts";

const EXECUTABLE = "/usr/bin/chromium";

const ARGUMENTS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-quic",
  "--no-first-run",
  // Playwright's own option lets it fail first, and connect once more
  "--ignore-certificate-errors",
];

export function chromiumPeer(): BrowserPeer {
  return new BrowserPeer("Chromium", launch, ["tell parameters of extensions"]);
}

async function launch(): Promise<RunningBrowser> {
  const browser = await chromium.launch({ executablePath: EXECUTABLE, args: ARGUMENTS });
  const context = await browser.newContext();
  const newPage = async (script: string) => {
    const page = await context.newPage();
    await page.addInitScript(script);
    return page;
  };
  return { newPage, stop: () => browser.close() };
}
