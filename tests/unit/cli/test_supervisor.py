"""Starting again what ends, by a clock that stands still."""

from __future__ import annotations

import pytest

from goqueue_cli.errors import CommandError
from goqueue_cli.local.supervisor import Misconfigured, Supervisor, describe_exit


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now


class Unit:
    """Runs until told to end."""

    def __init__(self, name: str, journal: list[str]) -> None:
        self.name = name
        self.exit_code: int | None = None
        self.broken = False
        self.starts = 0
        self._journal = journal

    def is_running(self) -> bool:
        return self.starts > 0 and self.exit_code is None

    def start(self, given_up) -> None:
        if self.broken:
            raise CommandError(f"{self.name} did not start")
        self.exit_code = None
        self.starts += 1

    def stop(self, given_up) -> None:
        self._journal.append(self.name)
        self.exit_code = 0


class World:
    def __init__(self) -> None:
        self.clock = Clock()
        self.said: list[str] = []
        self.changes: list[int] = []
        self.stopped: list[str] = []
        self.supervisor = Supervisor(
            say=self.said.append,
            changed=lambda: self.changes.append(1),
            given_up=lambda: False,
            monotonic=self.clock.monotonic,
        )

    def running(self, name: str = "api") -> Unit:
        unit = Unit(name, self.stopped)
        self.supervisor.start(unit)
        return unit


@pytest.fixture
def world() -> World:
    return World()


def test_a_process_that_runs_is_left_alone(world):
    unit = world.running()
    assert world.supervisor.step() == 1.0
    assert unit.starts == 1
    assert world.said == []


def test_what_ends_is_started_again_after_a_delay_and_said(world):
    unit = world.running()
    unit.exit_code = -9
    assert world.supervisor.step() == 0.5
    assert world.said == ["api ended (killed by SIGKILL); starting it again in 0.5 s"]
    assert world.supervisor.step() == 0.5
    assert unit.starts == 1
    world.clock.now += 0.5
    world.supervisor.step()
    assert unit.starts == 2
    assert len(world.changes) == 2, "the new process id has to be written down"


def test_a_process_that_ends_by_itself_in_peace_is_started_again_too(world):
    world.running().exit_code = 0
    world.supervisor.step()
    assert world.said == ["api ended (exit code 0); starting it again in 0.5 s"]


def test_delays_double_up_to_ten_seconds(world):
    unit = world.running()
    delays = []
    for _ in range(7):
        unit.exit_code = 1
        world.supervisor.step()
        delays.append(float(world.said[-1].rpartition(" in ")[2].removesuffix(" s")))
        world.clock.now += delays[-1]
        world.supervisor.step()
    assert delays == [0.5, 1.0, 2.0, 4.0, 8.0, 10.0, 10.0]


def test_a_process_that_ran_well_for_a_while_is_forgiven(world):
    unit = world.running()
    for _ in range(3):
        unit.exit_code = 1
        world.supervisor.step()
        world.clock.now += 10.0
        world.supervisor.step()
    world.clock.now += 10.1
    unit.exit_code = 1
    world.supervisor.step()
    assert world.said[-1].endswith("in 0.5 s")


def test_a_start_that_fails_is_tried_again(world):
    unit = world.running("postgres")
    unit.exit_code, unit.broken = 1, True
    world.supervisor.step()
    world.clock.now += 0.5
    world.supervisor.step()
    assert world.said[-1] == "postgres did not start; trying again in 1 s"
    unit.broken = False
    world.clock.now += 1.0
    world.supervisor.step()
    assert unit.starts == 2


def test_exit_code_two_is_the_end_of_everything(world):
    world.running().exit_code = 2
    with pytest.raises(Misconfigured, match="api ended because of its settings"):
        world.supervisor.step()


def test_processes_are_stopped_in_the_order_given_and_not_started_again(world):
    stores, api, worker = world.running("stores"), world.running("api"), world.running("worker")
    world.supervisor.stop([worker, api, stores], lambda: False)
    world.clock.now += 100.0
    assert world.supervisor.step() == 1.0
    assert world.stopped == ["worker", "api", "stores"]
    assert [unit.starts for unit in (stores, api, worker)] == [1, 1, 1]


@pytest.mark.parametrize(
    ("code", "words"),
    [(1, "exit code 1"), (-15, "killed by SIGTERM"), (-250, "killed by signal 250"), (None, "exit code None")],
)
def test_exit_codes_are_said_in_words(code, words):
    assert describe_exit(code) == words
