"""Bulk operations on real rows, each step called by the test; whoever runs them is only a loop around this."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from goqueue_common.audit_store import Actor, AuditStore
from goqueue_common.bulk import BulkAction, BulkOperation, BulkState, NewBulkOperation
from goqueue_common.bulk_store import BulkStore
from goqueue_common.bulk_work_store import HELD_ROUNDS, Batch, BulkWorkStore
from goqueue_common.database import Database, run_on
from goqueue_common.errors import BulkOperationNotFound, WrongStatus
from goqueue_common.job import Priority
from goqueue_common.job_filter import Count, JobFilter
from goqueue_common.job_store import JobStore
from goqueue_common.lifecycle import JobEvent, JobStatus
from goqueue_common.redaction import Redactor
from goqueue_common.retention_store import OPERATIONS_KEPT_FOR, RetentionStore
from tests.factories import job_in, row, submit

SOMEBODY = Actor("somebody", "key1", "request1")
EVERYTHING = JobFilter()
BECOMES: dict[BulkAction, dict[str, str]] = {
    BulkAction.RETRY: dict.fromkeys(("failed", "cancelled", "retrying"), "queued"),
    BulkAction.CANCEL: dict.fromkeys(("queued", "scheduled", "retrying"), "cancelled") | {"processing": "processing"},
    BulkAction.DELETE: dict.fromkeys(("completed", "failed", "cancelled"), "gone"),
    BulkAction.RUN_NOW: dict.fromkeys(("scheduled", "retrying"), "queued"),
    BulkAction.SET_PRIORITY: {status: status for status in ("queued", "scheduled", "retrying")},
}


@pytest.fixture
def bulk(database: Database) -> BulkStore:
    return BulkStore(database, Redactor([]))


@pytest.fixture
def work(database: Database) -> BulkWorkStore:
    return BulkWorkStore(database)


def new(action: BulkAction, wanted: JobFilter = EVERYTHING, **more: Any) -> NewBulkOperation:
    priority = Priority.HIGH if action is BulkAction.SET_PRIORITY else None
    return NewBulkOperation(action=action, wanted=wanted, priority=priority, **more)


def oldest(work: BulkWorkStore) -> BulkOperation | None:
    """The operation that was started first of those that are not over."""
    return next(iter(work.running()), None)


def step(work: BulkWorkStore, limit: int = 1_000) -> Batch | None:
    """One batch of the oldest operation."""
    operation = oldest(work)
    assert operation is not None
    ids = work.next_ids(operation, limit)
    return work.work(operation, ids) if ids else work.work_held(operation, limit)


def finish(work: BulkWorkStore, limit: int = 1_000) -> list[Batch]:
    """All its batches."""
    batches: list[Batch] = []
    while oldest(work) is not None:
        batch = step(work, limit)
        assert batch is not None
        batches.append(batch)
    return batches


def numbers(operation: BulkOperation) -> tuple[int, int, int, int]:
    return operation.matched, operation.processed, operation.changed, operation.skipped


@contextmanager
def locked(database: Database, *job_ids: str) -> Iterator[None]:
    """Somebody holds these rows."""
    with database.transaction() as connection:
        run_on(connection, "SELECT 1 FROM jobs WHERE id = ANY(%(ids)s::uuid[]) FOR UPDATE", {"ids": list(job_ids)})
        yield


@pytest.mark.parametrize("action", list(BulkAction))
def test_an_action_changes_the_jobs_it_is_for_and_leaves_all_others_as_they_are(
    bulk: BulkStore, work: BulkWorkStore, store: JobStore, database: Database, worker_id: str, action: BulkAction
) -> None:
    jobs = {str(status): job_in(status, store, worker_id) for status in JobStatus}
    before = {status: row(database, job_id) for status, job_id in jobs.items()}
    operation = bulk.create(new(action), SOMEBODY)
    batches = finish(work)
    done = bulk.get(operation.id)
    wanted = len(BECOMES[action])
    assert (done.state, numbers(done)) == (BulkState.COMPLETED, (wanted, wanted, wanted, 0))
    for status, job_id in jobs.items():
        if status not in BECOMES[action]:
            assert row(database, job_id) == before[status]
        elif BECOMES[action][status] == "gone":
            assert database.run("SELECT 1 FROM jobs WHERE id = %(id)s", {"id": job_id}) == []
        else:
            now = row(database, job_id)
            assert now["status"] == BECOMES[action][status]
            assert now["updated_at"] > before[status]["updated_at"]
            assert now["priority"] == (0 if action is BulkAction.SET_PRIORITY else before[status]["priority"])
            assert (now["cancel_requested_at"] is not None) is (action is BulkAction.CANCEL)
    queued = {jobs[status] for status, target in BECOMES[action].items() if target == "queued"}
    assert {ref.id for batch in batches for ref in batch.queued} == queued


def test_a_bulk_retry_leaves_what_a_retry_by_hand_leaves(
    bulk: BulkStore, work: BulkWorkStore, store: JobStore, database: Database, worker_id: str
) -> None:
    by_hand, in_bulk = (job_in(JobStatus.FAILED, store, worker_id) for _ in range(2))
    store.update_status(by_hand, JobEvent.RETRY)
    bulk.create(new(BulkAction.RETRY), SOMEBODY)
    finish(work)
    times = ("id", "created_at", "updated_at", "queued_at", "started_at")
    first, second = row(database, by_hand), row(database, in_bulk)
    assert {name: first[name] for name in first if name not in times} == {
        name: second[name] for name in second if name not in times
    }


def test_jobs_whose_priority_changes_are_pushed_to_their_new_list_and_others_left_alone(
    bulk: BulkStore, work: BulkWorkStore, store: JobStore
) -> None:
    queued = submit(store, queue="mail")
    submit(store, priority=Priority.HIGH)
    submit(store, delay_seconds=3600)
    operation = bulk.create(new(BulkAction.SET_PRIORITY), SOMEBODY)
    refs = [ref for batch in finish(work) for ref in batch.queued]
    assert refs == [(queued, "mail", Priority.HIGH)]
    assert numbers(bulk.get(operation.id)) == (3, 3, 2, 1)


def test_cancelled_jobs_are_to_be_announced_and_those_that_run_are_not(
    bulk: BulkStore, work: BulkWorkStore, store: JobStore, worker_id: str
) -> None:
    waiting = job_in(JobStatus.QUEUED, store, worker_id)
    job_in(JobStatus.PROCESSING, store, worker_id)
    bulk.create(new(BulkAction.CANCEL), SOMEBODY)
    assert [change.id for batch in finish(work) for change in batch.ended] == [waiting]


def test_a_status_that_the_action_is_not_for_changes_nothing(
    bulk: BulkStore, work: BulkWorkStore, store: JobStore, database: Database, worker_id: str
) -> None:
    jobs = [row(database, job_in(status, store, worker_id)) for status in JobStatus]
    operation = bulk.create(new(BulkAction.CANCEL, JobFilter(statuses=["completed"])), SOMEBODY)
    finish(work)
    assert numbers(bulk.get(operation.id)) == (0, 0, 0, 0)
    assert [row(database, job["id"]) for job in jobs] == jobs


def test_jobs_submitted_after_it_began_are_not_touched(bulk: BulkStore, work: BulkWorkStore, store: JobStore) -> None:
    first = submit(store)
    bulk.create(new(BulkAction.CANCEL), SOMEBODY)
    later = submit(store)
    finish(work)
    assert store.get_job_by_id(first).status == JobStatus.CANCELLED
    assert store.get_job_by_id(later).status == JobStatus.QUEUED


def test_a_filter_that_ends_earlier_keeps_its_end(bulk: BulkStore, store: JobStore, database: Database) -> None:
    job = store.get_job_by_id(submit(store))
    submit(store)
    early = JobFilter(created_before=job.created_at + timedelta(microseconds=1))
    operation = bulk.create(new(BulkAction.CANCEL, early), SOMEBODY)
    assert (operation.wanted, operation.matched) == (early, 1)
    late = JobFilter(created_before=job.created_at + timedelta(days=1))
    operation = bulk.create(new(BulkAction.CANCEL, late), SOMEBODY)
    assert operation.wanted.created_before is not None
    assert operation.wanted.created_before <= operation.created_at


def test_a_job_that_fails_again_meanwhile_is_not_retried_twice(
    bulk: BulkStore, work: BulkWorkStore, store: JobStore, database: Database, worker_id: str
) -> None:
    jobs = [job_in(JobStatus.FAILED, store, worker_id) for _ in range(4)]
    operation = bulk.create(new(BulkAction.RETRY), SOMEBODY)
    step(work, limit=2)
    database.run(
        "UPDATE jobs SET status = 'failed', finished_at = now(), failure_reason = 'exhausted' WHERE id = %(id)s",
        {"id": jobs[0]},
    )
    finish(work, limit=2)
    assert store.get_job_by_id(jobs[0]).status == JobStatus.FAILED
    assert [store.get_job_by_id(job_id).status for job_id in jobs[1:]] == ["queued"] * 3
    assert numbers(bulk.get(operation.id)) == (4, 4, 4, 0)


def test_a_job_that_left_the_wanted_status_is_skipped(
    bulk: BulkStore, work: BulkWorkStore, store: JobStore, database: Database, worker_id: str
) -> None:
    """It may be retrying by now, which a retry could be done to; but failed ones were asked for."""
    job_id = job_in(JobStatus.FAILED, store, worker_id)
    bulk.create(new(BulkAction.RETRY, JobFilter(statuses=["failed"])), SOMEBODY)
    operation = oldest(work)
    assert operation is not None
    ids = work.next_ids(operation, 10)
    database.run(
        "UPDATE jobs SET status = 'retrying', finished_at = NULL, failure_reason = NULL, run_at = now() WHERE id = %(id)s",
        {"id": job_id},
    )
    work.work(operation, ids)
    finish(work)
    assert store.get_job_by_id(job_id).status == JobStatus.RETRYING
    assert numbers(bulk.get(operation.id)) == (1, 1, 0, 1)


def test_ids_that_are_given_are_changed_and_no_others(
    bulk: BulkStore, work: BulkWorkStore, store: JobStore, worker_id: str
) -> None:
    failed, completed, other = (
        job_in(status, store, worker_id) for status in (JobStatus.FAILED, JobStatus.COMPLETED, JobStatus.FAILED)
    )
    queued = submit(store)
    operation = bulk.create(new(BulkAction.RETRY, JobFilter(ids=[failed, completed, queued, str(uuid4())])), SOMEBODY)
    assert operation.to_dict()["selection"]["ids_total"] == 4
    finish(work, limit=1)
    assert [store.get_job_by_id(job_id).status for job_id in (failed, completed, other)] == ["queued", "queued", "failed"]
    assert numbers(bulk.get(operation.id)) == (2, 2, 2, 0)


def test_a_batch_that_is_repeated_or_done_by_two_at_once_changes_nothing_the_second_time(
    bulk: BulkStore, work: BulkWorkStore, store: JobStore, database: Database, worker_id: str
) -> None:
    jobs = [job_in(JobStatus.FAILED, store, worker_id) for _ in range(3)]
    bulk.create(new(BulkAction.RETRY), SOMEBODY)
    seen = oldest(work)
    assert seen is not None
    ids = work.next_ids(seen, 2)
    assert work.work(seen, ids) is not None
    rows = [row(database, job_id) for job_id in jobs]
    assert work.work(seen, ids) is None
    assert work.work_held(seen, 10) is None
    assert [row(database, job_id) for job_id in jobs] == rows
    finish(work)
    assert numbers(bulk.get(seen.id)) == (3, 3, 3, 0)


def test_what_somebody_holds_is_tried_again_at_the_end(
    bulk: BulkStore, work: BulkWorkStore, store: JobStore, worker_id: str, impatient: Database
) -> None:
    jobs = [job_in(JobStatus.FAILED, store, worker_id) for _ in range(3)]
    operation = bulk.create(new(BulkAction.RETRY), SOMEBODY)
    with locked(impatient, jobs[0], jobs[1]):
        step(work)
        held = bulk.get(operation.id)
        assert (numbers(held), held.held_ids) == ((3, 1, 1, 0), jobs[:2])
        batch = step(work)
        assert batch is not None
        assert batch.is_in_vain
    finish(work)
    assert numbers(bulk.get(operation.id)) == (3, 3, 3, 0)
    assert {store.get_job_by_id(job_id).status for job_id in jobs} == {"queued"}


def test_what_is_moved_out_of_the_filter_while_it_is_held_is_left_alone(
    bulk: BulkStore, work: BulkWorkStore, store: JobStore, impatient: Database
) -> None:
    job = submit(store)
    operation = bulk.create(new(BulkAction.CANCEL, JobFilter(queues=["default"])), SOMEBODY)
    with impatient.transaction() as connection:
        run_on(connection, "UPDATE jobs SET queue = 'keep' WHERE id = %(id)s", {"id": job})
        step(work)
        assert bulk.get(operation.id).held_ids == [job]
    finish(work)
    assert numbers(bulk.get(operation.id)) == (1, 1, 0, 1)
    assert store.get_job_by_id(job).status == "queued"


def test_what_somebody_holds_all_the_time_is_skipped_after_some_tries(
    bulk: BulkStore, work: BulkWorkStore, store: JobStore, worker_id: str, impatient: Database
) -> None:
    jobs = [job_in(JobStatus.FAILED, store, worker_id) for _ in range(3)]
    operation = bulk.create(new(BulkAction.RETRY), SOMEBODY)
    with locked(impatient, *jobs[1:]):
        assert len(finish(work)) == 1 + HELD_ROUNDS
    done = bulk.get(operation.id)
    assert (done.state, numbers(done)) == (BulkState.COMPLETED, (3, 3, 1, 2))
    assert [store.get_job_by_id(job_id).status for job_id in jobs] == ["queued", "failed", "failed"]


def test_an_abort_ends_it_between_two_batches_and_is_refused_once_it_is_over(
    bulk: BulkStore, work: BulkWorkStore, store: JobStore, worker_id: str
) -> None:
    jobs = [job_in(JobStatus.FAILED, store, worker_id) for _ in range(4)]
    operation = bulk.create(new(BulkAction.RETRY), SOMEBODY)
    step(work, limit=2)
    seen = oldest(work)
    assert seen is not None
    aborted = bulk.abort(operation.id, Actor("another"))
    assert (aborted.state, numbers(aborted)) == (BulkState.ABORTED, (4, 2, 2, 0))
    assert work.work(seen, jobs[2:]) is None
    assert oldest(work) is None
    assert [store.get_job_by_id(job_id).status for job_id in jobs] == ["queued", "queued", "failed", "failed"]
    with pytest.raises(WrongStatus, match="is aborted") as refused:
        bulk.abort(operation.id, SOMEBODY)
    assert refused.value.status == "aborted"
    with pytest.raises(BulkOperationNotFound):
        bulk.abort(str(uuid4()), SOMEBODY)


def test_who_did_what_is_in_the_audit_log(
    bulk: BulkStore, work: BulkWorkStore, store: JobStore, database: Database, worker_id: str
) -> None:
    job_in(JobStatus.FAILED, store, worker_id)
    first = bulk.create(new(BulkAction.RETRY, JobFilter(queues=["default"])), SOMEBODY)
    finish(work)
    second = bulk.create(new(BulkAction.CANCEL, cause="queue.purge"), SOMEBODY)
    bulk.abort(second.id, Actor("another"))
    third = bulk.create(new(BulkAction.SET_PRIORITY), SOMEBODY)
    work.fail(third, "broken")
    entries = AuditStore(database).page(before=None, limit=10)[::-1]
    assert [(entry.action, entry.actor, entry.affected) for entry in entries] == [
        ("bulk.retry", "somebody", 1),
        ("bulk.finished", "somebody", 1),
        ("queue.purge", "somebody", 1),
        ("bulk.abort", "another", 0),
        ("bulk.set-priority", "somebody", 1),
        ("bulk.finished", "somebody", 0),
    ]
    assert entries[0].target == {"operation": first.id, "selection": dict(first.selection), "parameters": {}}
    assert entries[0].target["selection"]["filter"]["queue"] == ["default"]
    assert (entries[0].key_id, entries[0].request_id) == ("key1", "request1")
    assert entries[4].target["parameters"] == {"priority": "high"}
    assert entries[5].target == {"operation": third.id, "action": "set-priority", "state": "failed"}
    assert (bulk.get(third.id).state, bulk.get(third.id).error) == (BulkState.FAILED, "broken")


def test_operations_are_listed_newest_first_and_worked_off_oldest_first(
    bulk: BulkStore, work: BulkWorkStore, store: JobStore
) -> None:
    submit(store)
    first, second = (bulk.create(new(BulkAction.SET_PRIORITY), SOMEBODY) for _ in range(2))
    assert [operation.id for operation in work.running()] == [first.id, second.id]
    assert [operation.id for operation in bulk.page(before=None, limit=5)] == [second.id, first.id]


def test_a_preview_counts_what_would_be_changed_and_what_would_not(
    bulk: BulkStore, store: JobStore, database: Database, worker_id: str
) -> None:
    failed = [job_in(JobStatus.FAILED, store, worker_id, queue="mail") for _ in range(6)]
    job_in(JobStatus.CANCELLED, store, worker_id, queue="other")
    job_in(JobStatus.COMPLETED, store, worker_id, queue="other")
    job_in(JobStatus.QUEUED, store, worker_id, queue="other")
    before = database.run("SELECT to_jsonb(jobs) FROM jobs ORDER BY id")
    preview = bulk.preview(BulkAction.RETRY, EVERYTHING)
    assert (preview.matched, preview.excluded) == (Count(7), Count(2))
    assert (preview.by_queue, preview.by_type) == ({"mail": 6, "other": 1}, {"demo": 7})
    assert [job.id for job in preview.sample[1:]] == failed[:1:-1]
    assert database.run("SELECT to_jsonb(jobs) FROM jobs ORDER BY id") == before
    nothing = bulk.preview(BulkAction.RETRY, JobFilter(statuses=["queued"]))
    assert (nothing.matched, nothing.excluded, nothing.sample) == (Count(0), Count(1), [])


def test_counting_ends_somewhere(bulk: BulkStore, store: JobStore, worker_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("goqueue_common.bulk_store.COUNTED_UP_TO", 2)
    for _ in range(3):
        submit(store)
    assert bulk.preview(BulkAction.CANCEL, EVERYTHING).matched == Count(2, is_capped=True)
    operation = bulk.create(new(BulkAction.CANCEL), SOMEBODY)
    assert (operation.matched, operation.matched_is_capped, operation.progress) == (2, True, None)


def test_operations_are_kept_for_a_month_from_their_end(bulk: BulkStore, work: BulkWorkStore, database: Database) -> None:
    young, old, running = (bulk.create(new(BulkAction.DELETE), SOMEBODY) for _ in range(3))
    for operation, share in ((young, 0.9), (old, 1.1)):
        bulk.abort(operation.id, SOMEBODY)
        database.run(
            "UPDATE bulk_operations SET finished_at = now() - %(ago)s WHERE id = %(id)s",
            {"ago": OPERATIONS_KEPT_FOR * share, "id": operation.id},
        )
    database.run("UPDATE bulk_operations SET created_at = now() - interval '1 year'")
    assert RetentionStore(database).prune_operations(10) == 1
    assert [operation.id for operation in bulk.page(before=None, limit=5)] == [running.id, young.id]
