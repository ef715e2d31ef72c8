from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Request
from werkzeug.test import EnvironBuilder

from goqueue_api.errors import InvalidRequest, PreconditionRequired
from goqueue_api.schedule_request import CHANGEABLE, ScheduleReader, seen_version, wants_new
from goqueue_api.schedule_sync_request import read_sync
from goqueue_api.schemas.schedule_request import (
    EDIT_EXAMPLES,
    EXAMPLES,
    SYNC_EXAMPLES,
    ScheduleEditSchema,
    ScheduleRequestSchema,
)
from goqueue_api.type_catalogue import TypeCatalogue
from goqueue_common.errors import InvalidJob, PayloadTooLarge, ScheduleChanged
from goqueue_common.schedule import Definition, Schedule, Source
from goqueue_common.schedule_definition import MAY_BE_NULL, READERS, read_definition
from goqueue_common.worker_store import JobType
from tests.factories import FrozenClock

NOW = datetime(2030, 1, 1, tzinfo=UTC)
STRICT = {"type": "object", "required": ["to"], "properties": {"to": {"type": "string"}}}
MAIL = JobType(
    type="mail",
    fingerprint="f1",
    schema=STRICT,
    max_retries=9,
    timeout_seconds=None,
    isolation="thread",
    description="",
    live_workers=1,
)


class PublishedTypes:
    """What workers have published."""

    def job_types(self) -> list[JobType]:
        return [MAIL]


@pytest.fixture
def reader() -> ScheduleReader:
    return ScheduleReader(TypeCatalogue(PublishedTypes()), FrozenClock(NOW))


def stored(**members: Any) -> Schedule:
    return Schedule(
        definition=read_definition({"type": "demo", "cron": "@daily"} | members),
        source=Source.API,
        version=7,
        due_after=NOW,
        next_at=None,
        paused_at=None,
        paused_by=None,
        dropped_at=None,
        last_run=None,
        created_at=NOW,
        updated_at=NOW,
    )


def nothing(names: Collection[str]) -> dict[str, Definition]:
    return {}


def found(refused: pytest.ExceptionInfo[InvalidJob] | pytest.ExceptionInfo[InvalidRequest]) -> list[tuple[str, str]]:
    return [(field.pointer, field.detail) for field in refused.value.fields]


def request(**headers: str) -> Request:
    return Request(EnvironBuilder(headers={name.replace("_", "-"): value for name, value in headers.items()}).get_environ())


def test_the_schema_documents_what_is_read() -> None:
    assert set(ScheduleRequestSchema().fields) == set(READERS)
    assert {name for name, field in ScheduleRequestSchema().fields.items() if field.allow_none} == set(MAY_BE_NULL)
    assert set(ScheduleEditSchema().fields) == set(CHANGEABLE)
    assert not any(field.required for field in ScheduleEditSchema().fields.values())


def test_what_is_left_out_is_as_the_schema_says() -> None:
    document = read_definition({"type": "demo", "cron": "@daily"}).to_document()
    defaults = ScheduleRequestSchema().load({"type": "demo", "cron": "@daily"})
    assert {name: document[name] for name in defaults} == defaults


def test_every_worked_example_is_taken(reader: ScheduleReader) -> None:
    for example in EXAMPLES.values():
        assert reader.new(example["value"])
    for example in EDIT_EXAMPLES.values():
        assert reader.changed(example["value"], stored())
    for example in SYNC_EXAMPLES.values():
        assert len(read_sync(example["value"], reader, nothing)) == 2


@pytest.mark.parametrize(
    ("members", "pointer", "words"),
    [
        pytest.param({"cron": "0 25 * * *"}, "/cron", "(character 3)", id="bad hour"),
        pytest.param({"timezone": "Europe/Berlni"}, "/timezone", "(character ", id="bad zone"),
        pytest.param({"type": "my type"}, "/type", "(character 3)", id="bad type"),
        pytest.param({"type": "preview"}, "/type", "is a path below /schedules", id="reserved type"),
        pytest.param({"name": "fire"}, "/name", "is a path below /schedules", id="reserved name"),
        pytest.param({"color": "red"}, "/color", "is no member of a schedule", id="unknown member"),
        pytest.param({"ends_at": "2029-12-31T00:00:00Z"}, "/ends_at", "lies in the past", id="ended"),
        pytest.param({"ends_at": "2030-01-01T12:00:00Z"}, "/ends_at", "between now and then", id="ends too early"),
        pytest.param(
            {"starts_at": "2031-01-01T01:00:00Z", "ends_at": "2031-01-01T02:00:00Z"},
            "/ends_at",
            "between starts_at and then",
            id="nothing between",
        ),
        pytest.param({"type": "mail", "payload": {"to": 1}}, "/payload/to", "string", id="payload by its schema"),
        pytest.param({"starts_at": "9999-12-31T00:00:00Z"}, "/starts_at", "would never fire", id="begins at the end"),
    ],
)
def test_what_is_wrong_is_named(reader: ScheduleReader, members: dict[str, Any], pointer: str, words: str) -> None:
    with pytest.raises(InvalidJob) as refused:
        reader.new({"type": "demo", "cron": "@daily"} | members)
    assert [place for place, _ in found(refused)] == [pointer]
    assert words in found(refused)[0][1]


def test_the_last_instant_may_be_the_end(reader: ScheduleReader) -> None:
    assert reader.new({"type": "demo", "cron": "@daily", "ends_at": "2030-01-02T00:00:00Z"})


def test_a_put_takes_its_name_from_the_path(reader: ScheduleReader) -> None:
    assert reader.whole("nightly", {"type": "demo", "cron": "@daily"}, None).name == "nightly"
    assert reader.whole("nightly", {"type": "demo", "cron": "@daily", "name": "nightly"}, None).name == "nightly"
    with pytest.raises(InvalidJob, match="'daily', but the path says 'nightly'"):
        reader.whole("nightly", {"type": "demo", "cron": "@daily", "name": "daily"}, None)


def test_a_patch_keeps_what_it_does_not_name(reader: ScheduleReader) -> None:
    before = stored(starts_at="2030-01-01T00:00:00+01:00", tags=["a"], timezone="Europe/Berlin", max_retries=4)
    assert reader.changed({"tags": ["b"]}, before) == replace(before.definition, tags=("b",))
    assert reader.changed({"paused": True, "max_retries": None}, before) == replace(
        before.definition, paused=True, max_retries=None
    )


@pytest.mark.parametrize(
    ("document", "pointer", "words"),
    [
        pytest.param({}, "", "send at least one of type, queue", id="nothing"),
        pytest.param({"name": "demo"}, "/name", "cannot be changed", id="name"),
        pytest.param({"cron": None}, "/cron", "must be a string, not null", id="cron null"),
        pytest.param({"cron": "0 25 * * *"}, "/cron", "(character 3)", id="cron"),
        pytest.param({"color": 1}, "/color", "is no member", id="unknown member"),
    ],
)
def test_a_bad_patch_is_refused(reader: ScheduleReader, document: dict[str, Any], pointer: str, words: str) -> None:
    with pytest.raises((InvalidJob, InvalidRequest)) as refused:
        reader.changed(document, stored())
    assert found(refused)[0][0] == pointer
    assert words in found(refused)[0][1]


def test_what_stays_as_it_is_stored_is_not_judged_again(reader: ScheduleReader) -> None:
    """It has ended since, and the handler wants another payload since: its tags may be changed yet."""
    old = stored(type="mail", payload={"to": 1}, ends_at="2029-12-31T00:00:00Z")
    assert reader.changed({"tags": ["x"]}, old).tags == ("x",)
    same = {"type": "mail", "cron": "@daily", "payload": {"to": 1}, "ends_at": "2029-12-31T01:00:00+01:00", "jitter": 5}
    assert reader.whole("mail", same, old).jitter_seconds == 5
    for change in ({"payload": {"to": 2}}, {"cron": "@hourly"}):
        with pytest.raises(InvalidJob):
            reader.changed(change, old)


def test_if_match_says_which_version_is_meant() -> None:
    assert seen_version(request(If_Match='"7"'), stored()) == 7
    assert seen_version(request(If_Match='"6", "7"'), stored()) == 7
    assert seen_version(request(If_Match="*"), stored()) is None
    for old in ('"6"', 'W/"7"'):
        with pytest.raises(ScheduleChanged, match='its ETag is "7" now'):
            seen_version(request(If_Match=old), stored())
    with pytest.raises(PreconditionRequired, match="send If-Match with the ETag that GET /schedules/demo answered"):
        seen_version(request(), stored())


def test_if_none_match_can_only_ask_for_a_new_one() -> None:
    assert wants_new(request(If_None_Match="*"))
    assert not wants_new(request())
    with pytest.raises(InvalidRequest, match="can only be"):
        wants_new(request(If_None_Match='"7"'))


@pytest.mark.parametrize(
    ("document", "pointer"),
    [
        pytest.param({}, "/schedules", id="nothing"),
        pytest.param({"schedules": {}}, "/schedules", id="no array"),
        pytest.param({"schedules": [], "a/b": 1}, "/a~1b", id="a name with a slash"),
        pytest.param({"schedules": [{}] * 10_001}, "/schedules", id="too many"),
        pytest.param({"schedules": [], "file": "x"}, "/file", id="another member"),
    ],
)
def test_what_is_no_sync_is_refused(reader: ScheduleReader, document: dict[str, Any], pointer: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        read_sync(document, reader, nothing)
    assert [place for place, _ in found(refused)] == [pointer]


def test_an_empty_sync_is_one(reader: ScheduleReader) -> None:
    assert read_sync({"schedules": []}, reader, nothing) == []


def test_every_bad_entry_of_a_sync_is_named(reader: ScheduleReader) -> None:
    entries: list[Any] = [
        {"type": "demo", "cron": "@daily"},
        {"type": "demo", "cron": "@hourly"},
        "schedule",
        {"name": "other", "type": "demo", "cron": "61 * * * *", "overlap": "maybe"},
        {"type": "mail", "cron": "@daily", "payload": {"to": 1}},
    ]
    with pytest.raises(InvalidJob) as refused:
        read_sync({"schedules": entries}, reader, nothing)
    assert [place for place, _ in found(refused)] == [
        "/schedules/1/name",
        "/schedules/2",
        "/schedules/3/overlap",
        "/schedules/3/cron",
        "/schedules/4/payload/to",
    ]


def test_no_more_than_fifty_problems_of_a_sync_are_told(reader: ScheduleReader) -> None:
    with pytest.raises(InvalidJob) as refused:
        read_sync({"schedules": [{}] * 100}, reader, nothing)
    assert len(refused.value.fields) == 50


def test_too_large_a_payload_of_a_sync_is_named(reader: ScheduleReader) -> None:
    large = {"type": "a", "cron": "@daily", "payload": {"x": "y" * 300_000}}
    with pytest.raises(PayloadTooLarge, match=r"^/schedules/1/payload has"):
        read_sync({"schedules": [{"type": "demo", "cron": "@daily"}, large]}, reader, nothing)


def test_a_file_that_has_long_ended_schedules_is_taken(reader: ScheduleReader) -> None:
    assert read_sync({"schedules": [{"type": "a", "cron": "@daily", "ends_at": "2020-01-01T00:00:00Z"}]}, reader, nothing)


def test_a_handler_that_has_changed_does_not_stop_the_rest_of_the_file(reader: ScheduleReader) -> None:
    """Its jobs will fail and say so."""
    entries = [{"name": f"mail{number}", "type": "mail", "cron": "@daily", "payload": {"to": 1}} for number in range(60)]
    asked: list[Collection[str]] = []

    def as_before(names: Collection[str]) -> dict[str, Definition]:
        asked.append(names)
        return {entry["name"]: read_definition(entry) for entry in entries}

    read: list[Definition] = read_sync({"schedules": entries}, reader, as_before)
    assert [definition.name for definition in read] == [entry["name"] for entry in entries]
    assert asked == [[entry["name"] for entry in entries]], "once: there may be 10,000"
    changed = [*entries[:2], entries[2] | {"payload": {"to": 2}}, {"name": "x"}]
    with pytest.raises(InvalidJob) as refused:
        read_sync({"schedules": changed}, reader, as_before)
    assert [place for place, _ in found(refused)] == ["/schedules/2/payload/to", "/schedules/3/type", "/schedules/3/cron"]
