"""What the doctor makes of what was found out."""

from __future__ import annotations

import importlib
import tomllib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from goqueue import ConnectionFailed, HandlerInfo, QueueInfo, Readiness, SchedulerInfo, SchedulerLeader, SchedulerSight
from goqueue_cli.doctor.diagnosis import Diagnosis, judge
from goqueue_cli.doctor.evidence import ApiEvidence, Evidence, ask_api, ask_stores
from goqueue_cli.doctor.finding import Finding, Mark
from goqueue_cli.doctor.store_checks import size
from goqueue_cli.doctor.table import print_diagnosis, summary
from goqueue_cli.extras import EXTRAS, missing_modules

VERSION = "1.2.3"
READY = Readiness(status="ready", postgres="ok", redis="ok", schema="current")
API = ApiEvidence(
    url="http://api",
    readiness=READY,
    version=VERSION,
    latency_seconds=0.0042,
    handlers=[HandlerInfo(type="mail.send", live_workers=1), HandlerInfo(type="old.type")],
    queues=[QueueInfo(name="default", queued=0)],
)
AWAY = ApiEvidence(url="http://api", error="no answer from http://api: Connection refused")
POSTGRES: dict[str, Any] = {
    "address": "postgresql://joe:***@db/x",
    "error": None,
    "version": "17.2",
    "major": 17,
    "database_bytes": 12_300_000,
    "jobs_estimated": 3_000,
    "connections": 7,
    "max_connections": 100,
    "synchronous_commit": "on",
    "is_read_only": False,
    "keeps_timeouts": True,
    "complaints": [],
    "schema": "0001",
    "schema_head": "0001",
    "schema_is_current": True,
}
REDIS: dict[str, Any] = {
    "address": "redis://cache:6379/0",
    "error": None,
    "product": "Valkey",
    "version": "9.1.2",
    "redis_version": "7.2.4",
    "memory_bytes": 1_500_000,
    "max_memory_bytes": None,
    "policy": "noeviction",
    "appends": True,
    "complaints": [],
    "waiting": 2,
}
WORKER: dict[str, Any] = {
    "id": "1",
    "host": "h",
    "pid": 1,
    "version": VERSION,
    "queues": None,
    "types": {"mail.send": "f"},
    "slots": 8,
}


def seen(
    *,
    api: ApiEvidence = API,
    postgres: dict[str, Any] = POSTGRES,
    redis: dict[str, Any] = REDIS,
    workers: list[dict[str, Any]] | None = [WORKER],  # noqa: B006 - is not changed
    due: list[dict[str, Any]] | None = [],  # noqa: B006
) -> Evidence:
    """A machine that has everything and from which both stores can be asked."""
    stores: Any = {"version": VERSION, "postgres": postgres, "redis": redis, "workers": workers, "queues": due}
    extras = {name: [] for name in EXTRAS}
    return Evidence(extras=extras, api=api, names_database=True, names_redis=True, stores=stores)


def bad(evidence: Evidence) -> list[Finding]:
    return [found for found in judge(evidence, VERSION) if found.mark is not Mark.OK]


def only_bad(evidence: Evidence) -> Finding:
    [found] = bad(evidence)
    return found


def test_system_in_order_has_nothing_to_fix_and_is_described() -> None:
    told = {found.what: found.finding for found in judge(seen(), VERSION)}
    assert bad(seen()) == []
    assert told["PostgreSQL"] == (
        "17.2 at postgresql://joe:***@db/x, 12.3 MB, about 3,000 jobs, 7 of 100 connections, synchronous_commit on"
    )
    assert told["schema"] == "at 0001, the newest"
    assert told["Redis"] == (
        "Valkey 9.1.2 at redis://cache:6379/0, 1.5 MB, no limit, noeviction, AOF on, 2 jobs in its queues"
    )
    assert told["API"] == "http://api, ready, version 1.2.3, 4 ms"
    assert told["workers"] == "1 process live, version 1.2.3: mail.send"
    assert told["queues"] == "0 jobs are due, in 0 queues"


@pytest.mark.parametrize(
    ("change", "mark", "finding", "fix"),
    [
        pytest.param(
            {"schema": None, "schema_is_current": False}, "problem", "no tables", "goqueue db upgrade", id="empty"
        ),
        pytest.param(
            {"schema": "0001", "schema_head": "0002", "schema_is_current": False},
            "problem",
            "at 0001, behind 0002",
            "goqueue db upgrade",
            id="behind",
        ),
        pytest.param({"schema": "9999"}, "warning", "newer than this version", "pip install --upgrade goqueue", id="ahead"),
        pytest.param({"connections": 90}, "warning", "90 of 100 connections", "raise max_connections", id="connections"),
        pytest.param(
            {"complaints": ["synchronous_commit is off: a job may be lost; set it to on"]},
            "problem",
            "synchronous_commit is off: a job may be lost",
            "set it to on",
            id="complaint",
        ),
        pytest.param({"error": "PostgreSQL: refused"}, "problem", "refused", "set DATABASE_URL", id="away"),
    ],
)
def test_what_is_wrong_with_postgresql_is_told(change: dict[str, Any], mark: str, finding: str, fix: str) -> None:
    found = only_bad(seen(postgres={**POSTGRES, **change}))
    assert found.mark == mark
    assert finding in found.finding
    assert fix in (found.fix or "")


@pytest.mark.parametrize(
    ("change", "mark", "finding", "fix"),
    [
        pytest.param({"max_memory_bytes": 1_600_000}, "warning", "1.5 MB of 1.6 MB", "raise maxmemory", id="full"),
        pytest.param(
            {"complaints": ["maxmemory-policy is lru: Redis may drop queues; set it to noeviction"]},
            "problem",
            "maxmemory-policy is lru",
            "set it to noeviction",
            id="complaint",
        ),
        pytest.param({"error": "Redis: refused"}, "problem", "refused", "set REDIS_URL", id="away"),
    ],
)
def test_what_is_wrong_with_redis_is_told(change: dict[str, Any], mark: str, finding: str, fix: str) -> None:
    found = only_bad(seen(redis={**REDIS, **change}))
    assert found.mark == mark
    assert finding in found.finding
    assert fix in (found.fix or "")


@pytest.mark.parametrize(
    ("api", "mark", "finding", "fix"),
    [
        pytest.param(AWAY, "problem", "Connection refused", "goqueue up", id="away"),
        pytest.param(
            replace(API, readiness=replace(READY, status="starting", schema="behind")),
            "warning",
            "it waits for its tables",
            "goqueue db upgrade",
            id="starting",
        ),
        pytest.param(
            replace(API, version="9"), "warning", "this command is 1.2.3", "pip install 'goqueue==9'", id="version"
        ),
        pytest.param(
            replace(API, version=None, error="503 Service Unavailable"), "problem", "503", "its log", id="half-dead"
        ),
        pytest.param(
            replace(API, readiness=replace(READY, redis="degraded")), "warning", "not by the API", "api --check", id="redis"
        ),
    ],
)
def test_what_is_wrong_with_the_api_is_told(api: ApiEvidence, mark: str, finding: str, fix: str) -> None:
    found = only_bad(seen(api=api))
    assert found.mark == mark
    assert finding in found.finding
    assert fix in (found.fix or "")


def test_without_a_worker_the_command_that_starts_one_is_told() -> None:
    found = only_bad(seen(workers=[]))
    assert (found.what, found.mark, found.fix) == ("workers", Mark.WARNING, "goqueue worker")


def test_without_a_worker_a_job_that_is_due_is_a_problem() -> None:
    warned, told = bad(seen(workers=[], due=[{"name": "mail", "due": 2, "is_served": False}]))
    assert (warned.mark, told.mark) == (Mark.WARNING, Mark.PROBLEM)
    assert (told.what, told.fix) == ("queues", "goqueue worker")


def test_of_many_types_only_some_are_listed() -> None:
    many = {**WORKER, "types": {f"type.{number}": "f" for number in range(10)}}
    told = {found.what: found.finding for found in judge(seen(workers=[many]), VERSION)}
    assert told["workers"].endswith("type.6, type.7 and 2 more types")


def test_queue_that_no_live_worker_serves_is_told_with_its_command() -> None:
    due = [{"name": "mail", "due": 1, "is_served": True}, {"name": "images", "due": 3, "is_served": False}]
    found = only_bad(seen(due=due))
    assert found.finding == "images: 3 jobs are due, and no live worker serves it"
    assert found.fix == "goqueue worker --queues images"


def test_queue_that_is_paused_while_jobs_wait_in_it_is_told_with_the_command_that_resumes_it() -> None:
    paused_at = datetime.now(UTC) - timedelta(hours=3, minutes=1)
    paused = QueueInfo(name="mail", queued=12, paused=True, paused_at=paused_at, paused_by="ops")
    empty = QueueInfo(name="images", paused=True, paused_at=paused_at, paused_by="ops")
    found = only_bad(seen(api=replace(API, queues=[paused, empty])))
    assert (found.mark, found.finding) == (Mark.WARNING, "mail: paused 3 h ago by ops, and 12 jobs wait in it")
    assert found.fix == "goqueue queues resume mail"


LEADER = SchedulerLeader(id="1", host="web-1", pid=7, term=3)


def test_schedules_that_a_leader_fires_are_well() -> None:
    sight = SchedulerSight(leader=LEADER, alive=2, lag_seconds=0.1, schedules=3, paused=1)
    told = {found.what: found.finding for found in judge(seen(api=replace(API, scheduler=sight)), VERSION)}
    assert told["schedules"] == "3 schedules (1 paused), 2 schedulers live, web-1:7 leads"


def test_a_scheduler_that_was_lost_is_named() -> None:
    lost = SchedulerInfo(id="1", host="web-1", pid=7, version="1", state="lost", seen_at=datetime.now(UTC))
    api = replace(API, scheduler=SchedulerSight(schedules=1), schedulers=[lost])
    assert "web-1:7 was last heard of" in only_bad(seen(api=api)).finding


def test_where_the_stores_cannot_say_workers_and_queues_are_those_of_the_api() -> None:
    idle = replace(API, handlers=[HandlerInfo(type="mail.send")], queues=[QueueInfo(name="mail", queued=2)])
    assert bad(seen(workers=None, due=None)) == []
    assert [found.what for found in bad(seen(api=idle, workers=None, due=None))] == ["workers", "queues"]


def test_machine_with_the_client_alone_is_well_when_the_api_reaches_the_stores() -> None:
    client_alone = Evidence(
        extras={name: list(modules) for name, modules in EXTRAS.items()},
        api=API,
        names_database=False,
        names_redis=False,
    )
    assert bad(client_alone) == []
    assert [found.what for found in bad(replace(client_alone, api=AWAY))] == ["PostgreSQL", "Redis", "API"]


def test_store_that_only_the_api_reaches_is_well_unless_somebody_named_it_here() -> None:
    refused = seen(postgres={"address": "postgresql://localhost", "error": "refused"}, workers=None, due=None)
    assert bad(replace(refused, names_database=False)) == []
    assert only_bad(refused).what == "PostgreSQL"


class HalfDeadApi:
    """Answers /readyz only."""

    def readiness(self) -> Readiness:
        return READY

    def api_version(self) -> str:
        raise ConnectionFailed("gone")


def test_what_the_api_said_before_it_failed_is_kept() -> None:
    found = ask_api("http://api", HalfDeadApi(), lambda: 0.0)  # type: ignore[arg-type]
    assert (found.readiness, found.version, found.error) == (READY, None, "gone")


def test_settings_that_make_no_sense_are_told_once_in_the_words_of_the_stores() -> None:
    stores, error = ask_stores({"REDIS_URL": "ftp://x"})
    found = only_bad(replace(seen(), stores=stores, store_error=error))
    assert found.finding.startswith("REDIS_URL='ftp://x' is no Redis URL")


OK, WARNING, PROBLEM = (
    Finding(Mark.OK, "a", "b"),
    Finding(Mark.WARNING, "a", "b", "c"),
    Finding(Mark.PROBLEM, "a", "b", "c"),
)


@pytest.mark.parametrize(
    ("findings", "is_well", "said"),
    [
        pytest.param([OK, OK], True, "all is well", id="well"),
        pytest.param([OK, WARNING], True, "it works, with 1 warning", id="warning"),
        pytest.param([PROBLEM, PROBLEM], False, "2 problems", id="problems"),
        pytest.param([PROBLEM, WARNING, WARNING], False, "1 problem and 2 warnings", id="both"),
    ],
)
def test_last_line_sums_up(findings: list[Finding], is_well: bool, said: str) -> None:
    diagnosis = Diagnosis(findings, None)
    assert (diagnosis.is_well, summary(diagnosis)) == (is_well, said)


def test_each_finding_is_a_line_and_what_to_do_stands_below_it(capsys: pytest.CaptureFixture[str]) -> None:
    told = [
        Finding(Mark.OK, "API", "ready"),
        Finding(Mark.PROBLEM, "schema", "behind\x1b[31m\nby one", "goqueue db upgrade"),
    ]
    print_diagnosis(Diagnosis(told, None))
    assert capsys.readouterr().out.splitlines() == [
        "✓  API     ready",
        "✗  schema  behind[31m by one",
        "           fix: goqueue db upgrade",
        "",
        "1 problem",
    ]


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1_000, "1.0 kB"),
        (12_345_678, "12.3 MB"),
        (456_000_000_000, "456 GB"),
        (10**15, "1,000.0 TB"),
    ],
)
def test_size_is_short(count: int, shown: str) -> None:
    assert size(count) == shown


def test_every_extra_is_known_and_its_modules_exist() -> None:
    project = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text())["project"]
    assert set(EXTRAS) <= set(project["optional-dependencies"])
    for modules in EXTRAS.values():
        for module in modules:
            assert importlib.util.find_spec(module), module


def test_extra_that_is_missing_names_what_of_it_and_of_the_stores() -> None:
    assert missing_modules("worker", lambda name: None if name in ("redis", "PIL") else name) == ["redis", "PIL"]
    assert missing_modules("embedded", lambda name: None if name == "redis" else name) == []
