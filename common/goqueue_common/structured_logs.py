"""Logs as event names and fields: readable on a terminal, one JSON object a line on a pipe. Payloads are never logged."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable, Collection, Mapping
from typing import Any

import orjson
import structlog

from goqueue_common.redaction import Redactor

_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


def configure(
    level: str,
    log_format: str,
    *,
    redact: Collection[str] = (),
    context: Callable[[], Mapping[str, Any]] = dict,
    own_code: Callable[[logging.LogRecord], bool] | None = None,
    **bound: Any,
) -> None:
    """Set up logging of this process; `bound` fields are on every line, and what `context` gives when one is written.

    redact: fields whose values are hidden. log_format: console, json, or auto (console on a terminal). Loggers of `logging`
    come out in the same form: from warning on, and from `level` on the records that are of own_code.
    """
    console = log_format == "console" or (log_format == "auto" and sys.stderr.isatty())
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        # As context variables the bound fields would not reach threads started later.
        lambda _logger, _method, event: {**bound, **context(), **event},
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    if redactor := Redactor(redact):
        shared.append(lambda _logger, _method, event: redactor.document(event))
    final: list[Any] = (
        [
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(),
                exception_formatter=structlog.dev.plain_traceback,  # the rich one prints local variables: secrets
            )
        ]
        if console
        else [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(serializer=_dumps)]
    )
    structlog.configure(
        processors=[*shared, *final],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[level]),
        # Not print's two writes, a line and its end: several processes share one pipe.
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(), structlog.stdlib.add_logger_name, *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *final],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING if own_code is None else _LEVELS[level])
    if own_code is not None:
        handler.addFilter(lambda record: record.levelno >= logging.WARNING or own_code(record))


def disable() -> None:
    """No log lines, in a process whose output is its answer and whose errors are in it."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


def _dumps(event: Any, **_: Any) -> str:
    try:
        return orjson.dumps(event, default=str).decode()
    except TypeError:  # a lone surrogate or a huge integer: no line may fail, least of all one about an error
        shown = {str(name): _sayable(value) for name, value in event.items()}
        return json.dumps(shown, default=str, ensure_ascii=False).encode(errors="replace").decode()


def _sayable(value: Any) -> Any:
    """The value, or its text if JSON cannot hold it: a handler may log anything, and a line must not fail its job."""
    try:
        json.dumps(value, default=str)
    except Exception:  # noqa: BLE001 - a user's __str__ may raise anything
        try:
            return repr(value)
        except Exception:  # noqa: BLE001 - as above
            return f"<{type(value).__name__}>"
    return value
