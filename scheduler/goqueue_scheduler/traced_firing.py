"""A span around each batch, where traces are on: the SDK hands it to the API, and the API to the jobs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from goqueue import Fire, FireReport
from goqueue_scheduler.firing import FiringApi

if TYPE_CHECKING:
    from goqueue_common.telemetry.tracing import Tracing


class TracedFiring:
    """Stands before the SDK's client."""

    def __init__(self, api: FiringApi, tracing: Tracing) -> None:
        self._api = api
        self._tracing = tracing

    def fire_schedules(self, fires: Sequence[Fire]) -> FireReport:
        """See goqueue.Client."""
        about = {"messaging.batch.message_count": len(fires)}
        with self._tracing.tracer.start_as_current_span("fire schedules", attributes=about):
            return self._api.fire_schedules(fires)
