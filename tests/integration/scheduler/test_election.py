"""Elections by a real Redis, each replica with its loop in a thread of its own, as in the process."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest
from redis import Redis

from goqueue_cli.local import LocalStores
from goqueue_common.background.runner import Runner
from goqueue_common.broker.keys import Keys
from goqueue_common.broker.lock import Lock
from goqueue_common.clock import SystemClock
from goqueue_scheduler.election import LOCK, Election, Role
from tests.black_hole import BlackHole
from tests.factories import eventually

LEASE = 1.5


class StallingClock(SystemClock):
    """A clock of a process that may be stopped: whoever asks for the time waits until it goes on."""

    def __init__(self) -> None:
        self._goes = threading.Event()
        self._goes.set()

    def stop(self) -> None:
        self._goes.clear()

    def go_on(self) -> None:
        self._goes.set()

    def boottime(self) -> float:
        self._goes.wait()
        return super().boottime()


class Replica:
    def __init__(self, redis_url: str, prefix: str) -> None:
        self.clock = StallingClock()
        lock = Lock(redis_url, Keys(prefix), self.clock, name=LOCK, ttl_seconds=LEASE)
        self.token = lock.token
        self.election = Election(lock, self.clock, lease_seconds=LEASE)
        self.runner = Runner(self.election, "election").start()

    def vanish(self) -> None:
        """As by kill -9: nothing is given back."""
        self.runner.stop()

    def leave(self) -> None:
        self.runner.stop()
        self.election.leave()


Start = Callable[..., Replica]


@pytest.fixture
def start(redis_url: str, prefix: str) -> Iterator[Start]:
    replicas: list[Replica] = []

    def started(url: str = redis_url) -> Replica:
        replicas.append(Replica(url, prefix))
        return replicas[-1]

    yield started
    for replica in replicas:
        replica.clock.go_on()
        replica.vanish()


@pytest.fixture
def pair(start: Start) -> tuple[Replica, Replica]:
    """A leader, and one that follows."""
    leader = start()
    eventually(lambda: leader.election.role is Role.LEADER)
    follower = start()
    eventually(lambda: follower.election.redis_answers)
    return leader, follower


def seconds_until(condition: Callable[[], bool]) -> float:
    began = time.monotonic()
    eventually(condition)
    return time.monotonic() - began


def leads(replica: Replica) -> Callable[[], bool]:
    return lambda: replica.election.role is Role.LEADER


def test_a_follower_takes_over_within_the_lease_when_the_leader_vanishes(pair: tuple[Replica, Replica]) -> None:
    leader, follower = pair
    leader.vanish()
    assert seconds_until(leads(follower)) < LEASE + 0.25
    assert follower.election.term == 2


def test_a_follower_takes_over_within_a_second_when_the_leader_leaves(pair: tuple[Replica, Replica]) -> None:
    leader, follower = pair
    leader.leave()
    assert seconds_until(leads(follower)) < 0.8


def test_a_leader_that_was_stopped_beyond_its_lease_follows_when_it_goes_on(pair: tuple[Replica, Replica]) -> None:
    leader, follower = pair
    leader.clock.stop()
    eventually(leads(follower))
    leader.clock.go_on()
    assert leader.election.may_fire is False, "by its own clock, before it has asked anybody"
    eventually(lambda: leader.election.redis_answers)
    assert [leader.election.role, follower.election.role] == [Role.FOLLOWER, Role.LEADER]


def test_two_never_trust_the_lock_at_once_while_it_changes_hands(start: Start) -> None:
    replicas = [start() for _ in range(3)]
    both: list[int] = []
    done = threading.Event()

    def watch() -> None:
        while not done.is_set():
            leading = sum(replica.election.may_fire for replica in replicas)
            if leading > 1:
                both.append(leading)

    watching = threading.Thread(target=watch)
    watching.start()
    for _ in range(3):
        eventually(lambda: any(replica.election.may_fire for replica in replicas))
        leader = next(replica for replica in replicas if replica.election.may_fire)
        leader.clock.stop()
        eventually(lambda leader=leader: any(one.election.may_fire for one in replicas if one is not leader))
        leader.clock.go_on()
    done.set()
    watching.join()
    assert both == []


def test_a_leader_whose_key_was_deleted_finds_out_and_one_leads_again(
    pair: tuple[Replica, Replica], redis_client: Redis, prefix: str
) -> None:
    redis_client.delete(Keys(prefix).lock(LOCK))
    tokens = {replica.token for replica in pair}
    eventually(lambda: redis_client.get(Keys(prefix).lock(LOCK)) in tokens)
    eventually(lambda: sum(replica.election.may_fire for replica in pair) == 1)


def test_a_leader_behind_a_black_hole_hands_over_and_both_fire_only_when_redis_is_away_for_both(
    start: Start, redis_url: str
) -> None:
    with BlackHole(redis_url) as hole:
        leader = start(hole.url)
        eventually(leads(leader))
        follower = start()
        hole.swallow()
        eventually(lambda: not leader.election.may_fire)
        eventually(leads(follower))
        hole.heal()
        eventually(lambda: leader.election.redis_answers and leader.election.role is Role.FOLLOWER)


def test_without_redis_every_replica_fires_after_a_lease_and_one_leads_when_it_is_back(
    pair: tuple[Replica, Replica], stores: LocalStores
) -> None:
    stores.valkey.stop()
    try:
        began = time.monotonic()
        eventually(lambda: all(replica.election.role is Role.ALONE for replica in pair))
        assert time.monotonic() - began > LEASE * 0.6
    finally:
        stores.valkey.start()
    eventually(lambda: sorted(replica.election.role for replica in pair) == [Role.FOLLOWER, Role.LEADER])
