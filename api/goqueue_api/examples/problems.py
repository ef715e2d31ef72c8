"""One example for each `code` of a problem document: where it came from, and what it said."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from goqueue_api.examples.jobs import FINGERPRINT, JOB_ID, WORKER_ID
from goqueue_api.examples.services import BULK_ID

_NAME_RULE: Final = "use 1 to 64 letters, digits, '.', '_', '-', first a letter or digit"


class ProblemExample(NamedTuple):
    """path: the `instance`. pointer: of the one field error that it has, if any. members: extra ones of this code."""

    path: str
    detail: str
    pointer: str | None = None
    members: dict[str, Any] = {}  # noqa: RUF012 - never changed


PROBLEMS: Final[dict[str, ProblemExample]] = {
    "bad_request": ProblemExample("/jobs", "the request cannot be read"),
    "broker_unavailable": ProblemExample("/jobs", "Redis does not answer: try again in a second"),
    "bulk_operation_not_found": ProblemExample(
        f"/bulk/{BULK_ID}", f"there is no bulk operation {BULK_ID}: GET /bulk lists them"
    ),
    "database_unavailable": ProblemExample("/jobs", "PostgreSQL cannot be reached: try again in a second"),
    "failure_not_found": ProblemExample(
        f"/failures/{FINGERPRINT}",
        f"no failure group has the fingerprint '{FINGERPRINT}': GET /failures lists those there are; one that was not seen "
        "for 30 days is gone",
    ),
    "idempotency_key_in_use": ProblemExample(
        "/jobs", "a request with the idempotency key 'order-4711' is still running: send it again in a second"
    ),
    "idempotency_key_reused": ProblemExample(
        "/jobs", "the idempotency key 'order-4711' was used with another body: use a new key for another request"
    ),
    "insufficient_scope": ProblemExample(f"/jobs/{JOB_ID}/retry", "the key 'reporting' may read; this asks for operate"),
    "internal_error": ProblemExample("/jobs", "something went wrong here; the log of the API has it under this request_id"),
    "invalid_cursor": ProblemExample(
        "/jobs", "the cursor 'abc' was not issued here: use next_cursor of a page as it is, or start again without"
    ),
    "invalid_idempotency_key": ProblemExample("/jobs", "the Idempotency-Key must be 1 to 255 printable ASCII characters"),
    "invalid_job": ProblemExample("/jobs", f"/queue: 'my queue' is no name: {_NAME_RULE}", "/queue"),
    "invalid_json": ProblemExample("/jobs", "the body is not JSON: unexpected character: line 1 column 2 (char 1)"),
    "invalid_request": ProblemExample("/jobs", "/query/colour: is no parameter of this path", "/query/colour"),
    "invalid_schedule": ProblemExample("/schedules", "/cron: hour: 25 is out of range 0 to 23 (character 3)", "/cron"),
    "job_changed": ProblemExample(
        f"/jobs/{JOB_ID}", f"job {JOB_ID} has changed since it was read: read it again, then decide"
    ),
    "job_not_found": ProblemExample(f"/jobs/{JOB_ID}", f"there is no job {JOB_ID}"),
    "key_not_found": ProblemExample("/keys/0123456789ab", "there is no key 0123456789ab: `goqueue keys list` shows them"),
    "limit_not_found": ProblemExample(
        "/limits/queue/emails", "there is no limit for the queue 'emails': GET /limits lists those there are"
    ),
    "method_not_allowed": ProblemExample("/jobs", "this path does not know the method PUT: it knows GET, POST"),
    "not_found": ProblemExample("/job", "nothing is served at this path: /docs lists what is"),
    "payload_too_large": ProblemExample(
        "/jobs", "the payload has 300,017 bytes; 262,144 are allowed: store the data elsewhere and send references"
    ),
    "precondition_required": ProblemExample(
        f"/jobs/{JOB_ID}", "say which state you have seen: send its ETag as If-Match, or If-Match: * for any"
    ),
    "too_many_streams": ProblemExample(
        "/events", "1000 streams are open, which is all that GOQUEUE_API_STREAMS allows: close some, or come again"
    ),
    "query_timeout": ProblemExample("/jobs", "the search took longer than 2 s: narrow it, for instance by created_after"),
    "queue_not_found": ProblemExample(
        "/queues/emials", "no job was ever submitted to a queue 'emials': GET /queues lists those there are"
    ),
    "request_entity_too_large": ProblemExample(
        "/jobs",
        "the body is larger than 1,048,576 bytes: store the data elsewhere and send references, or send less at once",
    ),
    "request_refused": ProblemExample("/jobs", "the request is refused"),
    "request_timeout": ProblemExample("/jobs", "the request did not arrive whole in time: send it without pauses"),
    "schedule_changed": ProblemExample(
        "/schedules/nightly", "the schedule 'nightly' has changed since it was read: read it again, then decide"
    ),
    "schedule_dropped": ProblemExample(
        "/schedules/nightly/resume",
        "the schedules file has 'nightly' no more: put it back there, or delete what is left of it",
    ),
    "schedule_exists": ProblemExample(
        "/schedules", "there is a schedule 'nightly' already: choose another name, or change it by PATCH /schedules/nightly"
    ),
    "schedule_not_found": ProblemExample(
        "/schedules/nihgtly", "there is no schedule 'nihgtly': GET /schedules lists those there are"
    ),
    "schedule_read_only": ProblemExample(
        "/schedules/nightly", "the schedule 'nightly' is kept by the schedules file: change it there"
    ),
    "too_many_failed_tries": ProblemExample(
        "/jobs", "too many tries with wrong keys from 203.0.113.9: wait 12 s before the next"
    ),
    "unauthorized": ProblemExample(
        "/jobs", "this API wants a key: send Authorization: Bearer <key>; `goqueue keys create` makes one"
    ),
    "unsupported_media_type": ProblemExample(
        "/jobs", "the body must be JSON: send it with Content-Type: application/json ('text/plain' was sent)"
    ),
    "untrusted_host": ProblemExample(
        "/jobs", "'queue.example' is no name of this machine, which is all the API serves without keys: use localhost"
    ),
    "worker_ended": ProblemExample(
        f"/workers/{WORKER_ID}/drain", f"worker {WORKER_ID} has ended: there is nothing to drain"
    ),
    "worker_not_found": ProblemExample(f"/workers/{WORKER_ID}", f"there is no worker {WORKER_ID}: GET /workers lists them"),
    "wrong_status": ProblemExample(
        f"/jobs/{JOB_ID}/retry",
        f"job {JOB_ID} is queued; retry wants a job that is cancelled, completed, failed or retrying",
        members={"job_status": "queued"},
    ),
}
