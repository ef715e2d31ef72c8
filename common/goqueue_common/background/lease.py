"""Doing a duty only while holding its lease: a row in PostgreSQL, by its clock, renewed between rounds and never in one."""

from __future__ import annotations

import time
from typing import Final

import structlog

from goqueue_common.background.runner import Stepper
from goqueue_common.errors import StoreUnavailable
from goqueue_common.maintenance_store import MaintenanceStore

log = structlog.get_logger(__name__)

LEASE_SECONDS: Final = 3.0
"""A duty whose holder died, or hangs in a round, goes to the next worker after this."""
_RENEW_AFTER_SECONDS: Final = 1.0
_FOLLOW_SECONDS: Final = 1.0
_AGAIN_SECONDS: Final = 0.5


class LeasedDuty:
    """A duty that at most one worker does at a time; safe if two do."""

    def __init__(self, duty: Stepper, name: str, holder: str, store: MaintenanceStore) -> None:
        self._duty = duty
        self._name = name
        self._holder = holder
        self._store = store
        self._renewed_at = float("-inf")
        self._due_at = float("-inf")
        self._is_waiting = False

    def step(self) -> float:
        """A round of the duty if the lease is ours and its pause is over, else a look at most a second later."""
        try:
            if time.monotonic() - self._renewed_at >= _RENEW_AFTER_SECONDS and not self._renew():
                return _FOLLOW_SECONDS
            if time.monotonic() >= self._due_at:
                self._due_at = time.monotonic() + self._duty.step()
        except StoreUnavailable as error:
            self._renewed_at = float("-inf")
            if not self._is_waiting:  # once, not twice a second
                log.warning("maintenance_waits", duty=self._name, reason=str(error))
            self._is_waiting = True
            return _AGAIN_SECONDS
        if self._is_waiting:
            log.info("maintenance_goes_on", duty=self._name)
        self._is_waiting = False
        # A pause longer than the lease would hand the duty round, and every worker would do it in its turn.
        return max(0.0, min(self._due_at - time.monotonic(), _RENEW_AFTER_SECONDS))

    @property
    def is_held(self) -> bool:
        """Whether the lease is ours, as far as we know; may be asked from any thread."""
        return time.monotonic() - self._renewed_at < LEASE_SECONDS

    def give_up(self) -> None:
        """Let the next worker begin at once; without PostgreSQL the lease ends by itself."""
        try:
            self._store.give_up_lease(self._name, self._holder)
        except StoreUnavailable as error:
            log.debug("lease_ends_by_itself", duty=self._name, reason=str(error))

    def _renew(self) -> bool:
        now = time.monotonic()
        if not self._store.hold_lease(self._name, self._holder, LEASE_SECONDS):
            self._renewed_at = self._due_at = float("-inf")
            return False
        self._renewed_at = now
        return True
