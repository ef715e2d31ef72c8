"""The folder of a local stack: one supervisor at a time, and who may read what in it."""

from __future__ import annotations

import fcntl
import os
import secrets
from typing import IO, TYPE_CHECKING

from goqueue_cli.errors import CommandError, DataDirInUse

if TYPE_CHECKING:
    from pathlib import Path


class DataDir:
    """A folder held by this process from `acquire` to `release`.

    The kernel frees the hold on any death of the process, so that nothing has to be cleaned up by hand.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self._lock: IO[str] | None = None

    def acquire(self) -> None:
        """Create the folder if need be and take it. Raises DataDirInUse, or CommandError if it cannot be."""
        try:
            self._create()
            lock = (self.path / ".lock").open("w")
        except OSError as error:
            raise CommandError(f"cannot use the data directory {self.path}: {error.strerror}") from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            raise DataDirInUse(
                f"{self.path} is in use by another goqueue process: stop it, or choose another --data-dir"
            ) from None
        self._lock = lock

    def release(self) -> None:
        """Let go of the folder; harmless when it is not held."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def subfolder(self, name: str) -> Path:
        """A folder inside, made if need be, with the mode of the data directory itself."""
        folder = self.path / name
        folder.mkdir(mode=_folder_mode(), exist_ok=True)
        return folder

    def _create(self) -> None:
        self.path.mkdir(mode=_folder_mode(), parents=True, exist_ok=True)
        ignore = self.path / ".gitignore"
        if not ignore.exists():
            ignore.write_text("*\n")  # passwords and data lie here; nobody should commit them by accident


def read_or_create_password(path: Path) -> str:
    """The random password kept in this file, readable by its owner only."""
    if not path.exists():
        write_private(path, secrets.token_urlsafe(24))
    return path.read_text().strip()


def write_private(path: Path, text: str) -> None:
    """Replace a file at once by one that nobody else may read."""
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    draft.replace(path)


def _folder_mode() -> int:
    """Root's servers run as another user, who must be able to pass through (and no more)."""
    return 0o711 if os.geteuid() == 0 else 0o700
