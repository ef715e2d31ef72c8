"""Answers that do not end, for tests that try every operation."""

from __future__ import annotations

from typing import Any

import requests

# One connection for all: a new one, and a look through the environment for proxies, takes as long as the request itself.
_KEPT = requests.Session()
_KEPT.trust_env = False


def begun(method: str, url: str, session: requests.Session | None = None, **asked: Any) -> requests.Response:
    """The answer, whole; of a stream only its head, and it is closed."""
    with (session or _KEPT).request(method, url, timeout=40, stream=True, **asked) as answer:
        if not is_stream(answer):
            _ = answer.content
    return answer


def is_stream(answer: requests.Response) -> bool:
    """Whether it has no end."""
    return answer.headers.get("Content-Type") == "text/event-stream"
