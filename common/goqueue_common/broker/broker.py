"""Dispatch of job ids, and the record of outcomes that PostgreSQL may not have yet.

Redis can never cause a double run: whoever pops an id must still claim its row in PostgreSQL. It can lose everything:
the relay rebuilds the lists.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from typing import Any, Final, NamedTuple

from redis.client import Pipeline

from goqueue_common.broker.availability import Availability
from goqueue_common.broker.connection import ANSWER_SECONDS, BLOCKING_MARGIN_SECONDS, connect, script, translated
from goqueue_common.broker.contract import QueueList
from goqueue_common.broker.keys import Keys
from goqueue_common.broker.server import RedisFacts, read_facts
from goqueue_common.job import JobRef, Priority
from goqueue_common.live_events import Topic, queued_news

_PROBE_TTL_MILLISECONDS: Final = 1_000
_CHUNK: Final = 5_000
_RECENT: Final = 1_000
_EVENTS_KEPT: Final = "10000"


class Position(NamedTuple):
    """Where an id lies in a list. pops: until it is out, its own included; later: ids popped after it, in their order."""

    pops: int
    later: list[str]


class AcksPage(NamedTuple):
    """Some fields `<id>:<attempt>` of the recorded outcomes. cursor: of the next page, '0' at the end.

    unreadable: how many fields had another form; they have been removed.
    """

    cursor: str
    fields: list[str]
    unreadable: int


class RedisBroker:
    """Broker on Redis >= 7.0 or Valkey. Safe to use from several threads.

    The first call that finds Redis away waits for a time-out, as do those already under way; all others get
    BrokerUnavailable at once until a probe finds it back. See Availability.
    """

    def __init__(
        self, url: str, keys: Keys, *, max_wait_seconds: float = 1.0, answer_seconds: float = ANSWER_SECONDS
    ) -> None:
        self.keys = keys
        self._url = url
        self._answer_seconds = answer_seconds
        self._client = connect(url, answer_seconds=answer_seconds)
        # A blocking pop holds its connection for its whole time; its socket must wait longer than the server does.
        self._popper = connect(url, answer_seconds=max_wait_seconds + BLOCKING_MARGIN_SECONDS)
        self._record = self._client.register_script(script("record_outcomes"))
        self._acks_page = self._client.register_script(script("acks_page"))
        self._drop_recent = self._client.register_script(script("list_drop_recent"))
        self._drop_tail = self._client.register_script(script("list_drop_tail"))
        self._position = self._client.register_script(script("list_position"))
        self._insert = self._client.register_script(script("list_insert"))
        self._max_wait_seconds = max_wait_seconds
        self._availability = Availability(self._probe, self._drop_idle_connections)

    @property
    def is_away(self) -> bool:
        """See Broker."""
        return self._availability.is_away

    def enqueue(self, job: JobRef) -> None:
        """See Broker."""
        self.enqueue_many([job])

    def enqueue_many(self, jobs: Sequence[JobRef]) -> None:
        """See Broker. Who looks on is told in the same round trip."""
        self._push("LPUSH", jobs, queued_news(jobs))

    def give_back(self, jobs: Sequence[JobRef]) -> None:
        """See Broker."""
        self._push("RPUSH", list(reversed(jobs)))

    def drop_recent(self, jobs: Sequence[JobRef]) -> None:
        """See Broker. Searches a list as far as costs nothing; the others are dropped when they are popped."""
        with self._availability.watched():
            for (queue, priority), ids in _by_list(jobs).items():
                self._drop_recent(keys=[self.keys.queue(queue, priority)], args=[_RECENT, *ids])

    def _push(self, command: str, jobs: Sequence[JobRef], news: str | None = None) -> None:
        lists = _by_list(jobs)
        if not lists:
            return
        with self._availability.watched():
            pipeline = self._client.pipeline(transaction=False)
            for (queue, priority), ids in lists.items():
                key = self.keys.queue(queue, priority)
                for start in range(0, len(ids), _CHUNK):
                    pipeline.execute_command(command, key, *ids[start : start + _CHUNK])  # type: ignore[no-untyped-call]
            self._execute(pipeline, news)

    def dequeue(self, lists: Sequence[QueueList], wait_seconds: float) -> JobRef | None:
        """See Broker."""
        jobs = self.dequeue_many(lists, 1, wait_seconds)
        return jobs[0] if jobs else None

    def dequeue_many(self, lists: Sequence[QueueList], limit: int, wait_seconds: float) -> list[JobRef]:
        """See Broker. A wait longer than `max_wait_seconds` is cut to it."""
        named = {self.keys.queue(queue, priority): (queue, priority) for queue, priority in lists}
        pop: tuple[Any, ...] = (len(named), *named, "RIGHT", "COUNT", limit)
        with self._availability.watched():
            if wait_seconds > 0:
                wait = min(wait_seconds, self._max_wait_seconds)
                reply = self._popper.execute_command("BLMPOP", wait, *pop)  # type: ignore[no-untyped-call]  # redis-py's gap
            else:
                reply = self._client.execute_command("LMPOP", *pop)  # type: ignore[no-untyped-call]
        if not reply:
            return []
        key, ids = reply
        queue, priority = named[key]
        return [JobRef(job_id, queue, priority) for job_id in ids]

    def record(self, worker_id: str, outcomes: Mapping[str, bytes]) -> bool:
        """See Broker."""
        arguments = [part for pair in outcomes.items() for part in pair]
        keys = [self.keys.acks, self.keys.fence(worker_id)]
        with self._availability.watched():
            return all(
                # Lua's unpack takes a few thousand values at most.
                bool(self._record(keys=keys, args=arguments[start : start + 2 * 1_000]))
                for start in range(0, len(arguments), 2 * 1_000)
            )

    def record_missing(self, outcomes: Mapping[str, bytes]) -> None:
        """Keep those of which none is recorded; for whoever knows that the process is dead, so no fence is asked.

        Raises BrokerUnavailable.
        """
        with self._availability.watched(), self._client.pipeline(transaction=False) as pipeline:
            for field, outcome in outcomes.items():
                pipeline.hsetnx(self.keys.acks, field, outcome)
            pipeline.execute()

    def recorded(self, fields: Sequence[str]) -> dict[str, bytes]:
        """Those of the recorded outcomes that are there. Raises BrokerUnavailable."""
        with self._availability.watched():
            values = self._client.hmget(self.keys.acks, list(fields)) if fields else []
        return {field: str(value).encode() for field, value in zip(fields, values, strict=True) if value is not None}

    def fence(self, worker_id: str, seconds: float) -> None:
        """Refuse what this worker would still record, for longer than it can live. Raises BrokerUnavailable."""
        with self._availability.watched():
            self._client.set(self.keys.fence(worker_id), "lost", px=round(seconds * 1000))

    def ack(self, field: str, job_id: str) -> None:
        """See Broker."""
        self.ack_many([field], [job_id])

    def ack_many(self, fields: Sequence[str], job_ids: Iterable[str], news: str | None = None) -> None:
        """See Broker."""
        with self._availability.watched():
            pipeline = self._client.pipeline(transaction=False)
            for start in range(0, len(fields), _CHUNK):
                pipeline.hdel(self.keys.acks, *fields[start : start + _CHUNK])
            pipeline.publish(self.keys.settled, " ".join(job_ids))
            self._execute(pipeline, news)

    def tell(self, topic: Topic, news: str) -> None:
        """See Broker."""
        with self._availability.watched():
            self._client.execute_command(*self._appending(topic, news))  # type: ignore[no-untyped-call]

    def _execute(self, pipeline: Pipeline, news: str | None) -> None:
        """Its commands, then the news. Should Redis refuse the news alone, nothing that matters has failed."""
        if news is None:
            _execute(pipeline)
            return
        pipeline.execute_command(*self._appending(Topic.JOBS, news))  # type: ignore[no-untyped-call]
        _raise_first(pipeline.execute(raise_on_error=False)[:-1])

    def _appending(self, topic: Topic, news: str) -> tuple[str, ...]:
        return ("XADD", self.keys.events, "MAXLEN", "~", _EVENTS_KEPT, "*", "topic", topic, "news", news)

    def acks_page(self, cursor: str, size: int) -> AcksPage:
        """About `size` fields of the recorded outcomes, from a cursor on; '0' to begin. Raises BrokerUnavailable."""
        with self._availability.watched():
            following, fields, removed = self._acks_page(keys=[self.keys.acks], args=[cursor, size])
        return AcksPage(str(following), [str(field) for field in fields], int(removed))

    def drop_acks(self, fields: Sequence[str]) -> None:
        """Forget recorded outcomes that nobody needs, and tell nobody. Raises BrokerUnavailable."""
        with self._availability.watched():
            if fields:
                self._client.hdel(self.keys.acks, *fields)

    def tails(self, queue: str, priority: int, limit: int) -> list[str]:
        """The ids that the next `limit` single pops of this list would get, in their order. Raises BrokerUnavailable."""
        with self._availability.watched():
            ids = self._client.lrange(self.keys.queue(queue, priority), -limit, -1)
        return [str(job_id) for job_id in reversed(ids)]

    def drop_tails(self, queue: str, priority: int, job_ids: Sequence[str]) -> int:
        """Remove ids that have no business at this list's tail, given as `tails` names them; how many were still there.

        Only from the tail: searching a long list for ids that were popped meanwhile would block Redis.
        """
        with self._availability.watched():
            return int(self._drop_tail(keys=[self.keys.queue(queue, priority)], args=list(job_ids)))

    def position(self, queue: str, priority: int, job_id: str, *, search: int, look_ahead: int) -> Position | None:
        """Where an id lies among the `search` ids nearest to the tail; None: not there. Raises BrokerUnavailable."""
        with self._availability.watched():
            found = self._position(keys=[self.keys.queue(queue, priority)], args=[job_id, search, look_ahead])
        return Position(int(found[0]), [str(later) for later in found[1]]) if found else None

    def insert(self, queue: str, priority: int, job_ids: Sequence[str], *, after: str | None, search: int = 0) -> bool:
        """Have these popped right after the id `after`, in the order given, or before all others if it is None.

        The same if it is not among the `search` ids nearest to the tail: then it has been popped. In one step: no pop
        comes in between. False: they were there already. Raises BrokerUnavailable.
        """
        with self._availability.watched():
            inserted = self._insert(keys=[self.keys.queue(queue, priority)], args=[after or "", search, *job_ids])
        return bool(inserted)

    def ping(self) -> None:
        """Raises BrokerUnavailable when Redis takes no write: a read-only replica would answer PING."""
        with self._availability.watched():
            self._client.set(self.keys.probe, "", px=_PROBE_TTL_MILLISECONDS)

    def facts(self) -> RedisFacts:
        """What the server says of itself. Raises BrokerUnavailable."""
        with self._availability.watched():
            return read_facts(self._client)

    def complaints(self) -> list[str]:
        """See RedisFacts.complaints. Raises BrokerUnavailable."""
        return self.facts().complaints()

    def waiting(self, queues: Sequence[str]) -> int:
        """How many ids lie in the lists of these queues. Raises BrokerUnavailable."""
        with self._availability.watched():
            pipeline = self._client.pipeline(transaction=False)
            for queue in queues:
                for priority in Priority:
                    pipeline.llen(self.keys.queue(queue, priority))
            return sum(_execute(pipeline))

    def close(self) -> None:
        """Close all connections."""
        self._availability.close()
        self._client.close()
        self._popper.close()

    def _probe(self) -> None:
        """A ping on a connection of its own: after a failover the server's name leads elsewhere."""
        with closing(connect(self._url, answer_seconds=self._answer_seconds)) as client, translated():
            client.set(self.keys.probe, "", px=_PROBE_TTL_MILLISECONDS)

    def _drop_idle_connections(self) -> None:
        """Those to a server that is gone would fail one by one, each by a time-out."""
        for client in (self._client, self._popper):
            client.connection_pool.disconnect(inuse_connections=False)


def _by_list(jobs: Sequence[JobRef]) -> dict[QueueList, list[str]]:
    lists: defaultdict[QueueList, list[str]] = defaultdict(list)
    for job in jobs:
        lists[job.queue, job.priority].append(job.id)
    return lists


def _execute(pipeline: Pipeline) -> list[Any]:
    """Every reply. Raises the first error as it came: redis-py would put the whole command before it."""
    replies = pipeline.execute(raise_on_error=False)
    _raise_first(replies)
    return replies


def _raise_first(replies: Sequence[Any]) -> None:
    for reply in replies:
        if isinstance(reply, Exception):
            raise reply
