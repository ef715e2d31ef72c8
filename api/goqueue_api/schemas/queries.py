"""Query strings."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from goqueue_api.job_request import Unreadable, read_time
from goqueue_common.lifecycle import JobStatus
from goqueue_common.new_job import NAME_PATTERN

MAX_WAIT_SECONDS = 30.0
MAX_PAGE = 200
DEFAULT_PAGE = 50


class TimeField(fields.AwareDateTime):
    """A time with a zone, read as bodies are."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> datetime:
        try:
            return read_time(str(value))
        except Unreadable as error:
            raise ValidationError(str(error)) from error


_name = validate.Regexp(f"^{NAME_PATTERN}$", error="{input!r:.80} is no name: use 1 to 64 letters, digits, '.', '_', '-'")
_tag = validate.Regexp(r"^[^\x00-\x1f\x7f]{1,64}$", error="a tag has 1 to 64 printable characters")
_statuses = [str(status) for status in JobStatus]


class WaitQuerySchema(Schema):
    """GET /jobs/{id}."""

    wait = fields.Float(
        load_default=0.0,
        validate=validate.Range(0, MAX_WAIT_SECONDS, error="{input} is out of range: 0 to 30 seconds"),
        metadata={
            "description": "Hold the answer back until the job is finished, for so many seconds at most. When too many "
            "requests wait, the present state comes at once, with Retry-After."
        },
    )


class JobsQuerySchema(Schema):
    """GET /jobs: several values of one filter mean any of them."""

    status = fields.List(
        fields.String(validate=validate.OneOf(_statuses, error="{input!r} is no status: choose of {choices}")),
        load_default=list,
    )
    queue = fields.List(fields.String(validate=_name), load_default=list)
    type = fields.List(fields.String(validate=_name), load_default=list)
    tag = fields.List(fields.String(validate=_tag), load_default=list, metadata={"description": "A job needs one of them."})
    created_after = TimeField(load_default=None, metadata={"description": "At this time or later."})
    created_before = TimeField(load_default=None, metadata={"description": "Before this time."})
    cursor = fields.String(load_default=None, metadata={"description": "next_cursor of the page before."})
    limit = fields.Integer(
        load_default=DEFAULT_PAGE,
        validate=validate.Range(1, MAX_PAGE, error="{input} is out of range: 1 to 200"),
    )
