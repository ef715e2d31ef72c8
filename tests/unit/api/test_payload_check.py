from __future__ import annotations

from typing import Any

import pytest

from goqueue_api.payload_check import PayloadCheck


def test_every_problem_has_a_pointer_into_the_payload() -> None:
    check = PayloadCheck(
        {"properties": {"to/cc": {"type": "array", "items": {"type": "string"}}, "n": {"minimum": 3}}, "required": ["n"]}
    )
    found = {field.pointer: field.detail for field in check.problems({"to/cc": ["a", 1], "n": 2})}
    assert set(found) == {"/payload/to~1cc/1", "/payload/n"}
    assert "not of type" in found["/payload/to~1cc/1"]
    assert [field.pointer for field in check.problems({})] == ["/payload"]


def test_a_long_value_is_not_repeated_in_full() -> None:
    problem = PayloadCheck({"properties": {"x": {"type": "integer"}}}).problems({"x": "y" * 100_000})[0]
    assert len(problem.detail) <= 400
    assert problem.detail.endswith('is not of type "integer"')


def test_no_more_than_twenty_problems_are_told() -> None:
    check = PayloadCheck({"additionalProperties": {"type": "string"}})
    assert len(check.problems({f"x{n}": n for n in range(100)})) == 20


@pytest.mark.parametrize(
    "schema",
    [
        pytest.param({"$ref": "http://127.0.0.1:9/x.json"}, id="remote $ref"),
        pytest.param({"$ref": "file:///etc/passwd"}, id="file $ref"),
        pytest.param({"type": "nonsense"}, id="no schema"),
        pytest.param({"properties": {"x": {"pattern": "("}}}, id="bad pattern"),
    ],
)
def test_a_schema_that_cannot_be_used_fetches_nothing_and_refuses_nothing(schema: dict[str, Any]) -> None:
    check = PayloadCheck(schema)
    assert check.accepts({"x": 1})
    assert check.problems({"x": 1}) == []


def test_a_local_ref_works() -> None:
    check = PayloadCheck({"$ref": "#/$defs/a", "$defs": {"a": {"required": ["x"]}}})
    assert check.accepts({"x": 1})
    assert not check.accepts({})
