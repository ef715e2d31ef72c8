"""What all peers in Python share: what their handler does, and the program that submits.

A handler calls `started(arg)`. It appends one 24-byte record (number, time of the call that submitted it, now) to a file,
by one write with O_APPEND, which threads, forks and kills leave whole. Who measures counts the records, sees whether each
job ran once, and takes the waits from them.

`python probe.py MODE FIRST COUNT` in the folder of a peer drives its peer.py: `submit(arg)`, and where they exist
`submit_many([arg, ...])`, `setup()`, `connect()` and `close()`, each plain or async; BATCH: how many at once, 1,000 if it
says nothing. Prints {"seconds", "cpu_seconds", "count"}.
"""

import asyncio
import inspect
import json
import os
import struct
import sys
import time

_FILE = os.open(os.environ["RECORDS"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
_pack = struct.Struct("<ddd").pack
_NOTE = "x" * 30
_APART_SECONDS = 0.02


def started(arg):
    os.write(_FILE, _pack(arg["number"], arg["called_at"], time.time()))


def argument(number):
    """Some 120 bytes of JSON."""
    return {"number": number, "called_at": time.time(), "to": "someone@example.com", "note": _NOTE}


def _calls(peer, mode, first, count):
    """The calls to make, as (seconds after the begin or None, function, argument)."""
    end = first + count
    if mode == "submit_many":
        size = getattr(peer, "BATCH", 1000)
        for start in range(first, end, size):
            yield None, peer.submit_many, [argument(number) for number in range(start, min(start + size, end))]
    else:
        for number in range(first, end):
            after = (number - first) * _APART_SECONDS if mode == "submit_slowly" else None
            yield after, peer.submit, number


async def _drive(peer, mode, first, count):
    async def done(called):
        if inspect.isawaitable(called):
            await called

    await done(getattr(peer, "connect", lambda: None)())
    is_async = inspect.iscoroutinefunction(peer.submit)
    cpu, begin = time.process_time(), time.perf_counter()
    for after, call, arg in _calls(peer, mode, first, count):
        if after is not None:
            await asyncio.sleep(max(0.0, begin + after - time.perf_counter()))
        called = call(argument(arg) if isinstance(arg, int) else arg)
        if is_async:
            await called
    seconds, cpu_seconds = time.perf_counter() - begin, time.process_time() - cpu
    await done(getattr(peer, "close", lambda: None)())
    return {"seconds": seconds, "cpu_seconds": cpu_seconds, "count": count}


def main():
    sys.path.insert(0, os.getcwd())
    import peer

    mode, first, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    if mode == "setup":
        made = getattr(peer, "setup", lambda: None)()
        if inspect.isawaitable(made):
            asyncio.run(_until(made))
        return
    print(json.dumps(asyncio.run(_drive(peer, mode, first, count))))


async def _until(awaitable):
    await awaitable


if __name__ == "__main__":
    main()
