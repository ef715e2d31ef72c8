"""/metrics, for Prometheus."""

from __future__ import annotations

from typing import Final

from flask import Response

from goqueue_api.access.scope import Scope
from goqueue_api.openapi import Answer, ApiBlueprint
from goqueue_api.services import services
from goqueue_common.metrics.page import CONTENT_TYPE

blueprint = ApiBlueprint("metrics", __name__, description="Figures for Prometheus.")

_TEXT: Final = {"type": "string"}


@blueprint.operation(
    "GET",
    "/metrics",
    "getMetrics",
    scope=Scope.READ,
    answers={200: Answer(_TEXT, "Prometheus' text format, version 0.0.4.", media_type="text/plain")},
)
def get_metrics() -> Response:
    """Show the metrics of all processes of this API

    What waits in the queues is asked of PostgreSQL, once a second at most. Without it those metrics are missing, and
    `goqueue_store_up` is 0.
    """
    made = services()
    return Response(made.metrics.page(made.store_gauges.samples()), content_type=CONTENT_TYPE)
