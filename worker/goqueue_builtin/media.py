"""Files that jobs may read and write: all below GOQUEUE_MEDIA_ROOT, by relative paths, and nothing else of the machine."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Final

from goqueue_worker import Discard

PATH_SCHEMA = {
    "type": "string",
    "minLength": 1,
    "maxLength": 500,
    "pattern": r"^[^\x00-\x1f]+$",
}
"""The form of a path in a payload; what it may lead to is checked here."""


_MAX_NAME_BYTES: Final = 255


class Media:
    """The folder of one worker. Every refusal is a Discard: trying the same path again is useless."""

    def __init__(self, root: Path | None) -> None:
        self._root = root

    def path(self, name: str) -> Path:
        """The file that a payload's path means. Raises Discard when it lies outside, be it by a symbolic link."""
        root = self._folder().resolve()
        if Path(name).is_absolute() or "\x00" in name:
            raise Discard(f"path {name!r} must be relative: it is looked up below GOQUEUE_MEDIA_ROOT")
        if any(len(os.fsencode(part)) > _MAX_NAME_BYTES for part in Path(name).parts):
            raise Discard(f"path {name!r} has a part of more than {_MAX_NAME_BYTES} bytes")
        try:
            found = (root / name).resolve()
        except RuntimeError as error:  # of Python before 3.13; later ones find no file
            raise Discard(f"path {name!r} is a symbolic link to itself") from error
        if not found.is_relative_to(root) or found == root:
            raise Discard(f"path {name!r} leads outside GOQUEUE_MEDIA_ROOT")
        return found

    def read(self, name: str, *, max_bytes: int) -> bytes:
        """The content of a file. Raises Discard when there is no such file, or it is larger."""
        path = self.path(name)
        try:
            if not path.is_file():
                raise Discard(f"path {name!r}: there is no such file below GOQUEUE_MEDIA_ROOT")
            with path.open("rb") as file:
                content = file.read(max_bytes + 1)
        except PermissionError as error:
            raise Discard(f"path {name!r}: the worker may not read it") from error
        if len(content) > max_bytes:
            raise Discard(f"path {name!r}: larger than {max_bytes:,} bytes")
        return content

    def write(self, name: str, content: bytes) -> None:
        """Write a file as a whole: whoever reads it sees the old content or the new one. Raises Discard, OSError."""
        path = self.path(name)
        if path.is_dir():
            raise Discard(f"path {name!r} is a folder")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except (FileExistsError, NotADirectoryError) as error:
            raise Discard(f"path {name!r} leads through a file, which is no folder") from error
        part = path.with_name(f".{secrets.token_hex(8)}.part")
        try:
            with part.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)

    def _folder(self) -> Path:
        if self._root is None:
            raise Discard("this worker has no folder for files: set GOQUEUE_MEDIA_ROOT to one")
        if not self._root.is_dir():
            raise Discard(f"GOQUEUE_MEDIA_ROOT={str(self._root)!r} is no folder on this worker")
        return self._root
