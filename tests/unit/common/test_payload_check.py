from __future__ import annotations

from typing import Any

import pytest

from goqueue_common.payload_check import PayloadCheck


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


CHOICE = {"oneOf": [{"required": ["path"]}, {"required": ["name", "data"]}]}
DESCRIBED = {"properties": {"url": {"type": "string", "pattern": "^https?://", "description": "An address by http."}}}


@pytest.mark.parametrize(
    ("schema", "payload", "sentence"),
    [
        pytest.param(CHOICE, {}, "needs path or name and data", id="none"),
        pytest.param(CHOICE, {"name": 1}, "needs path or name and data", id="half"),
        pytest.param(CHOICE, {"path": 1, "name": 1, "data": 1}, "may have only one of path or name and data", id="both"),
        pytest.param({"anyOf": CHOICE["oneOf"]}, {}, "needs path or name and data", id="any"),
        pytest.param({"not": {"required": ["a", "b"]}}, {"a": 1, "b": 2}, "may not have a and b together", id="not"),
        pytest.param(
            DESCRIBED, {"url": "ftp:"}, '"ftp:" does not match "^https?://"; wanted: An address by http.', id="pattern"
        ),
        pytest.param(
            {"properties": {"to": {"items": DESCRIBED}}},
            {"to": [{"url": "x"}]},
            '"x" does not match "^https?://"; wanted: An address by http.',
            id="nested",
        ),
        pytest.param(
            {"$ref": "#/$defs/a", "$defs": {"a": {"oneOf": CHOICE["oneOf"]}}},
            {},
            "needs path or name and data",
            id="through a ref",
        ),
        pytest.param(
            {"oneOf": [{"type": "string"}, {"required": ["a"]}]},
            {},
            "{} is not valid under any of the schemas listed in the 'oneOf' keyword",
            id="other choices",
        ),
    ],
)
def test_what_is_wanted_is_said(schema: dict[str, Any], payload: dict[str, Any], sentence: str) -> None:
    assert [problem.detail for problem in PayloadCheck(schema).problems(payload)] == [sentence]
