"""Duties under a lease: one worker at a time does them, the others only look."""

from __future__ import annotations

from uuid import uuid4

import pytest

from goqueue_common.background import lease
from goqueue_common.background.lease import LEASE_SECONDS, LeasedDuty
from goqueue_common.database import Database
from goqueue_common.maintenance_store import MaintenanceStore


class Rounds:
    """A duty that counts its rounds and asks for a pause after each."""

    def __init__(self, pause_seconds: float = 0.0) -> None:
        self.done = 0
        self._pause_seconds = pause_seconds

    def step(self) -> float:
        self.done += 1
        return self._pause_seconds


@pytest.fixture
def store(database: Database) -> MaintenanceStore:
    return MaintenanceStore(database)


def leased(duty: Rounds, store: MaintenanceStore, name: str = "relay") -> LeasedDuty:
    return LeasedDuty(duty, name, str(uuid4()), store)


def end_leases(database: Database) -> None:
    database.run("UPDATE maintenance_leases SET expires_at = now() - interval '1 s'")


def test_of_two_workers_one_does_the_duty_and_the_other_looks_again_within_a_second(store: MaintenanceStore) -> None:
    first, second = Rounds(), Rounds()
    leader, follower = leased(first, store), leased(second, store)
    for _ in range(3):
        leader.step()
        assert 0.0 < follower.step() <= 1.0
    assert (first.done, second.done) == (3, 0)


def test_a_lease_that_ran_out_is_taken_over_and_its_old_holder_follows(
    store: MaintenanceStore, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lease, "_RENEW_AFTER_SECONDS", 0.0)
    first, second = Rounds(), Rounds()
    hung, next_one = leased(first, store), leased(second, store)
    hung.step()
    end_leases(database)
    next_one.step()
    hung.step()
    assert (first.done, second.done) == (1, 1)


def test_a_lease_given_up_is_taken_over_at_once(store: MaintenanceStore) -> None:
    second = Rounds()
    leaving, next_one = leased(Rounds(), store), leased(second, store)
    leaving.step()
    leaving.give_up()
    next_one.step()
    assert second.done == 1


def test_a_long_pause_of_a_duty_is_kept_by_its_holder_who_renews_the_lease_in_it(
    store: MaintenanceStore, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lease, "_RENEW_AFTER_SECONDS", 0.0)
    rounds = Rounds(pause_seconds=3600.0)
    resting, follower = leased(rounds, store), leased(rounds, store)
    for _ in range(3):
        assert resting.step() < LEASE_SECONDS
        database.run("UPDATE maintenance_leases SET expires_at = now() + interval '1 s'")
        resting.step()
        ((left,),) = database.run("SELECT extract(epoch FROM expires_at - now()) FROM maintenance_leases")
        assert float(left) > LEASE_SECONDS - 1.0
        follower.step()
    assert rounds.done == 1
