"""A filter as SQL: one condition a field, on a row of `jobs` and on its entry in the search index, and its parameters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import orjson

from goqueue_common.job_filter import JobFilter, Names, Window

_NAMES: Final = (("queues", "queue"), ("types", "type"))
_RANGES: Final = (("run_at", "run_at"), ("finished", "finished_at"))
_SECONDS: Final = "extract(epoch FROM j.finished_at - j.started_at)"


def on_jobs(wanted: JobFilter) -> str:
    """Conditions on a row `j` of jobs; all but `workers`: a row that is not processing does not say who ended it."""
    conditions = [*on_kinds(wanted, "j"), *_shared(wanted, "j"), *_range("j.created_at", "created", wanted)]
    conditions += _numbers(_SECONDS, "duration", wanted)
    conditions += [f"({_contains('j', wanted)})"] if wanted.payloads else []
    conditions += ["j.parent_id = ANY(%(parents)s::uuid[])"] if wanted.parents else []
    conditions += ["j.rerun_of = ANY(%(reruns_of)s::uuid[])"] if wanted.reruns_of else []
    conditions += [f"({on_worker('not_workers')}) IS NOT TRUE"] if wanted.not_workers else []
    return _all(conditions)


def on_kinds(wanted: JobFilter, alias: str) -> list[str]:
    """Conditions on status, queue and type."""
    conditions = [f"{alias}.status = ANY(%(statuses)s::text[])"] if wanted.statuses or wanted.not_statuses else []
    for name, column in _NAMES:
        conditions += [f"({_named(f'{alias}.{column}', name, wanted)})"] if getattr(wanted, name) else []
        conditions += (
            [f"NOT ({_named(f'{alias}.{column}', f'not_{name}', wanted)})"] if getattr(wanted, f"not_{name}") else []
        )
    return conditions


def on_worker(name: str) -> str:
    """That one of the workers of a field runs the job `j`, or ended its last attempt: a few looks for each job."""
    return f"""
        j.status = 'processing' AND j.worker_id = ANY(%({name})s::uuid[])
        OR j.finished_at IS NOT NULL AND (SELECT s.worker_id FROM job_search s WHERE s.id = j.id
            AND s.finished_at = j.finished_at) = ANY(%({name})s::uuid[])
        OR j.finished_at IS NOT NULL AND j.id IN (
            SELECT o.id FROM (
                SELECT DISTINCT ON (named.id) named.id, b.worker_id
                FROM finished_batches b CROSS JOIN LATERAL unnest(b.ids) AS named(id) ORDER BY named.id, b.seq DESC
            ) AS o WHERE o.worker_id = ANY(%({name})s::uuid[])
        )
    """


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
    if wanted.not_workers:
        conditions.append("(s.worker_id = ANY(%(not_workers)s::uuid[])) IS NOT TRUE")
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
    for name in (f"{prefix}{name}" for name, _ in _NAMES for prefix in ("", "not_")):
        names = Names.read(getattr(wanted, name))
        values[name] = names.whole
        values[f"{name}_like"] = [f"{literal(prefix)}%" for prefix in names.prefixes]
    values["statuses"] = wanted.allowed_statuses
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
    if wanted.not_schedules:
        yield f"({alias}.schedule = ANY(%(not_schedules)s::text[])) IS NOT TRUE"
    if wanted.not_tags:
        yield f"NOT {alias}.tags && %(not_tags)s::text[]"
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


def _named(expression: str, name: str, wanted: JobFilter) -> str:
    names = Names.read(getattr(wanted, name))
    ways = [f"{expression} = ANY(%({name})s::text[])"] if names.whole else []
    return " OR ".join([*ways, f"{expression} LIKE ANY(%({name}_like)s::text[])"] if names.prefixes else ways)


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
