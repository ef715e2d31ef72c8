from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any

import pytest

from goqueue_common.errors import SettingsError
from goqueue_worker import Cancel, Discard, JobContext, Retry, RetryPolicy, Snooze, handler, on_start, on_stop, register
from goqueue_worker.testing import InvalidJob, PayloadTooLarge, hooks, job_context, run

GREETING = {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}


@handler("greet", schema=GREETING)
def greet(payload: dict[str, Any], job: JobContext) -> dict[str, Any]:
    return {"greeting": f"Hello {payload['name']}"}


@handler("echo")
def echo(payload: dict[str, Any], job: JobContext) -> dict[str, Any]:
    return {"payload": payload, "types": [type(value).__name__ for value in payload.values()]}


@handler("say", max_retries=1, backoff=RetryPolicy(base=7.0, jitter=False))
def say(payload: dict[str, Any], job: JobContext) -> object:
    said = {
        "retry": Retry(30, "come again"),
        "snooze": Snooze(60),
        "discard": Discard("useless"),
        "cancel": Cancel("nobody wants it"),
        "error": ValueError("broken"),
        "exit": SystemExit(3),
        "set": {1},
    }[payload["what"]]
    if isinstance(said, BaseException) and payload.get("raises", True):
        raise said
    return said


def test_run_answers_what_the_handler_returned() -> None:
    done = run(greet, {"name": "Ada"})
    assert (done.status, done.result, done.error, done.exception) == ("completed", {"greeting": "Hello Ada"}, None, None)
    assert (done.retry_in, done.failure_reason) == (None, None)
    assert (done.progress, done.logs, done.children) == ([], [], [])


@pytest.mark.parametrize(
    ("what", "attempt", "ended"),
    [
        pytest.param("retry", 1, ("retrying", "come again", 30.0, None), id="retry"),
        pytest.param("retry", 2, ("failed", "come again", None, "exhausted"), id="retry with none left"),
        pytest.param("snooze", 1, ("scheduled", None, 60.0, None), id="snooze"),
        pytest.param("discard", 1, ("failed", "useless", None, "discarded"), id="discard"),
        pytest.param("cancel", 1, ("cancelled", "nobody wants it", None, None), id="cancel"),
        pytest.param("error", 1, ("retrying", "ValueError: broken", 7.0, None), id="error"),
        pytest.param("error", 2, ("failed", "ValueError: broken", None, "exhausted"), id="last error"),
        pytest.param("exit", 2, ("failed", "SystemExit: 3", None, "exhausted"), id="exit"),
    ],
)
def test_run_ends_as_the_job_would(what: str, attempt: int, ended: tuple[Any, ...]) -> None:
    done = run(say, {"what": what}, attempt=attempt)
    assert (done.status, done.error, done.retry_in, done.failure_reason) == ended
    assert done.exception is not None
    assert done.result is None


def test_a_verdict_may_be_returned_too() -> None:
    done = run(say, {"what": "discard", "raises": False})
    assert (done.status, done.failure_reason, done.exception) == ("failed", "discarded", None)


def test_a_result_that_is_no_json_fails_the_attempt() -> None:
    done = run(say, {"what": "set"})
    assert done.status == "retrying"
    assert "result cannot be stored" in (done.error or "")


def test_the_exception_can_be_raised_and_shows_where_it_came_from() -> None:
    done = run(say, {"what": "error"})
    assert done.exception is not None
    with pytest.raises(ValueError, match="broken") as caught:
        raise done.exception
    assert "say" in [entry.name for entry in caught.traceback]


def test_max_retries_of_the_job_come_before_those_of_the_handler() -> None:
    assert run(say, {"what": "error"}, max_retries=0).status == "failed"
    assert run(say, {"what": "error"}, failures=4, max_retries=9).status == "retrying"


@pytest.mark.parametrize(
    ("fields", "counted"),
    [
        pytest.param({}, (1, 0), id="first"),
        pytest.param({"attempt": 3}, (3, 2), id="attempt alone: those before failed"),
        pytest.param({"failures": 2}, (3, 2), id="failures alone"),
        pytest.param({"attempt": 3, "failures": 0}, (3, 0), id="snoozed twice"),
    ],
)
def test_attempt_and_failures_follow_from_each_other(fields: Any, counted: tuple[int, int]) -> None:
    job = job_context(**fields)
    assert (job.attempt, job.failures) == counted


@pytest.mark.parametrize(
    "fields",
    [{"attempt": 0}, {"failures": -1}, {"attempt": 2, "failures": 2}],
    ids=["no attempt", "negative", "more failures than attempts before"],
)
def test_an_attempt_that_cannot_be_is_refused(fields: Any) -> None:
    with pytest.raises(ValueError, match="cannot be: each failure was an attempt before this one"):
        job_context(**fields)


def test_a_handler_sees_the_job_that_the_test_describes() -> None:
    created = datetime(2026, 1, 2, tzinfo=UTC)
    job = job_context(
        "order.ship", job_id="order-1", queue="slow", tags=["a", "b"], created_at=created, timeout=30, max_retries=5
    )
    assert (job.id, job.type, job.queue, job.tags, job.created_at) == ("order-1", "order.ship", "slow", ["a", "b"], created)
    assert (job.max_retries, job.cancelled) == (5, False)
    assert job.deadline is not None
    assert job.deadline - datetime.now(UTC) < timedelta(seconds=30)
    assert job_context().deadline is None


def test_two_jobs_have_two_ids() -> None:
    assert job_context().id != job_context().id


def test_the_timeout_of_the_handler_is_its_deadline() -> None:
    @handler("deadline", timeout=60)
    def function(_payload: object, job: JobContext) -> bool:
        return job.deadline is not None

    assert run(function).result is True


def test_a_payload_arrives_as_json_carries_it() -> None:
    done = run(echo, {"pair": (1, 2), "at": datetime(2026, 1, 2, tzinfo=UTC), "map": {1: "one"}})
    assert done.result["payload"] == {"pair": [1, 2], "at": "2026-01-02T00:00:00+00:00", "map": {"1": "one"}}
    assert done.result["types"] == ["list", "str", "dict"]


def test_a_payload_is_a_copy() -> None:
    payload = {"lines": [1]}
    handled = []

    @handler("takes.apart")
    def function(payload: dict[str, Any], _job: JobContext) -> None:
        handled.append(payload["lines"].pop())

    assert run(function, payload).status == "completed"
    assert (payload, handled) == ({"lines": [1]}, [1])


@pytest.mark.parametrize(
    ("payload", "says"),
    [
        pytest.param({"x": {1, 2}}, "/payload: cannot be written as JSON: {1, 2} is of type set", id="set"),
        pytest.param({"x": datetime(2026, 1, 2)}, "/payload: cannot be written as JSON", id="naive time"),  # noqa: DTZ001
        pytest.param({"x": float("nan")}, "/payload: cannot be written as JSON", id="NaN"),
        pytest.param({"x": "\0"}, "U+0000", id="NUL"),
        pytest.param({"x": 2**64}, "/payload: is not JSON that can be stored", id="integer beyond 64 bits"),
        pytest.param([1], "/payload: must be an object, not [1]", id="no object"),
    ],
)
def test_run_refuses_a_payload_that_no_client_could_submit(payload: Any, says: str) -> None:
    with pytest.raises(InvalidJob) as refused:
        run(echo, payload)
    assert says in str(refused.value)


def test_run_refuses_a_payload_that_is_too_large() -> None:
    with pytest.raises(PayloadTooLarge, match="at most 262,144 are allowed"):
        run(echo, {"x": "y" * 300_000})


def test_run_refuses_a_payload_that_breaks_the_schema_in_the_words_of_the_api() -> None:
    with pytest.raises(InvalidJob) as refused:
        run(greet, {"name": 1})
    assert str(refused.value) == '/payload/name: 1 is not of type "string"'


@pytest.mark.parametrize("fields", [{"queue": "bad name"}, {"tags": [""]}, {"max_retries": -1}, {"timeout": 0}], ids=str)
def test_run_refuses_what_a_submit_refuses(fields: Any) -> None:
    with pytest.raises(InvalidJob):
        run(echo, **fields)


def test_what_a_handler_asks_for_is_kept() -> None:
    @handler("asks")
    def function(payload: dict[str, Any], job: JobContext) -> list[str]:
        job.progress(0.5, "half")
        job.progress(1.0)
        job.log("sending", to="ada")
        return [
            job.submit("label.print", {"n": (1,)}, name="one", tags=("x",), delay=5, priority="high"),
            job.submit("label.print", {"n": 2}, queue="other", max_retries=0, timeout=9),
        ]

    done = run(function, queue="mine")
    assert done.progress == [(0.5, "half"), (1.0, None)]
    assert done.logs == [("info", "sending", {"to": "ada"})]
    first, second = done.children
    assert [first.id, second.id] == done.result
    assert (first.type, first.payload, first.name, first.queue) == ("label.print", {"n": [1]}, "one", "mine")
    assert (first.priority, first.delay, first.max_retries, first.timeout, first.tags) == ("high", 5, None, None, ("x",))
    assert (second.name, second.queue, second.max_retries, second.timeout) == (None, "other", 0, 9)


def test_a_child_is_the_same_for_the_same_name_in_every_attempt() -> None:
    @handler("parent")
    def function(_payload: object, job: JobContext) -> list[str]:
        return [job.submit("child", {"n": n}, name="only") for n in (1, 2)]

    first, again = run(function, job_id="a"), run(function, job_id="a", attempt=2)
    assert [child.payload for child in first.children] == [{"n": 1}]
    assert len({*first.result, *again.result}) == 1
    assert run(function, job_id="b").result != first.result


@pytest.mark.parametrize("child", [{"type": "bad type"}, {"type": "x", "priority": "urgent"}], ids=["type", "priority"])
def test_a_child_that_would_be_refused_is_an_error_of_the_handler(child: dict[str, str]) -> None:
    @handler("parent.of.nonsense")
    def function(_payload: object, job: JobContext) -> str:
        return job.submit(**child)  # type: ignore[arg-type]  # what a handler may get wrong

    assert isinstance(run(function).exception, InvalidJob)


def test_a_cancel_request_is_seen_by_the_handler() -> None:
    @handler("looks")
    def function(payload: dict[str, Any], job: JobContext) -> bool:
        if payload.get("fails"):
            raise ValueError
        return job.cancelled

    seen = run(function, cancelled=True)
    assert (seen.status, seen.result) == ("completed", True)
    gone = run(function, {"fails": True}, cancelled=True)
    assert (gone.status, gone.retry_in, gone.failure_reason) == ("cancelled", None, None)
    assert job_context(cancelled=True).cancelled


@handler("awaits")
async def awaits(payload: dict[str, Any], job: JobContext) -> dict[str, Any]:
    await asyncio.sleep(0)
    if payload.get("fails"):
        raise ValueError("async")
    return {"attempt": job.attempt}


def test_async_handlers_run_and_leave_no_thread() -> None:
    before = threading.active_count()
    assert run(awaits, attempt=2).result == {"attempt": 2}
    assert str(run(awaits, {"fails": True}).exception) == "async"
    assert threading.active_count() == before


def test_async_handlers_run_in_async_tests_too() -> None:
    before = threading.active_count()

    async def test() -> object:
        return run(awaits).result

    assert asyncio.run(test()) == {"attempt": 1}
    assert threading.active_count() == before


def test_isolated_handlers_run_in_the_process_of_the_test() -> None:
    seen = []

    @handler("isolated", isolation="process")
    def function(_payload: object, _job: JobContext) -> None:
        seen.append(threading.get_ident())

    assert run(function).status == "completed"
    assert seen == [threading.get_ident()]


@pytest.mark.parametrize("stop", [KeyboardInterrupt, pytest.fail.Exception], ids=["Ctrl-C", "pytest.fail"])
@pytest.mark.parametrize("is_async", [False, True], ids=["plain", "async"])
def test_what_is_meant_for_the_test_runner_comes_out(stop: type[BaseException], is_async: bool) -> None:
    def plain(_payload: object, _job: JobContext) -> None:
        raise stop

    async def coroutine(_payload: object, _job: JobContext) -> None:
        raise stop

    function: Callable[..., Any] = coroutine if is_async else plain
    register("stops", function)
    with pytest.raises(stop):
        run(function)


def test_run_refuses_a_function_that_was_not_declared() -> None:
    with pytest.raises(SettingsError, match="was not declared: put @handler"):
        run(lambda _payload, _job: None)


def test_a_function_of_several_types_needs_the_type() -> None:
    def function(_payload: object, job: JobContext) -> str:
        return job.type

    register("one", function)
    register("two", function)
    assert run(function, type="two").result == "two"
    with pytest.raises(SettingsError, match=r"is the handler of 'one', 'two': choose by type="):
        run(function)
    with pytest.raises(SettingsError, match=r"is the handler of 'one', 'two', not of 'three': choose by type="):
        run(function, type="three")


def test_a_handler_called_directly_behaves_like_a_function() -> None:
    job = job_context()
    assert greet({"name": "Ada"}, job) == {"greeting": "Hello Ada"}
    with pytest.raises(KeyError):
        greet({}, job)
    job.log("seen", n=1)
    assert job.recorded.logs == [("info", "seen", {"n": 1})]


def test_hooks_run_around_the_block_and_not_by_themselves() -> None:
    module = ModuleType("jobs")
    said: list[str] = []

    @on_start
    def connect() -> None:
        said.append("start")

    @on_stop
    def disconnect() -> None:
        said.append("stop")

    module.__dict__.update(connect=connect, again=connect, disconnect=disconnect, other=[], greet=greet)
    run(greet, {"name": "Ada"})
    assert said == []
    with hooks(module):
        said.append("block")
    assert said == ["start", "block", "stop"]
