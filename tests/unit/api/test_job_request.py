from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from goqueue_api.job_request import READERS, idempotency_key_problem, new_job
from goqueue_api.schemas.job_request import EXAMPLES, BatchItemSchema, JobRequestSchema
from goqueue_common.errors import InvalidJob
from goqueue_common.job import Priority

NOW = datetime(2030, 1, 1, tzinfo=UTC)


def read(**members: Any) -> Any:
    return new_job({"type": "demo"} | members, None, NOW)


def test_everything_given_is_in_the_job() -> None:
    job = read(
        queue="mail",
        payload={"a": [1]},
        priority="high",
        run_at="2030-01-01T01:00:00+01:00",
        expires_at="2030-01-02T00:00:00Z",
        max_retries=0,
        timeout=5,
        tags=["b", "a", "b"],
    )
    assert (job.queue, job.payload, job.priority, job.max_retries) == ("mail", b'{"a":[1]}', Priority.HIGH, 0)
    assert (job.run_at, job.expires_at) == (NOW, NOW + timedelta(days=1))
    assert (job.timeout_seconds, job.tags) == (5.0, ("b", "a"))


def test_what_is_left_out_has_its_default() -> None:
    job = read()
    assert (job.queue, job.payload, job.priority, job.max_retries) == ("default", b"{}", Priority.NORMAL, 3)
    assert (job.run_at, job.delay_seconds, job.expires_at, job.timeout_seconds, job.tags) == (None, None, None, None, ())


def test_max_retries_of_the_type_counts_unless_the_request_says_its_own() -> None:
    assert new_job({"type": "demo"}, 7, NOW).max_retries == 7
    assert new_job({"type": "demo", "max_retries": None}, 7, NOW).max_retries == 7
    assert new_job({"type": "demo", "max_retries": 0}, 7, NOW).max_retries == 0


@pytest.mark.parametrize("name", ["run_at", "delay", "expires_at", "max_retries", "timeout"])
def test_null_means_left_out_where_the_answer_shows_null_too(name: str) -> None:
    assert read(**{name: None}).run_at is None


@pytest.mark.parametrize(
    ("members", "pointer", "words"),
    [
        pytest.param({"color": "red"}, "/color", "is no member of a job", id="unknown member"),
        pytest.param({"a/b": 1}, "/a~1b", "is no member of a job", id="unknown member with a slash"),
        pytest.param({"type": None}, "/type", "must be a string, not null", id="type null"),
        pytest.param({"type": ""}, "/type", "is no name", id="type empty"),
        pytest.param({"type": "a" * 65}, "/type", "is no name", id="type too long"),
        pytest.param({"queue": "my queue"}, "/queue", "'my queue' is no name", id="queue with a space"),
        pytest.param({"queue": ""}, "/queue", "is no name", id="queue empty"),
        pytest.param({"queue": "q" * 300}, "/queue", "is no name", id="queue of 300"),
        pytest.param({"queue": 5}, "/queue", "must be a string, not a number", id="queue a number"),
        pytest.param({"payload": [1]}, "/payload", "must be an object, not an array", id="payload an array"),
        pytest.param({"payload": None}, "/payload", "must be an object, not null", id="payload null"),
        pytest.param({"priority": "urgent"}, "/priority", "choose high, normal, low", id="unknown priority"),
        pytest.param({"priority": 1}, "/priority", "choose high, normal, low", id="priority a number"),
        pytest.param({"run_at": "2030-01-01T00:00:00"}, "/run_at", "has no time zone", id="run_at without zone"),
        pytest.param({"run_at": "2030-01-01"}, "/run_at", "has no time zone", id="run_at a date"),
        pytest.param({"run_at": "tomorrow"}, "/run_at", "is no time", id="run_at in words"),
        pytest.param({"run_at": "0001-01-01T00:00:00+14:00"}, "/run_at", "is no time", id="run_at before all time"),
        pytest.param({"run_at": 1_900_000_000}, "/run_at", "must be a string", id="run_at a number"),
        pytest.param({"run_at": "2031-01-01T00:00:00Z", "delay": 1}, "/delay", "not both", id="run_at and delay"),
        pytest.param({"delay": -1}, "/delay", "out of range", id="delay negative"),
        pytest.param({"delay": 1e300, "expires_at": "2031-01-01T00:00:00Z"}, "/delay", "out of range", id="delay huge"),
        pytest.param({"delay": True}, "/delay", "must be a number", id="delay a boolean"),
        pytest.param({"expires_at": "2029-12-31T23:59:59Z"}, "/expires_at", "lies in the past", id="expired"),
        pytest.param(
            {"expires_at": "2030-01-01T00:01:00Z", "delay": 60}, "/expires_at", "could never start", id="expires when due"
        ),
        pytest.param(
            {"expires_at": "2030-01-02T00:00:00Z", "run_at": "2030-01-03T00:00:00Z"},
            "/expires_at",
            "could never start",
            id="expires before it is due",
        ),
        pytest.param({"max_retries": -1}, "/max_retries", "out of range", id="max_retries negative"),
        pytest.param({"max_retries": 3.5}, "/max_retries", "3.5 is no integer", id="max_retries a fraction"),
        pytest.param({"max_retries": "3"}, "/max_retries", "must be an integer, not a string", id="max_retries text"),
        pytest.param({"max_retries": True}, "/max_retries", "must be an integer, not a boolean", id="max_retries true"),
        pytest.param({"timeout": 0}, "/timeout", "out of range", id="timeout 0"),
        pytest.param({"tags": "a"}, "/tags", "must be an array of strings", id="tags a string"),
        pytest.param({"tags": ["a", 1]}, "/tags", "with no number in it", id="tag a number"),
        pytest.param({"tags": [None]}, "/tags", "with no null in it", id="tag null"),
        pytest.param({"tags": [""]}, "/tags/0", "1 to 64 printable characters", id="tag empty"),
        pytest.param({"tags": ["t"] * 21}, "/tags", "at most 20", id="too many tags"),
        pytest.param({"payload": {"a": [[]]}} | {"payload": {}, "nope": 1}, "/nope", "is no member", id="after good ones"),
    ],
)
def test_a_bad_member_is_named(members: dict[str, Any], pointer: str, words: str) -> None:
    with pytest.raises(InvalidJob) as refused:
        read(**members)
    assert [field.pointer for field in refused.value.fields] == [pointer]
    assert words in refused.value.fields[0].detail


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(InvalidJob) as refused:
        new_job({"priority": "urgent", "color": "red"}, None, NOW)
    assert [field.pointer for field in refused.value.fields] == ["/priority", "/color", "/type"]


@pytest.mark.parametrize("key", ["a", "a b~!", "k" * 255])
def test_printable_ascii_may_be_an_idempotency_key(key: str) -> None:
    assert idempotency_key_problem(key) is None


@pytest.mark.parametrize("key", ["", "k" * 256, "ü", "a\n", "a\x7f", None, 5], ids=repr)
def test_anything_else_may_not(key: object) -> None:
    assert idempotency_key_problem(key) is not None


def test_the_documentation_has_the_members_that_are_read() -> None:
    assert list(JobRequestSchema().fields) == list(READERS)
    assert set(BatchItemSchema().fields) == {*READERS, "idempotency_key"}


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_of_the_documentation_works(name: str) -> None:
    assert new_job(EXAMPLES[name]["value"], None, datetime(2026, 1, 1, tzinfo=UTC)).type


@pytest.mark.parametrize(
    "document",
    [
        {"type": "demo", "priority": "low", "delay": 0, "max_retries": 0, "timeout": 0.5, "tags": ["a"]},
        {"type": "demo", "run_at": "2031-01-01T00:00:00Z", "payload": {"a": 1}, "queue": "q"},
    ],
)
def test_what_the_documented_schema_takes_the_reader_takes_too(document: dict[str, Any]) -> None:
    assert JobRequestSchema().validate(document) == {}
    assert new_job(document, None, NOW).type == "demo"


@pytest.mark.parametrize(
    "member",
    [{"queue": "a b"}, {"priority": "x"}, {"max_retries": 1001}, {"delay": -1}, {"tags": [""]}, {"run_at": "2030-01-01"}],
    ids=repr,
)
def test_what_the_reader_refuses_the_documented_schema_refuses_too(member: dict[str, Any]) -> None:
    assert JobRequestSchema().validate({"type": "demo"} | member)
    with pytest.raises(InvalidJob):
        read(**member)
