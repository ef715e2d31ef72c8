"""Loading handler modules, with one clear line for whatever is wrong with them.

The user's folder (`--app-dir`) is appended to sys.path, never put first: a file of theirs called redis.py must not replace
the library that GoQueue itself imports.
"""

from __future__ import annotations

import importlib
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Final

from goqueue_common.errors import SettingsError
from goqueue_worker.handler import Declarations, collecting, declared_as, declared_under, hook_moment, hooks_under
from goqueue_worker.registry import Registry

BUILTIN_MODULE: Final = "goqueue_builtin"
_OURS: Final = ("goqueue", "goqueue_api", "goqueue_builtin", "goqueue_cli", "goqueue_common", "goqueue_worker")
_NEEDED: Final = ("alembic", "apispec", "environs", "jsonschema_rs", "marshmallow", "orjson", "psycopg2", "redis")
_NEEDED_TOO: Final = ("sqlalchemy", "structlog", "uuid_utils")


def load(modules: Sequence[str], app_dir: str | None) -> Registry:
    """Import the modules and gather what they declare. Raises SettingsError with one line that says what to do."""
    if app_dir is not None:
        _append_to_path(app_dir)
    registry = Registry()
    for name in modules:
        was_imported = name in sys.modules
        with collecting() as declarations:
            module = _imported(name, app_dir)
        if was_imported:  # by a module before it: nothing is declared a second time
            declarations.handlers += declared_under(name)
            declarations.start_hooks += hooks_under(name, "start")
            declarations.stop_hooks += hooks_under(name, "stop")
        if not _gather(registry, module, declarations):
            raise SettingsError(f"handlers module {name!r} declares no handler: put @handler('some.type') above a function")
    return registry


def _append_to_path(app_dir: str) -> None:
    folder = Path(app_dir).resolve()
    if not folder.is_dir():
        raise SettingsError(f"--app-dir {app_dir}: no such folder")
    for name in (*_OURS, *_NEEDED, *_NEEDED_TOO):
        for found in (folder / name, folder / f"{name}.py"):
            if (found.is_file() or (found / "__init__.py").is_file()) and not _is_ours(found, name):
                raise SettingsError(
                    f"{found} has the name of a package that GoQueue itself imports ({name}): it would never be found, "
                    "or break GoQueue; rename it"
                )
    if str(folder) not in sys.path:
        sys.path.append(str(folder))


def _is_ours(found: Path, name: str) -> bool:
    origin = getattr(sys.modules.get(name), "__file__", None)
    return origin is not None and found.resolve() in (Path(origin).resolve(), Path(origin).resolve().parent)


def _imported(name: str, app_dir: str | None) -> ModuleType:
    try:
        return importlib.import_module(name)
    except SettingsError as error:
        raise SettingsError(f"handlers module {name!r}: {error}") from error
    except ModuleNotFoundError as error:
        if error.name is not None and (name == error.name or name.startswith(f"{error.name}.")):
            if name.endswith(".py"):
                raise SettingsError(
                    f"handlers module {name!r}: write {name.removesuffix('.py')!r}, its name in Python"
                ) from error
            where = f"in {app_dir} or on the Python path" if app_dir else "on the Python path (is --app-dir missing?)"
            raise SettingsError(f"handlers module {name!r} was not found {where}") from error
        raise SettingsError(f"handlers module {name!r} does not import: {_reason(error)}") from error
    except (Exception, SystemExit) as error:
        raise SettingsError(f"handlers module {name!r} does not import: {_reason(error)}") from error


def _reason(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    theirs = [frame for frame in frames if not frame.filename.startswith("<frozen") and "importlib" not in frame.filename]
    place = f" ({Path(theirs[-1].filename).name}, line {theirs[-1].lineno})" if len(theirs) > 1 else ""
    message = str(error).splitlines()[0] if str(error) else ""
    return f"{type(error).__name__}: {message}{place}"


def _gather(registry: Registry, module: ModuleType, declarations: Declarations) -> bool:
    """From what was declared while it loaded, and, had it been loaded before, from what it names. False: no handler."""
    names = list(vars(module).values())
    handlers = [*declarations.handlers, *(found for value in names for found in declared_as(value))]
    for found in handlers:
        registry.add(found)
    registry.add_hooks(
        [*declarations.start_hooks, *(value for value in names if hook_moment(value) == "start")],
        [*declarations.stop_hooks, *(value for value in names if hook_moment(value) == "stop")],
    )
    return bool(handlers)
