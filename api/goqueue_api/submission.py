"""From a request to submissions: the type's defaults and schema, and what makes a repeated request the same one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from goqueue_api.errors import InvalidIdempotencyKey
from goqueue_api.job_request import idempotency_key_problem, new_job
from goqueue_api.json_body import sole_array
from goqueue_api.type_catalogue import KnownType, TypeCatalogue
from goqueue_common.clock import Clock
from goqueue_common.errors import FieldError, InvalidJob, PayloadTooLarge
from goqueue_common.idempotency import IdempotencyKey, fingerprint
from goqueue_common.json_values import kind
from goqueue_common.new_job import NewJob, Submission

MAX_BATCH_ITEMS: Final = 10_000
MAX_BATCH_BYTES: Final = 16 * 1024 * 1024
_MAX_PROBLEMS: Final = 50
_KEY: Final = "idempotency_key"


class SubmissionReader:
    """Reads what POST /jobs and POST /jobs/batch are sent."""

    def __init__(self, types: TypeCatalogue, clock: Clock) -> None:
        self._types = types
        self._clock = clock

    def read_job(
        self, document: Mapping[str, Any], key: str | None, owner: str, traceparent: str | None = None
    ) -> Submission:
        """One job; `key` as the header has it, `owner`: whose key that is, `traceparent`: what it carries to its worker.

        Raises InvalidJob, PayloadTooLarge, InvalidIdempotencyKey.
        """
        job = _new_job(document, self._types.current(), self._clock.now(), traceparent)
        return Submission(job, header_key(key, document, owner))

    def read_batch(self, document: Mapping[str, Any], owner: str, traceparent: str | None = None) -> list[Submission]:
        """All jobs of a batch, each checked before anything is stored; all carry the same trace context.

        Raises InvalidRequest (it has not the shape of a batch), InvalidJob with what is wrong in any item, and
        PayloadTooLarge, which names the item.
        """
        now = self._clock.now()
        types = self._types.current()
        submissions: list[Submission] = []
        problems: list[FieldError] = []
        for index, item in enumerate(sole_array(document, "jobs", of="a batch", least=1, most=MAX_BATCH_ITEMS)):
            try:
                submissions.append(_read_item(item, types, now, owner, traceparent))
            except InvalidJob as error:
                problems += [FieldError(f"/jobs/{index}{found.pointer}", found.detail) for found in error.fields]
            except PayloadTooLarge as error:
                raise PayloadTooLarge(f"/jobs/{index}{error}") from error
            if len(problems) >= _MAX_PROBLEMS:
                break
        if problems:
            raise InvalidJob(problems[:_MAX_PROBLEMS])
        return submissions


def header_key(key: str | None, document: Mapping[str, Any], owner: str) -> IdempotencyKey | None:
    """The Idempotency-Key header with the fingerprint of the body it came with. Raises InvalidIdempotencyKey."""
    if key is None:
        return None
    problem = idempotency_key_problem(key)
    if problem is not None:
        raise InvalidIdempotencyKey(f"the header Idempotency-Key {problem}")
    return IdempotencyKey(owner, key, fingerprint(document))


def _read_item(
    item: object, types: Mapping[str, KnownType], now: datetime, owner: str, traceparent: str | None
) -> Submission:
    if not isinstance(item, dict):
        raise InvalidJob([FieldError("", f"must be an object, not {kind(item)}")])
    if _KEY not in item:
        return Submission(_new_job(item, types, now, traceparent))
    key = item[_KEY]
    body = {name: value for name, value in item.items() if name != _KEY}
    problem = idempotency_key_problem(key)
    if problem is not None:
        raise InvalidJob([FieldError(f"/{_KEY}", problem)])
    return Submission(_new_job(body, types, now, traceparent), IdempotencyKey(owner, key, fingerprint(body)))


def _new_job(document: Mapping[str, Any], types: Mapping[str, KnownType], now: datetime, traceparent: str | None) -> NewJob:
    name = document.get("type")
    known = types.get(name) if isinstance(name, str) else None
    job = new_job(document, known.max_retries if known else None, now, traceparent)
    problems = known.problems(document.get("payload", {})) if known else []
    if problems:
        raise InvalidJob(problems)
    return job
