"""marshmallow schemas as JSON Schema: what apispec leaves out."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from apispec.ext.marshmallow import MarshmallowPlugin
from apispec.ext.marshmallow.openapi import OpenAPIConverter


class _Converter(OpenAPIConverter):
    def init_attribute_functions(self) -> None:
        super().init_attribute_functions()  # type: ignore[no-untyped-call]  # apispec has types for some only
        self.add_attribute_function(_exclusive_minimum)  # type: ignore[no-untyped-call]

    def schema2jsonschema(self, schema: Any) -> dict[str, Any]:
        made: dict[str, Any] = super().schema2jsonschema(schema)  # type: ignore[no-untyped-call]
        return {**made, **getattr(schema, "json_schema", {})}


def _exclusive_minimum(_: Any, field: ma.fields.Field[Any], ret: dict[str, Any], **__: Any) -> dict[str, Any]:
    """Of a range whose minimum is outside of it: apispec takes it for inside."""
    for rule in field.validators:
        if isinstance(rule, ma.validate.Range) and rule.min is not None and not rule.min_inclusive:
            return {"exclusiveMinimum": ret.pop("minimum")}
    return {}


class SchemaPlugin(MarshmallowPlugin):
    """Exclusive minimums, and for rules of several members a schema's attribute `json_schema`: keywords beside its own."""

    Converter = _Converter
