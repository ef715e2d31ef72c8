"""The shared stream and the streams of a process, without a server."""

from __future__ import annotations

import threading
from collections.abc import Iterator

from goqueue_api.live.feed import Feed
from goqueue_api.live.hub import Hub
from goqueue_api.live.stream import Stream
from goqueue_api.live.topics import read_topics
from goqueue_common.broker.broker import RedisBroker
from goqueue_common.broker.event_stream import Entry, EventStream, Position
from goqueue_common.broker.keys import Keys
from goqueue_common.live_events import Topic
from tests.factories import eventually


class HeldStream(EventStream):
    """Redis takes its time with what was missed."""

    def __init__(self, url: str, keys: Keys) -> None:
        super().__init__(url, keys)
        self.is_asked = threading.Event()
        self.may_answer = threading.Event()

    def between(self, after: Position, until: Position) -> Iterator[Entry]:
        self.is_asked.set()
        self.may_answer.wait(10)
        return super().between(after, until)


def a_stream() -> Stream:
    return Stream(read_topics(["queue"]), on_close=lambda _: None, may_stay=lambda: True)


def test_nobody_waits_for_redis_with_whoever_has_missed_something(broker: RedisBroker, redis_url: str, prefix: str) -> None:
    hub, source = Hub(), HeldStream(redis_url, Keys(prefix))
    feed = Feed(source, hub, on_jobs=lambda _: None, is_away=lambda: False)
    first, late = a_stream(), a_stream()
    feed.join(first, None)
    after = hub.reached
    broker.tell(Topic.QUEUE, '{"name":"missed"}')
    eventually(lambda: hub.reached != after)
    joining = threading.Thread(target=feed.join, args=(late, after))
    joining.start()
    assert source.is_asked.wait(10)
    telling = threading.Thread(target=hub.ping)
    telling.start()
    telling.join(5)
    is_held_up = telling.is_alive()
    source.may_answer.set()
    joining.join()
    telling.join()
    assert not is_held_up
    told = late.outbox.take()
    assert told.index(b"hello") < told.index(b"missed") < told.index(b": ping")
    feed.close()
