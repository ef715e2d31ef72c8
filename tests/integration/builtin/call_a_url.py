"""http.request, run in one line."""

from __future__ import annotations

from goqueue_builtin import http_request
from goqueue_worker.testing import Run, run


def call(url: str, **payload: object) -> Run:
    return run(http_request.request, {"url": url, **payload})
