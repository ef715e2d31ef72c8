"""Keeping the schedules of the file: the leader has the API make its own exactly what the file says.

On becoming leader, when the file was changed, and when somebody asks for it (SIGHUP). A file that is being written, cannot
be read or is not understood changes nothing: what was synced last stays. Who fires alone, without Redis, syncs nothing: it
may be one that was started by mistake, with another file, and would drop what the others' file has.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, Protocol

import structlog

from goqueue import GoQueueError, SyncReport
from goqueue_common.clock import Clock
from goqueue_scheduler.api_reach import AWAY, ApiReach
from goqueue_scheduler.backoff import Backoff
from goqueue_scheduler.election import Election, Role
from goqueue_scheduler.schedule_file import InvalidScheduleFile, WatchedFile
from goqueue_scheduler.schedule_file.problems import one_line

log = structlog.get_logger(__name__)

_REFUSED_SECONDS: Final = 30.0
_NAMED: Final = 25
_MAX_TROUBLE: Final = 500
"""What the API takes of a trouble."""

Definitions = Sequence[Mapping[str, object]]


class SyncApi(Protocol):
    """What is asked of the SDK's client."""

    def sync_schedules(self, definitions: Definitions) -> SyncReport:
        """See goqueue.Client."""


class FileSync:
    """`look` syncs if there is reason to. on_change: called when a sync has changed a schedule."""

    def __init__(
        self,
        file: WatchedFile,
        api: SyncApi,
        election: Election,
        *,
        clock: Clock,
        reach: ApiReach,
        on_change: Callable[[], None],
    ) -> None:
        self._file = file
        self._api = api
        self._election = election
        self._reach = reach
        self._on_change = on_change
        self._away = Backoff(clock)
        self._refused = Backoff(clock, first=_REFUSED_SECONDS, longest=_REFUSED_SECONDS)
        self._turn = -1
        self._known: Definitions | None = None
        self._unsent: Definitions | None = None
        self._asked = False
        self._trouble: str | None = None

    @property
    def trouble(self) -> str | None:
        """Why the schedules are not those of the file; None on whoever does not lead. Safe from any thread."""
        return self._trouble if self._election.role is Role.LEADER else None

    def ask(self) -> None:
        """Sync at the next look, changed or not; safe from any thread, and from a signal handler."""
        self._asked = True

    def look(self) -> None:
        """Sync, if this replica leads and that or the file is new. Raises nothing that passes by itself."""
        asked, self._asked = self._asked, False
        has_changed = self._file.changed()  # a follower looks too: it knows then whether somebody is writing just now
        if self._election.role is not Role.LEADER:
            if asked:
                log.info("sync_left_to_leader", file=str(self._file.path))
            return
        is_new, self._turn = self._turn != self._election.turn, self._election.turn
        if asked or has_changed:
            self._known = self._load()
        if asked or has_changed or is_new:
            self._unsent = self._known
            self._away.succeeded()
            self._refused.succeeded()
        if self._unsent is not None and self._away.left_seconds == 0 and self._refused.left_seconds == 0:
            self._send(self._unsent)

    def _load(self) -> Definitions | None:
        try:
            return self._file.load()
        except InvalidScheduleFile as error:
            log.error("schedules_file_not_understood", file=str(self._file.path), reason=str(error))  # noqa: TRY400
            first, *others = error.problems
            self._trouble = self._said("not understood", first.sentence(), f" (and {len(others)} more)" if others else "")
            return None

    def _send(self, definitions: Definitions) -> None:
        try:
            with self._reach.watched("sync"):
                report = self._api.sync_schedules(definitions)
        except GoQueueError as error:
            if isinstance(error, AWAY):
                self._away.failed()
            else:
                self._refused.failed()
                self._trouble = self._said("refused", str(error))
            return
        self._unsent = self._trouble = None
        self._away.succeeded()
        changed = {
            "created": report.created,
            "updated": report.updated,
            "removed": report.removed,
            "paused": report.paused,
        }
        log.info(
            "schedules_synced",
            file=str(self._file.path),
            unchanged=report.unchanged,
            **{what: list(names[:_NAMED]) for what, names in changed.items() if names},
        )
        if any(changed.values()):
            self._on_change()

    def _said(self, what: str, why: str, more: str = "") -> str:
        return one_line(f"the schedules file {self._file.path} is {what}: {why}")[: _MAX_TROUBLE - len(more)] + more
