"""What `topics=` may say."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from goqueue_api.live.topics import MOST_TOPICS, read_topics

JOB = "01a20eb4-1366-768e-8433-a398418d79cc"


def test_topics_are_what_was_named_each_once() -> None:
    topics = read_topics(["stats", "jobs", "jobs", "schedule", f"job:{JOB.upper()}", f"job:{JOB}"])
    assert (topics.shared, topics.stats, topics.jobs) == ({"jobs", "schedule"}, True, (JOB,))
    assert topics.names == [f"job:{JOB}", "jobs", "schedule", "stats"]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([], "is missing"),
        (["Jobs"], "'Jobs' is no topic: choose of stats, jobs,"),
        (["job:1"], "'1' is no job id"),
        ([f"job:{JOB[:-2]}{number:02}" for number in range(MOST_TOPICS + 1)], "21 topics are too many"),
    ],
    ids=["none", "unknown", "no id", "too many"],
)
def test_what_is_no_topic_is_refused_with_a_reason(values: list[str], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read_topics(values)


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("", "/query/topics"),
        ("topics=", "/query/topics"),
        ("topics=jobs,", "/query/topics"),
        ("topics=jobs,foo", "/query/topics/1"),
        ("topics=" + ",".join(["jobs"] * (MOST_TOPICS + 1)), "/query/topics"),
        ("topics=jobs&last_event_id=1", "/query/last_event_id"),
        ("topics=jobs&since=1", "/query/since"),
    ],
)
def test_a_stream_is_asked_for_strictly(client: FlaskClient, query: str, pointer: str) -> None:
    answer = client.get(f"/events?{query}")
    assert (answer.status_code, answer.get_json()["errors"][0]["pointer"]) == (422, pointer)


@pytest.mark.parametrize(("path", "value"), [("/events?topics=jobs", "yesterday"), (f"/jobs/{JOB}/events", "1-0")])
def test_an_id_that_is_none_is_refused(client: FlaskClient, path: str, value: str) -> None:
    answer = client.get(path, headers={"Last-Event-ID": value})
    assert (answer.status_code, answer.get_json()["errors"][0]["pointer"]) == (422, "/header/Last-Event-ID")


def test_head_opens_no_stream(client: FlaskClient) -> None:
    answer = client.head("/events?topics=jobs")
    assert (answer.status_code, answer.content_type, answer.data) == (200, "text/event-stream", b"")
