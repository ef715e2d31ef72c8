"""Where the processes of one service keep their counts, one file a seat: whoever takes a seat goes on with its file."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from goqueue_common.errors import SettingsError
from goqueue_common.metrics.catalogue import BY_NAME
from goqueue_common.metrics.count_file import Key, read
from goqueue_common.metrics.family import Sample

_SHARED_MEMORY: Final = Path("/dev/shm")  # noqa: S108 - a folder of our own in it, for our user alone
_PREFIX: Final = "goqueue-counts-"
_LOCK: Final = "lock"
_UNLOCKED: Final = "lock.new"
_SUFFIX: Final = ".counts"


class CountFolder:
    """A new folder, in memory where there is one; for as long as it is locked a service lives in it."""

    def __init__(self, parent: Path | None = None) -> None:
        """parent: where to make it; usually shared memory. Raises SettingsError."""
        if parent is None:
            parent = _SHARED_MEMORY if _SHARED_MEMORY.is_dir() else Path(tempfile.gettempdir())
        _remove_abandoned(parent)
        try:
            self.path = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=parent))
            # Kept open by this process and those it forks; the lock ends with the last of them.
            self._lock = os.open(self.path / _UNLOCKED, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            fcntl.flock(self._lock, fcntl.LOCK_EX)
            (self.path / _UNLOCKED).rename(self.path / _LOCK)
        except OSError as error:
            raise SettingsError(f"no folder for metrics can be made in {parent}: {error.strerror or error}") from error

    def file(self, seat: int) -> Path:
        """Of whoever has this seat; it need not exist."""
        return count_path(self.path, seat)

    def samples(self) -> Iterator[Sample]:
        """The sums over all seats, those of ended processes included."""
        sums: dict[Key, list[float]] = {}
        for path in self.path.glob(f"*{_SUFFIX}"):
            for key, numbers in read(path):
                known = sums.get(key)
                sums[key] = numbers if known is None else [a + b for a, b in zip(known, numbers, strict=True)]
        return (Sample(BY_NAME[name], labels, numbers) for (name, labels), numbers in sums.items() if name in BY_NAME)

    def remove(self) -> None:
        """At the end of the service."""
        shutil.rmtree(self.path, ignore_errors=True)
        with suppress(OSError):
            os.close(self._lock)


def count_path(folder: Path, seat: int) -> Path:
    """The file of a seat in a folder that another process has made."""
    return folder / f"{seat}{_SUFFIX}"


def _remove_abandoned(parent: Path) -> None:
    """What a killed service left behind: nobody holds the lock in it."""
    for folder in parent.glob(f"{_PREFIX}*"):
        with suppress(OSError):
            descriptor = os.open(folder / _LOCK, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
            finally:
                os.close(descriptor)
