"""What keeps a due job from being taken, whatever it waits for otherwise: its queue, the workers, limits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from goqueue_common.explain.explanation import Call, Reason, ReasonCode
from goqueue_common.explain.facts import Facts, Fleet
from goqueue_common.limit_store import Limit

STANDSTILL: Final = frozenset(
    {
        ReasonCode.QUEUE_PAUSED,
        ReasonCode.NO_WORKER,
        ReasonCode.NO_WORKER_FOR_QUEUE,
        ReasonCode.NO_WORKER_FOR_TYPE,
        ReasonCode.WORKERS_DRAINING,
    }
)
"""While one of these holds no job like it starts, and no rate of the past says when it will."""
HANDLER_WANTED: Final = "start a worker with the handler: goqueue worker --handlers MODULE"
NO_LIVE_WORKER: Final = Reason(
    code=ReasonCode.NO_WORKER,
    detail="no worker is alive, so nothing runs, and what becomes due stays where it is",
    action="start one: goqueue worker",
)


def obstacles(facts: Facts) -> list[Reason]:
    """In the order in which they must be removed; none: a worker may take the job."""
    return [*_pause(facts), *_workers(facts), *_limits(facts), *_slots(facts.fleet)]


def processes(count: int) -> str:
    """`1 worker process`: a worker is several."""
    return f"{count:,} worker process" + ("" if count == 1 else "es")


def _pause(facts: Facts) -> Iterator[Reason]:
    if facts.pause is not None:
        queue, since = facts.job.queue, facts.pause.since
        yield Reason(
            code=ReasonCode.QUEUE_PAUSED,
            detail=f"its queue {queue!r} was paused by {facts.pause.by} {facts.ago(since)}",
            since=since,
            action="resume the queue",
            call=Call("POST", f"/queues/{queue}/resume"),
        )


def _workers(facts: Facts) -> Iterator[Reason]:
    """Why no worker would take it; nothing as soon as one would."""
    fleet, job = facts.fleet, facts.job
    if fleet is None or fleet.ready:
        return
    if not fleet.live:
        yield NO_LIVE_WORKER
    elif not fleet.serving:
        yield Reason(
            code=ReasonCode.NO_WORKER_FOR_QUEUE,
            detail=f"no live worker serves the queue {job.queue!r} ({processes(fleet.live)} alive)",
            action=f"start a worker for it: goqueue worker --queues {job.queue}; or move the job to another queue",
        )
    elif not fleet.able:
        elsewhere = "; those that have one serve other queues" if fleet.knowing else ""
        yield Reason(
            code=ReasonCode.NO_WORKER_FOR_TYPE,
            detail=f"no live worker of the queue {job.queue!r} has a handler for {job.type!r} "
            f"({processes(fleet.serving)} in all{elsewhere})",
            action=HANDLER_WANTED,
        )
    else:
        yield Reason(
            code=ReasonCode.WORKERS_DRAINING,
            detail=f"every worker that could run it was told to drain ({processes(fleet.able)})",
            action="start others in their place: goqueue worker",
        )


def _limits(facts: Facts) -> Iterator[Reason]:
    for limit in facts.limits:
        if limit.running_count >= limit.max_running:
            yield _full(limit)


def _full(limit: Limit) -> Reason:
    return Reason(
        code=ReasonCode.LIMIT_REACHED,
        detail=f"the {limit.kind} {limit.name!r} may run {limit.max_running:,} at once, and {limit.running_count:,} run",
        action="wait until one has ended, or raise the limit",
        call=Call("PUT", f"/limits/{limit.kind}/{limit.name}"),
    )


def _slots(fleet: Fleet | None) -> Iterator[Reason]:
    if fleet is not None and fleet.ready and fleet.taken >= fleet.slots:
        yield Reason(
            code=ReasonCode.WORKERS_BUSY,
            detail=f"all {fleet.slots:,} slots of the workers that could run it are taken ({processes(fleet.ready)})",
            action="wait, or start more workers: goqueue worker",
        )
