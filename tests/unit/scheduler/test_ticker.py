from __future__ import annotations

from datetime import timedelta

import pytest

from goqueue import ConnectionFailed
from tests.factories import FrozenClock
from tests.unit.scheduler.api_model import BEGAN, ApiModel
from tests.unit.scheduler.redis_model import RedisModel
from tests.unit.scheduler.rig import LEASE, Rig


def test_what_is_due_is_fired_at_its_moment(rig: Rig, api: ApiModel) -> None:
    api.has("report", "*/5 * * * *")
    api.has("mail", "30 12 * * *")
    rig.run(31 * 60)
    assert api.times("report") == ["12:05:00", "12:10:00", "12:15:00", "12:20:00", "12:25:00", "12:30:00"]
    assert api.times("mail") == ["12:30:00"]
    assert rig.outcomes() == {"fired": 7}
    assert rig.counts.fired == 7


def test_it_sleeps_until_the_next_moment_but_never_longer_than_a_quarter_of_a_second(rig: Rig, api: ApiModel) -> None:
    api.has("report", "* * * * *")
    rig.run(59.9)
    assert rig.turn() == pytest.approx(0.1)
    rig.clock.advance(0.1)
    assert rig.turn() == 0.0
    assert rig.turn() == 0.25


def test_a_thousand_due_at_once_are_one_batch_in_the_order_of_their_instants(rig: Rig, api: ApiModel) -> None:
    for number in range(1_000):
        api.has(f"s{number:04}", "1 12 * * *")
    rig.run(61.0)
    assert [len(batch) for batch in api.batches] == [1_000]
    assert len(api.fired) == 1_000
    assert [fire.schedule for fire in api.batches[0]] == sorted(api.rows)


def test_more_than_the_api_takes_at_once_are_several_batches(rig: Rig, api: ApiModel) -> None:
    for number in range(10_500):
        api.has(f"s{number}", "1 12 * * *")
    rig.run(61.0)
    assert [len(batch) for batch in api.batches] == [10_000, 500]
    assert len(api.fired) == 10_500


def test_instants_of_one_schedule_are_sent_in_rising_order_over_several_batches(rig: Rig, api: ApiModel) -> None:
    for name in ("a", "b"):
        api.has(name, "* * * * * *", catch_up="all", catch_up_limit=10_000, due_after=BEGAN - timedelta(hours=2))
    rig.run(1.0)
    for name in ("a", "b"):
        instants = [at for schedule, at in api.fired if schedule == name]
        assert instants == sorted(instants)
        assert len(instants) in (7_201, 7_200)


def test_a_follower_fires_nothing(api: ApiModel, redis: RedisModel, clock: FrozenClock) -> None:
    redis.lock(LEASE).acquire()
    api.has("report", "* * * * * *")
    follower = Rig(api, redis, clock)
    follower.run(10.0)
    assert "fire" not in api.calls
    assert follower.ticker.lag_seconds == 0.0


def test_a_new_leader_reads_the_schedules_anew_before_it_fires(rig: Rig, api: ApiModel, redis: RedisModel) -> None:
    api.has("report", "* * * * *")
    rig.run(30.0)
    other = Rig(api, redis, rig.clock)
    other.run(1.0)  # it knows the schedules, and follows
    rig.run(300.0)
    fired = len(api.fired)
    rig.election.leave()
    api.calls.clear()
    other.run(1.0)
    assert "fire" not in api.calls[: api.calls.index("load")]
    other.run(60.0)
    assert len(api.fired) == fired + 1
    assert other.outcomes() == {"fired": 1}, "nothing was fired twice"


def test_a_leader_whose_schedules_cannot_be_read_anew_fires_nothing_and_says_how_late_it_is(
    rig: Rig, api: ApiModel, redis: RedisModel
) -> None:
    api.has("report", "* * * * *")
    rig.run(61.0)
    redis.flush()
    api.fails = lambda call, _fires: ConnectionFailed("gone") if call == "load" else None
    rig.run(120.0)
    assert len(api.fired) == 1
    assert rig.ticker.lag_seconds == pytest.approx(115.0, abs=6.0)
    api.fails = lambda _call, _fires: None
    rig.run(10.0)
    assert api.times("report") == ["12:01:00", "12:03:00"], "12:02 is older than the grace, and the policy is latest"


def test_a_leader_that_stood_still_beyond_its_lease_fires_nothing_from_then_on(
    rig: Rig, api: ApiModel, redis: RedisModel
) -> None:
    api.has("report", "* * * * * *")
    rig.run(5.0)
    rig.stand_still(LEASE * 2)
    redis.lock(LEASE).acquire()  # another leads meanwhile
    api.batches.clear()
    rig.run(10.0)
    assert api.batches == []


def test_without_redis_two_replicas_fire_each_instant_once(api: ApiModel, redis: RedisModel, clock: FrozenClock) -> None:
    redis.is_away = True
    first, second = Rig(api, redis, clock), Rig(api, redis, clock)
    api.has("report", "* * * * *", due_after=BEGAN - timedelta(seconds=1))
    for _ in range(2_000):
        first.turn()
        second.turn()
        clock.advance(0.2)
    assert len(api.fired) == 7
    assert first.counts.fired + second.counts.fired == 7
    assert first.outcomes().keys() | second.outcomes().keys() == {"fired", "replayed"}


def test_jitter_puts_a_fire_off_and_not_its_instant(rig: Rig, api: ApiModel) -> None:
    api.has("report", "1 12 * * *", jitter=600.0)
    rig.run(61.0)
    late: list[float] = []
    while not api.fired:
        rig.run(1.0)
        late.append(rig.ticker.lag_seconds)
    assert api.times("report") == ["12:01:00"]
    assert timedelta(seconds=65) < api.at - BEGAN < timedelta(seconds=660)
    assert max(late) < 0.3, "what waits for its jitter is not late"


def test_starts_at_and_ends_at_bound_what_is_fired(rig: Rig, api: ApiModel) -> None:
    api.has("report", "* * * * *", starts_at=BEGAN + timedelta(minutes=3), ends_at=BEGAN + timedelta(minutes=5, seconds=30))
    rig.run(600.0)
    assert api.times("report") == ["12:03:00", "12:04:00", "12:05:00"]


def test_the_lateness_of_what_was_fired_is_measured_from_its_moment(rig: Rig, api: ApiModel) -> None:
    api.has("report", "* * * * *")
    api.round_trip = 0.2
    rig.run(70.0)
    sums = {
        sample.family.name: (sum(sample.numbers[:-1]), sample.numbers[-1])
        for sample in rig.counts.samples()
        if sample.family.name.endswith("lateness_seconds")
    }
    count, total = sums["goqueue_scheduler_fire_lateness_seconds"]
    assert count == 1
    assert 0.1 < total < 0.8
