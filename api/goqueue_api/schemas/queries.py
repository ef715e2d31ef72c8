"""Query strings."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from marshmallow import Schema, ValidationError, fields, pre_load, validate

from goqueue_api.job_query import NEWEST_FIRST, OLDEST_FIRST, PAYLOAD_PREFIX, payload_objects, split
from goqueue_common.json_values import Unreadable, read_time
from goqueue_common.lifecycle import JobStatus
from goqueue_common.new_job import NAME_PATTERN
from goqueue_common.suggest_search import FIELDS

MAX_WAIT_SECONDS = 30.0
MAX_PAGE = 200
MAX_IDS = 200
DEFAULT_PAGE = 50


class TimeField(fields.AwareDateTime):
    """A time with a zone, read as bodies are."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> datetime:
        try:
            return read_time(str(value))
        except Unreadable as error:
            raise ValidationError(str(error)) from error


class Pattern(validate.Regexp):
    """A pattern that the whole value must match; for JSON Schema it ends with `$`, which Python lets a line end follow."""

    def __call__(self, value: Any) -> Any:
        """Raises ValidationError."""
        if self.regex.fullmatch(value) is None:
            raise ValidationError(self._format_error(value))
        return value


_named = Pattern(
    rf"^({NAME_PATTERN}|[A-Za-z0-9][A-Za-z0-9._-]{{0,62}}\*)$",
    error="{input!r:.80} is no name: use 1 to 64 letters, digits, '.', '_', '-', at its end maybe a `*`",
)
_name = Pattern(f"^{NAME_PATTERN}$", error="{input!r:.80} is no name: use 1 to 64 letters, digits, '.', '_', '-'")


def page_limit(usual: int = DEFAULT_PAGE, most: int = MAX_PAGE) -> fields.Integer:
    """How many items a page has."""
    return fields.Integer(
        load_default=usual,
        validate=validate.Range(1, most, error=f"{{input}} is out of range: 1 to {most}"),
        metadata={"description": "How many items a page has at most."},
    )


def name_field() -> fields.String:
    """The name of a queue or a type."""
    return fields.String(validate=_name)


_tag = Pattern(r"^[^\x00-\x1f\x7f]{1,64}$", error="a tag has 1 to 64 printable characters")
_text = Pattern(r"^[^\x00-\x1f\x7f]{1,200}$", error="is 1 to 200 printable characters")


def text_field(about: str) -> fields.String:
    """A text to look for, None by default."""
    return fields.String(load_default=None, validate=_text, metadata={"description": about})


FINGERPRINT = fields.String(
    validate=Pattern("^[0-9a-f]{16}$", error="{input!r:.80} is no fingerprint: that is 16 hexadecimal digits")
)
_UUID = r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"
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


_SINCE = "At this time or later."
_BEFORE = "Before this time."
_DENIABLE = ("status", "queue", "type", "tag", "worker", "schedule")
_COMMAS = frozenset({*_DENIABLE, *(f"not_{name}" for name in _DENIABLE), "fingerprint", "id", "parent", "rerun_of"})
_BEGINNING = "A `*` at the end of a value means every name that begins so."


def _several(field: fields.Field[Any], text: str = "", most: int | None = None) -> fields.List[Any]:
    about = f"{text} Several values mean any of them: repeat it, or put commas between them.".strip()
    length = (
        None if most is None else validate.Length(max=most, error="are more than {max}: ask for the others by themselves")
    )
    return fields.List(field, load_default=list, validate=length, metadata={"description": about})


def _none_of(field: fields.Field[Any], text: str = "") -> fields.List[Any]:
    about = f"Jobs that this holds of are left out. {text} Several values leave out all of them.".replace("  ", " ")
    return fields.List(field, load_default=list, metadata={"description": about})


def _status() -> fields.String:
    return fields.String(validate=validate.OneOf(_statuses, error="{input!r} is no status: choose of {choices}"))


def _id(of: str) -> fields.String:
    return fields.String(validate=Pattern(_UUID, error=f"{{input!r:.80}} is no {of}'s id: that is a UUID"))


def _time(text: str) -> TimeField:
    return TimeField(load_default=None, metadata={"description": text})


def _attempts() -> fields.Integer:
    return fields.Integer(
        load_default=None,
        validate=validate.Range(0, 2**31 - 1, error="{input} is out of range: 0 or more"),
        metadata={"description": "How often it was started."},
    )


def _seconds() -> fields.Float:
    return fields.Float(
        load_default=None,
        validate=validate.Range(0, error="{input} is out of range: 0 or more seconds"),
        metadata={
            "description": "Seconds from the start of the last attempt to its end; jobs that have not ended have none."
        },
    )


class JobFilterSchema(Schema):
    """Which jobs: all of the filters that are given must hold."""

    status = _several(_status())
    queue = _several(fields.String(validate=_named), _BEGINNING)
    type = _several(fields.String(validate=_named), _BEGINNING)
    tag = _several(fields.String(validate=_tag), "A job needs one of them; a comma of a tag is written `\\,`.")
    worker = _several(_id("worker"), "Who runs it, or ended its last attempt.")
    schedule = _several(fields.String(validate=_text), "The schedule that submitted it.")
    error = fields.List(
        fields.String(validate=_text),
        load_default=list,
        metadata={"description": "A part of the last error, in any case of letters. Repeated: any of them."},
    )
    fingerprint = _several(FINGERPRINT, "The failure group of its last error, as GET /failures shows it.")
    payload = fields.List(
        fields.Raw(metadata={"type": "string", "example": '{"user": {"id": 42}}'}),
        load_default=list,
        metadata={
            "description": "A JSON object that the payload must contain. Repeated: any of them. Or, for one member, "
            "`payload.user.id=42`: the value is read as JSON, or else as a string; of several paths all must hold."
        },
    )
    parent = _several(_id("job"), "The job whose handler submitted it.")
    rerun_of = _several(_id("job"), "The job that it runs again.")
    not_status = _none_of(_status())
    not_queue = _none_of(fields.String(validate=_named), _BEGINNING)
    not_type = _none_of(fields.String(validate=_named), _BEGINNING)
    not_tag = _none_of(fields.String(validate=_tag), "A job without tags is let through.")
    not_worker = _none_of(_id("worker"), "A job that nobody has run yet is let through.")
    not_schedule = _none_of(fields.String(validate=_text), "A job of no schedule is let through.")
    created_after = _time(_SINCE)
    created_before = _time(_BEFORE)
    run_at_after = _time(_SINCE)
    run_at_before = _time(_BEFORE)
    finished_after = _time(_SINCE)
    finished_before = _time(_BEFORE)
    attempts_min = _attempts()
    attempts_max = _attempts()
    duration_min = _seconds()
    duration_max = _seconds()


def apart_at_commas(values: Mapping[str, Any], names: Collection[str]) -> dict[str, Any]:
    """The values of a query, those of the parameters `names` taken apart. Raises ValidationError."""
    apart = dict(values)
    for name in apart.keys() & set(names):
        try:
            apart[name] = [part for value in apart[name] for part in split(value)]
        except Unreadable as error:
            raise ValidationError(str(error), name) from error
    return apart


class JobFilterQuerySchema(JobFilterSchema):
    """The same in a query string."""

    id = _several(_id("job"), f"One of these jobs, up to {MAX_IDS}. They are looked up, not searched for.", MAX_IDS)

    @pre_load
    def _gather(self, data: Any, **_: Any) -> dict[str, Any]:
        """Take values apart at their commas, and make one list of all that is said of the payload."""
        members = {name: data.data.getlist(name) for name in data if name.startswith(PAYLOAD_PREFIX)}
        values = {name: data[name] for name in data if name not in members}
        values = apart_at_commas(values, _COMMAS)
        try:
            paths = {name.removeprefix(PAYLOAD_PREFIX): texts for name, texts in members.items()}
            values["payload"] = payload_objects(values.get("payload", []), paths)
        except Unreadable as error:
            raise ValidationError(str(error), "payload") from error
        return values


class JobsQuerySchema(JobFilterQuerySchema):
    """GET /jobs."""

    sort = fields.String(
        load_default=NEWEST_FIRST,
        validate=validate.OneOf((NEWEST_FIRST, OLDEST_FIRST), error="{input!r:.80} is no order: choose of {choices}"),
        metadata={"description": "-created: the newest first; created: the oldest first."},
    )
    cursor = fields.String(
        load_default=None, metadata={"description": "next_cursor or prev_cursor of a page of the same order."}
    )
    limit = page_limit()


class SuggestQuerySchema(Schema):
    """GET /jobs/suggest."""

    field = fields.String(
        required=True,
        validate=validate.OneOf(FIELDS, error="{input!r:.80} has no suggestions: choose of {choices}"),
        error_messages={"required": f"is missing: choose of {', '.join(FIELDS)}"},
        metadata={"description": "The filter that a value is wanted for."},
    )
    prefix = fields.String(
        load_default="",
        validate=Pattern(r"^[^\x00-\x1f\x7f]{0,200}$", error="is at most 200 printable characters"),
        metadata={"description": "What the value begins with."},
    )
    limit = fields.Integer(
        load_default=10,
        validate=validate.Range(1, 50, error="{input} is out of range: 1 to 50"),
        metadata={"description": "How many values at most."},
    )
