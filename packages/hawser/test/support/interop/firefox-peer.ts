/**
 * The peer Firefox, by WebDriver BiDi, with a profile that is thrown away.
 */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { launch as launchBrowser } from "puppeteer-core";
import { BrowserPeer, type RunningBrowser } from "./browser-peer.ts";

const EXECUTABLE = "/usr/bin/firefox-esr";

export function firefoxPeer(): BrowserPeer {
  return new BrowserPeer("Firefox", launch);
}

async function launch(): Promise<RunningBrowser> {
  // Root is refused in a home of another user's
  const home = mkdtempSync(join(tmpdir(), "hawser-firefox-"));
  const browser = await launchBrowser({
    browser: "firefox",
    executablePath: EXECUTABLE,
    acceptInsecureCerts: true,
    env: { ...process.env, HOME: home },
  });
  const newPage = async (script: string) => {
    const page = await browser.newPage();
    await page.evaluateOnNewDocument(script);
    return page;
  };
  const stop = async () => {
    await browser.close();
    rmSync(home, { recursive: true, force: true, maxRetries: 3 });
  };
  return { newPage, stop };
}
