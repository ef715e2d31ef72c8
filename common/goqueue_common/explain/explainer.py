"""From facts to an explanation: which reasons hold, and which of them decides. Pure: no store, no clock."""

from __future__ import annotations

from collections.abc import Sequence

from goqueue_common.explain.ended import ended
from goqueue_common.explain.explanation import Explanation, Position, Reason, ReasonCode
from goqueue_common.explain.facts import Facts
from goqueue_common.explain.held import held
from goqueue_common.explain.obstacles import STANDSTILL, obstacles
from goqueue_common.explain.waiting import expiry, in_line, not_due, runs_alone, unknown_type
from goqueue_common.lifecycle import JobStatus


def explain(facts: Facts) -> Explanation:
    """Everything that keeps the job, the decisive reason first; there is always one."""
    job = facts.job
    in_its_way = obstacles(facts)
    if job.status.is_final:
        reasons = [ended(job)]
    elif job.status is JobStatus.PROCESSING:
        reasons = held(facts)
    else:
        reasons = _waiting(facts, in_its_way)
    stands_still = any(reason.code in STANDSTILL for reason in in_its_way)
    return Explanation(
        job_id=job.id,
        status=job.status,
        summary=_summary(reasons),
        reasons=reasons,
        position=None if facts.ahead is None else Position(facts.ahead, None if stands_still else facts.seconds_behind),
        checked_at=facts.now,
    )


def _summary(reasons: Sequence[Reason]) -> str:
    """What decides and, when more than one thing must be removed before the job runs, the next of them."""
    others = [reason for reason in reasons[1:] if reason.code in STANDSTILL]
    return "; ".join(reason.detail for reason in [reasons[0], *others[:1]])


def _waiting(facts: Facts, in_its_way: Sequence[Reason]) -> list[Reason]:
    """A job that is not due waits for its time first of all; one that is due, for what stands in its way."""
    job = facts.job
    if job.status is JobStatus.QUEUED:
        reasons = [*in_its_way, *in_line(facts, in_its_way)]
    elif facts.is_due:
        reasons = [*in_its_way, not_due(facts)]
    else:
        reasons = [not_due(facts), *in_its_way]
    if job.no_handler_since is not None:
        reasons = [unknown_type(facts), *(reason for reason in reasons if reason.code is not ReasonCode.SCHEDULED)]
    if job.rescues:
        reasons.append(runs_alone(facts))
    if job.expires_at is not None:
        too_soon = job.expires_at <= max(facts.now, job.run_at or facts.now)
        reasons.insert(0 if too_soon else len(reasons), expiry(facts))
    return reasons
