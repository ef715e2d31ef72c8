"""From the start of a POST to the start of the handler, on an idle system: `python -m bench.latency [--jobs 200] [--json]`.

One job each 20 ms through the API to idle workers, over one keep-alive connection.
"""

from __future__ import annotations

import argparse
import http.client
import json
import socket
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import requests

from bench import stack

WARM_UP = 50


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=200)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, stack.stores(Path(folder)) as environment:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            url = f"http://127.0.0.1:{free.getsockname()[1]}"
        environment["GOQUEUE_API_BIND"] = url.removeprefix("http://")
        worker = ("goqueue_worker", "--handlers", "bench.handlers", "--app-dir", ".", "--concurrency", "16")
        with stack.process(environment, "goqueue_api"), stack.process(environment, *worker):
            result = measure(url, environment, options.jobs)
    print(json.dumps(result) if options.json else "\n".join(f"{name:<26}{value:>14}" for name, value in result.items()))
    return 0


def measure(url: str, environment: dict[str, str], jobs: int) -> dict[str, float]:
    connection = http.client.HTTPConnection(url.removeprefix("http://"))
    until(lambda: is_up(url))
    posted: dict[bytes, float] = {}
    answered: list[float] = []
    for number in range(WARM_UP + jobs):
        began = time.time()
        body = json.dumps({"type": "bench.record", "payload": {"n": number}})
        connection.request("POST", "/jobs", body, {"Content-Type": "application/json"})
        answer = json.loads(connection.getresponse().read())
        if number >= WARM_UP:
            posted[UUID(answer["id"]).bytes] = began
            answered.append(time.time() - began)
        elif number == 0:
            until(lambda: len(stack.records(environment)) == 1)
        time.sleep(0.02)
    until(lambda: len(stack.records(environment)) == WARM_UP + jobs)
    waits = sorted((at - posted[raw]) * 1000 for raw, at in stack.records(environment) if raw in posted)
    answered.sort()
    return {
        "jobs": jobs,
        "start_p50_ms": round(waits[len(waits) // 2], 2),
        "start_p99_ms": round(waits[int(len(waits) * 0.99)], 2),
        "post_p50_ms": round(answered[len(answered) // 2] * 1000, 2),
        "post_p99_ms": round(answered[int(len(answered) * 0.99)] * 1000, 2),
    }


def is_up(url: str) -> bool:
    try:
        return requests.get(f"{url}/readyz", timeout=1).ok
    except requests.RequestException:
        return False


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError("the system did not get there in a minute")
        time.sleep(0.02)


if __name__ == "__main__":
    sys.exit(main())
