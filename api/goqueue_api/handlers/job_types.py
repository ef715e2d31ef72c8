"""/handlers: the job types that workers have published."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from flask import Response

from goqueue_api.access.scope import Scope
from goqueue_api.json_provider import json_response
from goqueue_api.openapi import Answer, ApiBlueprint
from goqueue_api.schemas.services import HandlerListSchema
from goqueue_api.services import services
from goqueue_common.worker_store import JobType

blueprint = ApiBlueprint("handlers", __name__, description="Which job types workers can run.")


@blueprint.operation(
    "GET",
    "/handlers",
    "listHandlers",
    scope=Scope.READ,
    answers={200: Answer(HandlerListSchema(), "Every type that a worker ever published.")},
)
def list_handlers() -> Response:
    """List job types, their versions and the live workers that have them"""
    by_type = groupby(services().types.published(), key=lambda version: version.type)
    return json_response({"items": [_handler(name, list(versions)) for name, versions in by_type]})


def _handler(name: str, versions: list[JobType]) -> dict[str, Any]:
    return {
        "type": name,
        "live_workers": sum(version.live_workers or 0 for version in versions),
        "versions": [_version(version) for version in versions],
    }


def _version(version: JobType) -> dict[str, Any]:
    return {
        "fingerprint": version.fingerprint,
        "schema": version.schema,
        "max_retries": version.max_retries,
        "timeout": version.timeout_seconds,
        "isolation": version.isolation,
        "description": version.description,
        "live_workers": version.live_workers or 0,
    }
