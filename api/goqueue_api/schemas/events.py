"""Queries and the answer of /events."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, pre_load

from goqueue_api.live.topics import JOB_PREFIX, MOST_TOPICS, NAMES
from goqueue_api.schemas.queries import Pattern
from goqueue_common.broker.event_stream import POSITION_PATTERN

_TOPIC = f"^({'|'.join(NAMES)}|{JOB_PREFIX}[0-9a-fA-F]{{8}}(-[0-9a-fA-F]{{4}}){{3}}-[0-9a-fA-F]{{12}})$"
LINE_PATTERN = "[0-9]{1,18}"
"""Every such number is a bigint of PostgreSQL."""
_LAST_EVENT_ID = "In place of the header, for programs that cannot set it."


class JobEventsQuerySchema(Schema):
    """GET /jobs/{id}/events."""

    last_event_id = fields.String(
        load_default=None,
        validate=Pattern(
            f"^{LINE_PATTERN}$", error="{input!r:.80} is no id of a log line: send the last `id` as it came, or none"
        ),
        metadata={"description": _LAST_EVENT_ID},
    )


class EventsQuerySchema(Schema):
    """GET /events."""

    topics = fields.List(
        fields.String(
            validate=Pattern(
                _TOPIC,
                error=f"{{input!r:.80}} is no topic: choose of {', '.join(NAMES)}, and {JOB_PREFIX}<id> for one job",
            )
        ),
        required=True,
        metadata={
            "description": f"What to hear of, 1 to {MOST_TOPICS}: repeat it, or put commas between. job:<id> is one job.",
            "example": ["stats", "jobs"],
            "minItems": 1,
            "maxItems": MOST_TOPICS,
        },
        error_messages={"required": f"is missing: choose of {', '.join(NAMES)}, and {JOB_PREFIX}<id> for one job"},
    )
    last_event_id = fields.String(
        load_default=None,
        validate=Pattern(
            f"^{POSITION_PATTERN}$", error="{input!r:.80} is no id of an event: send the last `id` as it came"
        ),
        metadata={"description": _LAST_EVENT_ID},
    )

    @pre_load
    def _take_apart(self, data: Any, **_: Any) -> dict[str, Any]:
        values = {name: data[name] for name in data}
        if "topics" in values:
            values["topics"] = [name for value in data.data.getlist("topics") for name in value.split(",")]
            if not all(values["topics"]):
                raise ValidationError("nothing before, after or between commas is a topic", "topics")
        return values
