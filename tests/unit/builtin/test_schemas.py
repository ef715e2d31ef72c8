"""The schemas of the built-in types make good forms: each member says what it is and what it is for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from goqueue_worker.discovery import BUILTIN_MODULE, load
from goqueue_worker.handler import Handler

HANDLERS = load([BUILTIN_MODULE], None).handlers
OPEN = {"demo.noop"}  # takes anything on purpose


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
