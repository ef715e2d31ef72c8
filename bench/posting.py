"""POST as fast as it is answered, by a process of its own: `python -m bench.posting URL SECONDS CONNECTIONS [BODY]`."""

from __future__ import annotations

import json
import re
import selectors
import socket
import subprocess
import sys
import time
from urllib.parse import urlsplit

from bench.stack import PAYLOAD, ROOT

_JOB = json.dumps({"type": "bench.record", "payload": PAYLOAD})
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class _Connection:
    """One that is kept alive, with one request at a time. waits: seconds to each answer."""

    def __init__(self, host: str, port: int, request: bytes) -> None:
        self.socket = socket.create_connection((host, port), timeout=30)
        self.waits: list[float] = []
        self._request = request
        self._answer = b""
        self._sent_at = 0.0

    def send(self) -> None:
        self._sent_at = time.perf_counter()
        self.socket.sendall(self._request)

    def receive(self) -> bool:
        """Whether the answer is complete now. Raises RuntimeError when it is not one of success."""
        received = self.socket.recv(65_536)
        self._answer += received
        head, separator, body = self._answer.partition(b"\r\n\r\n")
        if not received or (separator and not head.startswith(b"HTTP/1.1 2")):
            raise RuntimeError(f"a POST failed: {self._answer[:300]!r}")
        if not separator or len(body) < int(_LENGTH.search(head)[1]):  # type: ignore[index]  # all that we call say it
            return False
        self.waits.append(time.perf_counter() - self._sent_at)
        self._answer = b""
        return True


def post(url: str, seconds: float, connections: int, body: str) -> dict[str, float]:
    """answered: how many were, with 2xx; p50_ms, p99_ms, max_ms: from a request to its answer.

    fewest: answers that one connection got, the least of all: whether some wait while others are served.
    """
    parts = urlsplit(url)
    lines = [f"POST {parts.path} HTTP/1.1", f"Host: {parts.netloc}", "Content-Type: application/json"]
    content = body.encode()
    request = "\r\n".join([*lines, f"Content-Length: {len(content)}", "", ""]).encode() + content
    opened = [_Connection(parts.hostname or "", parts.port or 80, request) for _ in range(connections)]
    with selectors.DefaultSelector() as selector:
        for connection in opened:
            selector.register(connection.socket, selectors.EVENT_READ, connection)
            connection.send()
        until = time.perf_counter() + seconds
        waiting = connections
        while waiting:
            for key, _ in selector.select(30):
                if key.data.receive():
                    if time.perf_counter() < until:
                        key.data.send()
                    else:
                        waiting -= 1
    waits = sorted(wait for connection in opened for wait in connection.waits)
    middle, slow = waits[len(waits) // 2], waits[int(len(waits) * 0.99)]
    return {
        "answered": len(waits),
        "p50_ms": middle * 1000,
        "p99_ms": slow * 1000,
        "max_ms": waits[-1] * 1000,
        "fewest": min(len(connection.waits) for connection in opened),
    }


def run(url: str, seconds: float, connections: int, body: str = _JOB) -> dict[str, float]:
    """`post` by a process of its own. Raises RuntimeError when an answer was not one of success, or never came."""
    words = [sys.executable, "-m", "bench.posting", url, str(seconds), str(connections), body]
    try:
        done = subprocess.run(words, cwd=ROOT, check=False, capture_output=True, text=True, timeout=seconds + 60)
    except subprocess.TimeoutExpired as error:
        raise RuntimeError(f"a POST was not answered within {seconds + 60:g} s") from error
    if done.returncode != 0:
        raise RuntimeError(f"the posting process ended with {done.returncode}: {done.stderr[-1000:].strip()}")
    answer: dict[str, float] = json.loads(done.stdout)
    return answer


if __name__ == "__main__":
    print(json.dumps(post(sys.argv[1], float(sys.argv[2]), int(sys.argv[3]), sys.argv[4] if len(sys.argv) > 4 else _JOB)))
