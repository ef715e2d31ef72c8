"""image.process on real pictures, made here, and on files that mean harm."""

from __future__ import annotations

import base64
import io
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from goqueue_builtin.image_process import MAX_PIXELS, process_image
from goqueue_worker.testing import InvalidJob, Run, run


@pytest.fixture
def root(tmp_path: Path, environment: Callable[..., None]) -> Path:
    root = tmp_path / "media"
    root.mkdir()
    environment(GOQUEUE_MEDIA_ROOT=str(root))
    return root


def picture(size: tuple[int, int] = (300, 200), image_format: str = "PNG", mode: str = "RGB", **options: Any) -> bytes:
    """Left half red, right half blue."""
    made = Image.new(mode, size, "red")
    made.paste(Image.new(mode, (size[0] // 2, size[1]), "blue"), (size[0] // 2, 0))
    target = io.BytesIO()
    made.save(target, image_format, **options)
    return target.getvalue()


def process(root: Path, content: bytes, **payload: object) -> Run:
    (root / "in").write_bytes(content)
    return run(process_image, {"path": "in", "output": "out"} | payload)


def written(root: Path, done: Run) -> Image.Image:
    assert done.status == "completed", done.error
    with Image.open(root / done.result["path"]) as found:
        found.load()
        assert (found.width, found.height) == (done.result["width"], done.result["height"])
        assert str(found.format).lower() == done.result["format"]
        assert (root / done.result["path"]).stat().st_size == done.result["bytes"]
        return found


def test_large_photo_is_resized(root: Path) -> None:
    done = process(root, picture((3000, 2000), "JPEG"), resize={"width": 1200}, format="webp")
    assert written(root, done).size == (1200, 800)
    source = done.result["source"]
    assert (source["width"], source["height"], source["format"]) == (3000, 2000, "jpeg")
    fractions = [fraction for fraction, _ in done.progress]
    assert fractions == sorted(fractions, key=lambda fraction: fraction or 0)


@pytest.mark.parametrize(
    ("payload", "size"),
    [
        ({"resize": {"width": 150}}, (150, 100)),
        ({"resize": {"height": 50}}, (75, 50)),
        ({"resize": {"width": 10, "height": 20}}, (10, 20)),
        ({"resize": {"width": 1}}, (1, 1)),
        ({"thumbnail": {"width": 60, "height": 60}}, (60, 40)),
        ({"thumbnail": {"width": 6000, "height": 6000}}, (300, 200)),
        ({"crop": {"left": 10, "top": 20, "width": 100, "height": 50}}, (100, 50)),
        ({"rotate": 90}, (200, 300)),
        ({"rotate": -180}, (300, 200)),
        ({"rotate": 45}, (354, 354)),
        ({"crop": {"left": 0, "top": 0, "width": 200, "height": 100}, "rotate": 90, "resize": {"width": 50}}, (50, 100)),
        ({}, (300, 200)),
    ],
    ids=[
        "width",
        "height",
        "both",
        "tiny",
        "thumbnail",
        "never larger",
        "crop",
        "quarter",
        "half",
        "eighth",
        "all",
        "nothing",
    ],
)
def test_size_is_what_was_asked_for(root: Path, payload: dict[str, object], size: tuple[int, int]) -> None:
    found = written(root, process(root, picture(), **payload))
    assert abs(found.width - size[0]) <= 1
    assert abs(found.height - size[1]) <= 1


def test_it_turns_clockwise(root: Path) -> None:
    turned = written(root, process(root, picture(), rotate=90)).convert("RGB")
    assert (turned.getpixel((100, 10)), turned.getpixel((100, 290))) == ((255, 0, 0), (0, 0, 255))


@pytest.mark.parametrize("wanted", ["jpeg", "png", "webp", "gif"])
@pytest.mark.parametrize("given", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF"])
def test_every_format_becomes_every_other(root: Path, given: str, wanted: str) -> None:
    found = written(root, process(root, picture(image_format=given), format=wanted)).convert("RGB")
    red = found.getpixel((20, 100))
    assert isinstance(red, tuple)
    assert red[0] > 200
    assert red[2] < 60


def test_format_stays_unless_it_cannot(root: Path) -> None:
    assert process(root, picture(image_format="WEBP")).result["format"] == "webp"
    assert process(root, picture(image_format="TIFF")).result["format"] == "png"


def test_quality_makes_it_smaller(root: Path) -> None:
    noise = io.BytesIO()
    Image.effect_noise((200, 200), 80).save(noise, "PNG")
    sizes = [process(root, noise.getvalue(), format="jpeg", quality=quality).result["bytes"] for quality in (10, 95)]
    assert sizes[0] < sizes[1] / 2


def test_orientation_is_applied_and_the_rest_of_what_a_camera_says_is_gone(root: Path) -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Secret Camera"  # lies on its side; the maker
    found = written(root, process(root, picture(image_format="JPEG", exif=exif.tobytes())))
    assert found.size == (200, 300)
    assert dict(found.getexif()) == {}
    assert b"Secret Camera" not in (root / "out").read_bytes()


def test_transparency_stays_and_becomes_white_in_jpeg(root: Path) -> None:
    target = io.BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(target, "PNG")
    assert written(root, process(root, target.getvalue())).getpixel((5, 5)) == (0, 0, 0, 0)
    white = written(root, process(root, target.getvalue(), format="jpeg")).getpixel((5, 5))
    assert white == (255, 255, 255)


def test_first_frame_of_an_animation_is_taken(root: Path) -> None:
    target = io.BytesIO()
    Image.new("RGB", (20, 20), "red").save(
        target, "GIF", save_all=True, append_images=[Image.new("RGB", (20, 20), "blue")] * 3
    )
    found = written(root, process(root, target.getvalue(), format="png"))
    assert found.convert("RGB").getpixel((5, 5)) == (255, 0, 0)


def test_every_attempt_writes_the_same_file(root: Path) -> None:
    (root / "in").write_bytes(picture())
    job_id = "01890a5d-ac96-774b-bcce-b302099a8057"
    paths = {run(process_image, {"path": "in", "format": "jpeg"}, job_id=job_id, attempt=n).result["path"] for n in (1, 2)}
    assert paths == {f"images/{job_id}.jpg"}
    assert len(list((root / "images").iterdir())) == 1


def test_picture_may_come_in_the_payload(root: Path) -> None:
    done = run(process_image, {"data": base64.b64encode(picture()).decode(), "resize": {"width": 30}})
    assert written(root, done).size == (30, 20)


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, *chunks: bytes) -> bytes:
    """A PNG of a few bytes that says it is that large."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return (
        b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    )


TEXT_BOMB = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"x" * 50_000_000))
HOSTILE = {
    "bomb": (png(60_000, 60_000), "too large"),
    "bomb by a little": (png(8_000, 6_251), f"too large: 8000x6251, at most {MAX_PIXELS:,} pixels"),
    "bomb that Pillow warns of": (png(10_000, 10_000), "too large: 10000x10000"),
    "text bomb": (png(10, 10, TEXT_BOMB), "damaged"),
    "cut short": (picture((300, 200), "JPEG")[:600], "damaged"),
    "png cut short": (picture()[:200], "damaged"),
    "few pixels": (png(1_000, 1_000), "damaged"),
    "no picture": (b"<svg onload='alert(1)'/>", "no picture that can be read"),
    "empty": (b"", "no picture that can be read"),
    "postscript": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n", "no picture that can be read"),
}


@pytest.mark.parametrize(("content", "says"), HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_file_is_refused(root: Path, content: bytes, says: str) -> None:
    done = process(root, content)
    assert (done.status, done.failure_reason) == ("failed", "discarded")
    assert says in str(done.error)
    assert not (root / "out").exists()


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
        ({"url": "http://127.0.0.1/a.png"}, "127.0.0.1 is no public address"),
        ({"url": "http://169.254.169.254/a.png"}, "169.254.169.254 is no public address"),
    ],
    ids=["up", "absolute", "link", "none", "output", "crop", "pixels", "proportions", "base64", "loopback", "metadata"],
)
def test_what_may_not_be_done_is_refused(root: Path, payload: dict[str, object], says: str) -> None:
    (root / "in").write_bytes(picture())
    (root.parent / "secret").write_bytes(picture())
    (root / "link").symlink_to(root.parent / "secret")
    done = run(process_image, payload)
    assert (done.status, done.failure_reason) == ("failed", "discarded")
    assert says in str(done.error)
    assert not (root.parent / "new.png").exists()


def test_long_picture_is_not_turned_into_a_bomb(root: Path) -> None:
    done = process(root, picture((18_000, 2_000), "PNG"), rotate=45)
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
