"""The outbox has every job that ends, however it ends, and the index follows it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from goqueue_common.database import Database, connect, run_on
from goqueue_common.job import Outcome
from goqueue_common.job_store import JobStore
from goqueue_common.lifecycle import FINAL, TRANSITIONS, YIELDS_TO_CANCEL, JobEvent, JobStatus
from goqueue_common.maintenance_store import MaintenanceStore
from goqueue_common.recovery_store import RecoveryStore
from goqueue_common.retention_store import Retention, RetentionStore
from goqueue_common.search_index_store import LARGEST_INDEXED_PAYLOAD_BYTES, SearchIndexStore
from tests.factories import job_in, register_worker, start, submit

FIRST = "00000000-0000-0000-0000-000000000000"
AT_ONCE = Retention(completed=timedelta(0), failed=timedelta(0), cancelled=timedelta(0))


@pytest.fixture
def index(database: Database) -> SearchIndexStore:
    return SearchIndexStore(database)


def outbox(database: Database) -> list[tuple[str | None, list[str]]]:
    """(worker, ids) of each batch."""
    rows = database.run("SELECT worker_id::text, ids::text[] FROM finished_batches ORDER BY seq")
    return [(row[0], sorted(row[1])) for row in rows]


def entries(database: Database) -> dict[str, dict[str, Any]]:
    return {row[0]["id"]: row[0] for row in database.run("SELECT to_jsonb(job_search) FROM job_search")}


Setting = tuple[JobStore, Database, str]


def acknowledged(event: JobEvent, **options: Any) -> Callable[[Setting, str], bool]:
    def end(setting: Setting, job_id: str) -> bool:
        store, _, worker_id = setting
        store.save_result(worker_id, Outcome(id=job_id, attempt=1, event=event, **options))
        return True

    return end


def by_hand(event: JobEvent) -> Callable[[Setting, str], bool]:
    def end(setting: Setting, job_id: str) -> bool:
        setting[0].update_status(job_id, event)
        return False

    return end


def rescued(setting: Setting, job_id: str) -> bool:
    RecoveryStore(setting[1]).rescue(setting[2], [(job_id, 1)], error="died", max_rescues=0)
    return True


def released(setting: Setting, job_id: str) -> bool:
    RecoveryStore(setting[1]).release_all(setting[2])
    return True


def expired(setting: Setting, job_id: str) -> bool:
    setting[1].run("UPDATE jobs SET expires_at = now() - interval '1 s' WHERE id = %(id)s", {"id": job_id})
    MaintenanceStore(setting[1]).expire(10)
    return False


def unknown(setting: Setting, job_id: str) -> bool:
    store, database, worker_id = setting
    database.run(
        "UPDATE jobs SET no_handler_since = now() - interval '1 h', type = 'odd' WHERE id = %(id)s", {"id": job_id}
    )
    job = store.increment_attempts(submit(store), worker_id)
    assert job is not None
    database.run("UPDATE workers SET beat_at = now() - interval '1 h'")
    store.return_unknown(worker_id, [job._replace(id=job_id, attempt=1)], give_up_seconds=60)
    return True


ENDINGS: list[tuple[str, JobEvent, JobStatus, bool, Callable[[Setting, str], bool]]] = [
    ("completed", JobEvent.COMPLETE, JobStatus.PROCESSING, False, acknowledged(JobEvent.COMPLETE)),
    ("failed", JobEvent.FAIL, JobStatus.PROCESSING, False, acknowledged(JobEvent.FAIL, failure_reason="exhausted")),
    (
        "cancelled by its handler",
        JobEvent.CONFIRM_CANCEL,
        JobStatus.PROCESSING,
        False,
        acknowledged(JobEvent.CONFIRM_CANCEL),
    ),
    (
        "failed, to be cancelled",
        JobEvent.FAIL,
        JobStatus.PROCESSING,
        True,
        acknowledged(JobEvent.FAIL, failure_reason="exhausted"),
    ),
    (
        "retried, to be cancelled",
        JobEvent.RETRY_LATER,
        JobStatus.PROCESSING,
        True,
        acknowledged(JobEvent.RETRY_LATER, delay_seconds=1),
    ),
    (
        "snoozed, to be cancelled",
        JobEvent.SNOOZE,
        JobStatus.PROCESSING,
        True,
        acknowledged(JobEvent.SNOOZE, delay_seconds=1),
    ),
    ("released, to be cancelled", JobEvent.RELEASE, JobStatus.PROCESSING, True, acknowledged(JobEvent.RELEASE)),
    ("poison", JobEvent.POISON, JobStatus.PROCESSING, False, rescued),
    ("poison, to be cancelled", JobEvent.POISON, JobStatus.PROCESSING, True, rescued),
    ("rescued, to be cancelled", JobEvent.RESCUE, JobStatus.PROCESSING, True, rescued),
    ("left by a dead worker, to be cancelled", JobEvent.RELEASE, JobStatus.PROCESSING, True, released),
    ("of an unknown type", JobEvent.FAIL, JobStatus.PROCESSING, False, unknown),
    ("of an unknown type, to be cancelled", JobEvent.FAIL, JobStatus.PROCESSING, True, unknown),
    ("expired", JobEvent.EXPIRE, JobStatus.QUEUED, False, expired),
    ("expired by hand", JobEvent.EXPIRE, JobStatus.SCHEDULED, False, by_hand(JobEvent.EXPIRE)),
    ("cancelled by hand", JobEvent.CANCEL, JobStatus.RETRYING, False, by_hand(JobEvent.CANCEL)),
]


@pytest.mark.parametrize(
    ("event", "status", "is_unwanted", "end"), [row[1:] for row in ENDINGS], ids=[row[0] for row in ENDINGS]
)
def test_every_end_of_a_job_is_in_the_outbox(
    store: JobStore,
    database: Database,
    index: SearchIndexStore,
    worker_id: str,
    event: JobEvent,
    status: JobStatus,
    is_unwanted: bool,
    end: Callable[[Setting, str], bool],
) -> None:
    job_id = job_in(status, store, worker_id)
    if is_unwanted:
        store.update_status(job_id, JobEvent.REQUEST_CANCEL)
    assert outbox(database) == []
    is_by_worker = end((store, database, worker_id), job_id)
    job = store.get_job_by_id(job_id)
    assert job.status in FINAL, f"{event} did not end it"
    assert outbox(database) == [(worker_id if is_by_worker else None, [job_id])]
    assert index.index(10)[:2] == (1, 1)
    assert outbox(database) == []
    assert entries(database)[job_id]["status"] == job.status


def test_every_event_that_can_end_a_job_is_among_them() -> None:
    walked = {event for _, event, *_ in ENDINGS}
    ends = {event for event, transition in TRANSITIONS.items() if transition.target in FINAL} | YIELDS_TO_CANCEL
    assert walked == ends


def test_what_does_not_end_a_job_is_not_noted(store: JobStore, database: Database, worker_id: str) -> None:
    later = job_in(JobStatus.SCHEDULED, store, worker_id)
    store.update_status(later, JobEvent.RUN_NOW)
    running = job_in(JobStatus.PROCESSING, store, worker_id)
    store.save_result(worker_id, Outcome(id=running, attempt=1, event=JobEvent.RELEASE))
    store.update_status(job_in(JobStatus.RETRYING, store, worker_id), JobEvent.RETRY)
    assert outbox(database) == []


def test_a_batch_of_outcomes_is_one_row(store: JobStore, database: Database, worker_id: str) -> None:
    ids = [submit(store) for _ in range(5)]
    store.claim(worker_id, ids, None)
    endings = [Outcome(id=job_id, attempt=1, event=JobEvent.COMPLETE) for job_id in ids[:4]]
    store.acknowledge(worker_id, [*endings, Outcome(id=ids[4], attempt=1, event=JobEvent.RELEASE)])
    assert outbox(database) == [(worker_id, sorted(ids[:4]))]


def test_an_entry_tells_what_the_job_does(
    store: JobStore, database: Database, index: SearchIndexStore, worker_id: str
) -> None:
    job_id = submit(store, queue="mail", type_="email.send", tags=["a"], payload={"x": 1})
    start(store, worker_id, job_id)
    database.run(
        "UPDATE jobs SET started_at = now() - interval '5 s', schedule = 'nightly' WHERE id = %(id)s", {"id": job_id}
    )
    ending = Outcome(id=job_id, attempt=1, event=JobEvent.FAIL, failure_reason="discarded", error="broken")
    store.save_result(worker_id, ending)
    index.index(10)
    entry = entries(database)[job_id]
    assert 5.0 <= entry.pop("duration") < 60.0
    ((finished_at,),) = database.run("SELECT to_jsonb(finished_at) FROM jobs WHERE id = %(id)s", {"id": job_id})
    assert entry == {
        "id": job_id,
        "queue": "mail",
        "fingerprint": None,
        "type": "email.send",
        "status": "failed",
        "worker_id": worker_id,
        "schedule": "nightly",
        "run_at": None,
        "finished_at": finished_at,
        "attempts": 1,
        "tags": ["a"],
        "error": "broken",
        "payload": {"x": 1},
    }


def test_a_large_payload_is_left_out(store: JobStore, database: Database, index: SearchIndexStore, worker_id: str) -> None:
    text = "".join(uuid4().hex for _ in range(LARGEST_INDEXED_PAYLOAD_BYTES // 32))
    job_id = job_in(JobStatus.COMPLETED, store, worker_id, payload={"text": text})
    index.index(10)
    assert entries(database)[job_id]["payload"] is None


def test_a_job_that_came_back_to_life_is_not_indexed(
    store: JobStore, database: Database, index: SearchIndexStore, worker_id: str
) -> None:
    job_id = job_in(JobStatus.FAILED, store, worker_id)
    store.update_status(job_id, JobEvent.RETRY)
    assert index.index(10)[:2] == (1, 1)
    assert (entries(database), outbox(database)) == ({}, [])


def test_a_retry_by_hand_takes_a_job_out_of_the_index_until_it_ends_again(
    store: JobStore, database: Database, index: SearchIndexStore, worker_id: str
) -> None:
    job_id = job_in(JobStatus.FAILED, store, worker_id)
    index.index(10)
    assert set(entries(database)) == {job_id}
    store.update_status(job_id, JobEvent.RETRY)
    assert entries(database) == {}
    store.update_status(job_id, JobEvent.CANCEL)
    index.index(10)
    assert entries(database)[job_id]["status"] == "cancelled"


def test_batches_that_another_indexer_has_in_hand_are_left_to_it(
    store: JobStore, database: Database, database_url: str, index: SearchIndexStore, worker_id: str
) -> None:
    first, second = (job_in(JobStatus.COMPLETED, store, worker_id) for _ in range(2))
    other = connect(database_url, pool_size=1, statement_timeout_seconds=10.0, application_name="other")
    with other.transaction() as connection:
        run_on(connection, "SELECT FROM finished_batches ORDER BY seq LIMIT 1 FOR UPDATE")
        assert index.index(10)[:2] == (1, 1)
        assert set(entries(database)) == {second}
    index.index(10)
    assert set(entries(database)) == {first, second}
    other.close()


def test_the_later_end_of_a_job_stays_whichever_is_indexed_last(
    store: JobStore, database: Database, index: SearchIndexStore, worker_id: str
) -> None:
    job_id = job_in(JobStatus.FAILED, store, worker_id)
    index.index(10)
    database.run("UPDATE job_search SET finished_at = now() + interval '1 h', error = 'later'")
    database.run("INSERT INTO finished_batches (ids) VALUES (ARRAY[%(id)s::uuid])", {"id": job_id})
    index.index(10)
    assert entries(database)[job_id]["error"] == "later"


def test_of_two_ends_in_one_step_the_last_worker_is_kept(
    store: JobStore, database: Database, index: SearchIndexStore, worker_id: str
) -> None:
    job_id = job_in(JobStatus.FAILED, store, worker_id)
    store.update_status(job_id, JobEvent.RETRY)
    other = register_worker(database)
    start(store, other, job_id)
    store.save_result(other, Outcome(id=job_id, attempt=2, event=JobEvent.COMPLETE))
    assert index.index(10)[:2] == (2, 1)
    assert entries(database)[job_id]["worker_id"] == other


def test_pruning_takes_entries_with_their_jobs(
    store: JobStore, database: Database, index: SearchIndexStore, worker_id: str
) -> None:
    kept, gone = job_in(JobStatus.QUEUED, store, worker_id), job_in(JobStatus.COMPLETED, store, worker_id)
    late = job_in(JobStatus.FAILED, store, worker_id)
    submit(store)
    index.index(10)
    database.run("UPDATE jobs SET finished_at = now() - interval '1 s' WHERE id = %(id)s", {"id": gone})
    database.run("DELETE FROM jobs WHERE id = %(id)s", {"id": late})  # as if indexed in the moment of its deletion
    assert set(entries(database)) == {gone, late}
    assert RetentionStore(database).prune(AT_ONCE, after=FIRST, limit=10).pruned == 1
    assert entries(database) == {}
    assert store.get_job_by_id(kept).id == kept
