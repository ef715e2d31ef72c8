"""Keeping the schedules of the file: the leader has the API make its own exactly what the file says.

On becoming leader, when the file was changed, and when somebody asks for it (SIGHUP). A file that is being written, cannot
be read or is not understood changes nothing: what was synced last stays.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final, Protocol

import structlog

from goqueue import GoQueueError, SyncReport
from goqueue_common.clock import Clock
from goqueue_common.errors import GoQueueError as FileError
from goqueue_scheduler.api_reach import AWAY, ApiReach
from goqueue_scheduler.backoff import Backoff
from goqueue_scheduler.election import Election, Role

log = structlog.get_logger(__name__)

_REFUSED_SECONDS: Final = 30.0

Definitions = Sequence[Mapping[str, object]]
_Signature = tuple[int, int, int, int]
_Wanted = tuple[int, _Signature | None]
"""The turn of the election, and the state of the file."""


class SyncApi(Protocol):
    """What is asked of the SDK's client."""

    def sync_schedules(self, definitions: Sequence[Mapping[str, object]]) -> SyncReport:
        """See goqueue.Client."""


class FileSync:
    """`look` syncs if there is reason to. read: the file's definitions; raises GoQueueError of goqueue_common.

    on_change: called when a sync has changed a schedule.
    """

    def __init__(
        self,
        path: Path,
        read: Callable[[Path], Definitions],
        api: SyncApi,
        election: Election,
        *,
        clock: Clock,
        reach: ApiReach,
        on_change: Callable[[], None],
    ) -> None:
        self._path = path
        self._read = read
        self._api = api
        self._election = election
        self._reach = reach
        self._on_change = on_change
        self._away = Backoff(clock)
        self._refused = Backoff(clock, first=_REFUSED_SECONDS, longest=_REFUSED_SECONDS)
        self._done: _Wanted | None = None
        self._asked = False
        self._is_missing = False
        self._seen = self._signature()

    def ask(self) -> None:
        """Sync at the next look, changed or not; safe from any thread, and from a signal handler."""
        self._asked = True

    def look(self) -> None:
        """Sync, if this replica leads and the file or the leader is new. Raises nothing that passes by itself."""
        asked, self._asked = self._asked, False
        before, self._seen = self._seen, self._signature()
        if self._election.role is not Role.LEADER:
            if asked:
                log.info("sync_left_to_leader", file=str(self._path))
            return
        wanted = (self._election.turn, self._seen)
        if asked or (self._done is not None and self._done != wanted):
            self._done = None
            self._refused.succeeded()
        # Still being written, perhaps: a beginning of YAML is often YAML, with fewer schedules.
        is_still = self._seen == before or asked
        if self._seen is None or not is_still or self._done == wanted:
            return
        if self._away.left_seconds == 0 and self._refused.left_seconds == 0:
            self._sync(wanted)

    def _sync(self, wanted: _Wanted) -> None:
        try:
            definitions = self._read(self._path)
        except FileError as error:
            log.error(  # noqa: TRY400 - all that is wrong is in the reason
                "schedules_file_not_understood", file=str(self._path), reason=str(error)
            )
            self._done = wanted
            return
        try:
            with self._reach.watched("sync"):
                report = self._api.sync_schedules(definitions)
        except GoQueueError as error:
            (self._away if isinstance(error, AWAY) else self._refused).failed()
            return
        self._done = wanted
        self._away.succeeded()
        changed = {
            "created": report.created,
            "updated": report.updated,
            "removed": report.removed,
            "paused": report.paused,
        }
        log.info(
            "schedules_synced",
            file=str(self._path),
            unchanged=report.unchanged,
            **{what: list(names[:25]) for what, names in changed.items() if names},
        )
        if any(changed.values()):
            self._on_change()

    def _signature(self) -> _Signature | None:
        """Of what the name leads to: a ConfigMap is changed by turning a symbolic link."""
        try:
            found = os.stat(self._path)
        except OSError as error:
            if not self._is_missing:
                log.error(  # noqa: TRY400 - as above
                    "schedules_file_missing", file=str(self._path), reason=error.strerror or str(error)
                )
            self._is_missing = True
            return None
        self._is_missing = False
        return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns
