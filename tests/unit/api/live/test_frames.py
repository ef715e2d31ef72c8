"""Events as bytes, and jobs gathered into few of them."""

from __future__ import annotations

import json

import pytest

from goqueue.events import EventReader
from goqueue_api.live import frames
from goqueue_api.live.jobs_frames import INTERVAL_SECONDS, JobsFrames
from goqueue_common.broker.event_stream import Entry, Position
from goqueue_common.live_events import LISTED_AT_MOST, JobChange, Topic, jobs_news


class Seconds:
    """A clock that a test moves."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


def entry(number: int, *statuses: str) -> Entry:
    changes = [JobChange(f"{number}.{index}", 1, status, "mail") for index, status in enumerate(statuses)]
    return Entry(Position(number, 0), Topic.JOBS, jobs_news(changes))


def data(made: tuple[bytes, Position] | None) -> dict[str, object]:
    assert made is not None
    found: dict[str, object] = json.loads(made[0].partition(b"data: ")[2])
    return found


def test_an_event_is_read_as_it_was_written() -> None:
    reader = EventReader(None)
    text = (
        frames.hello({"version": "1"}, "5-0") + frames.ping("7-0") + frames.frame("queue", {"name": "a\nb"}) + frames.ping()
    )
    events = [event for line in text.decode().split("\n") if (event := reader.read(line)) is not None]
    assert [(event.type, event.data, event.id) for event in events] == [
        ("hello", {"version": "1"}, "5-0"),
        ("queue", {"name": "a\nb"}, None),
    ]
    assert reader.last_event_id == "7-0"


def test_the_first_jobs_are_due_at_once_and_the_next_after_half_a_second(seconds: Seconds) -> None:
    jobs = JobsFrames(seconds)
    assert jobs.due_in is None
    jobs.add(entry(1, "queued"))
    assert jobs.due_in == 0.0
    jobs.take()
    assert jobs.due_in is None
    jobs.add(entry(2, "queued"))
    assert jobs.due_in == INTERVAL_SECONDS
    seconds.now += INTERVAL_SECONDS
    assert jobs.due_in == 0.0


def test_entries_are_summed_and_the_event_has_the_id_of_the_last(seconds: Seconds) -> None:
    jobs = JobsFrames(seconds)
    assert jobs.add(entry(1, "queued", "queued")) == ["1.0", "1.1"]
    jobs.add(entry(2, "completed", "queued"))
    made = jobs.take()
    assert made is not None
    assert made[1] == Position(2, 0)
    assert made[0].startswith(b"id: 2-0\nevent: jobs\n")
    told = data(made)
    assert (told["n"], told["statuses"]) == (4, {"queued": {"mail": 3}, "completed": {"mail": 1}})
    assert jobs.take() is None


def test_jobs_are_named_all_or_not_at_all(seconds: Seconds) -> None:
    jobs = JobsFrames(seconds)
    jobs.add(entry(1, *["queued"] * LISTED_AT_MOST))
    assert len(str(data(jobs.take())["jobs"])) > LISTED_AT_MOST
    jobs.add(entry(1, *["queued"] * LISTED_AT_MOST))
    jobs.add(entry(2, "queued"))
    assert data(jobs.take())["jobs"] is None
    jobs.add(entry(3, *["queued"] * (LISTED_AT_MOST + 1)))
    jobs.add(entry(4, "queued"))
    assert data(jobs.take())["jobs"] is None


def test_a_job_that_changed_twice_is_named_with_its_last_status(seconds: Seconds) -> None:
    jobs = JobsFrames(seconds)
    for number, status in enumerate(("queued", "completed")):
        news = jobs_news([JobChange("a", 1, status, "mail")])
        jobs.add(Entry(Position(number, 0), Topic.JOBS, news))
    assert data(jobs.take())["jobs"] == [["a", "completed", 1]]


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("1772443800131-0", Position(1772443800131, 0)),
        ("0-1", Position(0, 1)),
        ("9999999999999999999-0", Position(10**19 - 1, 0)),
        ("10000000000000000000-0", None),
        ("\u0661-0", None),
        ("1", None),
        ("-1-0", None),
        ("1-0 ", None),
        ("$", None),
        ("", None),
    ],
)
def test_a_position_is_read_or_refused(text: str, position: Position | None) -> None:
    assert Position.parse(text) == position
    if position is not None:
        assert str(position) == text


def test_positions_are_in_the_order_of_their_entries() -> None:
    assert Position(9, 5) < Position(10, 0) < Position(10, 2) < Position(10, 10)


@pytest.mark.parametrize("news", ["", "[]", "5", "{}", '{"n": 1}'])
def test_an_entry_that_says_nothing_is_passed_over(seconds: Seconds, news: str) -> None:
    jobs = JobsFrames(seconds)
    assert jobs.add(Entry(Position(1, 0), Topic.JOBS, news)) == []
    assert jobs.due_in is None
    jobs.add(entry(2, "queued"))
    assert data(jobs.take())["n"] == 1
