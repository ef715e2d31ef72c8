"""From what was seen of a fault to one row of the table, with every rule that it broke. Pure: no store, no clock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from tests.faults.effect_log import Effect, starts
from tests.faults.loader import NO_ANSWER, Answer
from tests.faults.observer import Outcome

KNOWN_SECONDS: Final = 3.0
"""After this an absent Redis is known, and a POST waits for it no more."""
POST_SECONDS: Final = 2.0
KNOWN_POST_SECONDS: Final = 0.1
UNRECORDED_SECONDS: Final = 3.0
"""How long at most an outcome waits in a worker that cannot reach PostgreSQL before it is recorded in Redis."""
_CLOCK_SECONDS: Final = 0.005
"""How far a time of PostgreSQL and one of a handler may be apart: two clocks of one machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What this fault allows.

    recovery: seconds within which everything accepted before the end of the fault is completed, and a POST accepted.
    keeps_records: False when Redis was flushed or away, so that outcomes recorded there may be gone.
    api_dies: requests may stay without an answer.
    is_without_redis: POSTs must be answered quickly all the same; reported in the row.
    works_within: jobs are completed within so many seconds while the fault lasts; None: they need not be.
    poison: ids of jobs that must fail as poison.
    """

    recovery: float
    keeps_records: bool = True
    api_dies: bool = False
    is_without_redis: bool = False
    works_within: float | None = None
    poison: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What was seen; all times on the monotonic clock.

    accepted: id -> when it was answered with 201. completed_before: as PostgreSQL said at began_at.
    recorded: id -> when an outcome of it was seen in Redis. victims: pid -> when it was killed or paused.
    miscounted: (status, what the figures say, what there is), where they differ.
    began_at, ended_at: of the fault.
    """

    accepted: dict[str, float]
    answers: list[Answer]
    outcomes: dict[str, Outcome]
    effects: list[Effect]
    began_at: float
    ended_at: float
    completed_before: frozenset[str] = frozenset()
    recorded: dict[str, float] = field(default_factory=dict)
    victims: dict[int, float] = field(default_factory=dict)
    miscounted: list[tuple[str, int, int]] = field(default_factory=list)

    @property
    def runs(self) -> list[Effect]:
        """What began to run, in order."""
        return starts(self.effects)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. Times in seconds; None where there is nothing to say. problems: rules that were broken."""

    fault: str
    accepted: int
    completed: int
    lost: int
    repeated: int
    recovery: float | None = None
    recovery_allowed: float | None = None
    post_p99: float | None = None
    post_max: float | None = None
    remarks: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def judge(fault: str, seen: Evidence, expected: Expectation) -> Row:
    """The row of a fault."""
    completed = {job_id for job_id in seen.accepted if _status(seen, job_id) == "completed"}
    slowest = max((answer.seconds for answer in _during(seen)), default=None)
    return Row(
        fault=fault,
        accepted=len(seen.accepted),
        completed=len(completed),
        lost=len(seen.accepted) - len(completed | (expected.poison & set(seen.accepted))),
        repeated=len(_repeated(seen)),
        recovery=recovery_seconds(seen),
        recovery_allowed=expected.recovery,
        post_p99=percentile(_known(seen), 0.99) if expected.is_without_redis else None,
        post_max=slowest if expected.is_without_redis else None,
        problems=list(_problems(seen, expected)),
    )


def recovery_seconds(seen: Evidence) -> float | None:
    """From the end of the fault until what had been accepted by then has its outcome and a POST is accepted again."""
    outcomes = [seen.outcomes.get(job_id) for job_id, at in seen.accepted.items() if at <= seen.ended_at]
    finished = [outcome.finished_at for outcome in outcomes if outcome is not None and outcome.finished_at is not None]
    next_accepted = min((at for at in seen.accepted.values() if at > seen.ended_at), default=None)
    if len(finished) < len(outcomes) or next_accepted is None:
        return None
    return max(0.0, *(at - seen.ended_at for at in [*finished, next_accepted]))


def percentile(values: list[float], share: float) -> float | None:
    """The smallest value that is not exceeded by this share of them."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else None


def _problems(seen: Evidence, expected: Expectation) -> Iterator[str]:
    yield from _lost(seen, expected)
    yield from _runs_too_many(seen, expected)
    yield from _slow_recovery(seen, expected)
    yield from _bad_answers(seen, expected)
    if expected.is_without_redis:
        yield from _slow_answers(seen)
    if expected.works_within is not None:
        yield from _idle(seen, expected.works_within)
    for status, said, true in seen.miscounted:
        yield f"the figures say {said} {status}, there are {true}"


def _lost(seen: Evidence, expected: Expectation) -> Iterator[str]:
    lost = [job_id for job_id in seen.accepted if job_id not in expected.poison and _status(seen, job_id) != "completed"]
    if lost:
        counts = Counter(_status(seen, job_id) for job_id in lost)
        yield f"{len(lost)} accepted jobs are not completed: {_counted(counts)}, such as {lost[0]}"
    for job_id in expected.poison:
        outcome = seen.outcomes.get(job_id)
        if outcome is None or (outcome.status, outcome.failure_reason) != ("failed", "poison"):
            yield f"the poison job is {_status(seen, job_id)}, not failed as poison"


def _runs_too_many(seen: Evidence, expected: Expectation) -> Iterator[str]:
    unexcused = _unexcused(seen)
    if unexcused:
        yield f"{len(unexcused)} jobs ran again that no killed or paused process was at, such as {min(unexcused)}"
    attempts = Counter((run.job_id, run.attempt) for run in seen.runs)
    for (job_id, attempt), count in attempts.items():
        if count > 1:
            yield f"attempt {attempt} of job {job_id} ran {count} times"
    for run in seen.runs:
        finished_at = seen.outcomes[run.job_id].finished_at if run.job_id in seen.outcomes else None
        if finished_at is not None and run.at > finished_at + _CLOCK_SECONDS:
            yield f"job {run.job_id} ran {run.at - finished_at:.2f} s after its outcome had reached PostgreSQL"
        elif run.job_id in seen.completed_before and run.at > seen.began_at:
            yield f"job {run.job_id} ran again, which was completed before the fault"
        elif expected.keeps_records and run.at > seen.recorded.get(run.job_id, run.at):
            yield f"job {run.job_id} ran again, whose outcome was recorded in Redis"


def _slow_recovery(seen: Evidence, expected: Expectation) -> Iterator[str]:
    recovery = recovery_seconds(seen)
    if recovery is None:
        yield "it did not recover"
    elif recovery > expected.recovery:
        yield f"recovery took {recovery:.1f} s, allowed {expected.recovery:g}"


def _bad_answers(seen: Evidence, expected: Expectation) -> Iterator[str]:
    allowed = {201, 503} | ({NO_ANSWER} if expected.api_dies else set())
    bad = Counter(str(answer.status or "none") for answer in seen.answers if answer.status not in allowed)
    if bad:
        yield f"answers other than 201 and 503: {_counted(bad)}"
    without = sum(answer.status == 503 and answer.retry_after is None for answer in seen.answers)
    if without:
        yield f"{without} answers 503 without Retry-After"


def _slow_answers(seen: Evidence) -> Iterator[str]:
    slow = [answer.seconds for answer in _during(seen) if answer.seconds > POST_SECONDS]
    if slow:
        yield f"{len(slow)} POSTs took longer than {POST_SECONDS:g} s, up to {max(slow):.1f}"
    known = percentile(_known(seen), 0.99)
    if known is None and seen.ended_at - seen.began_at > KNOWN_SECONDS + 1.0:
        yield f"no POST was answered after the first {KNOWN_SECONDS:g} s"
    elif known is not None and known > KNOWN_POST_SECONDS:
        yield f"p99 of a POST was {known:.3f} s once Redis was known to be away, allowed {KNOWN_POST_SECONDS:g}"


def _known(seen: Evidence) -> list[float]:
    """How long POSTs took once it was known that Redis was away."""
    known_at = seen.began_at + KNOWN_SECONDS
    return [answer.seconds for answer in _during(seen) if answer.sent_at > known_at]


def _during(seen: Evidence) -> list[Answer]:
    return [answer for answer in seen.answers if answer.at >= seen.began_at and answer.sent_at <= seen.ended_at]


def _idle(seen: Evidence, seconds: float) -> Iterator[str]:
    due = {job_id: at for job_id, at in seen.accepted.items() if at + seconds < seen.ended_at}
    late = [job_id for job_id, at in due.items() if not _is_finished_by(seen, job_id, max(at, seen.began_at) + seconds)]
    if late:
        yield f"{len(late)} of {len(due)} jobs were not done within {seconds:g} s while the fault lasted"


def _is_finished_by(seen: Evidence, job_id: str, at: float) -> bool:
    outcome = seen.outcomes.get(job_id)
    return outcome is not None and outcome.finished_at is not None and outcome.finished_at <= at


def _repeated(seen: Evidence) -> set[str]:
    return {job_id for job_id, count in Counter(run.job_id for run in seen.runs).items() if count > 1}


def _unexcused(seen: Evidence) -> set[str]:
    """Jobs that ran again though their run before was not cut short, nor had just ended, when its process was struck."""
    ends = {(effect.job_id, effect.attempt): effect.at for effect in seen.effects if effect.word == "end"}
    last: dict[str, Effect] = {}
    unexcused = set()
    for run in seen.runs:
        before = last.get(run.job_id)
        if before is not None:
            struck_at = seen.victims.get(before.pid, 0.0)
            ended_at = ends.get((before.job_id, before.attempt), struck_at)
            if before.at > struck_at or ended_at < struck_at - UNRECORDED_SECONDS:
                unexcused.add(run.job_id)
        last[run.job_id] = run
    return unexcused


def _status(seen: Evidence, job_id: str) -> str:
    return seen.outcomes[job_id].status if job_id in seen.outcomes else "missing"


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.items())
