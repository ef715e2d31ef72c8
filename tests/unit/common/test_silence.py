from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from goqueue_common.errors import QueryTimeout, StoreUnavailable
from goqueue_common.silence import LEFT_ALONE_SECONDS, Silence
from tests.factories import FrozenClock


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def silence(clock: FrozenClock) -> Silence:
    return Silence(lambda error: not isinstance(error, QueryTimeout), clock.boottime)


def wait_in_vain(
    silence: Silence, clock: FrozenClock, seconds: float, error: type[StoreUnavailable] = StoreUnavailable
) -> None:
    def call() -> None:
        with silence.heeded():
            clock.advance(seconds)
            raise error("in vain")

    with pytest.raises(StoreUnavailable, match="in vain"):
        call()


def is_refused(silence: Silence) -> bool:
    asking = silence.heeded()
    try:
        asking.__enter__()
    except StoreUnavailable:
        return True
    asking.gen.close()  # type: ignore[attr-defined]  # neither answered nor in vain
    return False


def test_after_a_long_wait_in_vain_everybody_is_refused_for_a_moment(silence: Silence, clock: FrozenClock) -> None:
    wait_in_vain(silence, clock, 3.0)
    assert is_refused(silence)
    clock.advance(LEFT_ALONE_SECONDS)
    assert not is_refused(silence)


def test_while_one_tries_the_others_are_refused(silence: Silence, clock: FrozenClock) -> None:
    wait_in_vain(silence, clock, 3.0)
    clock.advance(LEFT_ALONE_SECONDS)
    with silence.heeded():
        clock.advance(2.0)
        assert is_refused(silence)
    assert not is_refused(silence), "it was answered"


def test_one_who_tries_for_too_long_is_not_waited_for(silence: Silence, clock: FrozenClock) -> None:
    wait_in_vain(silence, clock, 3.0)
    clock.advance(LEFT_ALONE_SECONDS)
    with silence.heeded():
        clock.advance(5.0)
        assert not is_refused(silence)


@pytest.mark.parametrize(
    ("seconds", "error"),
    [(0.1, StoreUnavailable), (5.0, QueryTimeout)],
    ids=["refused at once", "answered by an error"],
)
def test_what_is_no_silence_stops_nobody(
    silence: Silence, clock: FrozenClock, seconds: float, error: type[StoreUnavailable]
) -> None:
    wait_in_vain(silence, clock, seconds, error)
    assert not is_refused(silence)


def test_a_connection_that_died_while_others_were_answered_stops_nobody(silence: Silence, clock: FrozenClock) -> None:
    def dies_alone() -> None:
        with silence.heeded():
            clock.advance(2.0)
            with silence.heeded():
                pass
            clock.advance(1.0)
            raise StoreUnavailable

    with pytest.raises(StoreUnavailable):
        dies_alone()
    assert not is_refused(silence)


def test_a_server_that_is_gone_rather_than_silent_is_asked_by_everybody(silence: Silence, clock: FrozenClock) -> None:
    wait_in_vain(silence, clock, 3.0)
    clock.advance(LEFT_ALONE_SECONDS)
    wait_in_vain(silence, clock, 0.0)
    assert not is_refused(silence)


def test_falling_silent_and_answering_again_are_logged_once_each(silence: Silence, clock: FrozenClock) -> None:
    with capture_logs() as logs:
        for _ in range(3):
            wait_in_vain(silence, clock, 3.0)
            clock.advance(LEFT_ALONE_SECONDS)
        for _ in range(3):
            with silence.heeded():
                pass
    assert [line["event"] for line in logs] == ["postgres_silent", "postgres_answers_again"]
