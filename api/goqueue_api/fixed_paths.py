"""A path without parameters answers for itself: PATCH /jobs/count is not the PATCH of a job named `count`."""

from __future__ import annotations

from flask import Flask, Response, request
from werkzeug.exceptions import MethodNotAllowed


def register(app: Flask) -> None:
    """For the fixed paths that this app serves by now."""
    methods: dict[str, set[str]] = {}
    for rule in app.url_map.iter_rules():
        if not rule.arguments:
            methods.setdefault(rule.rule, set()).update(rule.methods or ())

    def keep_to_methods() -> Response | None:
        known = methods.get(request.path)
        if known is None or request.method in known - {"OPTIONS"}:
            return None
        if request.method == "OPTIONS":
            return Response(headers={"Allow": ", ".join(sorted(known))})
        raise MethodNotAllowed(sorted(known))

    app.before_request(keep_to_methods)
