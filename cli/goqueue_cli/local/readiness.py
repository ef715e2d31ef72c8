"""Whether the API serves, and what to tell the person who waits for it."""

from __future__ import annotations

import http.client

_ANSWER_SECONDS = 1.0
_EXAMPLE = '{"type": "demo.sleep", "payload": {"seconds": 1}}'


def api_is_ready(port: int) -> bool:
    """Whether GET /readyz of the API on this loopback port answers 200."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_ANSWER_SECONDS)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def banner(api_url: str) -> list[str]:
    """What can be done now, one line each."""
    return [
        "GoQueue is ready. Ctrl-C stops it.",
        f"  API         {api_url}",
        f"  Swagger UI  {api_url}/docs",
        f"  try it      curl {api_url}/jobs -H 'Content-Type: application/json' -d '{_EXAMPLE}'",
    ]
