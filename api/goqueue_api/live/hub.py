"""Who wants what: the open streams of a process, by what they are about."""

from __future__ import annotations

import threading
from collections.abc import Iterable

from goqueue_api.live import frames
from goqueue_api.live.stream import Stream
from goqueue_common.broker.event_stream import Position


class Hub:
    """Safe to use from several threads. What is published by one of them comes to every stream in the same order.

    reached: the last entry of the shared stream of which everything has been published; None: it is not read.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._shared: dict[str, set[Stream]] = {}
        self._stats: set[Stream] = set()
        self._jobs: dict[str, set[Stream]] = {}
        self._all: set[Stream] = set()
        self.reached: Position | None = None

    def add(self, stream: Stream) -> None:
        """From now on it hears of its topics."""
        with self._lock:
            self._all.add(stream)
            for topic in stream.topics.shared:
                self._shared.setdefault(topic, set()).add(stream)
            if stream.topics.stats:
                self._stats.add(stream)
            for job_id in stream.topics.jobs:
                self._jobs.setdefault(job_id, set()).add(stream)

    def remove(self, stream: Stream) -> None:
        """It is closed."""
        with self._lock:
            self._all.discard(stream)
            self._stats.discard(stream)
            for index, names in ((self._shared, stream.topics.shared), (self._jobs, stream.topics.jobs)):
                for name in names:
                    index.get(name, set()).discard(stream)
                    if not index.get(name):
                        index.pop(name, None)

    def publish(self, topic: str, made: bytes, position: Position) -> None:
        """To the streams on a topic of the shared stream."""
        with self._lock:
            self.reached = position
            _put(self._shared.get(topic, ()), made, position)

    def resync(self, reason: str, position: Position) -> None:
        """To every stream that is about the shared stream."""
        with self._lock:
            self.reached = position
            _put(
                {stream for streams in self._shared.values() for stream in streams},
                frames.resync(reason, position),
                position,
            )

    def publish_stats(self, made: bytes) -> None:
        """To the streams that want the statistics."""
        with self._lock:
            _put(self._stats, made)

    def ping(self) -> None:
        """To all, with the place from which each may go on: entries on topics that it does not want are passed, too."""
        with self._lock:
            for stream in self._all:
                position = self.reached if stream.topics.shared else None
                stream.outbox.put(frames.ping(position), position)

    @property
    def wants_shared(self) -> bool:
        """Whether a stream is about the shared stream."""
        return bool(self._shared)

    @property
    def wants_stats(self) -> bool:
        """Whether a stream is about the statistics."""
        return bool(self._stats)

    @property
    def wants_jobs(self) -> bool:
        """Whether a stream is about single jobs."""
        return bool(self._jobs)

    def watched(self) -> dict[str, list[Stream]]:
        """The jobs that streams are about, and those streams."""
        with self._lock:
            return {job_id: list(streams) for job_id, streams in self._jobs.items()}

    def is_watched(self, job_ids: Iterable[str]) -> bool:
        """Whether a stream is about one of these jobs."""
        return any(job_id in self._jobs for job_id in job_ids)

    def streams(self) -> list[Stream]:
        """All of them."""
        with self._lock:
            return list(self._all)


def _put(streams: Iterable[Stream], made: bytes, position: Position | None = None) -> None:
    for stream in streams:
        stream.outbox.put(made, position)
