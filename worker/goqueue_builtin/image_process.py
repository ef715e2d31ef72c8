"""image.process: crops, turns and resizes a picture, and writes it in the format wanted.

It runs in a process of its own: decoders are written in C, and a hostile file may hang or crash one.
"""

from __future__ import annotations

import base64
import io
import math
import struct
import warnings
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any, Final

from PIL import ExifTags, Image, UnidentifiedImageError
from PIL.TiffImagePlugin import TILELENGTH, TILEWIDTH, TiffImageFile

from goqueue_builtin.media import PATH_SCHEMA, Media
from goqueue_builtin.outbound import Caller, NoAnswer, Refused, Request
from goqueue_builtin.settings import builtin_settings
from goqueue_worker import Discard, JobContext, handler

MAX_PIXELS: Final = 50_000_000
MAX_SIDE: Final = 20_000
MAX_SOURCE_BYTES: Final = 32 * 1024 * 1024
_READ: Final = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")
_WRITE: Final = ("jpeg", "png", "webp", "gif")
_EXTENSIONS: Final = {"jpeg": "jpg"}
_LONGEST: Final = {"jpeg": 65_500, "webp": 16_383, "gif": 65_535}
_SAME: Final = {"mpo": "jpeg"}  # of cameras that keep a second picture behind the first
_DAMAGED: Final = (
    *(OSError, ValueError, SyntaxError, EOFError, TypeError, LookupError, ArithmeticError),
    *(struct.error, Image.DecompressionBombError),
)
"""What Pillow's decoders raise on files that are not what they say."""
_UPRIGHT: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
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
            "enum": list(_WRITE),
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
    picture = _opened(content)
    found = str(picture.format).lower()
    source = {"width": picture.width, "height": picture.height, "format": _SAME.get(found, found)}
    job.progress(0.3, f"decoding {picture.width}x{picture.height}")
    wanted = payload.get("format") or (source["format"] if source["format"] in _WRITE else "png")
    result = _changed(_decoded(picture), payload, job)
    job.progress(0.8, f"writing {result.width}x{result.height}")
    encoded = _encoded(result, wanted, int(payload.get("quality", 85)))
    output = payload.get("output") or f"images/{job.id}.{_EXTENSIONS.get(wanted, wanted)}"
    media.write(output, encoded)
    return {
        "path": str(PurePosixPath(output)),
        "width": result.width,
        "height": result.height,
        "format": wanted,
        "bytes": len(encoded),
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


def _opened(content: bytes) -> Image.Image:
    """The picture by its header; no pixel is decoded yet. Raises Discard."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the size is looked at here
            picture = Image.open(io.BytesIO(content), formats=_READ)
    except Image.DecompressionBombError as error:
        raise Discard(f"the picture is too large: at most {MAX_PIXELS:,} pixels are taken") from error
    except UnidentifiedImageError as error:
        raise Discard(f"this is no picture that can be read: use {', '.join(_READ)}") from error
    except _DAMAGED as error:
        raise Discard(f"the picture is damaged: {error}") from error
    if picture.width * picture.height > MAX_PIXELS:
        raise Discard(
            f"the picture is too large: {picture.width}x{picture.height}, at most {MAX_PIXELS:,} pixels are taken"
        )
    width, height = _tile(picture)
    if width * height > MAX_PIXELS:
        raise Discard(f"the picture has tiles of {width}x{height}: at most {MAX_PIXELS:,} pixels are taken")
    return picture


def _tile(picture: Image.Image) -> tuple[int, int]:
    """What a TIFF is decoded by: a tile may be larger than the picture, and is held as a whole."""
    tags = picture.tag_v2 if isinstance(picture, TiffImageFile) else {}
    sides = [tags.get(tag, 1) for tag in (TILEWIDTH, TILELENGTH)]
    return (sides[0], sides[1]) if all(isinstance(side, int) for side in sides) else (1, 1)


def _decoded(picture: Image.Image) -> Image.Image:
    """Its first frame, upright, in a mode that can be worked on. Raises Discard."""
    try:
        picture.load()
        turned = _UPRIGHT.get(picture.getexif().get(ExifTags.Base.Orientation, 1))
    except _DAMAGED as error:
        raise Discard(f"the picture is damaged: {error}") from error
    if picture.mode in ("I", "F"):
        raise Discard("grey of 32 bits, as measurements have it, cannot be made a picture: save it with 8 or 16")
    if picture.mode.startswith("I;16"):
        picture = _eight_bits(picture)
    upright = picture if turned is None else picture.transpose(turned)
    has_alpha = upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info
    return upright.convert("RGBA" if has_alpha else "RGB")


def _eight_bits(picture: Image.Image) -> Image.Image:
    """Grey of 16 bits as grey of 8: Pillow itself makes white of all but the darkest."""
    grey = picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    grey.info.pop("transparency", None)  # it names a shade of the old scale
    return grey


def _changed(picture: Image.Image, payload: Mapping[str, Any], job: JobContext) -> Image.Image:
    """In the order that the schema says."""
    if crop := payload.get("crop"):
        picture = _cropped(picture, **_whole(crop))
    if degrees := payload.get("rotate", 0) % 360:
        job.progress(0.4, f"turning by {degrees:g} degrees")
        picture = _turned(picture, degrees)
    if resize := payload.get("resize"):
        width, height = _size(picture, _whole(resize))
        job.progress(0.6, f"resizing to {width}x{height}")
        picture = picture.resize((width, height), Image.Resampling.LANCZOS)
    if box := payload.get("thumbnail"):
        picture.thumbnail((int(box["width"]), int(box["height"])), Image.Resampling.LANCZOS)
    return picture


def _whole(box: Mapping[str, float]) -> dict[str, int]:
    """10.0 is an integer to JSON Schema, and none to Pillow."""
    return {name: int(value) for name, value in box.items()}


def _cropped(picture: Image.Image, *, left: int, top: int, width: int, height: int) -> Image.Image:
    if left + width > picture.width or top + height > picture.height:
        raise Discard(
            f"crop {left},{top} {width}x{height} leads outside the picture, which has {picture.width}x{picture.height}"
        )
    return picture.crop((left, top, left + width, top + height))


def _turned(picture: Image.Image, degrees: float) -> Image.Image:
    exact = {90: Image.Transpose.ROTATE_270, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_90}
    if degrees in exact:
        return picture.transpose(exact[int(degrees)])
    across, along = abs(math.cos(math.radians(degrees))), abs(math.sin(math.radians(degrees)))
    width, height = picture.width * across + picture.height * along, picture.width * along + picture.height * across
    _check_size(f"turned by {degrees:g} degrees the picture is", round(width), round(height))
    corner = (0, 0, 0, 0) if picture.mode == "RGBA" else (255, 255, 255)
    return picture.rotate(-degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=corner)


def _size(picture: Image.Image, wanted: Mapping[str, int]) -> tuple[int, int]:
    width, height = wanted.get("width"), wanted.get("height")
    width = width or max(1, round(picture.width * (height or 1) / picture.height))
    height = height or max(1, round(picture.height * width / picture.width))
    _check_size("resize would make it", width, height)
    return width, height


def _check_size(what: str, width: int, height: int) -> None:
    if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
        raise Discard(f"{what} {width}x{height}, which is too large: at most {MAX_PIXELS:,} pixels, {MAX_SIDE:,} a side")


def _encoded(picture: Image.Image, wanted: str, quality: int) -> bytes:
    """Without anything that the old file said beside its pixels: place, camera, thumbnail. Raises Discard."""
    longest = _LONGEST.get(wanted, max(picture.size))
    if max(picture.size) > longest:
        size = f"{picture.width}x{picture.height}"
        raise Discard(f"{wanted} has at most {longest:,} pixels a side and this is {size}: make it smaller, or a png")
    if wanted == "jpeg" and picture.mode == "RGBA":
        paper = Image.new("RGB", picture.size, (255, 255, 255))
        paper.paste(picture, mask=picture.getchannel("A"))
        picture = paper
    picture.info = {}
    options = {"quality": quality} if wanted in ("jpeg", "webp") else {}
    target = io.BytesIO()
    picture.save(target, wanted.upper(), **options)
    return target.getvalue()
