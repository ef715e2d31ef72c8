"""How much the statements of schedules look at, under statistics that were taken before there was any schedule."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson
import pytest

from goqueue_common import schedule_run_store, schedule_store
from goqueue_common.database import Database, connect
from goqueue_common.lifecycle import FINAL
from tests.scratch_database import scratch_database

SCHEDULES = 300
RUNS = 300
"""Of each schedule, by the minute; of every ten, one has a job."""
MANY = f"""
ALTER TABLE schedules SET (autovacuum_enabled = off);
ALTER TABLE schedule_runs SET (autovacuum_enabled = off);
ALTER TABLE jobs SET (autovacuum_enabled = off);
ANALYZE schedules, schedule_runs, jobs;
INSERT INTO schedules (name, type, queue, payload, cron, timezone, priority, catch_up, catch_up_window_seconds,
    catch_up_limit, overlap, jitter_seconds, source)
SELECT 's' || n, 'demo', 'default', '{{}}', '* * * * *', 'UTC', 1, 'latest', 0, 1, 'skip', 0, 'api'
FROM generate_series(1, {SCHEDULES}) AS n;
INSERT INTO schedule_runs (schedule, scheduled_for, job_id)
SELECT 's' || n, '2026-01-01Z'::timestamptz + m * interval '1 minute', CASE WHEN mod(m, 10) = 0 THEN gen_random_uuid() END
FROM generate_series(1, {SCHEDULES}) AS n, generate_series(1, {RUNS}) AS m;
INSERT INTO jobs (id, queue, type, status, payload, finished_at)
SELECT job_id, 'default', 'demo', 'completed', '{{}}', now() FROM schedule_runs WHERE job_id IS NOT NULL
"""


@pytest.fixture(scope="module")
def many(server_url: str, template: str) -> Iterator[Database]:
    """A database with schedules and runs of which its statistics know nothing."""
    with scratch_database(server_url, template=template) as url:
        database = connect(url, pool_size=1, statement_timeout_seconds=30.0, application_name="plans")
        database.run(MANY)
        yield database
        database.close()


def looked_at(database: Database, sql: str, params: dict[str, Any]) -> dict[str, int]:
    """How many rows of each table the statement looks at."""
    ((plan,),) = database.run(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", params)
    seen: dict[str, int] = {}
    for table, rows in _looks(plan[0]["Plan"]):
        seen[table] = seen.get(table, 0) + rows
    return seen


def _looks(node: dict[str, Any]) -> Iterator[tuple[str, int]]:
    if "Relation Name" in node and node["Node Type"] != "ModifyTable":
        rows = (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
        yield node["Relation Name"], int(rows)
    for child in node.get("Plans", []):
        yield from _looks(child)


def items(count: int) -> str:
    instants = [
        {
            "name": f"s{number}",
            "schedule": f"s{number}",
            "scheduled_for": "2026-01-01T01:00:00Z",
            "due_after": "2026-01-01T01:00:00Z",
            "next_at": "2026-01-01T01:01:00Z",
            "due_at": "2026-01-01T01:01:00Z",
        }
        for number in range(1, count + 1)
    ]
    return orjson.dumps(instants).decode()


@pytest.mark.parametrize("count", [1, 20, 200])
@pytest.mark.parametrize(
    "sql",
    [schedule_run_store._HOLD, schedule_run_store._RECORDED, schedule_run_store._BUSY, schedule_run_store._ADVANCE],
    ids=["hold", "recorded", "busy", "advance"],
)
def test_firing_looks_at_the_schedules_it_is_asked_for_and_a_few_runs_of_each(many: Database, sql: str, count: int) -> None:
    names = [f"s{number}" for number in range(1, count + 1)]
    seen = looked_at(many, sql, {"names": names, "items": items(count), "final": sorted(FINAL)})
    assert seen.get("schedule_runs", 0) <= 2 * schedule_run_store.OVERLAP_RUNS * count
    assert seen.get("jobs", 0) <= schedule_run_store.OVERLAP_RUNS * count
    assert seen.get("schedules", 0) <= SCHEDULES


def test_a_page_of_schedules_looks_at_one_run_of_each(many: Database) -> None:
    seen = looked_at(many, schedule_store._PAGE, {"after": "s1", "limit": 50, "paused": None, "source": None})
    assert seen["schedule_runs"] <= 60
    assert seen.get("jobs", 0) <= 60


def test_a_page_of_runs_looks_at_these_and_their_jobs(many: Database) -> None:
    seen = looked_at(many, schedule_run_store._PAGE, {"name": "s7", "before": "2026-01-01T04:00Z", "limit": 50})
    assert seen["schedule_runs"] <= 60
    assert seen["jobs"] <= 60
