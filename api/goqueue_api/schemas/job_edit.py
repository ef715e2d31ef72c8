"""What PATCH /jobs/{id} and POST /jobs/{id}/rerun take. For documentation: goqueue_api.job_edit reads them."""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from typing import Any, ClassVar, Final

from marshmallow import Schema, fields, missing

from goqueue_api.job_edit import EDITABLE, MAY_BE_NULL
from goqueue_api.job_request import READERS
from goqueue_api.schemas.job_request import JobRequestSchema


def _optional(names: Iterable[str]) -> dict[str, fields.Field[Any]]:
    """These members of a job request, none required and without a default: what is left out stays as it is."""
    copies = {name: deepcopy(JobRequestSchema().fields[name]) for name in names}
    for field in copies.values():
        field.required, field.load_default = False, missing
    return copies


def _editable() -> dict[str, fields.Field[Any]]:
    found = _optional(EDITABLE)
    for name, field in found.items():
        field.allow_none = name in MAY_BE_NULL
    return found


class _OneMemberSchema(Schema):
    json_schema: ClassVar = {"minProperties": 1}


class _RerunBaseSchema(Schema):
    json_schema: ClassVar = JobRequestSchema.json_schema


JobEditSchema = _OneMemberSchema.from_dict(_editable(), name="JobEditSchema")
RerunSchema = _RerunBaseSchema.from_dict(_optional(name for name in READERS if name != "type"), name="RerunSchema")

EDIT_EXAMPLES: Final[dict[str, Any]] = {
    "sooner": {"summary": "Let it run before others", "value": {"priority": "high", "run_at": None}},
    "corrected": {
        "summary": "Correct what it was given, and try it more often",
        "value": {"payload": {"seconds": 1}, "max_retries": 10, "tags": ["corrected"]},
    },
}
RERUN_EXAMPLES: Final[dict[str, Any]] = {
    "as it was": {"summary": "The same again", "value": {}},
    "edited": {"summary": "With another payload", "value": {"payload": {"seconds": 1}, "priority": "high"}},
}
