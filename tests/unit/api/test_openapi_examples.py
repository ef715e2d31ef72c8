"""That each operation is fit to be shown: told in words, with a worked example of every answer, body and error."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

import jsonschema_rs
import orjson
import pytest
from flask.testing import FlaskClient

from goqueue_api.access.scope import Scope
from goqueue_api.errors import problem_codes
from goqueue_api.examples.answers import ANSWERS
from goqueue_api.examples.problems import PROBLEMS

METHODS = ("get", "put", "post", "patch", "delete")
WHERE_ANSWERS_ARE = "add one to ANSWERS in api/goqueue_api/examples/answers.py"


class Operation(NamedTuple):
    name: str
    path: str
    described: Mapping[str, Any]
    parameters: list[Mapping[str, Any]]


@pytest.fixture
def document(client: FlaskClient) -> dict[str, Any]:
    described: dict[str, Any] = client.get("/openapi.json").get_json()
    return described


@pytest.fixture
def operations(document: dict[str, Any]) -> list[Operation]:
    return listed(document)


def listed(document: dict[str, Any]) -> list[Operation]:
    return [
        Operation(one.get("operationId", f"{method} {path}"), path, one, parameters(item, one))
        for path, item in document["paths"].items()
        for method, one in item.items()
        if method in METHODS
    ]


def parameters(item: Mapping[str, Any], operation: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [*item.get("parameters", []), *operation.get("parameters", [])]


def resolved(document: dict[str, Any], value: Any) -> Any:
    while "$ref" in value:
        target: Any = document
        for word in value["$ref"].removeprefix("#/").split("/"):
            target = target[word]
        value = target
    return value


def contents(document: dict[str, Any], operation: Operation) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """(what it is, media type object) of its body and of each answer."""
    answers = {**operation.described["responses"]}
    body = operation.described.get("requestBody")
    for what, one in [*answers.items(), *([("body", body)] if body else [])]:
        for media in resolved(document, one).get("content", {}).values():
            yield f"{operation.name}, {what}", media


def examples(document: dict[str, Any], media: Mapping[str, Any]) -> list[Any]:
    shown = [media["example"]] if "example" in media else []
    return [*shown, *(resolved(document, one)["value"] for one in media.get("examples", {}).values())]


def broken(document: dict[str, Any], media: Mapping[str, Any]) -> list[str]:
    """Where the examples of a media type break its schema."""
    check = jsonschema_rs.validator_for({**media["schema"], "components": document["components"]}, validate_formats=True)
    return [
        f"{error.instance_path}: {error.message}"
        for example in examples(document, media)
        for error in check.iter_errors(example)
    ]


def test_every_operation_is_told_in_words_and_says_who_may_call_it(operations: list[Operation]) -> None:
    for operation in operations:
        told = operation.described
        assert {"operationId", "summary", "tags", "security"} <= told.keys(), operation.name
        assert len(told["summary"]) < 90, f"{operation.name}: the first line of the view's docstring is its title"
        assert told["security"] == [] or set(told["security"][0]["bearer"]) <= set(Scope), operation.name


def test_every_tag_is_explained(document: dict[str, Any]) -> None:
    assert all(tag["description"] for tag in document["tags"])


def test_every_operation_that_a_title_does_not_explain_has_a_description(operations: list[Operation]) -> None:
    for operation in operations:
        answers = operation.described["responses"]
        told = operation.described.get("description") or any(
            answer.get("description") for status, answer in answers.items() if status.startswith("2")
        )
        assert told, f"{operation.name}: write more than a title into the view's docstring"


def test_every_parameter_is_described(operations: list[Operation]) -> None:
    missing = [
        f"{operation.name}: {parameter['name']}"
        for operation in operations
        for parameter in operation.parameters
        if not parameter.get("description")
    ]
    assert not missing, f"give them metadata={{'description': ...}}: {missing}"


def test_a_query_is_described_beside_headers(operations: list[Operation]) -> None:
    found = next(operation for operation in operations if operation.name == "getJob")
    assert [(one["in"], one["name"]) for one in found.parameters] == [
        ("path", "job_id"),
        ("query", "wait"),
        ("header", "If-None-Match"),
    ]


def test_every_answer_and_body_has_a_worked_example(document: dict[str, Any], operations: list[Operation]) -> None:
    missing = [
        what for operation in operations for what, media in contents(document, operation) if not examples(document, media)
    ]
    assert not missing, f"{missing} have no example: {WHERE_ANSWERS_ARE}, or for a body beside its schema"


def test_every_example_keeps_its_schema(document: dict[str, Any], operations: list[Operation]) -> None:
    for operation in operations:
        for what, media in contents(document, operation):
            wrong = broken(document, media)
            assert not wrong, f"{what}: the example breaks its schema: {wrong}"


def test_no_example_is_of_an_answer_that_is_not_given(operations: list[Operation]) -> None:
    given = {
        (operation.name, int(status))
        for operation in operations
        for status in operation.described["responses"]
        if status != "default"
    }
    assert {(name, status) for name, answers in ANSWERS.items() for status in answers} <= given


def test_no_example_has_a_member_that_is_not_documented(document: dict[str, Any]) -> None:
    """Answers are open, so that their schema alone would not notice a name that has changed."""
    closed = orjson.loads(orjson.dumps(document).replace(b'"additionalProperties":true', b'"additionalProperties":false'))
    for operation in listed(closed):
        for what, media in contents(closed, operation):
            wrong = broken(closed, media)
            assert not wrong, f"{what}: {wrong}"


def test_ids_in_examples_are_of_the_time_at_which_their_example_was_made(document: dict[str, Any]) -> None:
    told = [
        (one["id"], one["created_at"])
        for operation in listed(document)
        for _, media in contents(document, operation)
        for example in examples(document, media)
        if isinstance(example, dict)  # else it is a page of metrics, or a stream of events
        for one in [example, *example.get("items", ()), *example.get("sample", ())]
        if {"id", "created_at"} <= one.keys()
    ]
    assert told
    for identity, created_at in told:
        milliseconds = int(identity.replace("-", "")[:12], 16)
        assert abs(milliseconds / 1000 - datetime.fromisoformat(created_at).timestamp()) < 1, (identity, created_at)


def test_every_error_code_has_an_example() -> None:
    missing = problem_codes().keys() - PROBLEMS.keys()
    assert not missing, f"add {sorted(missing)} to PROBLEMS in api/goqueue_api/examples/problems.py"
    assert not PROBLEMS.keys() - problem_codes().keys()


def test_programs_find_every_error_code_in_the_schema(document: dict[str, Any]) -> None:
    assert document["components"]["schemas"]["Problem"]["properties"]["code"]["enum"] == sorted(problem_codes())


def test_the_example_of_an_error_is_of_the_code_that_it_stands_under(document: dict[str, Any]) -> None:
    for code, example in document["components"]["examples"].items():
        assert example["value"]["code"] == code
        assert example["value"]["status"] == problem_codes()[code]
        assert example["summary"]
