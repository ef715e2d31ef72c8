from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pytest

from goqueue_common.background.runner import Pulse
from goqueue_common.errors import BrokerUnavailable, StoreUnavailable
from goqueue_common.probes.store_ping import StorePing
from goqueue_worker.health import Health, Vitals
from goqueue_worker.proof_of_life import ProofOfLife
from goqueue_worker.slot_table import Claiming, Loop, SlotTable
from tests.unit.worker.claimed import FrozenClock

LEASE = 10.0


class OldPulse(Pulse):
    """Turned so long ago."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self._turned_at -= seconds


class StandingChild:
    """A child as its parent knows it, without a process."""

    def __init__(self, number: int, clock: FrozenClock) -> None:
        self.number = number
        self.pid = 4000 + number
        self.worker_id: str | None = str(uuid4())
        self.is_ending = False
        self.table, descriptor = SlotTable.create(4)
        os.close(descriptor)
        self.table.lease_deadline = clock.seconds + LEASE
        self.table.claiming = Claiming.YES
        self.life = ProofOfLife(self.table, look_seconds=1.0, lease_seconds=LEASE)


@dataclass
class Worker:
    """A worker in good health, until told otherwise."""

    clock: FrozenClock = field(default_factory=FrozenClock)
    main_loop: Pulse = field(default_factory=Pulse)
    heartbeat: Pulse = field(default_factory=Pulse)
    is_stopping: bool = False
    away: type[Exception] | None = None

    def __post_init__(self) -> None:
        self.children = [StandingChild(number, self.clock) for number in range(2)]
        self.postgres, self.redis = (
            StorePing(lambda: self._ask(StoreUnavailable)),
            StorePing(lambda: self._ask(BrokerUnavailable)),
        )
        self.health = Health(
            Vitals(
                children=lambda: self.children,  # type: ignore[arg-type, return-value]  # as far as it is looked at
                main_loop=self.main_loop,
                heartbeat=self.heartbeat,
                heartbeat_seconds=LEASE,
                postgres=self.postgres,
                redis=self.redis,
                is_stopping=lambda: self.is_stopping,
            ),
            self.clock,
        )

    def ready(self) -> tuple[int, dict[str, Any]]:
        self.postgres.step()
        self.redis.step()
        status, document = self.health.ready()
        return status, dict(document)

    def _ask(self, error: type[Exception]) -> None:
        if self.away is error:
            raise error


def test_a_worker_that_claims_is_ready_and_says_what_its_children_do() -> None:
    worker = Worker()
    child = worker.children[0]
    held = [child.table.hold(str(uuid4()), 1) for _ in range(3)]
    child.table.start(held[0])
    worker.clock.seconds += 1.5
    status, document = worker.ready()
    assert status == 200
    assert document["children"][0] == {
        "child": 0,
        "pid": 4000,
        "claiming": True,
        "worker_id": child.worker_id,
        "held": 3,
        "running": 1,
        "lease_seconds_left": 8.5,
        "seconds_since": {"watchdog": 0.0, "poller": 0.0, "acknowledger": 0.0},
    }
    assert {**document, "children": []} == {
        "status": "ready",
        "claiming": True,
        "postgres": "ok",
        "redis": "ok",
        "children": [],
    }
    assert worker.health.alive() == (200, {"status": "ok"})


def test_one_child_that_claims_is_enough() -> None:
    worker = Worker()
    worker.children[0].table.claiming = Claiming.BACKLOG
    status, document = worker.ready()
    assert status == 200
    assert [child["claiming"] for child in document["children"]] == [False, True]


@pytest.mark.parametrize(
    ("claiming", "why"),
    [
        (Claiming.STARTING, "first look"),
        (Claiming.BACKLOG, "outcomes of finished jobs wait for PostgreSQL"),
        (Claiming.POSTGRES, "PostgreSQL is away"),
        (Claiming.FAILING, "the log says why"),
    ],
)
def test_a_worker_that_claims_nothing_says_why_and_is_not_restarted(claiming: Claiming, why: str) -> None:
    worker = Worker()
    for child in worker.children:
        child.table.claiming = claiming
    status, document = worker.ready()
    assert (status, document["status"], document["claiming"]) == (503, "waiting", False)
    assert why in document["why"]
    assert worker.health.alive()[0] == 200


def test_a_worker_that_was_told_to_drain_is_no_unhealthy_one() -> None:
    worker = Worker()
    worker.children[0].table.claiming = Claiming.DRAINED
    assert worker.ready()[1]["status"] == "ready"
    worker.children[1].table.claiming = Claiming.DRAINED
    status, document = worker.ready()
    assert (status, document["status"], document["claiming"]) == (200, "drained", False)
    assert document["why"] == "it was told to drain"
    assert worker.health.alive() == (200, {"status": "ok"})
    worker.children[1].table.claiming = Claiming.FAILING
    assert worker.ready()[0] == 503


def test_a_worker_without_postgresql_waits_even_if_no_claim_has_failed_yet() -> None:
    worker = Worker(away=StoreUnavailable)
    status, document = worker.ready()
    assert (status, document["status"], document["why"]) == (503, "waiting", "PostgreSQL is away")
    assert (document["postgres"], document["redis"]) == ("degraded", "ok")
    assert worker.health.alive()[0] == 200


def test_a_worker_without_redis_is_ready_as_long_as_it_claims() -> None:
    status, document = Worker(away=BrokerUnavailable).ready()
    assert (status, document["postgres"], document["redis"]) == (200, "ok", "degraded")


def test_a_worker_whose_leases_have_run_out_waits() -> None:
    worker = Worker()
    worker.clock.seconds += LEASE + 1
    status, document = worker.ready()
    assert (status, document["status"]) == (503, "waiting")
    assert "lease has run out" in document["why"]
    assert document["children"][0]["lease_seconds_left"] == -1.0


def test_a_worker_is_starting_until_a_child_is_registered() -> None:
    worker = Worker()
    for child in worker.children:
        child.worker_id = None
    status, document = worker.ready()
    assert (status, document["status"]) == (503, "starting")
    assert document["children"][0] == {"child": 0, "pid": 4000, "claiming": False, "why": "it is starting"}
    worker.children = []
    assert worker.ready()[1]["status"] == "starting"


def test_a_worker_that_stops_says_so_at_once() -> None:
    worker = Worker(is_stopping=True)
    status, document = worker.ready()
    assert (status, document["status"], document["why"]) == (503, "stopping", "the worker is stopping")
    assert worker.health.alive()[0] == 200


def test_a_child_that_ends_does_not_claim() -> None:
    worker = Worker()
    for child in worker.children:
        child.is_ending = True
    assert worker.ready()[1]["why"] == "it is ending"


def test_a_loop_of_a_child_that_stands_still_fails_liveness_before_the_child_is_killed() -> None:
    worker = Worker()
    child = worker.children[1]
    for _ in range(6):
        for loop in (Loop.POLLER, Loop.ACKNOWLEDGER):
            child.table.tick(loop)
        child.life.look()
    assert child.life.dead_loop() is None
    status, document = worker.health.alive()
    assert (status, document["reasons"]) == (503, ["the watchdog of child 1 has stood still for 6 s"])
    assert [item["claiming"] for item in worker.ready()[1]["children"]] == [True, False]


@pytest.mark.parametrize("loop", ["main_loop", "heartbeat"])
def test_a_loop_of_the_parent_that_stands_still_fails_liveness(loop: str) -> None:
    worker = Worker(**{loop: OldPulse(31.0)})  # type: ignore[arg-type]  # one of the two
    status, document = worker.health.alive()
    assert (status, document["reasons"]) == (503, [f"the {loop.replace('_', ' ')} has stood still for 31 s"])


def test_an_answer_that_is_old_is_none() -> None:
    ping = StorePing(lambda: None)
    assert not ping.is_answered
    ping.step()
    assert ping.is_answered
    ping._answer = OldPulse(9.0)
    assert not ping.is_answered
