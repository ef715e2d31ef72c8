"""Whether the local system serves, and what to tell the person who waits for it."""

from __future__ import annotations

import http.client
import json

_ANSWER_SECONDS = 1.0
NO_BUILD = "not built: make dashboard does it, in another terminal of the checkout; nothing needs a restart"
_EXAMPLE = '{"type": "demo.sleep", "payload": {"seconds": 1}}'


def api_is_ready(port: int) -> bool:
    """Whether GET /readyz of the API on this loopback port answers 200."""
    return _get(port, "/readyz") is not None


def is_page(port: int) -> bool:
    """Whether a page is served on this loopback port."""
    return _get(port, "/") is not None


def live_types(port: int, api_key: str | None = None) -> list[str]:
    """The job types that live workers serve, as the API on this loopback port says."""
    try:
        items = json.loads(_get(port, "/handlers", api_key) or b"{}").get("items", [])
        return [str(item["type"]) for item in items if item["live_workers"]]
    except (ValueError, KeyError, TypeError, AttributeError):
        return []


def wants_another_key(port: int, api_key: str | None) -> bool:
    """Whether the API on this loopback port tells who has this key, or none, nothing."""
    return _answer(port, "/handlers", api_key)[0] in (http.client.UNAUTHORIZED, http.client.FORBIDDEN)


def banner(api_url: str, dashboard: str | None, types: list[str]) -> list[str]:
    """What can be done now, one line each.

    dashboard: where it is; None: nobody asked for it. types: that the worker serves.
    """
    lines = [
        "GoQueue is ready. Ctrl-C stops it.",
        *([] if dashboard is None else [f"  dashboard   {dashboard}"]),
        f"  API         {api_url}",
        f"  Swagger UI  {api_url}/docs",
    ]
    if types:
        lines.append(f"  job types   {', '.join(types)}")
    if "demo.sleep" in types:
        lines.append(f"  try it      curl {api_url}/jobs -H 'Content-Type: application/json' -d '{_EXAMPLE}'")
    return lines


def _get(port: int, path: str, api_key: str | None = None) -> bytes | None:
    """The body of a 200; None for anything else."""
    status, body = _answer(port, path, api_key)
    return body if status == http.client.OK else None


def _answer(port: int, path: str, api_key: str | None) -> tuple[int | None, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_ANSWER_SECONDS)
    try:
        connection.request("GET", path, headers={"Authorization": f"Bearer {api_key}"} if api_key else {})
        answer = connection.getresponse()
        return answer.status, answer.read()
    except (OSError, http.client.HTTPException):
        return None, b""
    finally:
        connection.close()
