"""/healthz and /readyz."""

from __future__ import annotations

from flask import Response

from goqueue_api.json_provider import json_response
from goqueue_api.openapi import Answer, ApiBlueprint
from goqueue_api.schemas.services import HealthSchema, ReadinessSchema
from goqueue_api.services import services

blueprint = ApiBlueprint("health", __name__, description="For probes and load balancers.")


@blueprint.operation("GET", "/healthz", "getHealth", scope=None, answers={200: Answer(HealthSchema(), "It lives.")})
def get_health() -> Response:
    """Say that the process lives; asks no store"""
    return json_response({"status": "ok"})


@blueprint.operation(
    "GET",
    "/readyz",
    "getReadiness",
    scope=None,
    answers={200: Answer(ReadinessSchema(), "Ready."), 503: Answer(ReadinessSchema(), "Starting, or draining.")},
)
def get_readiness() -> Response:
    """Say whether this process should be sent requests

    PostgreSQL and Redis are named, and never make it unready.
    """
    state = services().readiness.state()
    return json_response(state, 200 if state["status"] == "ready" else 503)
