"""A follower that is not ours, over restarts of the real binary: each event once, in order.

Run by tests/run, which sets ENTENTE_BIN.
"""

import asyncio
import os
import subprocess
import tempfile
import unittest

import grpc
import stubs  # noqa: F401
from entente.v1 import change_service_pb2 as change
from entente.v1 import event_pb2 as event
from entente.v1 import ledger_service_pb2 as ledger
from entente.v1 import ledger_service_pb2_grpc as ledger_grpc
from entente.v1 import values_pb2 as values
from follow import follow
from google.protobuf.timestamp_pb2 import Timestamp

LEDGER = "ledgers/deal"


class Server:
    """The binary on one data directory and one port, over restarts."""

    def __init__(self):
        self.directory = tempfile.TemporaryDirectory()
        self.address = "127.0.0.1:0"
        self.start()

    def start(self):
        command = [os.environ["ENTENTE_BIN"], "serve", "--listen", self.address, "--data-dir", self.directory.name]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.address = self.process.stdout.readline().strip().removeprefix("serving http://")

    def stop(self):
        self.process.terminate()
        code = self.process.wait(timeout=20)
        self.process.stdout.close()
        return code


def statement(number):
    made_at = Timestamp()
    made_at.FromJsonString("2026-01-01T00:00:00Z")
    return event.Submission(
        event_id=f"00000000-0000-4000-8000-{number:012}",
        subject=f"{LEDGER}/instruments/truce",
        statement_made=event.StatementMade(
            by="a spokesman", made_at=values.Dated(at=made_at), summary=f"statement {number}"
        ),
    )


def append(server, submissions):
    with grpc.insecure_channel(server.address) as channel:
        service = ledger_grpc.LedgerServiceStub(channel)
        service.AppendEvents(ledger.AppendEventsRequest(ledger=LEDGER, submissions=submissions), wait_for_ready=True)


class Following(unittest.TestCase):
    def setUp(self):
        self.server = Server()
        signed_at = Timestamp()
        signed_at.FromJsonString("2025-10-30T00:00:00Z")
        signed = event.Submission(
            subject=f"{LEDGER}/instruments/truce",
            instrument_signed=event.InstrumentSigned(
                title="A truce", parties=["US", "CN"], signed_at=values.Dated(at=signed_at)
            ),
        )
        with grpc.insecure_channel(self.server.address) as channel:
            wanted = ledger.Ledger(kind=event.LEDGER_KIND_LIVE, title="A deal")
            request = ledger.CreateLedgerRequest(ledger_id="deal", ledger=wanted)
            ledger_grpc.LedgerServiceStub(channel).CreateLedger(request)
        append(self.server, [signed])

    def tearDown(self):
        self.server.stop()
        self.server.directory.cleanup()

    def test_restarts_lose_nothing_and_repeat_nothing(self):
        async def run():
            heard, last = [], 2 + 3 * 20
            request = change.SubscribeEventsRequest(ledger=LEDGER)
            events = follow(self.server.address, request)
            for round_ in range(3):
                append(self.server, [statement(20 * round_ + number) for number in range(10)])
                while len(heard) < 2 + 20 * round_ + 10:
                    heard.append((await asyncio.wait_for(anext_(events), 30))[0].position)
                self.assertEqual(await asyncio.to_thread(self.server.stop), 0, "an open stream does not hold the server")
                self.server.start()
                append(self.server, [statement(20 * round_ + 10 + number) for number in range(10)])
            while len(heard) < last:
                heard.append((await asyncio.wait_for(anext_(events), 30))[0].position)
            self.assertEqual(heard, list(range(1, last + 1)))

        asyncio.run(run())

    def test_a_later_run_goes_on_behind_the_event_it_has_handled(self):
        async def run():
            append(self.server, [statement(number) for number in range(5)])
            place = None
            async for followed, behind in follow(self.server.address, change.SubscribeEventsRequest(ledger=LEDGER)):
                if followed.position == 4:
                    place = behind
                    break
            later = follow(self.server.address, change.SubscribeEventsRequest(ledger=LEDGER, cursor=place))
            positions = [(await asyncio.wait_for(anext_(later), 30))[0].position for _ in range(3)]
            self.assertEqual(positions, [5, 6, 7])

        asyncio.run(run())

    def test_what_trying_again_does_not_mend_is_raised(self):
        async def run():
            with self.assertRaises(grpc.aio.AioRpcError) as caught:
                await anext_(follow(self.server.address, change.SubscribeEventsRequest(ledger="ledgers/none")))
            self.assertEqual(caught.exception.code(), grpc.StatusCode.NOT_FOUND)

        asyncio.run(run())


async def anext_(events):
    return await events.__anext__()


if __name__ == "__main__":
    unittest.main(verbosity=2)
