// A follower that is not ours, over restarts of the real binary: each event once, in order.
// Run by tests/clients/typescript/run.sh; ENTENTE_BIN names the binary.

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";

import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";

import { type Followed, follow } from "./follow.js";
import { LedgerKind } from "./generated/entente/v1/event_pb.js";
import { LedgerService } from "./generated/entente/v1/ledger_service_pb.js";

const LEDGER = "ledgers/deal";
const directory = mkdtempSync(join(tmpdir(), "entente-"));
let address = "127.0.0.1:0";
let server: ChildProcess;

/** Starts the binary on the one data directory, and on the same port again after the first time. */
async function start() {
  const args = ["serve", "--listen", address, "--data-dir", directory];
  server = spawn(process.env.ENTENTE_BIN ?? "entente", args, { stdio: ["ignore", "pipe", "ignore"] });
  const [line] = await once(createInterface({ input: server.stdout! }), "line");
  address = String(line).replace("serving http://", "");
}

async function stop() {
  server.kill("SIGTERM");
  const [code] = await once(server, "exit");
  return code;
}

const ledgers = () => createClient(LedgerService, createGrpcTransport({ baseUrl: `http://${address}` }));

function statement(number: number) {
  return {
    eventId: `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`,
    subject: `${LEDGER}/instruments/truce`,
    payload: {
      case: "statementMade" as const,
      value: {
        by: "a spokesman",
        madeAt: { at: timestampFromDate(new Date("2026-01-01T00:00:00Z")) },
        summary: `statement ${number}`,
      },
    },
  };
}

const append = (first: number, count: number) =>
  ledgers().appendEvents({ ledger: LEDGER, submissions: Array.from({ length: count }, (_, n) => statement(first + n)) });

async function take(events: AsyncGenerator<Followed>, heard: bigint[], until: number) {
  while (heard.length < until) {
    const next = await events.next();
    assert.ok(!next.done, "a follower does not end by itself");
    heard.push(next.value.event.position);
  }
}

before(async () => {
  await start();
  await ledgers().createLedger({ ledgerId: "deal", ledger: { kind: LedgerKind.LIVE, title: "A deal" } });
  const signedAt = { at: timestampFromDate(new Date("2025-10-30T00:00:00Z")) };
  const signed = { case: "instrumentSigned" as const, value: { title: "A truce", parties: ["US", "CN"], signedAt } };
  await ledgers().appendEvents({
    ledger: LEDGER,
    submissions: [{ subject: `${LEDGER}/instruments/truce`, payload: signed }],
  });
});

after(async () => {
  await stop();
  rmSync(directory, { recursive: true });
});

test("restarts lose nothing and repeat nothing", { timeout: 60_000 }, async () => {
  const done = new AbortController();
  const events = follow(`http://${address}`, { ledger: LEDGER }, done.signal);
  const heard: bigint[] = [];
  for (let round = 0; round < 3; round++) {
    await append(20 * round, 10);
    await take(events, heard, 2 + 20 * round + 10);
    assert.equal(await stop(), 0, "an open stream does not hold the server");
    await start();
    await append(20 * round + 10, 10);
  }
  await take(events, heard, 62);
  assert.deepEqual(heard, Array.from({ length: 62 }, (_, n) => BigInt(n + 1)));
  done.abort();
  await events.return(undefined);
});

test("a later run goes on behind the event it has handled", { timeout: 30_000 }, async () => {
  const done = new AbortController();
  let place: Followed["place"] | undefined;
  for await (const followed of follow(`http://${address}`, { ledger: LEDGER }, done.signal)) {
    if (followed.event.position === 4n) {
      place = followed.place;
      break;
    }
  }
  assert.ok(place);
  const later = follow(`http://${address}`, { ledger: LEDGER, after: { case: "cursor", value: place } }, done.signal);
  const heard: bigint[] = [];
  await take(later, heard, 3);
  assert.deepEqual(heard, [5n, 6n, 7n]);
  done.abort();
  await later.return(undefined);
});

test("what trying again does not mend is thrown", { timeout: 30_000 }, async () => {
  const events = follow(`http://${address}`, { ledger: "ledgers/none" }, new AbortController().signal);
  await assert.rejects(events.next(), (error) => ConnectError.from(error).code === Code.NotFound);
});
