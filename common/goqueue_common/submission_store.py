"""New jobs and their idempotency keys, written in one transaction: one statement for one job, one for ten thousand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, Final, NamedTuple, TypeVar

import orjson

from goqueue_common import audit_store
from goqueue_common.audit_store import Actor
from goqueue_common.database import LOCK_TIMEOUT, Database, Rows, Run, sqlstate
from goqueue_common.errors import IdempotencyKeyInUse, IdempotencyKeyReused, StoreUnavailable
from goqueue_common.idempotency import KEPT_FOR, IdempotencyKey
from goqueue_common.lifecycle import JobStatus
from goqueue_common.new_job import NewJob, Submission, Submitted

T = TypeVar("T")

_MEMBERS: Final = tuple("delay" if name == "delay_seconds" else name for name in NewJob._fields)
"""Of a job as `_ITEM` reads it, in the order of a NewJob."""

_ITEM: Final = """(
    SELECT *, coalesce(run_at, now() + delay * interval '1 second') AS due_at
    FROM jsonb_to_recordset(%(items)s::jsonb) AS x(id uuid, queue text, type text, payload jsonb, priority smallint,
        run_at timestamptz, delay double precision, expires_at timestamptz, max_retries int,
        timeout_seconds double precision, tags text[], parent_id uuid, traceparent text, schedule text,
        scheduled_for timestamptz, rerun_of uuid, scope text, key text, fingerprint text)
)"""

_INSERT: Final = f"""INSERT INTO jobs (id, queue, type, payload, priority, status, run_at, queued_at, expires_at,
    max_retries, timeout_seconds, tags, parent_id, traceparent, schedule, scheduled_for, rerun_of)
SELECT id, queue, type, payload, priority, CASE WHEN due_at > now() THEN 'scheduled' ELSE 'queued' END, due_at,
    CASE WHEN due_at > now() THEN NULL ELSE now() END, expires_at, max_retries, timeout_seconds,
    coalesce(tags, '{{}}'), parent_id, traceparent, schedule, scheduled_for, rerun_of
FROM {_ITEM} AS item
ON CONFLICT (id) DO NOTHING
"""  # noqa: S608 - a constant

_INSERT_WITH_KEYS: Final = f"""
WITH item AS MATERIALIZED {_ITEM}, new_queue AS (
    INSERT INTO queues (name) SELECT unnest(%(new_queues)s::text[]) ON CONFLICT DO NOTHING
), keyed AS (
    INSERT INTO idempotency_keys AS k (scope, key, fingerprint, job_id, answer)
    SELECT DISTINCT ON (scope, key) scope, key, decode(fingerprint, 'hex'), id,
        jsonb_strip_nulls(jsonb_build_object('max_retries', max_retries, 'traceparent', traceparent))
    FROM item WHERE key IS NOT NULL ORDER BY scope, key, id
    ON CONFLICT (scope, key) DO UPDATE SET fingerprint = excluded.fingerprint, job_id = excluded.job_id,
        answer = excluded.answer, created_at = now()
    WHERE k.created_at < now() - interval '{int(KEPT_FOR.total_seconds())} seconds'
    RETURNING job_id
)
{_INSERT.replace(f"{_ITEM} AS item", "item WHERE key IS NULL OR id IN (SELECT job_id FROM keyed)")}"""  # noqa: S608 - constants
"""With keys and new queues; where there is neither, PostgreSQL would plan half of it for nothing."""

_WHOLE: Final = "id::text, status, run_at, queued_at, created_at, max_retries"
_BRIEF: Final = "id::text, status"
"""What is read of rows that were written; the times of a thousand take milliseconds to read."""

_RECORDS: Final = """
SELECT k.scope, k.key, k.fingerprint, k.job_id::text, k.created_at, (k.answer ->> 'max_retries')::int,
    k.answer ->> 'traceparent'
FROM idempotency_keys k JOIN unnest(%(scopes)s::text[], %(keys)s::text[]) AS wanted(scope, key)
    ON k.scope = wanted.scope AND k.key = wanted.key
"""

_TAKE_KEY: Final = f"""
INSERT INTO idempotency_keys AS k (scope, key, fingerprint) VALUES (%(scope)s, %(key)s, %(fingerprint)s)
ON CONFLICT (scope, key) DO UPDATE SET fingerprint = excluded.fingerprint, job_id = NULL, answer = NULL, created_at = now()
WHERE k.created_at < now() - interval '{int(KEPT_FOR.total_seconds())} seconds'
RETURNING 1
"""  # noqa: S608 - a constant number
_SAVE_ANSWER: Final = "UPDATE idempotency_keys SET answer = %(answer)s WHERE scope = %(scope)s AND key = %(key)s"
_ANSWER: Final = "SELECT fingerprint, answer FROM idempotency_keys WHERE scope = %(scope)s AND key = %(key)s"


class BatchAnswer(NamedTuple):
    """What one item of a batch is answered with."""

    id: str
    status: str
    replayed: bool


class SubmissionStore:
    """The submitting part of JobStorage. Remembers which queues exist, so that one store serves one database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known_queues: set[str] = set()

    def create_job(self, job: NewJob, key: IdempotencyKey | None = None) -> Submitted:
        """See JobStorage."""
        return self.create_jobs([Submission(job, key)])[0]

    def create_jobs(self, submissions: Sequence[Submission]) -> list[Submitted]:
        """See JobStorage. An index in IdempotencyKeyReused says which item of several."""
        answers = self._create_all(submissions, self.create_within)
        self.committed(submissions)
        return answers

    def create_each(self, submissions: Sequence[Submission]) -> list[Submitted | IdempotencyKeyReused]:
        """See JobStorage."""
        if len(submissions) == 1 and submissions[0].key is not None:
            with concurrent_use():
                answers = self._create_each(submissions)
        else:
            answers = self._create_each(submissions)
        self.committed(submissions)
        return answers

    def create_rerun(self, submission: Submission, actor: Actor) -> Submitted:
        """Like create_job for a job with `rerun_of`, as a deed of this actor."""
        job = submission.job

        def work(run: Run) -> Submitted:
            made = self.create_within(run, [submission])[0]
            if not made.replayed:
                audit_store.record(run, actor, "job.rerun", {"job": job.rerun_of, "new_job": made.id})
            return made

        with concurrent_use():
            made = self._database.together(work)
        self.committed([submission])
        return made

    def _create_all(self, submissions: Sequence[Submission], create: Callable[[Run, Sequence[Submission]], T]) -> T:
        if not any(submission.key for submission in submissions):
            return create(self._database.run_again, submissions)
        with concurrent_use():
            if len(submissions) == 1:
                return create(self._database.run_again, submissions)
            # A reused key among the items must take all the others back.
            return self._database.together(lambda run: create(run, submissions))

    def create_batch(
        self, submissions: Sequence[Submission], key: IdempotencyKey | None = None
    ) -> tuple[list[BatchAnswer], bool]:
        """See JobStorage."""
        answers, is_replayed = self._create_batch(submissions, key)
        self.committed(submissions)
        return answers, is_replayed

    def _create_batch(
        self, submissions: Sequence[Submission], key: IdempotencyKey | None
    ) -> tuple[list[BatchAnswer], bool]:
        if key is None:
            return self._create_all(submissions, self._create_briefly), False
        parameters = {"scope": key.scope, "key": key.key, "fingerprint": key.fingerprint}

        def attempt(run: Run) -> tuple[list[BatchAnswer], bool]:
            if not run(_TAKE_KEY, parameters):
                stored, answer = run(_ANSWER, parameters)[0]
                if answer is None or not isinstance(answer, list) or bytes(stored) != key.fingerprint:
                    raise IdempotencyKeyReused(f"the idempotency key {key.key!r} was used before with another request")
                return [BatchAnswer(*item) for item in answer], True
            answers = self._create_briefly(run, submissions)
            run(_SAVE_ANSWER, parameters | {"answer": orjson.dumps([list(item) for item in answers]).decode()})
            return answers, False

        with concurrent_use():
            return self._database.together(attempt)

    def create_within(self, run: Run, submissions: Sequence[Submission]) -> list[Submitted]:
        """Like create_jobs in a transaction of the caller's, who calls `committed` after it."""
        made = {row[0]: _submitted(row) for row in self._write(run, submissions, _WHOLE)}
        return _all_accepted(self._answers(run, submissions, made))

    def _create_each(self, submissions: Sequence[Submission]) -> list[Submitted | IdempotencyKeyReused]:
        run = self._database.run_again
        made = {row[0]: _submitted(row) for row in self._write(run, submissions, _WHOLE)}
        return self._answers(run, submissions, made)

    def _create_briefly(self, run: Run, submissions: Sequence[Submission]) -> list[BatchAnswer]:
        made = {job_id: BatchAnswer(job_id, status, False) for job_id, status in self._write(run, submissions, _BRIEF)}
        answers: list[BatchAnswer | Submitted] = _all_accepted(self._answers(run, submissions, made))
        return [item if isinstance(item, BatchAnswer) else BatchAnswer(item.id, item.status, True) for item in answers]

    def _write(self, run: Run, submissions: Sequence[Submission], answered: str) -> Rows:
        new_queues = sorted({submission.job.queue for submission in submissions} - self._known_queues)
        has_keys = any(submission.key is not None for submission in submissions)
        items = orjson.dumps([_encoded(submission) for submission in submissions]).decode()
        insert = _INSERT_WITH_KEYS if new_queues or has_keys else _INSERT
        rows = run(f"{insert}RETURNING {answered}", {"items": items, "new_queues": new_queues})
        if len(rows) == len(submissions):
            return rows
        # Replayed by their keys, or committed by an earlier try of this very call, whose connection was lost.
        made = {row[0] for row in rows}
        missing = [submission.job.id for submission in submissions if submission.job.id not in made]
        found = run(f"SELECT {answered} FROM jobs WHERE id = ANY(%(ids)s::uuid[])", {"ids": missing})  # noqa: S608
        return [*rows, *found]

    def _answers(
        self, run: Run, submissions: Sequence[Submission], made: Mapping[str, T]
    ) -> list[T | Submitted | IdempotencyKeyReused]:
        """made: by the ids of those that were made now; the others were replayed by their keys."""
        if len(made) == len(submissions):
            return [made[submission.job.id] for submission in submissions]
        records = self._records(run, [item.key for item in submissions if item.key and item.job.id not in made])
        return [
            made[submission.job.id] if submission.job.id in made else _replayed(submission, records)
            for submission in submissions
        ]

    def committed(self, submissions: Sequence[Submission]) -> None:
        """Remember that the queues of these exist now."""
        self._known_queues.update(submission.job.queue for submission in submissions)

    def _records(self, run: Run, keys: list[IdempotencyKey]) -> dict[tuple[str, str], tuple[Any, ...]]:
        if not keys:
            return {}
        rows = run(_RECORDS, {"scopes": [key.scope for key in keys], "keys": [key.key for key in keys]})
        return {(row[0], row[1]): row[2:] for row in rows}


@contextmanager
def concurrent_use() -> Iterator[None]:
    """The second of two concurrent requests waits on the unique index; if the first takes too long, the second gives up."""
    try:
        yield
    except StoreUnavailable as error:
        if sqlstate(error) == LOCK_TIMEOUT:
            raise IdempotencyKeyInUse("a request with the same idempotency key is still running") from error
        raise


def _encoded(submission: Submission) -> dict[str, Any]:
    """Without what is null: most of it is, and reading it cost PostgreSQL a third of the statement."""
    job, key = submission
    item: dict[str, Any] = {name: value for name, value in zip(_MEMBERS, job, strict=True) if value is not None}
    item["payload"] = orjson.Fragment(job.payload)
    if not job.tags:
        del item["tags"]
    if key is not None:
        item |= {"scope": key.scope, "key": key.key, "fingerprint": key.fingerprint.hex()}
    return item


def _submitted(row: Sequence[Any]) -> Submitted:
    return Submitted(
        id=str(row[0]),
        status=JobStatus(row[1]),
        run_at=row[2],
        queued_at=row[3],
        created_at=row[4],
        max_retries=row[5],
    )


def _all_accepted(answers: Sequence[T | IdempotencyKeyReused]) -> list[T]:
    accepted = []
    for index, answer in enumerate(answers):
        if isinstance(answer, IdempotencyKeyReused):
            raise IdempotencyKeyReused(str(answer), index)
        accepted.append(answer)
    return accepted


def _replayed(
    submission: Submission, records: Mapping[tuple[str, str], tuple[Any, ...]]
) -> Submitted | IdempotencyKeyReused:
    """The first answer again, from the record: key and job were written at one instant, so its times follow from it."""
    key, job = submission.key, submission.job
    if key is None or (key.scope, key.key) not in records:
        raise StoreUnavailable("PostgreSQL lost a row between two statements; try again")
    stored, job_id, created_at, max_retries, traceparent = records[key.scope, key.key]
    if job_id is None or bytes(stored) != key.fingerprint:
        return IdempotencyKeyReused(f"the idempotency key {key.key!r} was used before with another request")
    due_at = job.run_at if job.delay_seconds is None else created_at + timedelta(seconds=job.delay_seconds)
    waits = due_at is not None and due_at > created_at
    return Submitted(
        id=job_id,
        status=JobStatus.SCHEDULED if waits else JobStatus.QUEUED,
        run_at=due_at,
        queued_at=None if waits else created_at,
        created_at=created_at,
        max_retries=max_retries,
        traceparent=traceparent,
        replayed=True,
    )
