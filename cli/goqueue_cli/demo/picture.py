"""The picture that the demo has made smaller."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

SIZE = (3000, 2000)


def draw(path: Path) -> None:
    """Write a JPEG of SIZE: a sky with a sun and hills."""
    from PIL import Image, ImageDraw

    width, height = SIZE
    picture = Image.linear_gradient("L").resize(SIZE)
    picture = Image.merge("RGB", (picture, picture.point(lambda value: 90 + value // 2), Image.new("L", SIZE, 190)))
    pen = ImageDraw.Draw(picture)
    pen.ellipse((2100, 250, 2600, 750), fill="#ffe08a")
    for top, colour in ((1200, "#3f7d58"), (1450, "#2f6045"), (1700, "#1f4231")):
        pen.polygon([(0, height), (0, top), *_ridge(width, top), (width, height)], fill=colour)
    picture.save(path, "JPEG", quality=90)


def _ridge(width: int, top: int) -> list[tuple[int, int]]:
    return [(x, top + (x * (top % 97 + 40) // 100 % 400 - 200) // 3) for x in range(0, width + 100, 100)]
