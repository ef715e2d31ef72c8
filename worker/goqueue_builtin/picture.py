"""Pictures of strangers: opened by their header, decoded within limits, changed, and written without what they said beside.

Whatever is wrong with a file, or with what shall be done to it, is a Discard: trying again is useless.
"""

from __future__ import annotations

import io
import math
import struct
import warnings
from collections.abc import Mapping
from typing import Any, Final

from PIL import ExifTags, Image, UnidentifiedImageError
from PIL.TiffImagePlugin import TILELENGTH, TILEWIDTH, TiffImageFile

from goqueue_worker import Discard, JobContext

MAX_PIXELS: Final = 50_000_000
MAX_SIDE: Final = 20_000
_READ: Final = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")
WRITTEN: Final = ("jpeg", "png", "webp", "gif")
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


def opened(content: bytes) -> Image.Image:
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


def decoded(picture: Image.Image) -> Image.Image:
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


def format_of(picture: Image.Image) -> str:
    """Of the file it was opened from, as payloads write it."""
    found = str(picture.format).lower()
    return _SAME.get(found, found)


def changed(picture: Image.Image, payload: Mapping[str, Any], job: JobContext) -> Image.Image:
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


def encoded(picture: Image.Image, wanted: str, quality: int) -> bytes:
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
