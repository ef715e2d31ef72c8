from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from goqueue import Attempt, Job, LogLine
from goqueue_cli.job_logs import print_lines
from goqueue_cli.job_page import print_job

AT = datetime(2026, 3, 1, 12, 30, 1, 250_000, tzinfo=UTC)


def lines() -> Iterator[LogLine]:
    hostile: dict[str, Any] = {"text": "a\x1b[31m\nb", "n": {"x": 1}}
    yield LogLine(seq=1, attempt=1, at=AT, level="info", message="sen\x1bding", fields=hostile)
    yield LogLine(seq=2, attempt=2, at=AT, level="warning", message="again", fields={})


def test_lines_are_printed_under_their_attempts(capsys: pytest.CaptureFixture[str]) -> None:
    assert print_lines(lines(), as_json=False)
    assert capsys.readouterr().out.splitlines() == [
        "attempt 1  2026-03-01 UTC",
        '12:30:01.250  info     sending  text=a[31m b n={"x": 1}',
        "attempt 2  2026-03-01 UTC",
        "12:30:01.250  warning  again",
    ]


def test_lines_are_json_one_by_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert print_lines(lines(), as_json=True)
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert (first["seq"], first["at"], first["fields"]["n"]) == (1, "2026-03-01T12:30:01.250000Z", {"x": 1})
    assert second["message"] == "again"


def test_attempts_are_a_table_and_errors_follow(capsys: pytest.CaptureFixture[str]) -> None:
    failed = Attempt(
        attempt=1, worker_id="w1", started_at=AT, wait_seconds=0.012, run_seconds=2, outcome="error", error="bad"
    )
    running = Attempt(attempt=2, worker_id="w2", started_at=AT, wait_seconds=61, outcome="running")
    print_job(Job(id="1", queue="q", type="a", status="processing", attempt_history=(failed, running)), "")
    out = capsys.readouterr().out
    table = out[out.index("attempts\n") :].splitlines()
    assert table[1].split() == ["outcome", "waited", "ran", "started", "worker"]
    assert table[2].split() == ["1", "error", "12", "ms", "2.0", "s", "2026-03-01", "12:30:01", "UTC", "w1"]
    assert table[3].split() == ["2", "running", "1", "min", "1", "s", "2026-03-01", "12:30:01", "UTC", "w2"]
    assert table[4].strip() == "attempt 1: error"
    assert table[5] == "  bad"
