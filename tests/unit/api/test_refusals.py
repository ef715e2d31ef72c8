"""What gunicorn refuses is told as everything else is."""

from __future__ import annotations

import json

import pytest
from gunicorn.http import errors as gunicorn

from goqueue_api.errors import problem_codes
from goqueue_api.refusals import refusal, status_of


@pytest.mark.parametrize(
    ("error", "status"),
    [
        pytest.param(gunicorn.LimitRequestLine(9_000, 8_190), 414, id="long line"),
        pytest.param(gunicorn.LimitRequestHeaders("too many"), 431, id="headers"),
        pytest.param(gunicorn.InvalidHeader("X"), 400, id="header"),
        pytest.param(gunicorn.InvalidRequestLine("X"), 400, id="line"),
        pytest.param(gunicorn.UnsupportedTransferCoding("gzip"), 501, id="coding"),
        pytest.param(gunicorn.InvalidResponseHeader("X"), 500, id="header of ours"),
        pytest.param(RuntimeError("?"), 500, id="defect"),
    ],
)
def test_a_refusal_is_a_problem_document(error: Exception, status: int) -> None:
    assert status_of(error) == status
    head, _, body = refusal(status).partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    document = json.loads(body)
    assert lines[0].startswith(f"HTTP/1.1 {status} ")
    assert {"Connection: close", f"Content-Length: {len(body)}", "Content-Type: application/problem+json"} <= set(lines)
    assert f"X-Request-ID: {document['request_id']}" in lines
    assert document["status"] == status
    assert document["code"] in problem_codes()
