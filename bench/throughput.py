"""Jobs per second that a worker drains: N no-op jobs are queued, then the worker starts."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import cpu, stack
from goqueue_common.broker.broker import RedisBroker
from goqueue_common.broker.keys import Keys
from goqueue_common.database import Database, connect
from goqueue_common.job_store import JobStore
from goqueue_common.new_job import NewJob, Submission
from goqueue_common.store_settings import normalise_database_url
from goqueue_common.submitter import Submitter

STATUSES = "SELECT status, count(*), max(finished_at) FROM jobs GROUP BY status"


def measure(servers: stack.Servers, options: argparse.Namespace) -> dict[str, float]:
    """One round."""
    with opened(servers) as database:
        fill(database, servers, options.jobs)
        return drain(database, servers, options)


@contextmanager
def opened(servers: stack.Servers) -> Iterator[Database]:
    """The measured database."""
    url = normalise_database_url(servers.environment["DATABASE_URL"])
    database = connect(url, pool_size=2, statement_timeout_seconds=60.0, application_name="bench")
    yield database
    database.close()


def drain(
    database: Database, servers: stack.Servers, options: argparse.Namespace, log: Path | None = None
) -> dict[str, float]:
    """Start a worker and see it do all that is queued. log: what it logs goes there."""
    patience = 60.0 + options.jobs / 500
    sizes = ("--processes", str(options.processes), "--concurrency", str(options.processes * options.threads))
    with stack.process(servers.environment, *stack.WORKER, *sizes, log=log) as worker:
        stack.until(lambda: servers.count() >= options.jobs // 10, patience)
        first, before = servers.count(), (cpu.seconds([worker.pid]), cpu.seconds(servers.pids))
        stack.until(lambda: servers.count() >= options.jobs, patience)
        after = (cpu.seconds([worker.pid]), cpu.seconds(servers.pids))
        stack.until(lambda: not unfinished(database), patience)
    figures = drained(database, servers, options.jobs)
    if cpu.IS_KNOWN:
        thousands = (options.jobs - first) / 1000
        figures["worker_cpu_s_per_1000"] = (after[0] - before[0]) / thousands
        figures["server_cpu_s_per_1000"] = (after[1] - before[1]) / thousands
    return figures


def drained(database: Database, servers: stack.Servers, jobs: int) -> dict[str, float]:
    """What rows and records say once nothing is left to do."""
    rows = {status: (count, last) for status, count, last in database.run(STATUSES)}
    runs = servers.records()
    starts = sorted(at for _, at in runs)
    middle = starts[len(starts) // 10 : len(starts) * 9 // 10]
    counts = Counter(raw for raw, _ in runs)
    return {
        "drained_per_s": jobs / (rows["completed"][1].timestamp() - starts[0]),
        "started_per_s": jobs / (starts[-1] - starts[0]),
        "steady_per_s": (len(middle) - 1) / (middle[-1] - middle[0]),
        "once": float(rows["completed"][0] == jobs and len(counts) == jobs and set(counts.values()) == {1}),
    }


def fill(database: Database, servers: stack.Servers, jobs: int) -> None:
    """Queue that many, in batches of a thousand."""
    broker = RedisBroker(servers.environment["REDIS_URL"], Keys())
    submitter = Submitter(JobStore(database), broker)
    for start in range(0, jobs, 1000):
        count = min(1000, jobs - start)
        submitter.submit([Submission(NewJob.checked("bench.record", payload=stack.PAYLOAD)) for _ in range(count)])
    broker.close()


def unfinished(database: Database) -> bool:
    """Whether a job has no outcome yet."""
    return bool(database.run("SELECT 1 FROM jobs WHERE finished_at IS NULL LIMIT 1"))
