"""Pictures to process, and a handler that does it in one line."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from PIL import Image

from goqueue_builtin.image_process import process_image
from goqueue_worker.testing import Run, run


def picture(
    size: tuple[int, int] = (300, 200),
    image_format: str = "PNG",
    mode: str = "RGB",
    colors: tuple[Any, Any] = ("red", "blue"),
    **options: Any,
) -> bytes:
    """A file; the left half has the first color."""
    made = Image.new(mode, size, colors[0])
    made.paste(Image.new(mode, (size[0] // 2, size[1]), colors[1]), (size[0] // 2, 0))
    target = io.BytesIO()
    made.save(target, image_format, **options)
    return target.getvalue()


def process(media: Path, content: bytes, **payload: object) -> Run:
    (media / "in").write_bytes(content)
    return run(process_image, {"path": "in", "output": "out"} | payload)


def written(media: Path, done: Run) -> Image.Image:
    assert done.status == "completed", done.error
    with Image.open(media / done.result["path"]) as found:
        found.load()
        assert (found.width, found.height) == (done.result["width"], done.result["height"])
        assert str(found.format).lower() == done.result["format"]
        assert (media / done.result["path"]).stat().st_size == done.result["bytes"]
        return found
