"""What the API says: of itself, of workers, of queues."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goqueue_cli.doctor.finding import Finding, fine, problem, warning
from goqueue_cli.moments import age

if TYPE_CHECKING:
    from collections.abc import Sequence

    from goqueue import QueueInfo
    from goqueue_cli.doctor.evidence import ApiEvidence, QueueReport, WorkerReport

_START_A_WORKER = "goqueue worker"
_TYPES_LISTED = 8


def check_api(api: ApiEvidence, own_version: str) -> Finding:
    """Whether it is there, ready, and of our version."""
    if api.readiness is None:
        return problem("API", api.error or "", "goqueue up starts one here; --api-url or API_URL names another")
    where = f"{api.url}, {api.readiness.status}"
    if api.readiness.status != "ready":
        behind = api.readiness.schema == "behind"
        waits = "it waits for its tables" if behind else "it waits for PostgreSQL, or is stopping"
        return warning("API", f"{where}: {waits}", "goqueue db upgrade" if behind else "goqueue doctor, in a moment")
    if api.version is None or api.latency_seconds is None:
        return problem("API", f"{where}, but {api.error}", "look into its log")
    finding = f"{where}, version {api.version}, {api.latency_seconds * 1000:.0f} ms"
    if api.version != own_version:
        return warning("API", f"{finding}; this command is {own_version}", f"pip install 'goqueue=={api.version}'")
    return fine("API", finding)


def check_workers(api: ApiEvidence, workers: Sequence[WorkerReport] | None) -> Finding | None:
    """Whether any live; None: nobody can say. That none does becomes a problem with the first job that is due.

    workers: by name, where the stores could be asked; the API only knows how many have each type.
    """
    if workers is None and api.handlers is None:
        return None
    types = _live_types(api, workers)
    count = max((handler.live_workers for handler in api.handlers or ()), default=0) if workers is None else len(workers)
    if count == 0:
        return warning("workers", "none lives", _START_A_WORKER)
    versions = ", ".join(sorted({worker["version"] for worker in workers or ()}))
    of_version = f", version {versions}" if versions else ""
    return fine("workers", f"{_counted(count, 'process', 'processes')} live{of_version}: {_listed(types)}")


def _live_types(api: ApiEvidence, workers: Sequence[WorkerReport] | None) -> list[str]:
    if workers is None:
        return [handler.type for handler in api.handlers or () if handler.live_workers]
    return sorted({name for worker in workers for name in worker["types"]})


def _listed(types: Sequence[str]) -> str:
    left = len(types) - _TYPES_LISTED
    return ", ".join(types[:_TYPES_LISTED]) + (f" and {left} more types" if left > 0 else "")


def check_queues(api: ApiEvidence, due: Sequence[QueueReport] | None, *, any_lives: bool) -> list[Finding]:
    """Whether somebody serves each queue in which jobs are due.

    due: as the stores say; None: the API is asked, which does not know what a live worker serves.
    """
    if due is None:
        if api.queues is None:
            return []
        due = [{"name": queue.name, "due": queue.queued, "is_served": any_lives} for queue in api.queues if queue.queued]
    unserved = [queue for queue in due if not queue["is_served"]]
    if unserved:
        return [_unserved(queue, any_lives=any_lives) for queue in unserved]
    jobs = sum(queue["due"] for queue in due)
    return [fine("queues", f"{_counted(jobs, 'job is', 'jobs are')} due, in {_counted(len(due), 'queue', 'queues')}")]


def check_paused(api: ApiEvidence) -> list[Finding]:
    """Which queues are paused while jobs wait in them: somebody meant it, and may have forgotten."""
    return [_paused(queue) for queue in api.queues or () if queue.paused and queue.queued]


def _paused(queue: QueueInfo) -> Finding:
    waiting = _counted(queue.queued, "job waits", "jobs wait")
    finding = f"{queue.name}: paused {age(queue.paused_at)} by {queue.paused_by}, and {waiting} in it"
    return warning("queues", finding, f"goqueue queues resume {queue.name}")


def _unserved(queue: QueueReport, *, any_lives: bool) -> Finding:
    finding = f"{queue['name']}: {_counted(queue['due'], 'job is', 'jobs are')} due, and no live worker serves it"
    return problem("queues", finding, f"goqueue worker --queues {queue['name']}" if any_lives else _START_A_WORKER)


def _counted(count: int, one: str, several: str) -> str:
    return f"{count:,} {one if count == 1 else several}"
