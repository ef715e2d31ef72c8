"""The query by which KEDA scales a pool, as it is rendered, on a real PostgreSQL with jobs of every status."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import pytest

from goqueue_common.audit_store import Actor
from goqueue_common.database import Database, connect
from goqueue_common.lifecycle import FINAL, JobStatus
from goqueue_common.queue_store import QueueStore
from tests.deploy.chart.helm_chart import Renderer, one
from tests.factories import register_worker
from tests.scratch_database import scratch_database

POOLS: dict[str, dict[str, Any]] = {"default": {"queues": []}, "mail": {"queues": ["mail", "news"], "concurrency": 32}}
# Of each queue: how many jobs of each status, and of those that have one, when they are due in seconds from now.
JOBS = [
    ("mail", "queued", 5, None),
    ("mail", "processing", 4, None),
    ("mail", "scheduled", 3, -1),
    ("mail", "scheduled", 100, 60),
    ("mail", "retrying", 2, -1),
    ("mail", "retrying", 100, 60),
    ("mail", "completed", 100, None),
    ("mail", "failed", 100, None),
    ("mail", "cancelled", 100, None),
    ("news", "queued", 1000, None),
    ("pictures", "queued", 10000, None),
]
INSERT = """
INSERT INTO jobs (id, queue, type, status, payload, run_at, queued_at, worker_id, finished_at, failure_reason)
SELECT gen_random_uuid(), %(queue)s, 'demo', %(status)s, '{}', now() + make_interval(secs => %(due)s), now(), %(worker)s,
    CASE WHEN %(is_final)s THEN now() END, %(reason)s
FROM generate_series(1, %(count)s)
"""


def trigger(render: Renderer, pool: str, **more: Any) -> dict[str, str]:
    """What KEDA is told about a pool."""
    pools = {name: {**said, "keda": {"enabled": True}, **more} for name, said in POOLS.items()}
    (found,) = one(render({"worker": {"pools": pools}}), "ScaledObject", f"worker-{pool}")["spec"]["triggers"]
    metadata: dict[str, str] = found["metadata"]
    return metadata


def store(database: Database, queue: str, status: str, count: int, due: float | None) -> None:
    row = {"queue": queue, "status": status, "count": count, "due": due or 0, "is_final": JobStatus(status) in FINAL}
    row["worker"] = register_worker(database) if status == "processing" else None
    row["reason"] = "exhausted" if status == "failed" else None
    database.run(INSERT, row)


def asked(database: Database, query: str) -> int:
    """As KEDA asks: one row with one number."""
    ((found,),) = database.run(query)
    return int(found)


@pytest.mark.parametrize(("pool", "wanted"), [("mail", 1014), ("default", 11014)])
def test_it_counts_what_waits_what_runs_and_what_is_due(
    render: Renderer, database: Database, pool: str, wanted: int
) -> None:
    for queue, status, count, due in JOBS:
        store(database, queue, status, count, due)
    assert asked(database, trigger(render, pool)["query"]) == wanted


def test_nothing_to_do_is_none(render: Renderer, database: Database) -> None:
    assert asked(database, trigger(render, "mail")["query"]) == 0


@pytest.mark.parametrize(("status", "due"), [("queued", None), ("scheduled", -1), ("retrying", -1)])
def test_a_pool_of_none_wakes_for_one_job(render: Renderer, database: Database, status: str, due: float | None) -> None:
    """Those that are due as well: only workers make them queued."""
    found = trigger(render, "mail")
    store(database, "mail", status, 1, due)
    assert asked(database, found["query"]) > float(found["activationTargetQueryValue"])


def test_a_pool_stays_for_the_last_job_that_runs(render: Renderer, database: Database) -> None:
    found = trigger(render, "mail")
    store(database, "mail", "processing", 1, None)
    assert asked(database, found["query"]) > float(found["activationTargetQueryValue"])


def test_what_waits_in_a_paused_queue_wants_nobody_but_what_runs_there_does(render: Renderer, database: Database) -> None:
    for queue, status, count, due in JOBS[:5]:
        store(database, queue, status, count, due)
    QueueStore(database).pause("mail", Actor("tests"))
    assert asked(database, trigger(render, "mail")["query"]) == 4


@pytest.mark.parametrize(("said", "jobs", "pods"), [({}, 1014, 32), ({"jobsPerPod": 100}, 1014, 11)])
def test_a_pod_is_wanted_for_as_many_as_it_runs_or_as_is_said(
    render: Renderer, said: dict[str, int], jobs: int, pods: int
) -> None:
    target = float(trigger(render, "mail", keda={"enabled": True, **said})["targetQueryValue"])
    assert math.ceil(jobs / target) == pods


@pytest.fixture(scope="module")
def large(server_url: str, template: str) -> Iterator[Database]:
    """Many that have ended, and some of each other status."""
    with scratch_database(server_url, template=template) as url:
        opened = connect(url, pool_size=1, statement_timeout_seconds=30.0, application_name="goqueue-tests")
        store(opened, "mail", "completed", 50_000, None)
        for status, due in (("queued", None), ("processing", None), ("scheduled", 60), ("retrying", 60)):
            store(opened, "mail", status, 500, due)
        opened.run("ANALYZE jobs")
        yield opened
        opened.close()


@pytest.mark.parametrize("pool", POOLS)
def test_it_reads_no_job_that_has_ended(render: Renderer, large: Database, pool: str) -> None:
    query = trigger(render, pool)["query"]
    ((plan,),) = large.run(f"EXPLAIN (ANALYZE, FORMAT JSON) {query}")
    scans = [node for node in nodes(plan[0]["Plan"]) if node.get("Relation Name") == "jobs"]
    assert scans
    assert [node for node in scans if node["Node Type"] == "Seq Scan"] == []
    assert sum(node["Actual Rows"] * node["Actual Loops"] for node in scans) < 2_500


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for inner in plan.get("Plans", ()):
        yield from nodes(inner)
