// Signing in by a token in a browser: what the browser keeps, what a reader sees, live pages, signing out.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { PHONE, WIDE, accessible, launch, open } from "./browser.mjs";
import { start } from "./server.mjs";

let server;
let browser;
let reader;
before(async () => {
  [server, browser] = await Promise.all([start("serve", { credentials: true }), launch()]);
  await server.client("create", "deal", "--title", "A deal between two");
  await server.client("create", "secret-talks", "--title", "What others talk about");
  await server.record(signed("deal", 1, "A deal on probes"));
  await server.record(signed("secret-talks", 2, "A draft that is not out"));
  reader = (await server.client("token", "create", "anna", "--grant", "reader@deal")).stdout.trim();
});
after(async () => { await browser?.close(); await server?.stop(); });

const signed = (ledger, number, title) => `
- event_id: 00000000-0000-4000-9100-${String(number).padStart(12, "0")}
  subject: ledgers/${ledger}/instruments/paper-${number}
  instrument_signed: { title: ${title}, parties: [CN, US], signed_at: { at: 2025-10-30T00:00:00Z, precision: PRECISION_DAY } }
`;

/** A refusal is told in the console of every browser, and is what is tested here. */
const REFUSED = /status of (401|403)/;

async function signIn(page, token) {
  await page.getByLabel("Token").fill(token);
  await page.getByRole("button", { name: "Sign in" }).click();
}

for (const theme of ["light", "dark"]) {
  for (const width of [WIDE, PHONE]) {
    test(`the pages around signing in are accessible: ${theme}, ${width} pixels`, async () => {
      const { page, go, picture, wrong, close } = await open(browser, server.base, { theme, width });
      const shown = async (name) => { await picture(`${name}-${theme}-${width}`); await accessible(page, `${name}, ${theme}, ${width}`); };
      assert.equal((await go("/ledgers/deal/events")).status(), 401);
      await shown("sign-in");
      await signIn(page, "entente_nobody-has-this-one");
      await shown("sign-in-refused");
      assert.match(await page.getByRole("alert").innerText(), /Not signed in: this server has made no such token/);
      assert.ok(!(await page.content()).includes("nobody-has-this-one"), "the token is not on the page");
      await signIn(page, reader);
      await page.waitForURL("**/ledgers/deal/events");
      await shown("signed-in");
      await go("/sign-in");
      await shown("sign-in-again");
      assert.equal((await go("/ledgers/secret-talks")).status(), 403);
      await shown("not-granted");
      wrong(REFUSED);
      await close();
    });
  }
}

test("a token begins a session in a cookie that no script reads and no other site sends, and signing out ends it", async () => {
  const { page, go, context, wrong, close } = await open(browser, server.base);
  await go("/ledgers/deal/calendar?as_of=2026-03-01");
  await signIn(page, reader);
  await page.waitForURL("**/ledgers/deal/calendar?as_of=2026-03-01");
  const [{ name, value, httpOnly, sameSite, secure, expires }, ...more] = await context.cookies();
  assert.deepEqual({ name, httpOnly, sameSite }, { name: "entente-session", httpOnly: true, sameSite: "Strict" });
  assert.ok(value.length === 43 && !reader.includes(value), "the id of a session, and not the token");
  const hours = (expires - Date.now() / 1000) / 3600;
  assert.ok(hours > 11.9 && hours <= 12.01, `it lasts ${hours} hours`);
  assert.deepEqual([secure, more], [false, []], "one cookie, over the loopback without TLS");
  assert.equal(await page.evaluate(() => document.cookie), "", "no script reads it");
  assert.match(await page.locator("footer").innerText(), /Signed in as token:anna/);
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.waitForURL("**/sign-in");
  assert.deepEqual(await context.cookies(), []);
  assert.equal((await go("/ledgers/deal/calendar")).status(), 401, "the page is closed again");
  const copied = await fetch(`${server.base}/ledgers/deal`, { headers: { cookie: `${name}=${value}` } });
  assert.equal(copied.status, 401, "also to whoever has copied the cookie");
  wrong(REFUSED);
  await close();
});

test("a reader of one ledger sees that one only", async () => {
  const { page, go, wrong, close } = await open(browser, server.base);
  await go("/");
  await signIn(page, reader);
  await page.getByRole("button", { name: "Sign out" }).waitFor();
  const seen = await page.content();
  assert.ok(seen.includes("A deal between two") && !seen.includes("secret-talks") && !seen.includes("What others talk about"));
  for (const path of ["/ledgers/secret-talks", "/ledgers/secret-talks/events/1", "/tlog/secret-talks/checkpoint"]) {
    assert.equal((await go(path)).status(), 403, path);
    assert.ok(!(await page.content()).includes("A draft that is not out"), path);
  }
  wrong(REFUSED);
  await close();
});

test("a page of somebody who is signed in is kept current", async () => {
  const { page, go, wrong, close } = await open(browser, server.base);
  await go("/ledgers/deal/events");
  await signIn(page, reader);
  await page.locator("#live").waitFor({ state: "visible" });
  await page.evaluate(() => { globalThis.stays = true; });
  await server.record(signed("deal", 3, "A second deal"));
  await page.locator("#announce").filter({ hasText: "Updated just now" }).waitFor();
  assert.match(await page.locator("main").innerText(), /A second deal/);
  assert.equal(await page.evaluate(() => globalThis.stays), true, "the page was not loaded again");
  wrong(REFUSED);
  await close();
});
