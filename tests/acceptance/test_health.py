"""The health endpoint of a worker: what is alive, what claims, and what a probe sees when something stands still."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
import requests

from goqueue import Client, Job
from tests.acceptance.conftest import System
from tests.processes import eventually, free_port

Finished = Callable[[Job], Job]
SHORT_LEASE = {"GOQUEUE_LEASE": "3", "GOQUEUE_HEARTBEAT": "0.5"}


def children(system: System) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = system.health("readyz")[1]["children"]
    return found


def test_a_worker_that_claims_is_ready_and_alive(system: System) -> None:
    system.start_worker("--processes", "2", "--concurrency", "4")
    eventually(lambda: all(child["claiming"] for child in children(system)), "both children claim")
    status, document = system.health("readyz")
    assert (status, document["status"], document["claiming"]) == (200, "ready", True)
    assert [child["child"] for child in document["children"]] == [0, 1]
    assert all(20 < child["lease_seconds_left"] <= 30 for child in document["children"])
    eventually(lambda: _stores(system) == ("ok", "ok"), "both stores have answered")
    assert system.health("healthz") == (200, {"status": "ok"})


def _stores(system: System) -> tuple[str, str]:
    document = system.health("readyz")[1]
    return document["postgres"], document["redis"]


def test_what_a_child_has_in_hand_is_seen(system: System, client: Client, finished: Finished) -> None:
    system.start_worker()
    go = system.folder / "go"
    job = client.submit("shop.wait", {"file": str(go)})
    eventually(lambda: [(child["held"], child["running"]) for child in children(system)] == [(1, 1)], "one runs")
    go.touch()
    assert finished(job).status == "completed"
    eventually(lambda: [child["held"] for child in children(system)] == [0], "nothing in hand")


def test_a_child_that_stands_still_fails_liveness_and_is_replaced(
    system: System, client: Client, finished: Finished
) -> None:
    system.start_worker(**SHORT_LEASE)
    [before] = children(system)
    os.kill(before["pid"], signal.SIGSTOP)
    eventually(lambda: system.health("healthz")[0] == 503, "liveness fails")
    status, document = system.health("healthz")
    if status == 503:
        assert "the watchdog of child 0 has stood still for" in document["reasons"][0]
    eventually(lambda: system.health("readyz")[0] == 200 and children(system)[0]["pid"] != before["pid"], "a new child")
    assert system.health("healthz") == (200, {"status": "ok"})
    assert finished(client.submit("shop.plain")).status == "completed"


def test_a_worker_that_stops_is_not_ready_at_once_and_alive_to_its_end(
    system: System, client: Client, finished: Finished
) -> None:
    worker = system.start_worker()
    go = system.folder / "go"
    job = client.submit("shop.wait", {"file": str(go)})
    eventually(lambda: system.effects("wait"), "it runs")
    worker.send_signal(signal.SIGTERM)
    eventually(lambda: system.health("readyz")[0] == 503, "not ready", seconds=1.0)
    assert system.health("readyz")[1]["status"] == "stopping"
    assert system.health("healthz") == (200, {"status": "ok"})
    go.touch()
    assert worker.wait(20) == 0
    assert finished(job).attempts == 1


def test_a_worker_whose_modules_still_load_is_starting(system: System) -> None:
    slow = system.folder / "slow"
    slow.mkdir()
    (slow / "slow_jobs.py").write_text("import time\ntime.sleep(600)")
    port = free_port()
    system.health_url = f"http://127.0.0.1:{port}"
    words = ("--handlers", "slow_jobs", "--app-dir", str(slow), "--processes", "1", "--bind", f"127.0.0.1:{port}")
    system.start("goqueue_worker", *words)
    eventually(lambda: _answers(system), "it answers")
    status, document = system.health("readyz")
    assert (status, document["status"], document["why"]) == (503, "starting", "it is starting")
    assert system.health("healthz") == (200, {"status": "ok"})


def _answers(system: System) -> bool:
    try:
        return bool(children(system))
    except requests.ConnectionError:
        return False


@pytest.mark.parametrize("bind", ["8081", "127.0.0.1:http", "127.0.0.1:0", ":8081"])
def test_an_address_that_is_none_is_one_line_and_exit_code_2(system: System, bind: str) -> None:
    code, line = refused(system, bind)
    assert code == 2
    assert line == f"error: GOQUEUE_WORKER_BIND='{bind}' is no address: write host:port, such as 127.0.0.1:8081"


def test_a_port_in_use_is_one_line_and_exit_code_2(system: System) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        code, line = refused(system, f"127.0.0.1:{port}")
    assert code == 2
    assert line == f"error: GOQUEUE_WORKER_BIND: cannot listen on 127.0.0.1, port {port}: Address already in use"


def refused(system: System, bind: str) -> tuple[int, str]:
    ended = subprocess.run(
        [sys.executable, "-m", "goqueue_worker"],
        cwd=system.folder,
        env={**system.environment, "GOQUEUE_WORKER_BIND": bind},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return ended.returncode, ended.stderr.strip()
