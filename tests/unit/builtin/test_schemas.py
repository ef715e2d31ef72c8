"""The schemas of the built-in types make good forms: each member says what it is and what it is for."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from goqueue_worker.discovery import BUILTIN_MODULE, load
from goqueue_worker.handler import Handler

HANDLERS = load([BUILTIN_MODULE], None).handlers
OPEN = {"demo.noop"}  # takes anything on purpose
DESCRIPTION = json.loads((Path(__file__).parents[3] / "api" / "openapi.json").read_text(encoding="utf-8"))


def members(schema: Mapping[str, Any], place: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, member in schema.get("properties", {}).items():
        yield f"{place}/{name}", member
        yield from members(member, f"{place}/{name}")
        yield from members(member.get("items", {}), f"{place}/{name}/items")


def objects(schema: Mapping[str, Any], place: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield place, schema
    yield from ((where, member) for where, member in members(schema, place) if member.get("type") == "object")


@pytest.mark.parametrize("handler", HANDLERS, ids=lambda handler: handler.type)
def test_every_member_has_a_title_and_a_description(handler: Handler) -> None:
    schema = handler.schema or {}
    # Numbers that stand together, width and height say, are told by the object around them.
    silent = [
        place
        for place, member in members(schema, "")
        if member.get("type") != "integer" and not (member.get("title") and member.get("description"))
    ]
    assert silent == []


@pytest.mark.parametrize("handler", [one for one in HANDLERS if one.type not in OPEN], ids=lambda handler: handler.type)
def test_a_member_that_is_not_known_is_refused(handler: Handler) -> None:
    open_objects = [place for place, member in objects(handler.schema or {}, "") if "additionalProperties" not in member]
    assert open_objects == []


@pytest.mark.parametrize("handler", HANDLERS, ids=lambda handler: handler.type)
def test_handler_says_what_it_does(handler: Handler) -> None:
    assert handler.description.endswith(".")
    assert handler.origin.startswith("goqueue_builtin.")


def examples() -> Iterator[tuple[str, Mapping[str, Any]]]:
    """What the description of the API shows as a job or a schedule to send, with where."""
    for path, item in DESCRIPTION["paths"].items():
        for method, operation in item.items():
            bodies = operation.get("requestBody", {}).get("content", {}) if isinstance(operation, dict) else {}
            for body in bodies.values():
                for name, example in body.get("examples", {}).items():
                    value = example["value"]
                    for job in value.get("jobs", value.get("schedules", [value])) if isinstance(value, dict) else ():
                        if isinstance(job, dict):
                            yield f"{method} {path} {name}", job


def test_payloads_of_examples_are_taken_by_the_handlers_of_their_types() -> None:
    schemas = {handler.type: handler.schema or {} for handler in HANDLERS}
    shown = [(where, job) for where, job in examples() if job.get("type") in schemas and "payload" in job]
    assert len(shown) > 5
    refused = [
        f"{where}: {error.message}"
        for where, job in shown
        for error in jsonschema_rs.validator_for(schemas[job["type"]]).iter_errors(job["payload"])
    ]
    assert refused == []


def test_a_schedule_to_be_put_has_the_name_of_its_path() -> None:
    put = DESCRIPTION["paths"]["/schedules/{schedule}"]["put"]["requestBody"]["content"]["application/json"]["examples"]
    assert [name for name, example in put.items() if "name" in example["value"]] == []
