"""The description that Swagger UI and client generators read: that it is right, and that answers keep to it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import MISSING, fields
from datetime import UTC, datetime
from threading import Barrier
from typing import Any
from uuid import uuid4

import jsonschema_rs
import orjson
import pytest
from flask import Flask
from flask.testing import FlaskClient

from goqueue_api.json_provider import dumps
from goqueue_common.job import JobSummary, Priority
from goqueue_common.lifecycle import JobStatus
from goqueue_common.new_job import NewJob, Submitted, submitted_job

METHODS = {"get", "post", "put", "patch", "delete"}


@pytest.fixture
def document(client: FlaskClient) -> dict[str, Any]:
    answer = client.get("/openapi.json")
    assert answer.content_type == "application/json"
    described: dict[str, Any] = answer.get_json()
    return described


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if method in METHODS:
                yield path, method, operation


def validator(document: dict[str, Any], name: str) -> jsonschema_rs.Validator:
    """Of a component, with formats checked and no member beyond the documented ones."""
    closed = orjson.loads(orjson.dumps(document).replace(b'"additionalProperties":true', b'"additionalProperties":false'))
    return jsonschema_rs.validator_for(
        {"$ref": f"#/components/schemas/{name}", "components": closed["components"]}, validate_formats=True
    )


def test_it_is_made_once_though_many_ask_at_once(app: Flask) -> None:
    together = Barrier(4)

    def ask(_: int) -> tuple[int, bytes]:
        together.wait()
        answer = app.test_client().get("/openapi.json")
        return answer.status_code, answer.data

    with ThreadPoolExecutor(4) as pool:
        ((status, _),) = set(pool.map(ask, range(4)))
    assert status == 200


def test_it_is_openapi_3_1_with_a_title(document: dict[str, Any]) -> None:
    assert (document["openapi"], document["info"]["title"]) == ("3.1.0", "GoQueue")
    assert document["info"]["version"]


def test_every_route_is_described(app: Flask, document: dict[str, Any]) -> None:
    undescribed = {"/static/<path:filename>", "/openapi.json", "/docs", "/"}
    served = {
        (rule.rule.replace("<", "{").replace(">", "}"), method.lower())
        for rule in app.url_map.iter_rules()
        if rule.rule not in undescribed
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert served == {(path, method) for path, method, _ in operations(document)}


def test_every_operation_has_its_own_id_a_summary_and_a_known_tag(document: dict[str, Any]) -> None:
    ids = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(ids) == len(set(ids))
    tags = {tag["name"] for tag in document["tags"]}
    for path, _, operation in operations(document):
        assert operation["summary"], path
        assert set(operation["tags"]) <= tags


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    references = [value for key, value in members(document) if key == "$ref"]
    assert references
    for reference in references:
        target: Any = document
        for word in reference.removeprefix("#/").split("/"):
            target = target[word]


def test_every_schema_is_a_json_schema(document: dict[str, Any]) -> None:
    for name, schema in document["components"]["schemas"].items():
        assert jsonschema_rs.meta.is_valid(schema), name
        validator(document, name)


def test_every_error_is_documented_as_a_problem(document: dict[str, Any]) -> None:
    for path, method, operation in operations(document):
        assert "default" in operation["responses"], path
        for status, response in operation["responses"].items():
            if status == "default" or (int(status) >= 400 and path != "/readyz"):
                name = response["$ref"].rpartition("/")[2]
                content = document["components"]["responses"][name]["content"]
                assert list(content) == ["application/problem+json"], (path, method, status)


def test_requests_are_closed_and_answers_are_open(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    for name in ("JobRequest", "BatchItem", "BatchRequest"):
        assert schemas[name]["additionalProperties"] is False
    for name in ("Job", "JobSummary", "Problem", "BatchAnswer"):
        assert schemas[name]["additionalProperties"] is True


@pytest.mark.parametrize(("path", "name"), [("/jobs", "JobRequest"), ("/jobs/batch", "BatchRequest")])
def test_every_worked_example_keeps_the_schema(document: dict[str, Any], path: str, name: str) -> None:
    content = document["paths"][path]["post"]["requestBody"]["content"]["application/json"]
    assert content["schema"]["$ref"].endswith(f"/{name}")
    assert content["examples"]
    for example in content["examples"].values():
        validator(document, name).validate(example["value"])


def test_a_submitted_job_keeps_the_documented_schema(document: dict[str, Any]) -> None:
    now = datetime.now(UTC)
    new = NewJob.checked("demo", payload={"a": 1}, tags=["x"], run_at=now, timeout_seconds=3)
    answer = Submitted(id=new.id, status=JobStatus.QUEUED, run_at=now, queued_at=now, created_at=now, max_retries=3)
    shown = orjson.loads(dumps(submitted_job(new, answer).to_dict()))
    validator(document, "Job").validate(shown)
    assert shown["created_at"].endswith("Z")


def test_a_job_in_a_list_keeps_the_documented_schema(document: dict[str, Any]) -> None:
    values: dict[str, Any] = {
        item.name: None for item in fields(JobSummary) if item.default is MISSING and item.default_factory is MISSING
    }
    numbers = dict.fromkeys(("attempts", "failures", "max_retries", "rescues"), 1)
    times = dict.fromkeys(("created_at", "updated_at", "run_at", "started_at"), datetime.now(UTC))
    words = {"id": str(uuid4()), "worker_id": str(uuid4()), "queue": "q", "type": "t", "payload_preview": "{}"}
    summary = JobSummary(
        **values | numbers | times | words | {"status": "processing", "priority": Priority.LOW, "tags": ["a"]}
    )
    validator(document, "JobSummary").validate(orjson.loads(dumps(summary.to_dict())))


def test_swagger_ui_is_served_from_our_own_files(client: FlaskClient) -> None:
    page = client.get("/docs", buffered=True)
    assert page.status_code == 200
    assert b"http" not in page.data
    for name in ("swagger-ui.css", "swagger-ui-bundle.js", "init.js", "favicon.png"):
        assert f"/static/swagger/{name}".encode() in page.data
        assert client.get(f"/static/swagger/{name}", buffered=True).status_code == 200
    assert b"<script>" not in page.data


def test_the_root_leads_to_the_documentation(client: FlaskClient) -> None:
    answer = client.get("/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/docs")


def members(document: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(document, dict):
        for key, value in document.items():
            yield key, value
            yield from members(value)
    elif isinstance(document, list):
        for item in document:
            yield from members(item)
