from __future__ import annotations

import pytest

from goqueue_api.errors import InvalidJson, InvalidRequest
from goqueue_api.json_body import parse_object


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"  \n", id="blank"),
        pytest.param(b"{", id="cut off"),
        pytest.param(b"{'a': 1}", id="single quotes"),
        pytest.param(b'{"a": NaN}', id="NaN"),
        pytest.param(b'{"a": -Infinity}', id="Infinity"),
        pytest.param(b'{"a": 1e999}', id="1e999"),
        pytest.param(b'{"a": 1' + b"0" * 5_000 + b"}", id="more digits than a float can hold"),
        pytest.param(b'{"a": "\\ud800"}', id="lone surrogate"),
        pytest.param(b'{"a": "\xff"}', id="not UTF-8"),
        pytest.param(b'{"a": "\x00"}', id="raw NUL"),
        pytest.param(b'{"a":' + b"[" * 2_000 + b"]" * 2_000 + b"}", id="too deep"),
        pytest.param(
            b'{"n": 12345678901234567890123, "a":' + b"[" * 1_000 + b"]" * 1_000 + b"}", id="deep, with a long integer"
        ),
    ],
)
def test_what_is_not_json_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidJson):
        parse_object(body)


@pytest.mark.parametrize("body", [b"[]", b'"text"', b"5", b"null", b"true"])
def test_the_top_level_must_be_an_object(body: bytes) -> None:
    with pytest.raises(InvalidRequest, match="must be a JSON object"):
        parse_object(body)


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        pytest.param(b'{"a": {"b": ["x", "\\u0000"]}}', ["/a/b/1"], id="in a value"),
        pytest.param(b'{"a": {"b\\u0000": 1}}', ["/a/b\\u0000"], id="in a key"),
        pytest.param(b'{"a": "\\\\\\u0000"}', ["/a"], id="after an escaped backslash"),
        pytest.param(b'{"a": 18446744073709551616}', ["/a"], id="one above 64 bits"),
        pytest.param(b'{"a/b": [-9223372036854775809]}', ["/a~1b/0"], id="one below 64 bits"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_its_place(body: bytes, pointers: list[str]) -> None:
    with pytest.raises(InvalidRequest) as refused:
        parse_object(body)
    assert [field.pointer for field in refused.value.fields] == pointers


@pytest.mark.parametrize(
    ("body", "document"),
    [
        pytest.param(b'{"a": "\\\\u0000"}', {"a": "\\u0000"}, id="an escaped backslash, then u0000"),
        pytest.param(b'{"a": 18446744073709551615}', {"a": 2**64 - 1}, id="the highest integer"),
        pytest.param(b'{"a": -9223372036854775808}', {"a": -(2**63)}, id="the lowest integer"),
        pytest.param(b'{"a": "12345678901234567890123"}', {"a": "12345678901234567890123"}, id="digits in a string"),
        pytest.param(b'{"a": 0.12345678901234567890123}', {"a": 0.12345678901234568}, id="a long fraction"),
        pytest.param(b'{"a": 12345678901234567890123.5}', {"a": 1.2345678901234568e22}, id="a long float"),
        pytest.param(b' {"a": "\\ud83d\\ude00"} ', {"a": "\U0001f600"}, id="a surrogate pair"),
    ],
)
def test_what_merely_looks_bad_is_taken(body: bytes, document: object) -> None:
    assert parse_object(body) == document


def test_no_more_than_fifty_places_are_named() -> None:
    with pytest.raises(InvalidRequest) as refused:
        parse_object(b'{"a": [' + b",".join([b'"\\u0000"'] * 200) + b"]}")
    assert len(refused.value.fields) == 50
