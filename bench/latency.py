"""From the start of a POST to the start of the handler, on an idle system: one job each 20 ms over one connection."""

from __future__ import annotations

import argparse
import http.client
import json
import time
from uuid import UUID

from bench import stack

WARM_UP = 50


def measure(servers: stack.Servers, options: argparse.Namespace) -> dict[str, float]:
    """One round."""
    sizes = ("--processes", str(options.processes), "--concurrency", str(options.processes * options.threads))
    with stack.api(servers.environment) as url, stack.process(servers.environment, *stack.WORKER, *sizes):
        posted = post(url, servers, options.jobs)
        stack.until(lambda: servers.count() == WARM_UP + options.jobs)
        starts = [(raw, at) for raw, at in servers.records() if raw in posted]
    waits = sorted((at - posted[raw][0]) * 1000 for raw, at in starts)
    answers = sorted((answered - began) * 1000 for began, answered in posted.values())
    return {
        "start_p50_ms": percentile(waits, 0.5),
        "start_p99_ms": percentile(waits, 0.99),
        "answer_p50_ms": percentile(answers, 0.5),
        "answer_p99_ms": percentile(answers, 0.99),
        "once": float(len(starts) == len(waits) == options.jobs == len({raw for raw, _ in starts})),
    }


def post(url: str, servers: stack.Servers, jobs: int) -> dict[bytes, tuple[float, float]]:
    """Id -> when its POST began and was answered, without those of the warm-up."""
    connection = http.client.HTTPConnection(url.removeprefix("http://"))
    body = json.dumps({"type": "bench.record", "payload": stack.PAYLOAD})
    posted = {}
    for number in range(WARM_UP + jobs):
        began = time.time()
        connection.request("POST", "/jobs", body, {"Content-Type": "application/json"})
        answer = json.loads(connection.getresponse().read())
        if number >= WARM_UP:
            posted[UUID(answer["id"]).bytes] = (began, time.time())
        elif number == 0:
            stack.until(lambda: servers.count() == 1)
        time.sleep(0.02)
    connection.close()
    return posted


def percentile(ordered: list[float], share: float) -> float:
    """The value that this share of the others does not exceed."""
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
