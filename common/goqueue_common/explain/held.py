"""What is to be said of a job that a worker holds, or held when it was last heard of."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from goqueue_common.explain.explanation import Call, Reason, ReasonCode, span
from goqueue_common.explain.facts import Facts, Holder
from goqueue_common.explain.obstacles import NO_LIVE_WORKER
from goqueue_common.explain.waiting import runs_alone
from goqueue_common.recovery_store import RESCUE_GRACE_SECONDS

_SILENT_SHARE: Final = 0.5
"""Of its lease: a worker that has not been heard of for so long misses heartbeats."""
_GRACE: Final = timedelta(seconds=RESCUE_GRACE_SECONDS)


def held(facts: Facts) -> list[Reason]:
    """Of a job in processing."""
    holder = facts.holder
    cancelling = [] if facts.job.cancel_requested_at is None else [_cancelling(facts)]
    if holder is None or not holder.is_live(facts.now):
        nobody = [] if facts.can_be_rescued else [NO_LIVE_WORKER]
        return [_lost(facts), *nobody, *cancelling]
    if facts.job.rescues and not facts.job.has_begun_alone:
        return [*cancelling, runs_alone(facts)]
    return cancelling or [_running(facts, holder)]


def _cancelling(facts: Facts) -> Reason:
    return Reason(
        code=ReasonCode.CANCELLING,
        detail=f"it was told to stop {facts.ago(facts.job.cancel_requested_at)}, and ends cancelled with its attempt",
        since=facts.job.cancel_requested_at,
    )


def _lost(facts: Facts) -> Reason:
    """Another worker takes back what it held, soon after its lease has ended."""
    holder = facts.holder
    if holder is None:
        due_at, who = facts.now + _GRACE, f"its worker {facts.job.worker_id} is not known any more"
    else:
        due_at = holder.lease_ends_at + _GRACE
        who = f"its worker on {holder.host} (pid {holder.pid}) was last heard of {facts.ago(holder.beat_at)}, and is lost"
    if not facts.can_be_rescued:
        after, action = "", "start a worker, which takes it back: goqueue worker"
    elif due_at >= facts.now:
        after, action = "", "nothing: another worker takes it back, and it runs again"
    else:
        after = "; it is to be taken back by now, but nobody is judged soon after an outage, and a row may be locked"
        action = "wait for a minute; if it stays so: goqueue doctor"
    return Reason(
        code=ReasonCode.WORKER_LOST,
        detail=who + after,
        since=None if holder is None else holder.beat_at,
        until=due_at if facts.can_be_rescued and due_at >= facts.now else None,
        action=action,
    )


def _running(facts: Facts, holder: Holder) -> Reason:
    job = facts.job
    silent = (facts.now - holder.beat_at).total_seconds()
    silence = f", which has not been heard of for {span(silent)}" if silent > holder.lease_seconds * _SILENT_SHARE else ""
    lasts = None if job.timeout_seconds is None else timedelta(seconds=job.timeout_seconds)
    return Reason(
        code=ReasonCode.RUNNING,
        detail=f"attempt {job.attempts:,} was taken {facts.ago(job.started_at)} by the worker on {holder.host} "
        f"(pid {holder.pid}){silence}",
        since=job.started_at,
        until=None if lasts is None or job.started_at is None else job.started_at + lasts,
        action="nothing; to stop it, cancel it",
        call=Call("POST", f"/jobs/{job.id}/cancel"),
    )
