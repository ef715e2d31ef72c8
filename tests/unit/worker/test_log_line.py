"""Whatever a handler logs becomes a line that PostgreSQL takes."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import IntEnum, StrEnum
from pathlib import PurePosixPath
from typing import Any

import orjson
import pytest

from goqueue_worker.log_line import MAX_LINE_BYTES, clean, fitted, plain, plain_fields


class Colour(StrEnum):
    RED = "red"


class Size(IntEnum):
    SMALL = 1


class Mute:
    def __str__(self) -> str:
        raise ValueError("no text")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        pytest.param({"a": [1, 2.5, None, True]}, {"a": [1, 2.5, None, True]}, id="JSON"),
        pytest.param((1, 2), [1, 2], id="tuple"),
        pytest.param({1}, [1], id="set"),
        pytest.param(datetime(2026, 3, 1, tzinfo=UTC), "2026-03-01T00:00:00+00:00", id="datetime"),
        pytest.param(date(2026, 3, 1), "2026-03-01", id="date"),
        pytest.param(Decimal("1.50"), "1.50", id="decimal"),
        pytest.param(PurePosixPath("/tmp/x"), "/tmp/x", id="path"),
        pytest.param(ValueError("broken"), "broken", id="error"),
        pytest.param(Colour.RED, "red", id="string enum"),
        pytest.param(Size.SMALL, 1, id="integer enum"),
        pytest.param(2**80, str(2**80), id="huge integer"),
        pytest.param(float("nan"), "nan", id="not a number"),
        pytest.param({1: {None: "x"}}, {"1": {"None": "x"}}, id="names that are no strings"),
        pytest.param("a\x00b\ud800", "ab?", id="NUL and a lone surrogate"),
        pytest.param(Mute(), "<Mute: its text cannot be had (ValueError)>", id="no text"),
    ],
)
def test_a_value_is_shown_as_json_or_as_its_text(value: object, shown: object) -> None:
    assert plain(value) == shown
    json.dumps(plain(value), allow_nan=False).encode()


def test_what_contains_itself_ends() -> None:
    endless: dict[str, Any] = {}
    endless["again"] = endless
    assert orjson.dumps(plain(endless))


def test_too_many_items_are_counted() -> None:
    assert plain(list(range(700)))[-1] == "… 200 more"
    many = plain_fields({str(number): number for number in range(501)})
    assert (len(many), many["…"]) == (501, "1 more field left out")


def test_a_line_that_fits_stays_whole() -> None:
    fields = {"to": "ada", "n": 1}
    assert fitted("sending", fields) == ("sending", orjson.dumps(fields))
    long = "x" * MAX_LINE_BYTES
    assert fitted(clean(long), {})[0] == "x" * (MAX_LINE_BYTES - len("{}") - len("…".encode())) + "…"


@pytest.mark.parametrize("character", ["x", "é", "😀", '"', "\\", "\n"], ids=ascii)
def test_a_line_that_is_too_large_is_cut_where_it_can_be_seen(character: str) -> None:
    fields = {"first": 1, "body": character * 5_000, "third": [1], "fourth": None}
    message, document = fitted(clean(character * 9_000), plain_fields(fields))
    assert len(message.encode()) + len(document) <= MAX_LINE_BYTES
    assert message.endswith("…")
    shown = orjson.loads(document)
    assert (shown["first"], shown["…"]) == (1, "2 more fields left out")
    assert shown["body"].endswith("…")
    assert len(shown["body"]) > 200


def test_a_value_that_is_no_text_is_cut_as_its_json() -> None:
    _, document = fitted("m", {"rows": [{"n": number} for number in range(600)]})
    assert orjson.loads(document)["rows"].startswith('[{"n":0},{"n":1}')


def test_names_are_cut_too() -> None:
    _, document = fitted("m", plain_fields({"n" * 5_000: 1}))
    assert list(orjson.loads(document)) == ["n" * 100]
