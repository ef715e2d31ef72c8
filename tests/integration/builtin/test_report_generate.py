"""Reports of jobs in a real PostgreSQL: every format, into the result and into files."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from goqueue_builtin import report_generate
from goqueue_builtin.report.source import close_reports, reports
from goqueue_builtin.report_generate import SCHEMA, generate_report
from goqueue_common.database import Database
from goqueue_worker import Discard
from goqueue_worker.handler import hook_moment
from tests.factories import eventually
from tests.integration.builtin.attempts import Recording, attempt
from tests.stored_jobs import store_job
from tests.unit.builtin.page_reader import PageReader
from tests.unit.builtin.some_report import EVIL

SetEnvironment = Callable[..., None]

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
TWO_HOURS = {"since": "2026-03-03T12:00:00Z", "until": "2026-03-03T14:00:00Z"}
ACCEPTED = jsonschema_rs.validator_for(SCHEMA, offline=True)


@pytest.fixture
def _worker(worker_environment: SetEnvironment, tmp_path: Path) -> None:
    worker_environment(GOQUEUE_MEDIA_ROOT=str(tmp_path))


@pytest.fixture
def jobs(database: Database) -> None:
    """Two mails completed in the first hour, one failed in the second, and an image that waits."""
    store_job(database, NOON, type_="mail", queue="mails", wait=1.0, run=2.0)
    store_job(database, NOON + timedelta(minutes=59), type_="mail", queue="mails", wait=3.0, run=4.0)
    store_job(database, NOON + timedelta(minutes=60), "failed", type_="mail", wait=0.0, failures=4, error="broken")
    store_job(database, NOON + timedelta(minutes=90), "queued", type_="image")


def report(payload: dict[str, Any]) -> dict[str, Any]:
    ACCEPTED.validate(payload)
    result = generate_report(payload, attempt())
    assert json.loads(json.dumps(result)) == result
    return result


@pytest.mark.usefixtures("_worker")
class TestResult:
    def test_an_empty_payload_reports_the_last_day_as_json(self, database: Database) -> None:
        now = datetime.now(UTC)
        store_job(database, now - timedelta(hours=23))
        store_job(database, now - timedelta(hours=25))
        result = report({})
        assert (result["format"], result["totals"]["created"], result["totals"]["completed"]) == ("json", 1, 1)
        since, until = (datetime.fromisoformat(result[name]) for name in ("since", "until"))
        assert until - since == timedelta(days=1)
        assert now <= until <= datetime.now(UTC)
        assert result["report"]["totals"] == result["totals"]
        assert sum(item["created"] for item in result["report"]["series"]) == 1

    @pytest.mark.usefixtures("jobs")
    def test_figures_are_those_of_the_jobs(self) -> None:
        result = report(TWO_HOURS)
        assert {name: count for name, count in result["totals"].items() if count} == {
            "created": 4,
            "completed": 2,
            "failed": 1,
            "queued": 1,
            "failures": 4,
        }
        mail, image = result["report"]["by_type"]
        assert mail == {
            "type": "mail",
            "created": 3,
            "completed": 2,
            "failed": 1,
            "cancelled": 0,
            "unfinished": 0,
            "failures": 4,
            "rescues": 0,
            "run_seconds_average": 3.0,
            "run_seconds_p50": 3.0,
            "run_seconds_p95": 3.9,
            "wait_seconds_average": 1.333,
            "wait_seconds_p95": 2.8,
        }
        assert (image["type"], image["unfinished"], image["run_seconds_p50"]) == ("image", 1, None)
        assert [item["queue"] for item in result["report"]["by_queue"]] == ["default", "mails"]
        assert result["report"]["series"] == [
            {"since": "2026-03-03T12:00:00+00:00", "created": 2, "completed": 2, "failed": 0},
            {"since": "2026-03-03T13:00:00+00:00", "created": 2, "completed": 0, "failed": 1},
        ]
        assert result["report"]["errors"] == [{"error": "broken", "jobs": 1}]

    @pytest.mark.usefixtures("jobs")
    @pytest.mark.parametrize(
        ("restriction", "created"),
        [({"queues": ["mails"]}, 2), ({"types": ["mail"]}, 3), ({"queues": ["default"], "types": ["mail"]}, 1)],
    )
    def test_queues_and_types_restrict(self, restriction: dict[str, Any], created: int) -> None:
        assert report(TWO_HOURS | restriction)["totals"]["created"] == created

    @pytest.mark.usefixtures("jobs")
    def test_a_day_is_a_day_of_the_zone(self) -> None:
        week = {"since": "2026-03-01T00:00:00Z", "until": "2026-03-07T00:00:00Z"}
        series = report(week | {"timezone": "Pacific/Auckland"})["report"]["series"]
        assert [(item["since"], item["created"]) for item in series if item["created"]] == [
            ("2026-03-04T00:00:00+13:00", 4)
        ]

    @pytest.mark.usefixtures("jobs")
    def test_a_table_is_in_the_result_as_text(self) -> None:
        rows = list(csv.DictReader(io.StringIO(report(TWO_HOURS | {"format": "csv"})["report"], newline="")))
        assert [(row["group"], row["name"], row["created"]) for row in rows] == [
            ("type", "mail", "3"),
            ("type", "image", "1"),
            ("queue", "default", "2"),
            ("queue", "mails", "2"),
        ]

    def test_a_report_of_nothing_is_a_report(self) -> None:
        for format_ in ("json", "csv", "html"):
            assert report({"format": format_})["totals"]["created"] == 0

    def test_a_report_too_large_for_a_result_asks_for_a_file(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(report_generate, "MAX_DOCUMENT_BYTES", 1000)
        with pytest.raises(Discard, match=r"the report has [\d,]+ bytes, a result at most 1,000: give output"):
            report({})

    def test_what_jobs_are_called_and_say_is_shown_as_text(self, database: Database) -> None:
        store_job(database, NOON, "failed", type_=EVIL, queue=EVIL, error=EVIL)
        page = PageReader(report(TWO_HOURS | {"format": "html"})["report"])
        assert "script" not in page.names
        assert page.outside_references() == []
        assert [row[0] for row in page.rows].count(EVIL) == 4


@pytest.mark.usefixtures("_worker", "jobs")
class TestOutput:
    def test_a_page_is_written_below_the_media_root(self, tmp_path: Path) -> None:
        result = report(TWO_HOURS | {"format": "html", "output": "reports/today.html"})
        content = (tmp_path / "reports" / "today.html").read_bytes()
        assert (result["path"], result["bytes"]) == ("reports/today.html", len(content))
        assert "report" not in result
        assert ["mail", "3", "2", "1", "0", "0", "4"] in PageReader(content.decode()).rows

    def test_a_document_and_a_table_are_written_as_they_would_be_returned(self, tmp_path: Path) -> None:
        report(TWO_HOURS | {"output": "a.json"})
        report(TWO_HOURS | {"format": "csv", "output": "a.csv"})
        assert json.loads((tmp_path / "a.json").read_bytes()) == report(TWO_HOURS)["report"]
        assert (tmp_path / "a.csv").read_bytes().decode() == report(TWO_HOURS | {"format": "csv"})["report"]

    @pytest.mark.parametrize("path", ["../a.html", "/etc/a.html", "a/../../b"])
    def test_a_path_elsewhere_is_refused_before_anything_is_counted(
        self, path: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(reports, "store", lambda: pytest.fail("it was counted"))
        with pytest.raises(Discard, match="GOQUEUE_MEDIA_ROOT"):
            report({"output": path})


@pytest.mark.usefixtures("_worker")
def test_progress_is_told() -> None:
    services = Recording()
    generate_report({}, attempt(services))
    assert services.progress == [(0.0, "counting"), (0.9, "writing")]


@pytest.mark.parametrize(
    "payload",
    [
        {"period": "tomorrow"},
        {"period": "today", "since": "2026-03-01T00:00:00Z"},
        {"until": "2026-03-01T00:00:00Z"},
        {"since": "2026-03-01"},
        {"since": "2026-03-01T00:00:00"},
        {"timezone": "../../etc/passwd"},
        {"format": "pdf"},
        {"output": ""},
        {"queues": "default"},
        {"types": ["<script>"]},
        {"rows": 5},
    ],
)
def test_the_schema_refuses(payload: dict[str, Any]) -> None:
    assert not ACCEPTED.is_valid(payload)


def test_the_connection_is_opened_by_the_first_report_and_closed_at_the_end(
    worker_environment: SetEnvironment,
    database: Database,
) -> None:
    def connections() -> int:
        rows = database.run("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'goqueue-report'")
        return int(rows[0][0])

    worker_environment()
    assert connections() == 0
    for _ in range(3):
        generate_report({}, attempt())
    assert connections() == 1
    assert hook_moment(close_reports) == "stop"
    close_reports()
    eventually(lambda: connections() == 0)


@pytest.mark.usefixtures("_worker")
def test_reports_at_the_same_time_wait_for_each_other(jobs: None) -> None:
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda _: report(TWO_HOURS), range(16)))
    assert {result["totals"]["created"] for result in results} == {4}
