import type { Server } from "hawser";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { describeWith } from "../../../packages/hawser/test/support/programs.ts";
import { createDemo } from "./create-demo.ts";

const ARGUMENTS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-quic",
  "--no-first-run",
];

describeWith("chromium", "the page in a browser", () => {
  let browser: Browser;
  let server: Server;
  /** What a page complained of, other than that nobody answered while the server was away. */
  let complaints: string[];

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ARGUMENTS });
  }, 60_000);

  beforeEach(async () => {
    complaints = [];
    server = await createDemo();
  });

  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()));
    await server.close();
  });

  afterAll(() => browser.close());

  async function visit(name: string, options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error" && !/^WebSocket connection to/.test(message.text()))
        complaints.push(message.text());
    });
    await page.goto(`http://127.0.0.1:${server.port}/?room=harbour&name=${name}`);
    await connected(page);
    return page;
  }

  async function connected(page: Page): Promise<void> {
    await page.getByText("Connected: 3 of 3 sockets open").waitFor();
  }

  test("connects all three sockets, under its content security policy", async () => {
    const page = await visit("Ada");
    await expect.poll(() => page.locator("#latency-now").textContent()).toMatch(/^\d+(\.\d)?$/);
    expect(complaints).toEqual([]);
  });

  test("a chat message typed in one page shows in another, as text", async () => {
    const ada = await visit("Ada");
    const grace = await visit("Grace");
    await ada.getByRole("textbox", { name: "Message" }).focus();
    await ada.keyboard.type("<b>all fast</b>");
    await ada.keyboard.press("Enter");
    await grace.getByRole("log").getByText("<b>all fast</b>", { exact: true }).waitFor();
    expect(await grace.locator("#chat-members li").allTextContents()).toEqual(["Ada", "Grace"]);
    expect(complaints).toEqual([]);
  });

  test("the keyboard alone reaches every control", async () => {
    const page = await visit("Ada");
    const reached = new Set<string>();
    for (let presses = 0; presses < 16; presses++) {
      await page.keyboard.press("Tab");
      reached.add(
        await page.evaluate(
          "document.activeElement.id || document.activeElement.className || document.activeElement.textContent",
        ),
      );
    }
    expect([...reached]).toEqual(
      expect.arrayContaining(["skip", "ticker-pause", "echo-text", "chat-name", "chat-room", "log", "chat-text"]),
    );
  });

  test("the ticker moves, and stands still while paused", async () => {
    const page = await visit("Ada");
    const line = page.locator("[data-gauge=tension] .line");
    const before = await line.getAttribute("d");
    await expect.poll(() => line.getAttribute("d")).not.toBe(before);
    await page.getByRole("button", { name: "Pause" }).click();
    await page.locator("#ticker [data-chip][data-state=closed]").waitFor();
    await expect.poll(() => [...server.connections].length).toBe(2);
  });

  test("what is typed into the echo comes back with its time", async () => {
    const page = await visit("Ada");
    await page.getByLabel("Text to echo").fill("ahoy");
    await page.keyboard.press("Enter");
    await page.getByText(/“ahoy” came back in [\d.]+ ms/).waitFor();
  });

  test("a name that the server refuses is explained, and not tried again", async () => {
    const page = await visit("Ada");
    await page.getByLabel("Name").fill("A\u202eb");
    await page.keyboard.press("Enter");
    await page.getByText("Refused: name: 1 to 24 visible characters are needed.").waitFor();
    await page.locator("#chat [data-chip][data-state=closed]").waitFor();
  });

  test("the page reconnects by itself after a restart of the server", async () => {
    const page = await visit("Ada");
    const { port } = server;
    await server.close();
    await page.getByText("Connection lost, reconnecting").waitFor();
    server = await createDemo({ port });
    await connected(page);
    await page.getByRole("textbox", { name: "Message" }).fill("back again");
    await page.keyboard.press("Enter");
    await page.getByRole("log").getByText("back again").waitFor();
    expect(complaints).toEqual([]);
  });

  test.each(["light", "dark"] as const)("a narrow screen in %s needs no scrolling sideways", async (colorScheme) => {
    const page = await visit("Ada", { colorScheme, viewport: { width: 320, height: 640 } });
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(320);
    expect(await page.evaluate("getComputedStyle(document.body).backgroundColor")).toBe(
      colorScheme === "light" ? "rgb(238, 242, 241)" : "rgb(11, 22, 27)",
    );
  });
});
