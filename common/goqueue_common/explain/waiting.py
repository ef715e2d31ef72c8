"""What is to be said of a job that waits, beside what stands in its way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Final

from goqueue_common.dispatch_store import UNKNOWN_TYPE_AFTER_SECONDS
from goqueue_common.explain.explanation import Call, Reason, ReasonCode, span
from goqueue_common.explain.facts import Facts
from goqueue_common.explain.obstacles import HANDLER_WANTED, STANDSTILL, processes
from goqueue_common.job import Priority
from goqueue_common.job_filter import Count
from goqueue_common.lifecycle import JobStatus
from goqueue_common.recovery_store import MAX_RESCUES

_USUAL_SECONDS: Final = 5.0
"""A job that nothing keeps is taken within this, also when Redis has lost its id."""


def not_due(facts: Facts) -> Reason:
    """Of a job that is scheduled or retrying: its time has not come, or nobody has queued it yet."""
    job = facts.job
    is_retry = job.status is JobStatus.RETRYING
    soon = "in a moment" if facts.can_be_rescued else "once one is alive"
    when = f"it is due, and a worker queues it {soon}" if facts.is_due else f"it is due {facts.from_now(job.run_at)}"
    failed = f"attempt {job.attempts:,} failed: {job.error}; retry {job.failures:,} of {job.max_retries:,}: "
    return Reason(
        code=ReasonCode.BACKING_OFF if is_retry else ReasonCode.SCHEDULED,
        detail=f"{failed}{when}" if is_retry else when,
        until=job.run_at,
        action="wait, or run it now",
        call=Call("POST", f"/jobs/{job.id}/run-now"),
    )


def unknown_type(facts: Facts) -> Reason:
    """Of a job that goes round since a worker met it that does not know its type."""
    job, fleet = facts.job, facts.fleet
    is_known = fleet is not None and fleet.able > 0
    detail = f"a worker that has no handler for {job.type!r} met it {facts.ago(job.no_handler_since)} and put it off"
    if is_known and fleet is not None:
        detail += f"; by now {processes(fleet.able)} can run it"
    elif job.no_handler_since is not None:
        gives_up_at = job.no_handler_since + timedelta(seconds=UNKNOWN_TYPE_AFTER_SECONDS)
        detail += f"; with nobody who knows it, it fails as unknown_type {facts.from_now(gives_up_at)}"
    waits = job.status is not JobStatus.QUEUED
    return Reason(
        code=ReasonCode.NO_HANDLER,
        detail=detail,
        since=job.no_handler_since,
        until=job.run_at if waits else None,
        action="nothing: it is tried again by itself" if is_known else HANDLER_WANTED,
        call=Call("POST", f"/jobs/{job.id}/run-now") if is_known and waits else None,
    )


def in_line(facts: Facts, obstacles: Sequence[Reason]) -> Iterator[Reason]:
    """Of a queued job: who goes before it, and how it is handed out; obstacles: what is in its way."""
    if facts.ahead is not None and facts.ahead.value:
        yield _behind(facts, facts.ahead, stands_still=any(reason.code in STANDSTILL for reason in obstacles))
    if facts.is_redis_away:
        yield Reason(
            code=ReasonCode.REDIS_AWAY,
            detail="the API does not reach Redis; workers that do not, either, take jobs from PostgreSQL, somewhat slower",
            action="see to Redis: goqueue doctor",
        )
    if not obstacles and not (facts.ahead and facts.ahead.value):
        yield _dispatching(facts)


def _behind(facts: Facts, ahead: Count, *, stands_still: bool) -> Reason:
    seconds = None if stands_still else facts.seconds_behind
    more = " or more" if ahead.is_capped else ""
    count = "1 job goes" if ahead.value == 1 else f"{ahead.value:,} jobs{more} go"
    detail = f"{count} before it in the queue {facts.job.queue!r}, by priority and age"
    if seconds is not None:
        least = "at least " if ahead.is_capped else "about "
        detail += f"; at {facts.out_per_minute:,.3g} a minute, as lately, that takes {least}{span(seconds)}"
    is_first = facts.job.priority is Priority.HIGH
    return Reason(
        code=ReasonCode.BEHIND,
        detail=detail,
        since=facts.job.queued_at,
        until=None if seconds is None or ahead.is_capped else facts.now + timedelta(seconds=seconds),
        action="wait, or start more workers" if is_first else "wait, start more workers, or raise its priority",
        call=None if is_first else Call("PATCH", f"/jobs/{facts.job.id}"),
    )


def _dispatching(facts: Facts) -> Reason:
    queued_at = facts.job.queued_at or facts.now
    waited = (facts.now - queued_at).total_seconds()
    detail, action = "nothing is in its way: a worker takes it in a moment", None
    if waited > _USUAL_SECONDS:
        detail = (
            f"nothing is in its way, and it has waited for {span(waited)}: if Redis has lost it, it is soon pushed again"
        )
        action = "if it stays so: goqueue doctor, and the log of a worker"
    return Reason(code=ReasonCode.DISPATCHING, detail=detail, since=queued_at, action=action)


def runs_alone(facts: Facts) -> Reason:
    """Of a job that died with its process before."""
    times = "once" if facts.job.rescues == 1 else f"{facts.job.rescues} times"
    return Reason(
        code=ReasonCode.RUNS_ALONE,
        detail=f"it died with its process {times}, so a worker runs it one at a time with others of its kind; after more "
        f"than {MAX_RESCUES} deaths it fails as poison",
        action="look at its attempts, and at what the worker logged",
    )


def expiry(facts: Facts) -> Reason:
    """Of a job that may not start after a time."""
    job = facts.job
    is_over = job.expires_at is not None and job.expires_at <= facts.now
    when = facts.from_now(job.expires_at) if facts.can_be_rescued or not is_over else "once a worker is alive"
    is_too_late = job.run_at is not None and job.expires_at is not None and job.expires_at <= job.run_at
    if is_over or not is_too_late:
        why = "its time to start is over" if is_over else "unless it starts before"
        return Reason(code=ReasonCode.EXPIRES, detail=f"it fails as expired {when}: {why}", until=job.expires_at)
    return Reason(
        code=ReasonCode.EXPIRES,
        detail=f"it fails as expired {when}: that is before it is due",
        until=job.expires_at,
        action="run it now",
        call=Call("POST", f"/jobs/{job.id}/run-now"),
    )
