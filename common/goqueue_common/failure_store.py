"""Failure groups: errors that are one problem, and how often each was seen.

Whoever folds here locks in one order, groups by fingerprint and then minutes by fingerprint, minute and queue, so that two
never wait for each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any, Final, NamedTuple

import orjson
import structlog

from goqueue_common.database import Run
from goqueue_common.fingerprint import DIGITS, digest, normalised, top_frame

log = structlog.get_logger(__name__)

GROUPS_KEPT: Final = 10_000
"""Of more groups those go that were not seen for the longest time."""
NEW_GROUPS_AT_ONCE: Final = 1_000
"""So many new ones are taken up by one fold, the most frequent; of the others their jobs alone tell."""
UNKNOWN_MESSAGE: Final = "unknown: the job was deleted before its error was read"
_READ_AT_ONCE: Final = 100
_ENTRIES_READ: Final = 3

_KNOWN: Final = """
SELECT fingerprint, last_seen_at, sample_attempt IS NULL FROM failure_groups WHERE fingerprint = ANY(%(fingerprints)s)
"""
_SAMPLES: Final = f"""
SELECT id::text, type, error, fingerprint, attempts,
    jsonb_path_query_array(coalesce(attempt_log, '[]'), '$[last - {_ENTRIES_READ - 1} to last]')
FROM jobs WHERE id = ANY(%(ids)s::uuid[])
"""  # noqa: S608 - a constant number
# What is folded late was seen before the end of its minute. A group's fingerprint is made of its message and frame.
_ADD_GROUPS: Final = f"""
INSERT INTO failure_groups AS g (fingerprint, type, message, frame, first_seen_at, last_seen_at, attempts, sample_job_id,
    sample_attempt, traceback)
SELECT fingerprint, type, message, frame, least(now(), first_minute + interval '59.9 s'),
    least(now(), last_minute + interval '59.9 s'), attempts, sample_job_id, sample_attempt, traceback
FROM jsonb_to_recordset(%(rows)s::jsonb) AS r(fingerprint text, type text, message text, frame text,
    first_minute timestamptz, last_minute timestamptz, attempts bigint, sample_job_id uuid, sample_attempt integer,
    traceback text)
ORDER BY fingerprint
ON CONFLICT (fingerprint) DO UPDATE SET
    message = CASE WHEN g.message = '{UNKNOWN_MESSAGE}' THEN excluded.message ELSE g.message END,
    frame = coalesce(g.frame, excluded.frame),
    first_seen_at = least(g.first_seen_at, excluded.first_seen_at),
    last_seen_at = greatest(g.last_seen_at, excluded.last_seen_at),
    attempts = g.attempts + excluded.attempts,
    sample_job_id = CASE WHEN excluded.sample_attempt IS NULL THEN g.sample_job_id ELSE excluded.sample_job_id END,
    sample_attempt = coalesce(excluded.sample_attempt, g.sample_attempt),
    traceback = CASE WHEN excluded.sample_attempt IS NULL THEN g.traceback ELSE excluded.traceback END
"""  # noqa: S608 - constants
_ADD_MINUTES: Final = """
INSERT INTO failure_minutes AS m (fingerprint, minute, queue, attempts)
SELECT fingerprint, minute, queue, attempts
FROM jsonb_to_recordset(%(rows)s::jsonb) AS r(fingerprint text, minute timestamptz, queue text, attempts bigint)
ORDER BY fingerprint, minute, queue
ON CONFLICT (fingerprint, minute, queue) DO UPDATE SET attempts = m.attempts + excluded.attempts
"""
# Those that somebody folds into at this moment were seen just now.
_DROP_OLDEST: Final = f"""
WITH oldest AS MATERIALIZED (
    SELECT fingerprint FROM failure_groups ORDER BY last_seen_at, fingerprint
    LIMIT greatest(0, (SELECT count(*) FROM failure_groups) - {GROUPS_KEPT}) FOR UPDATE SKIP LOCKED
), gone AS (
    DELETE FROM failure_groups WHERE fingerprint = ANY(ARRAY(SELECT fingerprint FROM oldest))
)
DELETE FROM failure_minutes WHERE fingerprint = ANY(ARRAY(SELECT fingerprint FROM oldest))
"""  # noqa: S608 - a constant


def sql_fingerprint(message: str, *, job_type: str) -> str:
    """SQL of the fingerprint of an error without a traceback, as goqueue_common.fingerprint.digest makes it.

    message, job_type: SQL of the normalised message and of the job's type.
    """
    parts = f"{job_type} || chr(10) || {message} || chr(10)"
    return f"left(encode(sha256(convert_to({parts}, 'UTF8')), 'hex'), {DIGITS})"


def error_and_fingerprint(error: str, *, job_type: str) -> str:
    """SQL that sets both columns of `jobs`. error: a constant text without a quote; job_type: SQL."""
    message = f"'{normalised(error)}'"
    return f"error = '{error}', fingerprint = {sql_fingerprint(message, job_type=job_type)}"


class FailureMove(NamedTuple):
    """So many jobs failed with this fingerprint in this minute; sample_id is one of them."""

    minute: datetime
    queue: str
    type: str
    fingerprint: str
    jobs: int
    sample_id: str


@dataclass(slots=True, kw_only=True)
class _Group:
    """What a fold adds to a group; sample_attempt None: it has read no sample."""

    fingerprint: str
    type: str
    first_minute: datetime
    last_minute: datetime
    attempts: int
    sample_job_id: str
    message: str = UNKNOWN_MESSAGE
    frame: str | None = None
    sample_attempt: int | None = None
    traceback: str | None = None


def fold(run: Run, moves: Sequence[FailureMove]) -> None:
    """Add these up, in the transaction that takes them from the outbox; given in the order of fingerprint and minute."""
    groups = {group.fingerprint: group for group in _groups(moves)}
    if not groups:
        return
    known = {row[0]: (row[1], row[2]) for row in run(_KNOWN, {"fingerprints": list(groups)})}
    new = [group for name, group in groups.items() if name not in known]
    for group in sorted(new, key=attrgetter("attempts"), reverse=True)[NEW_GROUPS_AT_ONCE:]:
        del groups[group.fingerprint]
    if len(new) > NEW_GROUPS_AT_ONCE:
        log.warning("failure_groups_left_out", groups=len(new) - NEW_GROUPS_AT_ONCE)
    _read_samples(run, [group for name, group in groups.items() if _wants_sample(group, known.get(name))])
    _add(run, _ADD_GROUPS, [asdict(group) for group in groups.values()])
    _add(run, _ADD_MINUTES, [_minute(move) for move in moves if move.fingerprint in groups])
    if new:
        run(_DROP_OLDEST, {})


def _groups(moves: Sequence[FailureMove]) -> Iterable[_Group]:
    for name, several in groupby(moves, key=attrgetter("fingerprint")):
        of_group = list(several)
        last = of_group[-1]
        yield _Group(
            fingerprint=name,
            type=last.type,
            first_minute=of_group[0].minute,
            last_minute=last.minute,
            attempts=sum(move.jobs for move in of_group),
            sample_job_id=last.sample_id,
        )


def _wants_sample(group: _Group, known: tuple[datetime, bool] | None) -> bool:
    """Once a minute at most: a new sample costs a read of some kilobytes."""
    if known is None:
        return True
    last_seen_at, has_none = known
    return has_none or last_seen_at < group.last_minute


def _read_samples(run: Run, groups: Sequence[_Group]) -> None:
    for start in range(0, len(groups), _READ_AT_ONCE):
        some = groups[start : start + _READ_AT_ONCE]
        rows = {row[0]: row[1:] for row in run(_SAMPLES, {"ids": [group.sample_job_id for group in some]})}
        for group in some:
            if group.sample_job_id in rows:
                _read_sample(group, *rows[group.sample_job_id])


def _read_sample(
    group: _Group, job_type: str, error: str | None, fingerprint: str | None, attempts: int, entries: Sequence[Any]
) -> None:
    """The attempt that failed so; by now the job may have failed otherwise, too, or may have been retried."""
    for entry in reversed(entries):
        match entry:  # people write to this column, too, and nothing they write may keep moves from being folded
            case {"attempt": int(attempt), "error": str(text), "traceback": str() | None as traceback} if _is_number(
                attempt
            ):
                message, frame = normalised(text), top_frame(traceback)
                if digest(job_type, message, frame) == group.fingerprint:
                    group.message, group.frame, group.sample_attempt, group.traceback = message, frame, attempt, traceback
                    return
    if fingerprint == group.fingerprint and error is not None:  # not by an attempt: it expired, say
        group.message, group.sample_attempt = normalised(error), attempts


def _is_number(attempt: int) -> bool:
    """Whether the column holds it; in JSON a truth value is no number."""
    return attempt is not True and 0 < attempt < 2**31


def _minute(move: FailureMove) -> dict[str, Any]:
    return {"fingerprint": move.fingerprint, "minute": move.minute, "queue": move.queue, "attempts": move.jobs}


def _add(run: Run, statement: str, rows: Sequence[Mapping[str, Any]]) -> None:
    run(statement, {"rows": orjson.dumps(rows).decode()})
