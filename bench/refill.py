"""What a flushed Redis costs: N no-op jobs are queued, FLUSHALL, a worker starts, its relay fills the lists again."""

from __future__ import annotations

import argparse
from itertools import pairwise
from pathlib import Path
from typing import Any

import orjson
from redis import Redis

from bench import stack, throughput


def measure(servers: stack.Servers, options: argparse.Namespace) -> dict[str, float]:
    """One round."""
    log = Path(servers.environment["BENCH_RECORDS"]).with_name("worker.log")
    with throughput.opened(servers) as database:
        throughput.fill(database, servers, options.jobs)
        with Redis.from_url(servers.environment["REDIS_URL"]) as client:
            client.flushall()
        figures = throughput.drain(database, servers, options, log)
    events = [orjson.loads(line) for line in log.read_bytes().splitlines()]
    return refilled(events, options.jobs) | {"longest_gap_ms": longest_gap(servers) * 1000} | figures


def refilled(events: list[dict[str, Any]], jobs: int) -> dict[str, float]:
    """What the relay logged: ids per second of the time that it spent on reading and pushing batches, and ids per job."""
    refills = [event for event in events if event["event"] == "refilled" and event["jobs"]]
    pushed = sum(event["jobs"] for event in events if event["event"] in ("relayed", "refilled"))
    busy_seconds = sum(event["busy_seconds"] for event in refills)
    return {
        "refilled_per_s": sum(event["jobs"] for event in refills) / busy_seconds if refills else 0.0,
        "pushes_per_job": pushed / jobs,
    }


def longest_gap(servers: stack.Servers) -> float:
    """Seconds in which no handler started, between the first start and the last."""
    starts = sorted(at for _, at in servers.records())
    return max(later - earlier for earlier, later in pairwise(starts))
