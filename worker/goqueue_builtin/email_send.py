"""email.send: one mail to some people, by the server that the worker's settings name."""

from __future__ import annotations

import base64
import binascii
import mimetypes
import re
from pathlib import PurePosixPath
from typing import Any, Final

from goqueue_builtin.mail import (
    ADDRESS_PATTERN,
    CONTENT_TYPE_PATTERN,
    FILENAME_PATTERN,
    ONE_LINE_PATTERN,
    Attachment,
    Mail,
    Mailer,
)
from goqueue_builtin.media import PATH_SCHEMA, Media
from goqueue_builtin.settings import builtin_settings
from goqueue_worker import Discard, JobContext, RetryPolicy, handler

MAX_ATTACHED_BYTES: Final = 20 * 1024 * 1024
"""All attachments of a mail together, before encoding."""
MAIL_BACKOFF: Final = RetryPolicy(base=30.0, cap=3600.0)
"""For servers that want a mail once more after some minutes (greylisting), or are away for an hour."""
MAIL_RETRIES: Final = 8
MAIL_TIMEOUT_SECONDS: Final = 120.0

_ADDRESS: Final = {
    "type": "string",
    "description": "ada@example.org or Ada Lovelace <ada@example.org>",
    "maxLength": 520,
    "pattern": ADDRESS_PATTERN,
}


def _addresses(title: str, description: str, *, least: int = 0) -> dict[str, Any]:
    return {
        "type": "array",
        "title": title,
        "description": description,
        "items": _ADDRESS,
        "minItems": least,
        "maxItems": 100,
    }


_ATTACHMENT: Final = {
    "type": "object",
    "properties": {
        "filename": {
            "type": "string",
            "title": "File name",
            "description": "What the file is called in the mail. Left out: the name of the file at `path`.",
            "minLength": 1,
            "maxLength": 120,
            "pattern": FILENAME_PATTERN,
        },
        "content_type": {
            "type": "string",
            "title": "Content type",
            "description": "Such as image/png. Left out: by the file's name.",
            "maxLength": 140,
            "pattern": CONTENT_TYPE_PATTERN,
        },
        "data": {
            "type": "string",
            "title": "Data",
            "description": "The content in base64. It counts towards the size of the payload.",
            "contentEncoding": "base64",
            "pattern": "^[A-Za-z0-9+/]*={0,2}$",
        },
        "path": {
            **PATH_SCHEMA,
            "title": "Path",
            "description": "Instead of data: a file below GOQUEUE_MEDIA_ROOT of the worker.",
        },
    },
    "oneOf": [{"required": ["filename", "data"]}, {"required": ["path"]}],
    "additionalProperties": False,
}

SCHEMA: Final = {
    "type": "object",
    "properties": {
        "to": _addresses("To", "Addresses: ada@example.org or Ada Lovelace <ada@example.org>.", least=1),
        "cc": _addresses("Cc", "Addresses that get a copy, seen by all."),
        "bcc": _addresses("Bcc", "Addresses that get a copy, seen by nobody else."),
        "reply_to": _addresses("Reply to", "Where answers go. Left out: to the sender."),
        "subject": {
            "type": "string",
            "title": "Subject",
            "description": "One line.",
            "minLength": 1,
            "maxLength": 500,
            "pattern": ONE_LINE_PATTERN,
        },
        "text": {
            "type": "string",
            "title": "Text",
            "description": "The body as plain text. Text, HTML or both must be given.",
            "maxLength": 200_000,
        },
        "html": {"type": "string", "title": "HTML", "description": "The body as HTML.", "maxLength": 200_000},
        "attachments": {
            "type": "array",
            "title": "Attachments",
            "description": "Files that go with it, at most 20 MiB in all.",
            "items": _ATTACHMENT,
            "maxItems": 20,
        },
    },
    "required": ["to", "subject"],
    "anyOf": [{"required": ["text"]}, {"required": ["html"]}],
    "additionalProperties": False,
}


@handler("email.send", schema=SCHEMA, max_retries=MAIL_RETRIES, backoff=MAIL_BACKOFF, timeout=MAIL_TIMEOUT_SECONDS)
def send_email(payload: dict[str, Any], job: JobContext) -> dict[str, Any]:
    """Send one mail to some people."""
    settings = builtin_settings()
    return Mailer(settings).send(mail_of(payload, Media(settings.media_root)), job)


def mail_of(payload: dict[str, Any], media: Media) -> Mail:
    """The mail that a payload describes, its files read. Raises Discard."""
    return Mail(
        to=tuple(payload["to"]),
        cc=tuple(payload.get("cc", ())),
        bcc=tuple(payload.get("bcc", ())),
        reply_to=tuple(payload.get("reply_to", ())),
        subject=payload["subject"],
        text=payload.get("text"),
        html=payload.get("html"),
        attachments=_attachments(payload.get("attachments", ()), media),
    )


def _attachments(items: list[dict[str, Any]], media: Media) -> tuple[Attachment, ...]:
    attachments: list[Attachment] = []
    left = MAX_ATTACHED_BYTES
    for number, item in enumerate(items):
        content = (
            _decoded(item["data"], number) if "data" in item else media.read(item["path"], max_bytes=MAX_ATTACHED_BYTES)
        )
        left -= len(content)
        if left < 0:
            raise Discard(f"attachments: more than {MAX_ATTACHED_BYTES:,} bytes in all")
        filename = item.get("filename") or PurePosixPath(item["path"]).name
        attachments.append(Attachment(filename, item.get("content_type") or _content_type(filename), content))
    return tuple(attachments)


def _decoded(data: str, number: int) -> bytes:
    try:
        return base64.b64decode(data, validate=True)
    except binascii.Error as error:
        raise Discard(f"attachments/{number}/data is not base64: {error}") from error


def _content_type(filename: str) -> str:
    guessed, encoding = mimetypes.guess_type(filename)
    if guessed is None or encoding is not None or not re.fullmatch(CONTENT_TYPE_PATTERN, guessed):
        return "application/octet-stream"
    return guessed
