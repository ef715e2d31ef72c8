"""requirements/*.txt are what pyproject.toml asks for, hashed, and agree with each other."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

EXTRAS = ("base", "service", "stores", "api", "worker", "scheduler", "embedded", "otel", "sentry", "dev")
PINNED = re.compile(r"^([a-z0-9][a-z0-9._-]*)(?:\[[^]]*\])?==([^ ;\\]+)(.*(?:\n    .*)*)", re.MULTILINE)


def lock_text(root: Path, extra: str) -> str:
    return (root / "requirements" / f"{extra}.txt").read_text()


def pins(root: Path, extra: str) -> dict[str, set[str]]:
    """Name -> versions; several where they differ by Python version or system."""
    found: dict[str, set[str]] = {}
    for name, version, _ in PINNED.findall(lock_text(root, extra)):
        found.setdefault(name, set()).add(version)
    return found


def left_out(root: Path, extra: str) -> set[str]:
    """Names that the lock itself says it leaves out: what no process in an image reads."""
    _, _, said = lock_text(root, extra).partition("# The following packages were excluded from the output:\n")
    return set(said.replace("# ", "").split())


def wanted(root: Path, extra: str) -> set[str]:
    """Names that pyproject.toml asks for, through extras that name extras."""
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    open_, names = [*project["dependencies"], *([] if extra == "base" else extras[extra])], set()
    while open_:
        requirement = open_.pop()
        if own := re.match(r"goqueue\[([^]]+)\]", requirement):
            open_ += [entry for one in own[1].split(",") for entry in extras[one.strip()]]
        elif name := re.match(r"[A-Za-z0-9._-]+", requirement):
            names.add(re.sub(r"[-_.]+", "-", name[0]).lower())
    return names


@pytest.mark.parametrize("extra", EXTRAS)
def test_lock_holds_everything_that_its_extra_asks_for(root: Path, extra: str) -> None:
    missing = wanted(root, extra) - set(pins(root, extra)) - left_out(root, extra)
    assert not missing, f"run `make lock`: requirements/{extra}.txt lacks {sorted(missing)}"


@pytest.mark.parametrize("extra", EXTRAS)
def test_every_pin_has_a_hash(root: Path, extra: str) -> None:
    without = [name for name, _, rest in PINNED.findall(lock_text(root, extra)) if "--hash=sha256:" not in rest]
    assert not without


@pytest.mark.parametrize("extra", EXTRAS)
def test_lock_names_no_package_index(root: Path, extra: str) -> None:
    assert not re.search(r"^\s*-|://", re.sub(r"--hash", "", lock_text(root, extra)), re.MULTILINE)


@pytest.mark.parametrize("extra", EXTRAS)
def test_lock_agrees_with_the_one_that_tests_run_on(root: Path, extra: str) -> None:
    tested = pins(root, "dev")
    differing = {name: versions for name, versions in pins(root, extra).items() if versions != tested.get(name)}
    assert not differing
