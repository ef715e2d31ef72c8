"""Our images, built by buildah on a Debian stand-in for python:slim, and containers made of them."""

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
_BASE = "localhost/python-stand-in"
_NODE = "localhost/node-stand-in"


class Images:
    """Our images, in a storage of their own that is removed at the end of the session.

    base: what they are built on. storage: where containers/storage keeps them.
    """

    base = _BASE

    def __init__(self, folder: Path) -> None:
        self.storage = folder / "root"
        self._folder = folder
        self._trees: dict[str, Path] = {}
        self._words = ["buildah", "--root", str(self.storage), "--runroot", str(folder / "run")]
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
        # Merged by hand: the package that merges /usr brings all of Perl.
        options = ["--variant=apt", "--hook-dir=/usr/share/mmdebstrap/hooks/maybe-merged-usr"]
        options += ["--include=passwd,python3,python3-pip,tzdata,usr-is-merged", "--dpkgopt=force-unsafe-io"]
        command = ["mmdebstrap", "--quiet", *options, suite, folder]
        answer = subprocess.run(command, check=False, capture_output=True, text=True, timeout=300)
        if answer.returncode != 0:
            pytest.fail(f"mmdebstrap could not make a base image\n{answer.stderr[-3000:]}")
        shutil.rmtree(Path(folder) / "usr/share/doc")
        self.buildah("unmount", container)
        self.buildah("commit", "--quiet", "--rm", "--format", "docker", container, _BASE)

    def build(self, target: str, arguments: Sequence[str] = ()) -> None:
        """Build one target of the Dockerfile with these arguments."""
        words = ["--layers", "--target", target]
        for argument in (f"BASE_IMAGE={_BASE}", *arguments):
            words += ["--build-arg", argument]
        self._bud(target, *words, ".")

    def build_from(self, folder: Path, name: str) -> None:
        """Build what the Dockerfile in a folder says, as a target of this name; it may build on our images."""
        self._bud(name, "--pull-never", str(folder))

    def _bud(self, target: str, *words: str) -> None:
        """pip finds packages as pip on this machine does."""
        pip_conf = self._folder / "pip.conf"
        if not pip_conf.exists():
            pip_conf.write_text(_pip_configuration())
        options = ["--quiet", "--isolation", "chroot", "--network", "host", "--format", "docker"]
        options += ["--volume", f"{pip_conf}:/etc/pip.conf:ro"]
        if Path("/etc/ssl/certs").is_dir():
            options += ["--volume", "/etc/ssl/certs:/etc/ssl/certs:ro"]
        # It downloads packages, beside other tests: minutes where the network is slow.
        self.buildah("bud", *options, "--tag", _name(target), *words, timeout=600.0)

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
        made_of = ("--build-arg", f"BUILD_IMAGE={_NODE}", "--build-arg", f"BASE_IMAGE={_BASE}")
        self._bud("dashboard", *made_of, "dashboard-vue")

    def config(self, target: str) -> Mapping[str, Any]:
        """The image's configuration: User, Env, Entrypoint, Labels, Healthcheck."""
        config: Mapping[str, Any] = self._about(_name(target))["Docker"]["config"]
        return config

    def added_bytes(self, target: str) -> int:
        """The size of the layers that the image has above its base, not compressed."""
        base, image = (_layer_sizes(self._about(name)) for name in (_BASE, _name(target)))
        assert image[: len(base)] == base
        return sum(image[len(base) :])

    def _about(self, image: str) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self.buildah("inspect", "--type", "image", image))
        return document

    def output(self, target: str, *command: str, env: Mapping[str, str] | None = None) -> str:
        """What `command` prints in a container of the image."""
        with self._container(target) as container:
            return self.buildah(*_run(container, env or {}, command), timeout=60.0)

    def tree(self, target: str) -> Path:
        """The files of the image, to be looked at from outside."""
        if target not in self._trees:
            container = self.buildah("from", "--pull-never", _name(target))
            self._trees[target] = Path(self.buildah("mount", container))
        return self._trees[target]

    @contextmanager
    def running(
        self, target: str, env: Mapping[str, str], log: Path, mounts: Mapping[Path, str] | None = None
    ) -> Iterator[subprocess.Popen[bytes]]:
        """The image's own entry point in this machine's network, stopped at the end; its output goes to `log`.

        mounts: folders, and where the container has them, to read.
        """
        config = self.config(target)
        command = [*config["Entrypoint"], *(config.get("Cmd") or [])]
        volumes = [word for folder, place in (mounts or {}).items() for word in ("--volume", f"{folder}:{place}:ro")]
        with self._container(target) as container, log.open("wb") as sink:
            words = [*self._words, *_run(container, env, command, volumes)]
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


def _layer_sizes(about: Mapping[str, Any]) -> list[int]:
    return [layer["size"] for layer in json.loads(about["Manifest"])["layers"]]


def _run(container: str, env: Mapping[str, str], command: Sequence[str], options: Sequence[str] = ()) -> list[str]:
    said = [word for name, value in env.items() for word in ("--env", f"{name}={value}")]
    return ["run", "--isolation", "chroot", "--network", "host", *options, *said, container, "--", *command]


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
