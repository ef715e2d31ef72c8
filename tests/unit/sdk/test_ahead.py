"""Calls that run ahead of their answers, and what becomes of them when one fails."""

from __future__ import annotations

import threading
import time
from functools import partial

import pytest

from goqueue.ahead import AT_ONCE, Ahead


def test_answers_come_in_the_order_of_the_calls_and_a_single_call_takes_no_thread():
    assert list(Ahead().answers(partial(str, number) for number in range(10))) == [str(number) for number in range(10)]
    assert list(Ahead().answers([threading.current_thread])) == [threading.current_thread()]
    assert list(Ahead().answers([])) == []


def test_no_more_calls_run_at_once_than_told():
    running, most, lock = set(), [], threading.Lock()

    def call(number):
        with lock:
            running.add(number)
            most.append(len(running))
        time.sleep(0.01)  # so that others would begin
        with lock:
            running.remove(number)

    list(Ahead().answers(partial(call, number) for number in range(10)))
    assert max(most) == AT_ONCE


def test_what_came_before_an_error_of_the_source_is_answered_first():
    def calls():
        yield from (partial(str, number) for number in range(4))
        raise ValueError("no more")

    ahead, answers = Ahead(), []
    with pytest.raises(ValueError, match="no more"):
        answers.extend(ahead.answers(calls()))
    assert answers == ["0", "1", "2", "3"]
    assert ahead.later == []


def test_after_a_failed_call_no_more_are_made_and_what_ran_beside_it_is_told():
    made = []

    def call(number):
        made.append(number)
        if number == 1:
            raise OSError("broken")
        return number

    ahead, answers = Ahead(), []
    with pytest.raises(OSError, match="broken"):
        answers.extend(ahead.answers(partial(call, number) for number in range(10)))
    assert answers == [0]
    assert ahead.later == [number for number in made if number > 1]
    assert len(made) <= 1 + AT_ONCE


def test_whoever_leaves_early_does_not_wait_for_calls_under_way():
    go = threading.Event()
    calls = iter([lambda: 0, *[partial(go.wait, 10)] * 2])
    answers = Ahead().answers(calls)
    assert next(answers) == 0
    began = time.monotonic()
    answers.close()  # as a KeyboardInterrupt does
    assert time.monotonic() - began < 5
    go.set()


def test_at_the_end_of_a_program_calls_are_made_without_threads():
    ahead = Ahead()
    ahead._threads.shutdown()  # as Python does with all of them
    me = threading.current_thread()
    assert list(ahead.answers([threading.current_thread] * 4)) == [me] * 4
