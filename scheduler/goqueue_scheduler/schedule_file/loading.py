"""Find and read a schedules file."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from goqueue_scheduler.schedule_file.entries import read_entries
from goqueue_scheduler.schedule_file.json_text import read_json
from goqueue_scheduler.schedule_file.located import Located
from goqueue_scheduler.schedule_file.problems import InvalidScheduleFile, Problem
from goqueue_scheduler.schedule_file.yaml_text import read_yaml

MAX_BYTES: Final = 1024 * 1024
"""Largest schedules file."""

_READERS: Final[Mapping[str, Callable[[str], Located]]] = {".yaml": read_yaml, ".yml": read_yaml, ".json": read_json}
_PACKAGE: Final = Path(__file__).resolve().parents[1]


def default_file() -> Path:
    """The file that comes with GoQueue: in the package when it was installed, beside it in a checkout."""
    installed = _PACKAGE / "schedules.yaml"
    return installed if installed.is_file() else _PACKAGE.parent / "schedules.yaml"


def load(path: str | os.PathLike[str]) -> list[dict[str, object]]:
    """The definitions in a file of YAML or JSON, for POST /schedules/sync; each has its name.

    The file is a list of entries, or an object whose only member `schedules` is that list. No entries (an empty list, a
    file that is empty or holds comments only) is no mistake: there are to be no schedules then.

    Raises InvalidScheduleFile with everything that is wrong, also when the file is missing or cannot be read.
    """
    file = Path(path)
    reader = _READERS.get(file.suffix.lower())
    if reader is None:
        raise _unusable(file, f"the name must end in {', '.join(_READERS)}")
    definitions, problems = read_entries(reader(_text(file)))
    if problems:
        raise InvalidScheduleFile(file, problems)
    return definitions


def _text(file: Path) -> str:
    content = _content(file)
    if len(content) > MAX_BYTES:
        raise _unusable(file, f"is larger than {MAX_BYTES:,} bytes: create schedules through the API instead")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InvalidScheduleFile(file, [Problem(line=line, detail="is not UTF-8: save the file as UTF-8")]) from error


def _content(file: Path) -> bytes:
    """At most a byte more than is allowed."""
    try:
        # Looked at first: to open a pipe would wait for somebody to write into it.
        if not stat.S_ISREG(file.stat().st_mode):
            raise _unusable(file, "is a folder" if file.is_dir() else "is no file with contents of its own")
        with file.open("rb") as opened:
            return opened.read(MAX_BYTES + 1)
    except FileNotFoundError as error:
        raise _unusable(file, "there is no such file") from error
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        raise _unusable(file, f"cannot be read: {getattr(error, 'strerror', None) or error}") from error


def _unusable(file: Path, detail: str) -> InvalidScheduleFile:
    return InvalidScheduleFile(file, [Problem(detail=detail)])
