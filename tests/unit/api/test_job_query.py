from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from uuid_utils.compat import uuid7

from goqueue_api.job_query import NEWEST_FIRST, OLDEST_FIRST, cursor, payload_objects, place, split
from goqueue_common.errors import InvalidCursor
from goqueue_common.job_search import Place
from goqueue_common.json_values import Unreadable


@pytest.mark.parametrize(("text", "values"), [("a", ["a"]), ("a,b", ["a", "b"]), ("a\\,b,c", ["a,b", "c"]), ("", [""])])
def test_values_are_split_at_commas_unless_told_otherwise(text: str, values: list[str]) -> None:
    assert split(text) == values


@pytest.mark.parametrize("text", ["a,", ",a", "a,,b", ","])
def test_nothing_is_no_value_beside_a_comma(text: str) -> None:
    with pytest.raises(Unreadable, match="between commas"):
        split(text)


@pytest.mark.parametrize(
    ("objects", "members", "expected"),
    [
        ([], {}, []),
        (['{"a": 1}', '{"b": [2]}'], {}, [{"a": 1}, {"b": [2]}]),
        ([], {"a.b": ["1", "x", "null"]}, [{"a": {"b": 1}}, {"a": {"b": "x"}}, {"a": {"b": None}}]),
        ([], {"a.b": ["1"], "a.c": ['"2"']}, [{"a": {"b": 1, "c": "2"}}]),
        (['{"a": {"d": 0}}'], {"a.b": ["1", "2"]}, [{"a": {"d": 0, "b": 1}}, {"a": {"d": 0, "b": 2}}]),
        ([], {"a": ['{"b": 1}'], "a.c": ["2"]}, [{"a": {"b": 1, "c": 2}}]),
    ],
)
def test_paths_must_all_hold_and_values_any(
    objects: Sequence[str], members: Mapping[str, Sequence[str]], expected: list[dict[str, Any]]
) -> None:
    assert payload_objects(objects, members) == expected


@pytest.mark.parametrize(
    ("objects", "members", "said"),
    [
        (["{"], {}, "no JSON"),
        (["[1]"], {}, "not an array"),
        ([], {"a..b": ["1"]}, "empty name"),
        ([], {"a": ["1"], "a.b": ["1"]}, "two different values of 'a'"),
        ([], {"a": [str(n) for n in range(5)], "b": [str(n) for n in range(5)]}, "25 combinations"),
        ([], {"a": ['"\\u0000"']}, "U+0000"),
    ],
)
def test_what_cannot_be_meant_is_said(objects: Sequence[str], members: Mapping[str, Sequence[str]], said: str) -> None:
    with pytest.raises(Unreadable) as raised:
        payload_objects(objects, members)
    assert said in str(raised.value)


@pytest.mark.parametrize("sort", [NEWEST_FIRST, OLDEST_FIRST])
@pytest.mark.parametrize("back", [False, True])
def test_a_cursor_leads_to_its_place_in_its_order_only(sort: str, back: bool) -> None:
    begins = Place(str(uuid7()), back)
    written = cursor(begins, sort)
    assert place(written, sort) == begins
    with pytest.raises(InvalidCursor):
        place(written, OLDEST_FIRST if sort == NEWEST_FIRST else NEWEST_FIRST)


def test_no_cursor_is_the_first_page() -> None:
    assert (place(None, NEWEST_FIRST), cursor(None, NEWEST_FIRST)) == (None, None)
