"""Plans of the statements that every job goes through, under statistics that know of no waiting or running row.

A queue's statistics are always stale: they were taken when it was empty, or full. A planner that believes in an empty
partial index scans it for every batch, and every batch gets slower with each row that waits.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import orjson
import pytest

from goqueue_common import (
    bulk_work_store,
    dispatch_store,
    explain_search,
    limit_store,
    limited_dispatch_store,
    maintenance_store,
    recovery_store,
    relay_store,
    retention_store,
    worker_search,
)
from goqueue_common.bulk import BulkAction, eligible_statuses
from goqueue_common.database import Database, connect
from goqueue_common.job import Outcome
from goqueue_common.job_filter import JobFilter
from goqueue_common.lifecycle import JobEvent
from tests.factories import register_worker
from tests.scratch_database import scratch_database

FINISHED = """
INSERT INTO jobs (id, queue, type, status, payload, finished_at)
SELECT gen_random_uuid(), 'default', 'demo', 'completed', '{}', now() FROM generate_series(1, 50000)
"""
QUEUED = """
INSERT INTO jobs (id, queue, type, status, payload, queued_at)
SELECT gen_random_uuid(), 'default', 'demo', 'queued', '{}', now() - number * interval '1 s'
FROM generate_series(1, 5000) AS number RETURNING id::text
"""
PROCESSING = """
INSERT INTO jobs (id, queue, type, status, payload, queued_at, worker_id, attempts)
SELECT gen_random_uuid(), 'default', 'demo', 'processing', '{}', now(), %(worker)s, 1 FROM generate_series(1, 5000)
RETURNING id::text
"""
BATCHES = [1, 16, 200, 1000]


class Seeded:
    """A database of 50,000 finished rows by its statistics; in truth 5,000 more are queued and 5,000 are processing."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.worker_id = register_worker(database)
        database.run("ALTER TABLE jobs SET (autovacuum_enabled = off)")
        database.run(FINISHED)
        database.run("VACUUM ANALYZE jobs")
        self.queued = [row[0] for row in database.run(QUEUED)]
        self.processing = [row[0] for row in database.run(PROCESSING, {"worker": self.worker_id})]

    def scans(self, sql: str, params: dict[str, Any]) -> set[str]:
        """How the statement reaches the table jobs: `Seq Scan`, or the names of the indexes."""
        ((plan,),) = self.database.run(f"EXPLAIN (FORMAT JSON) {sql}", params)
        return set(_scans(plan[0]["Plan"]))

    def pages(self, sql: str, params: dict[str, Any]) -> int:
        """How many pages of tables and indexes the statement reads."""
        ((plan,),) = self.database.run(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", params)
        return int(plan[0]["Plan"]["Shared Hit Blocks"] + plan[0]["Plan"]["Shared Read Blocks"])


def _scans(node: dict[str, Any]) -> Iterator[str]:
    if node.get("Relation Name") == "jobs" and node["Node Type"] == "Seq Scan":
        yield "Seq Scan"
    if node.get("Index Name", "").startswith("jobs"):
        yield node["Index Name"]
    for child in node.get("Plans", ()):
        yield from _scans(child)


@pytest.fixture(scope="module")
def seeded(server_url: str, template: str) -> Iterator[Seeded]:
    with scratch_database(server_url, template=template) as url:
        database = connect(url, pool_size=1, statement_timeout_seconds=60.0, application_name="tests")
        yield Seeded(database)
        database.close()


@pytest.mark.parametrize("batch", BATCHES)
@pytest.mark.parametrize("queues", [None, ["default", "mail"]], ids=["every queue", "two queues"])
def test_a_claim_goes_by_the_primary_key_alone(seeded: Seeded, batch: int, queues: list[str] | None) -> None:
    parameters = {
        "ids": seeded.queued[:batch],
        "queues": queues,
        "worker_id": seeded.worker_id,
        "sources": ["queued"],
    }
    assert seeded.scans(dispatch_store._CLAIM, parameters) == {"jobs_pkey"}


@pytest.mark.parametrize("batch", BATCHES)
@pytest.mark.parametrize("event", [JobEvent.COMPLETE, JobEvent.RETRY_LATER])
def test_an_acknowledgement_goes_by_the_primary_key_alone(seeded: Seeded, batch: int, event: JobEvent) -> None:
    outcomes = [
        dispatch_store._encoded(Outcome(id=job_id, attempt=1, event=event, delay_seconds=1.0))
        for job_id in seeded.processing[:batch]
    ]
    parameters = {
        "outcomes": orjson.dumps(outcomes).decode(),
        "worker_id": seeded.worker_id,
        "sources": ["processing"],
    }
    assert seeded.scans(dispatch_store._ACKNOWLEDGE, parameters) == {"jobs_pkey"}


@pytest.mark.parametrize("batch", BATCHES)
def test_jobs_of_unknown_types_and_of_dead_processes_go_by_the_primary_key_alone(seeded: Seeded, batch: int) -> None:
    held = {"ids": seeded.processing[:batch], "attempts": [1] * batch, "worker_id": seeded.worker_id}
    unknown = held | {"give_up": 600.0, "longest": 30.0}
    died = held | {"max_rescues": 3, "error": "died", "message": "died"}
    assert seeded.scans(dispatch_store._RETURN_UNKNOWN, unknown) == {"jobs_pkey"}
    assert seeded.scans(recovery_store._RESCUE, died) == {"jobs_pkey"}


def test_due_jobs_are_found_by_their_time(seeded: Seeded) -> None:
    assert seeded.scans(maintenance_store._PROMOTE, {"limit": 1000}) == {"jobs_due", "jobs_pkey"}


@pytest.mark.parametrize("batch", BATCHES)
def test_whether_attempts_are_settled_is_seen_by_the_primary_key_alone(seeded: Seeded, batch: int) -> None:
    assert seeded.scans(maintenance_store._PROCESSING, {"ids": seeded.processing[:batch]}) == {"jobs_pkey"}


def test_expired_jobs_are_found_by_their_time(seeded: Seeded) -> None:
    assert seeded.scans(maintenance_store._EXPIRE, {"limit": 1000}) == {"jobs_expiring", "jobs_pkey"}


@pytest.mark.parametrize("limit", [10, 2000])
def test_what_is_old_enough_is_found_by_the_primary_key_alone(seeded: Seeded, limit: int) -> None:
    kept = dict.fromkeys(("completed", "failed", "cancelled"), timedelta(days=7))
    parameters = kept | {"after": seeded.queued[0], "limit": limit}
    assert seeded.scans(retention_store._PRUNE, parameters) == {"jobs_pkey"}


def test_whether_a_job_names_a_worker_is_seen_by_its_index(seeded: Seeded) -> None:
    parameters = {"kept": timedelta(days=7), "limit": 1000}
    assert seeded.scans(retention_store._PRUNE_WORKERS, parameters) == {"jobs_processing"}


PLACE = {"at": datetime.now(UTC), "id": str(uuid4())}


@pytest.mark.parametrize("after", [None, PLACE], ids=["from the oldest", "after a place"])
@pytest.mark.parametrize("before", [None, PLACE], ids=["to the youngest", "before a place"])
def test_lost_ids_are_found_by_the_order_of_dispatch(
    seeded: Seeded, after: dict[str, Any] | None, before: dict[str, Any] | None
) -> None:
    where: dict[str, Any] = {"queue": "default", "priority": 1, "grace": 2.0, "limit": 10_000}
    for name, place in (("after", after), ("before", before)):
        where |= {f"{name}_{part}": (place or {}).get(part) for part in PLACE}
    assert seeded.scans(relay_store._MISSING, where) == {"jobs_queued"}
    assert seeded.scans(relay_store._WAITING_LISTS, {"grace": 2.0}) == {"jobs_queued"}


def test_a_look_for_lost_ids_reads_a_few_pages_however_many_jobs_wait(seeded: Seeded) -> None:
    ids = seeded.queued  # the youngest first
    middle, oldest = (
        seeded.database.run("SELECT queued_at AS at, id::text FROM jobs WHERE id = %(id)s", {"id": job_id})[0]
        for job_id in (ids[2500], ids[-1])
    )
    where = {"queue": "default", "priority": 1, "grace": 2.0, "limit": 100}
    bounds = {"before_at": oldest[0], "before_id": oldest[1], "after_at": None, "after_id": None}
    assert seeded.pages(relay_store._MISSING, where | bounds) < 10
    bounds = {"before_at": None, "before_id": None, "after_at": middle[0], "after_id": middle[1]}
    assert seeded.pages(relay_store._MISSING, where | bounds) < 20
    seeded.database.run("INSERT INTO queues (name) VALUES ('default') ON CONFLICT DO NOTHING")
    assert seeded.pages(relay_store._WAITING_LISTS, {"grace": 2.0}) < 20


@pytest.mark.parametrize("batch", BATCHES)
def test_places_of_listed_ids_are_found_by_the_primary_key_alone(seeded: Seeded, batch: int) -> None:
    listed = {"ids": seeded.queued[:batch], "queue": "default", "priority": 1}
    assert seeded.scans(relay_store._PLACES, listed) == {"jobs_pkey"}


def test_rows_of_a_dead_worker_are_found_by_their_worker(seeded: Seeded) -> None:
    scans = seeded.scans(recovery_store._RELEASE_ALL, {"worker_id": str(uuid4()), "but_for": []})
    assert scans == {"jobs_processing", "jobs_pkey"}


def test_jobs_claimed_without_redis_are_found_by_the_order_of_dispatch(seeded: Seeded) -> None:
    lists = {"queues": ["empty", "default"], "priorities": [0, 1]}
    scans = seeded.scans(dispatch_store._CLAIM_WAITING, {"worker_id": seeded.worker_id, "limit": 500, **lists})
    assert scans - {"workers_pkey"} == {"jobs_queued", "jobs_pkey"}


@pytest.mark.parametrize("batch", BATCHES)
def test_a_claim_under_limits_goes_by_the_primary_key_and_counts_what_runs_by_its_index(seeded: Seeded, batch: int) -> None:
    ids = seeded.queued[:batch]
    claim = {"ids": ids, "queues": None, "worker_id": seeded.worker_id, "sources": ["queued"]}
    limits = {"kinds": ["queue", "type"], "names": ["default", "demo"], "free": [3, 5]}
    assert seeded.scans(limited_dispatch_store._CLAIM, claim | limits) == {"jobs_pkey"}
    assert seeded.scans(limited_dispatch_store._STILL_WAITING, {"ids": ids, "sources": ["queued"]}) == {"jobs_pkey"}
    assert seeded.scans(limited_dispatch_store._SLOTS_FOR_JOBS, {"ids": ids}) == {"jobs_pkey", "jobs_processing"}


def test_whether_a_limit_has_a_free_slot_is_counted_by_the_index_of_what_runs(seeded: Seeded) -> None:
    limits = {"kinds": ["queue", "type"], "names": ["default", "demo"]}
    assert seeded.scans(limited_dispatch_store._SLOTS, limits) == {"jobs_processing"}


def test_jobs_claimed_past_full_types_are_found_by_the_order_of_dispatch(seeded: Seeded) -> None:
    lists = {"queues": ["empty", "default"], "priorities": [0, 1], "full": ["mail"], "limit": 500}
    assert seeded.scans(limited_dispatch_store._OLDEST, lists) == {"jobs_queued"}


def test_what_a_worker_runs_is_found_by_its_worker(seeded: Seeded) -> None:
    parameters = {"id": None, "states": None, "lost_seconds": None, "obeyed": 1.0, "running": 100, "limit": 1000}
    assert seeded.scans(worker_search._WORKERS, parameters) == {"jobs_processing"}


def test_what_a_lost_worker_held_is_found_by_its_worker(seeded: Seeded) -> None:
    assert seeded.scans(recovery_store._HELD, {"worker_id": seeded.worker_id}) == {"jobs_processing"}
    assert seeded.scans(recovery_store._ORPHANING, {"grace": 5.0}) - {"workers_pkey"} == {"jobs_processing"}
    alone = {"worker_id": seeded.worker_id, "id": seeded.processing[0], "attempt": 1}
    assert seeded.scans(recovery_store._MARK_ALONE, alone) == {"jobs_pkey"}


@pytest.mark.parametrize("action", list(BulkAction))
def test_a_batch_of_a_bulk_operation_goes_by_its_ids(seeded: Seeded, action: BulkAction) -> None:
    wanted = {"ids": seeded.queued[:1_000], "statuses": eligible_statuses(action, JobFilter()), "priority": 0}
    for origins, statement in bulk_work_store._STATEMENTS[action]:
        assert seeded.scans(statement, wanted | {"sources": origins or wanted["statuses"]}) == {"jobs_pkey"}
    assert seeded.scans(bulk_work_store._HELD, wanted | {"changed": seeded.queued[:500]}) == {"jobs_pkey"}


PLACE_IN_LINE = {"queue": "default", "priority": 1, "cap": 100}


@pytest.mark.parametrize("statement", [explain_search._AHEAD, explain_search._BEHIND], ids=["ahead", "behind"])
@pytest.mark.parametrize("at", [0, 2500, 4999], ids=["the youngest", "amid the others", "the oldest"])
def test_jobs_before_and_behind_one_are_counted_by_the_order_of_dispatch_and_not_to_the_end(
    seeded: Seeded, statement: str, at: int
) -> None:
    ((queued_at, job_id),) = seeded.database.run(
        "SELECT queued_at, id::text FROM jobs WHERE id = %(id)s", {"id": seeded.queued[at]}
    )
    place = PLACE_IN_LINE | {"queued_at": queued_at, "id": job_id}
    assert seeded.scans(statement, place) == {"jobs_queued"}
    assert seeded.pages(statement, place) < 20


def test_an_explanation_reads_rows_by_their_keys_and_slots_by_their_worker(seeded: Seeded) -> None:
    scans = seeded.scans(explain_search._JOB, {"id": seeded.queued[0]})
    assert scans == {"jobs_pkey"}
    wanted = {"queue": "default", "type": "demo", "looked_at": 1_000}
    assert seeded.scans(explain_search._FLEET, wanted) == {"jobs_processing"}
    assert seeded.pages(explain_search._FLEET, wanted) < 20  # its worker holds 5,000 jobs, and has one slot
    limits = {"kinds": ["queue", "type"], "names": ["default", "demo"]}
    assert seeded.scans(limit_store._LIMITS, limits) == {"jobs_processing"}
    assert seeded.scans(explain_search._DEPTH, {"queue": "default"}) == set()
