"""GET /jobs/{id}?wait=: hold an answer back until the job is finished.

One subscriber thread a process hears which jobs workers have settled and wakes who waits for them; it runs only while
somebody waits. What it hears is a hint: every waiter reads PostgreSQL once after it has subscribed, and again every two
seconds; and it asks a silent channel for a sign of life, for a connection may be dead without a word.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from typing import Final, NamedTuple, Protocol

import structlog
from redis.client import PubSub

from goqueue_common.broker.connection import ANSWER_SECONDS, connect, translated
from goqueue_common.errors import BrokerUnavailable
from goqueue_common.job import Job
from goqueue_common.job_storage import JobStorage

log = structlog.get_logger(__name__)

READ_AGAIN_SECONDS: Final = 2.0
_FIRST_POLL_SECONDS: Final = 0.5
_LISTEN_SECONDS: Final = 1.0
_SUBSCRIBE_SECONDS: Final = 2 * ANSWER_SECONDS
_IDLE_SECONDS: Final = 30.0


class SettledSource(Protocol):
    """Tells which jobs have just been settled."""

    def watch(self, job_id: str) -> AbstractContextManager[threading.Event]:
        """An Event that is set whenever the job is settled. Entered once it really listens, or cannot."""
        ...

    def is_listening(self) -> bool:
        """False while Redis is away: then events may be missed."""
        ...


class SettledListener:
    """SettledSource on the channel of acknowledgements. Starts nothing before its first use, so that a process may fork.

    is_away: whether the broker knows that Redis is away; then a subscription that still stands is at the wrong server.
    """

    def __init__(self, redis_url: str, channel: str, is_away: Callable[[], bool]) -> None:
        self._redis_url = redis_url
        self._channel = channel
        self._is_away = is_away
        self._changed = threading.Condition()
        self._watchers: dict[str, set[threading.Event]] = {}
        self._thread: threading.Thread | None = None
        self._listening: bool | None = None  # None: not known yet
        self._used_at = 0.0

    def is_listening(self) -> bool:
        """See SettledSource."""
        return self._listening is True and not self._is_away()

    @contextmanager
    def watch(self, job_id: str) -> Iterator[threading.Event]:
        """See SettledSource."""
        settled = threading.Event()
        with self._changed:
            self._watchers.setdefault(job_id, set()).add(settled)
            self._ensure_thread()
            if not self._is_away():
                self._changed.wait_for(lambda: self._listening is not None, _SUBSCRIBE_SECONDS)
        try:
            yield settled
        finally:
            with self._changed:
                self._used_at = time.monotonic()
                self._watchers[job_id].discard(settled)
                if not self._watchers[job_id]:
                    del self._watchers[job_id]

    def close(self) -> None:
        """End the thread; it takes a second at most to notice."""
        with self._changed:
            thread, self._thread = self._thread, None
            self._changed.notify_all()
        if thread is not None:
            thread.join(2 * _LISTEN_SECONDS + _SUBSCRIBE_SECONDS)

    def _ensure_thread(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            self._listening = None
            self._thread = threading.Thread(target=self._run, name="settled-listener", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        while self._is_wanted():
            try:
                self._listen()
            except BrokerUnavailable as error:
                if self._listening is not False:
                    log.warning("settled_listener_away", reason=str(error))
                self._set_listening(False)
                with self._changed:
                    self._changed.wait(_LISTEN_SECONDS)

    def _listen(self) -> None:
        self._refuse_while_away()
        client = connect(self._redis_url)
        channel = client.pubsub()  # type: ignore[no-untyped-call]  # redis-py's own gap
        with translated(), closing(client), closing(channel):
            channel.subscribe(self._channel)
            self._hear(channel)

    def _hear(self, channel: PubSub) -> None:
        asked = False
        while self._is_wanted():
            self._refuse_while_away()
            message = channel.get_message(timeout=_LISTEN_SECONDS)
            if message is None:
                if asked:
                    raise BrokerUnavailable("Redis: the subscription is dead")
                channel.ping()
            elif message["type"] == "subscribe":
                self._set_listening(True)
            elif message["type"] == "message":
                self._wake(message["data"].split())
            asked = message is None

    def _refuse_while_away(self) -> None:
        if self._is_away():
            raise BrokerUnavailable("Redis is away, as the broker found")

    def _is_wanted(self) -> bool:
        """Ends the thread when nobody has waited for a while: a busy channel is not free to listen to."""
        with self._changed:
            if self._thread is not threading.current_thread():
                return False
            if self._watchers or time.monotonic() - self._used_at < _IDLE_SECONDS:
                return True
            self._thread, self._listening = None, None
            return False

    def _set_listening(self, listening: bool) -> None:
        with self._changed:
            self._listening = listening
            self._changed.notify_all()

    def _wake(self, job_ids: list[str]) -> None:
        with self._changed:
            for job_id in job_ids:
                for settled in self._watchers.get(job_id, ()):
                    settled.set()


class Waited(NamedTuple):
    """The job as it is now; is_full: too many wait already, so this request did not."""

    job: Job
    is_full: bool


class JobWaiter:
    """Waits for jobs to be finished, at most `slots` requests at a time: never the last request threads."""

    def __init__(self, jobs: JobStorage, settled: SettledSource, *, slots: int, is_stopping: Callable[[], bool]) -> None:
        self._jobs = jobs
        self._settled = settled
        self._slots = threading.BoundedSemaphore(slots) if slots else None
        self._is_stopping = is_stopping

    def wait(self, job_id: str, seconds: float) -> Waited:
        """The job once it is finished, or as it is after `seconds`. Raises JobNotFound, StoreUnavailable."""
        job = self._jobs.get_job_by_id(job_id)
        if job.status.is_final or seconds <= 0:
            return Waited(job, is_full=False)
        if self._slots is None or not self._slots.acquire(blocking=False):
            return Waited(job, is_full=True)
        try:
            return Waited(self._until_final(job_id, time.monotonic() + seconds), is_full=False)
        finally:
            self._slots.release()

    def _until_final(self, job_id: str, deadline: float) -> Job:
        pause = _FIRST_POLL_SECONDS
        with self._settled.watch(job_id) as settled:
            while True:
                settled.clear()  # before reading: what comes during it is not missed
                job = self._jobs.get_job_by_id(job_id)
                left = deadline - time.monotonic()
                if job.status.is_final or left <= 0 or self._is_stopping():
                    return job
                pause = READ_AGAIN_SECONDS if self._settled.is_listening() else min(pause, READ_AGAIN_SECONDS)
                settled.wait(min(left, pause))
                pause *= 2
