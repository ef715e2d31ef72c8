"""/docs: Swagger UI from our own files; / leads there."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response, current_app, redirect

blueprint = Blueprint("docs", __name__)

PAGE_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Nothing inline, neither script nor style: Swagger UI sets styles by script, which it may; its icons are data: images."""


@blueprint.get("/docs")
def show_docs() -> Response:
    """Swagger UI's page."""
    page: Response = current_app.send_static_file("swagger/index.html")
    page.headers["Content-Security-Policy"] = PAGE_POLICY
    return page


@blueprint.get("/")
def show_root() -> Response:
    """People who open the address in a browser want the documentation."""
    answer = redirect("/docs")
    return Response(answer.get_data(), answer.status_code, answer.headers)
