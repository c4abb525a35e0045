// Follows a ledger for ever, in TypeScript: reconnects, resumes where it stood, notices silence. Copy it and change it.

import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";

import {
  ChangeService,
  type CursorPlace,
  CursorPlaceSchema,
  SubscribeEventsRequestSchema,
} from "./generated/entente/v1/change_service_pb.js";
import type { Event } from "./generated/entente/v1/event_pb.js";

// What trying again does not mend. Everything else may pass.
const PERMANENT = new Set([
  Code.InvalidArgument,
  Code.NotFound,
  Code.AlreadyExists,
  Code.PermissionDenied,
  Code.Unauthenticated,
  Code.FailedPrecondition,
  Code.OutOfRange,
  Code.Unimplemented,
  Code.DataLoss,
]);

export interface Followed {
  event: Event;
  // Goes on behind the event, also in a later run.
  place: CursorPlace;
}

/** Yields each event once, in order. Ends when `stop` is aborted; throws what trying again does not mend. */
export async function* follow(
  baseUrl: string,
  request: MessageInitShape<typeof SubscribeEventsRequestSchema>,
  stop: AbortSignal,
): AsyncGenerator<Followed> {
  const asked = create(SubscribeEventsRequestSchema, request);
  let wait = 50;
  while (!stop.aborted) {
    const silence = new AbortController();
    const stopped = () => silence.abort();
    stop.addEventListener("abort", stopped);
    // Silence for longer than this means a fault.
    let patience = 15_000;
    let timer = setTimeout(() => silence.abort(), patience);
    try {
      // A new connection each time: the old one may be dead without anybody having noticed.
      const client = createClient(ChangeService, createGrpcTransport({ baseUrl }));
      for await (const { message } of client.subscribeEvents(asked, { signal: silence.signal })) {
        clearTimeout(timer);
        if (message.case === "started") {
          const period = message.value.progressPeriod;
          patience = 2.5 * (Number(period?.seconds ?? 6n) * 1000 + (period?.nanos ?? 0) / 1e6);
          wait = 50;
        }
        if (message.case === "events") {
          for (const event of message.value.events) {
            yield { event, place: create(CursorPlaceSchema, { cursor: message.value.cursor, position: event.position }) };
          }
        }
        if (message.case !== undefined) {
          // From here on this is where to go on, whatever the request began with.
          const place = create(CursorPlaceSchema, { cursor: message.value.cursor });
          asked.after = { case: "cursor", value: place };
        }
        timer = setTimeout(() => silence.abort(), patience);
      }
    } catch (error) {
      if (PERMANENT.has(ConnectError.from(error).code)) throw error;
    } finally {
      clearTimeout(timer);
      stop.removeEventListener("abort", stopped);
      silence.abort();
    }
    // By chance, so that a thousand clients do not come back at once.
    await new Promise((resolve) => setTimeout(resolve, wait * (1 + Math.random())));
    wait = Math.min(2 * wait, 5_000);
  }
}
