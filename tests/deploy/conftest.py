"""What deployment tests need: a Compose that runs, and images built by buildah on a Debian stand-in for python:slim."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
TARGETS = ("api", "worker", "scheduler", "migrate")
_BASE = "localhost/python-stand-in"
_NODE = "localhost/node-stand-in"


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def compose() -> Sequence[str]:
    """The words that run Docker Compose 2 or newer; `config` needs no daemon."""
    beside_python = str(Path(sys.executable).parent / "docker-compose")
    for words in (["docker", "compose"], [beside_python], ["docker-compose"]):
        if shutil.which(words[0]) is None:
            continue
        answer = subprocess.run([*words, "version", "--short"], check=False, capture_output=True, text=True)
        if answer.returncode == 0 and not answer.stdout.startswith("1."):
            return words
    pytest.skip("Docker Compose 2 or newer is not here: docker-compose.yml was checked by its contents only")


class Images:
    """Our images, in a storage of their own that is removed at the end of the session."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._words = ["buildah", "--root", str(folder / "root"), "--runroot", str(folder / "run")]
        self._words += ["--storage-driver", "overlay"]

    def buildah(self, *words: str, timeout: float = 170.0) -> str:
        """Run buildah; its output, or a failure with the end of it."""
        answer = subprocess.run(
            [*self._words, *words], cwd=ROOT, check=False, capture_output=True, text=True, timeout=timeout
        )
        if answer.returncode != 0:
            pytest.fail(f"buildah {' '.join(words)}\n{answer.stdout[-2000:]}\n{answer.stderr[-4000:]}")
        return answer.stdout.strip()

    def make_base(self, suite: str) -> None:
        """A Debian with Python and pip, in place of python:3.12-slim."""
        container = self.buildah("from", "scratch")
        folder = self.buildah("mount", container)
        options = ["--variant=minbase", "--include=python3,python3-pip,ca-certificates", "--dpkgopt=force-unsafe-io"]
        options += [f"--dpkgopt=path-exclude=/usr/share/{folder}/*" for folder in ("doc", "locale", "man")]
        command = ["mmdebstrap", "--quiet", *options, suite, folder]
        answer = subprocess.run(command, check=False, capture_output=True, text=True, timeout=300)
        if answer.returncode != 0:
            pytest.fail(f"mmdebstrap could not make a base image\n{answer.stderr[-3000:]}")
        self.buildah("unmount", container)
        self.buildah("commit", "--quiet", "--rm", "--format", "docker", container, _BASE)

    def build(self, target: str, arguments: Sequence[str] = ()) -> None:
        """Build one target of the Dockerfile with these arguments; pip in it finds packages as pip on this machine does."""
        pip_conf = self._folder / "pip.conf"
        pip_conf.write_text(_pip_configuration())
        mounts = [f"{pip_conf}:/etc/pip.conf:ro"]
        if Path("/etc/ssl/certs").is_dir():
            mounts.append("/etc/ssl/certs:/etc/ssl/certs:ro")
        volumes = [word for mount in mounts for word in ("--volume", mount)]
        words = ["bud", "--quiet", "--layers", "--isolation", "chroot", "--network", "host", "--format", "docker"]
        self.buildah(
            *words,
            *(word for argument in (f"BASE_IMAGE={_BASE}", *arguments) for word in ("--build-arg", argument)),
            *volumes,
            *("--target", target, "--tag", _name(target), "."),
        )

    def build_dashboard(self) -> None:
        """Build the dashboard's image on stand-ins: its nginx is none, and its npm makes a page of the sources' names.

        So it shows what the Dockerfile copies, says and runs as; the real build has tests of its own.
        """
        container = self.buildah("from", "--pull-never", _BASE)
        npm = Path(self.buildah("mount", container)) / "usr/local/bin/npm"
        npm.write_text('#!/bin/sh\n[ "$1" = ci ] || { mkdir dist && find . -type f | sort > dist/index.html; }\n')
        npm.chmod(0o755)
        self.buildah("unmount", container)
        self.buildah("commit", "--quiet", "--rm", "--format", "docker", container, _NODE)
        words = ["bud", "--quiet", "--isolation", "chroot", "--format", "docker", "--tag", _name("dashboard")]
        self.buildah(*words, "--build-arg", f"BUILD_IMAGE={_NODE}", "--build-arg", f"BASE_IMAGE={_BASE}", "dashboard-vue")

    def config(self, target: str) -> Mapping[str, Any]:
        """The image's configuration: User, Env, Entrypoint, Labels, Healthcheck."""
        document = json.loads(self.buildah("inspect", "--type", "image", _name(target)))
        config: Mapping[str, Any] = document["Docker"]["config"]
        return config

    def output(self, target: str, *command: str, env: Mapping[str, str] | None = None) -> str:
        """What `command` prints in a container of the image."""
        with self._container(target) as container:
            return self.buildah(*_run(container, env or {}, command), timeout=60.0)

    @contextmanager
    def tree(self, target: str) -> Iterator[Path]:
        """The files of the image, to be looked at from outside."""
        with self._container(target) as container:
            yield Path(self.buildah("mount", container))

    @contextmanager
    def running(self, target: str, env: Mapping[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
        """The image's own entry point in this machine's network, stopped at the end; its output goes to `log`."""
        config = self.config(target)
        command = [*config["Entrypoint"], *(config.get("Cmd") or [])]
        with self._container(target) as container, log.open("wb") as sink:
            words = [*self._words, *_run(container, env, command)]
            process = subprocess.Popen(words, stdout=sink, stderr=subprocess.STDOUT, start_new_session=True)
            try:
                yield process
            finally:
                _stop(process)

    @contextmanager
    def _container(self, target: str) -> Iterator[str]:
        container = self.buildah("from", "--pull-never", _name(target))
        try:
            yield container
        finally:
            self.buildah("rm", container)

    def remove(self) -> None:
        """Remove everything that was built."""
        self.buildah("rm", "--all")
        self.buildah("rmi", "--all", "--force")


@pytest.fixture(scope="session")
def images(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Images]:
    """All targets, built."""
    suite = _why_not_or_suite()
    built = Images(tmp_path_factory.mktemp("images"))
    try:
        built.make_base(suite)
        for target in TARGETS:
            built.build(target)
        built.build_dashboard()
        yield built
    finally:  # what is half done, too: it is mounted, and could not be tidied away
        built.remove()


def _why_not_or_suite() -> str:
    """The Debian release to build on; skips with a sentence where images cannot be built."""
    missing = [tool for tool in ("buildah", "mmdebstrap") if shutil.which(tool) is None]
    if missing:
        pytest.skip(f"no image was built: {' and '.join(missing)} not here")
    if os.geteuid() != 0:
        pytest.skip("no image was built: a base image is made as root only")
    release = dict(line.split("=", 1) for line in Path("/etc/os-release").read_text().splitlines() if "=" in line)
    if release.get("ID", "").strip('"') != "debian":
        pytest.skip("no image was built: the stand-in for the base image is made on Debian only")
    return release["VERSION_CODENAME"].strip('"')


def _pip_configuration() -> str:
    """What `pip config list` says here, as a file; without what lies on this machine's disk."""
    command = [sys.executable, "-m", "pip", "config", "list"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    values: dict[str, str] = {}
    for line in listed.splitlines():
        name, _, value = line.partition("=")
        section, _, key = name.rpartition(".")
        urls = [word for word in value.strip("'\"").split() if not word.startswith("file:")]
        if (
            section in ("global", ":env:")
            and key in ("index-url", "extra-index-url", "trusted-host", "proxy", "cert")
            and urls
        ):
            values[key] = " ".join(urls)
    return "[global]\n" + "".join(f"{key} = {value}\n" for key, value in values.items())


def _name(target: str) -> str:
    return f"localhost/goqueue-{target}"


def _run(container: str, env: Mapping[str, str], command: Sequence[str]) -> list[str]:
    said = [word for name, value in env.items() for word in ("--env", f"{name}={value}")]
    return ["run", "--isolation", "chroot", "--network", "host", *said, container, "--", *command]


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Ask the whole session to end, then insist."""
    for number, seconds in ((signal.SIGTERM, 40.0), (signal.SIGKILL, 10.0)):
        if process.poll() is not None:
            return
        os.killpg(process.pid, number)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            continue
