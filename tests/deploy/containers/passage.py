"""passage.py SOCKET:PORT ...: let the tests into the engine's name spaces, for as long as standard input is open.

SOCKET: descriptor of a socket that listens in the network of the tests, and stays there; who connects to it is connected to
127.0.0.1:PORT in here. A line of standard input is the number of a process in here, which is killed with SIGKILL.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from contextlib import suppress
from functools import partial

_CHUNK_BYTES = 65_536


async def main(words: list[str]) -> None:
    for descriptor, port in (map(int, word.split(":")) for word in words):
        await asyncio.start_server(partial(_connect, port), sock=socket.socket(fileno=descriptor))
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    sys.stdout.write("open\n")
    sys.stdout.flush()
    async for line in lines:
        os.kill(int(line), signal.SIGKILL)


async def _connect(port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):  # nobody listens yet, or one side has gone: the other learns of it by the close
        other_reader, other_writer = await asyncio.open_connection("127.0.0.1", port)
        with suppress(OSError):
            await asyncio.gather(_copy(reader, other_writer), _copy(other_reader, writer))
        other_writer.close()
    writer.close()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while chunk := await reader.read(_CHUNK_BYTES):
        writer.write(chunk)
        await writer.drain()
    writer.write_eof()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
