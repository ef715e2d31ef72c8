from __future__ import annotations

import pytest

from goqueue_common.lifecycle import FailureReason, JobEvent
from goqueue_common.retry_policy import RetryPolicy
from goqueue_worker.outcomes import MAX_TRACEBACK_BYTES, AttemptEnd, one_line
from goqueue_worker.verdicts import Cancel, Discard, Retry, Snooze
from tests.unit.worker.claimed import FrozenClock, claimed_job

STEADY = RetryPolicy(base=4.0, factor=2.0, jitter=False)


def end(**fields: object) -> AttemptEnd:
    return AttemptEnd(claimed_job(**fields), STEADY, "w1", FrozenClock())  # type: ignore[arg-type]  # fields of a job


def test_nothing_returned_completes_without_a_result() -> None:
    outcome = end().returned(None)
    assert (outcome.event, outcome.result, outcome.log_entry) == (JobEvent.COMPLETE, None, None)


@pytest.mark.parametrize("value", [{"a": 1}, [1, 2], "text", 3, False], ids=repr)
def test_whatever_is_json_is_a_result(value: object) -> None:
    assert end().returned(value).event is JobEvent.COMPLETE


@pytest.mark.parametrize(
    "value",
    [{1, 2}, "a\x00b", "\ud800", 2**70, "x" * 300_000],
    ids=["set", "nul", "surrogate", "huge integer", "too large"],
)
def test_a_result_that_cannot_be_stored_is_an_error(value: object) -> None:
    outcome = end().returned(value)
    assert outcome.event is JobEvent.RETRY_LATER
    assert "result cannot be stored" in (outcome.error or "")


@pytest.mark.parametrize(
    ("failures", "max_retries", "event", "delay"),
    [
        pytest.param(0, 3, JobEvent.RETRY_LATER, 4.0, id="first failure"),
        pytest.param(2, 3, JobEvent.RETRY_LATER, 16.0, id="last retry"),
        pytest.param(3, 3, JobEvent.FAIL, None, id="none left"),
        pytest.param(0, 0, JobEvent.FAIL, None, id="never retried"),
    ],
)
def test_an_error_is_retried_while_failures_are_within_max_retries(
    failures: int, max_retries: int, event: JobEvent, delay: float | None
) -> None:
    outcome = end(failures=failures, max_retries=max_retries).raised(ValueError("bad"))
    assert (outcome.event, outcome.delay_seconds, outcome.error) == (event, delay, "ValueError: bad")
    assert outcome.failure_reason == (FailureReason.EXHAUSTED if event is JobEvent.FAIL else None)
    assert outcome.log_entry is not None
    assert (outcome.log_entry["outcome"], outcome.log_entry["worker_id"]) == ("error", "w1")


def test_a_timeout_without_retries_left_says_so() -> None:
    outcome = end(max_retries=0).timed_out(1.5)
    assert (outcome.event, outcome.failure_reason) == (JobEvent.FAIL, FailureReason.TIMEOUT)
    assert outcome.error == "timeout: the attempt took longer than 1.5 s"


@pytest.mark.parametrize("how", ["said", "returned"])
@pytest.mark.parametrize(
    ("verdict", "event", "delay", "reason"),
    [
        pytest.param(Retry(7), JobEvent.RETRY_LATER, 7.0, None, id="retry"),
        pytest.param(Snooze(9), JobEvent.SNOOZE, 9.0, None, id="snooze"),
        pytest.param(Discard("why"), JobEvent.FAIL, None, FailureReason.DISCARDED, id="discard"),
        pytest.param(Cancel(), JobEvent.CONFIRM_CANCEL, None, None, id="cancel"),
    ],
)
def test_verdicts_may_be_raised_or_returned(
    how: str, verdict: Exception, event: JobEvent, delay: float | None, reason: FailureReason | None
) -> None:
    outcome = getattr(end(), how)(verdict)
    assert (outcome.event, outcome.delay_seconds, outcome.failure_reason) == (event, delay, reason)


def test_a_verdict_with_a_time_that_makes_no_sense_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="Snooze"):
        Snooze(-1)


def test_errors_become_one_storable_line() -> None:
    assert one_line("first\nsecond") == "first"
    assert one_line("nul \x00 and \ud800") == "nul \\x00 and \\ud800"
    assert len(one_line("x" * 5000)) == 1000


def test_a_long_traceback_keeps_its_end() -> None:
    def deep(n: int) -> None:
        if n == 0:
            raise RuntimeError("at the bottom" + "y" * 9000)
        deep(n - 1)

    try:
        deep(50)
    except RuntimeError as error:
        trace = end().raised(error).log_entry["traceback"]  # type: ignore[index]  # an error has an entry
    assert len(trace.encode()) <= MAX_TRACEBACK_BYTES
    assert trace.endswith("y\n")


def test_failures_alone_have_a_fingerprint() -> None:
    failures = [
        end().raised(ValueError("x")),
        end(max_retries=0).raised(ValueError("x")),
        end().timed_out(1.5),
        end().said(Discard("no such order")),
        end().said(Retry(5, "later")),
        end().returned({1, 2}),
    ]
    assert all(outcome.fingerprint is not None for outcome in failures)
    assert failures[0].fingerprint == failures[1].fingerprint
    assert len({outcome.fingerprint for outcome in failures}) == 5
    others = [end().returned({}), end().said(Snooze(1)), end().said(Cancel()), end().cancelled(), end().released()]
    assert [outcome.fingerprint for outcome in others] == [None] * 5


def test_of_a_long_traceback_the_fingerprint_is_that_of_a_short_one() -> None:
    def deeper(levels: int) -> None:
        if levels == 0:
            raise ValueError("deep")
        other(levels)

    def other(levels: int) -> None:
        deeper(levels - 1)

    found = []
    for levels in (3, 200):
        try:
            deeper(levels)
        except ValueError as error:
            found.append(end().raised(error))
    assert found[1].log_entry is not None
    assert found[1].log_entry["traceback"].startswith("…")
    assert found[0].fingerprint == found[1].fingerprint
