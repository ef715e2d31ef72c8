"""Jobs per second that a worker drains: N no-op jobs are queued, then the worker starts."""

from __future__ import annotations

import argparse
from collections import Counter

from bench import cpu, stack
from goqueue_common.broker.broker import RedisBroker
from goqueue_common.broker.keys import Keys
from goqueue_common.database import Database, connect
from goqueue_common.job_store import JobStore
from goqueue_common.new_job import NewJob, Submission
from goqueue_common.settings import normalise_database_url
from goqueue_common.submitter import Submitter

STATUSES = "SELECT status, count(*), max(finished_at) FROM jobs GROUP BY status"


def measure(servers: stack.Servers, options: argparse.Namespace) -> dict[str, float]:
    """One round."""
    database = connect(
        normalise_database_url(servers.environment["DATABASE_URL"]),
        pool_size=2,
        statement_timeout_seconds=60.0,
        application_name="bench",
    )
    patience = 60.0 + options.jobs / 500
    fill(database, servers, options.jobs)
    sizes = ("--processes", str(options.processes), "--concurrency", str(options.processes * options.threads))
    with stack.process(servers.environment, *stack.WORKER, *sizes) as worker:
        stack.until(lambda: servers.count() >= options.jobs // 10, patience)
        first, before = servers.count(), (cpu.seconds([worker.pid]), cpu.seconds(servers.pids))
        stack.until(lambda: servers.count() >= options.jobs, patience)
        after = (cpu.seconds([worker.pid]), cpu.seconds(servers.pids))
        stack.until(lambda: not unfinished(database), patience)
    rows = {status: (count, last) for status, count, last in database.run(STATUSES)}
    database.close()
    runs = servers.records()
    starts = sorted(at for _, at in runs)
    middle = starts[len(starts) // 10 : len(starts) * 9 // 10]
    counts = Counter(raw for raw, _ in runs)
    thousands = (len(starts) - first) / 1000
    figures = {
        "drained_per_s": options.jobs / (rows["completed"][1].timestamp() - starts[0]),
        "started_per_s": options.jobs / (starts[-1] - starts[0]),
        "steady_per_s": (len(middle) - 1) / (middle[-1] - middle[0]),
        "once": float(rows["completed"][0] == options.jobs and len(counts) == options.jobs and set(counts.values()) == {1}),
    }
    if cpu.IS_KNOWN:
        figures["worker_cpu_s_per_1000"] = (after[0] - before[0]) / thousands
        figures["server_cpu_s_per_1000"] = (after[1] - before[1]) / thousands
    return figures


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
