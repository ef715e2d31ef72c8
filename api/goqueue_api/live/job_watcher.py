"""Single jobs that people look at, from PostgreSQL: so it goes on without Redis, whose hints only make it quicker."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Final

from goqueue_api.live import frames
from goqueue_api.live.hub import Hub
from goqueue_api.live.stream import Stream
from goqueue_api.live.while_wanted import WhileWanted
from goqueue_api.shown import redacted_line
from goqueue_common.job_log_store import JobLogStore, LogLine
from goqueue_common.job_state_store import JobState, JobStateStore, deleted
from goqueue_common.redaction import Redactor

_LOOK_SECONDS: Final = 0.5
_HINTED_SECONDS: Final = 0.05
"""Between two looks, however many hints come."""
_LINES: Final = 200
_ROOM_BYTES: Final = 64 * 1024
"""More lines are read for a client only while less than this waits for it."""


class JobWatcher:
    """`step` looks once at all jobs that streams are about. redactor: of the lines that jobs log."""

    def __init__(self, store: JobStateStore, logs: JobLogStore, hub: Hub, redactor: Redactor) -> None:
        self._store = store
        self._logs = logs
        self._hub = hub
        self._redactor = redactor
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
        has_more, up_to_date = self._send_lines(watched)
        for job_id, streams in watched.items():
            state = found.get(job_id) or deleted(job_id)
            made = _frame(state)
            for stream in streams:
                stream.show(job_id, made)
                if state.is_settled and stream in up_to_date:  # its lines were read after its state: no more can come
                    _end(stream, state)
        return 0.0 if has_more else _LOOK_SECONDS

    def close(self) -> None:
        """End the thread."""
        self._looker.close()

    def _send_lines(self, watched: Mapping[str, list[Stream]]) -> tuple[bool, set[Stream]]:
        """Send the lines that are new to those who follow a job and have room; whether there are more, and who has all."""
        followers = [
            (job_id, stream, stream.lines_after)
            for job_id, streams in watched.items()
            for stream in streams
            if stream.lines_after is not None and stream.outbox.waiting_bytes < _ROOM_BYTES
        ]
        positions: dict[str, int] = {}
        for job_id, _, after in followers:
            positions[job_id] = min(after, positions.get(job_id, after))
        pages = self._logs.pages(positions, _LINES) if positions else {}
        has_more = any(len(lines) == _LINES for lines in pages.values())
        up_to_date = set()
        for job_id, stream, after in followers:
            lines = pages.get(job_id, [])
            if not self._send(stream, [line for line in lines if line.seq > after]):
                has_more = True
            elif len(lines) < _LINES:
                up_to_date.add(stream)
        return has_more, up_to_date

    def _send(self, stream: Stream, lines: Sequence[LogLine]) -> bool:
        """Lines, as long as there is room: they are large enough for a page of them to overflow; whether all were sent."""
        made: list[bytes] = []
        room = _ROOM_BYTES - stream.outbox.waiting_bytes
        for line in lines:
            if room <= 0:
                break
            made.append(frames.frame("log", redacted_line(line, self._redactor), line.seq))
            room -= len(made[-1])
            stream.lines_after = line.seq
        stream.outbox.put_all(made)
        return len(made) == len(lines)


def _end(stream: Stream, state: JobState) -> None:
    stream.outbox.put(frames.frame("end", {"id": state.id, "status": state.document["status"]}))
    stream.outbox.finish()


def _frame(state: JobState) -> bytes:
    return frames.frame("job", state.document)
