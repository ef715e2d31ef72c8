"""Jobs of types that the worker which met them does not know."""

from __future__ import annotations

import pytest

from goqueue_common.database import Database
from goqueue_common.job import ClaimedJob, Outcome
from goqueue_common.job_store import JobStore
from goqueue_common.lifecycle import JobEvent, JobStatus
from goqueue_common.worker_store import WorkerStore
from tests.factories import register_worker, row, start, submit

GIVE_UP = 600.0
TYPE = "nobody.knows"


def meet(store: JobStore, worker_id: str, job_id: str) -> ClaimedJob:
    if store.get_job_by_id(job_id).status == JobStatus.SCHEDULED:
        store.update_status(job_id, JobEvent.RUN_NOW)
    return start(store, worker_id, job_id)


def returned(store: JobStore, worker_id: str, *jobs: ClaimedJob) -> list[tuple[str, str]]:
    settled = store.return_unknown(worker_id, jobs, give_up_seconds=GIVE_UP)
    return [(item.id, item.status) for item in settled]


def age(database: Database, seconds: float) -> None:
    """As if the job had been met first so long ago."""
    database.run("UPDATE jobs SET no_handler_since = now() - %(age)s * interval '1 s'", {"age": seconds})


def test_a_job_of_an_unknown_type_waits_and_says_why(store: JobStore, worker_id: str) -> None:
    job_id = submit(store, TYPE)
    assert returned(store, worker_id, meet(store, worker_id, job_id)) == [(job_id, "scheduled")]
    job = store.get_job_by_id(job_id)
    assert (job.status, job.waiting_reason, job.no_handler_since) == ("scheduled", "no_handler", job.updated_at)
    assert (job.failures, job.rescues, job.worker_id, job.attempt_log) == (0, 0, None, [])
    assert (job.error or "").startswith("no_handler:")


def test_the_wait_grows_up_to_its_longest_and_the_first_meeting_is_remembered(store: JobStore, worker_id: str) -> None:
    job_id = submit(store, TYPE)
    waits, first_met = [], set()
    for _ in range(9):
        returned(store, worker_id, meet(store, worker_id, job_id))
        job = store.get_job_by_id(job_id)
        assert job.run_at is not None
        waits.append((job.run_at - job.updated_at).total_seconds())
        first_met.add(job.no_handler_since)
    assert waits == [0.5, 1, 2, 4, 8, 16, 30, 30, 30]
    assert len(first_met) == 1


@pytest.mark.parametrize(
    ("met_ago", "types", "beat_ago", "status"),
    [
        pytest.param(GIVE_UP - 5, None, 0, "scheduled", id="too early to give up"),
        pytest.param(GIVE_UP + 5, None, 0, "failed", id="no worker ever knew it"),
        pytest.param(GIVE_UP + 5, {TYPE: "f"}, 0, "scheduled", id="a live worker knows it"),
        pytest.param(GIVE_UP + 5, {TYPE: "f"}, GIVE_UP - 5, "scheduled", id="a worker that knew it beat lately"),
        pytest.param(GIVE_UP + 5, {TYPE: "f"}, GIVE_UP + 5, "failed", id="who knew it has been silent too long"),
        pytest.param(GIVE_UP + 5, {"other": "f"}, 0, "failed", id="a live worker knows another"),
    ],
)
def test_it_fails_only_when_no_worker_that_knows_the_type_has_beaten_for_long(
    store: JobStore,
    database: Database,
    worker_id: str,
    met_ago: float,
    types: dict[str, str] | None,
    beat_ago: float,
    status: str,
) -> None:
    job_id = submit(store, TYPE)
    returned(store, worker_id, meet(store, worker_id, job_id))
    claimed = meet(store, worker_id, job_id)
    age(database, met_ago)
    if types is not None:
        knowing = register_worker(database, types=types)
        database.run(
            "UPDATE workers SET beat_at = now() - %(age)s * interval '1 s' WHERE id = %(id)s",
            {"age": beat_ago, "id": knowing},
        )
    assert returned(store, worker_id, claimed) == [(job_id, status)]
    job = store.get_job_by_id(job_id)
    assert job.failure_reason == ("unknown_type" if status == "failed" else None)
    assert (job.failures, job.finished_at is not None) == (0, status == "failed")


def test_a_worker_that_ended_in_order_was_the_last_to_know_the_type(
    store: JobStore, database: Database, worker_id: str
) -> None:
    WorkerStore(database).stop(register_worker(database, types={TYPE: "f"}))
    job_id = submit(store, TYPE)
    claimed = meet(store, worker_id, job_id)
    age(database, GIVE_UP + 5)
    assert returned(store, worker_id, claimed) == [(job_id, "scheduled")]


def test_a_requested_cancel_wins(store: JobStore, database: Database, worker_id: str) -> None:
    job_id = submit(store, TYPE)
    claimed = meet(store, worker_id, job_id)
    age(database, GIVE_UP + 5)
    store.cancel(job_id)
    assert returned(store, worker_id, claimed) == [(job_id, "cancelled")]
    job = store.get_job_by_id(job_id)
    assert (job.failure_reason, job.finished_at is not None, job.waiting_reason) == (None, True, None)


def test_what_the_worker_no_longer_holds_is_left_alone(store: JobStore, database: Database, worker_id: str) -> None:
    mine, lost = meet(store, worker_id, submit(store, TYPE)), meet(store, worker_id, submit(store, TYPE))
    returned(store, worker_id, lost)
    meet(store, register_worker(database), lost.id)
    before = row(database, lost.id)
    assert returned(store, worker_id, mine, lost) == [(mine.id, "scheduled")]
    assert row(database, lost.id) == before


def test_a_worker_that_knows_the_type_ends_the_wait(store: JobStore, worker_id: str) -> None:
    job_id = submit(store, TYPE)
    returned(store, worker_id, meet(store, worker_id, job_id))
    attempt = meet(store, worker_id, job_id).attempt
    assert store.get_job_by_id(job_id).waiting_reason == "no_handler"
    store.save_result(worker_id, Outcome(id=job_id, attempt=attempt, event=JobEvent.RETRY_LATER, delay_seconds=1))
    assert store.get_job_by_id(job_id).waiting_reason is None


def test_retry_by_hand_of_a_job_that_nobody_knew_starts_the_wait_afresh(
    store: JobStore, database: Database, worker_id: str
) -> None:
    job_id = submit(store, TYPE)
    returned(store, worker_id, meet(store, worker_id, job_id))
    claimed = meet(store, worker_id, job_id)
    age(database, GIVE_UP + 5)
    returned(store, worker_id, claimed)
    store.update_status(job_id, JobEvent.RETRY)
    assert returned(store, worker_id, meet(store, worker_id, job_id)) == [(job_id, "scheduled")]
