from __future__ import annotations

import pytest

from goqueue_scheduler.election import Election, Role
from tests.factories import FrozenClock
from tests.unit.scheduler.redis_model import RedisModel

LEASE = 15.0
OWN_DEADLINE = 13.5
FOLLOWER, LEADER, ALONE = Role.FOLLOWER, Role.LEADER, Role.ALONE


class Replicas:
    """Elections that take turns, each when it wants to; one that is stopped takes none until it goes on."""

    def __init__(self, redis: RedisModel, number: int) -> None:
        self.redis = redis
        self.clock = redis.clock
        self.all = [self._election(one) for one in range(number)]
        self.stopped: set[int] = set()
        self.cut_off: set[int] = set()
        self.without_api: set[int] = set()
        self._next = [self.clock.boottime()] * number

    def run(self, seconds: float) -> None:
        end = self.clock.boottime() + seconds
        while (at := min(self._next[one] for one in self._going())) < end:
            self.clock.advance(max(0.0, at - self.clock.boottime()))
            self._step(next(one for one in self._going() if self._next[one] == at))
        self.clock.advance(max(0.0, end - self.clock.boottime()))

    @property
    def roles(self) -> list[Role]:
        return [one.role for one in self.all]

    def go_on(self, one: int) -> None:
        self.stopped.discard(one)
        self._next[one] = self.clock.boottime()

    def _election(self, one: int) -> Election:
        return Election(
            self.redis.lock(LEASE), self.clock, lease_seconds=LEASE, is_cut_off=lambda _seconds: one in self.without_api
        )

    def _going(self) -> list[int]:
        return [one for one in range(len(self.all)) if one not in self.stopped]

    def _step(self, one: int) -> None:
        away, self.redis.is_away = self.redis.is_away, self.redis.is_away or one in self.cut_off
        self._next[one] = self.clock.boottime() + max(0.001, self.all[one].step())
        self.redis.is_away = away


@pytest.fixture
def redis() -> RedisModel:
    return RedisModel(FrozenClock())


@pytest.fixture
def replicas(redis: RedisModel) -> Replicas:
    """Three, the first of which leads."""
    replicas = Replicas(redis, 3)
    replicas.run(1.0)
    assert replicas.roles == [LEADER, FOLLOWER, FOLLOWER]
    return replicas


def test_one_leads_and_stays_and_the_others_follow(replicas: Replicas) -> None:
    replicas.run(600.0)
    assert replicas.roles == [LEADER, FOLLOWER, FOLLOWER]
    assert [one.may_fire for one in replicas.all] == [True, False, False]
    assert [one.term for one in replicas.all] == [1, None, None]
    assert [one.turn for one in replicas.all] == [1, 0, 0]


def test_when_the_leader_vanishes_another_leads_as_soon_as_the_lease_ends(replicas: Replicas) -> None:
    replicas.run(3.9)
    replicas.stopped.add(0)
    replicas.run(LEASE + 0.1)
    assert sorted(replicas.roles[1:]) == [FOLLOWER, LEADER]
    leader = replicas.all[replicas.roles.index(LEADER)]
    assert (leader.term, leader.turn) == (2, 1)


def test_when_the_leader_leaves_another_leads_within_half_a_second(replicas: Replicas) -> None:
    replicas.stopped.add(0)
    replicas.all[0].leave()
    replicas.run(0.55)
    assert LEADER in replicas.roles[1:]


def test_a_leader_that_stood_still_fires_no_more_from_its_own_deadline_on_and_follows_then(replicas: Replicas) -> None:
    replicas.stopped.add(0)
    replicas.run(OWN_DEADLINE + 0.1)
    assert (replicas.roles[0], replicas.all[0].may_fire, replicas.all[0].term) == (FOLLOWER, False, None)
    replicas.run(30.0)
    replicas.go_on(0)
    replicas.run(1.0)
    assert replicas.roles[0] == FOLLOWER
    assert replicas.roles.count(LEADER) == 1


def test_a_leader_whose_lock_is_gone_follows_at_its_next_renewal(replicas: Replicas, redis: RedisModel) -> None:
    redis.flush()
    replicas.run(LEASE / 3 + 0.6)
    assert replicas.roles.count(LEADER) == 1
    assert sum(one.may_fire for one in replicas.all) == 1


def test_a_lost_leadership_is_a_new_turn_when_it_comes_back(redis: RedisModel) -> None:
    only = Replicas(redis, 1)
    only.run(1.0)
    redis.flush()
    only.run(LEASE / 3 + 0.1)
    assert (only.roles, only.all[0].turn) == ([LEADER], 2)


def test_an_answer_that_comes_after_the_own_deadline_extends_nothing(redis: RedisModel) -> None:
    election = Election(redis.lock(LEASE), redis.clock, lease_seconds=LEASE)
    election.step()
    redis.answer_seconds = OWN_DEADLINE + 0.1
    election.step()
    assert election.role == FOLLOWER


def test_while_redis_is_away_for_less_than_a_lease_only_the_leader_fires(replicas: Replicas, redis: RedisModel) -> None:
    redis.is_away = True
    for _ in range(13):
        replicas.run(1.0)
        assert replicas.roles[1:] == [FOLLOWER, FOLLOWER]
    redis.is_away = False
    replicas.run(1.0)
    assert replicas.roles.count(LEADER) == 1


def test_without_redis_for_a_whole_lease_every_replica_fires(replicas: Replicas, redis: RedisModel) -> None:
    redis.is_away = True
    replicas.run(LEASE - 1.0)
    assert ALONE not in replicas.roles
    replicas.run(2.0)
    assert replicas.roles == [ALONE, ALONE, ALONE]
    assert [one.term for one in replicas.all] == [None, None, None]
    assert [one.redis_answers for one in replicas.all] == [False, False, False]


def test_when_redis_is_back_one_leads_and_the_others_follow(replicas: Replicas, redis: RedisModel) -> None:
    redis.is_away = True
    replicas.run(120.0)
    turns = [one.turn for one in replicas.all]
    redis.is_away = False
    redis.flush()
    replicas.run(1.0)
    assert sorted(replicas.roles) == [FOLLOWER, FOLLOWER, LEADER]
    leader = replicas.roles.index(LEADER)
    assert replicas.all[leader].turn == turns[leader] + 1


def test_a_leader_that_is_cut_off_from_redis_hands_over_and_then_fires_alone(replicas: Replicas) -> None:
    replicas.cut_off.add(0)
    replicas.run(LEASE + 1.0)
    assert replicas.roles[0] == ALONE
    assert sorted(replicas.roles[1:]) == [FOLLOWER, LEADER]
    replicas.cut_off.clear()
    replicas.run(1.0)
    assert replicas.roles[0] == FOLLOWER


def test_a_leader_that_reaches_no_api_hands_over_and_does_not_take_it_back(replicas: Replicas) -> None:
    replicas.run(LEASE)
    replicas.without_api.add(0)
    replicas.run(LEASE / 3 + 0.6)
    assert replicas.roles[0] == FOLLOWER
    assert sorted(replicas.roles[1:]) == [FOLLOWER, LEADER]
    replicas.run(LEASE * 4)
    assert replicas.roles[0] == FOLLOWER


def test_a_leader_has_a_whole_lease_to_reach_the_api(redis: RedisModel) -> None:
    only = Replicas(redis, 1)
    only.without_api.add(0)
    only.run(LEASE - 1.0)
    assert only.roles == [LEADER]


def test_where_no_replica_reaches_the_api_one_leads_nearly_always(redis: RedisModel) -> None:
    only = Replicas(redis, 1)
    only.without_api.add(0)
    only.run(LEASE + 1.0)
    assert only.roles == [FOLLOWER]
    only.run(2.0)
    assert only.roles == [LEADER]


def test_with_redis_away_from_the_start_it_fires_alone_after_a_whole_lease(redis: RedisModel) -> None:
    redis.is_away = True
    replicas = Replicas(redis, 2)
    replicas.run(LEASE - 1.0)
    assert replicas.roles == [FOLLOWER, FOLLOWER]
    replicas.run(1.6)
    assert replicas.roles == [ALONE, ALONE]


def test_a_follower_that_stood_still_does_not_take_that_for_redis_being_away(replicas: Replicas) -> None:
    replicas.stopped.add(1)
    replicas.run(LEASE * 4)
    replicas.cut_off.add(1)  # its connection has died meanwhile
    replicas.go_on(1)
    replicas.run(1.0)
    assert replicas.roles[1] == FOLLOWER
    replicas.cut_off.clear()
    replicas.run(1.0)
    assert replicas.all[1].redis_answers


def test_a_lock_taken_by_an_answer_that_was_lost_is_found_and_given_back(redis: RedisModel) -> None:
    first, second = (Election(redis.lock(LEASE), redis.clock, lease_seconds=LEASE) for _ in range(2))
    redis.lose_answers = True
    first.step()
    redis.lose_answers = False
    second.step()
    assert (first.role, second.role) == (FOLLOWER, FOLLOWER)
    first.leave()
    second.step()
    assert second.role == LEADER


def test_leaving_without_redis_is_no_error(redis: RedisModel) -> None:
    election = Election(redis.lock(LEASE), redis.clock, lease_seconds=LEASE)
    election.step()
    redis.is_away = True
    election.leave()
    assert election.role == FOLLOWER


@pytest.mark.parametrize(("left", "pause"), [(14.0, 0.5), (0.1, 0.105), (0.0, 0.005)])
def test_a_follower_asks_again_when_the_lease_of_the_leader_ends_or_half_a_second_later(
    redis: RedisModel, left: float, pause: float
) -> None:
    leader, follower = (Election(redis.lock(LEASE), redis.clock, lease_seconds=LEASE) for _ in range(2))
    leader.step()
    redis.clock.advance(LEASE - left - 0.0001)
    assert follower.step() == pytest.approx(pause, abs=0.002)


def test_a_leader_renews_three_times_a_lease_and_asks_sooner_when_redis_did_not_answer(redis: RedisModel) -> None:
    leader = Election(redis.lock(LEASE), redis.clock, lease_seconds=LEASE)
    assert leader.step() == LEASE / 3
    redis.is_away = True
    assert leader.step() == 0.5
