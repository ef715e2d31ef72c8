"""Errors sent to Sentry. Imported only where SENTRY_DSN is set; see `Telemetry`.

An event holds the exception, its stack and our tags. It never holds a payload, a request's body, local variables or log
lines; values of fields in GOQUEUE_REDACT are hidden wherever a handler itself has added them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final, cast

import sentry_sdk
from sentry_sdk.integrations.dedupe import DedupeIntegration
from sentry_sdk.integrations.modules import ModulesIntegration
from sentry_sdk.types import Event

from goqueue_common.redaction import Redactor
from goqueue_common.telemetry.telemetry import CLOSE_SECONDS

_OPEN_PARTS: Final = ("extra", "contexts", "tags", "user", "request", "breadcrumbs")
"""What programs write into an event by names of their own."""


class ErrorReports:
    """Reports of this process, sent from a thread of its own. A handler may use sentry_sdk beside it, for its own job."""

    @classmethod
    def start(cls, dsn: str, redact: Collection[str]) -> ErrorReports:
        """Begin; the library reads SENTRY_ENVIRONMENT and SENTRY_RELEASE by itself."""
        redactor = Redactor(redact)
        sentry_sdk.init(
            dsn=dsn,
            # Those that come by themselves send log lines, SQL, bodies and headers too, and slow down every call.
            default_integrations=False,
            auto_enabling_integrations=False,
            integrations=[DedupeIntegration(), ModulesIntegration()],
            send_default_pii=False,
            include_local_variables=False,
            max_request_body_size="never",
            auto_session_tracking=False,
            shutdown_timeout=CLOSE_SECONDS,
            in_app_exclude=["goqueue_api", "goqueue_common", "goqueue_scheduler", "goqueue_worker"],
            before_send=(lambda event, _hint: redacted(event, redactor)) if redactor else None,
        )
        return cls()

    @contextmanager
    def tagged(self, tags: Mapping[str, str | int]) -> Iterator[None]:
        """What is reported within, by us or by the handler itself, has these tags."""
        with sentry_sdk.isolation_scope() as scope:
            scope.set_tags(tags)
            yield

    def report(self, error: BaseException) -> None:
        """An error that nobody expected, or that ended a job."""
        sentry_sdk.capture_exception(error)

    def report_message(self, message: str) -> None:
        """The same where there is no exception."""
        sentry_sdk.capture_message(message, level="error")

    def close(self) -> None:
        """Send what is left."""
        sentry_sdk.get_client().close(timeout=CLOSE_SECONDS)


def redacted(event: Event, redactor: Redactor) -> Event:
    """The event without the values of these fields."""
    document = cast("dict[str, Any]", event)
    for part in _OPEN_PARTS:
        if part in document:
            document[part] = redactor.document(document[part])
    for exception in document.get("exception", {}).get("values", ()):
        exception["value"] = redactor.text(exception.get("value") or "")
    return event
