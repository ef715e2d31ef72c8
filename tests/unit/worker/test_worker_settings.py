from __future__ import annotations

from datetime import timedelta

import pytest

from goqueue_common.errors import SettingsError
from goqueue_worker.settings import WorkerSettings


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    for name in [name for name in os.environ if name.startswith("GOQUEUE_") or name in ("DATABASE_URL", "REDIS_URL")]:
        monkeypatch.delenv(name)


def test_without_anything_it_serves_every_queue_and_the_built_in_types() -> None:
    settings = WorkerSettings.read()
    assert (settings.wanted_queues, settings.handlers, settings.concurrency, settings.processes) == (
        None,
        ("goqueue_builtin",),
        16,
        2,
    )


def test_the_command_line_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOQUEUE_QUEUES", "a, b,,a")
    monkeypatch.setenv("GOQUEUE_CONCURRENCY", "6")
    assert WorkerSettings.read().queues == ("a", "b")
    settings = WorkerSettings.read({"queues": "c", "concurrency": 5, "processes": None})
    assert (settings.queues, settings.concurrency, settings.processes) == (("c",), 5, 2)


def test_concurrency_is_shared_out_between_processes() -> None:
    settings = WorkerSettings.read({"concurrency": 7, "processes": 3})
    assert [settings.slots_of(child) for child in range(3)] == [3, 2, 2]


def test_final_jobs_are_kept_for_days_by_their_status(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = WorkerSettings.read().retention
    assert (kept.completed, kept.failed, kept.cancelled) == (timedelta(days=7), timedelta(days=30), timedelta(days=30))
    for name, days in (("COMPLETED", "0.5"), ("FAILED", "0"), ("CANCELLED", "36500")):
        monkeypatch.setenv(f"GOQUEUE_KEEP_{name}", days)
    kept = WorkerSettings.read().retention
    assert (kept.completed, kept.failed, kept.cancelled) == (timedelta(hours=12), timedelta(0), timedelta(days=36500))


@pytest.mark.parametrize(
    ("bind", "address"),
    [("", None), ("0.0.0.0:8081", ("0.0.0.0", 8081)), ("[::]:8081", ("::", 8081)), ("pod.local:80", ("pod.local", 80))],
)
def test_health_is_answered_where_it_is_told_and_nowhere_by_default(bind: str, address: tuple[str, int] | None) -> None:
    assert WorkerSettings.read({"bind": bind}).health_address == address


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        pytest.param("GOQUEUE_LEASE", "5", "GOQUEUE_LEASE=5", id="lease not longer than the heartbeat"),
        pytest.param("GOQUEUE_PROCESSES", "0", "processes=0", id="no process"),
        pytest.param("GOQUEUE_CONCURRENCY", "1", "concurrency=1", id="fewer slots than processes"),
        pytest.param("GOQUEUE_CONCURRENCY", "many", "GOQUEUE_CONCURRENCY", id="no number"),
        pytest.param("GOQUEUE_QUEUES", "a b", "'a b' is no name", id="queue name"),
        pytest.param("GOQUEUE_SHUTDOWN_TIMEOUT", "-1", "shutdown_timeout=-1", id="negative time"),
        pytest.param("GOQUEUE_KEEP_COMPLETED", "-1", "GOQUEUE_KEEP_COMPLETED=-1", id="negative retention"),
        pytest.param("GOQUEUE_KEEP_FAILED", "nan", "GOQUEUE_KEEP_FAILED", id="no length of time"),
        pytest.param("GOQUEUE_KEEP_CANCELLED", "inf", "GOQUEUE_KEEP_CANCELLED", id="endless retention"),
        pytest.param("GOQUEUE_KEEP_FAILED", "36501", "GOQUEUE_KEEP_FAILED=36501", id="retention of centuries"),
        pytest.param("GOQUEUE_KEEP_COMPLETED", "a week", "GOQUEUE_KEEP_COMPLETED", id="retention in words"),
        pytest.param("GOQUEUE_HANDLERS", " , ", "no handler module", id="no module"),
        pytest.param("GOQUEUE_MAX_JOBS", "-1", "max_jobs=-1", id="negative number of jobs"),
        pytest.param("GOQUEUE_MAX_MEMORY", "1GB", "GOQUEUE_MAX_MEMORY", id="memory with a unit"),
        pytest.param("GOQUEUE_JOB_LOG_BYTES", "-1", "GOQUEUE_JOB_LOG_BYTES=-1", id="negative size of a log"),
        pytest.param("GOQUEUE_JOB_LOG_BYTES", "2000000", "GOQUEUE_JOB_LOG_BYTES=2000000", id="log without end"),
        pytest.param("GOQUEUE_JOB_LOG_BYTES", "64K", "GOQUEUE_JOB_LOG_BYTES", id="size with a unit"),
        pytest.param("GOQUEUE_WORKER_BIND", "8081", "GOQUEUE_WORKER_BIND='8081' is no address", id="no host"),
        pytest.param("DATABASE_URL", "mysql://x", "no PostgreSQL URL", id="other database"),
    ],
)
def test_nonsense_is_refused_with_its_name_and_value(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=says):
        WorkerSettings.read()
