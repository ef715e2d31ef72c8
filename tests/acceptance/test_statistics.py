"""Figures are sums of what really happened, whoever died meanwhile."""

from __future__ import annotations

import signal
from typing import Any

import psycopg2
import requests

from goqueue import Client
from tests.acceptance.conftest import System
from tests.processes import eventually

JOBS: list[dict[str, Any]] = [
    *[{"type": "shop.brief", "payload": {"seconds": 0.05}}] * 200,
    *[{"type": "demo.fail", "payload": {"times": 1}, "queue": "shaky"}] * 30,
    *[{"type": "demo.fail", "payload": {}, "queue": "shaky", "max_retries": 0}] * 20,
]
TRUTH = """
SELECT count(*), count(*) FILTER (WHERE status = 'completed'), count(*) FILTER (WHERE status = 'failed'),
    sum(failures) - count(*) FILTER (WHERE status = 'failed'), count(*) FILTER (WHERE status = 'cancelled')
FROM jobs
"""
ATTEMPTS = "SELECT (SELECT sum(attempts) FROM jobs), (SELECT sum(n) FROM rollups, unnest(wait) AS n)"
RESCUED = "SELECT sum(rescues) FROM jobs"
NAMES = ("submitted", "completed", "failed", "retried", "cancelled")


def asked(system: System, statement: str) -> tuple[int, ...]:
    with psycopg2.connect(system.environment["DATABASE_URL"]) as connection, connection.cursor() as cursor:
        cursor.execute(statement)
        found = tuple(int(value or 0) for value in cursor.fetchall()[0])
    connection.close()
    return found


def test_rollups_add_up_to_the_truth_after_failures_retries_and_a_killed_worker(system: System, client: Client) -> None:
    killed = system.start_worker(GOQUEUE_LEASE="3", GOQUEUE_HEARTBEAT="0.5")
    client.submit_many(JOBS)
    cancelled = client.submit("shop.brief", delay=3600)
    client.cancel(cancelled.id)
    eventually(lambda: len(system.effects("brief")) > 20, "jobs run")
    killed.send_signal(signal.SIGKILL)
    system.start_worker(GOQUEUE_LEASE="3", GOQUEUE_HEARTBEAT="0.5")
    eventually(lambda: client.overview().due == 0 and client.overview().jobs["retrying"] == 0, "all have ended")

    def told() -> tuple[int, ...]:
        series = client.timeseries(NAMES).series
        return tuple(int(sum(value or 0 for value in series[name])) for name in NAMES)

    truth = asked(system, TRUTH)
    assert (truth[0], truth[2], truth[4]) == (len(JOBS) + 1, 20, 1)
    assert truth[3] >= 30
    assert asked(system, RESCUED)[0] > 0
    eventually(lambda: told() == truth, f"rollups say {truth}")
    begun, counted = asked(system, ATTEMPTS)
    assert begun == counted
    queues = {queue["name"]: queue for queue in requests.get(f"{system.api_url}/queues", timeout=5).json()["items"]}
    assert (queues["shaky"]["failed"], queues["shaky"]["completed"]) == (20, 30)
