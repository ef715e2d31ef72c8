"""image.process: crops, turns and resizes a picture, and writes it in the format wanted.

It runs in a process of its own: decoders are written in C, and a hostile file may hang or crash one.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any, Final

from goqueue_builtin.media import PATH_SCHEMA, Media
from goqueue_builtin.outbound import Caller, NoAnswer, Refused, Request
from goqueue_builtin.picture import MAX_SIDE, WRITTEN, changed, decoded, encoded, format_of, opened
from goqueue_builtin.settings import builtin_settings
from goqueue_worker import Discard, JobContext, handler

MAX_SOURCE_BYTES: Final = 32 * 1024 * 1024
_EXTENSIONS: Final = {"jpeg": "jpg"}
_FETCH_SECONDS: Final = 60.0

_SIDE: Final = {"type": "integer", "description": "Pixels.", "minimum": 1, "maximum": MAX_SIDE}
_OFFSET: Final = {"type": "integer", "description": "Pixels.", "minimum": 0, "maximum": 65_535}


def _box(title: str, description: str, members: Mapping[str, Any], required: list[str]) -> dict[str, Any]:
    return {
        "type": "object",
        "title": title,
        "description": description,
        "properties": {name: {"title": name.capitalize(), **member} for name, member in members.items()},
        "required": required,
        "additionalProperties": False,
    }


SCHEMA: Final = {
    "type": "object",
    "properties": {
        "path": {**PATH_SCHEMA, "title": "Path", "description": "The picture: a file below GOQUEUE_MEDIA_ROOT."},
        "url": {
            "type": "string",
            "title": "URL",
            "description": "Or an address of the open internet to fetch it from.",
            "format": "uri",
            "pattern": "^[Hh][Tt][Tt][Pp][Ss]?://[^\\s]+$",
            "maxLength": 4000,
        },
        "data": {
            "type": "string",
            "title": "Data",
            "description": "Or the picture itself in base64.",
            "contentEncoding": "base64",
            "minLength": 1,
        },
        "crop": _box(
            "Crop",
            "Cut this out first; pixels from the upper left corner.",
            {"left": _OFFSET, "top": _OFFSET, "width": _SIDE, "height": _SIDE},
            ["left", "top", "width", "height"],
        ),
        "rotate": {
            "type": "number",
            "title": "Rotate",
            "description": "Then turn it, in degrees clockwise; it grows so that no corner is lost.",
            "minimum": -360,
            "maximum": 360,
        },
        "resize": {
            **_box(
                "Resize",
                "Then make it this size; one side alone keeps the proportions.",
                {"width": _SIDE, "height": _SIDE},
                [],
            ),
            "minProperties": 1,
        },
        "thumbnail": _box(
            "Thumbnail",
            "Last, fit it into this size; it keeps its proportions and never grows.",
            {"width": _SIDE, "height": _SIDE},
            ["width", "height"],
        ),
        "format": {
            "type": "string",
            "title": "Format",
            "description": "Of the new picture. Left out: that of the old one, or png.",
            "enum": list(WRITTEN),
        },
        "quality": {
            "type": "integer",
            "title": "Quality",
            "description": "Of jpeg and webp.",
            "minimum": 1,
            "maximum": 95,
            "default": 85,
        },
        "output": {
            **PATH_SCHEMA,
            "title": "Output",
            "description": "Where to write it, below GOQUEUE_MEDIA_ROOT. Left out: `images/<job id>.jpg`, by the format.",
        },
    },
    "oneOf": [{"required": ["path"]}, {"required": ["url"]}, {"required": ["data"]}],
    "additionalProperties": False,
}


class FetchFailed(Exception):
    """The picture could not be fetched now."""


@handler("image.process", schema=SCHEMA, isolation="process", timeout=120)
def process_image(payload: dict[str, Any], job: JobContext) -> dict[str, Any]:
    """Crop, turn and resize a picture, and write it to a file."""
    settings = builtin_settings()
    media = Media(settings.media_root)
    job.progress(0.05, "reading")
    content = _source(payload, media, Caller(settings.http_allowed_networks))
    picture = opened(content)
    source = {"width": picture.width, "height": picture.height, "format": format_of(picture)}
    job.progress(0.3, f"decoding {picture.width}x{picture.height}")
    wanted = payload.get("format") or (source["format"] if source["format"] in WRITTEN else "png")
    result = changed(decoded(picture), payload, job)
    job.progress(0.8, f"writing {result.width}x{result.height}")
    written = encoded(result, wanted, int(payload.get("quality", 85)))
    output = payload.get("output") or f"images/{job.id}.{_EXTENSIONS.get(wanted, wanted)}"
    media.write(output, written)
    return {
        "path": str(PurePosixPath(output)),
        "width": result.width,
        "height": result.height,
        "format": wanted,
        "bytes": len(written),
        "source": {**source, "bytes": len(content)},
    }


def _source(payload: Mapping[str, Any], media: Media, caller: Caller) -> bytes:
    if "path" in payload:
        return media.read(payload["path"], max_bytes=MAX_SOURCE_BYTES)
    if "data" in payload:
        try:
            return base64.b64decode(payload["data"], validate=True)
        except ValueError as error:
            raise Discard(f"data is not base64: {error}") from error
    try:
        answer = caller.call(Request(url=payload["url"], max_bytes=MAX_SOURCE_BYTES, timeout_seconds=_FETCH_SECONDS))
    except Refused as error:
        raise Discard(str(error)) from error
    except NoAnswer as error:
        raise FetchFailed(str(error)) from error
    if answer.status >= 500 or answer.status in (408, 425, 429):
        raise FetchFailed(f"{answer.url} answered {answer.status}")
    if answer.status != 200:
        raise Discard(f"{answer.url} answered {answer.status}")
    return answer.body
