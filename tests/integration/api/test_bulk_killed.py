"""A bulk operation outlives the process that runs it, killed in the middle of a batch; a second process goes on."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from goqueue_cli.local import LocalStores
from goqueue_common.database import Database, connect
from tests.processes import Processes, eventually
from tests.scratch_database import scratch_database

JOBS = 20_000
FAILED = """
INSERT INTO jobs (id, queue, type, status, payload, failures, failure_reason, error, finished_at, created_at)
SELECT (lpad(to_hex(1700000000000 + n), 12, '0') || '7000' || '8000' || lpad(to_hex(n), 12, '0'))::uuid, 'mail', 'demo',
    'failed', '{}', 4, 'exhausted', 'broken', now(), now() FROM generate_series(1, %(jobs)s) AS n
"""
# Every change is remembered with its transaction, and takes as long as `pace` says: a batch must not outlast the lease.
WATCHED = """
CREATE TABLE pace AS SELECT 0.0004 AS seconds;
CREATE TABLE changes (job_id uuid);
CREATE FUNCTION remember() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO changes VALUES (NEW.id);
    PERFORM pg_sleep(seconds) FROM pace WHERE seconds > 0;
    RETURN NULL;
END
$$;
CREATE TRIGGER remember AFTER UPDATE ON jobs FOR EACH ROW EXECUTE FUNCTION remember()
"""
IN_A_BATCH = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND application_name = 'goqueue-api-background' AND state = 'active'
  AND query LIKE '%%WITH picked%%' AND query_start < now() - interval '0.2 s'
"""


class Watched:
    """A database whose jobs have failed, and what became of them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.run(FAILED, {"jobs": JOBS})
        database.run(WATCHED)

    def speed_up(self) -> None:
        self._database.run("UPDATE pace SET seconds = 0")

    def is_in_a_batch(self) -> bool:
        return bool(self._database.run(IN_A_BATCH)[0][0])

    def holder(self) -> str:
        rows = self._database.run("SELECT holder FROM maintenance_leases WHERE duty = 'bulk'")
        return str(rows[0][0]) if rows else ""

    def changes(self) -> tuple[int, int]:
        """How many, and of how many jobs."""
        ((changes, jobs),) = self._database.run("SELECT count(*), count(DISTINCT job_id) FROM changes")
        return int(changes), int(jobs)


@pytest.fixture
def watched_url(server_url: str, template: str) -> Iterator[str]:
    with scratch_database(server_url, template=template) as url:
        yield url


@pytest.fixture
def watched(watched_url: str) -> Iterator[Watched]:
    opened = connect(watched_url, pool_size=1, statement_timeout_seconds=60.0, application_name="watcher")
    yield Watched(opened)
    opened.close()


@pytest.fixture
def processes(watched_url: str, stores: LocalStores, prefix: str, tmp_path: Path) -> Iterator[Processes]:
    started = Processes(watched_url, stores.redis_url, prefix, tmp_path)
    started.environment |= {"GOQUEUE_API_PROCESSES": "1"}
    yield started
    started.close()


def kill(process: subprocess.Popen[bytes]) -> None:
    """The server and the process that it forked, without a word."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    for pid in (process.pid, *map(int, children)):
        os.kill(pid, signal.SIGKILL)
    process.wait()


def test_an_operation_whose_process_is_killed_goes_on_elsewhere_and_changes_each_job_once(
    processes: Processes, watched: Watched
) -> None:
    processes.start_api()
    first = processes.newest
    eventually(watched.holder, "the first process has the lease")
    holder = watched.holder()
    processes.start_api()
    url = processes.api_url
    asked: dict[str, Any] = {
        "action": "retry",
        "filter": {"status": ["failed"], "queue": ["mail"]},
        "rate_per_second": 100_000,
    }
    operation = requests.post(f"{url}/bulk", json=asked, timeout=10).json()
    assert operation["matched"] == JOBS

    def shown() -> dict[str, Any]:
        answer: dict[str, Any] = requests.get(f"{url}/bulk/{operation['id']}", timeout=10).json()
        return answer

    eventually(lambda: shown()["changed"] > 0 and watched.is_in_a_batch(), "it is in its second batch")
    kill(first)
    killed_at = shown()
    assert (killed_at["state"], watched.holder()) == ("running", holder)
    watched.speed_up()
    eventually(lambda: shown()["state"] == "completed", "another process has finished it", 60)
    done = shown()
    assert watched.holder() != holder
    assert (done["processed"], done["changed"], done["skipped"]) == (JOBS, JOBS, 0)
    assert watched.changes() == (JOBS, JOBS)
