"""Follows a ledger for ever, in Python: reconnects, resumes where it stood, notices silence. Copy it and change it."""

import asyncio
import random

import grpc
import stubs  # noqa: F401
from entente.v1 import change_service_pb2 as change
from entente.v1 import change_service_pb2_grpc as change_grpc

# What trying again does not mend. Everything else may pass.
PERMANENT = {
    grpc.StatusCode.INVALID_ARGUMENT,
    grpc.StatusCode.NOT_FOUND,
    grpc.StatusCode.ALREADY_EXISTS,
    grpc.StatusCode.PERMISSION_DENIED,
    grpc.StatusCode.UNAUTHENTICATED,
    grpc.StatusCode.FAILED_PRECONDITION,
    grpc.StatusCode.OUT_OF_RANGE,
    grpc.StatusCode.UNIMPLEMENTED,
    grpc.StatusCode.DATA_LOSS,
}


async def follow(address, request):
    """Yields (event, place): each event once, in order; `place` goes on behind it, also in a later run."""
    wait = 0.05
    while True:
        # A new connection each time: the old one may be dead without anybody having noticed.
        async with grpc.aio.insecure_channel(address) as channel:
            call = change_grpc.ChangeServiceStub(channel).SubscribeEvents(request)
            patience = 15.0
            try:
                while True:
                    response = await asyncio.wait_for(call.read(), patience)
                    if response is grpc.aio.EOF:
                        break
                    kind = response.WhichOneof("message")
                    message = getattr(response, kind)
                    if kind == "started":
                        # Silence for longer than this means a fault.
                        period = message.progress_period
                        patience = 2.5 * (period.seconds + period.nanos / 1e9)
                        wait = 0.05
                    for event in message.events if kind == "events" else ():
                        yield event, change.CursorPlace(cursor=message.cursor, position=event.position)
                    # From here on this is where to go on, whatever the request began with.
                    request.cursor.CopyFrom(change.CursorPlace(cursor=message.cursor))
            except grpc.aio.AioRpcError as error:
                if error.code() in PERMANENT:
                    raise
            except asyncio.TimeoutError:
                call.cancel()
        # By chance, so that a thousand clients do not come back at once.
        await asyncio.sleep(wait * (1 + random.random()))
        wait = min(2 * wait, 5.0)
