"""What waits for a client is bounded, and in order."""

from __future__ import annotations

from goqueue_api.live.outbox import Outbox


def test_what_was_put_is_taken_in_order_and_whole() -> None:
    outbox = Outbox()
    outbox.put(b"a")
    outbox.put(b"b")
    assert (outbox.waiting_bytes, outbox.take(), outbox.take()) == (2, b"ab", b"")


def test_without_room_all_that_waits_goes_and_the_client_is_told_where_to_go_on() -> None:
    outbox = Outbox(room_bytes=100)
    for number in range(3):
        outbox.put(b"x" * 60, f"{number}-0")
    assert outbox.take() == b'id: 2-0\nevent: resync\ndata: {"reason":"slow"}\n\n'
    outbox.put(b"next", "3-0")
    assert outbox.take() == b"next"


def test_what_is_put_while_it_holds_comes_after_what_it_is_released_with() -> None:
    outbox = Outbox()
    outbox.hold()
    outbox.put(b"live")
    assert outbox.take() == b""
    outbox.release([b"hello ", b"old "])
    assert outbox.take() == b"hello old live"


def test_there_is_room_for_what_was_missed_however_much_that_is() -> None:
    outbox = Outbox(room_bytes=10)
    outbox.hold()
    outbox.release([b"x" * 60] * 3)
    outbox.put(b"live")
    assert outbox.take() == b"x" * 180 + b"live"


def test_it_is_finished_once_all_is_taken() -> None:
    outbox = Outbox()
    outbox.put(b"a")
    outbox.finish()
    assert not outbox.is_finished
    outbox.take()
    assert outbox.is_finished


def test_nothing_comes_after_the_end() -> None:
    outbox = Outbox()
    outbox.put(b"end")
    outbox.finish()
    outbox.put(b"more")
    assert outbox.take() == b"end"
    assert outbox.is_finished


def test_whoever_empties_it_is_told_of_what_waits_and_of_what_comes() -> None:
    outbox, told = Outbox(), []
    outbox.put(b"a")
    outbox.send_to(lambda: told.append(outbox.take()))
    outbox.put(b"b")
    assert told == [b"a", b"b"]
