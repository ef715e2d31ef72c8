from __future__ import annotations

import threading
from typing import Any

import pytest
import structlog

from goqueue_common.fingerprint import digest
from goqueue_common.job import Outcome
from goqueue_common.lifecycle import JobEvent
from goqueue_worker.attempt import Attempt, InterruptReason, RunningSlot
from goqueue_worker.event_loop import EventLoop
from goqueue_worker.executor import Executor
from goqueue_worker.handler import Handler
from goqueue_worker.verdicts import Discard
from tests.unit.worker.claimed import FrozenClock, claimed_job


class RecordedServices:
    """Keeps what handlers ask for."""

    def __init__(self) -> None:
        self.asked: list[tuple[Any, ...]] = []

    def report_progress(self, *tick: Any) -> None:
        self.asked.append(("progress", *tick))

    def open_log(self, _job: object) -> RecordedServices:
        return self

    def write(self, level: str, event: str, fields: object, _at: object = None) -> None:
        self.asked.append(("log", level, event, fields))

    def close(self) -> None:
        self.asked.append(("closed",))

    def submit_child(self, _parent: object, job_type: str, payload: object, _options: object) -> str:
        self.asked.append(("submit", job_type, payload))
        return "child-id"


def attempt_of(function: Any, payload: dict[str, Any] | None = None, **fields: Any) -> Attempt:
    return Attempt(claimed_job(payload=payload, **fields), Handler(type="some.type", function=function), 0)


def run(attempt: Attempt, services: RecordedServices | None = None, loop: EventLoop | None = None) -> Outcome:
    return Executor("w1", services or RecordedServices(), FrozenClock(), event_loop=loop).run(attempt, RunningSlot())


@pytest.mark.parametrize("is_async", [False, True])
def test_what_a_handler_binds_to_its_log_ends_with_it(is_async: bool) -> None:
    async def bind_later(_payload: Any, _job: Any) -> None:
        structlog.contextvars.bind_contextvars(customer="Ada")

    def bind(_payload: Any, _job: Any) -> None:
        structlog.contextvars.bind_contextvars(customer="Ada")

    run(attempt_of(bind_later if is_async else bind))
    assert "customer" not in structlog.contextvars.get_contextvars()


def test_a_handler_gets_payload_and_job() -> None:
    services = RecordedServices()

    def function(payload: Any, job: Any) -> Any:
        job.progress(0.5, "half")
        job.log("seen", n=1)
        return {"payload": payload, "attempt": job.attempt, "child": job.submit("other", {"x": 1})}

    outcome = run(attempt_of(function, {"a": 1}, attempt=7), services)
    assert outcome.result == b'{"payload":{"a":1},"attempt":7,"child":"child-id"}'
    assert [asked[0] for asked in services.asked] == ["progress", "log", "submit", "closed"]


@pytest.mark.parametrize("error", [ValueError("x"), SystemExit(1), KeyboardInterrupt()], ids=["error", "exit", "interrupt"])
def test_whatever_a_handler_raises_ends_its_attempt_and_nothing_else(error: BaseException) -> None:
    def function(_payload: Any, _job: Any) -> None:
        raise error

    assert run(attempt_of(function)).event is JobEvent.RETRY_LATER


def test_an_error_whose_text_cannot_be_had_ends_its_attempt_too() -> None:
    class Mute(Exception):
        def __str__(self) -> str:
            raise ValueError("no text")

    def function(_payload: Any, _job: Any) -> None:
        raise Mute

    outcome = run(attempt_of(function))
    assert outcome.event is JobEvent.RETRY_LATER
    assert "Mute: its text cannot be had" in (outcome.error or "")


def test_an_isolated_process_that_cannot_be_started_fails_its_attempt_and_not_the_thread() -> None:
    class Full:
        def run(self, _attempt: Attempt, _slot: RunningSlot) -> Outcome:
            raise OSError("too many open files")

    isolated = Attempt(claimed_job(), Handler(type="some.type", function=print, isolation="process"), 0)
    outcome = Executor("w1", RecordedServices(), FrozenClock(), isolated=Full()).run(isolated, RunningSlot())
    assert (outcome.event, outcome.error) == (JobEvent.RETRY_LATER, "OSError: too many open files")


def test_an_async_handler_that_exits_takes_no_other_with_it() -> None:
    loop = EventLoop()

    async def leave(_payload: Any, _job: Any) -> None:
        raise SystemExit(3)

    async def stay(_payload: Any, _job: Any) -> str:
        return "here"

    assert run(attempt_of(leave), loop=loop).error == "SystemExit: 3"
    assert run(attempt_of(stay), loop=loop).result == b'"here"'
    loop.close()


def test_the_traceback_begins_at_the_handler() -> None:
    def function(_payload: Any, _job: Any) -> None:
        raise ValueError("here")

    entry = run(attempt_of(function)).log_entry
    assert entry is not None
    assert "goqueue_worker" not in entry["traceback"]
    assert "test_executor.py" in entry["traceback"]


def test_a_job_whose_cancel_was_asked_for_never_starts() -> None:
    outcome = run(attempt_of(lambda *_: pytest.fail("it ran"), cancel_requested=True))
    assert outcome.event is JobEvent.CONFIRM_CANCEL


@pytest.mark.parametrize(
    ("reason", "event"),
    [
        pytest.param(InterruptReason.TIMEOUT, JobEvent.RETRY_LATER, id="timeout"),
        pytest.param(InterruptReason.CANCEL, JobEvent.CONFIRM_CANCEL, id="cancel"),
        pytest.param(InterruptReason.SHUTDOWN, JobEvent.RELEASE, id="shutdown"),
    ],
)
def test_an_interrupted_thread_ends_by_its_reason(reason: InterruptReason, event: JobEvent) -> None:
    running = threading.Event()
    slot = RunningSlot()

    def function(_payload: Any, _job: Any) -> None:
        running.set()
        while True:
            try:
                sum(range(1000))
            except Exception:  # noqa: BLE001 - a handler that catches everything cannot catch its interruption
                continue

    attempt = attempt_of(function)
    outcomes: list[Outcome] = []
    executor = Executor("w1", RecordedServices(), FrozenClock())
    thread = threading.Thread(target=lambda: outcomes.append(executor.run(attempt, slot)))
    thread.start()
    assert running.wait(10)
    assert slot.interrupt(attempt, reason, 1.0)
    thread.join(10)
    assert [outcome.event for outcome in outcomes] == [event]


def test_an_interruption_meant_for_one_attempt_never_hits_the_next() -> None:
    slot = RunningSlot()
    first, second = attempt_of(lambda *_: None), attempt_of(lambda *_: None)
    slot.begin(first, 0.0)
    slot.end()
    slot.begin(second, 0.0)
    assert not slot.interrupt(first, InterruptReason.TIMEOUT, 1.0)
    slot.end()
    assert second.reason is None


def test_interruptions_at_any_moment_end_one_attempt_each_and_never_the_thread() -> None:
    slot = RunningSlot()
    executor = Executor("w1", RecordedServices(), FrozenClock())
    attempts = [attempt_of(lambda *_: sum(range(200))) for _ in range(2000)]
    outcomes: list[Outcome] = []

    def run_all() -> None:
        for attempt in attempts:
            outcomes.append(executor.run(attempt, slot))  # noqa: PERF401 - one by one, as the pool does

    thread = threading.Thread(target=run_all)
    thread.start()
    while thread.is_alive():
        if (attempt := slot.attempt) is not None:
            slot.interrupt(attempt, InterruptReason.TIMEOUT, 1.0)
    assert len(outcomes) == len(attempts)
    for attempt, outcome in zip(attempts, outcomes, strict=True):
        assert outcome.event is JobEvent.COMPLETE or attempt.reason is InterruptReason.TIMEOUT


def test_async_handlers_run_on_the_loop_and_their_verdicts_count() -> None:
    loop = EventLoop()

    async def function(payload: Any, _job: Any) -> Any:
        if payload.get("discard"):
            raise Discard("no")
        return {"thread": threading.current_thread().name}

    assert run(attempt_of(function), loop=loop).result == b'{"thread":"event-loop"}'
    assert run(attempt_of(function, {"discard": True}), loop=loop).failure_reason == "discarded"
    loop.close()


def test_a_payload_that_breaks_the_schema_never_reaches_the_handler() -> None:
    schema = {"properties": {"to": {"type": "string"}}, "required": ["to"]}
    handler = Handler(type="some.type", function=lambda payload, _job: payload["to"], schema=schema)
    outcomes = [run(Attempt(claimed_job(payload=payload), handler, 0)) for payload in ({"to": "a"}, {"to": 1}, {})]
    assert [outcome.event for outcome in outcomes] == [JobEvent.COMPLETE, JobEvent.RETRY_LATER, JobEvent.RETRY_LATER]
    assert outcomes[1].error == 'InvalidJob: /payload/to: 1 is not of type "string"'


def broken(order: int) -> None:
    raise ValueError(f"order {order} has no lines")


def plain(payload: Any, _job: Any) -> None:
    broken(payload["order"])


async def waiting(payload: Any, _job: Any) -> None:
    broken(payload["order"])


@pytest.mark.parametrize("loop", [True, False], ids=["loop", "no loop"])
@pytest.mark.parametrize("function", [plain, waiting], ids=["plain", "async"])
def test_the_same_error_of_another_job_has_the_same_fingerprint(function: Any, loop: bool) -> None:
    handler = Handler(type="some.type", function=function)
    event_loop = EventLoop() if loop else None
    outcomes = [run(Attempt(claimed_job(payload={"order": order}), handler, 0), loop=event_loop) for order in (1, 22, 333)]
    if event_loop is not None:
        event_loop.close()
    assert {outcome.fingerprint for outcome in outcomes} == {
        digest("some.type", "ValueError: order <number> has no lines", "worker/test_executor.py:broken")
    }
    assert all(Outcome.decoded(outcome.encoded()) == outcome for outcome in outcomes)
