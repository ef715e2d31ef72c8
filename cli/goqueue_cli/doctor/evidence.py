"""What can be found out from here: installed parts, the API by HTTP, the stores by a process that may import their code."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypedDict, cast

from goqueue_cli.errors import CommandError
from goqueue_cli.extras import EXTRAS, missing_modules

if TYPE_CHECKING:
    from goqueue import Client, HandlerInfo, QueueInfo, Readiness, SchedulerInfo, SchedulerSight

_API_SECONDS = 3.0
_REPORT_SECONDS = 30.0  # the stores have limits of their own, below it


class PostgresReport(TypedDict, total=False):
    """PostgreSQL's part of a store report; with an `error` there is nothing but that and the address."""

    address: str
    error: str | None
    version: str
    major: int
    database_bytes: int
    jobs_estimated: int | None
    connections: int
    max_connections: int
    synchronous_commit: str
    is_read_only: bool
    keeps_timeouts: bool
    complaints: list[str]
    schema: str | None
    schema_head: str
    schema_is_current: bool


class RedisReport(TypedDict, total=False):
    """Redis's part of it, likewise."""

    address: str
    error: str | None
    product: str
    version: str
    redis_version: str
    memory_bytes: int
    max_memory_bytes: int | None
    policy: str
    appends: bool
    complaints: list[str]
    waiting: int | None


class WorkerReport(TypedDict):
    """A live worker process; queues None: it serves all."""

    id: str
    host: str
    pid: int
    version: str
    queues: list[str] | None
    types: dict[str, str]
    slots: int


class QueueReport(TypedDict):
    """A queue in which jobs are due, and whether a live worker serves it."""

    name: str
    due: int
    is_served: bool


class StoreReport(TypedDict):
    """What goqueue_common.store_report writes; workers, queues None: PostgreSQL cannot say."""

    version: str
    postgres: PostgresReport
    redis: RedisReport
    workers: list[WorkerReport] | None
    queues: list[QueueReport] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiEvidence:
    """The API as it answered. error: why it did not, or stopped to; what came before that is kept."""

    url: str
    readiness: Readiness | None = None
    version: str | None = None
    latency_seconds: float | None = None
    handlers: Sequence[HandlerInfo] | None = None
    queues: Sequence[QueueInfo] | None = None
    scheduler: SchedulerSight | None = None
    schedulers: Sequence[SchedulerInfo] = ()
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """All of it.

    extras: name -> what of it is missing. names_database, names_redis: whether somebody said where the store is, or the
    usual place was tried. stores None: not asked, since what that needs is missing, or there was no report: `store_error`.
    """

    extras: Mapping[str, Sequence[str]]
    api: ApiEvidence
    names_database: bool
    names_redis: bool
    stores: StoreReport | None = None
    store_error: str | None = None


def gather(url: str, environment: Mapping[str, str]) -> Evidence:
    """Ask everything; `environment` says where the stores are. Raises CommandError when the API's address is none."""
    from goqueue import Client, InvalidArgument

    extras = {name: missing_modules(name) for name in EXTRAS}
    try:
        with Client(url, timeout=_API_SECONDS, retries=0) as client:
            api = ask_api(url, client, time.monotonic)
    except InvalidArgument as error:
        raise CommandError(str(error)) from error
    stores, store_error = (None, None) if extras["stores"] else ask_stores(environment)
    return Evidence(
        extras=extras,
        api=api,
        names_database=_is_named("DATABASE_URL", environment),
        names_redis=_is_named("REDIS_URL", environment),
        stores=stores,
        store_error=store_error,
    )


def ask_api(url: str, client: Client, monotonic: Callable[[], float]) -> ApiEvidence:
    """Readiness first: an API that is ready but has lost PostgreSQL answers that, and little else."""
    from goqueue import GoQueueError

    found = ApiEvidence(url=url)
    try:
        found = replace(found, readiness=client.readiness())
        began = monotonic()
        version = client.api_version()
        found = replace(found, version=version, latency_seconds=monotonic() - began)
        found = replace(found, handlers=client.handlers(), queues=client.queues())
        found = replace(found, scheduler=client.overview().scheduler)
        return replace(found, schedulers=client.schedulers())
    except GoQueueError as error:
        return replace(found, error=str(error))


def ask_stores(environment: Mapping[str, str]) -> tuple[StoreReport | None, str | None]:
    """The report, or why there is none."""
    # -P: without it, a redis.py in the folder we are called from would stand in for the real one.
    argv = [sys.executable, "-P", "-m", "goqueue_common", "goqueue_common.store_report"]
    try:
        ended = subprocess.run(
            argv,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
            timeout=_REPORT_SECONDS,
        )
    except subprocess.TimeoutExpired:
        return None, f"the stores did not answer within {_REPORT_SECONDS:g} s"
    if ended.returncode != 0:
        said = ended.stderr.strip().splitlines()
        return None, said[-1].removeprefix("error: ") if said else f"exit code {ended.returncode}"
    try:
        return cast(StoreReport, json.loads(ended.stdout)), None
    except ValueError:
        return None, f"what the stores said cannot be read: {ended.stdout:.200}"


def _is_named(name: str, environment: Mapping[str, str]) -> bool:
    return bool(environment.get(name) or environment.get(f"{name}_FILE"))
