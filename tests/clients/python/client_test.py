"""A client that is not ours: grpcio, with stubs generated from proto/, against the real binary.

Run by tests/run, which sets ENTENTE_BIN.
"""

import os
import subprocess
import tempfile
import unittest

import grpc
from google.protobuf.timestamp_pb2 import Timestamp
from google.rpc import error_details_pb2
from grpc_status import rpc_status

import stubs  # noqa: F401
from entente.v1 import clocks_pb2
from entente.v1 import compliance_service_pb2 as compliance
from entente.v1 import compliance_service_pb2_grpc as compliance_grpc
from entente.v1 import event_pb2 as event
from entente.v1 import ledger_service_pb2 as ledger
from entente.v1 import ledger_service_pb2_grpc as ledger_grpc
from entente.v1 import terms_pb2 as terms
from entente.v1 import values_pb2 as values


def instant(text):
    stamp = Timestamp()
    stamp.FromJsonString(text)
    return stamp


class ForeignClient(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = tempfile.TemporaryDirectory()
        command = [os.environ["ENTENTE_BIN"], "serve", "--listen", "127.0.0.1:0", "--data-dir", cls.directory.name]
        cls.server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        # The first line says where: "serving http://127.0.0.1:PORT".
        cls.address = cls.server.stdout.readline().strip().removeprefix("serving http://")
        cls.channel = grpc.insecure_channel(cls.address)
        cls.ledgers = ledger_grpc.LedgerServiceStub(cls.channel)
        cls.compliance = compliance_grpc.ComplianceServiceStub(cls.channel)
        wanted = ledger.Ledger(kind=event.LEDGER_KIND_LIVE, title="A deal")
        cls.ledgers.CreateLedger(ledger.CreateLedgerRequest(ledger_id="deal", ledger=wanted))
        cls.ledgers.AppendEvents(ledger.AppendEventsRequest(ledger="ledgers/deal", submissions=cls.deal()))

    @classmethod
    def tearDownClass(cls):
        cls.channel.close()
        cls.server.terminate()
        cls.server.wait(timeout=20)
        cls.server.stdout.close()
        cls.directory.cleanup()

    @staticmethod
    def deal():
        signed = event.Submission(
            event_id="10000000-0000-4000-8000-000000000001",
            subject="ledgers/deal/instruments/truce",
            instrument_signed=event.InstrumentSigned(
                title="A truce", parties=["US", "CN"], signed_at=values.Dated(at=instant("2025-10-30T00:00:00Z"))
            ),
        )
        act = terms.ActTerms(
            effective_from=values.Moment(instant=instant("2025-11-02T00:00:00Z")),
            through="2025-12-31",
            count=1,
            reporting_lag_days=14,
            on_missing=terms.ON_MISSING_NOT_MET,
        )
        undertaken = event.Submission(
            event_id="10000000-0000-4000-8000-000000000002",
            subject="ledgers/deal/commitments/probes",
            commitment_undertaken=event.CommitmentUndertaken(
                title="End the probes",
                instrument="ledgers/deal/instruments/truce",
                obligor="CN",
                obligee="US",
                stated_by=["US"],
                zone="Asia/Shanghai",
                admissible=[values.SOURCE_CLASS_OBLIGOR_OFFICIAL],
                terms=terms.Terms(one_off_act=act),
            ),
        )
        return [signed, undertaken]

    def assess(self, as_of, position=None):
        clocks = clocks_pb2.Clocks(as_of=instant(as_of), known_position=position)
        request = compliance.AssessCommitmentRequest(name="ledgers/deal/commitments/probes", clocks=clocks)
        return self.compliance.AssessCommitment(request)

    def test_an_event_changes_the_answer_and_the_old_answer_stays(self):
        before = self.assess("2026-01-20T00:00:00Z")
        self.assertEqual(before.assessment.status, values.STATUS_NOT_MET)
        performed = event.Submission(
            subject="ledgers/deal/commitments/probes",
            sources=[values.Source(publisher="The ministry", **{"class": values.SOURCE_CLASS_OBLIGOR_OFFICIAL})],
            act_performed=event.ActPerformed(
                performed_at=values.Dated(at=instant("2025-12-20T00:00:00Z")), stage=event.STAGE_EFFECTIVE, count=1
            ),
        )
        self.ledgers.AppendEvents(ledger.AppendEventsRequest(ledger="ledgers/deal", submissions=[performed]))
        self.assertEqual(self.assess("2026-01-20T00:00:00Z").assessment.status, values.STATUS_MET)
        again = self.assess("2026-01-20T00:00:00Z", before.clocks.known_position)
        self.assertEqual(again, before)

    def test_sending_again_is_harmless(self):
        request = ledger.AppendEventsRequest(ledger="ledgers/deal", submissions=self.deal())
        self.assertTrue(self.ledgers.AppendEvents(request).replayed)

    def test_a_refusal_names_the_field_and_the_reason(self):
        wrong = self.deal()[1]
        wrong.event_id = "10000000-0000-4000-8000-000000000003"
        wrong.subject = "ledgers/deal/commitments/other"
        wrong.commitment_undertaken.zone = "Asia/Atlantis"
        with self.assertRaises(grpc.RpcError) as caught:
            self.ledgers.AppendEvents(ledger.AppendEventsRequest(ledger="ledgers/deal", submissions=[wrong]))
        self.assertEqual(caught.exception.code(), grpc.StatusCode.INVALID_ARGUMENT)
        fields, reason = [], None
        for detail in rpc_status.from_call(caught.exception).details:
            bad_request, info = error_details_pb2.BadRequest(), error_details_pb2.ErrorInfo()
            if detail.Unpack(bad_request):
                fields = [violation.field for violation in bad_request.field_violations]
            if detail.Unpack(info):
                reason = info.reason
        self.assertEqual(fields, ["submissions[0].commitment_undertaken.zone"])
        self.assertEqual(reason, "INVALID_FIELD")

    def test_invalid_utf_8_is_refused_and_the_server_goes_on(self):
        # A GetLedgerRequest whose name is the byte 0xff, which no protobuf library would write.
        raw = self.channel.unary_unary(
            "/entente.v1.LedgerService/GetLedger", request_serializer=bytes, response_deserializer=bytes
        )
        with self.assertRaises(grpc.RpcError) as caught:
            raw(b"\x0a\x01\xff")
        self.assertIn(caught.exception.code(), (grpc.StatusCode.INTERNAL, grpc.StatusCode.INVALID_ARGUMENT))
        self.ledgers.GetHead(ledger.GetHeadRequest(ledger="ledgers/deal"))

    def test_events_are_read_in_order_with_an_end(self):
        parts = list(self.ledgers.ReadEvents(ledger.ReadEventsRequest(ledger="ledgers/deal")))
        positions = [event.position for part in parts if part.HasField("batch") for event in part.batch.events]
        self.assertEqual(positions, list(range(1, len(positions) + 1)))
        self.assertTrue(parts[-1].end.at_end)


if __name__ == "__main__":
    unittest.main(verbosity=2)
