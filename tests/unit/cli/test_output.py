from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from goqueue import Attempt, Job
from goqueue_cli.job_page import print_job
from goqueue_cli.output import clean, one_line, pretty_json, print_json, rate_text

HOSTILE = "\x1b]0;owned\x07\x1b[31mred\x9b2J [bold]x[/bold]"


def test_instructions_to_a_terminal_are_taken_out() -> None:
    assert clean(HOSTILE) == "]0;owned[31mred2J [bold]x[/bold]"
    assert clean("a\tb\nc\r\n") == "a\tb\nc\n"
    assert one_line(" a\n\x1bb ") == "a b"
    assert clean("user\u202etxt.exe\u2066") == "usertxt.exe"


def test_page_of_a_job_shows_hostile_text_as_text(capsys: pytest.CaptureFixture[str]) -> None:
    attempt = Attempt(attempt=1, outcome="error", error=HOSTILE, traceback=HOSTILE)
    job = Job(
        id="1",
        queue=HOSTILE,
        type="a",
        status="failed",
        error=HOSTILE,
        payload={"x": HOSTILE},
        tags=(HOSTILE,),
        attempt_history=(attempt,),
    )
    print_job(job, "")
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "\x9b" not in out
    assert out.count("[bold]x[/bold]") == 5


def test_json_has_the_fields_and_times_of_the_api(capsys: pytest.CaptureFixture[str]) -> None:
    at = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
    job = Job(
        id="1", queue="q", type="a", status="failed", created_at=at, attempt_history=(Attempt(attempt=1, started_at=at),)
    )
    print_json([job])
    printed = json.loads(capsys.readouterr().out)
    assert printed[0]["created_at"] == printed[0]["attempt_history"][0]["started_at"] == "2026-03-01T12:00:00Z"
    assert printed[0]["tags"] == []


def test_json_is_ascii_so_that_no_terminal_is_steered_and_no_encoding_fails(capsys: pytest.CaptureFixture[str]) -> None:
    value = {"a": "café \x9b \u202e \ud800"}
    print_json(value)
    printed = capsys.readouterr().out
    assert printed.isascii()
    assert json.loads(printed) == value


def test_short_json_stays_on_one_line() -> None:
    assert pretty_json({"a": 1}) == '{"a": 1}'
    assert pretty_json({"a": "x" * 100}).count("\n") == 2


@pytest.mark.parametrize(("rate", "shown"), [(0.0, "0"), (0.2, "0.2"), (9.4, "9.4"), (12.6, "13"), (1234.5, "1,234")])
def test_a_small_rate_is_not_nothing(rate: float, shown: str) -> None:
    assert rate_text(rate) == shown
