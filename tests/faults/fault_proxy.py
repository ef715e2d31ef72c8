"""A TCP proxy between a service and a store, where the network fails as told.

TCP never loses bytes in mid-stream, so neither does this: a connection that has lost some stays silent for good, as one
whose state a firewall has dropped, also after the fault has healed. Connections that lost nothing go on.
"""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from enum import Enum
from typing import Final

_CHUNK_BYTES: Final = 65_536
_RESET_AT_CLOSE: Final = struct.pack("ii", 1, 0)  # SO_LINGER on, for no time at all
_ANSWER_SECONDS: Final = 5.0


class Fault(Enum):
    """What the network does now."""

    NONE = "none"
    BLACK_HOLE = "black hole"
    """Takes connections and all that is sent, answers nothing, and tells neither side that the other has gone."""
    LOST_REPLIES = "lost replies"
    """Requests arrive and are carried out; nothing comes back."""
    REFUSED = "refused"
    """Resets every connection, old and new."""


_SILENT: Final = frozenset({Fault.BLACK_HOLE, Fault.LOST_REPLIES})


class FaultProxy:
    """One link: connect to `port` of 127.0.0.1 instead of `target_port`. Methods may be called from any thread.

    latency_seconds: added to whatever passes, in each direction.
    """

    def __init__(self, target_port: int) -> None:
        self.latency_seconds = 0.0
        self.port = 0
        self._target_port = target_port
        self._fault = Fault.NONE
        self._links: set[_Link] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name=f"proxy-{target_port}", daemon=True)
        self._server: asyncio.Server | None = None

    def start(self) -> FaultProxy:
        """Listen on a free port."""
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(_ANSWER_SECONDS)
        self.port = int(self._server.sockets[0].getsockname()[1])
        return self

    def stop(self) -> None:
        """Reset what is open and listen no more."""
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(_ANSWER_SECONDS)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_ANSWER_SECONDS)
        self._loop.close()

    @property
    def fault(self) -> Fault:
        """What the network does now."""
        return self._fault

    @property
    def open_links(self) -> int:
        """How many connections pass through, silent ones included."""
        return len(self._links)

    def black_hole(self) -> None:
        """See Fault.BLACK_HOLE."""
        self._call(lambda: self._set(Fault.BLACK_HOLE))

    def lose_replies(self) -> None:
        """See Fault.LOST_REPLIES."""
        self._call(lambda: self._set(Fault.LOST_REPLIES))

    def refuse(self) -> None:
        """See Fault.REFUSED."""
        self._call(lambda: self._set(Fault.REFUSED))

    def reset_all(self) -> None:
        """Cut every open connection at once; new ones pass."""
        self._call(self._reset_all)

    def heal(self) -> None:
        """New connections pass again, at once; whoever waits on a link whose other side has gone is told now."""
        self._call(lambda: self._set(Fault.NONE))

    def _call(self, action: Callable[[], None]) -> None:
        async def act() -> None:
            action()

        asyncio.run_coroutine_threadsafe(act(), self._loop).result(_ANSWER_SECONDS)

    def _set(self, fault: Fault) -> None:
        self._fault = fault
        if fault is Fault.REFUSED:
            self._reset_all()
        elif fault is Fault.NONE:
            self.latency_seconds = 0.0
            for link in [link for link in self._links if link.is_half_open]:
                link.reset()

    def _reset_all(self) -> None:
        for link in list(self._links):
            link.reset()

    async def _listen(self) -> asyncio.Server:
        return await asyncio.start_server(self._connected, "127.0.0.1", 0)

    async def _end(self) -> None:
        if self._server is not None:
            self._server.close()
        while self._links:
            self._reset_all()
            await asyncio.sleep(0.001)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._fault is Fault.REFUSED:
            _reset(writer)
            return
        link = _Link(self, reader, writer)
        self._links.add(link)
        try:
            await link.run(self._target_port)
        finally:
            self._links.discard(link)


class _Link:
    """A client's connection and the one to the server that belongs to it."""

    def __init__(self, proxy: FaultProxy, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._proxy = proxy
        self._reader = reader
        self._writer = writer
        self._writers = [writer]
        self._loses_requests = self._loses_replies = False
        self._ended = asyncio.Event()
        self.is_half_open = False

    async def run(self, target_port: int) -> None:
        """Until one side closes it, or it is reset."""
        pumps = [asyncio.create_task(pump) for pump in await self._pumps(target_port)]
        await self._ended.wait()
        for pump in pumps:
            pump.cancel()
        await asyncio.gather(*pumps, return_exceptions=True)
        for writer in self._writers:
            writer.close()

    def reset(self) -> None:
        """Cut both sides."""
        for writer in self._writers:
            _reset(writer)
        self._ended.set()

    async def _pumps(self, target_port: int) -> list[Coroutine[None, None, None]]:
        if self._proxy.fault is Fault.BLACK_HOLE:
            return [self._pump_requests(None)]  # it never reaches a server, not later either
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", target_port)
        except OSError:
            self.reset()
            return []
        self._writers.append(writer)
        return [self._pump_requests(writer), self._pump_replies(reader)]

    async def _pump_requests(self, server: asyncio.StreamWriter | None) -> None:
        with self._resetting():
            while data := await self._reader.read(_CHUNK_BYTES):
                await asyncio.sleep(self._proxy.latency_seconds)
                self._loses_requests |= self._proxy.fault is Fault.BLACK_HOLE
                if server is not None and not self._loses_requests:
                    server.write(data)
                    await server.drain()
            self._end(is_heard=self._proxy.fault is not Fault.BLACK_HOLE)

    async def _pump_replies(self, server: asyncio.StreamReader) -> None:
        with self._resetting():
            while data := await server.read(_CHUNK_BYTES):
                await asyncio.sleep(self._proxy.latency_seconds)
                self._loses_replies |= self._proxy.fault in _SILENT
                if not self._loses_replies and not self._loses_requests:
                    self._writer.write(data)
                    await self._writer.drain()
            self._end(is_heard=self._proxy.fault not in _SILENT)

    def _end(self, *, is_heard: bool) -> None:
        """One side has closed: the other hears of it, unless the network keeps it from it until it heals."""
        if is_heard:
            self._ended.set()
        else:
            self.is_half_open = True

    @contextmanager
    def _resetting(self) -> Iterator[None]:
        """A reset of one side is one of the other, unless neither can hear it."""
        try:
            yield
        except OSError:
            if self._proxy.fault is Fault.BLACK_HOLE:
                self.is_half_open = True
            else:
                self.reset()


def _reset(writer: asyncio.StreamWriter) -> None:
    connection = writer.get_extra_info("socket")
    if connection is not None and not writer.transport.is_closing():
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_AT_CLOSE)
    writer.transport.abort()
