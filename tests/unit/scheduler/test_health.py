from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from goqueue import ConnectionFailed
from goqueue_common.background.runner import Pulse
from goqueue_common.probes.server import Text
from goqueue_scheduler.health import STILL_SECONDS, Health, Vitals
from tests.unit.scheduler.api_model import ApiModel
from tests.unit.scheduler.redis_model import RedisModel
from tests.unit.scheduler.rig import LEASE, Rig


class OldPulse(Pulse):
    """Turned so long ago."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self._turned_at -= seconds


@dataclass
class Probed:
    """A scheduler in good health, until told otherwise."""

    rig: Rig
    pulses: dict[str, Pulse] = field(default_factory=lambda: {name: Pulse() for name in STILL_SECONDS})
    is_stopping: bool = False
    has_file: bool = True
    trouble: str | None = None

    def health(self) -> Health:
        return Health(
            Vitals(
                scheduler_id="rig",
                pulses=self.pulses,
                election=self.rig.election,
                book=self.rig.book,
                reach=self.rig.reach,
                counts=self.rig.counts,
                lag_seconds=lambda: self.rig.ticker.lag_seconds,
                file_trouble=(lambda: self.trouble) if self.has_file else None,
                is_stopping=lambda: self.is_stopping,
            )
        )

    def ready(self) -> tuple[int, dict[str, Any]]:
        status, document = self.health().ready()
        return status, dict(document)

    def metrics(self) -> str:
        status, text = self.health().metrics()
        assert (status, type(text)) == (200, Text)
        return text.content.decode() if isinstance(text, Text) else ""


@pytest.fixture
def probed(rig: Rig) -> Probed:
    return Probed(rig)


def test_the_leader_says_what_it_is_and_how_it_goes(probed: Probed, rig: Rig, api: ApiModel) -> None:
    api.has("report", "* * * * *")
    rig.run(61.0)
    assert probed.ready() == (
        200,
        {
            "status": "ready",
            "id": "rig",
            "role": "leader",
            "term": 1,
            "lag": 0.0,
            "fired": 1,
            "schedules": 1,
            "not_understood": 0,
            "trouble": None,
            "redis": "ok",
            "api": "ok",
        },
    )


def test_a_follower_is_as_ready(probed: Probed, rig: Rig, redis: RedisModel) -> None:
    redis.lock(LEASE).acquire()
    rig.run(1.0)
    status, document = probed.ready()
    assert (status, document["role"], document["term"]) == (200, "follower", None)


def test_it_is_not_ready_before_the_schedules_were_read_for_the_first_time(probed: Probed, rig: Rig, api: ApiModel) -> None:
    api.fails = lambda _call, _fires: ConnectionFailed("no answer")
    rig.run(1.0)
    status, document = probed.ready()
    assert (status, document["status"], document["schedules"], document["api"]) == (503, "starting", None, "degraded")


def test_stores_that_are_away_later_make_it_no_less_ready(
    probed: Probed, rig: Rig, api: ApiModel, redis: RedisModel
) -> None:
    rig.run(1.0)
    redis.is_away = True
    rig.run(LEASE * 2)
    status, document = probed.ready()
    assert (status, document["role"], document["term"], document["redis"]) == (200, "alone", None, "degraded")


def test_it_is_not_ready_while_it_stops(probed: Probed, rig: Rig) -> None:
    rig.run(1.0)
    probed.is_stopping = True
    status, document = probed.ready()
    assert (status, document["status"]) == (503, "stopping")


@pytest.mark.parametrize("loop", STILL_SECONDS)
def test_it_is_alive_until_a_loop_stands_still(probed: Probed, loop: str) -> None:
    assert probed.health().alive() == (200, {"status": "ok"})
    seconds = STILL_SECONDS[loop] + 1
    probed.pulses[loop] = OldPulse(seconds)
    assert probed.health().alive() == (
        503,
        {"status": "failing", "reasons": [f"the {loop} has stood still for {seconds:.0f} s"]},
    )


def test_prometheus_sees_who_leads_how_late_and_what_became_of_fires(probed: Probed, rig: Rig, api: ApiModel) -> None:
    api.has("report", "* * * * *")
    rig.run(61.0)
    lines = set(probed.metrics().splitlines())
    assert {
        "goqueue_leader 1.0",
        "goqueue_scheduler_lag_seconds 0.0",
        "goqueue_scheduler_term 1.0",
        "goqueue_scheduler_schedules 1.0",
        'goqueue_scheduler_fires_total{outcome="fired"} 1.0',
        'goqueue_scheduler_fires_total{outcome="refused"} 0.0',
        "goqueue_scheduler_fire_lateness_seconds_count 1.0",
        'goqueue_store_up{store="redis"} 1.0',
    } <= lines


@pytest.mark.parametrize(
    ("has_file", "trouble", "shown"),
    [(True, None, ["goqueue_scheduler_file_ok 1.0"]), (True, "bad", ["goqueue_scheduler_file_ok 0.0"]), (False, None, [])],
    ids=["fine", "broken", "no file"],
)
def test_how_the_file_stands_is_shown_where_there_is_one(
    probed: Probed, has_file: bool, trouble: str | None, shown: list[str]
) -> None:
    probed.has_file, probed.trouble = has_file, trouble
    assert [line for line in probed.metrics().splitlines() if line.startswith("goqueue_scheduler_file_ok")] == shown
    assert probed.ready()[1]["trouble"] == trouble


def test_each_replica_that_fires_without_redis_shows_itself_as_a_leader(
    probed: Probed, rig: Rig, redis: RedisModel
) -> None:
    redis.is_away = True
    rig.run(LEASE + 1.0)
    lines = set(probed.metrics().splitlines())
    assert {"goqueue_leader 1.0", "goqueue_scheduler_term 0.0", 'goqueue_store_up{store="redis"} 0.0'} <= lines
