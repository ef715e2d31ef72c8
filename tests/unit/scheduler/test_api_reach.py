from __future__ import annotations

import pytest

from goqueue import ConnectionFailed, GoQueueError
from goqueue.errors import api_error
from goqueue_scheduler.api_reach import ApiReach


def call(reach: ApiReach, error: GoQueueError | None = None) -> None:
    if error is None:
        with reach.watched("presence"):
            pass
        return
    with pytest.raises(type(error)), reach.watched("presence"):
        raise error


def test_it_is_cut_off_when_several_tries_reached_nobody() -> None:
    reach = ApiReach()
    for _ in range(2):
        call(reach, ConnectionFailed("refused"))
    assert not reach.is_cut_off(0.0)
    call(reach, ConnectionFailed("refused"))
    assert reach.is_cut_off(0.0)


def test_it_is_not_cut_off_before_the_time_is_over() -> None:
    reach = ApiReach()
    for _ in range(10):
        call(reach, ConnectionFailed("refused"))
    assert not reach.is_cut_off(60.0)


@pytest.mark.parametrize("status", [401, 403])
def test_who_is_refused_is_as_good_as_cut_off(status: int) -> None:
    reach = ApiReach()
    for _ in range(3):
        call(reach, api_error(status, {}, retry_after=None))
    assert reach.is_cut_off(0.0)


@pytest.mark.parametrize("status", [200, 422, 503])
def test_whatever_else_the_api_answers_reaches_it(status: int) -> None:
    reach = ApiReach()
    for _ in range(10):
        call(reach, ConnectionFailed("refused"))
    call(reach, None if status == 200 else api_error(status, {}, retry_after=None))
    assert not reach.is_cut_off(0.0)


def test_only_what_succeeds_counts_as_success() -> None:
    reach = ApiReach()
    call(reach, ConnectionFailed("refused"))
    call(reach, api_error(503, {}, retry_after=1.0))
    assert reach.successes == 0
    call(reach)
    assert reach.successes == 1
