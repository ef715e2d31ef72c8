"""Names in paths: of queues, types, workers, failure groups, schedules, schedulers."""

from __future__ import annotations

import re
from typing import Final
from uuid import UUID

from goqueue_api.errors import InvalidRequest
from goqueue_common.errors import FailureNotFound, FieldError, WorkerNotFound
from goqueue_common.new_job import is_name

_FINGERPRINT: Final = re.compile("[0-9a-f]{16}")


def checked_name(name: str, part: str = "name") -> str:
    """The name of a queue, a type or a schedule. part: what the path calls it. Raises InvalidRequest."""
    if not is_name(name):
        raise InvalidRequest(
            [
                FieldError(
                    f"/path/{part}",
                    f"{name!r:.80} is no name: use 1 to 64 letters, digits, '.', '_', '-', first a letter or digit",
                )
            ]
        )
    return name


def checked_schedule(name: str) -> str:
    """The name of a schedule. Raises InvalidRequest."""
    return checked_name(name, "schedule")


def checked_worker_id(worker_id: str) -> str:
    """The id of a worker. Raises WorkerNotFound."""
    try:
        return str(UUID(worker_id))
    except ValueError as error:
        raise WorkerNotFound(f"{worker_id!r:.80} is no worker id: an id is a UUID, as GET /workers shows it") from error


def checked_fingerprint(fingerprint: str) -> str:
    """The fingerprint of a failure group. Raises FailureNotFound."""
    if _FINGERPRINT.fullmatch(fingerprint) is None:
        raise FailureNotFound(
            f"{fingerprint!r:.80} is no fingerprint: that is 16 hexadecimal digits, as GET /failures shows it"
        )
    return fingerprint


def checked_scheduler_id(scheduler_id: str) -> str:
    """The id that a scheduler has given itself. Raises InvalidRequest."""
    try:
        return str(UUID(scheduler_id))
    except ValueError as error:
        problem = FieldError("/path/scheduler_id", f"{scheduler_id!r:.80} is no UUID: make one when the scheduler starts")
        raise InvalidRequest([problem]) from error
