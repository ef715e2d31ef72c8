"""New workers take over from old ones under a steady load: nothing lost, nothing run twice, nothing counted."""

from __future__ import annotations

import signal
import threading
from collections import Counter
from collections.abc import Iterator

import psycopg2
import pytest

from goqueue import Client
from tests.acceptance.conftest import System
from tests.processes import eventually

BATCH = [{"type": "shop.brief", "payload": {"seconds": 0.2 if n == 0 else 0}} for n in range(20)]


class Load:
    """Submits twenty jobs, one of them of a fifth of a second, twenty times a second, in a thread of its own."""

    def __init__(self, client: Client) -> None:
        self.ids: list[str] = []
        self._client = client
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(0.05):
            self.ids += [item.id for item in self._client.submit_many(BATCH)]


@pytest.fixture
def load(system: System) -> Iterator[Load]:
    running = Load(Client(system.api_url))
    yield running
    running.stop()


def rows(system: System, ids: list[str]) -> Counter[tuple[str, int, int]]:
    """(status, failures, rescues) of these jobs, how often."""
    with psycopg2.connect(system.environment["DATABASE_URL"]) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT status, failures, rescues FROM jobs WHERE id = ANY(%s::uuid[])", [ids])
        found = Counter(tuple(row) for row in cursor.fetchall())
    connection.close()
    return found


def test_a_rolling_restart_under_load_loses_nothing_and_repeats_nothing(system: System, load: Load) -> None:
    workers = [system.start_worker() for _ in range(2)]
    for _ in range(2):
        at_work = len(system.effects("brief"))
        workers.append(system.start_worker())
        eventually(lambda before=at_work: len(system.effects("brief")) > before, "jobs run")
        old = workers.pop(0)
        old.send_signal(signal.SIGTERM)
        assert old.wait(40) == 0
    load.stop()
    eventually(lambda: rows(system, load.ids) == {("completed", 0, 0): len(load.ids)}, "all completed, none counted")
    ran = Counter(line.split()[1] for line in system.effects("brief"))
    assert len(load.ids) > 200
    assert set(ran) == set(load.ids)
    assert {job_id: times for job_id, times in ran.items() if times > 1} == {}
