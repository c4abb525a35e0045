// Debian's Chromium, and what every page of the console must hold in it.
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import axe from "axe-core";
import { chromium } from "playwright-core";

export const WIDE = 1280;
export const PHONE = 360;
const pictures = fileURLToPath(new URL("../../target/console-screenshots/", import.meta.url));

/** Starts the browser. As root, as in a container, Chromium has no sandbox of its own. */
export async function launch() {
  await mkdir(pictures, { recursive: true });
  const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args });
}

/** A page of its own, which takes note of every error and of every request that leaves the server. */
export async function open(browser, base, { width = WIDE, theme = "light", script = true } = {}) {
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: theme, javaScriptEnabled: script });
  const page = await context.newPage();
  const wrong = [];
  page.on("console", (message) => { if (["error", "warning"].includes(message.type())) wrong.push(message.text()); });
  page.on("pageerror", (error) => wrong.push(error.message));
  page.on("request", (request) => { if (new URL(request.url()).origin !== base && !request.url().startsWith("data:")) wrong.push(`a request to ${request.url()}`); });
  return {
    page,
    go: (path) => page.goto(base + path),
    picture: (name) => page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true }),
    context,
    /** Nothing was wrong but what is `expected`. */
    wrong: (expected) => assert.deepEqual(wrong.filter((it) => !expected?.test(it)), [], "no error in the console and no request to another host"),
    close: () => context.close(),
  };
}

/** axe-core finds nothing on the page, and nothing hangs over its right edge. */
export async function accessible(page, where) {
  // Evaluated by the test, not loaded by the page: its policy would forbid that.
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  const found = violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.slice(0, 3).map((node) => node.target.join(" ")).join(", ")}`);
  assert.deepEqual(found, [], `axe-core on ${where}`);
  const [needed, given] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  assert.ok(needed <= given, `${where} is ${needed} pixels wide in a window of ${given}`);
}
