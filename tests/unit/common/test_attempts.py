"""What becomes of remembered attempts when they are shown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from goqueue_common.attempts import SAID, AttemptOutcome, history, remembered

START = datetime(2026, 3, 1, 12, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def entry(number: int, queued: float, started: float, finished: float | None, **said: Any) -> dict[str, Any]:
    return remembered(
        attempt=number,
        worker_id="w",
        queued_at=at(queued),
        started_at=at(started),
        finished_at=None if finished is None else at(finished),
        outcome=AttemptOutcome.ERROR,
        **said,
    )


def test_an_attempt_waited_and_ran() -> None:
    (shown,) = history([entry(1, 0, 2, 5, error="broken", traceback="Traceback")], None)
    assert shown == {
        "attempt": 1,
        "worker_id": "w",
        "queued_at": at(0),
        "started_at": at(2),
        "finished_at": at(5),
        "wait_seconds": 2.0,
        "run_seconds": 3.0,
        "outcome": "error",
        "error": "broken",
        "traceback": "Traceback",
    }


def test_the_present_attempt_is_the_last_and_has_not_ended() -> None:
    present = {"attempt": 2, "worker_id": "w", "queued_at": at(8), "started_at": at(9), "outcome": "running"}
    first, last = history([entry(1, 0, 2, 5)], present)
    assert (first["attempt"], last["attempt"], last["outcome"]) == (1, 2, "running")
    assert (last["wait_seconds"], last["run_seconds"], last["finished_at"]) == (1.0, None, None)


def test_a_job_that_kept_its_place_had_not_waited_while_it_ran() -> None:
    _, second = history([entry(1, 0, 2, 5), entry(2, 0, 7, 8)], None)
    assert (second["queued_at"], second["wait_seconds"]) == (at(5), 2.0)


def test_clocks_that_differ_make_no_time_negative() -> None:
    first, second = history([entry(1, 0, 5, 4), entry(2, 0, 3, 9)], None)
    assert first["run_seconds"] == 0.0
    assert (second["queued_at"], second["wait_seconds"]) == (at(3), 0.0)


def test_entries_of_older_releases_are_shown() -> None:
    old = {name: value for name, value in entry(1, 0, 2, 5).items() if name != "queued_at"}
    (shown,) = history([old], None)
    assert (shown["queued_at"], shown["wait_seconds"], shown["run_seconds"]) == (None, None, 3.0)
    assert set(shown) == {*SAID, "wait_seconds", "run_seconds"}
