"""Generates the stubs of entente from proto/ and puts them on the path: import this before `entente.v1`."""

import os
import pathlib
import sys
import tempfile

from grpc_tools import protoc

ROOT = pathlib.Path(__file__).resolve().parents[3]
STUBS = tempfile.TemporaryDirectory()


def generate():
    protos = sorted(str(path.relative_to(ROOT / "proto")) for path in (ROOT / "proto").rglob("*.proto"))
    arguments = ["protoc", f"-I{ROOT / 'proto'}", f"-I{os.path.dirname(protoc.__file__)}/_proto"]
    arguments += [f"--python_out={STUBS.name}", f"--grpc_python_out={STUBS.name}", *protos]
    if protoc.main(arguments) != 0:
        sys.exit("the stubs cannot be generated from proto/")
    sys.path.insert(0, STUBS.name)


generate()
