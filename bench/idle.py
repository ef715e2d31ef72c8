"""What workers cost that have nothing to do: commands of Redis, transactions of PostgreSQL and CPU, each second."""

from __future__ import annotations

import time
from contextlib import ExitStack
from typing import Any, Final, NamedTuple

from redis import Redis

from bench import cpu, stack, throughput
from goqueue_common.database import Database

_EACH: Final = 2
"""Processes of a worker, as it has them without settings."""
_JOBS: Final = 100
"""Are drained before: without a queue workers look for one, and that is no installation at rest."""
_SETTLING_SECONDS: Final = 10.0
_ALIVE: Final = "SELECT count(*) FROM workers WHERE state = 'alive'"
_TRANSACTIONS: Final = "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = current_database()"
_OURS: Final = frozenset({"info", "hello", "auth", "client|setinfo", "ping"})


class _Reading(NamedTuple):
    """Since the servers' start."""

    at: float
    commands: dict[str, int]
    transactions: int
    worker_cpu_s: float
    postgres_cpu_s: float
    redis_cpu_s: float


def measure(servers: stack.Servers, processes: int, seconds: float) -> dict[str, Any]:
    """Of so many worker processes, two to a worker, over that time; redis_commands: by name, each second."""
    with (
        throughput.opened(servers) as database,
        Redis.from_url(servers.environment["REDIS_URL"]) as redis,
        ExitStack() as ran,
    ):
        throughput.fill(database, servers, _JOBS)
        pids = []
        for number in range(0, processes, _EACH):
            here = min(_EACH, processes - number)
            sizes = ("--processes", str(here), "--concurrency", str(here * 8))
            pids.append(ran.enter_context(stack.process(servers.environment, *stack.WORKER, *sizes)).pid)
        stack.until(lambda: database.run(_ALIVE)[0][0] >= processes and not throughput.unfinished(database), 180.0)
        time.sleep(_SETTLING_SECONDS)
        first = _read(servers, database, redis, pids)
        time.sleep(seconds)
        return _rates(first, _read(servers, database, redis, pids))


def _read(servers: stack.Servers, database: Database, redis: Any, pids: list[int]) -> _Reading:
    stats: dict[str, dict[str, Any]] = redis.info("commandstats")
    commands = {name.removeprefix("cmdstat_"): int(entry["calls"]) for name, entry in stats.items()}
    postgres, valkey = servers.pids
    return _Reading(
        time.monotonic(),
        {name: calls for name, calls in commands.items() if name not in _OURS},
        database.run(_TRANSACTIONS)[0][0],
        cpu.seconds(pids),
        cpu.seconds([postgres]),
        cpu.seconds([valkey]),
    )


def _rates(first: _Reading, last: _Reading) -> dict[str, Any]:
    """Each second."""
    seconds = last.at - first.at
    calls = {name: (count - first.commands.get(name, 0)) / seconds for name, count in last.commands.items()}
    return {
        "redis_per_s": sum(calls.values()),
        "postgres_per_s": (last.transactions - first.transactions - 1) / seconds,
        "worker_cpu": (last.worker_cpu_s - first.worker_cpu_s) / seconds,
        "postgres_cpu": (last.postgres_cpu_s - first.postgres_cpu_s) / seconds,
        "redis_cpu": (last.redis_cpu_s - first.redis_cpu_s) / seconds,
        "redis_commands": dict(sorted(((name, rate) for name, rate in calls.items() if rate), key=lambda item: -item[1])),
    }
