from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goqueue_common.redaction import HIDDEN, Redactor

REDACTOR = Redactor(["password", "Card"])
DOCUMENT = {
    "user": "ada",
    "password": 'a"b\\',
    "nested": [{"card": {"number": [1, 2, {"x": "]}"}]}, "PASSWORD": None, "left": 1.5}],
    "password_hint": "dog",
}
HIDDEN_DOCUMENT = {
    "user": "ada",
    "password": HIDDEN,
    "nested": [{"card": HIDDEN, "PASSWORD": HIDDEN, "left": 1.5}],
    "password_hint": "dog",
}


def test_named_fields_are_hidden_at_any_depth() -> None:
    assert REDACTOR.document(DOCUMENT) == HIDDEN_DOCUMENT


def test_what_contains_itself_comes_to_an_end() -> None:
    endless: dict[str, Any] = {"card": 1}
    endless["again"] = [endless]
    shown = REDACTOR.document(endless)
    assert (shown["card"], shown["again"][0]["card"]) == (HIDDEN, HIDDEN)
    assert HIDDEN in json.dumps(shown)


def test_the_text_of_a_document_is_hidden_in_the_same_way() -> None:
    assert json.loads(REDACTOR.text(json.dumps(DOCUMENT))) == HIDDEN_DOCUMENT


@pytest.mark.parametrize("length", range(1, len(json.dumps(DOCUMENT))))
def test_a_text_cut_off_anywhere_shows_nothing_hidden(length: int) -> None:
    shown = REDACTOR.text(json.dumps(DOCUMENT)[:length])
    assert "b\\" not in shown
    assert "number" not in shown


def test_a_value_is_hidden_though_its_text_mentions_the_name() -> None:
    assert REDACTOR.text('{"a": "password", "b": 1}') == '{"a": "password", "b": 1}'


def test_without_names_everything_stays() -> None:
    text = json.dumps(DOCUMENT)
    assert (Redactor([]).text(text), bool(Redactor([]))) == (text, False)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["password", "a", 'b"', "card\\"]) | st.text(), inner),
)


@given(values)
def test_text_and_document_agree(value: Any) -> None:
    assert json.loads(REDACTOR.text(json.dumps(value))) == REDACTOR.document(value)
