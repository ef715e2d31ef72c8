"""Many schedules: a thousand due in one second until all have their jobs, and ten thousand that are not due, at rest."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import psycopg2
import requests

from bench import cpu, stack
from goqueue import Client

EVERY_SECONDS: Final = 5
INSTANTS: Final = 6
"""How often the thousand are due together; the first time warms."""
IDLE_SECONDS: Final = 30.0
IDLE_SHARE: Final = 0.01
"""Of one core, the most that a scheduler may take at rest."""
MEBIBYTE: Final = 1024


def measure(servers: stack.Servers, options: argparse.Namespace) -> dict[str, float]:
    """One round."""
    log = Path(servers.environment["BENCH_RECORDS"]).parent / "scheduler.log"
    with stack.api(servers.environment) as url, Client(url, timeout=60) as client:
        client.sync_schedules([_daily(number) for number in range(options.idle)])
        at_rest = _at_rest(servers, url, options.idle)
        client.sync_schedules([_crowd(number) for number in range(options.schedules)])
        with _scheduler(servers, url, log):
            stack.until(lambda: len(_fired(log)) > INSTANTS + 1, 10.0 + EVERY_SECONDS * (INSTANTS + 3))
    figures = _lateness(_fired(log), options.schedules)
    return figures | at_rest | {"once": float(_is_once(servers, options.schedules))}


def _crowd(number: int) -> dict[str, object]:
    return {
        "name": f"crowd-{number}",
        "type": "demo.noop",
        "cron": f"*/{EVERY_SECONDS} * * * * *",
        "payload": stack.PAYLOAD,
    }


def _daily(number: int) -> dict[str, object]:
    """At some time of the day, in some zone, but in no minute of the next hours."""
    zone = ("Europe/Berlin", "America/New_York", "Asia/Kolkata", "UTC")[number % 4]
    hour = (datetime.now().astimezone().hour + 12 + number % 3) % 24
    cron = f"{number % 60} {hour} * * *" if zone == "UTC" else f"{number % 60} 12 {1 + number % 28} {1 + number % 12} *"
    return {"name": f"daily-{number}", "type": "demo.noop", "cron": cron, "timezone": zone}


@contextmanager
def _scheduler(servers: stack.Servers, url: str, log: Path) -> Iterator[tuple[int, str]]:
    """Process id and address of its health endpoint, at once."""
    address = stack.free_address()
    settings = {"API_URL": url, "GOQUEUE_SCHEDULES": "", "GOQUEUE_SCHEDULER_BIND": address}
    with stack.process({**servers.environment, **settings}, "goqueue_scheduler", log=log) as running:
        yield running.pid, f"http://{address}"


def _fired(log: Path) -> dict[int, list[tuple[float, int]]]:
    """By the second that was due: (seconds until it was answered, jobs that it made) of each batch."""
    found: dict[int, list[tuple[float, int]]] = {}
    for line in log.read_text().splitlines() if log.exists() else ():
        document: dict[str, Any] = json.loads(line)
        if document["event"] == "schedules_fired" and document["outcomes"].get("fired"):
            at = datetime.fromisoformat(document["timestamp"]).timestamp()
            second = int(at - document["lateness_seconds"] + 0.5) // EVERY_SECONDS * EVERY_SECONDS
            found.setdefault(second, []).append((at - second, document["outcomes"]["fired"]))
    return found


def _lateness(fired: dict[int, list[tuple[float, int]]], schedules: int) -> dict[str, float]:
    """Of the instants after the first; a job is there when its batch is answered."""
    instants = [fired[second] for second in sorted(fired)][1 : INSTANTS + 1]
    late = sorted(seconds for batches in instants for seconds, jobs in batches for _ in range(jobs))
    took = [max(seconds for seconds, _ in batches) for batches in instants]
    return {
        "submitted_s": max(took),
        "batches": max(len(batches) for batches in instants),
        "late_p50_ms": _percentile(late, 0.5) * 1000,
        "late_p99_ms": _percentile(late, 0.99) * 1000,
        "late_max_ms": late[-1] * 1000,
        "in_time": float(len(late) == schedules * INSTANTS and max(took) <= 1.0),
    }


def _percentile(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def _is_once(servers: stack.Servers, schedules: int) -> bool:
    """Whether each instant has one job of each schedule."""
    with psycopg2.connect(servers.environment["DATABASE_URL"]) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*), count(DISTINCT schedule) FROM jobs GROUP BY scheduled_for")
        found = set(cursor.fetchall())
    connection.close()
    return found == {(schedules, schedules)}


def _at_rest(servers: stack.Servers, url: str, schedules: int) -> dict[str, float]:
    """Of a scheduler with so many schedules, none of them due."""
    log = Path(servers.environment["BENCH_RECORDS"]).parent / "idle.log"
    began = time.monotonic()
    with _scheduler(servers, url, log) as (pid, address):
        stack.until(lambda: _schedules(address) == schedules, 120.0)
        started = time.monotonic() - began
        began_cpu = cpu.seconds([pid])
        stack.until(lambda: _role(address) == "leader")
        time.sleep(5.0)  # a leader reads them anew
        began, before = time.monotonic(), cpu.seconds([pid])
        time.sleep(IDLE_SECONDS)
        share = (cpu.seconds([pid]) - before) / (time.monotonic() - began)
        return {
            "start_s": started,
            "start_cpu_s": began_cpu,
            "idle_cpu_percent": share * 100,
            "idle_memory_mib": _resident_mebibytes(pid),
            "at_rest": float(share < IDLE_SHARE),
        }


def _schedules(address: str) -> int | None:
    """How many it has read."""
    return _ready(address).get("schedules")


def _role(address: str) -> str | None:
    return _ready(address).get("role")


def _ready(address: str) -> dict[str, Any]:
    try:
        found: dict[str, Any] = requests.get(f"{address}/readyz", timeout=5).json()
    except requests.RequestException:
        return {}
    return found


def _resident_mebibytes(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(float(line.split()[1]) for line in lines if line.startswith("VmRSS:")) / MEBIBYTE
