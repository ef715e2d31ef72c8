"""Answers that do not end, for tests that try every operation."""

from __future__ import annotations

from typing import Any

import requests


def begun(method: str, url: str, **asked: Any) -> requests.Response:
    """The answer, whole; of a stream only its head, and it is closed."""
    with requests.request(method, url, timeout=40, stream=True, **asked) as answer:
        if not is_stream(answer):
            _ = answer.content
    return answer


def is_stream(answer: requests.Response) -> bool:
    """Whether it has no end."""
    return answer.headers.get("Content-Type") == "text/event-stream"
