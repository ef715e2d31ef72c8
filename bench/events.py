"""What open streams cost: POSTs per second with many of GET /events and with none, by turns; and how soon they hear."""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import requests

from bench import cpu, posting, stack

PAIRS: Final = 5
SECONDS: Final = 5.0
POSTERS: Final = 8
MARKERS: Final = 20


def measure(servers: stack.Servers, options: argparse.Namespace) -> dict[str, float]:
    """One round: pairs of POST runs, then jobs that finish while everybody looks."""
    with stack.api(servers.environment) as url:
        _post(url, 2.0)  # warm
        before = _threads()
        alone, beside, api_alone, api_beside, clients_cpu = [], [], [], [], []
        for number in range(PAIRS):
            for with_streams in (True, False) if number % 2 else (False, True):
                if with_streams:
                    with _clients(url, options.streams) as clients:
                        began = cpu.seconds([clients.pid])
                        rate, spent = _post_and_weigh(url)
                        clients_cpu.append((cpu.seconds([clients.pid]) - began) / SECONDS)
                    beside.append(rate)
                    api_beside.append(spent)
                else:
                    rate, spent = _post_and_weigh(url)
                    alone.append(rate)
                    api_alone.append(spent)
        with _clients(url, options.streams) as clients, stack.process(servers.environment, *stack.WORKER):
            during = _threads()
            lateness = _lateness(url, clients)
    return {
        "posts_alone_per_s": statistics.median(alone),
        "posts_beside_per_s": statistics.median(beside),
        "kept": statistics.median([one / other for one, other in zip(beside, alone, strict=True)]),
        "api_cpu_ms_per_post_alone": statistics.median(api_alone),
        "api_cpu_ms_per_post_beside": statistics.median(api_beside),
        "clients_cpu_share": statistics.median(clients_cpu),
        "api_threads_before": before,
        "api_threads_with_streams": during,
        "event_p50_ms": statistics.median(lateness) * 1000,
        "event_p99_ms": sorted(lateness)[int(0.99 * (len(lateness) - 1))] * 1000,
        "event_max_ms": max(lateness) * 1000,
        "events": len(lateness),
        "once": float(len(lateness) == MARKERS * options.streams),
    }


@contextmanager
def _clients(url: str, count: int) -> Iterator[subprocess.Popen[str]]:
    running = subprocess.Popen(
        [sys.executable, "-m", "bench.event_clients", url, str(count)],
        cwd=stack.ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert running.stdout is not None
        opened = json.loads(running.stdout.readline())["open"]
        if opened != count:
            raise RuntimeError(f"{opened} of {count} streams are open")
        yield running
    finally:
        running.communicate(timeout=30)


def _post(url: str, seconds: float) -> float:
    return posting.run(f"{url}/jobs", seconds, POSTERS)["answered"] / seconds


def _post_and_weigh(url: str) -> tuple[float, float]:
    """POSTs per second, and milliseconds of the API's CPU for each."""
    pids = _api_pids()
    began = cpu.seconds(pids)
    rate = _post(url, SECONDS)
    return rate, (cpu.seconds(pids) - began) * 1000 / (rate * SECONDS)


def _lateness(url: str, clients: subprocess.Popen[str]) -> list[float]:
    """Of each event of a job's end to each client, in seconds after the end as PostgreSQL has it."""
    found: list[float] = []
    with requests.Session() as session:
        busy = f"{url}/jobs/count?status=queued,processing"
        stack.until(lambda: session.get(busy, timeout=10).json()["value"] == 0, 300)
        time.sleep(1.0)  # until the last of them have been told of: an event that is of many jobs names none
        for _ in range(MARKERS):
            job = session.post(f"{url}/jobs", json={"type": "bench.record", "run_at": "2099-01-01T00:00:00Z"}, timeout=10)
            job_id = job.json()["id"]
            came = _told(clients, job_id, lambda job_id=job_id: session.post(f"{url}/jobs/{job_id}/run-now", timeout=10))
            ended = session.get(f"{url}/jobs/{job_id}", timeout=10).json()["finished_at"]
            found += [at - _seconds(ended) for at in came]
    return found


def _told(clients: subprocess.Popen[str], job_id: str, start: Any) -> list[float]:
    assert clients.stdin is not None
    assert clients.stdout is not None
    clients.stdin.write(f"{job_id}\n")
    clients.stdin.flush()
    time.sleep(0.2)
    start()
    came: list[float] = json.loads(clients.stdout.readline())["came"]
    return came


def _seconds(moment: str) -> float:
    return datetime.fromisoformat(moment).timestamp()


def _api_pids() -> list[int]:
    """Of this measurement's API: it starts nothing else that has this in its command line."""
    return [pid for pid in cpu.descendants(os.getpid()) if b"goqueue_api" in _command(pid)]


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"-", b"_")  # its children call themselves goqueue-api
    except OSError:
        return b""


def _threads() -> float:
    """Of the API's process that has most."""
    return float(max(len(list(Path(f"/proc/{pid}/task").iterdir())) for pid in _api_pids()))
