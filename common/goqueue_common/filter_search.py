"""A filter as SQL: one condition a field, on a row of `jobs` and on its entry in the search index, and its parameters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import orjson

from goqueue_common.job_filter import JobFilter, Window

KINDS: Final = (("statuses", "status"), ("queues", "queue"), ("types", "type"))
_RANGES: Final = (("run_at", "run_at"), ("finished", "finished_at"))
_SECONDS: Final = "extract(epoch FROM j.finished_at - j.started_at)"


def on_jobs(wanted: JobFilter) -> str:
    """Conditions on a row `j` of jobs; all but `workers`: a row that is not processing does not say who ended it."""
    conditions = [f"j.{column} = ANY(%({name})s::text[])" for name, column in KINDS if getattr(wanted, name)]
    conditions += [*_shared(wanted, "j"), *_range("j.created_at", "created", wanted)]
    conditions += _numbers(_SECONDS, "duration", wanted)
    conditions += [f"({_contains('j', wanted)})"] if wanted.payloads else []
    return _all(conditions)


def on_index(wanted: JobFilter) -> str:
    """Conditions on an entry `s` of job_search, as its indexes take them, but for queue, type and status.

    Who matches is asked again by on_jobs.
    """
    conditions = [*_shared(wanted, "s"), *_numbers("s.duration", "duration", wanted)]
    if wanted.tags:
        conditions.append("s.tags <> '{}'")
    if wanted.payloads:
        conditions.append(f"({_contains('s', wanted)} OR s.payload IS NULL)")
    if wanted.workers:
        conditions.append("s.worker_id = ANY(%(workers)s::uuid[])")
    return _all(conditions)


def in_window(alias: str, window: Window) -> str:
    """The ids of a window, to be put after other conditions."""
    low = f" AND {alias}.id > %(low)s::uuid" if window.low is not None else ""
    return low + (f" AND {alias}.id < %(high)s::uuid" if window.high is not None else "")


def order(window: Window) -> str:
    """Its direction."""
    return "DESC" if window.descending else "ASC"


def parameters(wanted: JobFilter) -> dict[str, Any]:
    """What all of these conditions name, but for a window's."""
    values = {name: list(value) if isinstance(value, tuple) else value for name, value in _fields(wanted)}
    values["final_statuses"] = wanted.final_statuses
    values |= {f"error_{number}": f"%{literal(text)}%" for number, text in enumerate(wanted.errors)}
    return values | {f"payload_{number}": orjson.dumps(part).decode() for number, part in enumerate(wanted.payloads)}


def window_parameters(window: Window) -> dict[str, Any]:
    """What in_window names."""
    return {"low": window.low, "high": window.high}


def _fields(wanted: JobFilter) -> Iterator[tuple[str, Any]]:
    for name in wanted.__dataclass_fields__:
        if name not in ("errors", "payloads"):
            yield name, getattr(wanted, name)


def _shared(wanted: JobFilter, alias: str) -> Iterator[str]:
    if wanted.schedules:
        yield f"{alias}.schedule = ANY(%(schedules)s::text[])"
    if wanted.fingerprints:
        yield f"{alias}.fingerprint = ANY(%(fingerprints)s::text[])"
    if wanted.tags:
        yield f"{alias}.tags && %(tags)s::text[]"
    if wanted.errors:
        # Not as ILIKE ANY: a trigram index takes no arrays.
        yield f"({' OR '.join(f'{alias}.error ILIKE %(error_{number})s' for number in range(len(wanted.errors)))})"
    for name, column in _RANGES:
        yield from _range(f"{alias}.{column}", name, wanted)
    yield from _numbers(f"{alias}.attempts", "attempts", wanted)


def _range(expression: str, name: str, wanted: JobFilter) -> Iterator[str]:
    if getattr(wanted, f"{name}_after") is not None:
        yield f"{expression} >= %({name}_after)s"
    if getattr(wanted, f"{name}_before") is not None:
        yield f"{expression} < %({name}_before)s"


def _numbers(expression: str, name: str, wanted: JobFilter) -> Iterator[str]:
    if getattr(wanted, f"{name}_min") is not None:
        yield f"{expression} >= %({name}_min)s"
    if getattr(wanted, f"{name}_max") is not None:
        yield f"{expression} <= %({name}_max)s"


def _contains(alias: str, wanted: JobFilter) -> str:
    return " OR ".join(f"{alias}.payload @> %(payload_{number})s::jsonb" for number in range(len(wanted.payloads)))


def _all(conditions: list[str]) -> str:
    return " AND ".join(conditions) or "true"


def literal(text: str) -> str:
    """The text itself, where LIKE takes patterns."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
