// A page that is open changes when something is recorded, and when the clock reaches a lapse; nobody loads it again.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { accessible, launch, open } from "./browser.mjs";
import { start } from "./server.mjs";

let server;
let browser;
before(async () => { [server, browser] = await Promise.all([start("serve"), launch()]); });
after(async () => { await browser?.close(); await server?.stop(); });

const seconds = (ahead) => new Date(Math.floor(Date.now() / 1000 + ahead) * 1000).toISOString().replace(".000", "");

let count = 0;
const id = () => `00000000-0000-4000-9000-${String((count += 1)).padStart(12, "0")}`;

/** A deal: a control is suspended until so many seconds from now. */
const deal = (ledger, until) => `
- event_id: ${id()}
  subject: ledgers/${ledger}/instruments/truce
  instrument_signed: { title: A truce, parties: [CN, US], signed_at: { at: 2025-10-30T00:00:00Z, precision: PRECISION_DAY } }
- event_id: ${id()}
  subject: ledgers/${ledger}/measures/magnets
  measure_announced: { title: Export control on magnets, kind: MEASURE_KIND_EXPORT_CONTROL, by: CN, against: US, announced_at: { at: 2025-10-09T00:00:00Z, precision: PRECISION_DAY } }
- event_id: ${id()}
  subject: ledgers/${ledger}/commitments/magnets-suspension
  commitment_undertaken:
    title: Not to apply the control on magnets
    instrument: ledgers/${ledger}/instruments/truce
    obligor: CN
    obligee: US
    stated_by: [JOINT]
    zone: Asia/Shanghai
    measures: [ledgers/${ledger}/measures/magnets]
    admissible: [SOURCE_CLASS_OBLIGOR_OFFICIAL]
    terms: { measure_suspension: { effective_from: { instant: 2025-11-07T00:00:00Z }, until: { instant: ${until} }, on_end: ON_END_REVIVE } }
`;
const suspended = (ledger) => `
- event_id: ${id()}
  subject: ledgers/${ledger}/measures/magnets
  sources: [{ publisher: The gazette, class: SOURCE_CLASS_OBLIGOR_OFFICIAL }]
  measure_suspended: { effective_at: { at: 2025-11-07T00:00:00Z, precision: PRECISION_DAY } }
`;
const applied = (ledger) => `
- event_id: ${id()}
  subject: ledgers/${ledger}/measures/magnets
  sources: [{ publisher: The gazette, class: SOURCE_CLASS_OBLIGOR_OFFICIAL }]
  measure_observed: { state: MEASURE_STATE_APPLIED, from: 2026-01-05T00:00:00Z }
`;

test("a recorded event changes the open board, calmly and in words", async () => {
  await server.client("create", "recorded", "--title", "A deal to be recorded");
  await server.record(deal("recorded", "2099-01-01T00:00:00Z") + suspended("recorded"));
  const { page, go, picture, wrong, close } = await open(browser, server.base);
  await go("/ledgers/recorded");
  await page.locator("#live").waitFor({ state: "visible" });
  const row = page.locator('[data-key="magnets-suspension"]');
  const before = await row.locator(".badge").first().innerText();
  const loads = [];
  page.on("framenavigated", () => loads.push(page.url()));
  await page.evaluate(() => { globalThis.stays = true; });
  await server.record(applied("recorded"));
  await page.locator("#announce").filter({ hasText: "Updated just now" }).waitFor();
  const after = await row.locator(".badge").first().innerText();
  assert.deepEqual([before, after], ["✔ ON_TRACK", "✖ BREACHED"]);
  assert.match(await page.locator("#announce").innerText(), /Magnets suspension: ✔ ON_TRACK is now ✖ BREACHED/);
  assert.equal(await row.evaluate((it) => it.classList.contains("changed")), true, "the row that changed is marked");
  await picture("live-recorded");
  await accessible(page, "the board just changed");
  assert.equal(await page.evaluate(() => globalThis.stays), true, "the page was not loaded again");
  assert.deepEqual(loads, []);
  wrong();
  await close();
});

test("the clock reaching a lapse changes the open commitment by itself", async () => {
  await server.client("create", "lapsing", "--title", "A deal about to lapse");
  await server.record(deal("lapsing", seconds(12)) + suspended("lapsing"));
  const { page, go, picture, wrong, close } = await open(browser, server.base);
  await go("/ledgers/lapsing/commitments/magnets-suspension");
  assert.match(await page.locator(".answer").innerText(), /In force for \d+ seconds? more/);
  await page.locator("#live").waitFor({ state: "visible" });
  await picture("live-before-lapse");
  await page.locator(".verdict").filter({ hasText: "Lapsed" }).waitFor({ timeout: 40_000 });
  assert.match(await page.locator("#announce").innerText(), /Updated just now/);
  assert.match(await page.locator(".lead").first().innerText(), /Since it ended, this measure applies again/);
  await picture("live-after-lapse");
  wrong();
  await close();
});

test("a page with a fixed clock stays as it is", async () => {
  const { page, go, wrong, close } = await open(browser, server.base);
  await go("/ledgers/recorded?known_at=4");
  assert.equal(await page.locator("#live").count(), 0);
  assert.equal(await page.evaluate(() => document.body.dataset.live), undefined);
  wrong();
  await close();
});
