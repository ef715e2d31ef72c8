"""Telling the API that this replica lives, which tells in return what time it is and whether a schedule was changed."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

import structlog

from goqueue import GoQueueError, SchedulerAnswer
from goqueue_common.clock import Clock
from goqueue_common.version import version
from goqueue_scheduler.api_clock import ApiClock
from goqueue_scheduler.api_reach import ApiReach
from goqueue_scheduler.election import Election

log = structlog.get_logger(__name__)


class PresenceApi(Protocol):
    """What is asked of the SDK's client."""

    def report_scheduler(
        self,
        scheduler_id: str,
        *,
        host: str,
        pid: int,
        version: str,
        leads: bool,
        term: int | None,
        lag: float,
        fired: int,
        trouble: str | None,
        ended: bool = False,
    ) -> SchedulerAnswer:
        """See goqueue.Client."""


class Presence:
    """lag, fired, trouble: what there is to tell. on_revision: told the revision of the schedules with each answer."""

    def __init__(
        self,
        api: PresenceApi,
        scheduler_id: str,
        election: Election,
        *,
        clock: Clock,
        api_clock: ApiClock,
        reach: ApiReach,
        lag: Callable[[], float],
        fired: Callable[[], int],
        trouble: Callable[[], str | None],
        on_revision: Callable[[int], None],
    ) -> None:
        self._api = api
        self._id = scheduler_id
        self._election = election
        self._clock = clock
        self._api_clock = api_clock
        self._reach = reach
        self._lag = lag
        self._fired = fired
        self._trouble = trouble
        self._on_revision = on_revision
        self._host = socket.gethostname()

    def tell(self) -> None:
        """Say how this replica stands. Raises nothing that passes by itself."""
        sent_at = self._clock.boottime()
        with suppress(GoQueueError), self._reach.watched("presence"):
            answer = self._report(ended=False)
            self._api_clock.sample(answer.at, sent_at, self._clock.boottime())
            self._on_revision(answer.revision)

    def leave(self) -> None:
        """Say that it ends. Where the API did not answer lately nobody waits for it: the silence will be noticed."""
        if self._reach.is_answered:
            with suppress(GoQueueError):
                self._report(ended=True)

    def _report(self, *, ended: bool) -> SchedulerAnswer:
        return self._api.report_scheduler(
            self._id,
            host=self._host,
            pid=os.getpid(),
            version=version(),
            leads=self._election.may_fire and not ended,
            term=None if ended else self._election.term,
            lag=round(self._lag(), 3),
            fired=self._fired(),
            trouble=None if ended else self._trouble(),
            ended=ended,
        )
