"""POST /jobs as fast as it is answered, by a process of its own: `python -m bench.posting URL SECONDS THREADS`."""

from __future__ import annotations

import json
import socket
import sys
import threading
import time
from urllib.parse import urlsplit

from bench.stack import PAYLOAD


def _post(url: str, until: float, counts: list[int]) -> None:
    parts = urlsplit(url)
    body = json.dumps({"type": "bench.record", "payload": PAYLOAD}).encode()
    lines = ["POST /jobs HTTP/1.1", "Host: localhost", "Content-Type: application/json", f"Content-Length: {len(body)}"]
    request = "\r\n".join([*lines, "", ""]).encode() + body
    count = 0
    with socket.create_connection((parts.hostname or "", parts.port or 80), timeout=10) as connection:
        while time.monotonic() < until:
            connection.sendall(request)
            answer = b""
            while not answer.endswith(b"}"):
                answer += connection.recv(65_536)
            if not answer.startswith(b"HTTP/1.1 201"):
                raise RuntimeError(answer[:200])
            count += 1
    counts.append(count)


def main() -> None:
    """Prints how many were answered with 201."""
    url, seconds, size = sys.argv[1], float(sys.argv[2]), int(sys.argv[3])
    counts: list[int] = []
    until = time.monotonic() + seconds
    threads = [threading.Thread(target=_post, args=(url, until, counts)) for _ in range(size)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(counts) != size:
        sys.exit("a POST failed")
    print(sum(counts))


if __name__ == "__main__":
    main()
