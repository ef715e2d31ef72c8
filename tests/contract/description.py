"""openapi.json as tests walk it, so that no operation is forgotten: its operations, each with a request that is right."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

METHODS = ("get", "put", "post", "patch", "delete")
NO_JOB = "01a20eb4-1366-768e-8433-a398418d79cc"


@dataclass(frozen=True)
class Operation:
    """One operation. scope: None, it is for everybody."""

    id: str
    method: str
    path: str
    scope: str | None
    parameters: list[Mapping[str, Any]]
    body: Mapping[str, Any] | None
    statuses: frozenset[str]

    def __str__(self) -> str:
        return self.id

    def filled_path(self, **values: str | bytes) -> str:
        """The path with values that could be right, or with those given."""
        path = self.path
        for parameter in self.of("path"):
            name = parameter["name"]
            path = path.replace(f"{{{name}}}", quote(values.get(name, fitting(parameter["schema"])), safe=""))
        return path

    def of(self, place: str) -> Iterator[Mapping[str, Any]]:
        return (parameter for parameter in self.parameters if parameter["in"] == place)

    def required_headers(self) -> dict[str, str]:
        return {found["name"]: found.get("example", "x") for found in self.of("header") if found.get("required")}

    def query(self) -> dict[str, str]:
        """What a query must have."""
        return {found["name"]: fitting(found["schema"]) for found in self.of("query") if found.get("required")}

    def example_body(self) -> Any:
        """The first worked example."""
        assert self.body is not None
        return next(iter(self.body["examples"].values()))["value"]


def fitting(schema: Mapping[str, Any]) -> str:
    """A value for a part of a path or of a query."""
    if schema.get("type") == "array":
        return ",".join(schema["example"])
    if "enum" in schema:
        return str(schema["enum"][0])
    return NO_JOB if schema.get("format") == "uuid" else "emails"


def operations(document: Mapping[str, Any]) -> list[Operation]:
    return [
        Operation(
            id=one["operationId"],
            method=method.upper(),
            path=path,
            scope=one["security"][0]["bearer"][0] if one["security"] else None,
            parameters=[*item.get("parameters", []), *one.get("parameters", [])],
            body=one["requestBody"]["content"]["application/json"] if "requestBody" in one else None,
            statuses=frozenset(one["responses"]),
        )
        for path, item in document["paths"].items()
        for method, one in item.items()
        if method in METHODS
    ]


def resolved(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """A schema in place of a reference to it."""
    found: Any = schema
    while "$ref" in found:
        target: Any = document
        for word in found["$ref"].removeprefix("#/").split("/"):
            target = target[word]
        found = target
    resolved_schema: Mapping[str, Any] = found
    return resolved_schema


PATH = Path(__file__).resolve().parents[2] / "api" / "openapi.json"
DOCUMENT: dict[str, Any] = json.loads(PATH.read_text())
"""As it is committed; `make check` compares it with what the API serves."""
OPERATIONS = operations(DOCUMENT)
