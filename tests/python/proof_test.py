"""A verifier that is not ours: RFC 6962 and C2SP signed notes from their texts, Ed25519 from `cryptography`.

It takes nothing from the server on trust but the verifier key, which an auditor would have from elsewhere: it checks the
checkpoint, every event's inclusion, consistency between sizes, a rotation of keys, and the tree in tiles over HTTP.
Run by tests/run, which sets ENTENTE_BIN.
"""

import base64
import hashlib
import os
import subprocess
import tempfile
import unittest
import urllib.error
import urllib.request

import grpc
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from client_test import ForeignClient, event, ledger, ledger_grpc, values  # noqa: F401  (also makes the stubs)
from entente.v1 import event_pb2
from entente.v1 import proof_service_pb2 as proof
from entente.v1 import proof_service_pb2_grpc as proof_grpc

del ForeignClient  # its tests are not to run here again

LEDGER = "ledgers/deal"
EVENTS = 600


def leaf_hash(entry):
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def largest_power_below(size):
    power = 1
    while power * 2 < size:
        power *= 2
    return power


def tree_hash(leaves):
    """RFC 6962, section 2.1: by its recursive definition."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    middle = largest_power_below(len(leaves))
    return node_hash(tree_hash(leaves[:middle]), tree_hash(leaves[middle:]))


def root_by_path(leaf, index, size, path):
    """The root that an audit path leads to, by the definition in RFC 6962, section 2.1.1, read backwards."""
    if size == 1:
        if path:
            raise ValueError("the path is too long")
        return leaf
    if not path:
        raise ValueError("the path is too short")
    middle = largest_power_below(size)
    if index < middle:
        return node_hash(root_by_path(leaf, index, middle, path[:-1]), path[-1])
    return node_hash(path[-1], root_by_path(leaf, index - middle, size - middle, path[:-1]))


def roots_by_consistency(first, second, path, known, whole=True):
    """Old and new root that a consistency proof leads to: RFC 6962, section 2.1.2, read backwards."""
    if first == second:
        if whole:
            if path:
                raise ValueError("the proof is too long")
            return known, known
        (node,) = path
        return node, node
    middle = largest_power_below(second)
    if first <= middle:
        old, new = roots_by_consistency(first, middle, path[:-1], known, whole)
        return old, node_hash(new, path[-1])
    old, new = roots_by_consistency(first - middle, second - middle, path[:-1], known, False)
    return node_hash(path[-1], old), node_hash(path[-1], new)


class Key:
    """A verifier key in the form of C2SP signed-note."""

    def __init__(self, text):
        self.name, key_id, key = text.split("+", 2)
        self.id = bytes.fromhex(key_id)
        key = base64.b64decode(key, validate=True)
        if hashlib.sha256(self.name.encode() + b"\n" + key).digest()[:4] != self.id or key[0] != 1:
            raise ValueError("the key is not intact")
        self.key = Ed25519PublicKey.from_public_bytes(key[1:])

    def open(self, note):
        """The checkpoint of a note that this key signed: origin, size, root."""
        text, _, signatures = note.rpartition("\n\n")
        text += "\n"
        for line in signatures.splitlines():
            dash, name, signature = line.split(" ")
            signature = base64.b64decode(signature, validate=True)
            if dash == "\u2014" and name == self.name and signature[:4] == self.id:
                self.key.verify(signature[4:], text.encode())
                origin, size, root = text.splitlines()[:3]
                return origin, int(size), base64.b64decode(root, validate=True)
        raise ValueError("not signed by this key")


class Auditor(unittest.TestCase):
    @classmethod
    def start(cls):
        command = [os.environ["ENTENTE_BIN"], "serve", "--listen", "127.0.0.1:0", "--data-dir", cls.directory.name]
        cls.server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        cls.address = cls.server.stdout.readline().strip().removeprefix("serving ")
        cls.channel = grpc.insecure_channel(cls.address.removeprefix("http://"))
        cls.ledgers = ledger_grpc.LedgerServiceStub(cls.channel)
        cls.proofs = proof_grpc.ProofServiceStub(cls.channel)

    @classmethod
    def stop(cls):
        cls.channel.close()
        cls.server.terminate()
        cls.server.wait(timeout=20)
        cls.server.stdout.close()

    @classmethod
    def setUpClass(cls):
        cls.directory = tempfile.TemporaryDirectory()
        cls.start()
        wanted = ledger.Ledger(kind=event.LEDGER_KIND_LIVE, title="A deal")
        cls.ledgers.CreateLedger(ledger.CreateLedgerRequest(ledger_id="deal", ledger=wanted))
        signed = event.InstrumentSigned(title="A truce", parties=["US", "CN"])
        signed.signed_at.at.FromJsonString("2025-10-30T00:00:00Z")
        cls.append([event.Submission(subject=f"{LEDGER}/instruments/truce", instrument_signed=signed)])
        cls.append(cls.statements(EVENTS - 2))
        cls.key = Key(cls.list_keys()[0].verifier_key)

    @classmethod
    def tearDownClass(cls):
        cls.stop()
        cls.directory.cleanup()

    @classmethod
    def append(cls, submissions):
        return cls.ledgers.AppendEvents(ledger.AppendEventsRequest(ledger=LEDGER, submissions=submissions))

    @staticmethod
    def statements(count):
        made = []
        for number in range(count):
            statement = event.StatementMade(by="A spokesman", summary=f"It holds, said for the {number}th time.")
            statement.made_at.at.FromJsonString("2025-11-01T00:00:00Z")
            made.append(event.Submission(subject=f"{LEDGER}/instruments/truce", statement_made=statement))
        return made

    @classmethod
    def list_keys(cls):
        return cls.proofs.ListKeys(proof.ListKeysRequest(ledger=LEDGER)).keys

    def checkpoint(self, key=None):
        answer = self.proofs.GetCheckpoint(proof.GetCheckpointRequest(ledger=LEDGER)).checkpoint
        origin, size, root = (key or self.key).open(answer.note)
        self.assertEqual((answer.origin, answer.tree_size, answer.root_hash), (origin, size, root))
        self.assertEqual(origin, (key or self.key).name)
        return size, root

    def leaves(self, through):
        request = proof.ReadLeavesRequest(ledger=LEDGER, through=through)
        return [leaf.entry for part in self.proofs.ReadLeaves(request) for leaf in part.leaves]

    def page(self, path):
        return urllib.request.urlopen(f"{self.address}/tlog/deal/{path}", timeout=20).read()

    def test_1_the_root_is_that_of_the_stored_bytes(self):
        size, root = self.checkpoint()
        entries = self.leaves(size)
        self.assertEqual(len(entries), size)
        self.assertEqual(tree_hash([leaf_hash(entry) for entry in entries]), root)
        for position, entry in enumerate(entries, 1):
            self.assertEqual(event_pb2.Event.FromString(entry).position, position)

    def test_2_every_event_is_included_and_no_other(self):
        size, root = self.checkpoint()
        for position in [1, 2, 255, 256, 257, 300, 511, 512, 513, size - 1, size]:
            request = proof.GetInclusionProofRequest(name=f"{LEDGER}/events/{position}", tree_size=size)
            found = self.proofs.GetInclusionProof(request)
            path = list(found.hashes)
            self.assertEqual(root_by_path(leaf_hash(found.leaf), position - 1, size, path), root)
            self.assertNotEqual(root_by_path(leaf_hash(found.leaf + b"!"), position - 1, size, path), root)

    def test_3_every_earlier_tree_is_a_beginning(self):
        size, root = self.checkpoint()
        hashes = [leaf_hash(entry) for entry in self.leaves(size)]
        for first in [1, 2, 3, 255, 256, 257, 511, 512, 513, size - 1, size]:
            request = proof.GetConsistencyProofRequest(ledger=LEDGER, first_size=first, second_size=size)
            path = list(self.proofs.GetConsistencyProof(request).hashes)
            earlier = tree_hash(hashes[:first])
            self.assertEqual(roots_by_consistency(first, size, path, earlier), (earlier, root))

    def test_4_a_monitor_reads_tiles(self):
        origin, size, root = self.key.open(self.page("checkpoint").decode())
        self.assertEqual(origin, self.key.name)
        hashes = []
        for index in range((size + 255) // 256):
            width = min(256, size - index * 256)
            name = f"{index:03}" + (f".p/{width}" if width < 256 else "")
            tile, bundle = self.page(f"tile/0/{name}"), self.page(f"tile/entries/{name}")
            for at in range(width):
                length = int.from_bytes(bundle[:2], "big")
                hashes.append(tile[at * 32 : at * 32 + 32])
                self.assertEqual(leaf_hash(bundle[2 : 2 + length]), hashes[-1])
                bundle = bundle[2 + length :]
            self.assertEqual(bundle, b"")
        self.assertEqual(tree_hash(hashes), root)
        with self.assertRaises(urllib.error.HTTPError) as caught:
            self.page("tile/0/999")
        self.assertEqual(caught.exception.code, 404)

    def test_5_a_changed_note_is_not_signed(self):
        note = self.page("checkpoint").decode()
        size, _ = self.checkpoint()
        with self.assertRaises(InvalidSignature):
            self.key.open(note.replace(f"\n{size}\n", f"\n{size + 1}\n"))

    def test_6_a_new_key_takes_over_from_the_one_before(self):
        before = self.checkpoint()
        type(self).stop()
        command = [os.environ["ENTENTE_BIN"], "keys", "rotate", "--data-dir", self.directory.name]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        type(self).start()
        taken_over = self.list_keys()[-1]
        # The first key vouches for the handover, whose last event names the second.
        _, size, root = self.key.open(taken_over.handover.note)
        request = proof.GetInclusionProofRequest(name=f"{LEDGER}/events/{size}", tree_size=size)
        found = self.proofs.GetInclusionProof(request)
        self.assertEqual(root_by_path(leaf_hash(found.leaf), size - 1, size, list(found.hashes)), root)
        rotated = event_pb2.Event.FromString(found.leaf).submission.key_rotated
        self.assertEqual(rotated.verifier_key, taken_over.verifier_key)
        second = Key(rotated.verifier_key)
        self.append(self.statements(3))
        self.assertEqual(self.checkpoint(), self.checkpoint(second))
        size, root = self.checkpoint(second)
        request = proof.GetConsistencyProofRequest(ledger=LEDGER, first_size=before[0], second_size=size)
        path = list(self.proofs.GetConsistencyProof(request).hashes)
        self.assertEqual(roots_by_consistency(before[0], size, path, before[1]), (before[1], root))


if __name__ == "__main__":
    unittest.main(verbosity=2)
