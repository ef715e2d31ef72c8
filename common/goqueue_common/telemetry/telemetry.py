"""What a process sends about its work, started once in each, after any fork: the libraries' threads do not cross one."""

from __future__ import annotations

import threading
import time
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from goqueue_common.telemetry.settings import TelemetrySettings

if TYPE_CHECKING:
    from goqueue_common.telemetry.error_reports import ErrorReports
    from goqueue_common.telemetry.tracing import Tracing

CLOSE_SECONDS: Final = 2.0
"""How long a process that ends waits for what it has not sent yet."""


@dataclass(frozen=True, slots=True)
class Telemetry:
    """Spans and error reports of this process; None: off."""

    tracing: Tracing | None = None
    error_reports: ErrorReports | None = None

    @classmethod
    def start(cls, settings: TelemetrySettings, service: str, *, redact: Collection[str] = ()) -> Telemetry:
        """What the settings ask for. service: its name in traces, unless OTEL_SERVICE_NAME gives another."""
        tracing = error_reports = None
        if settings.otlp_endpoint is not None:
            from goqueue_common.telemetry.tracing import Tracing

            tracing = Tracing.start(settings.otlp_endpoint, service)
        if settings.sentry_dsn is not None:
            from goqueue_common.telemetry.error_reports import ErrorReports

            error_reports = ErrorReports.start(settings.sentry_dsn, redact)
        return cls(tracing, error_reports)

    def close(self) -> None:
        """Send what is left, for CLOSE_SECONDS at most: a collector that is away keeps no process from ending."""
        deadline = time.monotonic() + CLOSE_SECONDS
        threads = [
            threading.Thread(target=part.close, name="telemetry-close", daemon=True)
            for part in (self.tracing, self.error_reports)
            if part is not None
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))


OFF: Final = Telemetry()
"""Sends nothing."""
