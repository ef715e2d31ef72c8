"""The built dashboard: where its files are, and what HTTP says of each. Nothing outside of its folder is ever read."""

from __future__ import annotations

import os.path
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from werkzeug.security import safe_join

FOLDERS: Final = (
    Path(__file__).parent / "site",  # in a wheel
    Path(__file__).parents[3] / "dashboard-vue" / "dist",  # in a checkout
)
INDEX: Final = "index.html"
ASSETS: Final = "assets/"
"""Files whose name has a hash of what is in them."""
_COMPRESSED: Final = ".gz"
_TYPES: Final = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".txt": "text/plain; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/vnd.microsoft.icon",
    ".woff2": "font/woff2",
}
"""Not those of the machine: its table may lack one, or have another."""


@dataclass(frozen=True, slots=True)
class BuiltFile:
    """A file of the build. compressed: the same by gzip, if the build made it."""

    path: Path
    compressed: Path | None
    content_type: str
    is_hashed: bool


def built_folder() -> Path | None:
    """Where the build is; None: there is none. Looked up anew each time, so that a build need not wait for a start."""
    return next((folder for folder in FOLDERS if (folder / INDEX).is_file()), None)


def find(folder: Path, name: str) -> BuiltFile | None:
    """The file at this path below the folder; None: there is none, or it is hidden, as Vite's manifest is."""
    joined = safe_join(str(folder), name)
    if joined is None or name.endswith(_COMPRESSED) or any(part.startswith(".") for part in name.split("/")):
        return None
    if not os.path.isfile(joined):  # not Path's: that one raises for names that are too long
        return None
    path = Path(joined)
    compressed = path.with_name(path.name + _COMPRESSED)
    return BuiltFile(
        path=path,
        compressed=compressed if compressed.is_file() else None,
        content_type=_TYPES.get(PurePosixPath(name).suffix, "application/octet-stream"),
        is_hashed=name.startswith(ASSETS),
    )
