"""What a bulk retry costs dispatch: a worker drains no-op jobs, by turns alone and while /bulk retries N failed jobs of a
queue that it does not serve; then the retry runs to its end.
"""

from __future__ import annotations

import argparse
import statistics
import time
from typing import Any

import requests

from bench import stack, throughput
from goqueue_common.database import Database

TURNS = 5
"""Drains alone, and as many beside the retry."""
DRAINED = 100_000
"""Jobs of each drain."""

# Ids a millisecond apart, made of the time as uuid7 does it, a week ago: as if they had failed over the last hours.
_SEED = """
WITH place AS (
    SELECT (extract(epoch FROM now() - interval '7 days') * 1000)::bigint + n AS at, n
    FROM generate_series(%(first)s::int, %(last)s::int) AS n
)
INSERT INTO jobs (id, queue, type, status, payload, attempts, failures, failure_reason, error, created_at, started_at,
    finished_at, queued_at)
SELECT (lpad(to_hex(at), 12, '0') || '7' || lpad(to_hex(n %% 4096), 3, '0') || '8' || substr(md5(n::text), 1, 15))::uuid,
    'broken', 'bench.record', 'failed', jsonb_build_object('n', n), 4, 4, 'exhausted', 'ConnectionError: refused',
    to_timestamp(at / 1000.0), to_timestamp(at / 1000.0), to_timestamp(at / 1000.0), to_timestamp(at / 1000.0)
FROM place
"""
_CHUNK = 50_000


def measure(servers: stack.Servers, options: argparse.Namespace) -> dict[str, float]:
    """One round."""
    alone: list[float] = []
    beside: list[float] = []
    with throughput.opened(servers) as database:
        for first in range(1, options.jobs + 1, _CHUNK):
            database.run(_SEED, {"first": first, "last": min(options.jobs, first + _CHUNK - 1)})
        database.run("VACUUM ANALYZE jobs")
        with stack.api(servers.environment) as url:
            for _ in range(TURNS):
                alone.append(_drain(database, servers, options))
                beside.append(_drain(database, servers, options, url))
            changed, seconds = finish(url)
        retried = database.run("SELECT count(*) FROM jobs WHERE queue = 'broken' AND status = 'queued'")[0][0]
    return {
        "drained_alone_per_s": statistics.median(alone),
        "drained_beside_per_s": statistics.median(beside),
        "kept": statistics.median(beside) / statistics.median(alone),
        "retried_per_s": changed / seconds,
        "once": float(retried == options.jobs),
    }


def start(url: str) -> dict[str, Any]:
    """A retry of everything that failed there."""
    answer = requests.post(f"{url}/bulk", json={"action": "retry", "filter": {"queue": ["broken"]}}, timeout=30)
    answer.raise_for_status()
    operation: dict[str, Any] = answer.json()
    return operation


def finish(url: str) -> tuple[int, float]:
    """(jobs, seconds) of a retry of what is left, with nothing else to do."""
    began = time.perf_counter()
    path = f"{url}/bulk/{start(url)['id']}"
    while (operation := requests.get(path, timeout=10).json())["state"] == "running":
        time.sleep(0.5)
    return operation["changed"], time.perf_counter() - began


def _drain(database: Database, servers: stack.Servers, options: argparse.Namespace, url: str | None = None) -> float:
    """Jobs per second of a worker that serves the default queue only, from the first start to the last outcome.

    url: of the API that retries the others meanwhile; None: nobody does.
    """
    before = servers.count()
    throughput.fill(database, servers, DRAINED)
    operation = None if url is None else start(url)
    sizes = ("--processes", str(options.processes), "--concurrency", str(options.processes * options.threads))
    with stack.process(servers.environment, *stack.WORKER, "--queues", "default", *sizes):
        stack.until(lambda: servers.count() >= before + DRAINED, 120)
        stack.until(lambda: not database.run(_LEFT), 120)
    if operation is not None:  # 409: it was over before
        requests.delete(f"{url}/bulk/{operation['id']}", timeout=10).raise_for_status()
    ended = database.run("SELECT max(finished_at) FROM jobs WHERE queue = 'default'")[0][0].timestamp()
    began = min(at for _, at in servers.records()[before:])
    return DRAINED / (ended - began)


_LEFT = "SELECT 1 FROM jobs WHERE queue = 'default' AND status IN ('queued', 'processing') LIMIT 1"
