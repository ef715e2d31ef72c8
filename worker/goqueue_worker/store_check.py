"""Looks at both stores once after the start, and says in the log what weakens a promise."""

from __future__ import annotations

from typing import Final

import structlog

from goqueue_common.broker.broker import RedisBroker
from goqueue_common.errors import BrokerUnavailable, StoreUnavailable
from goqueue_common.server_store import ServerStore

log = structlog.get_logger(__name__)

_AGAIN_SECONDS: Final = 5.0
_DONE_SECONDS: Final = 3600.0


class StoreCheck:
    """`step` asks until each store has answered once."""

    def __init__(self, store: ServerStore, broker: RedisBroker) -> None:
        self._unasked = {"postgres": store.complaints, "redis": broker.complaints}

    def step(self) -> float:
        """One look at those that have not answered yet."""
        for name, ask in list(self._unasked.items()):
            try:
                complaints = ask()
            except (StoreUnavailable, BrokerUnavailable) as error:
                log.debug("store_not_checked_yet", store=name, reason=str(error))
                continue
            del self._unasked[name]
            for complaint in complaints:
                log.error("store_unfit", store=name, reason=complaint)
        return _AGAIN_SECONDS if self._unasked else _DONE_SECONDS
