"""Jobs per second that 2 processes x 8 threads drain: `python -m bench.throughput [--jobs 100000] [--json]`.

N no-op jobs are queued, then the worker starts. The rate counts from the first handler's start to the last job's
`finished_at` in PostgreSQL, so nothing is left to write down. Every job must have run exactly once.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from bench import stack
from goqueue_common.broker.broker import RedisBroker
from goqueue_common.broker.keys import Keys
from goqueue_common.database import Database, connect
from goqueue_common.job_store import JobStore
from goqueue_common.new_job import NewJob, Submission
from goqueue_common.settings import normalise_database_url
from goqueue_common.submitter import Submitter

PAYLOAD = {"to": "user@example.com", "template": "welcome", "n": 1, "pad": "x" * 50}
STATUSES = "SELECT status, count(*), max(finished_at) FROM jobs GROUP BY status"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=100_000)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--threads", type=int, default=8, help="per process")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, stack.stores(Path(folder)) as environment:
        database = connect(
            normalise_database_url(environment["DATABASE_URL"]),
            pool_size=2,
            statement_timeout_seconds=60.0,
            application_name="bench",
        )
        filled = fill(database, environment, options.jobs)
        result = drain(database, environment, options) | {"submitted_per_second": filled}
        database.close()
    print(json.dumps(result) if options.json else "\n".join(f"{name:<26}{value:>14}" for name, value in result.items()))
    return 0 if result["exactly_once"] and result["completed"] == options.jobs else 1


def fill(database: Database, environment: dict[str, str], jobs: int) -> int:
    submitter = Submitter(JobStore(database), RedisBroker(environment["REDIS_URL"], Keys()))
    began = time.perf_counter()
    for start in range(0, jobs, 1000):
        submitter.submit(
            [Submission(NewJob.checked("bench.record", payload=PAYLOAD)) for _ in range(min(1000, jobs - start))]
        )
    return round(jobs / (time.perf_counter() - began))


def drain(database: Database, environment: dict[str, str], options: argparse.Namespace) -> dict[str, object]:
    worker = ("goqueue_worker", "--handlers", "bench.handlers", "--app-dir", ".")
    sizes = ("--processes", str(options.processes), "--concurrency", str(options.processes * options.threads))
    before = os.times()
    with stack.process(environment, *worker, *sizes):
        while True:
            time.sleep(0.2)
            rows = {status: (count, last) for status, count, last in database.run(STATUSES)}
            if rows.get("completed", (0, None))[0] + rows.get("failed", (0, None))[0] >= options.jobs:
                break
    after = os.times()
    runs = stack.records(environment)
    first = min(at for _, at in runs)
    finished = max(last.timestamp() for _, last in rows.values() if last is not None)
    counts = Counter(raw for raw, _ in runs)
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return {
        "jobs": options.jobs,
        "completed": rows["completed"][0],
        "exactly_once": len(counts) == options.jobs and set(counts.values()) == {1},
        "drained_per_second": round(options.jobs / (finished - first)),
        "worker_cpu_us_per_job": round(cpu / options.jobs * 1e6),
    }


if __name__ == "__main__":
    sys.exit(main())
