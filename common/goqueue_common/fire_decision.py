"""What becomes of the instants that somebody asks to fire. Pure: ScheduleRunStore reads, locks and writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from goqueue_common.schedule import AHEAD_SECONDS, Definition, Fire, Fired, FireOutcome, Overlap

Instant = tuple[str, datetime]
"""A schedule's name, and an instant of it."""
_AHEAD: Final = timedelta(seconds=AHEAD_SECONDS)


@dataclass(slots=True, kw_only=True)
class Fireable:
    """A schedule as the fires of one call find it, one after the other. is_busy: a job of it is unfinished."""

    definition: Definition
    version: int
    is_paused: bool
    due_after: datetime
    is_busy: bool = False

    def outcome(self, fire: Fire) -> FireOutcome:
        """What becomes of an instant that has no run yet."""
        if fire.version != self.version:
            return FireOutcome.CHANGED
        if self.is_paused:
            return FireOutcome.PAUSED
        if fire.scheduled_for <= self.due_after:
            return FireOutcome.PASSED
        if self.is_busy and self.definition.overlap is Overlap.SKIP:
            return FireOutcome.SKIPPED
        return FireOutcome.FIRED


class NewRun(NamedTuple):
    """A run to be written, and the outcome that it has."""

    fire: Fire
    fired: Fired


class Decision(NamedTuple):
    """answers: in the order of the fires; new: those of them that are fired or skipped only now."""

    answers: list[Fired]
    new: list[NewRun]


def decide(
    fires: Sequence[Fire],
    job_ids: Sequence[str],
    schedules: Mapping[str, Fireable],
    runs: Mapping[Instant, str | None],
    at: datetime,
) -> Decision:
    """Take the fires one after the other; each that makes a job gets the id that stands at its place.

    runs: the job of each instant that was dealt with before, None: it was skipped. `schedules` are brought forward.
    """
    known = dict(runs)
    decision = Decision([], [])
    for fire, job_id in zip(fires, job_ids, strict=True):
        instant = (fire.schedule, fire.scheduled_for)
        if instant in known:
            before = known[instant]
            decision.answers.append(_answer(fire, FireOutcome.REPLAYED if before else FireOutcome.SKIPPED, before))
            continue
        schedule = schedules.get(fire.schedule)
        outcome = _outcome(fire, schedule, at)
        answer = _answer(fire, outcome, job_id if outcome is FireOutcome.FIRED else None)
        decision.answers.append(answer)
        if schedule is not None and outcome in (FireOutcome.FIRED, FireOutcome.SKIPPED):
            known[instant] = answer.job_id
            decision.new.append(NewRun(fire, answer))
            schedule.due_after = fire.scheduled_for
            schedule.is_busy = True  # by the new job, or as it was
    return decision


def _outcome(fire: Fire, schedule: Fireable | None, at: datetime) -> FireOutcome:
    if schedule is None:
        return FireOutcome.GONE
    if fire.scheduled_for > at + _AHEAD:
        return FireOutcome.AHEAD
    return schedule.outcome(fire)


def _answer(fire: Fire, outcome: FireOutcome, job_id: str | None) -> Fired:
    return Fired(schedule=fire.schedule, scheduled_for=fire.scheduled_for, outcome=outcome, job_id=job_id)
