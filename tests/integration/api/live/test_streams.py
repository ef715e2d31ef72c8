"""GET /events of a real API process."""

from __future__ import annotations

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import requests
from redis import Redis

from goqueue import Client
from goqueue_common.broker.broker import RedisBroker
from goqueue_common.broker.keys import Keys
from goqueue_common.job import Settled
from goqueue_common.live_events import jobs_news
from tests.factories import eventually
from tests.integration.api.live.conftest import Open
from tests.processes import Processes


def threads_of(pid: int) -> int:
    """Of the one process that serves, which the first one started."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return len(os.listdir(f"/proc/{children[0]}/task"))


def settle(broker: RedisBroker, *ids: str, queue: str = "default") -> None:
    """As a worker tells of it."""
    settled = [Settled(job_id, 1, "completed", queue, 1) for job_id in ids]
    broker.ack_many([], ids, jobs_news(settled))


def test_a_stream_begins_with_hello_and_tells_of_what_happens(client: Client, opened: Open) -> None:
    stream = opened("/events?topics=jobs,queue&topics=bulk")
    assert stream.status == 200
    head = stream.head.decode().lower()
    for header in (
        "content-type: text/event-stream",
        "cache-control: no-store",
        "x-accel-buffering: no",
        "connection: close",
    ):
        assert header in head
    assert "x-request-id: " in head
    assert stream.wait("hello").data["topics"] == ["bulk", "jobs", "queue"]
    job = client.submit("demo")
    told = stream.wait("jobs").data
    assert (told["n"], told["statuses"], told["jobs"]) == (1, {"queued": {"default": 1}}, [[job.id, "queued", None]])
    client.pause_queue("default")
    assert stream.wait("queue").data == {"action": "pause", "name": "default"}
    client.set_limit("type", "demo", 3)
    assert stream.wait("queue", 2).data == {"action": "limit", "kind": "type", "name": "demo", "max_running": 3}
    client.cancel(job.id)
    stream.wait_for_sum("cancelled", 1)
    client.submit("demo", run_at=datetime.now(UTC) + timedelta(hours=1))
    stream.wait_for_sum("scheduled", 1)


def test_changes_and_runs_of_schedules_are_told(client: Client, opened: Open) -> None:
    stream = opened("/events?topics=schedule")
    stream.wait("hello")
    client.create_schedule("demo", "@daily", name="nightly")
    client.run_schedule("nightly")
    stream.wait("schedule", 2)
    assert [event.data for event in stream.of("schedule")] == [
        {"action": action, "names": ["nightly"], "count": 1} for action in ("created", "fired")
    ]


def test_fifty_streams_take_no_thread_and_hear_within_a_second(
    client: Client, opened: Open, processes: Processes, broker: RedisBroker
) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: client.submit("demo"), range(8)))
    opened()
    before = threads_of(processes.first_pid)
    streams = [opened() for _ in range(50)]
    assert threads_of(processes.first_pid) <= before  # one that waited for the schema may have ended
    began = time.monotonic()
    with ThreadPoolExecutor(4) as pool:
        jobs = list(pool.map(lambda _: client.submit("demo"), range(40)))
    assert len(jobs) == 40
    told_at = time.monotonic()
    for stream in streams:
        stream.wait_for_sum("queued", 40)
    assert max(stream.events[-1].at for stream in streams) - told_at < 1.0
    assert told_at - began < 10.0
    assert {len(stream.of("jobs")) <= 2 * (told_at - began) + 3 for stream in streams} == {True}


def test_whoever_comes_again_misses_nothing_and_hears_nothing_twice(opened: Open, broker: RedisBroker) -> None:
    """Cut off at every moment there is, under a load that does not stop."""
    ids = [f"job-{number}" for number in range(600)]
    begun = opened().wait("hello").id
    told = 0
    named: list[str] = []
    last = begun
    with ThreadPoolExecutor(1) as pool:
        telling = pool.submit(lambda: [(settle(broker, job_id), time.sleep(0.002)) for job_id in ids])
        while told < len(ids):
            stream = opened(headers={"Last-Event-ID": str(last)})
            stream.read(0.15)
            if telling.done():
                stream.wait_for_sum("completed", len(ids) - told)
            assert not stream.of("resync")
            told += stream.sums("completed")
            named += [job[0] for event in stream.of("jobs") for job in event.data["jobs"] or ()]
            last = stream.last_id
            stream.close()
        telling.result()
    assert told == len(ids)
    assert len(named) == len(set(named))
    again = opened(f"/events?topics=jobs&last_event_id={begun}")
    again.wait_for_sum("completed", len(ids))
    assert again.sums("completed") == len(ids)


def test_gathered_jobs_come_before_what_happened_after_them(client: Client, opened: Open, broker: RedisBroker) -> None:
    stream = opened("/events?topics=jobs,queue")
    settle(broker, "a")
    settle(broker, "b")
    client.pause_queue("default")
    settle(broker, "c")
    stream.wait("queue")
    assert stream.sums("completed") == 2
    stream.wait_for_sum("completed", 3)
    ids = [tuple(map(int, event.id.split("-"))) for event in stream.events if event.id]
    assert ids == sorted(ids)


def test_an_id_that_the_stream_no_longer_has_is_answered_with_resync(opened: Open, redis_url: str, prefix: str) -> None:
    broker = RedisBroker(redis_url, Keys(prefix))
    first = opened()
    last = first.wait("hello").id
    settle(broker, "a")
    first.wait("jobs")
    with Redis.from_url(redis_url) as admin:
        admin.xtrim(broker.keys.events, maxlen=0, approximate=False)
        settle(broker, "b")
        first.wait("resync")
        stream = opened(headers={"Last-Event-ID": str(last)})
        assert (stream.wait("resync").data, stream.of("jobs")) == ({"reason": "too_old"}, [])
        assert opened(headers={"Last-Event-ID": "99999999999999-0"}).wait("resync").data == {"reason": "too_old"}
        settle(broker, "c")
        stream.wait_for_sum("completed", 1)
        assert not opened(headers={"Last-Event-ID": str(stream.last_id)}).of("resync")
    broker.close()


def test_a_flush_is_answered_with_resync_on_every_stream(opened: Open, broker: RedisBroker, redis_url: str) -> None:
    streams = [opened() for _ in range(3)]
    with Redis.from_url(redis_url) as admin:
        admin.delete(broker.keys.events)
    settle(broker, "a")
    for stream in streams:
        assert stream.wait("resync").data == {"reason": "stream_was_cut"}
    settle(broker, "b")
    streams[0].wait("jobs")


def test_beyond_the_bound_the_answer_is_503_until_one_is_closed(opened: Open, processes: Processes) -> None:
    streams = [opened() for _ in range(60)]
    refused = requests.get(f"{processes.api_url}/events?topics=jobs", timeout=5)
    assert (refused.status_code, refused.json()["code"]) == (503, "too_many_streams")
    assert refused.headers["Retry-After"] == "1"
    streams[0].close()
    eventually(lambda: opened().status == 200)


def test_sigterm_closes_streams_at_once(opened: Open, processes: Processes) -> None:
    streams = [opened(), opened("/events?topics=stats")]
    process = processes.newest
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    for stream in streams:
        stream.read(5.0)
        assert stream.is_over
    assert time.monotonic() - began < 2.0
    assert process.wait(15) == 0


def test_a_reader_that_is_slow_is_told_and_hurts_nobody(opened: Open, client: Client, broker: RedisBroker) -> None:
    slow = opened(receive_bytes=4096)
    quick = opened()
    news = jobs_news([Settled(f"job-{'x' * 60_000}", 1, "completed", "default", 1)])
    for number in range(30):
        broker.ack_many([], ["x"], news)
        quick.wait_for_sum("completed", number + 1)
    assert client.submit("demo").status == "queued"
    slow.wait("resync", seconds=20)
    assert slow.wait("resync").data == {"reason": "slow"}
    settle(broker, "last")
    slow.wait("jobs", len(slow.of("jobs")) + 1)
    assert not quick.of("resync")


def test_clients_that_have_gone_are_noticed(opened: Open, processes: Processes) -> None:
    for _ in range(3):
        streams = [opened() for _ in range(30)]
        for stream in streams:
            stream.close()
    eventually(lambda: opened().status == 200)
    assert opened().status == 200


def test_the_statistics_come_each_second_to_those_who_want_them(opened: Open) -> None:
    stream = opened("/events?topics=stats")
    first, third = stream.wait("stats"), stream.wait("stats", 3)
    assert "jobs" in third.data
    assert 1.5 < third.at - first.at < 5.0
    assert {event.id for event in stream.events} == {None}


def test_the_sdk_reconnects_and_misses_nothing(client: Client, processes: Processes, broker: RedisBroker) -> None:
    events = client.events("jobs")
    assert next(events).type == "hello"
    settle(broker, "a")
    assert next(events).data["statuses"] == {"completed": {"default": 1}}
    processes.newest.send_signal(signal.SIGTERM)
    processes.newest.wait(15)
    settle(broker, "b")
    processes.start("goqueue_api")
    assert [next(events).type for _ in range(2)] == ["hello", "jobs"]
    events.close()  # type: ignore[attr-defined]
