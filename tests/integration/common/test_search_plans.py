"""Plans of every statement of a search: each filter and the pairs people ask for go by an index made for them.

The jobs are those of the benchmark, few of them. The walk along the primary key, which would find everything among so few,
is one row long here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from bench import api_jobs
from goqueue_common import job_search
from goqueue_common.database import Database, Params, Rows, Run, connect, run_on
from goqueue_common.job_filter import JobFilter, Window
from tests.scratch_database import scratch_database

JOBS = 40_000
LIVE = {"jobs_queued", "jobs_due", "jobs_processing"}
DAY = {"after": datetime.now(UTC) - timedelta(days=11), "before": datetime.now(UTC) - timedelta(days=10)}
FINGERPRINT = hashlib.md5(b"report.711").hexdigest()[:16]
WORKER = "00000000-0000-4000-8000-000000000063"


@pytest.fixture(scope="module")
def seeded(server_url: str, template: str) -> Iterator[Database]:
    with scratch_database(server_url, template=template) as url:
        database = connect(url, pool_size=1, statement_timeout_seconds=60.0, application_name="tests")
        api_jobs.fill(database, JOBS, lambda _: None)
        yield database
        database.close()


class Explained:
    """Runs statements and keeps how each reached `jobs` and `job_search`."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self.indexes: set[str] = set()
        self.scanned: set[str] = set()

    def __call__(self, sql: str, params: Params) -> Rows:
        ((plan,),) = self._run(f"EXPLAIN (FORMAT JSON) {sql}", params)
        self._read(plan[0]["Plan"])
        return self._run(sql, params)

    def _read(self, node: Mapping[str, Any]) -> None:
        if node["Node Type"] == "Seq Scan" and node["Relation Name"] in ("jobs", "job_search"):
            self.scanned.add(node["Relation Name"])
        if "Index Name" in node:
            self.indexes.add(node["Index Name"])
        for child in node.get("Plans", ()):
            self._read(child)


def explained(database: Database, wanted: JobFilter) -> Explained:
    """All statements of a page, in both orders, and of a count."""
    with database.transaction() as connection:

        def run(sql: str, params: Params) -> Rows:
            return run_on(connection, sql, params)

        run(job_search._SETTINGS, {})
        plans = Explained(run)
        for descending in (True, False):
            window = Window(low=wanted.window.low, high=wanted.window.high, descending=descending)
            job_search._matching(plans, wanted, window, 51)
        job_search._some(plans, wanted, job_search.COUNT_CAP)
    return plans


def ranges(name: str) -> dict[str, Any]:
    return {f"{name}_{end}": moment for end, moment in DAY.items()}


FILTERS: dict[str, tuple[dict[str, Any], set[str]]] = {
    "status": ({"statuses": ["cancelled"]}, {"job_search_kind"}),
    "queue": ({"queues": ["team-3"]}, {"job_search_kind"}),
    "type": ({"types": ["report.7"]}, {"job_search_kind"}),
    "tag": ({"tags": ["customer:17"]}, {"job_search_tags"}),
    "worker": ({"workers": [WORKER]}, {"job_search_worker"}),
    "schedule": ({"schedules": ["hourly-3"]}, {"job_search_schedule"}),
    "error": ({"errors": ["bucket-77"]}, {"job_search_error"}),
    "fingerprint": ({"fingerprints": [FINGERPRINT]}, {"job_search_fingerprint"}),
    "payload": ({"payloads": [{"user": {"id": 42}}]}, {"job_search_payload", "job_search_large"}),
    "created": (ranges("created"), {"jobs_pkey"}),
    "run_at": (ranges("run_at"), {"job_search_run_at"}),
    "finished": (ranges("finished"), {"job_search_finished_at"}),
    "attempts": ({"attempts_min": 7}, {"job_search_attempts"}),
    "duration": ({"duration_min": 60.0}, {"job_search_duration"}),
}
PAIRS: dict[str, tuple[dict[str, Any], set[str]]] = {
    "status + queue": ({"statuses": ["failed"], "queues": ["team-3"]}, {"job_search_kind"}),
    "status + type": ({"statuses": ["failed"], "types": ["report.7"]}, {"job_search_kind"}),
    "queue + type": ({"queues": ["default"], "types": ["report.7"]}, {"job_search_kind"}),
    "status + tag": ({"statuses": ["failed"], "tags": ["customer:17"]}, {"job_search_failed_tags"}),
    "status + error": ({"statuses": ["failed"], "errors": ["bucket-77"]}, {"job_search_error"}),
    "status + fingerprint": ({"statuses": ["failed"], "fingerprints": [FINGERPRINT]}, {"job_search_fingerprint"}),
    "status + finished": ({"statuses": ["cancelled"], **ranges("finished")}, {"job_search_kind"}),
    "type + payload": ({"types": ["order.pay"], "payloads": [{"user": {"id": 42}}]}, {"job_search_payload"}),
    "queue + finished": ({"queues": ["team-3"], **ranges("finished")}, {"job_search_kind"}),
    "tag + created": ({"tags": ["customer:17"], **ranges("created")}, {"job_search_tags"}),
    "types by their beginning": ({"types": ["report.7*"]}, {"job_search_kind"}),
    "not a queue": ({"not_queues": ["default"]}, {"job_search_kind"}),
    "error + not a queue": ({"errors": ["bucket-77"], "not_queues": ["default"]}, {"job_search_error"}),
    "parent": ({"parents": [WORKER]}, {"jobs_parent"}),
    "rerun": ({"reruns_of": [WORKER]}, {"jobs_rerun_of"}),
    "not a tag": ({"not_tags": ["customer:17"]}, {"jobs_pkey"}),
    "type + duration": ({"types": ["order.pay"], "duration_min": 60.0}, {"job_search_duration"}),
}


@pytest.mark.parametrize("name", [*FILTERS, *PAIRS])
def test_a_search_goes_by_the_index_made_for_it(seeded: Database, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    for walk in ("LIST_WALK", "COUNT_WALK"):
        monkeypatch.setattr(job_search, walk, job_search.Walk(1, 1))
    values, expected = (FILTERS | PAIRS)[name]
    plans = explained(seeded, JobFilter(**values))
    assert plans.scanned == set()
    assert expected <= plans.indexes


def test_live_jobs_are_found_by_the_indexes_of_dispatch(seeded: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    for walk in ("LIST_WALK", "COUNT_WALK"):
        monkeypatch.setattr(job_search, walk, job_search.Walk(1, 1))
    plans = explained(seeded, JobFilter(statuses=["queued", "retrying", "scheduled", "processing"], tags=["customer:17"]))
    assert plans.scanned == set()
    assert plans.indexes >= LIVE
    assert not {index for index in plans.indexes if index.startswith("job_search")}


def test_without_a_filter_a_page_is_the_first_rows_by_primary_key(seeded: Database) -> None:
    plans = explained(seeded, JobFilter())
    assert (plans.scanned, plans.indexes) == (set(), {"jobs_pkey"})


FAN_OUT = """
UPDATE jobs SET parent_id = %(origin)s, rerun_of = %(origin)s WHERE id IN (SELECT id FROM jobs ORDER BY id LIMIT 20000);
ANALYZE jobs
"""


@pytest.mark.parametrize(("field", "index"), [("parents", "jobs_parent"), ("reruns_of", "jobs_rerun_of")])
def test_of_a_job_that_made_many_a_page_is_read(seeded: Database, field: str, index: str) -> None:
    origin = str(uuid4())
    read: list[int] = []
    with seeded.transaction() as connection:
        run_on(connection, FAN_OUT, {"origin": origin})

        def run(sql: str, params: Params) -> Rows:
            ((plan,),) = run_on(connection, f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", params)
            read.extend(node["Actual Rows"] for node in nodes(plan[0]["Plan"]) if node.get("Index Name") == index)
            return run_on(connection, sql, params)

        run_on(connection, job_search._SETTINGS.partition(";")[2], {})
        wanted = JobFilter(**{field: [origin, origin.upper()]})
        for descending in (True, False):
            found = job_search._matching(run, wanted, Window(low=None, high=None, descending=descending), 51)
            assert found == sorted(set(found), reverse=descending)
            assert len(found) == 51
        connection.rollback()
    assert read == [51, 51]


def nodes(plan: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from nodes(child)
