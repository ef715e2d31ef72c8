"""Child processes replaced after so many jobs, or when they occupy too much: nothing is lost, repeated or counted."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from goqueue import Client, Job
from tests.acceptance.conftest import SHOP, System
from tests.processes import eventually

Finished = Callable[[Job], Job]


class LoggedWorker:
    """A worker of the shop whose log is kept."""

    def __init__(self, system: System, folder: Path, words: Sequence[str]) -> None:
        self._log = folder / "worker.log"
        with self._log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "goqueue_worker", "--handlers", "shop_jobs", "--app-dir", str(SHOP), *words],
                env={**system.environment, "GOQUEUE_LOG_FORMAT": "json"},
                cwd=folder,
                stderr=output,
            )

    def events(self, name: str) -> list[dict[str, Any]]:
        """Lines of the log with this event."""
        lines = [json.loads(line) for line in self._log.read_text().splitlines() if line.startswith("{")]
        return [line for line in lines if line["event"] == name]


@pytest.fixture
def worker(system: System, tmp_path: Path) -> Iterator[Callable[..., LoggedWorker]]:
    started: list[LoggedWorker] = []

    def start(*words: str) -> LoggedWorker:
        started.append(LoggedWorker(system, tmp_path, words))
        return started[-1]

    yield start
    for item in started:
        item.process.terminate()
        assert item.process.wait(40) == 0


def jobs_by_process(system: System, word: str) -> Counter[str]:
    return Counter(line.split()[2] for line in system.effects(word))


def assert_each_ran_once(system: System, word: str, jobs: Sequence[Job]) -> None:
    assert sorted(line.split()[1] for line in system.effects(word)) == sorted(job.id for job in jobs)
    assert {(job.status, job.failures, job.rescues, job.attempts) for job in jobs} == {("completed", 0, 0, 1)}


def test_a_process_runs_so_many_jobs_and_is_replaced(
    system: System, client: Client, finished: Finished, worker: Callable[..., LoggedWorker]
) -> None:
    submitted = client.submit_many({"type": "shop.pid"} for _ in range(23))
    running = worker("--processes", "1", "--concurrency", "4", "--max-jobs", "5")
    jobs = [finished(client.get(item.id)) for item in submitted]
    assert_each_ran_once(system, "pid", jobs)
    assert sorted(jobs_by_process(system, "pid").values(), reverse=True) == [5, 5, 5, 5, 3]
    assert [line["reason"] for line in running.events("child_recycled")] == ["max_jobs"] * 4
    assert running.events("child_ended") == []


def test_in_a_burst_a_process_that_has_run_enough_is_replaced_until_the_queues_are_empty(
    system: System, client: Client, worker: Callable[..., LoggedWorker]
) -> None:
    submitted = client.submit_many({"type": "shop.pid"} for _ in range(8))
    assert worker("--processes", "1", "--concurrency", "2", "--max-jobs", "4", "--burst").process.wait(60) == 0
    assert_each_ran_once(system, "pid", [client.get(item.id) for item in submitted])
    assert list(jobs_by_process(system, "pid").values()) == [4, 4]


def test_a_process_that_occupies_too_much_is_replaced(
    system: System, client: Client, finished: Finished, worker: Callable[..., LoggedWorker]
) -> None:
    running = worker("--processes", "1", "--concurrency", "1", "--max-memory", "300")
    first = finished(client.submit("shop.hoard", {"mib": 400}))
    eventually(lambda: running.events("child_recycled"), "replaced")
    second = finished(client.submit("shop.hoard", {"mib": 1}))
    assert_each_ran_once(system, "hoard", [first, second])
    assert len(jobs_by_process(system, "hoard")) == 2
    [exceeded] = running.events("memory_limit_exceeded")
    assert (exceeded["limit_mib"], exceeded["resident_mib"] > 400) == (300, True)


def test_a_limit_below_what_a_process_needs_to_start_is_said_and_not_tried_in_a_hurry(
    worker: Callable[..., LoggedWorker],
) -> None:
    running = worker("--processes", "1", "--concurrency", "1", "--max-memory", "10")
    eventually(lambda: running.events("memory_limit_too_low"), "said")
    assert [line["next_in_seconds"] for line in running.events("child_recycled")][:2] == [0.0, 0.5]
    assert "raise --max-memory" in running.events("memory_limit_too_low")[0]["reason"]
