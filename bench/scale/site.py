"""A whole installation to be measured: servers, an API, which folds the figures, and jobs that wait for a worker."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from redis import Redis

from bench import cpu, stack, throughput
from bench.handlers import RECORD
from goqueue_common.broker.broker import RedisBroker
from goqueue_common.broker.keys import Keys
from goqueue_common.database import Database
from goqueue_common.job_store import JobStore
from goqueue_common.new_job import NewJob, Submission
from goqueue_common.submitter import Submitter

PROCESSES: Final = 2
_THREADS: Final = 8
_BATCH: Final = 1_000
_IDS: Final = 20_000
_PATIENCE_SECONDS: Final = 60.0
_OURS: Final = "SELECT pid FROM pg_stat_activity WHERE application_name = 'bench'"
_COMPLETED: Final = "SELECT count(*) FROM jobs WHERE id = ANY(%(ids)s::uuid[]) AND status = 'completed'"
_EMPTY: Final = "TRUNCATE jobs, job_search, finished_batches, job_moves, job_counts, rollups"


class Reading(NamedTuple):
    """Of one moment. jobs: handler starts so far; server_cpu_s: of PostgreSQL, Valkey and API, without what fills them.

    other_cpu_s: of everything else on the machine, but what fills them.
    """

    at: float
    jobs: int
    worker_cpu_s: float
    server_cpu_s: float
    other_cpu_s: float


def between(first: Reading, last: Reading, seconds: float | None = None) -> dict[str, float]:
    """Figures of what ran from one reading to another. seconds: in which workers ran, None: in all of them."""
    jobs = last.jobs - first.jobs
    figures = {
        "jobs_per_s": jobs / (last.at - first.at if seconds is None else seconds),
        "worker_cpu_s_per_1000": (last.worker_cpu_s - first.worker_cpu_s) / jobs * 1000,
        "server_cpu_s_per_1000": (last.server_cpu_s - first.server_cpu_s) / jobs * 1000,
    }
    return figures | {
        "cpu_s_per_1000": figures["worker_cpu_s_per_1000"] + figures["server_cpu_s_per_1000"],
        "other_cores": (last.other_cpu_s - first.other_cpu_s) / (last.at - first.at),
    }


class Site:
    """Made by `site`. Jobs are no-ops of the default queue, submitted as a program does it, a thousand at a time."""

    def __init__(self, servers: stack.Servers, database: Database, broker: RedisBroker, api_pid: int) -> None:
        self.servers = servers
        self.database = database
        self._submitter = Submitter(JobStore(database), broker)
        self._api_pid = api_pid
        self._submitted = 0
        self._proven = 0

    @property
    def waiting(self) -> int:
        """How many jobs have not started."""
        return self._submitted - self.servers.count()

    def top_up(self, jobs: int) -> None:
        """Submit as many as it takes to have so many waiting."""
        while (missing := min(jobs - self.waiting, _BATCH)) > 0:
            self._submitter.submit(
                [Submission(NewJob.checked("bench.record", payload=stack.PAYLOAD)) for _ in range(missing)]
            )
            self._submitted += missing

    def worker(self, settings: Mapping[str, str] | None = None) -> AbstractContextManager[subprocess.Popen[bytes]]:
        """A worker of two processes for the length of the block. settings: environment variables."""
        sizes = ("--processes", str(PROCESSES), "--concurrency", str(PROCESSES * _THREADS))
        return stack.process({**self.servers.environment, **(settings or {})}, *stack.WORKER, *sizes)

    def until_started(self, jobs: int) -> None:
        """Wait until that many have been started since the beginning. Raises TimeoutError."""
        patience = _PATIENCE_SECONDS + (jobs - self.servers.count()) / 500
        stack.until(lambda: self.servers.count() >= jobs, patience)

    def read(self, worker: int) -> Reading:
        """worker: its process id."""
        filling = cpu.seconds([pid for (pid,) in self.database.run(_OURS)])
        working = cpu.seconds([worker])
        serving = cpu.seconds([*self.servers.pids, self._api_pid])
        others = cpu.machine_seconds() - working - serving - time.process_time()
        return Reading(time.monotonic(), self.servers.count(), working, serving - filling, others)

    def is_sound(self) -> bool:
        """Whether each job that started since the last time did so once, and is completed; for when no worker runs."""
        path = Path(self.servers.environment["BENCH_RECORDS"])
        with path.open("rb") as file:
            file.seek(self._proven * RECORD.size)
            ids = [raw.hex() for raw, _ in RECORD.iter_unpack(file.read())]
        self._proven += len(ids)
        chunks = (ids[first : first + _IDS] for first in range(0, len(ids), _IDS))
        completed: int = sum(self.database.run(_COMPLETED, {"ids": chunk})[0][0] for chunk in chunks)
        return len(set(ids)) == len(ids) == completed

    def empty(self) -> None:
        """Leave no job, in whatever status; for when no worker runs."""
        self.database.run(_EMPTY)
        with Redis.from_url(self.servers.environment["REDIS_URL"]) as client:
            client.flushall()
        self._submitted = self.servers.count()


@contextmanager
def site(folder: Path, servers_are: AbstractContextManager[stack.Servers] | None = None) -> Iterator[Site]:
    """servers_are: those that are to be used, None: new ones as `goqueue up` has them."""
    with (
        servers_are or stack.servers(folder) as servers,
        throughput.opened(servers) as database,
        closing(RedisBroker(servers.environment["REDIS_URL"], Keys())) as broker,
        stack.api_process({**servers.environment, "GOQUEUE_LOG_LEVEL": "error"}) as (_, api_pid),
    ):
        yield Site(servers, database, broker, api_pid)
