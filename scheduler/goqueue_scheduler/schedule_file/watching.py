"""Notice that a schedules file has changed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from goqueue_scheduler.schedule_file.loading import load

_Stamp = tuple[int, ...]
_GONE: Final[_Stamp] = ()


class WatchedFile:
    """A schedules file and what it looked like when it was last loaded.

    A link is followed, since Kubernetes puts a new ConfigMap in place by changing one.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self._loaded: _Stamp | None = None
        self._seen: _Stamp | None = None

    def changed(self) -> bool:
        """Whether the file is another than at the last load, and was the same at the last look: nobody is writing it now.

        So a change shows at the second look. A file that has vanished, or may not be read any more, has changed too.
        """
        stamp = self._stamp()
        is_settled = stamp == self._seen
        self._seen = stamp
        return is_settled and stamp != self._loaded

    def load(self) -> list[dict[str, object]]:
        """Read the file now. Raises InvalidScheduleFile; changed() is silent about this state of the file then, too."""
        self._loaded = self._seen = self._stamp()
        return load(self.path)

    def _stamp(self) -> _Stamp:
        try:
            about = self.path.stat()
        except (OSError, ValueError):
            return _GONE
        # With ctime, a file that may be read at last has changed.
        return about.st_dev, about.st_ino, about.st_size, about.st_mtime_ns, about.st_ctime_ns
