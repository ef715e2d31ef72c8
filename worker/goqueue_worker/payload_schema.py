"""JSON Schema of a handler's payload, from a JSON Schema or a marshmallow schema, checked when the handler is declared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

import jsonschema_rs
from marshmallow import RAISE, Schema

from goqueue_common.errors import SettingsError


def to_json_schema(schema: Mapping[str, Any] | Schema | type[Schema], job_type: str) -> dict[str, Any]:
    """A JSON Schema (draft 2020-12) that is valid and refers to nothing outside itself. Raises SettingsError."""
    if isinstance(schema, type):
        schema = schema()
    document = _from_marshmallow(schema) if isinstance(schema, Schema) else dict(schema)
    for reference in _references(document):
        if not reference.startswith("#"):
            raise SettingsError(
                f"handler {job_type!r}: its schema refers to {reference!r}; only references within it (#/...) are allowed"
            )
    try:
        jsonschema_rs.validator_for(document)
    except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError) as error:
        raise SettingsError(
            f"handler {job_type!r}: its schema is no valid JSON Schema: {str(error).splitlines()[0]}"
        ) from error
    return document


def _from_marshmallow(schema: Schema) -> dict[str, Any]:
    from apispec import APISpec  # a tenth of a second that only marshmallow schemas need
    from apispec.ext.marshmallow import MarshmallowPlugin

    # A resolver that gives no name makes nested schemas be written in place.
    plugin = MarshmallowPlugin(schema_name_resolver=cast("Any", lambda _schema: None))
    APISpec(title="", version="", openapi_version="3.1.0", plugins=[plugin])
    document: dict[str, Any] = cast("Any", plugin.converter).schema2jsonschema(schema)
    if schema.unknown == RAISE:
        document.setdefault("additionalProperties", False)
    return document


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, Mapping):
        for key, value in node.items():
            if key in ("$ref", "$dynamicRef") and isinstance(value, str):
                yield value
            else:
                yield from _references(value)
    elif isinstance(node, list):
        for item in node:
            yield from _references(item)
