from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
import pytest

from goqueue_common.errors import InvalidJob, PayloadTooLarge
from goqueue_common.job import Priority
from goqueue_common.new_job import (
    MAX_DOCUMENT_BYTES,
    MAX_RETRIES,
    MAX_SECONDS,
    MAX_TAGS,
    NewJob,
    encode_document,
    is_name,
)

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)


def nested(depth: int) -> dict[str, Any]:
    document: dict[str, Any] = {}
    for _ in range(depth - 1):
        document = {"n": document}
    return document


def test_a_job_of_a_type_alone_gets_the_defaults() -> None:
    job = NewJob.checked("email.send")
    assert (job.queue, job.payload, job.priority, job.max_retries) == ("default", b"{}", Priority.NORMAL, 3)
    assert (job.run_at, job.delay_seconds, job.expires_at, job.timeout_seconds, job.tags) == (None, None, None, None, ())


def test_ids_are_uuids_in_order_of_their_making() -> None:
    ids = [NewJob.checked("demo").id for _ in range(1_000)]
    assert ids == sorted(set(ids))
    assert {UUID(job_id).version for job_id in ids} == {7}


@pytest.mark.parametrize("name", ["a", "7", "email.send", "a_b-c.D9", "x" * 64])
def test_a_name_is_accepted_as_queue_and_type(name: str) -> None:
    assert is_name(name)
    job = NewJob.checked(name, queue=name)
    assert (job.type, job.queue) == (name, name)


@pytest.mark.parametrize(
    "name",
    ["", "x" * 65, "x" * 300, "with space", ".first", "-first", "_first", "a/b", "a:b", "{a}", "a\n", "a\x00", "grün", "٣"],
    ids=repr,
)
def test_what_is_no_name_is_refused_as_queue_and_as_type(name: str) -> None:
    with pytest.raises(InvalidJob) as caught:
        NewJob.checked(name, queue=name)
    assert [field.pointer for field in caught.value.fields] == ["/type", "/queue"]
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize(
    "options",
    [
        {"delay_seconds": 0},
        {"delay_seconds": MAX_SECONDS},
        {"timeout_seconds": 0.001},
        {"timeout_seconds": MAX_SECONDS},
        {"max_retries": 0},
        {"max_retries": MAX_RETRIES},
        {"tags": ["x" * 64]},
        {"tags": [str(number) for number in range(MAX_TAGS)]},
        {"tags": ["grün mit Leerzeichen 🚀"]},
        {"run_at": NOON},
    ],
    ids=lambda options: next(iter(options)),
)
def test_a_value_at_its_limit_is_accepted(options: dict[str, Any]) -> None:
    NewJob.checked("demo", **options)


@pytest.mark.parametrize(
    ("options", "pointer"),
    [
        ({"delay_seconds": -0.001}, "/delay"),
        ({"delay_seconds": MAX_SECONDS + 1}, "/delay"),
        ({"delay_seconds": float("nan")}, "/delay"),
        ({"delay_seconds": float("inf")}, "/delay"),
        ({"run_at": NOON, "delay_seconds": 1}, "/delay"),
        ({"run_at": NOON, "delay_seconds": 0}, "/delay"),
        ({"timeout_seconds": 0}, "/timeout"),
        ({"timeout_seconds": -1}, "/timeout"),
        ({"timeout_seconds": MAX_SECONDS + 1}, "/timeout"),
        ({"timeout_seconds": float("nan")}, "/timeout"),
        ({"max_retries": -1}, "/max_retries"),
        ({"max_retries": MAX_RETRIES + 1}, "/max_retries"),
        ({"tags": [str(number) for number in range(MAX_TAGS + 1)]}, "/tags"),
        ({"tags": ["good", ""]}, "/tags/1"),
        ({"tags": ["x" * 65]}, "/tags/0"),
        ({"tags": ["line\nbreak"]}, "/tags/0"),
        ({"tags": ["nul\x00"]}, "/tags/0"),
        ({"tags": ["\ud800"]}, "/tags/0"),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_a_value_beyond_its_limit_is_refused_with_its_pointer(options: dict[str, Any], pointer: str) -> None:
    with pytest.raises(InvalidJob) as caught:
        NewJob.checked("demo", **options)
    assert [field.pointer for field in caught.value.fields] == [pointer]


def test_every_broken_rule_is_named_at_once() -> None:
    with pytest.raises(InvalidJob) as caught:
        NewJob.checked("no name", max_retries=-1, timeout_seconds=0, tags=[""])
    assert [field.pointer for field in caught.value.fields] == ["/type", "/timeout", "/max_retries", "/tags/0"]


def test_a_tag_given_twice_is_kept_once_in_its_first_place() -> None:
    assert NewJob.checked("demo", tags=["b", "a", "b"]).tags == ("b", "a")


@pytest.mark.parametrize("character", ["a", "ü", "🚀"])
def test_a_payload_may_have_exactly_the_largest_size_in_bytes(character: str) -> None:
    room = MAX_DOCUMENT_BYTES - len(orjson.dumps({"x": ""}))
    text = character * (room // len(character.encode())) + "." * (room % len(character.encode()))
    assert len(NewJob.checked("demo", payload={"x": text}).payload) == MAX_DOCUMENT_BYTES
    with pytest.raises(PayloadTooLarge, match="262,145 bytes"):
        NewJob.checked("demo", payload={"x": text + "."})


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param({"x": "\x00"}, id="NUL in a value"),
        pytest.param({"\x00": 1}, id="NUL in a name"),
        pytest.param({"x": ["a\\\x00"]}, id="NUL after a backslash"),
        pytest.param({"x": "\ud800"}, id="lone surrogate"),
        pytest.param({"x": 2**64}, id="integer above 64 bit"),
        pytest.param({"x": object()}, id="no JSON"),
        pytest.param({1: "x"}, id="name is no string"),
        pytest.param(nested(100_000), id="nested 100,000 deep"),
        pytest.param(nested(255), id="nested 255 deep"),
    ],
)
def test_a_payload_that_cannot_be_stored_is_refused(payload: dict[str, Any]) -> None:
    with pytest.raises(InvalidJob) as caught:
        NewJob.checked("demo", payload=payload)
    assert [field.pointer for field in caught.value.fields] == ["/payload"]


@pytest.mark.parametrize("text", ["\\u0000", "\\\\u0000", "u0000", "\\", "\u2028", "\x01"], ids=repr)
def test_text_that_only_looks_like_nul_is_stored_as_it_is(text: str) -> None:
    assert orjson.loads(NewJob.checked("demo", payload={"x": text}).payload) == {"x": text}


@pytest.mark.parametrize("depth", range(235, 256))
def test_a_payload_deep_enough_to_be_accepted_prints_inside_a_page_of_jobs(depth: int) -> None:
    try:
        encoded = NewJob.checked("demo", payload=nested(depth)).payload
    except InvalidJob:
        return
    orjson.dumps({"items": [{"payload": orjson.loads(encoded)}]})


@pytest.mark.parametrize("document", [None, 1, "text", [1, 2], {"a": None}, True], ids=repr)
def test_a_result_may_be_any_json(document: object) -> None:
    assert orjson.loads(encode_document(document, "")) == document
