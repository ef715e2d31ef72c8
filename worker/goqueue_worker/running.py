"""Which job the present thread or task runs, and what of it is on every line that is logged meanwhile.

One context variable is set around a handler; nothing is made of it unless a line is really written.
"""

from __future__ import annotations

import logging
import sysconfig
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from typing import Final

from goqueue_common.job import ClaimedJob
from goqueue_common.store_settings import StoreSettings
from goqueue_common.structured_logs import configure
from goqueue_common.trace_context import trace_id_of

RUNNING: Final[ContextVar[ClaimedJob | None]] = ContextVar("goqueue_running", default=None)
"""Set by the thread that runs an attempt. Its `traceparent` is that of the attempt's own span, where there is one."""

_LIBRARIES: Final = ("/site-packages/", "/dist-packages/")


def configure_logs(settings: StoreSettings, modules: Sequence[str], **bound: int) -> None:
    """Logging of a process that runs handlers of these modules; `bound` fields are on every line."""
    configure(
        settings.log_level,
        settings.log_format,
        redact=settings.redact,
        context=log_fields,
        own_code=is_by_handlers(modules),
        **bound,
    )


def log_fields() -> Mapping[str, str | int]:
    """What a line says of the job that runs here; nothing where none does."""
    job = RUNNING.get()
    if job is None:
        return {}
    fields: dict[str, str | int] = {"job_id": job.id, "type": job.type, "attempt": job.attempt, "queue": job.queue}
    if job.traceparent is not None:
        fields["trace_id"] = trace_id_of(job.traceparent)
    return fields


def is_by_handlers(modules: Sequence[str]) -> Callable[[logging.LogRecord], bool]:
    """Whether a record was logged by the user's code: the packages of the handlers, and whatever is not installed.

    By where the call is in, not by whether a job runs: hooks, threads and helper modules are the user's, too, and what
    libraries say at `info` inside a handler is not.
    """
    packages = frozenset(module.partition(".")[0] for module in modules)
    standard_library = sysconfig.get_path("stdlib")

    def is_own(record: logging.LogRecord) -> bool:
        if record.name.partition(".")[0] in packages:
            return True
        path = record.pathname
        return not path.startswith(standard_library) and not any(folder in path for folder in _LIBRARIES)

    return is_own
