from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from time import monotonic
from uuid import uuid4

import pytest
from redis import Redis
from redis.client import PubSub

from goqueue_common.broker.broker import RedisBroker
from goqueue_common.broker.contract import QueueList
from goqueue_common.job import JobRef, Priority
from tests.factories import eventually, ref

HIGH, NORMAL, LOW = Priority.HIGH, Priority.NORMAL, Priority.LOW
DEFAULT = [("default", NORMAL)]
BY_PRIORITY = [("default", HIGH), ("default", NORMAL), ("default", LOW)]


@pytest.fixture
def settled(broker: RedisBroker, redis_client: Redis) -> Iterator[PubSub]:
    """A subscriber to what has been settled."""
    with redis_client.pubsub(ignore_subscribe_messages=True) as subscriber:  # type: ignore[no-untyped-call]  # redis-py's own gap
        subscriber.subscribe(broker.keys.settled)
        eventually(lambda: redis_client.pubsub_numsub(broker.keys.settled)[0][1] == 1)
        yield subscriber


def message(subscriber: PubSub) -> str:
    received: list[str] = []

    def got_one() -> bool:
        found = subscriber.get_message(timeout=0.1)
        received.extend([str(found["data"])] if found else [])
        return bool(received)

    eventually(got_one)
    return received[0]


def drained(broker: RedisBroker, lists: Sequence[QueueList] = DEFAULT) -> list[str]:
    ids: list[str] = []
    while jobs := broker.dequeue_many(lists, 1_000, 0):
        ids += [job.id for job in jobs]
    return ids


def test_jobs_come_out_in_the_order_they_went_in(broker: RedisBroker) -> None:
    broker.enqueue(ref("a"))
    broker.enqueue_many([ref("b"), ref("c")])
    broker.enqueue(ref("d"))
    assert [broker.dequeue(DEFAULT, 0) for _ in range(5)] == [ref("a"), ref("b"), ref("c"), ref("d"), None]


@pytest.mark.parametrize(("limit", "sizes"), [(1, [1, 1, 1, 1, 1]), (2, [2, 2, 1]), (5, [5]), (100, [5])])
def test_a_batch_holds_no_more_than_its_limit(broker: RedisBroker, limit: int, sizes: list[int]) -> None:
    broker.enqueue_many([ref(name) for name in "abcde"])
    batches = []
    while jobs := broker.dequeue_many(DEFAULT, limit, 0):
        batches.append("".join(job.id for job in jobs))
    assert ([len(batch) for batch in batches], "".join(batches)) == (sizes, "abcde")


def test_the_first_list_that_has_any_is_served(broker: RedisBroker) -> None:
    broker.enqueue_many([ref("l", priority=LOW), ref("n"), ref("h", priority=HIGH), ref("m", queue="mail", priority=HIGH)])
    assert drained(broker, BY_PRIORITY) == ["h", "n", "l"]
    assert broker.dequeue([("default", HIGH), ("mail", HIGH)], 0) == ref("m", queue="mail", priority=HIGH)


def test_a_batch_comes_from_one_list_alone(broker: RedisBroker) -> None:
    broker.enqueue_many([ref("h", priority=HIGH), ref("n")])
    assert broker.dequeue_many(BY_PRIORITY, 10, 0) == [ref("h", priority=HIGH)]


def test_a_popped_job_knows_the_list_it_came_from(broker: RedisBroker) -> None:
    job = JobRef("a", "mail.out", LOW)
    broker.enqueue(job)
    assert broker.dequeue([("default", LOW), ("mail.out", LOW)], 0.1) == job


def test_jobs_given_back_are_the_next_to_come_in_the_order_given(broker: RedisBroker) -> None:
    broker.enqueue_many([ref("c"), ref("d")])
    broker.give_back([ref("a"), ref("b")])
    assert drained(broker) == ["a", "b", "c", "d"]


def test_pushing_nothing_is_no_error(broker: RedisBroker) -> None:
    broker.enqueue_many([])
    broker.give_back([])
    broker.ack_many([], [])
    assert broker.record("w", {})


@pytest.mark.parametrize("push", ["enqueue_many", "give_back"])
def test_sixty_thousand_ids_go_in_at_once_in_their_order(broker: RedisBroker, push: str) -> None:
    ids = [f"01999999-0000-7000-8000-{number:012d}" for number in range(60_000)]
    getattr(broker, push)([ref(job_id) for job_id in ids])
    assert drained(broker) == ids


def test_a_wait_in_vain_ends_when_it_was_told_to(broker: RedisBroker) -> None:
    began = monotonic()
    assert broker.dequeue(BY_PRIORITY, 0.2) is None
    assert 0.15 < monotonic() - began < 2.0


def test_a_wait_is_cut_to_the_longest_that_the_broker_allows(redis_url: str, broker: RedisBroker) -> None:
    hasty = RedisBroker(redis_url, broker.keys, max_wait_seconds=0.2)
    began = monotonic()
    assert hasty.dequeue(DEFAULT, 60) is None
    assert monotonic() - began < 2.0
    hasty.close()


def test_a_job_pushed_meanwhile_ends_the_wait(broker: RedisBroker, redis_client: Redis) -> None:
    with ThreadPoolExecutor(1) as pool:
        popped = pool.submit(broker.dequeue, BY_PRIORITY, 2.0)
        eventually(lambda: redis_client.info("clients")["blocked_clients"])
        broker.enqueue(ref("a"))
        assert popped.result(timeout=5) == ref("a")


def test_while_one_thread_waits_another_pushes_and_pops(broker: RedisBroker, redis_client: Redis) -> None:
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(broker.dequeue, [("other", NORMAL)], 2.0)
        eventually(lambda: redis_client.info("clients")["blocked_clients"])
        broker.enqueue(ref("a"))
        assert broker.dequeue(DEFAULT, 0) == ref("a")
        broker.enqueue(ref("b", queue="other"))
        assert waiting.result(timeout=5) == ref("b", queue="other")


def test_brokers_of_two_prefixes_never_meet(broker: RedisBroker, redis_url: str) -> None:
    other = RedisBroker(redis_url, type(broker.keys)(f"{broker.keys.prefix}-other"))
    broker.enqueue(ref("a"))
    assert other.dequeue(DEFAULT, 0) is None
    other.close()


def test_a_recorded_outcome_is_kept_until_it_is_acknowledged(broker: RedisBroker) -> None:
    assert broker.record("w1", {"a:1": b'{"x":1}', "b:2": "ü".encode()})
    assert broker.recorded(["a:1", "b:2", "c:1"]) == {"a:1": b'{"x":1}', "b:2": "ü".encode()}
    broker.ack("a:1", "a")
    assert broker.recorded(["a:1", "b:2"]) == {"b:2": "ü".encode()}
    assert broker.recorded([]) == {}


def test_thousands_of_outcomes_are_recorded_and_acknowledged_at_once(broker: RedisBroker, redis_client: Redis) -> None:
    outcomes = {f"job-{number}:1": b"{}" for number in range(12_000)}
    assert broker.record("w1", outcomes)
    assert redis_client.hlen(broker.keys.acks) == 12_000
    broker.ack_many(list(outcomes), ["job-0"])
    assert redis_client.hlen(broker.keys.acks) == 0


def test_an_acknowledgement_removes_only_its_own_fields(broker: RedisBroker) -> None:
    broker.record("w1", {"a:1": b"1", "b:1": b"1"})
    broker.record("w2", {"a:2": b"2"})
    broker.ack_many(["a:1", "never:1"], ["a"])
    assert broker.recorded(["a:1", "a:2", "b:1"]) == {"a:2": b"2", "b:1": b"1"}


def test_a_fenced_worker_records_nothing(broker: RedisBroker) -> None:
    broker.fence("w1", 60)
    assert broker.record("w1", {"a:1": b"1"}) is False
    assert broker.record("w2", {"b:1": b"1"}) is True
    assert broker.recorded(["a:1", "b:1"]) == {"b:1": b"1"}


def test_a_fence_comes_down_by_itself(broker: RedisBroker) -> None:
    broker.fence("w1", 0.05)
    eventually(lambda: broker.record("w1", {"a:1": b"1"}))


def test_an_acknowledgement_names_the_settled_jobs_to_who_listens(broker: RedisBroker, settled: PubSub) -> None:
    broker.ack_many(["a:1", "b:1"], ["a", "b"])
    assert message(settled) == "a b"
    broker.ack("c:1", "c")
    assert message(settled) == "c"


def test_jobs_settled_without_a_record_are_named_too(broker: RedisBroker, settled: PubSub) -> None:
    broker.ack_many([], ["a"])
    assert message(settled) == "a"


def pages(broker: RedisBroker, size: int) -> tuple[list[int], set[str], int]:
    """How many fields each page had, which there were, and how many could not be read."""
    sizes, fields, unreadable, cursor = [], set(), 0, "0"
    while True:
        page = broker.acks_page(cursor, size)
        sizes.append(len(page.fields))
        fields |= set(page.fields)
        unreadable += page.unreadable
        cursor = page.cursor
        if cursor == "0":
            return sizes, fields, unreadable


def test_recorded_outcomes_are_read_page_by_page(broker: RedisBroker) -> None:
    recorded = {f"{uuid4()}:{number}" for number in range(1, 3_001)}
    assert pages(broker, 100) == ([0], set(), 0)
    broker.record("w", dict.fromkeys(recorded, b"x" * 100))
    sizes, fields, unreadable = pages(broker, 100)
    assert (fields, unreadable) == (recorded, 0)
    assert max(sizes) < 500
    broker.drop_acks(sorted(recorded)[1:])
    assert pages(broker, 100)[1] == {min(recorded)}
    broker.drop_acks([])


@pytest.mark.parametrize(
    "field",
    [
        pytest.param("", id="nothing"),
        pytest.param("job:1", id="another id"),
        pytest.param("01999999-0000-7000-8000-000000000000", id="no attempt"),
        pytest.param("01999999-0000-7000-8000-000000000000:0", id="attempt 0"),
        pytest.param("01999999-0000-7000-8000-000000000000:x", id="an attempt in letters"),
        pytest.param("01999999-0000-7000-8000-000000000000:9999999999", id="more attempts than can be counted"),
        pytest.param("01999999-0000-7000-8000-000000000000:1\n", id="a line after it"),
        pytest.param(b"\xff\xfe", id="no text at all"),
    ],
)
def test_a_field_of_the_outcomes_that_is_none_of_ours_is_removed(
    broker: RedisBroker, redis_client: Redis, field: str | bytes
) -> None:
    ours = f"{uuid4()}:1"
    broker.record("w", {ours: b"1"})
    redis_client.hset(broker.keys.acks, field, "1")  # type: ignore[arg-type]  # redis-py takes bytes, too
    assert pages(broker, 10)[1:] == ({ours}, 1)
    assert (redis_client.hlen(broker.keys.acks), pages(broker, 10)[1:]) == (1, ({ours}, 0))


def test_the_tails_are_what_the_next_pops_get(broker: RedisBroker) -> None:
    assert broker.tails("default", NORMAL, 2) == []
    broker.enqueue_many([ref("a"), ref("b"), ref("c")])
    assert [broker.tails("default", NORMAL, limit) for limit in (1, 2, 9)] == [["a"], ["a", "b"], ["a", "b", "c"]]
    assert drained(broker) == ["a", "b", "c"]


def test_tails_are_dropped_as_far_as_they_still_lie_there(broker: RedisBroker) -> None:
    broker.enqueue_many([ref(name) for name in "abcdc"])
    broker.dequeue(DEFAULT, 0)
    assert broker.drop_tails("default", NORMAL, ["a", "b", "c", "x"]) == 2
    assert broker.drop_tails("default", NORMAL, ["c"]) == 0
    assert drained(broker) == ["d", "c"]


def test_the_position_of_an_id_says_how_many_pops_away_it_is_and_what_comes_later(broker: RedisBroker) -> None:
    broker.enqueue_many([ref(name) for name in "abcdb"])
    where = ("default", NORMAL)
    assert broker.position(*where, "b", search=9, look_ahead=2) == (2, ["c", "d"])
    assert broker.position(*where, "c", search=3, look_ahead=9) == (3, ["d", "b"])
    assert broker.position(*where, "c", search=2, look_ahead=9) is None
    assert broker.position(*where, "x", search=9, look_ahead=9) is None
    assert broker.position("default", LOW, "a", search=9, look_ahead=9) is None


def test_ids_are_inserted_to_be_popped_right_after_another_one(broker: RedisBroker) -> None:
    broker.enqueue_many([ref(name) for name in "abz"])
    assert broker.insert("default", NORMAL, ["c", "d"], after="b", search=9)
    assert drained(broker) == ["a", "b", "c", "d", "z"]


def test_after_an_id_that_was_popped_meanwhile_means_before_all_others(broker: RedisBroker) -> None:
    broker.enqueue_many([ref("b"), ref("y"), ref("z")])
    broker.dequeue(DEFAULT, 0)
    assert broker.insert("default", NORMAL, ["c", "d"], after="b", search=9)
    assert broker.insert("default", NORMAL, ["a", "b"], after=None)
    assert drained(broker) == ["a", "b", "c", "d", "y", "z"]


def test_what_was_inserted_is_not_inserted_a_second_time(broker: RedisBroker) -> None:
    broker.enqueue_many([ref("a"), ref("z")])
    inserted = [broker.insert("default", NORMAL, ["b", "c"], after="a", search=9) for _ in range(2)]
    assert (inserted, drained(broker)) == ([True, False], ["a", "b", "c", "z"])
    broker.enqueue(ref("b"))
    assert broker.insert("default", NORMAL, ["b"], after="b", search=9), "the tail is no neighbour of the head"


def test_thousands_of_ids_are_inserted_before_thousands_in_their_order(broker: RedisBroker) -> None:
    ids = [f"01999999-0000-7000-8000-{number:012d}" for number in range(30_000)]
    broker.enqueue_many([ref(job_id) for job_id in [*ids[:9_500], *ids[19_500:]]])
    assert broker.insert("default", NORMAL, ids[9_500:19_500], after=ids[9_499], search=20_000)
    assert drained(broker) == ids


def test_what_was_pushed_lately_can_be_dropped_unpopped(broker: RedisBroker) -> None:
    broker.enqueue_many([ref("old"), *(ref(str(number)) for number in range(1_000))])
    broker.enqueue(ref("h", priority=HIGH))
    broker.drop_recent([ref("old"), ref("999"), ref("500"), ref("nowhere"), ref("h", priority=HIGH)])
    left = drained(broker, BY_PRIORITY)
    assert left == ["old", *(str(number) for number in range(1_000) if number not in (500, 999))]
