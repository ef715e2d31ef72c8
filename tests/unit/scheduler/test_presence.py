from __future__ import annotations

import pytest

from goqueue import ConnectionFailed
from tests.unit.scheduler.api_model import ApiModel
from tests.unit.scheduler.redis_model import RedisModel
from tests.unit.scheduler.rig import LEASE, Rig


def test_the_leader_says_every_two_seconds_that_it_leads_in_which_term_and_what_it_fired(rig: Rig, api: ApiModel) -> None:
    api.has("report", "* * * * *")
    rig.run(63.0)
    assert 31 <= len(api.reports) <= 32
    told = api.reports[-1]
    assert (told["leads"], told["term"], told["lag"], told["fired"], told["ended"]) == (True, 1, 0.0, 1, False)


def test_a_follower_says_that_it_does_not_lead(rig: Rig, api: ApiModel, redis: RedisModel) -> None:
    redis.lock(LEASE).acquire()
    rig.run(3.0)
    assert (api.reports[-1]["leads"], api.reports[-1]["term"]) == (False, None)


def test_whoever_fires_without_redis_leads_without_a_term(rig: Rig, api: ApiModel, redis: RedisModel) -> None:
    redis.is_away = True
    rig.run(LEASE + 4.0)
    assert (api.reports[-1]["leads"], api.reports[-1]["term"]) == (True, None)


def test_how_late_it_is_is_told_once_the_api_is_back(rig: Rig, api: ApiModel) -> None:
    api.has("report", "*/10 * * * * *")
    rig.run(1.0)
    api.fails = lambda call, _fires: ConnectionFailed("no answer") if call == "fire" else None
    rig.run(30.0)
    assert api.reports[-1]["lag"] == pytest.approx(20.0, abs=3.0)


def test_it_says_goodbye_unless_the_api_is_away(rig: Rig, api: ApiModel) -> None:
    rig.presence.leave()
    assert api.reports == []
    rig.run(1.0)
    rig.presence.leave()
    assert (api.reports[-1]["ended"], api.reports[-1]["leads"], api.reports[-1]["term"]) == (True, False, None)


def test_what_somebody_should_look_at_is_told_until_it_ends(rig: Rig, api: ApiModel) -> None:
    rig.run(1.0)
    assert api.reports[-1]["trouble"] is None
    rig.trouble = "the schedules file is gone"
    rig.run(2.0)
    assert api.reports[-1]["trouble"] == "the schedules file is gone"
    rig.presence.leave()
    assert api.reports[-1]["trouble"] is None
