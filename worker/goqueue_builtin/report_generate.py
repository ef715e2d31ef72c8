"""report.generate: what became of the jobs of a period, as JSON, a table or a page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

import orjson

from goqueue_builtin.media import PATH_SCHEMA, Media
from goqueue_builtin.report.document import as_csv, as_json, totals
from goqueue_builtin.report.page import as_html
from goqueue_builtin.report.period import DEFAULT_PERIOD, PERIODS, Period
from goqueue_builtin.report.report import Report
from goqueue_builtin.report.source import reports
from goqueue_builtin.settings import builtin_settings
from goqueue_common.new_job import MAX_DOCUMENT_BYTES, NAME_PATTERN
from goqueue_worker import Discard, JobContext, handler

ZONE_SCHEMA: Final = {
    "type": "string",
    "title": "Time zone",
    "description": "Whose days and hours, such as Europe/Zurich.",
    "pattern": "^[A-Za-z][A-Za-z0-9_+/-]{0,63}$",
    "default": "UTC",
}
_FORMS: Final[dict[str, Callable[[Report], Any]]] = {"json": as_json, "csv": as_csv, "html": as_html}
_WHOLE_REPORT_SECONDS: Final = 300.0


def _instant(title: str, description: str) -> dict[str, Any]:
    return {
        "type": "string",
        "format": "date-time",
        "title": title,
        "description": description,
        "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$",
    }


def _names(title: str, description: str) -> dict[str, Any]:
    return {
        "type": "array",
        "title": title,
        "description": description,
        "items": {"type": "string", "pattern": f"^{NAME_PATTERN}$"},
        "maxItems": 100,
    }


SCHEMA: Final = {
    "type": "object",
    "properties": {
        "period": {
            "type": "string",
            "title": "Period",
            "description": "Which jobs, by when they were created. Not together with since.",
            "enum": list(PERIODS),
            "default": DEFAULT_PERIOD,
        },
        "since": _instant("Since", "Instead of a period: from here on, such as 2026-03-01T00:00:00+01:00."),
        "until": _instant("Until", "Where it ends, at most 366 days after since. Left out: now."),
        "timezone": ZONE_SCHEMA,
        "queues": _names("Queues", "Only jobs of these queues. Left out: all."),
        "types": _names("Types", "Only jobs of these types. Left out: all."),
        "format": {
            "type": "string",
            "title": "Format",
            "description": "json, csv (one row for each type and queue) or html (a page to read).",
            "enum": list(_FORMS),
            "default": "json",
        },
        "output": {
            **PATH_SCHEMA,
            "title": "Output",
            "description": "A file below GOQUEUE_MEDIA_ROOT to write it to. Left out: it is in the result.",
        },
    },
    "dependentRequired": {"until": ["since"]},
    "not": {"required": ["period", "since"]},
    "additionalProperties": False,
}


@handler("report.generate", schema=SCHEMA, timeout=_WHOLE_REPORT_SECONDS)
def generate_report(payload: dict[str, Any], job: JobContext) -> dict[str, Any]:
    """Report what became of the jobs of a period."""
    output, form = payload.get("output"), payload.get("format", "json")
    media = Media(builtin_settings().media_root)
    if output is not None:
        media.path(output)  # a path that leads nowhere is refused before a minute is spent
    now = datetime.now(UTC)
    period = Period.asked_for(payload, now)
    job.progress(0.0, "counting")
    queues, types = tuple(payload.get("queues", ())), tuple(payload.get("types", ()))
    with reports.store() as store:
        report = Report.made(store, period, now, queues=queues, types=types)
    job.progress(0.9, "writing")
    content = _FORMS[form](report)
    head = {
        "format": form,
        "since": period.since.isoformat(),
        "until": period.until.isoformat(),
        "totals": totals(report),
    }
    if output is None:
        return _small_enough({**head, "report": content})
    encoded = content.encode() if isinstance(content, str) else orjson.dumps(content, option=orjson.OPT_INDENT_2)
    media.write(output, encoded)
    return {**head, "path": output, "bytes": len(encoded)}


def _small_enough(result: dict[str, Any]) -> dict[str, Any]:
    size = len(orjson.dumps(result))
    if size > MAX_DOCUMENT_BYTES:
        raise Discard(
            f"the report has {size:,} bytes, a result at most {MAX_DOCUMENT_BYTES:,}: give output, a file to write it to"
        )
    return result
