from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from goqueue_api.errors import InvalidIdempotencyKey, InvalidRequest
from goqueue_api.submission import SubmissionReader
from goqueue_api.type_catalogue import TypeCatalogue
from goqueue_common.errors import InvalidJob, PayloadTooLarge
from goqueue_common.worker_store import JobType
from tests.factories import FrozenClock

STRICT = {"type": "object", "required": ["to"], "properties": {"to": {"type": "string"}}}


class PublishedTypes:
    """What workers have published, as a list."""

    def __init__(self, *types: JobType) -> None:
        self._types = list(types)

    def job_types(self) -> list[JobType]:
        return self._types


@pytest.fixture
def reader() -> SubmissionReader:
    mail = JobType(
        type="mail",
        fingerprint="f1",
        schema=STRICT,
        max_retries=9,
        timeout_seconds=None,
        isolation="thread",
        description="",
        live_workers=1,
    )
    return SubmissionReader(TypeCatalogue(PublishedTypes(mail)), FrozenClock(datetime(2030, 1, 1, tzinfo=UTC)))


def pointers(error: pytest.ExceptionInfo[Any]) -> list[str]:
    return [field.pointer for field in error.value.fields]


def test_a_job_takes_its_type_s_max_retries_and_schema(reader: SubmissionReader) -> None:
    assert reader.read_job({"type": "mail", "payload": {"to": "a"}}, None, "ada").job.max_retries == 9
    with pytest.raises(InvalidJob) as refused:
        reader.read_job({"type": "mail", "payload": {"to": 5}}, None, "ada")
    assert pointers(refused) == ["/payload/to"]


def test_a_payload_left_out_is_checked_as_an_empty_object(reader: SubmissionReader) -> None:
    with pytest.raises(InvalidJob) as refused:
        reader.read_job({"type": "mail"}, None, "ada")
    assert pointers(refused) == ["/payload"]


def test_a_type_nobody_published_is_taken(reader: SubmissionReader) -> None:
    assert reader.read_job({"type": "new", "payload": {"x": 1}}, None, "ada").job.max_retries == 3


def test_the_order_of_members_makes_no_other_request(reader: SubmissionReader) -> None:
    one = reader.read_job({"type": "a", "payload": {"x": 1, "y": 2}}, "k", "ada").key
    two = reader.read_job({"payload": {"y": 2, "x": 1}, "type": "a"}, "k", "ada").key
    three = reader.read_job({"type": "a", "payload": {"x": 1, "y": 3}}, "k", "ada").key
    assert one == two != three
    assert one is not None
    assert one.scope == "ada"


def test_a_key_of_an_item_is_the_same_as_of_a_single_request(reader: SubmissionReader) -> None:
    single = reader.read_job({"type": "a"}, "k", "ada").key
    assert reader.read_batch({"jobs": [{"type": "a", "idempotency_key": "k"}]}, "ada")[0].key == single


@pytest.mark.parametrize("key", ["", "ü", "k" * 256], ids=["empty", "not ascii", "too long"])
def test_a_bad_header_key_is_refused(reader: SubmissionReader, key: str) -> None:
    with pytest.raises(InvalidIdempotencyKey, match="Idempotency-Key must be 1 to 255"):
        reader.read_job({"type": "a"}, key, "ada")


@pytest.mark.parametrize(
    ("document", "pointer"),
    [
        pytest.param({}, "/jobs", id="no jobs"),
        pytest.param({"jobs": {}}, "/jobs", id="jobs no array"),
        pytest.param({"jobs": []}, "/jobs", id="no item"),
        pytest.param({"jobs": [{"type": "a"}] * 10_001}, "/jobs", id="too many items"),
        pytest.param({"jobs": [{"type": "a"}], "queue": "q"}, "/queue", id="another member"),
    ],
)
def test_what_is_no_batch_is_refused(reader: SubmissionReader, document: dict[str, Any], pointer: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        reader.read_batch(document, "ada")
    assert pointers(refused) == [pointer]


def test_every_bad_item_of_a_batch_is_named(reader: SubmissionReader) -> None:
    items: list[Any] = [
        {"type": "a"},
        {"type": "a", "queue": "my queue", "tags": [""]},
        "job",
        {"type": "mail", "payload": {"to": 1}},
        {"type": "a", "idempotency_key": ""},
        {"type": "a", "idempotency_key": 5},
    ]
    with pytest.raises(InvalidJob) as refused:
        reader.read_batch({"jobs": items}, "ada")
    assert pointers(refused) == [
        "/jobs/1/queue",
        "/jobs/1/tags/0",
        "/jobs/2",
        "/jobs/3/payload/to",
        "/jobs/4/idempotency_key",
        "/jobs/5/idempotency_key",
    ]


def test_no_more_than_fifty_problems_of_a_batch_are_told(reader: SubmissionReader) -> None:
    with pytest.raises(InvalidJob) as refused:
        reader.read_batch({"jobs": [{"type": "a", "tags": [""] * 20}] * 100}, "ada")
    assert len(refused.value.fields) == 50


def test_too_large_a_payload_of_a_batch_is_named(reader: SubmissionReader) -> None:
    with pytest.raises(PayloadTooLarge, match=r"^/jobs/1/payload has"):
        reader.read_batch({"jobs": [{"type": "a"}, {"type": "a", "payload": {"x": "y" * 300_000}}]}, "ada")


def test_too_deep_a_payload_is_refused(reader: SubmissionReader) -> None:
    payload: dict[str, Any] = {}
    for _ in range(260):
        payload = {"x": payload}
    with pytest.raises(InvalidJob) as refused:
        reader.read_batch({"jobs": [{"type": "a", "payload": payload, "idempotency_key": "k"}]}, "ada")
    assert pointers(refused) == ["/jobs/0/payload"]
