"""Runs of schedules: instants become jobs, each at most once whoever asks, and what became of them is read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

import orjson
from uuid_utils import uuid7

from goqueue_common import audit_store
from goqueue_common import schedule_change_store as change
from goqueue_common.audit_store import Actor
from goqueue_common.database import Database, Run
from goqueue_common.errors import PayloadTooLarge
from goqueue_common.fire_decision import Decision, Fireable, Instant, NewRun, decide
from goqueue_common.idempotency import IdempotencyKey, fingerprint
from goqueue_common.lifecycle import FINAL
from goqueue_common.new_job import DEFAULT_MAX_RETRIES, NewJob, Submission, Submitted
from goqueue_common.schedule import Definition, Fire, Fired, FireOutcome, Overlap, idempotency_key
from goqueue_common.schedule import Run as ScheduleRun
from goqueue_common.schedule_change_store import DEFINED
from goqueue_common.schedule_timing import next_after
from goqueue_common.submission_store import SubmissionStore, concurrent_use

DefaultMaxRetries = Callable[[str], int | None]
"""How many retries the handler of a type wants, None: nobody knows."""

KEY_SCOPE: Final = "schedule"
MAX_FIRED_BYTES: Final = 16 * 1024 * 1024
"""Payloads that one call writes, as many as a batch may have: ten thousand of the largest are more than memory."""
OVERLAP_RUNS: Final = 20
"""So many of a schedule's newest jobs are looked at: whether one is unfinished."""

RUN_COLUMNS: Final = """r.schedule, r.scheduled_for, r.fired_at, r.job_id::text,
    CASE WHEN r.job_id IS NULL THEN 'skipped'
    ELSE coalesce((SELECT j.status FROM jobs j WHERE j.id = r.job_id), 'deleted') END AS outcome, r.manual, r.missed"""
"""What `read_run` reads, of a run `r`. Its job is looked up, never joined: there may be millions."""

_DEFINITION: Final = ", ".join("payload::text" if name == "payload" else name for name in DEFINED)
_HOLD: Final = f"""
SELECT {_DEFINITION}, version, paused_at IS NOT NULL, due_after FROM schedules WHERE name = ANY(%(names)s)
ORDER BY name FOR NO KEY UPDATE
"""  # noqa: S608 - our own column names
_ONE: Final = f"SELECT {_DEFINITION} FROM schedules WHERE name = %(name)s FOR KEY SHARE"  # noqa: S608
_RECORDED: Final = """
SELECT r.schedule, r.scheduled_for, r.job_id::text
FROM jsonb_to_recordset(%(items)s::jsonb) AS x(schedule text, scheduled_for timestamptz)
    JOIN schedule_runs r ON r.schedule = x.schedule AND r.scheduled_for = x.scheduled_for
"""
_BUSY: Final = f"""
SELECT n.name FROM unnest(%(names)s::text[]) AS n(name) WHERE EXISTS (
    SELECT FROM (
        SELECT job_id FROM schedule_runs WHERE schedule = n.name AND job_id IS NOT NULL
        ORDER BY scheduled_for DESC LIMIT {OVERLAP_RUNS}
    ) AS r JOIN jobs j ON j.id = r.job_id WHERE j.status <> ALL(%(final)s)
)
"""  # noqa: S608 - a constant number
_RECORD: Final = """
INSERT INTO schedule_runs (schedule, scheduled_for, job_id, manual, missed)
SELECT * FROM jsonb_to_recordset(%(items)s::jsonb)
    AS x(schedule text, scheduled_for timestamptz, job_id uuid, manual boolean, missed int)
"""
_ADVANCE: Final = """
UPDATE schedules s SET due_after = greatest(s.due_after, x.due_after), next_at = x.next_at, due_at = x.due_at
FROM jsonb_to_recordset(%(items)s::jsonb)
    AS x(name text, due_after timestamptz, next_at timestamptz, due_at timestamptz)
WHERE s.name = x.name
"""
_MADE_BEFORE: Final = "SELECT scheduled_for FROM jobs WHERE id = %(id)s"
_PAGE: Final = f"""
SELECT {RUN_COLUMNS} FROM (
    SELECT * FROM schedule_runs
    WHERE schedule = %(name)s AND (%(before)s::timestamptz IS NULL OR scheduled_for < %(before)s)
    ORDER BY scheduled_for DESC LIMIT %(limit)s
) AS r ORDER BY r.scheduled_for DESC
"""  # noqa: S608 - our own column names
_IS_KNOWN: Final = "SELECT 1 FROM schedules WHERE name = %(name)s"


class FireReport(NamedTuple):
    """at: the time by PostgreSQL's clock; answers: in the order of the fires; submissions, submitted: the new jobs."""

    at: datetime
    answers: list[Fired]
    submissions: list[Submission]
    submitted: list[Submitted]


class ScheduleRunStore:
    """Every method raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._jobs = SubmissionStore(database)

    def fire(self, fires: Sequence[Fire], default_max_retries: DefaultMaxRetries) -> FireReport:
        """Make the jobs of these instants, all that can be made, in one transaction; of each schedule in the order given.

        Whoever asks for the same at the same time waits, and is answered `replayed`. So is who asks again because the
        answer was lost. Raises PayloadTooLarge when fewer are to be asked for at once.
        """
        job_ids = [str(uuid7()) for _ in fires]
        report = self._database.together(lambda run: self._fire(run, fires, job_ids, default_max_retries))
        self._jobs.committed(report.submissions)
        return report

    def run_by_hand(
        self,
        name: str,
        actor: Actor,
        key: IdempotencyKey | None,
        default_max_retries: DefaultMaxRetries,
        traceparent: str | None = None,
    ) -> tuple[Submission, Submitted]:
        """Make a job of the schedule now, whatever its pause and its overlap say; what is due stays due.

        Replayed: the job was made of the schedule as it was then; read it. Raises ScheduleNotFound, IdempotencyKeyReused,
        IdempotencyKeyInUse.
        """
        job_id = str(uuid7())

        def work(run: Run) -> tuple[Submission, Submitted]:
            rows = run(_ONE, {"name": name})
            if not rows:
                raise change.not_found(name)
            made_before = run(_MADE_BEFORE, {"id": job_id})
            ((now,),) = made_before or run("SELECT clock_timestamp()", {})
            # A whole second may be an instant of its cron.
            instant = now if now.microsecond else now + timedelta(microseconds=1)
            job = _new_job(change.read(rows[0]), instant, job_id, default_max_retries, traceparent)
            submission = Submission(job, key)
            with concurrent_use():
                submitted = self._jobs.create_within(run, [submission])[0]
            if not made_before and not submitted.replayed:
                _record(run, [_row(Fire(schedule=name, scheduled_for=instant, version=0), job_id, manual=True)])
                audit_store.record(run, actor, "schedule.run", {"schedule": name, "job": job_id})
            return submission, submitted

        done = self._database.together(work)
        self._jobs.committed([done[0]])
        return done

    def page(self, name: str, *, before: datetime | None, limit: int) -> list[ScheduleRun]:
        """The newest runs of a schedule, those before `before` if given. Raises ScheduleNotFound."""
        if not self._database.run_again(_IS_KNOWN, {"name": name}):
            raise change.not_found(name)
        rows = self._database.run_again(_PAGE, {"name": name, "before": before, "limit": limit})
        return [read_run(row) for row in rows]

    def _fire(
        self, run: Run, fires: Sequence[Fire], job_ids: Sequence[str], default_max_retries: DefaultMaxRetries
    ) -> FireReport:
        schedules = _hold(run, {fire.schedule for fire in fires})
        ((at,),) = run("SELECT now()", {})
        decision = decide(fires, job_ids, schedules, _recorded(run, fires), at)
        submissions = [
            _submission(schedules[fire.schedule].definition, fire, fired.job_id, default_max_retries)
            for fire, fired in decision.new
            if fired.job_id is not None
        ]
        _refuse_too_large(submissions)
        submitted = self._jobs.create_within(run, submissions) if submissions else []
        decision = _with_earlier_jobs(decision, submissions, submitted)
        if decision.new:
            _record(run, [_row(fire, fired.job_id) for fire, fired in decision.new])
            _advance(run, {name: schedules[name] for name in {new.fire.schedule for new in decision.new}})
        return FireReport(at, decision.answers, submissions, submitted)


def read_run(row: Sequence[Any]) -> ScheduleRun:
    """A run from RUN_COLUMNS."""
    return ScheduleRun(
        schedule=row[0],
        scheduled_for=row[1],
        fired_at=row[2],
        job_id=row[3],
        outcome=row[4],
        manual=row[5],
        missed=row[6],
    )


def _hold(run: Run, names: Iterable[str]) -> dict[str, Fireable]:
    """Lock these schedules, in the order of their names; those that do not exist are left out."""
    rows = run(_HOLD, {"names": list(names)})
    found = {}
    for *defined, version, is_paused, due_after in rows:
        definition = change.read(defined)
        found[definition.name] = Fireable(definition=definition, version=version, is_paused=is_paused, due_after=due_after)
    careful = [name for name, schedule in found.items() if schedule.definition.overlap is Overlap.SKIP]
    if careful:
        for (name,) in run(_BUSY, {"names": careful, "final": sorted(FINAL)}):
            found[name].is_busy = True
    return found


def _recorded(run: Run, fires: Sequence[Fire]) -> dict[Instant, str | None]:
    """The job of each instant that was dealt with before, None: it was skipped. Read once its schedule is locked."""
    items = [{"schedule": fire.schedule, "scheduled_for": fire.scheduled_for} for fire in fires]
    rows = run(_RECORDED, {"items": orjson.dumps(items).decode()})
    return {(row[0], row[1]): row[2] for row in rows}


def _submission(definition: Definition, fire: Fire, job_id: str, default_max_retries: DefaultMaxRetries) -> Submission:
    key = idempotency_key(fire.schedule, fire.scheduled_for)
    job = _new_job(definition, fire.scheduled_for, job_id, default_max_retries)
    return Submission(job, IdempotencyKey(KEY_SCOPE, key, fingerprint(key)))


def _refuse_too_large(submissions: Sequence[Submission]) -> None:
    size = sum(len(submission.job.payload) for submission in submissions)
    if size > MAX_FIRED_BYTES:
        raise PayloadTooLarge(
            f"the payloads of these {len(submissions):,} jobs have {size:,} bytes, at most {MAX_FIRED_BYTES:,} are written "
            "at once: ask for fewer"
        )


def _new_job(
    definition: Definition,
    scheduled_for: datetime,
    job_id: str,
    default_max_retries: DefaultMaxRetries,
    traceparent: str | None = None,
) -> NewJob:
    """A definition was valid when it was stored: nothing is checked again."""
    max_retries = definition.max_retries
    if max_retries is None:
        max_retries = default_max_retries(definition.type)
    return NewJob(
        id=job_id,
        type=definition.type,
        queue=definition.queue,
        payload=definition.payload,
        priority=definition.priority,
        run_at=None,
        delay_seconds=None,
        expires_at=None,
        max_retries=DEFAULT_MAX_RETRIES if max_retries is None else max_retries,
        timeout_seconds=definition.timeout_seconds,
        tags=definition.tags,
        traceparent=traceparent,
        schedule=definition.name,
        scheduled_for=scheduled_for,
    )


def _with_earlier_jobs(decision: Decision, submissions: Sequence[Submission], submitted: Sequence[Submitted]) -> Decision:
    """Where only the idempotency key still knew that an instant was fired: its job then."""
    earlier = {
        submission.job.id: answer.id for submission, answer in zip(submissions, submitted, strict=True) if answer.replayed
    }
    if not earlier:
        return decision

    def corrected(fired: Fired) -> Fired:
        if fired.job_id not in earlier:
            return fired
        return replace(fired, outcome=FireOutcome.REPLAYED, job_id=earlier[fired.job_id])

    return Decision(
        [corrected(answer) for answer in decision.answers],
        [NewRun(fire, corrected(fired)) for fire, fired in decision.new],
    )


def _row(fire: Fire, job_id: str | None, *, manual: bool = False) -> dict[str, Any]:
    return {
        "schedule": fire.schedule,
        "scheduled_for": fire.scheduled_for,
        "job_id": job_id,
        "manual": manual,
        "missed": fire.missed,
    }


def _record(run: Run, rows: Sequence[Mapping[str, Any]]) -> None:
    run(_RECORD, {"items": orjson.dumps(rows).decode()})


def _advance(run: Run, schedules: Mapping[str, Fireable]) -> None:
    """Write how far these have come, and when they are due next."""
    items = []
    for name, schedule in schedules.items():
        next_at, due_at = next_after(schedule.definition, schedule.due_after)
        items.append({"name": name, "due_after": schedule.due_after, "next_at": next_at, "due_at": due_at})
    run(_ADVANCE, {"items": orjson.dumps(items).decode()})
