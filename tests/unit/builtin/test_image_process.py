"""image.process on real pictures, made here."""

from __future__ import annotations

import base64
import io
import struct
from pathlib import Path

import pytest
from PIL import Image

from goqueue_builtin.image_process import process_image
from goqueue_worker.testing import run
from tests.unit.builtin.pictures import picture, process, written


def test_large_photo_is_resized(media: Path) -> None:
    done = process(media, picture((3000, 2000), "JPEG"), resize={"width": 1200}, format="webp")
    assert written(media, done).size == (1200, 800)
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
def test_size_is_what_was_asked_for(media: Path, payload: dict[str, object], size: tuple[int, int]) -> None:
    found = written(media, process(media, picture(), **payload))
    assert abs(found.width - size[0]) <= 1
    assert abs(found.height - size[1]) <= 1


def test_it_turns_clockwise(media: Path) -> None:
    turned = written(media, process(media, picture(), rotate=90)).convert("RGB")
    assert (turned.getpixel((100, 10)), turned.getpixel((100, 290))) == ((255, 0, 0), (0, 0, 255))


@pytest.mark.parametrize("wanted", ["jpeg", "png", "webp", "gif"])
@pytest.mark.parametrize("given", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF"])
def test_every_format_becomes_every_other(media: Path, given: str, wanted: str) -> None:
    found = written(media, process(media, picture(image_format=given), format=wanted)).convert("RGB")
    red = found.getpixel((20, 100))
    assert isinstance(red, tuple)
    assert red[0] > 200
    assert red[2] < 60


def test_format_stays_unless_it_cannot(media: Path) -> None:
    assert process(media, picture(image_format="WEBP")).result["format"] == "webp"
    assert process(media, picture(image_format="TIFF")).result["format"] == "png"


def test_quality_makes_it_smaller(media: Path) -> None:
    noise = io.BytesIO()
    Image.effect_noise((200, 200), 80).save(noise, "PNG")
    sizes = [process(media, noise.getvalue(), format="jpeg", quality=quality).result["bytes"] for quality in (10, 95)]
    assert sizes[0] < sizes[1] / 2


@pytest.mark.parametrize("given", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_is_applied_and_the_rest_of_what_a_camera_says_is_gone(
    media: Path, given: str, orientation: int
) -> None:
    upright = Image.new("RGB", (60, 40), "red")
    upright.paste("blue", (30, 0, 60, 40))
    upright.paste("lime", (0, 20, 60, 40))
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = orientation, "Secret Camera"
    target = io.BytesIO()
    held = upright.transpose(AS_HELD[orientation]) if orientation > 1 else upright
    held.save(target, given, exif=exif)
    found = written(media, process(media, target.getvalue(), format="png"))
    assert found.size == (60, 40)
    assert [nearest(found, x, y) for x, y in ((10, 8), (50, 8), (10, 32))] == ["red", "blue", "lime"]
    assert dict(found.getexif()) == {}
    assert b"Secret Camera" not in (media / "out").read_bytes()


AS_HELD = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def nearest(found: Image.Image, x: int, y: int) -> str:
    """The colour there: codecs change it a little."""
    red, green, blue = found.convert("RGB").getpixel((x, y))  # type: ignore[misc]
    return max(("red", red), ("lime", green), ("blue", blue), key=lambda shade: shade[1])[0]


def test_strange_remarks_of_a_camera_do_no_harm(media: Path) -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x0100] = 6, 300
    content = picture(image_format="JPEG", exif=exif)
    width, as_text = struct.pack(">HHII", 0x0100, 4, 1, 300), struct.pack(">HHI4s", 0x0100, 2, 4, b"300")
    assert width in content
    assert written(media, process(media, content.replace(width, as_text))).size == (200, 300)


@pytest.mark.parametrize(("given", "shade"), [("PNG", 130 * 257), ("TIFF", 130 * 257)])
def test_grey_of_16_bits_keeps_its_shades(media: Path, given: str, shade: int) -> None:
    target = io.BytesIO()
    Image.new("I;16", (20, 20), shade).save(target, given)
    assert written(media, process(media, target.getvalue(), format="png")).getpixel((5, 5)) == (130, 130, 130)


def test_photo_with_a_second_one_behind_it_is_a_jpeg(media: Path) -> None:
    content = picture(image_format="MPO", save_all=True, append_images=[Image.new("RGB", (30, 20))])
    done = process(media, content)
    assert (written(media, done).size, done.result["source"]["format"]) == ((300, 200), "jpeg")


def test_whole_numbers_may_be_written_as_floats(media: Path) -> None:
    crop = {"left": 0.0, "top": 0.0, "width": 100.0, "height": 80.0}
    done = process(
        media, picture(), crop=crop, resize={"width": 50.0}, thumbnail={"width": 20.0, "height": 9.0}, quality=9.0
    )
    assert abs(written(media, done).width - 11) <= 1


def test_transparency_stays_and_becomes_white_in_jpeg(media: Path) -> None:
    target = io.BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(target, "PNG")
    assert written(media, process(media, target.getvalue())).getpixel((5, 5)) == (0, 0, 0, 0)
    white = written(media, process(media, target.getvalue(), format="jpeg")).getpixel((5, 5))
    assert white == (255, 255, 255)


def test_first_frame_of_an_animation_is_taken(media: Path) -> None:
    target = io.BytesIO()
    Image.new("RGB", (20, 20), "red").save(
        target, "GIF", save_all=True, append_images=[Image.new("RGB", (20, 20), "blue")] * 3
    )
    found = written(media, process(media, target.getvalue(), format="png"))
    assert found.convert("RGB").getpixel((5, 5)) == (255, 0, 0)


def test_every_attempt_writes_the_same_file(media: Path) -> None:
    (media / "in").write_bytes(picture())
    job_id = "01890a5d-ac96-774b-bcce-b302099a8057"
    paths = {run(process_image, {"path": "in", "format": "jpeg"}, job_id=job_id, attempt=n).result["path"] for n in (1, 2)}
    assert paths == {f"images/{job_id}.jpg"}
    assert len(list((media / "images").iterdir())) == 1


def test_picture_may_come_in_the_payload(media: Path) -> None:
    done = run(process_image, {"data": base64.b64encode(picture()).decode(), "resize": {"width": 30}})
    assert written(media, done).size == (30, 20)
