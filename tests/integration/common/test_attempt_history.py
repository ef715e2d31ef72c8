"""The attempts of a job, whatever became of them, as GET /jobs/{id} shows them."""

from __future__ import annotations

from typing import Any

import pytest

from goqueue_common.attempts import SAID
from goqueue_common.database import Database
from goqueue_common.job import ClaimedJob, Outcome
from goqueue_common.job_store import JobStore
from goqueue_common.lifecycle import JobEvent, JobStatus
from goqueue_common.recovery_store import RecoveryStore
from goqueue_common.retry_policy import DEFAULT_RETRY_POLICY
from goqueue_worker.outcomes import AttemptEnd
from goqueue_worker.verdicts import Cancel, Discard, Retry, Snooze
from tests.factories import job_in, row, start, submit
from tests.unit.worker.claimed import FrozenClock


def end_of(worker_id: str, job: ClaimedJob) -> AttemptEnd:
    return AttemptEnd(job, DEFAULT_RETRY_POLICY, worker_id, FrozenClock())


def history(store: JobStore, job_id: str) -> list[dict[str, Any]]:
    shown: list[dict[str, Any]] = store.get_job_by_id(job_id).to_dict()["attempt_history"]
    return shown


ENDINGS: dict[str, Any] = {
    "completed": lambda end: end.returned({"ok": True}),
    "error": lambda end: end.raised(ValueError("broken")),
    "timeout": lambda end: end.timed_out(3.0),
    "discarded": lambda end: end.said(Discard("useless")),
    "snoozed": lambda end: end.said(Snooze(60)),
    "cancelled": lambda end: end.said(Cancel("unwanted")),
    "released": lambda end: end.interrupted(),
}


def test_a_job_that_never_ran_has_no_attempts(store: JobStore) -> None:
    assert history(store, submit(store)) == []


def test_a_running_attempt_is_told_by_the_row(store: JobStore, worker_id: str) -> None:
    job = start(store, worker_id, submit(store))
    (shown,) = history(store, job.id)
    assert (shown["attempt"], shown["worker_id"], shown["outcome"]) == (1, worker_id, "running")
    assert (shown["queued_at"], shown["started_at"], shown["finished_at"]) == (job.queued_at, job.started_at, None)
    assert (shown["wait_seconds"], shown["run_seconds"]) == ((job.started_at - job.queued_at).total_seconds(), None)


@pytest.mark.parametrize("name", ENDINGS)
def test_every_ending_is_told_in_one_shape(store: JobStore, worker_id: str, name: str) -> None:
    job = start(store, worker_id, submit(store))
    store.save_result(worker_id, ENDINGS[name](end_of(worker_id, job)))
    (shown,) = history(store, job.id)
    assert set(shown) == {*SAID, "wait_seconds", "run_seconds"}
    assert (shown["attempt"], shown["worker_id"], shown["outcome"]) == (1, worker_id, name)
    assert (shown["queued_at"], shown["started_at"]) == (job.queued_at, job.started_at)
    assert shown["finished_at"] is not None
    assert shown["run_seconds"] >= 0
    assert (shown["error"] is None) == (name in ("completed", "snoozed", "released"))


def test_an_attempt_whose_process_died_is_told(store: JobStore, database: Database, worker_id: str) -> None:
    job = start(store, worker_id, submit(store))
    RecoveryStore(database).rescue(worker_id, [(job.id, 1)], error="its process died: signal 9")
    again = start(store, worker_id, job.id)
    died, running = history(store, job.id)
    assert (died["outcome"], died["error"], died["queued_at"]) == ("died", "its process died: signal 9", job.queued_at)
    assert (running["attempt"], running["outcome"]) == (2, "running")
    assert running["queued_at"] == died["finished_at"] <= again.started_at


def test_an_attempt_that_never_began_leaves_a_gap(store: JobStore, worker_id: str) -> None:
    job_id = submit(store)
    store.save_result(worker_id, end_of(worker_id, start(store, worker_id, job_id)).released())
    assert history(store, job_id) == []
    start(store, worker_id, job_id)
    assert [shown["attempt"] for shown in history(store, job_id)] == [2]


def test_attempts_come_in_order(store: JobStore, worker_id: str) -> None:
    job_id = submit(store)
    for ending in (lambda end: end.raised(ValueError("x")), lambda end: end.said(Retry(after=0)), ENDINGS["completed"]):
        store.save_result(worker_id, ending(end_of(worker_id, start(store, worker_id, job_id))))
        if store.get_job_by_id(job_id).status == JobStatus.RETRYING:
            store.update_status(job_id, JobEvent.PROMOTE)
    shown = history(store, job_id)
    assert [(one["attempt"], one["outcome"]) for one in shown] == [(1, "error"), (2, "error"), (3, "completed")]
    assert all(one["wait_seconds"] >= 0 for one in shown)


def test_a_completed_attempt_is_remembered_when_its_job_runs_again(store: JobStore, worker_id: str) -> None:
    job_id = job_in(JobStatus.COMPLETED, store, worker_id)
    (before,) = history(store, job_id)
    store.update_status(job_id, JobEvent.RETRY)
    assert history(store, job_id) == [before]
    start(store, worker_id, job_id)
    assert [shown["outcome"] for shown in history(store, job_id)] == ["completed", "running"]


def test_the_worker_of_the_last_attempt_is_never_forgotten(store: JobStore, database: Database, worker_id: str) -> None:
    job_id = job_in(JobStatus.PROCESSING, store, worker_id)
    store.save_result(worker_id, Outcome(id=job_id, attempt=1, event=JobEvent.RELEASE))
    assert row(database, job_id)["attempted_by"] == worker_id
