"""Concurrent submissions share one statement, and none of them pays for another's trouble."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from types import SimpleNamespace

import pytest

from goqueue_common.clock import SystemClock
from goqueue_common.database import LOCK_TIMEOUT
from goqueue_common.errors import IdempotencyKeyReused, StoreUnavailable
from goqueue_common.group_commit import GroupCommit
from goqueue_common.lifecycle import JobStatus
from goqueue_common.new_job import NewJob, Submission, Submitted
from tests.factories import eventually

CALLERS = 6


class _LockTimeout(Exception):
    orig = SimpleNamespace(pgcode=LOCK_TIMEOUT)


class Store:
    """Stores once it is let go."""

    def __init__(self, check: Callable[[Sequence[Submission]], None] = lambda _: None) -> None:
        self.groups: list[list[str]] = []
        self.sent_on: list[str] = []
        self.go = threading.Event()
        self._check = check

    def __call__(self, submissions: Sequence[Submission]) -> list[Submitted | IdempotencyKeyReused]:
        self.groups.append([submission.job.type for submission in submissions])
        assert self.go.wait(10)
        self._check(submissions)
        return [_submitted(submission.job) for submission in submissions]

    def send_on(self, submissions: Sequence[Submission], answers: Sequence[Submitted]) -> None:
        """What follows the commit."""
        assert [answer.id for answer in answers] == [submission.job.id for submission in submissions]
        self.sent_on += [submission.job.type for submission in submissions]


def _submitted(job: NewJob) -> Submitted:
    now = SystemClock().now()
    return Submitted(id=job.id, status=JobStatus.QUEUED, run_at=None, queued_at=now, created_at=now, max_retries=0)


def _job(name: str, payload: object = None) -> Submission:
    return Submission(NewJob.checked(name, payload={"of": payload}))


class Callers:
    """Two that are in the middle of storing, none of which waits for the other, and others that wait for them."""

    def __init__(self, store: Store, group: GroupCommit, others: Sequence[Submission]) -> None:
        self.threads = ThreadPoolExecutor(len(others) + 2)
        self.first = self.threads.submit(group.submit, _job("first"))
        eventually(lambda: store.groups == [["first"]])
        self.threads.submit(group.submit, _job("second"))
        eventually(lambda: store.groups == [["first"], ["second"]])
        self.others: list[Future[Submitted]] = [self.threads.submit(group.submit, other) for other in others]
        eventually(lambda: group.waiting == len(others))


def test_who_comes_while_one_is_stored_is_stored_together() -> None:
    store = Store()
    group = GroupCommit(store, store.send_on)
    jobs = [_job(f"job{number}") for number in range(CALLERS)]
    callers = Callers(store, group, jobs)
    store.go.set()
    assert [caller.result(10).id for caller in callers.others] == [job.job.id for job in jobs]
    assert sorted(store.groups[2]) == [job.job.type for job in jobs]
    assert len(store.groups) == 3
    eventually(lambda: sorted(store.sent_on) == sorted(["first", "second", *store.groups[2]]))


def test_alone_each_is_stored_at_once() -> None:
    store = Store()
    store.go.set()
    group = GroupCommit(store, store.send_on)
    assert [group.submit(_job(name)).status for name in "ab"] == [JobStatus.QUEUED] * 2
    assert store.groups == [["a"], ["b"]]


def test_a_row_that_is_refused_spoils_no_other() -> None:
    def refuse_bad(submissions: Sequence[Submission]) -> None:
        if any(submission.job.type == "bad" for submission in submissions):
            raise ValueError("a bad row")

    store = Store(refuse_bad)
    group = GroupCommit(store, store.send_on)
    callers = Callers(store, group, [_job("good"), _job("bad"), _job("fine")])
    store.go.set()
    good, bad, fine = callers.others
    assert {good.result(10).status, fine.result(10).status} == {JobStatus.QUEUED}
    with pytest.raises(ValueError, match="a bad row"):
        bad.result(10)
    eventually(lambda: sorted(store.sent_on) == ["fine", "first", "good", "second"])


def test_who_is_refused_alone_gets_an_error_and_is_neither_sent_on_nor_asked_again() -> None:
    class Refusing(Store):
        def __call__(self, submissions: Sequence[Submission]) -> list[Submitted | IdempotencyKeyReused]:
            stored = super().__call__(submissions)
            return [
                IdempotencyKeyReused("used before") if submission.job.type == "reused" else answer
                for submission, answer in zip(submissions, stored, strict=True)
            ]

    store = Refusing()
    group = GroupCommit(store, store.send_on)
    callers = Callers(store, group, [_job("good"), _job("reused")])
    store.go.set()
    good, reused = callers.others
    assert good.result(10).status == JobStatus.QUEUED
    with pytest.raises(IdempotencyKeyReused, match="used before"):
        reused.result(10)
    eventually(lambda: sorted(store.sent_on) == ["first", "good", "second"])
    assert len(store.groups) == 3


def test_a_row_that_waits_for_a_lock_makes_only_its_own_caller_wait() -> None:
    def wait_for_bad(submissions: Sequence[Submission]) -> None:
        if any(submission.job.type == "bad" for submission in submissions):
            raise StoreUnavailable("canceling statement due to lock timeout") from _LockTimeout()

    store = Store(wait_for_bad)
    group = GroupCommit(store, store.send_on)
    callers = Callers(store, group, [_job("good"), _job("bad")])
    store.go.set()
    good, bad = callers.others
    assert good.result(10).status == JobStatus.QUEUED
    with pytest.raises(StoreUnavailable, match="lock timeout"):
        bad.result(10)


def test_without_postgresql_each_caller_gets_an_error_of_its_own() -> None:
    def be_away(submissions: Sequence[Submission]) -> None:
        if len(submissions) > 1:
            raise StoreUnavailable("PostgreSQL is away")

    store = Store(be_away)
    group = GroupCommit(store, store.send_on)
    callers = Callers(store, group, [_job("a"), _job("b")])
    store.go.set()
    errors = [caller.exception(10) for caller in callers.others]
    assert [str(error) for error in errors] == ["PostgreSQL is away"] * 2
    assert errors[0] is not errors[1]
    assert len(store.groups) == 3, "and none of them has asked again"


def test_the_next_leads_when_a_leader_is_torn_away() -> None:
    class Torn(BaseException):
        pass

    def tear(submissions: Sequence[Submission]) -> None:
        if submissions[0].job.type == "first":
            raise Torn

    store = Store(tear)
    group = GroupCommit(store, store.send_on)
    callers = Callers(store, group, [_job("a"), _job("b")])
    store.go.set()
    assert isinstance(callers.first.exception(10), Torn)
    assert [caller.result(10).status for caller in callers.others] == [JobStatus.QUEUED] * 2


def test_who_has_waited_for_too_long_is_not_stored_later() -> None:
    store = Store()
    group = GroupCommit(store, store.send_on, patience_seconds=0.05)
    callers = Callers(store, group, [_job("late")])
    with pytest.raises(StoreUnavailable, match="it was not stored"):
        callers.others[0].result(10)
    store.go.set()
    assert callers.first.result(10).status == JobStatus.QUEUED
    assert store.groups == [["first"], ["second"]]


def test_of_who_is_being_stored_and_waits_for_too_long_nothing_is_known() -> None:
    answered = threading.Event()

    def block(submissions: Sequence[Submission]) -> None:
        if len(submissions) > 1:
            assert answered.wait(10)

    store = Store(block)
    group = GroupCommit(store, store.send_on, patience_seconds=0.5)
    callers = Callers(store, group, [_job("a"), _job("b")])
    store.go.set()
    follower = next(as_completed(callers.others, 10))
    with pytest.raises(StoreUnavailable, match="whether it was stored is not known"):
        follower.result()
    answered.set()
    (leader,) = set(callers.others) - {follower}
    assert leader.result(10).status == JobStatus.QUEUED


def test_a_group_stays_below_a_mebibyte() -> None:
    store = Store()
    group = GroupCommit(store, store.send_on)
    jobs = [_job(f"job{number}", "x" * 250_000) for number in range(CALLERS)]
    callers = Callers(store, group, jobs)
    store.go.set()
    assert {caller.result(10).status for caller in callers.others} == {JobStatus.QUEUED}
    assert [len(names) for names in store.groups] == [1, 1, 4, 2]
