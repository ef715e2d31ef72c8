"""From facts to reasons: every code, what comes first, and what is said."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from goqueue_common.explain.explainer import explain
from goqueue_common.explain.explanation import Call, Explanation, Reason, ReasonCode, markdown_table, span
from goqueue_common.explain.facts import Facts, Fleet, Holder, JobFacts, Pause
from goqueue_common.job import Priority
from goqueue_common.job_filter import Count
from goqueue_common.lifecycle import FailureReason, JobStatus
from goqueue_common.limit_store import Limit

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
ID = "019cade2-1238-768e-8433-a398418d79cc"
WORKER = "019cad8f-ac00-7c41-9d5e-0b1c2d3e4f50"


def at(seconds: float) -> datetime:
    """So many seconds from now; negative: ago."""
    return NOW + timedelta(seconds=seconds)


QUEUED = JobFacts(
    id=ID, queue="mail", type="email.send", status=JobStatus.QUEUED, priority=Priority.NORMAL, queued_at=at(-1)
)
SCHEDULED = replace(QUEUED, status=JobStatus.SCHEDULED, run_at=at(600), queued_at=None)
RETRYING = replace(
    QUEUED, status=JobStatus.RETRYING, run_at=at(40), attempts=2, failures=2, max_retries=3, error="ValueError: no"
)
RUNNING = replace(QUEUED, status=JobStatus.PROCESSING, attempts=2, started_at=at(-42), worker_id=WORKER)
FREE = Fleet(live=3, serving=2, knowing=2, able=2, ready=2, slots=8, taken=3)
NOBODY = Fleet()
HOLDER = Holder("box", 31, "alive", at(-2), 30.0, None)
LOST = Holder("box", 31, "lost", at(-33), 30.0, at(-3))
PAUSE = Pause(at(-240), "ops")
NONE_AHEAD = Count(0)


def facts(job: JobFacts = QUEUED, **others: Any) -> Facts:
    """Of a job that nothing keeps, but for what is given."""
    usual: dict[str, Any] = {"fleet": FREE}
    if job.status is JobStatus.QUEUED:
        usual["ahead"] = NONE_AHEAD
    return Facts(now=NOW, job=job, **(usual | others))


def limit(running: int, kind: str = "queue", name: str = "mail") -> Limit:
    return Limit(kind, name, 3, running, NOW)


def codes(explanation: Explanation) -> list[str]:
    return [str(reason.code) for reason in explanation.reasons]


def only(explanation: Explanation) -> Reason:
    [reason] = explanation.reasons
    return reason


CASES: dict[str, tuple[Facts, list[str]]] = {
    "nothing in its way": (facts(), ["dispatching"]),
    "paused": (facts(pause=PAUSE), ["queue_paused"]),
    "no worker": (facts(fleet=NOBODY), ["no_worker"]),
    "other queues served": (facts(fleet=Fleet(live=3, knowing=3)), ["no_worker_for_queue"]),
    "other types known": (facts(fleet=Fleet(live=3, serving=3)), ["no_worker_for_type"]),
    "all drain": (facts(fleet=Fleet(live=2, serving=2, knowing=2, able=2)), ["workers_draining"]),
    "all busy": (facts(fleet=FREE._replace(taken=8)), ["workers_busy"]),
    "queue full": (facts(limits=[limit(3)]), ["limit_reached"]),
    "both full": (facts(limits=[limit(3), limit(4, "type", "email.send")]), ["limit_reached", "limit_reached"]),
    "limit not reached": (facts(limits=[limit(2)]), ["dispatching"]),
    "behind others": (facts(ahead=Count(12), out_per_minute=240.0), ["behind"]),
    "Redis away": (facts(is_redis_away=True), ["redis_away", "dispatching"]),
    "scheduled": (facts(SCHEDULED), ["scheduled"]),
    "backing off": (facts(RETRYING), ["backing_off"]),
    "due and not yet queued": (facts(replace(SCHEDULED, run_at=at(-1))), ["scheduled"]),
    "due and nobody lives": (facts(replace(SCHEDULED, run_at=at(-1)), fleet=NOBODY), ["no_worker", "scheduled"]),
    "scheduled and nobody lives": (facts(SCHEDULED, fleet=NOBODY), ["scheduled", "no_worker"]),
    "scheduled in a paused queue": (facts(SCHEDULED, pause=PAUSE), ["scheduled", "queue_paused"]),
    "no handler": (
        facts(replace(SCHEDULED, no_handler_since=at(-60)), fleet=Fleet(live=1, serving=1)),
        ["no_handler", "no_worker_for_type"],
    ),
    "no handler, queued again": (facts(replace(QUEUED, no_handler_since=at(-60))), ["no_handler", "dispatching"]),
    "expires": (facts(replace(QUEUED, expires_at=at(60)), pause=PAUSE), ["queue_paused", "expires"]),
    "expires before it is due": (facts(replace(SCHEDULED, expires_at=at(60))), ["expires", "scheduled"]),
    "has expired": (facts(replace(QUEUED, expires_at=at(-1)), pause=PAUSE), ["expires", "queue_paused"]),
    "died before": (facts(replace(QUEUED, rescues=1)), ["dispatching", "runs_alone"]),
    "paused and nobody lives": (facts(pause=PAUSE, fleet=NOBODY), ["queue_paused", "no_worker"]),
    "everything at once": (
        facts(
            replace(QUEUED, rescues=2, expires_at=at(60)),
            pause=PAUSE,
            limits=[limit(3)],
            fleet=FREE._replace(taken=8),
            ahead=Count(5),
            is_redis_away=True,
        ),
        ["queue_paused", "limit_reached", "workers_busy", "behind", "redis_away", "runs_alone", "expires"],
    ),
    "running": (facts(RUNNING, holder=HOLDER), ["running"]),
    "told to stop": (facts(replace(RUNNING, cancel_requested_at=at(-3)), holder=HOLDER), ["cancelling"]),
    "waits to run alone": (facts(replace(RUNNING, rescues=1), holder=HOLDER), ["runs_alone"]),
    "runs alone": (facts(replace(RUNNING, rescues=1, has_begun_alone=True), holder=HOLDER), ["running"]),
    "worker lost": (facts(RUNNING, holder=LOST), ["worker_lost"]),
    "worker silent": (facts(RUNNING, holder=HOLDER._replace(beat_at=at(-31))), ["worker_lost"]),
    "worker stopped": (facts(RUNNING, holder=HOLDER._replace(state="stopped", ended_at=at(-1))), ["worker_lost"]),
    "worker forgotten": (facts(RUNNING), ["worker_lost"]),
    "the only worker lost": (facts(RUNNING, holder=LOST, fleet=NOBODY), ["worker_lost", "no_worker"]),
    "worker lost, told to stop": (
        facts(replace(RUNNING, cancel_requested_at=at(-3)), holder=LOST),
        ["worker_lost", "cancelling"],
    ),
    "completed": (facts(replace(QUEUED, status=JobStatus.COMPLETED)), ["completed"]),
    "failed": (facts(replace(QUEUED, status=JobStatus.FAILED, failure_reason="exhausted")), ["failed"]),
    "cancelled": (facts(replace(QUEUED, status=JobStatus.CANCELLED)), ["cancelled"]),
}


@pytest.mark.parametrize(("known", "expected"), CASES.values(), ids=CASES.keys())
def test_reasons_follow_from_facts_the_decisive_one_first(known: Facts, expected: list[str]) -> None:
    explanation = explain(known)
    assert codes(explanation) == expected
    assert explanation.summary.startswith(explanation.reasons[0].detail)
    for reason in explanation.reasons:
        assert "None" not in f"{reason.detail} {reason.action or ''}"


def test_nothing_is_promised_that_only_a_worker_would_do() -> None:
    """What is due or has expired stays as it is while nobody lives."""
    due = explain(facts(replace(SCHEDULED, run_at=at(-1)), fleet=NOBODY)).reasons[1]
    assert due.detail == "it is due, and a worker queues it once one is alive"
    expired = explain(facts(replace(QUEUED, expires_at=at(-1)), fleet=NOBODY)).reasons[0]
    assert expired.detail == "it fails as expired once a worker is alive: its time to start is over"


def test_every_code_occurs_in_these_cases() -> None:
    assert {code for _, expected in CASES.values() for code in expected} == set(ReasonCode)


def test_a_summary_names_a_second_thing_that_must_be_removed() -> None:
    summary = explain(facts(pause=PAUSE, fleet=NOBODY, ahead=Count(5))).summary
    assert summary == (
        "its queue 'mail' was paused by ops 4 minutes ago; "
        "no worker is alive, so nothing runs, and what becomes due stays where it is"
    )


@pytest.mark.parametrize(
    ("known", "call"),
    [
        (facts(pause=PAUSE), Call("POST", "/queues/mail/resume")),
        (facts(limits=[limit(3)]), Call("PUT", "/limits/queue/mail")),
        (facts(SCHEDULED), Call("POST", f"/jobs/{ID}/run-now")),
        (facts(RETRYING), Call("POST", f"/jobs/{ID}/run-now")),
        (facts(ahead=Count(1)), Call("PATCH", f"/jobs/{ID}")),
        (facts(replace(QUEUED, priority=Priority.HIGH), ahead=Count(1)), None),
        (facts(replace(SCHEDULED, expires_at=at(60))), Call("POST", f"/jobs/{ID}/run-now")),
        (facts(RUNNING, holder=HOLDER), Call("POST", f"/jobs/{ID}/cancel")),
        (facts(replace(QUEUED, status=JobStatus.COMPLETED)), Call("POST", f"/jobs/{ID}/rerun")),
        (facts(replace(QUEUED, status=JobStatus.FAILED)), Call("POST", f"/jobs/{ID}/retry")),
        (facts(replace(QUEUED, status=JobStatus.CANCELLED)), Call("POST", f"/jobs/{ID}/retry")),
        (facts(fleet=NOBODY), None),
    ],
)
def test_what_a_request_can_do_is_named_with_its_path(known: Facts, call: Call | None) -> None:
    assert explain(known).reasons[0].call == call


def test_times_are_given_where_they_are_known() -> None:
    def span_of(known: Facts) -> tuple[datetime | None, datetime | None]:
        first = explain(known).reasons[0]
        return first.since, first.until

    assert span_of(facts(pause=PAUSE)) == (at(-240), None)
    assert span_of(facts(SCHEDULED)) == (None, at(600))
    assert span_of(facts(RETRYING)) == (None, at(40))
    assert span_of(facts(ahead=Count(12), out_per_minute=240.0)) == (at(-1), at(3))
    assert span_of(facts(replace(RUNNING, timeout_seconds=60.0), holder=HOLDER)) == (at(-42), at(18))
    assert span_of(facts(RUNNING, holder=HOLDER)) == (at(-42), None)
    assert span_of(facts(RUNNING, holder=LOST)) == (at(-33), at(2))
    assert span_of(facts(RUNNING, holder=HOLDER._replace(beat_at=at(-31)))) == (at(-31), at(4))
    assert span_of(facts(RUNNING, holder=LOST, fleet=NOBODY)) == (at(-33), None)


def test_a_job_that_should_have_been_taken_back_says_why_it_may_not_be() -> None:
    reason = only(explain(facts(RUNNING, holder=LOST._replace(ended_at=at(-60)))))
    assert reason.until is None
    assert "is to be taken back by now" in reason.detail
    assert reason.action == "wait for a minute; if it stays so: goqueue doctor"


@pytest.mark.parametrize(
    ("known", "seconds", "said"),
    [
        pytest.param({"out_per_minute": 240.0}, 3.0, "; at 240 a minute, as lately, that takes about 3 seconds", id="rate"),
        pytest.param({"out_per_minute": None}, None, "by priority and age", id="nothing ended lately"),
        pytest.param({"out_per_minute": 240.0, "pause": PAUSE}, None, "by priority and age", id="nothing goes on"),
        pytest.param({"out_per_minute": 240.0, "limits": [limit(3)]}, 3.0, "about 3 seconds", id="limited"),
    ],
)
def test_the_wait_behind_others_is_estimated_while_jobs_go_out(
    known: dict[str, Any], seconds: float | None, said: str
) -> None:
    explanation = explain(facts(ahead=Count(12), **known))
    assert explanation.position is not None
    assert explanation.position.to_dict() == {"ahead": {"value": 12, "relation": "eq"}, "seconds": seconds}
    behind = explanation.reasons[-1]
    assert behind.detail.startswith("12 jobs go before it in the queue 'mail', by priority and age")
    assert behind.detail.endswith(said)
    assert (behind.until is None) == (seconds is None)


def test_of_more_than_was_counted_only_the_least_is_said() -> None:
    explanation = explain(facts(ahead=Count(10_000, is_capped=True), out_per_minute=600.0))
    behind = only(explanation)
    assert behind.detail.startswith("10,000 jobs or more go before it")
    assert behind.detail.endswith("that takes at least 16 minutes")
    assert behind.until is None


def test_only_a_queued_job_has_a_position() -> None:
    first = explain(facts()).position
    assert first is not None
    assert first.seconds == 0.0
    assert [explain(facts(job)).position for job in (SCHEDULED, RETRYING)] == [None, None]


def test_a_job_that_waits_for_nothing_is_soon_said_to_have_waited() -> None:
    assert only(explain(facts())).action is None
    waited = only(explain(facts(replace(QUEUED, queued_at=at(-40)))))
    assert "it has waited for 40 seconds" in waited.detail
    assert waited.action == "if it stays so: goqueue doctor, and the log of a worker"


def test_an_unknown_type_says_when_it_is_given_up_or_that_somebody_knows_it_by_now() -> None:
    job = replace(SCHEDULED, no_handler_since=at(-60), run_at=at(8))
    lonely, known = explain(facts(job, fleet=Fleet(live=1, serving=1))).reasons[0], explain(facts(job)).reasons[0]
    assert lonely.detail.endswith("it fails as unknown_type in 9 minutes")
    assert lonely.until == at(8)
    assert known.detail.endswith("by now 2 worker processes can run it")
    assert known.call == Call("POST", f"/jobs/{ID}/run-now")


def test_a_retry_says_which_it_is_and_after_what() -> None:
    assert only(explain(facts(RETRYING))).detail == (
        "attempt 2 failed: ValueError: no; retry 2 of 3: it is due in 40 seconds"
    )


@pytest.mark.parametrize("reason", FailureReason)
def test_every_failure_says_what_happened_and_what_to_do(reason: FailureReason) -> None:
    failed = replace(QUEUED, status=JobStatus.FAILED, failure_reason=reason, error="ValueError: no", finished_at=at(-9))
    told = only(explain(facts(failed)))
    assert told.detail != "it failed"
    assert told.action is not None
    assert "retry it" in told.action
    assert told.since == at(-9)


def test_a_worker_that_misses_heartbeats_is_told_of_while_its_lease_lasts() -> None:
    quiet = only(explain(facts(RUNNING, holder=HOLDER._replace(beat_at=at(-20)))))
    assert quiet.detail == (
        "attempt 2 was taken 42 seconds ago by the worker on box (pid 31), which has not been heard of for 20 seconds"
    )


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.4, "less than a second"),
        (1, "1 second"),
        (42.9, "42 seconds"),
        (300, "5 minutes"),
        (7_200, "2 hours"),
        (200_000, "2 days"),
    ],
)
def test_spans_of_time_are_told_in_words(seconds: float, said: str) -> None:
    assert span(seconds) == said


def test_every_code_is_in_the_table_of_the_documentation() -> None:
    rows = markdown_table().splitlines()[2:]
    assert [row.split("|")[1].strip(" `") for row in rows] == list(ReasonCode)
    assert all(cell.strip() for row in rows for cell in row.split("|")[1:-1])
