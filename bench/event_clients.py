"""Clients of GET /events, all in one process, so that their work can be told apart: `python -m bench.event_clients URL N`.

Says `open` once all streams are. Takes ids of jobs on standard input, one a line: for each it says, as JSON, when the event
of its end came to each stream (seconds since the epoch). Ends with its input.
"""

from __future__ import annotations

import json
import selectors
import socket
import sys
import time
from urllib.parse import urlsplit

_TOPICS = "jobs,stats"
_PATIENCE_SECONDS = 20.0


class Streams:
    """Open connections and the last bytes of each."""

    def __init__(self, url: str, count: int) -> None:
        self._selector = selectors.DefaultSelector()
        self._tails: dict[socket.socket, bytes] = {}
        parts = urlsplit(url)
        for _ in range(count):
            client = socket.create_connection((parts.hostname or "", parts.port or 80), timeout=10)
            client.sendall(f"GET /events?topics={_TOPICS} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            client.setblocking(False)
            self._tails[client] = b""
            self._selector.register(client, selectors.EVENT_READ)

    def wait(self, marker: bytes, seconds: float) -> list[float]:
        """When each has first had this."""
        came: dict[socket.socket, float] = {}
        deadline = time.monotonic() + seconds
        while len(came) < len(self._tails) and time.monotonic() < deadline:
            for client in self.read(0.1):
                if client not in came and marker in self._tails[client]:
                    came[client] = time.time()
        return list(came.values())

    def read(self, seconds: float) -> list[socket.socket]:
        """Take what has come, within this; those to which something has."""
        heard = []
        for key, _ in self._selector.select(seconds):
            client = key.fileobj
            assert isinstance(client, socket.socket)
            data = client.recv(65_536)
            if not data:
                raise ConnectionError("a stream was closed")
            self._tails[client] = (self._tails[client] + data)[-16_384:]
            heard.append(client)
        return heard


def main() -> None:
    """Until standard input ends."""
    streams = Streams(sys.argv[1], int(sys.argv[2]))
    opened = len(streams.wait(b"event: hello", _PATIENCE_SECONDS))
    print(json.dumps({"open": opened}), flush=True)
    orders = selectors.DefaultSelector()
    orders.register(sys.stdin, selectors.EVENT_READ)
    while True:
        streams.read(0.05)
        if orders.select(0):
            job_id = sys.stdin.readline().strip()
            if not job_id:
                return
            came = streams.wait(f'"{job_id}","completed"'.encode(), _PATIENCE_SECONDS)
            print(json.dumps({"came": came}), flush=True)


if __name__ == "__main__":
    main()
