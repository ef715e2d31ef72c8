"""The whole system behind a PgBouncer in transaction mode, with fewer sessions than our processes open."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from goqueue import Client, Job, Schedule
from tests.acceptance.conftest import System
from tests.acceptance.scheduler_process import Scheduler
from tests.pgbouncer import PROGRAM, pgbouncer
from tests.processes import eventually
from tests.scratch_database import scratch_database

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="no pgbouncer here: nothing was tried behind a connection pooler")


@pytest.fixture
def system(server_url: str, template: str, tmp_path: Path, redis_url: str, prefix: str) -> Iterator[System]:
    with scratch_database(server_url, template=template) as database_url, pgbouncer(tmp_path, database_url) as pooled:
        started = System(pooled, redis_url, prefix, tmp_path)
        started.start_api()
        yield started
        started.close()


def is_empty(client: Client, *statuses: str) -> bool:
    return not any(client.count_jobs(status=status).value for status in statuses)


def child_of(system: System, job: Job) -> int:
    """The pid of the process that has it."""
    (pid,) = [one["pid"] for one in system.health("readyz")[1]["children"] if one["worker_id"] == job.worker_id]
    return int(pid)


def test_jobs_run_are_counted_rescued_and_fired(
    system: System, client: Client, start_scheduler: Callable[..., Scheduler], make: Callable[..., Schedule]
) -> None:
    system.start_worker("--processes", "2", "--concurrency", "8")
    start_scheduler()
    make("each-second", type="shop.brief", payload={"seconds": 0})
    briefs = [item.id for item in client.submit_many({"type": "shop.brief", "payload": {}} for _ in range(200))]
    go = system.folder / "go"
    long = client.submit("shop.wait", {"file": str(go)})
    eventually(lambda: system.effects("wait") == [f"wait {long.id} 1"], "it runs")
    os.kill(child_of(system, client.get(long.id)), signal.SIGKILL)
    go.touch()
    eventually(lambda: client.get(long.id).status == "completed", "what died with its process has run again")
    assert client.get(long.id).rescues == 1
    eventually(lambda: is_empty(client, "queued", "processing"), "all are done")
    assert {client.get(job_id).status for job_id in briefs} == {"completed"}
    assert requests.get(f"{system.api_url}/stats/overview", timeout=10).status_code == 200
