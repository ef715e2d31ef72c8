"""Payloads against the JSON Schema that workers published for their type. Nothing is ever fetched for a $ref."""

from __future__ import annotations

import itertools
from typing import Any, Final

import jsonschema_rs
import structlog

from goqueue_api.json_body import pointer_word
from goqueue_common.errors import FieldError

log = structlog.get_logger(__name__)

_MAX_PROBLEMS: Final = 20
_MAX_MESSAGE: Final = 400


class PayloadCheck:
    """One schema, compiled. A schema that cannot be compiled checks nothing: the worker's own check decides then."""

    def __init__(self, schema: dict[str, Any] | None) -> None:
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
                "/payload" + "".join(f"/{pointer_word(str(part))}" for part in error.instance_path), _short(error.message)
            )
            for error in itertools.islice(self._validator.iter_errors(payload), _MAX_PROBLEMS)
        ]


def _compiled(schema: dict[str, Any]) -> jsonschema_rs.Validator | None:
    try:
        return jsonschema_rs.validator_for(schema, offline=True)
    except (ValueError, jsonschema_rs.ReferencingError) as error:
        log.warning("schema_not_usable", reason=str(error).partition("\n")[0])
        return None


def _short(message: str) -> str:
    """A message begins with the value it is about, which may be long, and ends with what is wrong."""
    return message if len(message) <= _MAX_MESSAGE else f"{message[:80]} ... {message[-(_MAX_MESSAGE - 85) :]}"
