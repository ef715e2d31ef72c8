"""Single jobs that people look at, from PostgreSQL: so it goes on without Redis, whose hints only make it quicker."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple, Protocol

from goqueue_api.live import frames
from goqueue_api.live.hub import Hub
from goqueue_api.live.stream import Stream
from goqueue_api.live.while_wanted import WhileWanted
from goqueue_common.job_state_store import JobState, JobStateStore, deleted

_LOOK_SECONDS: Final = 0.5
_HINTED_SECONDS: Final = 0.05
"""Between two looks, however many hints come."""
_LINES: Final = 200
_ROOM_BYTES: Final = 64 * 1024
"""More lines are read for a client only while less than this waits for it."""


class Line(NamedTuple):
    """One line of a job's log. seq: its place; document: as it is shown."""

    seq: int
    document: Mapping[str, Any]


class Lines(Protocol):
    """Where the lines of jobs' logs are."""

    def after(self, job_id: str, seq: int, limit: int) -> Sequence[Line]:
        """The next ones. Raises StoreUnavailable."""


class JobWatcher:
    """`step` looks once at all jobs that streams are about. lines: None, logs are not kept here."""

    def __init__(self, store: JobStateStore, hub: Hub, lines: Lines | None = None) -> None:
        self._store = store
        self._hub = hub
        self._lines = lines
        self._looked_at = 0.0
        self._looker = WhileWanted(self, "live-jobs", lambda: hub.wants_jobs)

    def watch(self, stream: Stream, states: Sequence[JobState]) -> None:
        """Show a stream that is in the hub what its jobs are, as they have just been read, and then what they become."""
        for state in states:
            stream.show(state.id, _frame(state))
        self._looker.ensure()
        self._looker.nudge()

    def hint(self, job_ids: Sequence[str]) -> None:
        """These jobs have changed."""
        if self._hub.is_watched(job_ids) and time.monotonic() - self._looked_at > _HINTED_SECONDS:
            self._looker.nudge()

    def step(self) -> float:
        """Show each stream what has changed. Raises StoreUnavailable."""
        self._looked_at = time.monotonic()
        watched = self._hub.watched()
        found = {state.id: state for state in self._store.read(list(watched))} if watched else {}
        has_more = False
        for job_id, streams in watched.items():
            state = found.get(job_id) or deleted(job_id)
            made = _frame(state)
            for stream in streams:
                stream.show(job_id, made)
                if stream.lines_after is not None:
                    has_more |= self._follow(stream, stream.lines_after, state)
        return 0.0 if has_more else _LOOK_SECONDS

    def close(self) -> None:
        """End the thread."""
        self._looker.close()

    def _follow(self, stream: Stream, after: int, state: JobState) -> bool:
        """Send the lines that are new, and the end when there is one; whether there are more that it has room for."""
        if self._lines is not None:
            if stream.outbox.waiting_bytes > _ROOM_BYTES:
                return False
            lines = self._lines.after(state.id, after, _LINES)
            for line in lines:
                stream.outbox.put(frames.frame("log", line.document, line.seq))
                stream.lines_after = line.seq
            if len(lines) == _LINES:
                return True
        if state.is_settled:
            stream.outbox.put(frames.frame("end", {"id": state.id, "status": state.document["status"]}))
            stream.outbox.finish()
        return False


def _frame(state: JobState) -> bytes:
    return frames.frame("job", state.document)
