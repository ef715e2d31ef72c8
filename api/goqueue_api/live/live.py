"""All there is about live events in a process, wired together: what the HTTP handlers open streams on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final

from goqueue_api.errors import TooManyStreams
from goqueue_api.live.feed import Feed
from goqueue_api.live.hub import Hub
from goqueue_api.live.job_watcher import JobWatcher
from goqueue_api.live.response import StreamResponse
from goqueue_api.live.stats_collector import StatsCollector
from goqueue_api.live.stream import Stream
from goqueue_api.live.stream_thread import StreamThread
from goqueue_api.live.topics import Topics, of_job
from goqueue_api.live.while_wanted import WhileWanted
from goqueue_common.broker.event_stream import Position
from goqueue_common.errors import JobNotFound
from goqueue_common.job_state_store import JobStateStore

_LOOK_AT_KEYS_SECONDS: Final = 10.0


class Live:
    """At most `most` streams at once. Starts nothing before the first, so that a process may fork."""

    def __init__(
        self, hub: Hub, feed: Feed, watcher: JobWatcher, stats: StatsCollector, states: JobStateStore, *, most: int
    ) -> None:
        self._hub = hub
        self._feed = feed
        self._watcher = watcher
        self._stats = stats
        self._states = states
        self._most = most
        self._writer = StreamThread(hub.ping)
        self._keys = WhileWanted(self, "live-keys", lambda: bool(hub.streams()))
        self._lock = threading.Lock()
        self._open = 0
        self._is_stopped = False

    def open(self, topics: Topics, after: Position | None, may_stay: Callable[[], bool]) -> StreamResponse:
        """A stream on topics, which goes on after what a client has had. may_stay: whether it may still read.

        Raises JobNotFound, TooManyStreams, StoreUnavailable.
        """
        return self._opened(Stream(topics, on_close=self._closed, may_stay=may_stay), after)

    def follow(self, job_id: str, lines_after: int, may_stay: Callable[[], bool]) -> StreamResponse:
        """A stream on one job, with the lines of its log after this one; it ends after the job. Raises like `open`."""
        return self._opened(Stream(of_job(job_id), on_close=self._closed, may_stay=may_stay, lines_after=lines_after), None)

    def _opened(self, stream: Stream, after: Position | None) -> StreamResponse:
        self._take_place()
        try:
            self._start(stream, after)
        except BaseException:
            stream.close()
            raise
        return StreamResponse(stream, self._writer)

    def _start(self, stream: Stream, after: Position | None) -> None:
        topics = stream.topics
        states = self._states.read(topics.jobs) if topics.jobs else []
        missing = set(topics.jobs) - {state.id for state in states}
        if missing:
            raise JobNotFound(f"no job has the id {min(missing)}: it never existed here, or was pruned after its retention")
        if topics.shared:
            self._feed.join(stream, after)
        else:
            stream.outbox.put(stream.hello(None, None))
            self._hub.add(stream)
        if topics.jobs:
            self._watcher.watch(stream, states)
        if topics.stats:
            self._stats.start(stream)
        self._keys.ensure()

    def step(self) -> float:
        """Close the streams of those who may read no more: a key lives shorter than a stream may."""
        for stream in self._hub.streams():
            if not stream.may_stay():
                stream.outbox.finish()
        return _LOOK_AT_KEYS_SECONDS

    def stop(self) -> None:
        """Close every stream at once and take no more. Takes no lock: a signal handler calls it."""
        self._is_stopped = True
        self._writer.stop()

    def close(self) -> None:
        """End threads and connections."""
        self.stop()
        for part in (self._writer, self._keys, self._watcher, self._stats, self._feed):
            part.close()

    def _take_place(self) -> None:
        with self._lock:
            if self._open >= self._most or self._is_stopped:
                raise TooManyStreams(
                    "this process of the API is ending: come again in a second"
                    if self._is_stopped
                    else f"{self._open} streams are open, all that GOQUEUE_API_STREAMS allows: close some, or come again"
                )
            self._open += 1

    def _closed(self, stream: Stream) -> None:
        self._hub.remove(stream)
        with self._lock:
            self._open -= 1
