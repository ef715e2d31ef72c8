"""The last words of a child that has settled all it had in hand: its lease ends, and rows that still name it go back.

Such rows are of claims whose reply was lost. Whoever finds them later could not know that they had never started, and would
count a death against them.
"""

from __future__ import annotations

import structlog

from goqueue_common.errors import StoreUnavailable
from goqueue_common.worker_store import WorkerStore
from goqueue_worker.strays import Strays

log = structlog.get_logger(__name__)


def sign_off(worker_id: str, workers: WorkerStore, strays: Strays) -> bool:
    """To be called when nothing claims any more. False: PostgreSQL is away or a row is held, the parent has to do it."""
    try:
        workers.stop(worker_id)  # first: after it, no claim that is still under way can take anything
        is_clean = strays.give_back()
    except StoreUnavailable as error:
        log.warning("sign_off_failed", worker_id=worker_id, reason=str(error))
        return False
    return is_clean
