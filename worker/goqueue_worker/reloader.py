"""`--reload`, for development: notices that a Python file of the handlers has changed."""

from __future__ import annotations

import importlib.util
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from goqueue_common.errors import SettingsError

if TYPE_CHECKING:
    from goqueue_worker.settings import WorkerSettings


class Reloader:
    """Counts changes in a thread of its own, and calls `on_change` after each; files saved together are one change.

    failure: why it can watch no more. Raises SettingsError when there is nothing to watch, or watchfiles is not installed.
    """

    def __init__(self, folders: list[Path], on_change: Callable[[], None]) -> None:
        try:
            import watchfiles
        except ImportError as error:
            raise SettingsError("--reload needs watchfiles: pip install 'goqueue[worker,embedded]'") from error
        missing = [str(folder) for folder in folders if not folder.is_dir()]
        if missing or not folders:
            raise SettingsError(f"--reload: no folder of handlers to watch: {', '.join(missing) or 'name it by --app-dir'}")
        self._stop = threading.Event()
        self._changes = 0
        self.failure: str | None = None
        self._on_change = on_change
        self._found = watchfiles.watch(
            *folders,
            watch_filter=watchfiles.PythonFilter(),
            debounce=200,
            ignore_permission_denied=True,
            stop_event=self._stop,
            raise_interrupt=False,
        )
        self._thread = threading.Thread(target=self._run, name="reloader", daemon=True)

    @property
    def changes(self) -> int:
        """How many changes there were so far."""
        return self._changes

    def start(self) -> Reloader:
        """Begin to watch."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Watch no more."""
        self._stop.set()
        self._thread.join(5.0)

    def _run(self) -> None:
        try:
            for _ in self._found:
                self._changes += 1
                self._on_change()
        except (OSError, RuntimeError) as error:  # what the system, and watchfiles for it, says
            self.failure = f"--reload cannot watch the handlers' files any more: {error}"
            self._on_change()


def handler_folders(settings: WorkerSettings) -> list[Path]:
    """Where the handlers' code is: the --app-dir, else the folders of the modules' packages."""
    if settings.app_dir is not None:
        return [Path(settings.app_dir).resolve()]
    found = [importlib.util.find_spec(name.partition(".")[0]) for name in settings.handlers]
    return sorted({Path(spec.origin).resolve().parent for spec in found if spec is not None and spec.origin is not None})
