"""What `pip install` puts in place of a checkout."""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from goqueue import Client
from goqueue_cli.local.ports import find_free_port
from tests.processes import eventually

pytestmark = pytest.mark.timeout(300)  # the first tests build the wheel and start a system from it

PACKAGES = {
    "goqueue",
    "goqueue_api",
    "goqueue_builtin",
    "goqueue_cli",
    "goqueue_common",
    "goqueue_scheduler",
    "goqueue_worker",
}
SITE = Path("goqueue_api/dashboard/site")


def build(root: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    return subprocess.run(command, cwd=root, check=False, capture_output=True, text=True)


@pytest.fixture(scope="module")
def wheel(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not (root / "dashboard-vue/dist/index.html.gz").exists():
        pytest.skip("no wheel was built: there is no build of the dashboard (make dashboard)")
    folder = tmp_path_factory.mktemp("wheel")
    answer = build(root, folder)
    assert answer.returncode == 0, answer.stderr
    (made,) = folder.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def installed(wheel: Path) -> Path:
    """A folder with the contents of the wheel."""
    folder = wheel.with_name("site-packages")
    with zipfile.ZipFile(wheel) as opened:
        opened.extractall(folder)
    return folder


def test_wheel_holds_our_packages_and_nothing_else(installed: Path) -> None:
    assert {path.name for path in installed.iterdir() if path.suffix != ".dist-info"} == PACKAGES


def test_schedules_file_comes_with_the_package(installed: Path, tmp_path: Path) -> None:
    asks = "from goqueue_scheduler.schedule_file import default_file, load; f = default_file(); print(f, len(load(f)))"
    answer = subprocess.run(
        [sys.executable, "-P", "-c", asks],
        cwd=tmp_path,
        env={"PYTHONPATH": str(installed)},
        check=True,
        capture_output=True,
        text=True,
    )
    assert answer.stdout.split() == [str(installed / "goqueue_scheduler/schedules.yaml"), "2"]


def test_dashboard_comes_with_the_package_as_it_was_built(installed: Path, root: Path) -> None:
    built = root / "dashboard-vue/dist"
    names = {path.relative_to(built) for path in built.rglob("*") if path.is_file()}
    names = {name for name in names if name.parts[0] != ".vite"}
    assert {path.relative_to(installed / SITE) for path in (installed / SITE).rglob("*") if path.is_file()} == names
    assert Path("index.html.gz") in names


def test_wheel_without_the_dashboard_is_refused_with_a_sentence(root: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    ignored = shutil.ignore_patterns("__pycache__", "node_modules", "dist")
    for name in ("api", "worker", "scheduler", "common", "client", "cli", "scripts"):
        shutil.copytree(root / name, copy / name, ignore=ignored)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(root / name, copy)
    answer = build(copy, tmp_path)
    assert answer.returncode != 0
    assert "dashboard-vue/dist has no build of the dashboard, which belongs into the wheel: make dashboard" in answer.stderr
    assert list(tmp_path.glob("*.whl")) == []


class Up(subprocess.Popen[str]):
    """`goqueue up` of an environment, in an empty folder."""

    def __init__(self, environment: Path, folder: Path, *options: str) -> None:
        self.port, self.dashboard_port = find_free_port(), find_free_port()
        self.log = folder / "log"
        ports = ("--port", str(self.port), "--dashboard-port", str(self.dashboard_port))
        with self.log.open("w") as sink:
            words = [str(environment / "bin/goqueue"), "up", *ports, *options]
            super().__init__(words, cwd=folder, env={"PATH": "/usr/bin:/bin"}, stdout=sink, stderr=sink, text=True)

    def is_ready(self) -> bool:
        said = self.log.read_text()
        assert self.poll() is None, said
        return f"dashboard   http://127.0.0.1:{self.dashboard_port}" in said


@pytest.fixture
def up(wheel: Path, tmp_path: Path) -> Iterator[Up]:
    """Of an environment in which nothing of ours is but the wheel; what that needs is borrowed from this one."""
    venv.create(tmp_path / "environment")
    python = tmp_path / "environment/bin/python"
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--no-index", "--no-deps", str(wheel)], check=True)
    asks = "import sysconfig; print(sysconfig.get_path('purelib'))"
    library = subprocess.run([str(python), "-c", asks], check=True, capture_output=True, text=True).stdout.strip()
    (Path(library) / "borrowed.pth").write_text(sysconfig.get_path("purelib"))
    with Up(tmp_path / "environment", tmp_path, "--no-worker", "--no-scheduler") as running:
        eventually(running.is_ready, "the dashboard's address", seconds=90)
        yield running
        running.terminate()
        assert running.wait(60) == 0


def test_installed_wheel_serves_the_dashboard(up: Up, root: Path) -> None:
    address = f"http://127.0.0.1:{up.dashboard_port}"
    page = requests.get(address, timeout=5)
    assert page.status_code == 200
    assert page.text == (root / "dashboard-vue/dist/index.html").read_text()
    for script in (root / "dashboard-vue/dist/assets").glob("index-*.js"):
        answer = requests.get(f"{address}/assets/{script.name}", timeout=5)
        assert (answer.content, answer.headers["Content-Encoding"]) == (script.read_bytes(), "gzip")
    assert requests.get(f"{address}/api/readyz", timeout=5).status_code == 200


@pytest.mark.full
def test_wheel_and_what_it_asks_for_are_a_whole_system_in_an_empty_environment(wheel: Path, tmp_path: Path) -> None:
    environment = tmp_path / "environment"
    venv.create(environment, with_pip=True)
    wanted = f"goqueue[api,worker,scheduler,embedded] @ {wheel.as_uri()}"
    pip = [str(environment / "bin/pip"), "install", "--quiet", "--disable-pip-version-check", wanted]
    subprocess.run(pip, check=True, timeout=240)
    with Up(environment, tmp_path) as running:
        eventually(running.is_ready, "the dashboard's address", seconds=90)
        address = f"http://127.0.0.1:{running.dashboard_port}"
        assert "<title>" in requests.get(address, timeout=5).text
        with Client(f"{address}/api") as client:
            done = client.wait(client.submit("demo.sleep", {"seconds": 0.1}).id, timeout=60)
            assert done.status == "completed"
        running.terminate()
        assert running.wait(60) == 0
