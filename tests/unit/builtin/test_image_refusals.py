"""image.process on files that mean harm, and what else it refuses."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from goqueue_builtin.image_process import process_image
from goqueue_builtin.picture import MAX_PIXELS
from goqueue_worker.testing import InvalidJob, run
from tests.unit.builtin.pictures import picture, process


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def tiled(side: int) -> bytes:
    """A TIFF of 10x10 pixels in one deflated tile of that size, which would be decoded as a whole."""
    tile = zlib.compress(bytes(1000))
    tags = [
        (256, 10),
        (257, 10),
        (258, 8),
        (259, 8),
        (262, 1),
        (277, 1),
        (322, side),
        (323, side),
        (324, 8),
        (325, len(tile)),
    ]
    start = 8 + len(tile)
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
    return b"II*\0" + struct.pack("<I", start) + tile + struct.pack("<H", len(tags)) + entries + bytes(4)


def png(width: int, height: int, *chunks: bytes) -> bytes:
    """A PNG of a few bytes that says it is that large."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return (
        b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    )


TEXT_BOMB = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"x" * 50_000_000))
PROFILE_BOMB = chunk(b"iCCP", b"Profile\0\0" + zlib.compress(b"x" * 50_000_000))
HOSTILE = {
    "bomb": (png(60_000, 60_000), "too large"),
    "bomb by a little": (png(8_000, 6_251), f"too large: 8000x6251, at most {MAX_PIXELS:,} pixels"),
    "bomb that Pillow warns of": (png(10_000, 10_000), "too large: 10000x10000"),
    "text bomb": (png(10, 10, TEXT_BOMB), "damaged"),
    "profile bomb": (png(10, 10, PROFILE_BOMB), "damaged"),
    "cut short": (picture((300, 200), "JPEG")[:600], "damaged"),
    "png cut short": (picture()[:200], "damaged"),
    "few pixels": (png(1_000, 1_000), "damaged"),
    "tile larger than the picture": (tiled(26_000), "has tiles of 26000x26000"),
    "32 bits": (picture(image_format="TIFF", mode="F", colors=(0.0, 70_000.0)), "grey of 32 bits"),
    "no picture": (b"<svg onload='alert(1)'/>", "no picture that can be read"),
    "empty": (b"", "no picture that can be read"),
    "postscript": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n", "no picture that can be read"),
}


@pytest.mark.parametrize(("content", "says"), HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_file_is_refused(media: Path, content: bytes, says: str) -> None:
    done = process(media, content)
    assert (done.status, done.failure_reason) == ("failed", "discarded")
    assert says in str(done.error)
    assert not (media / "out").exists()


@pytest.mark.parametrize(
    ("payload", "says"),
    [
        ({"path": "../secret"}, "leads outside"),
        ({"path": "/etc/passwd"}, "must be relative"),
        ({"path": "link"}, "leads outside"),
        ({"path": "none.png"}, "there is no such file"),
        ({"path": "in", "output": "../new.png"}, "leads outside"),
        (
            {"path": "in", "crop": {"left": 250, "top": 0, "width": 51, "height": 10}},
            "leads outside the picture, which has 300x200",
        ),
        ({"path": "in", "resize": {"width": 20_000, "height": 2_501}}, "too large"),
        ({"path": "in", "resize": {"width": 20_000}}, "resize would make it 20000x13333, which is too large"),
        ({"data": "AAA"}, "data is not base64"),
        ({"data": "éé"}, "data is not base64"),
        ({"url": "http://127.0.0.1/a.png"}, "127.0.0.1 is no public address"),
        ({"url": "http://169.254.169.254/a.png"}, "169.254.169.254 is no public address"),
    ],
    ids=[
        "up",
        "absolute",
        "link",
        "none",
        "output",
        "crop",
        "pixels",
        "proportions",
        "base64",
        "letters",
        "loopback",
        "metadata",
    ],
)
def test_what_may_not_be_done_is_refused(media: Path, payload: dict[str, object], says: str) -> None:
    (media / "in").write_bytes(picture())
    (media.parent / "secret").write_bytes(picture())
    (media / "link").symlink_to(media.parent / "secret")
    done = run(process_image, payload)
    assert (done.status, done.failure_reason) == ("failed", "discarded")
    assert says in str(done.error)
    assert not (media.parent / "new.png").exists()


@pytest.mark.parametrize(
    ("wanted", "width", "says"),
    [
        ("webp", 16_384, "webp has at most 16,383 pixels a side and this is 16384x1"),
        ("gif", 65_536, "gif has at most 65,535 pixels a side"),
        ("jpeg", 65_501, "jpeg has at most 65,500 pixels a side"),
    ],
)
def test_format_that_cannot_be_that_large_is_refused(media: Path, wanted: str, width: int, says: str) -> None:
    done = process(media, picture((width, 1)), format=wanted)
    assert done.failure_reason == "discarded"
    assert says in str(done.error)
    assert process(media, picture((width, 1)), format=wanted, resize={"width": 100}).status == "completed"


def test_long_picture_is_not_turned_into_a_bomb(media: Path) -> None:
    done = process(media, picture((18_000, 2_000), "PNG"), rotate=45)
    assert done.failure_reason == "discarded"
    assert "turned by 45 degrees the picture is 14142x14142, which is too large" in str(done.error)


def test_without_a_media_root_it_says_what_to_set(environment: Callable[..., None]) -> None:
    environment()
    done = run(process_image, {"path": "in"})
    assert "set GOQUEUE_MEDIA_ROOT" in str(done.error)


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"path": "a", "data": "AAAA"},
        {"path": "a\nb"},
        {"path": "a", "resize": {}},
        {"path": "a", "resize": {"width": 0}},
        {"path": "a", "resize": {"width": 20_001}},
        {"path": "a", "crop": {"left": -1, "top": 0, "width": 1, "height": 1}},
        {"path": "a", "quality": 96},
        {"path": "a", "format": "svg"},
        {"path": "a", "rotate": 361},
        {"path": "a", "shell": "rm"},
        {"url": "file:///etc/passwd"},
    ],
    ids=[
        "nothing",
        "two inputs",
        "line",
        "no side",
        "zero",
        "huge",
        "negative",
        "quality",
        "format",
        "rotate",
        "unknown",
        "scheme",
    ],
)
def test_schema_refuses(payload: dict[str, object]) -> None:
    with pytest.raises(InvalidJob):
        run(process_image, payload)
