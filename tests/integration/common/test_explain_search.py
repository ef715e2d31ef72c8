"""Why a job is not running, found in a real PostgreSQL by what really stands in its way."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from goqueue_common import explain_search
from goqueue_common.audit_store import Actor
from goqueue_common.database import Database
from goqueue_common.errors import JobNotFound
from goqueue_common.explain.explanation import Explanation, Reason
from goqueue_common.explain_search import ExplainSearch
from goqueue_common.job import Outcome, Priority
from goqueue_common.job_store import JobStore
from goqueue_common.lifecycle import JobEvent, JobStatus
from goqueue_common.limit_store import LimitKind, LimitStore
from goqueue_common.queue_store import QueueStore
from goqueue_common.recovery_store import RecoveryStore
from goqueue_common.stats_store import StatsStore
from goqueue_common.worker_search import WorkerSearch
from goqueue_common.worker_store import WorkerStore
from tests.factories import JOB_TYPE, job_in, register_worker, start, submission, submit

ACTOR = Actor("ops")


@pytest.fixture
def search(database: Database) -> ExplainSearch:
    return ExplainSearch(database, is_redis_away=lambda: False)


def codes(explanation: Explanation) -> list[str]:
    return [str(reason.code) for reason in explanation.reasons]


def decisive(explanation: Explanation) -> Reason:
    return explanation.reasons[0]


def silence(database: Database, worker_id: str, seconds: float) -> None:
    """As if its last heartbeat had come so long ago."""
    database.run(
        "UPDATE workers SET beat_at = now() - %(seconds)s * interval '1 second' WHERE id = %(id)s",
        {"id": worker_id, "seconds": seconds},
    )


def set_column(database: Database, job_id: str, assignment: str) -> None:
    database.run(f"UPDATE jobs SET {assignment} WHERE id = %(id)s", {"id": job_id})


def test_of_a_job_that_there_is_not_nothing_is_explained(search: ExplainSearch) -> None:
    with pytest.raises(JobNotFound):
        search.explain(str(uuid4()))


def test_a_job_that_nothing_keeps_is_about_to_run(search: ExplainSearch, store: JobStore, worker_id: str) -> None:
    explanation = search.explain(submit(store))
    assert codes(explanation) == ["dispatching"]
    assert explanation.position is not None
    assert explanation.position.to_dict() == {"ahead": {"value": 0, "relation": "eq"}, "seconds": 0.0}


def test_a_paused_queue_without_a_worker_says_both(search: ExplainSearch, store: JobStore, database: Database) -> None:
    job_id = submit(store, queue="mail")
    QueueStore(database).pause("mail", ACTOR)
    explanation = search.explain(job_id)
    assert codes(explanation) == ["queue_paused", "no_worker"]
    assert decisive(explanation).detail == "its queue 'mail' was paused by ops less than a second ago"
    assert decisive(explanation).since == QueueStore(database).depth("mail").paused_at
    QueueStore(database).resume("mail", ACTOR)
    assert codes(search.explain(job_id)) == ["no_worker"]


@pytest.mark.parametrize(
    ("workers", "code"),
    [
        pytest.param([{"queues": ["other"]}], "no_worker_for_queue", id="other queues"),
        pytest.param([{"types": {"other": "f"}}], "no_worker_for_type", id="other types"),
        pytest.param(
            [{"queues": ["other"]}, {"types": {"other": "f"}}], "no_worker_for_type", id="neither serves and knows"
        ),
        pytest.param([{"queues": ["other"]}, {"queues": ["other", "default"]}], "dispatching", id="one serves"),
    ],
)
def test_workers_that_would_not_take_it_are_told_apart(
    search: ExplainSearch, store: JobStore, database: Database, workers: list[dict[str, object]], code: str
) -> None:
    for fields in workers:
        register_worker(database, **fields)
    assert codes(search.explain(submit(store))) == [code]


def test_workers_that_are_silent_or_have_ended_are_none(search: ExplainSearch, store: JobStore, database: Database) -> None:
    silence(database, register_worker(database), 31)
    workers = WorkerStore(database)
    workers.stop(register_worker(database))
    workers.declare_lost(register_worker(database))
    assert codes(search.explain(submit(store))) == ["no_worker"]


def test_workers_that_drain_are_told_of_unless_another_takes_the_job(
    search: ExplainSearch, store: JobStore, database: Database, worker_id: str
) -> None:
    WorkerSearch(database).drain(worker_id, ACTOR)
    job_id = submit(store)
    assert codes(search.explain(job_id)) == ["workers_draining"]
    register_worker(database)
    assert codes(search.explain(job_id)) == ["dispatching"]


def test_workers_are_busy_when_every_slot_is_taken(search: ExplainSearch, store: JobStore, database: Database) -> None:
    workers = [register_worker(database, slots=2), register_worker(database, slots=1)]
    for worker_id in [workers[0], workers[0], workers[0], workers[0]]:  # two of these are only claimed ahead
        job_in(JobStatus.PROCESSING, store, worker_id)
    job_id = submit(store)
    assert codes(search.explain(job_id)) == ["dispatching"]
    job_in(JobStatus.PROCESSING, store, workers[1])
    explanation = search.explain(job_id)
    assert codes(explanation) == ["workers_busy"]
    assert decisive(explanation).detail == "all 3 slots of the workers that could run it are taken (2 worker processes)"


def test_limits_of_its_queue_and_its_type_are_counted(search: ExplainSearch, store: JobStore, database: Database) -> None:
    worker_id = register_worker(database, slots=8)
    limits = LimitStore(database)
    limits.set(LimitKind.QUEUE, "default", 2, ACTOR)
    limits.set(LimitKind.TYPE, JOB_TYPE, 2, ACTOR)
    limits.set(LimitKind.QUEUE, "other", 1, ACTOR)
    job_in(JobStatus.PROCESSING, store, worker_id, queue="other")
    job_in(JobStatus.PROCESSING, store, worker_id)
    job_id = submit(store)
    full = search.explain(job_id)
    assert [reason.call for reason in full.reasons] == [("PUT", f"/limits/type/{JOB_TYPE}")]
    assert decisive(full).detail == f"the type '{JOB_TYPE}' may run 2 at once, and 2 run"
    job_in(JobStatus.PROCESSING, store, worker_id)
    assert codes(search.explain(job_id)) == ["limit_reached", "limit_reached"]


def test_a_scheduled_job_is_due_at_its_time(
    search: ExplainSearch, store: JobStore, database: Database, worker_id: str
) -> None:
    job_id = job_in(JobStatus.SCHEDULED, store, worker_id)
    explanation = search.explain(job_id)
    assert codes(explanation) == ["scheduled"]
    assert decisive(explanation).until == store.get_job_by_id(job_id).run_at
    set_column(database, job_id, "expires_at = now() + interval '1 minute'")
    assert codes(search.explain(job_id)) == ["expires", "scheduled"]


def test_a_failed_attempt_is_told_with_its_error(search: ExplainSearch, store: JobStore, worker_id: str) -> None:
    explanation = search.explain(job_in(JobStatus.RETRYING, store, worker_id))
    assert codes(explanation) == ["backing_off"]
    assert decisive(explanation).detail.startswith("attempt 1 failed: broken; retry 1 of 3: it is due in 59 minutes")


def test_a_job_of_a_type_that_nobody_knows_goes_round(search: ExplainSearch, store: JobStore, worker_id: str) -> None:
    job_id = submit(store, "mystery")
    claimed = start(store, worker_id, job_id)
    store.return_unknown(worker_id, [claimed], give_up_seconds=600)
    assert codes(search.explain(job_id)) == ["no_handler", "no_worker_for_type"]


@pytest.mark.parametrize(
    ("priority", "ahead"),
    [
        pytest.param(Priority.HIGH, 1, id="high"),
        pytest.param(Priority.NORMAL, 2 + 3, id="normal"),
        pytest.param(Priority.LOW, 2 + 4 + 4, id="low"),
    ],
)
def test_those_of_its_queue_with_a_higher_priority_or_more_age_go_before(
    search: ExplainSearch, store: JobStore, worker_id: str, priority: Priority, ahead: int
) -> None:
    for level, count in ((Priority.LOW, 4), (Priority.NORMAL, 3), (Priority.HIGH, 1)):
        store.create_jobs([submission(priority=level) for _ in range(count)])
    store.create_jobs([submission(queue="other", priority=Priority.HIGH) for _ in range(5)])
    job_id = submit(store, priority=priority)
    store.create_jobs([submission(priority=level) for level in (Priority.HIGH, Priority.NORMAL)])
    explanation = search.explain(job_id)
    assert explanation.position is not None
    assert explanation.position.ahead == (ahead, False)
    assert codes(explanation)[0] == "behind"


def test_counting_ends_at_its_cap_and_the_end_of_a_long_queue_is_known_by_its_depth(
    search: ExplainSearch, store: JobStore, worker_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(explain_search, "OTHERS_CAP", 2)
    ids = [submit(store, priority=priority) for priority in (Priority.HIGH, *[Priority.NORMAL] * 5, Priority.LOW)]
    positions = [search.explain(job_id).position for job_id in ids]
    assert [position and position.ahead for position in positions] == [
        (0, False), (1, False), (2, False), (2, True), (4, False), (5, False), (6, False)
    ]  # fmt: skip


def test_the_wait_is_estimated_by_what_ended_lately(
    search: ExplainSearch, store: JobStore, database: Database, worker_id: str
) -> None:
    database.run(
        "INSERT INTO rollups (minute, queue, type, submitted, completed, failed, retried, cancelled, wait, run) "
        "SELECT date_trunc('minute', now()) - interval '2 minutes', queue, 'demo', 0, 50, 10, 0, 0, '{}', '{}' "
        "FROM unnest('{default,other}'::text[]) AS queue"
    )
    submit(store)
    submit(store)
    explanation = search.explain(submit(store))
    [rate] = StatsStore(database).rates("default")
    assert explanation.position is not None
    assert explanation.position.seconds == pytest.approx(2 * 60 / rate.out_per_minute, rel=0.1)
    assert decisive(explanation).until == explanation.checked_at + timedelta(seconds=explanation.position.seconds or 0.0)


def test_redis_that_is_away_is_told_of(database: Database, store: JobStore, worker_id: str) -> None:
    search = ExplainSearch(database, is_redis_away=lambda: True)
    assert codes(search.explain(submit(store))) == ["redis_away", "dispatching"]
    assert codes(search.explain(job_in(JobStatus.COMPLETED, store, worker_id))) == ["completed"]


def test_a_job_that_died_with_its_process_runs_alone(search: ExplainSearch, store: JobStore, database: Database) -> None:
    worker_id = register_worker(database, slots=4)
    job_id = job_in(JobStatus.PROCESSING, store, worker_id)
    recovery = RecoveryStore(database)
    recovery.rescue(worker_id, [(job_id, 1)], error="died")
    assert codes(search.explain(job_id)) == ["dispatching", "runs_alone"]
    again = start(store, worker_id, job_id)
    assert codes(search.explain(job_id)) == ["runs_alone"]
    assert recovery.mark_alone(worker_id, job_id, again.attempt)
    assert codes(search.explain(job_id)) == ["running"]


def test_a_job_whose_worker_is_lost_is_taken_back_by_another(
    search: ExplainSearch, store: JobStore, database: Database, worker_id: str
) -> None:
    job_id = job_in(JobStatus.PROCESSING, store, worker_id)
    assert codes(search.explain(job_id)) == ["running"]
    silence(database, worker_id, 33)
    assert codes(search.explain(job_id)) == ["worker_lost", "no_worker"]
    register_worker(database)
    explanation = search.explain(job_id)
    assert codes(explanation) == ["worker_lost"]
    until = decisive(explanation).until
    assert until is not None
    assert 0 < (until - explanation.checked_at).total_seconds() <= 2  # its lease ended 3 s ago, and the grace is 5
    database.run("DELETE FROM workers WHERE id = %(id)s", {"id": worker_id})
    assert codes(search.explain(job_id)) == ["worker_lost"]


def test_a_job_that_was_told_to_stop_is_cancelled_by_its_worker(
    search: ExplainSearch, store: JobStore, worker_id: str
) -> None:
    job_id = job_in(JobStatus.PROCESSING, store, worker_id)
    store.cancel(job_id)
    assert codes(search.explain(job_id)) == ["cancelling"]


@pytest.mark.parametrize("status", [JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.CANCELLED])
def test_of_a_job_that_has_ended_its_end_is_told(
    search: ExplainSearch, store: JobStore, worker_id: str, status: JobStatus
) -> None:
    job_id = job_in(status, store, worker_id)
    explanation = search.explain(job_id)
    assert (explanation.status, codes(explanation)) == (status, [str(status)])
    assert decisive(explanation).since == store.get_job_by_id(job_id).finished_at


def test_an_error_is_told_by_its_beginning(search: ExplainSearch, store: JobStore, worker_id: str) -> None:
    job_id = submit(store)
    attempt = start(store, worker_id, job_id).attempt
    failed = Outcome(id=job_id, attempt=attempt, event=JobEvent.FAIL, failure_reason="discarded", error="x" * 5_000)
    store.save_result(worker_id, failed)
    assert len(search.explain(job_id).summary) < 400
