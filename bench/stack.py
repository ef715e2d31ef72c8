"""What a measurement stands on: servers of its own, a migrated database, and processes that are stopped by pid."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from bench.handlers import RECORD
from goqueue_cli.local import LocalStores
from goqueue_common import migrations
from goqueue_common.store_settings import normalise_database_url

ROOT = Path(__file__).parent.parent
PAYLOAD = {"to": "user@example.com", "template": "welcome", "n": 1, "pad": "x" * 44}
WORKER = ("goqueue_worker", "--handlers", "bench.handlers", "--app-dir", ".")


@dataclass(frozen=True, slots=True)
class Servers:
    """PostgreSQL with its default durability, and Valkey. environment: of processes that use them."""

    environment: dict[str, str]
    pids: list[int]

    def records(self) -> list[tuple[bytes, float]]:
        """(id, seconds since the epoch) of every handler start so far."""
        path = Path(self.environment["BENCH_RECORDS"])
        content = path.read_bytes() if path.exists() else b""
        usable = len(content) - len(content) % RECORD.size
        return [(raw, at) for raw, at in RECORD.iter_unpack(content[:usable])]

    def count(self) -> int:
        """How many handler starts there were so far."""
        path = Path(self.environment["BENCH_RECORDS"])
        return path.stat().st_size // RECORD.size if path.exists() else 0


@contextmanager
def servers(folder: Path, postgres_options: Mapping[str, str] | None = None) -> Iterator[Servers]:
    """New ones, or those of the folder again, for the length of the block."""
    with LocalStores(folder, postgres_options=postgres_options) as running:
        migrations.upgrade(normalise_database_url(running.database_url))
        environment = {
            **os.environ,
            "DATABASE_URL": running.database_url,
            "REDIS_URL": running.redis_url,
            "BENCH_RECORDS": str(folder / "records"),
            "GOQUEUE_LOG_LEVEL": "warning",
        }
        yield Servers(environment, [server.pid for server in (running.postgres, running.valkey) if server.pid])


@contextmanager
def process(environment: dict[str, str], *arguments: str, log: Path | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """`python -m ...` until the end of the block. log: a file for its standard error, at the level info and as JSON."""
    with ExitStack() as stack:
        redirected: dict[str, Any] = {}
        if log is not None:
            environment = {**environment, "GOQUEUE_LOG_LEVEL": "info", "GOQUEUE_LOG_FORMAT": "json"}
            redirected["stderr"] = stack.enter_context(log.open("wb"))
        running = subprocess.Popen([sys.executable, "-m", *arguments], env=environment, cwd=ROOT, **redirected)
        try:
            yield running
        finally:
            running.terminate()
            running.wait(60)


@contextmanager
def api(environment: dict[str, str]) -> Iterator[str]:
    """The address of an API, once it is ready."""
    with api_process(environment) as (url, _):
        yield url


@contextmanager
def api_process(environment: dict[str, str]) -> Iterator[tuple[str, int]]:
    """The address of an API, once it is ready, and its process id."""
    address = free_address()
    with process({**environment, "GOQUEUE_API_BIND": address}, "goqueue_api") as running:
        until(lambda: answers(f"http://{address}/readyz"))
        yield f"http://{address}", running.pid


def free_address() -> str:
    """Host and port of this machine that nobody listens on now."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{free.getsockname()[1]}"


def until(holds: Callable[[], bool], seconds: float = 60.0) -> None:
    """Wait. Raises TimeoutError."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError(f"the system did not get there in {seconds:g} s")
        time.sleep(0.02)


def answers(url: str) -> bool:
    """Whether a server is there, and content with us."""
    try:
        return requests.get(url, timeout=1).ok
    except requests.RequestException:
        return False
