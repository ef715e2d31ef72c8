from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest
from redis import exceptions
from structlog.testing import capture_logs

from goqueue_common.broker.availability import Availability, means_away
from goqueue_common.broker.connection import translated
from goqueue_common.errors import BrokerUnavailable
from tests.factories import eventually


class Server:
    """A server whose answer to a probe a test decides."""

    def __init__(self) -> None:
        self.answer: Exception | None = exceptions.ConnectionError("gone")
        self.probes = 0
        self.changes = 0

    def probe(self) -> None:
        self.probes += 1
        with translated():
            if self.answer is not None:
                raise self.answer

    def on_change(self) -> None:
        self.changes += 1


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def availability(server: Server) -> Iterator[Availability]:
    made = Availability(server.probe, server.on_change)
    yield made
    made.close()


def fail(availability: Availability, error: Exception | None = None) -> None:
    with suppress(BrokerUnavailable), availability.watched():
        raise error or exceptions.TimeoutError("Timeout reading from there")


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (exceptions.ConnectionError("refused"), True),
        (exceptions.TimeoutError("slow"), True),
        (OSError("no route"), True),
        (exceptions.BusyLoadingError("loading", status_code="LOADING"), True),
        (exceptions.AuthenticationError("who?", status_code="NOAUTH"), True),
        (exceptions.ReadOnlyError("replica", status_code="READONLY"), True),
        (exceptions.MasterDownError("link", status_code="MASTERDOWN"), True),
        (exceptions.ClusterDownError("slots", status_code="CLUSTERDOWN"), True),
        (exceptions.ResponseError("NOREPLICAS Not enough good replicas to write."), True),
        (exceptions.ResponseError("MISCONF Redis is unable to persist to disk"), True),
        (exceptions.ResponseError("BUSY Redis is busy running a script"), True),
        (exceptions.ResponseError("UNBLOCKED force unblock, instance state changed"), True),
        (exceptions.InvalidResponse("HTTP/1.1 400 Bad Request"), True),
        (exceptions.OutOfMemoryError("no room", status_code="OOM"), False),
        (exceptions.NoPermissionError("no rights for lpush", status_code="NOPERM"), False),
        (exceptions.ResponseError("WRONGTYPE Operation against a key"), False),
        (exceptions.ResponseError("ERR unknown command"), False),
        (exceptions.DataError("bad argument"), False),
        (None, False),
    ],
    ids=lambda value: value if isinstance(value, bool) else f"{type(value).__name__} {str(value).partition(' ')[0]}",
)
def test_away_is_what_any_write_would_meet(error: Exception | None, expected: bool) -> None:
    assert means_away(error) is expected


def test_after_one_failure_nobody_asks_the_server_until_a_probe_is_answered(
    server: Server, availability: Availability
) -> None:
    assert not availability.is_away
    fail(availability)
    assert availability.is_away
    with pytest.raises(BrokerUnavailable, match=r"left alone .* \(Timeout reading"), availability.watched():
        pytest.fail("the server was asked")
    eventually(lambda: server.probes >= 2)
    assert availability.is_away
    server.answer = None
    eventually(lambda: not availability.is_away)
    with availability.watched():
        pass
    assert server.changes == 2


def test_an_error_of_one_command_leaves_the_server_available(server: Server, availability: Availability) -> None:
    fail(availability, exceptions.ResponseError("WRONGTYPE Operation against a key"))
    assert not availability.is_away
    assert server.changes == 0


def test_a_server_without_memory_is_back(server: Server, availability: Availability) -> None:
    fail(availability)
    server.answer = exceptions.OutOfMemoryError("command not allowed", status_code="OOM")
    eventually(lambda: not availability.is_away)


def test_turning_away_and_coming_back_is_logged_once_each(server: Server, availability: Availability) -> None:
    server.answer = None
    with capture_logs() as logs:
        for _ in range(3):
            fail(availability)
        eventually(lambda: not availability.is_away)
        eventually(lambda: len(logs) >= 2)
    assert [line["event"] for line in logs] == ["redis_away", "redis_back"]
    assert logs[0]["reason"] == "Timeout reading from there"


def test_a_failure_that_began_before_the_server_went_and_came_back_is_old_news(
    server: Server, availability: Availability
) -> None:
    server.answer = None
    with suppress(BrokerUnavailable), availability.watched():
        fail(availability)
        eventually(lambda: not availability.is_away)
        raise exceptions.TimeoutError("a pop that hung all the while")
    assert not availability.is_away


def test_a_prober_that_is_missing_as_after_a_fork_is_started_by_whoever_is_refused(
    server: Server, availability: Availability
) -> None:
    server.answer = None
    availability._reason = "it was away when this process was forked"
    assert availability.is_away
    eventually(lambda: not availability.is_away)


def test_the_thread_lives_only_while_the_server_is_away(server: Server, availability: Availability) -> None:
    assert availability._prober is None
    fail(availability)
    server.answer = None
    prober = availability._prober
    assert isinstance(prober, threading.Thread)
    eventually(lambda: not prober.is_alive())
    assert not availability.is_away


def test_closing_ends_the_thread(availability: Availability) -> None:
    fail(availability)
    prober = availability._prober
    assert isinstance(prober, threading.Thread)
    availability.close()
    assert not prober.is_alive()
    assert availability.is_away
    assert availability._prober is prober
