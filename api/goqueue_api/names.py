"""Names in paths: of queues, types, workers."""

from __future__ import annotations

from uuid import UUID

from goqueue_api.errors import InvalidRequest
from goqueue_common.errors import FieldError, WorkerNotFound
from goqueue_common.new_job import is_name


def checked_name(name: str) -> str:
    """The name of a queue or a type. Raises InvalidRequest."""
    if not is_name(name):
        raise InvalidRequest(
            [
                FieldError(
                    "/path/name",
                    f"{name!r:.80} is no name: use 1 to 64 letters, digits, '.', '_', '-', first a letter or digit",
                )
            ]
        )
    return name


def checked_worker_id(worker_id: str) -> str:
    """The id of a worker. Raises WorkerNotFound."""
    try:
        return str(UUID(worker_id))
    except ValueError as error:
        raise WorkerNotFound(f"{worker_id!r:.80} is no worker id: an id is a UUID, as GET /workers shows it") from error
