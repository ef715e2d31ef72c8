"""Payloads against the JSON Schema of their type, with sentences for people. Nothing is ever fetched for a $ref."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any, Final

import jsonschema_rs
import structlog

from goqueue_common.errors import FieldError, pointer_word

log = structlog.get_logger(__name__)

_MAX_PROBLEMS: Final = 20
_MAX_MESSAGE: Final = 400


class PayloadCheck:
    """One schema, compiled. A schema that cannot be compiled checks nothing."""

    def __init__(self, schema: dict[str, Any] | None) -> None:
        self._schema = schema or {}
        self._validator = None if schema is None else _compiled(schema)

    def accepts(self, payload: object) -> bool:
        """Whether the payload is valid."""
        return self._validator is None or self._validator.is_valid(payload)

    def problems(self, payload: object) -> list[FieldError]:
        """What is wrong with the payload, at most 20 things."""
        if self._validator is None:
            return []
        return [
            FieldError(
                "/payload" + "".join(f"/{pointer_word(str(part))}" for part in error.instance_path),
                _sentence(self._schema, error),
            )
            for error in itertools.islice(self._validator.iter_errors(payload), _MAX_PROBLEMS)
        ]


def _compiled(schema: dict[str, Any]) -> jsonschema_rs.Validator | None:
    try:
        return jsonschema_rs.validator_for(schema, offline=True)
    except (ValueError, jsonschema_rs.ReferencingError) as error:
        log.warning("schema_not_usable", reason=str(error).partition("\n")[0])
        return None


def _sentence(schema: Mapping[str, Any], error: jsonschema_rs.ValidationError) -> str:
    """What is wrong, and where the validator would quote the schema or a pattern, what is wanted instead."""
    *path, keyword = error.schema_path or [""]
    place = _followed(schema, path)
    choices = _member_sets(place.get(keyword)) if keyword in ("oneOf", "anyOf") else []
    if choices:
        wanted = " or ".join(" and ".join(names) for names in choices)
        is_too_much = isinstance(error.instance, dict) and any(set(names) <= set(error.instance) for names in choices)
        return f"may have only one of {wanted}" if is_too_much else f"needs {wanted}"
    if keyword == "not" and (together := _member_sets([place.get("not")])):
        return f"may not have {' and '.join(together[0])} together"
    if keyword in ("pattern", "format", "not") and isinstance(place.get("description"), str):
        return f"{_short(error.message)}; wanted: {place['description']}"
    return _short(error.message)


def _followed(schema: object, path: Sequence[object]) -> Mapping[str, Any]:
    """The subschema at a path; an empty one when the path leads through a $ref."""
    for part in path:
        try:
            schema = schema[part]  # type: ignore[index]  # whatever is not there raises
        except (KeyError, IndexError, TypeError):
            return {}
    return schema if isinstance(schema, Mapping) else {}


def _member_sets(alternatives: object) -> list[list[str]]:
    """The members that each alternative requires; none when one of them asks for anything else."""
    if not isinstance(alternatives, list) or not all(
        isinstance(one, dict) and set(one) == {"required"} for one in alternatives
    ):
        return []
    return [[str(name) for name in one["required"]] for one in alternatives]


def _short(message: str) -> str:
    """A message begins with the value it is about, which may be long, and ends with what is wrong."""
    return message if len(message) <= _MAX_MESSAGE else f"{message[:80]} ... {message[-(_MAX_MESSAGE - 85) :]}"
