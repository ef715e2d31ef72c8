"""http.request: calls a URL, as webhooks do, and tells by the status whether to try again."""

from __future__ import annotations

import base64
import re
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

import orjson

from goqueue_builtin.outbound import Caller, NoAnswer, Refused, Request, Response
from goqueue_builtin.settings import builtin_settings
from goqueue_common.errors import InvalidJob, PayloadTooLarge
from goqueue_common.new_job import encode_document
from goqueue_common.version import version
from goqueue_worker import Discard, JobContext, Retry, handler

MAX_BODY_BYTES: Final = 128 * 1024
"""Of an answer: a result has at most 256 KiB as JSON."""
_TRY_AGAIN: Final = (408, 425, 429, 500, 502, 503, 504)
_LONGEST_PAUSE_SECONDS: Final = 3600.0
_MAX_HEADERS: Final = 50
_MAX_HEADERS_BYTES: Final = 32 * 1024
_MAX_CONTENT_BYTES: Final = 192 * 1024
_OURS: Final = (
    *("connection", "content-length", "expect", "host", "keep-alive", "proxy-authorization", "proxy-connection"),
    *("te", "trailer", "transfer-encoding", "upgrade"),
)

SCHEMA: Final = {
    "type": "object",
    "properties": {
        "url": {
            "type": "string",
            "title": "URL",
            "description": "An address of the open internet, by http or https.",
            "format": "uri",
            "pattern": "^[Hh][Tt][Tt][Pp][Ss]?://[^\\s]+$",
            "maxLength": 4000,
        },
        "method": {
            "type": "string",
            "title": "Method",
            "description": "The HTTP method.",
            "enum": ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"],
            "default": "GET",
        },
        "headers": {
            "type": "object",
            "title": "Headers",
            "description": "Sent beside `User-Agent` and `Idempotency-Key` (the job's id, the same for all attempts).",
            "propertyNames": {"pattern": "^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$"},
            "additionalProperties": {"type": "string", "maxLength": 4000, "pattern": "^[^\\x00-\\x08\\x0a-\\x1f\\x7f]*$"},
            "maxProperties": _MAX_HEADERS,
        },
        "json": {"title": "JSON", "description": "Sent as the body, with the content type of JSON. Any value."},
        "body": {"type": "string", "title": "Body", "description": "Text to send as the body instead of JSON."},
        "timeout": {
            "type": "number",
            "title": "Timeout",
            "description": "Seconds for all of the call, redirects too.",
            "exclusiveMinimum": 0,
            "maximum": 300,
            "default": 30,
        },
        "retry_on": {
            "type": "array",
            "title": "Try again on",
            "description": "Statuses that are tried again by back-off, or when `Retry-After` says so.",
            "items": {"type": "integer", "minimum": 300, "maximum": 599},
            "uniqueItems": True,
            "maxItems": 100,
            "default": list(_TRY_AGAIN),
        },
        "follow_redirects": {
            "type": "boolean",
            "title": "Follow redirects",
            "description": "Up to five; headers are not sent on to another host.",
            "default": True,
        },
        "keep_body": {
            "type": "boolean",
            "title": "Keep the body",
            "description": "Put the answer's body into the result; it may then have at most 128 KiB.",
            "default": True,
        },
    },
    "required": ["url"],
    "not": {"required": ["json", "body"]},
    "additionalProperties": False,
}


class CallFailed(Exception):
    """The call went wrong in a way that may be better next time."""


@handler("http.request", schema=SCHEMA, max_retries=5, timeout=330)
def request(payload: dict[str, Any], job: JobContext) -> dict[str, Any]:
    """Call a URL and keep its answer."""
    began = time.monotonic()
    job.progress(0.1, "calling")
    try:
        response = Caller(builtin_settings().http_allowed_networks).call(_request(payload, job))
    except Refused as error:
        raise Discard(str(error)) from error
    except NoAnswer as error:
        raise CallFailed(str(error)) from error
    if response.status in payload.get("retry_on", _TRY_AGAIN):
        _try_again(response)
    if response.status >= 400:
        raise Discard(f"{response.url} answered {response.status}{_said(response)}")
    return {
        "status": response.status,
        "url": response.url,
        "headers": _kept(response.headers),
        **_content(response),
        "bytes": len(response.body),
        "seconds": round(time.monotonic() - began, 3),
        "redirects": response.redirects,
    }


def _request(payload: Mapping[str, Any], job: JobContext) -> Request:
    given: Mapping[str, str] = payload.get("headers", {})
    for name, value in given.items():
        if name.lower() in _OURS:
            raise Discard(f"header {name!r} is made by the worker itself: leave it out")
        if not _is_latin(value):
            raise Discard(f"header {name!r} has characters that HTTP headers cannot carry")
    names = {name.lower() for name in given}
    body = None
    own = {"User-Agent": f"GoQueue/{version()}", "Idempotency-Key": job.id}
    if "json" in payload:
        body = orjson.dumps(payload["json"])
        own["Content-Type"] = "application/json"
    elif "body" in payload:
        body = payload["body"].encode()
        own["Content-Type"] = "text/plain; charset=utf-8"
    return Request(
        url=payload["url"],
        method=payload.get("method", "GET"),
        headers={**{name: value for name, value in own.items() if name.lower() not in names}, **given},
        body=body,
        timeout_seconds=float(payload.get("timeout", 30)),
        max_bytes=MAX_BODY_BYTES,
        follow_redirects=payload.get("follow_redirects", True),
        keep_body=payload.get("keep_body", True),
        on_answer=lambda: job.progress(0.5, "receiving"),
    )


def _try_again(response: Response) -> None:
    message = f"{response.url} answered {response.status}{_said(response)}"
    if pause := _pause(response.headers.get("retry-after", "")):
        raise Retry(min(pause, _LONGEST_PAUSE_SECONDS), message)
    raise CallFailed(message)


def _pause(text: str) -> float:
    """Seconds that a Retry-After asks for, as a number or a date; 0: at once, or it says nothing that can be understood."""
    if re.fullmatch(r"\d{1,9}", text.strip()):
        return float(text)
    try:
        until = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return 0.0
    return max(0.0, ((until if until.tzinfo else until.replace(tzinfo=UTC)) - datetime.now(UTC)).total_seconds())


def _kept(headers: Mapping[str, str]) -> dict[str, str]:
    """The first of them, as many as a result has room for."""
    kept: dict[str, str] = {}
    left = _MAX_HEADERS_BYTES
    for name, value in list(headers.items())[:_MAX_HEADERS]:
        left -= len(orjson.dumps({name: value}))
        if left < 0:
            break
        kept[name] = value.replace("\x00", "")
    return kept


def _content(response: Response) -> dict[str, Any]:
    """The body: as JSON when it says so and is, as text when it is, else in base64, in which every body can be stored.

    The call has been made: a result that cannot be stored would make it once more.
    """
    if not response.body:
        return {}
    forms: list[tuple[str, Callable[[bytes], Any]]] = [("body", bytes.decode)]
    if re.match(r"application/([\w.+-]+\+)?json\b", response.headers.get("content-type", "").lower()):
        forms.insert(0, ("json", orjson.loads))
    for name, read in forms:
        try:
            content = {name: read(response.body)}
            if len(encode_document(content, name)) <= _MAX_CONTENT_BYTES:
                return content
        except (ValueError, InvalidJob, PayloadTooLarge):
            continue  # it only says so, or grows too large
    return {"body_base64": base64.b64encode(response.body).decode()}


def _said(response: Response) -> str:
    text = " ".join(response.body[:800].decode("utf-8", "replace").split())[:200]
    return f": {text}" if text else ""


def _is_latin(value: str) -> bool:
    try:
        value.encode("latin-1")
    except UnicodeEncodeError:
        return False
    return True
