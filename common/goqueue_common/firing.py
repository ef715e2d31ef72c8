"""Fire: store and commit, then push, count, and tell who looks on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from goqueue_common.audit_store import Actor
from goqueue_common.idempotency import IdempotencyKey
from goqueue_common.live_events import Teller, Topic, tell
from goqueue_common.new_job import Submission, Submitted
from goqueue_common.schedule import Fire, Fired, FireOutcome
from goqueue_common.schedule_run_store import DefaultMaxRetries, FireReport, ScheduleRunStore
from goqueue_common.submitter import Submitter

NAMED_AT_MOST: Final = 25
"""Schedules that one message names; of more it has the count."""


class Firing:
    """The one way from an instant to a job in its queue. Every method raises StoreUnavailable."""

    def __init__(
        self, runs: ScheduleRunStore, submitter: Submitter, teller: Teller, default_max_retries: DefaultMaxRetries
    ) -> None:
        self._runs = runs
        self._submitter = submitter
        self._teller = teller
        self._default_max_retries = default_max_retries

    def fire(self, fires: Sequence[Fire]) -> FireReport:
        """See ScheduleRunStore. What could not be pushed the relay pushes."""
        report = self._runs.fire(fires, self._default_max_retries)
        self._submitter.send_on(report.submissions, report.submitted)
        for outcome in (FireOutcome.FIRED, FireOutcome.SKIPPED):
            self._tell(outcome, [answer for answer in report.answers if answer.outcome is outcome])
        return report

    def run_by_hand(
        self, name: str, actor: Actor, key: IdempotencyKey | None = None, traceparent: str | None = None
    ) -> tuple[Submission, Submitted]:
        """See ScheduleRunStore."""
        submission, submitted = self._runs.run_by_hand(name, actor, key, self._default_max_retries, traceparent)
        if not submitted.replayed:
            self._submitter.send_on([submission], [submitted])
            tell_schedules(self._teller, FireOutcome.FIRED, [name])
        return submission, submitted

    def _tell(self, outcome: FireOutcome, answers: Sequence[Fired]) -> None:
        if answers:
            tell_schedules(self._teller, outcome, [answer.schedule for answer in answers])


def tell_schedules(teller: Teller, action: str, names: Sequence[str]) -> None:
    """Tell what was done to schedules."""
    named = list(dict.fromkeys(names))[:NAMED_AT_MOST]
    tell(teller, Topic.SCHEDULE, action=action, names=named, count=len(names))
