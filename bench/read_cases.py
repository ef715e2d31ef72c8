"""What a dashboard reads beside lists of jobs, each with the milliseconds its p95 may take among ten million jobs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from goqueue_common.database import Database


class Read(NamedTuple):
    """One kind of GET, all its requests measured as one. paths: with their queries."""

    limit_ms: float
    paths: list[tuple[str, Mapping[str, str]]]


def reads(database: Database) -> dict[str, Read]:
    """By name. database: where the jobs are that some of them are about."""
    week = (datetime.now(UTC) - timedelta(days=7)).isoformat()
    return {
        "failures": Read(
            100.0,
            [
                ("/failures", {}),
                ("/failures", {"sort": "-count"}),
                ("/failures", {"since": "1h"}),
                ("/failures", {"since": "7d", "limit": "200"}),
                ("/failures", {"since": "30d", "sort": "-count"}),
                ("/failures", {"since": "30d", "sort": "-first_seen", "queue": "emails,team-3"}),
                ("/failures", {"q": "bucket", "type": "order.pay"}),
            ],
        ),
        "failure": Read(100.0, [(f"/failures/{name}", {}) for name in _fingerprints(database)]),
        "overview": Read(30.0, [("/stats/overview", {})]),
        "queues": Read(30.0, [("/queues", {}), ("/queues/default", {})]),
        "timeseries": Read(
            50.0,
            [
                ("/stats/timeseries", {}),
                ("/stats/timeseries", {"metric": "completed,wait_p95,run_p95", "queue": "default"}),
                ("/stats/timeseries", {"from": week, "metric": "submitted,completed,failed,wait_p99,run_p99"}),
            ],
        ),
    }


def _fingerprints(database: Database) -> list[str]:
    """Of a frequent group, one in the middle and a rare one."""
    rows = database.run("SELECT fingerprint FROM failure_groups ORDER BY attempts DESC, fingerprint")
    return [rows[place][0] for place in (0, len(rows) // 2, -1)]
