"""What a measurement stands on: embedded stores, a migrated database, and processes that are stopped by pid."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.handlers import RECORD
from goqueue_cli.local import LocalStores
from goqueue_common import migrations
from goqueue_common.settings import normalise_database_url

ROOT = Path(__file__).parent.parent


@contextmanager
def stores(folder: Path) -> Iterator[dict[str, str]]:
    """The environment of processes that use a fresh PostgreSQL (default durability) and Valkey."""
    with LocalStores(folder) as running:
        migrations.upgrade(normalise_database_url(running.database_url))
        yield {
            **os.environ,
            "DATABASE_URL": running.database_url,
            "REDIS_URL": running.redis_url,
            "BENCH_RECORDS": str(folder / "records"),
            "GOQUEUE_LOG_LEVEL": "warning",
        }


@contextmanager
def process(environment: dict[str, str], *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """`python -m ...` until the end of the block."""
    running = subprocess.Popen([sys.executable, "-m", *arguments], env=environment, cwd=ROOT)
    try:
        yield running
    finally:
        running.terminate()
        running.wait(60)


def records(environment: dict[str, str]) -> list[tuple[bytes, float]]:
    """(id, seconds since the epoch) of every handler start so far."""
    path = Path(environment["BENCH_RECORDS"])
    content = path.read_bytes() if path.exists() else b""
    usable = len(content) - len(content) % RECORD.size
    return [(raw, at) for raw, at in RECORD.iter_unpack(content[:usable])]
