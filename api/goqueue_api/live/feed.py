"""What the shared stream in Redis says, to the streams of this process; and what a client has missed.

Every event carries the position of its last entry as its id, and events are published in the order of those: so whoever
goes on after an id misses nothing and hears nothing twice. Therefore gathered jobs are published before any later entry.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Final

import structlog

from goqueue_api.live import frames
from goqueue_api.live.hub import Hub
from goqueue_api.live.jobs_frames import JobsFrames
from goqueue_api.live.stream import Stream
from goqueue_api.live.while_wanted import WhileWanted
from goqueue_common.broker.event_stream import LONGEST_WAIT_SECONDS, Entry, EventStream, Position
from goqueue_common.errors import BrokerUnavailable
from goqueue_common.live_events import Topic

log = structlog.get_logger(__name__)

_GATHER_SECONDS: Final = 0.05
"""Under load the stream is read twenty times a second, not at every entry."""
_AWAY_SECONDS: Final = 0.5
_JOIN_SECONDS: Final = 1.0
_UNKNOWN: Final = Position(-1, 0)


class Feed:
    """`step` reads once. on_jobs: told of ids that have changed. is_away: whether the broker knows that Redis is away."""

    def __init__(
        self, source: EventStream, hub: Hub, *, on_jobs: Callable[[list[str]], None], is_away: Callable[[], bool]
    ) -> None:
        self._source = source
        self._hub = hub
        self._on_jobs = on_jobs
        self._is_away = is_away
        self._changed = threading.Condition()
        self._jobs = JobsFrames()
        self._position: Position | None = None
        self._has_missed = False
        self._reader = WhileWanted(self, "live-feed", self._is_wanted)
        self._joining = 0

    def join(self, stream: Stream, after: Position | None) -> None:
        """Have a stream hear all that comes, and first what has come since `after`, if that can still be known.

        hello is put into it first, with an id that is right whatever arrives of the rest.
        """
        with self._changed:
            self._joining += 1
        try:
            self._reader.ensure()
            self._join(stream, after)
        finally:
            with self._changed:
                self._joining -= 1

    def _join(self, stream: Stream, after: Position | None) -> None:
        is_known = after is not None and self._is_known(after)
        with self._changed:
            if not self._is_away():
                self._changed.wait_for(lambda: self._position is not None or self._has_missed, _JOIN_SECONDS)
            if after is not None and is_known:
                self._catch_up(after)
            reached = self._hub.reached
            stream.outbox.hold()
            self._hub.add(stream)
        # Read before it is released: whoever has something for this stream would wait for Redis, and all others with it.
        stream.outbox.release(list(self._first(stream, after if is_known or after is None else _UNKNOWN, reached)))

    def _catch_up(self, after: Position) -> None:
        """Where another process has told a client of what this one has yet to read, or to publish."""
        self._changed.wait_for(lambda: self._position is None or after <= self._position, _JOIN_SECONDS)
        if self._is_ahead(after):
            self._changed.wait_for(lambda: not self._is_ahead(after), self._jobs.hurried_in)
        if self._is_ahead(after):
            self._publish_jobs()

    def _is_ahead(self, after: Position) -> bool:
        return self._hub.reached is not None and after > self._hub.reached

    def _first(self, stream: Stream, after: Position | None, reached: Position | None) -> Iterator[bytes]:
        """hello, and what was missed or that it was."""
        if after is None or reached is None:  # without Redis: a resync follows when it is back
            yield stream.hello(reached, reached)
            return
        missed = self._missed(stream, after, reached)
        yield stream.hello(reached, None if missed is None else after)
        yield from [frames.resync("too_old", reached)] if missed is None else missed

    def _missed(self, stream: Stream, after: Position, reached: Position) -> list[bytes] | None:
        """The events from one position to another; None: some entries between them are gone."""
        if not after <= reached or after == _UNKNOWN:
            return None
        try:
            made = list(self._events(self._source.between(after, reached), stream.topics.shared))
        except BrokerUnavailable as error:
            log.debug("replay_failed", reason=str(error))
            return None
        return made if self._is_known(after) else None  # also after reading: what was wanted may have gone meanwhile

    def _is_known(self, position: Position) -> bool:
        """Whether the stream has all that came after it; as far as is known, without Redis it has nothing."""
        if self._is_away() or self._has_missed:
            return False
        try:
            bounds = self._source.bounds()
        except BrokerUnavailable:
            return False
        return bounds is not None and bounds[0] <= position <= bounds[1]

    def _events(self, entries: Iterator[Entry], topics: frozenset[str]) -> Iterator[bytes]:
        jobs = JobsFrames()
        for entry in entries:
            if entry.topic not in topics:
                continue
            if entry.topic == Topic.JOBS:
                jobs.add(entry)
                continue
            if (gathered := jobs.take()) is not None:
                yield gathered[0]
            yield _event(entry)
        if (gathered := jobs.take()) is not None:
            yield gathered[0]

    def step(self) -> float:
        """Until there is something, or a second."""
        position = self._position
        if self._is_away():
            self._lose("the broker found Redis away")
            return _AWAY_SECONDS
        try:
            if position is None:
                self._begin(self._source.end())
                return 0.0
            entries = self._source.read(position, self._patience())
            bounds = self._source.bounds()
        except BrokerUnavailable as error:
            self._lose(str(error))
            return _AWAY_SECONDS
        if bounds is None or not bounds[0] <= position <= bounds[1]:
            self._begin(self._source.end() if bounds is None else bounds[1], missed="stream_was_cut")
            return 0.0
        with self._changed:
            self._take_in(entries)
        return _GATHER_SECONDS if entries else 0.0

    def nudge(self) -> None:
        """Read now."""
        self._reader.nudge()

    def close(self) -> None:
        """End the thread and the connections."""
        self._reader.close()
        self._source.close()

    def _is_wanted(self) -> bool:
        """Also says good-bye to what was read, should nobody want it: whoever comes later begins where the stream ends."""
        with self._changed:
            if self._joining or self._hub.wants_shared:
                return True
            self._position, self._has_missed, self._jobs, self._hub.reached = None, False, JobsFrames(), None
            return False

    def _patience(self) -> float:
        due_in = self._jobs.due_in
        return LONGEST_WAIT_SECONDS if due_in is None else min(due_in, LONGEST_WAIT_SECONDS)

    def _begin(self, position: Position, missed: str | None = None) -> None:
        """Go on from here; who was there before has to be told that something is missing."""
        with self._changed:
            self._jobs = JobsFrames()
            if self._has_missed or missed is not None:
                log.info("live_events_missed", reason=missed or "redis_was_away")
                self._hub.resync(missed or "redis_was_away", position)
            self._position, self._has_missed, self._hub.reached = position, False, position
            self._changed.notify_all()

    def _lose(self, reason: str) -> None:
        with self._changed:
            if not self._has_missed:
                log.info("live_feed_away", reason=reason)
            self._position, self._has_missed, self._hub.reached = None, True, None
            self._changed.notify_all()

    def _take_in(self, entries: list[Entry]) -> None:
        for entry in entries:
            if entry.topic == Topic.JOBS:
                self._on_jobs(self._jobs.add(entry))
            else:
                self._publish_jobs()
                self._hub.publish(entry.topic, _event(entry), entry.position)
            self._position = entry.position
        if self._jobs.due_in == 0.0:
            self._publish_jobs()
        if entries:
            self._changed.notify_all()

    def _publish_jobs(self) -> None:
        gathered = self._jobs.take()
        if gathered is not None:
            self._hub.publish(Topic.JOBS, *gathered)


def _event(entry: Entry) -> bytes:
    return frames.raw_frame(entry.topic, entry.news.encode(), entry.position)
