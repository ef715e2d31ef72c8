"""`python -m goqueue_common goqueue_common.store_report`: what both stores say of themselves, as one JSON object.

For `goqueue doctor`, which may not import this package. It writes to no store, and no password leaves it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import asdict
from typing import Any, Final, NoReturn

import orjson
from sqlalchemy.exc import SQLAlchemyError

from goqueue_common import database, migrations, structured_logs
from goqueue_common.broker.broker import RedisBroker
from goqueue_common.broker.keys import Keys
from goqueue_common.errors import GoQueueError, SettingsError
from goqueue_common.lifecycle import JobStatus
from goqueue_common.queue_store import QueueDepth, QueueStore
from goqueue_common.server_store import ServerStore
from goqueue_common.settings import environment, mask_url
from goqueue_common.store_settings import StoreSettings
from goqueue_common.version import version
from goqueue_common.worker_store import WorkerInfo, WorkerStore

_ANSWER_SECONDS: Final = 3.5
"""For each store: a little more than its driver takes to say by itself that it is away."""
_STATEMENT_SECONDS: Final = 2.0


def main() -> NoReturn:
    """Write the report and end this process, with the code of `write_report`."""
    structured_logs.disable()
    code = write_report()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # at once: a thread that still waits for a name server must not hold the answer back


def write_report() -> int:
    """0 a report was written, be the stores away or not; 2 a setting makes no sense."""
    try:
        settings = StoreSettings.read(environment())
    except SettingsError as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201 - a command line speaks by print
        return 2
    print(orjson.dumps(report(settings)).decode(), flush=True)  # noqa: T201
    return 0


def report(settings: StoreSettings) -> dict[str, Any]:
    """Both stores, each with its address and either an `error` (a line) or, with error None, its facts.

    PostgreSQL's: those of PostgresFacts, `complaints`, `schema` (None: empty), `schema_head`, `schema_is_current`.
    Redis's: those of RedisFacts, `complaints`, `waiting`: ids in the queues' lists, None: nobody can name the queues.
    workers: live ones, queues: those with due jobs, each with `is_served`; None: PostgreSQL cannot say.
    """
    pool = ThreadPoolExecutor(max_workers=2)
    asked = pool.submit(_postgres, settings), pool.submit(_redis, settings)
    postgres, redis = map(_answer, asked)
    names = postgres.pop("queue_names", None)
    if names is not None and redis["error"] is None:
        redis |= _answer(pool.submit(_waiting, settings, names))
    pool.shutdown(wait=False)
    return {
        "version": version(),
        "workers": postgres.pop("workers", None),
        "queues": postgres.pop("queues", None),
        "postgres": {"address": mask_url(settings.database_url.replace("+psycopg2", "", 1)), **postgres},
        "redis": {"address": mask_url(settings.redis_url), "waiting": None, **redis},
    }


def _answer(asked: Future[dict[str, Any]]) -> dict[str, Any]:
    try:
        return {"error": None, **asked.result(_ANSWER_SECONDS)}
    except TimeoutError:
        return {"error": f"no answer within {_ANSWER_SECONDS:g} s"}
    except (GoQueueError, SQLAlchemyError, TypeError, ValueError) as error:
        # TypeError, ValueError: redis-py's words for an option of the URL that it does not know or like.
        return {"error": str(error).strip().partition("\n")[0] or type(error).__name__}


def _postgres(settings: StoreSettings) -> dict[str, Any]:
    opened = database.connect(
        settings.database_url,
        pool_size=1,
        statement_timeout_seconds=_STATEMENT_SECONDS,
        application_name="goqueue-doctor",
    )
    with closing(opened):
        facts = ServerStore(opened).facts()
        is_current = migrations.is_current(opened)
        answer = {
            **asdict(facts),
            "complaints": facts.complaints(),
            "schema": migrations.current(opened),
            "schema_head": migrations.head(),
            "schema_is_current": is_current,
        }
        if is_current:
            workers = WorkerStore(opened).live()
            depths = QueueStore(opened).depths()
            answer["workers"] = [asdict(worker) for worker in workers]
            answer["queues"] = [_queue(depth, workers) for depth in depths if depth.jobs[JobStatus.QUEUED]]
            answer["queue_names"] = [depth.name for depth in depths]
        return answer


def _queue(depth: QueueDepth, workers: Sequence[WorkerInfo]) -> dict[str, Any]:
    is_served = any(worker.queues is None or depth.name in worker.queues for worker in workers)
    return {"name": depth.name, "due": depth.jobs[JobStatus.QUEUED], "is_served": is_served}


def _redis(settings: StoreSettings) -> dict[str, Any]:
    with closing(RedisBroker(settings.redis_url, Keys(settings.prefix))) as broker:
        facts = broker.facts()
        return {**asdict(facts), "complaints": facts.complaints()}


def _waiting(settings: StoreSettings, queues: Sequence[str]) -> dict[str, Any]:
    with closing(RedisBroker(settings.redis_url, Keys(settings.prefix))) as broker:
        return {"waiting": broker.waiting(queues)}
