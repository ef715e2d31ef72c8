"""A real nginx on the dashboard's own configuration, with another port and folders of the test's."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Self

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")


def render(sources: Path, folder: Path, *, port: int, site: Path, api_url: str) -> Path:
    """The main file, in `folder`; what the image's entry point fills in is filled in."""
    server = (sources / "default.conf.template").read_text()
    for placed, ours in {
        "listen 3000": f"listen 127.0.0.1:{port}",
        "/usr/share/nginx/html": str(site),
        "${API_URL}": api_url,
        "${NGINX_LOCAL_RESOLVERS}": "127.0.0.1",
    }.items():
        assert placed in server, placed
        server = server.replace(placed, ours)
    assert "${" not in server
    (folder / "default.conf").write_text(server)
    main = (sources / "nginx.conf").read_text().replace("/tmp/", f"{folder}/")
    main = main.replace("/dev/stdout", f"{folder}/access.log").replace("/dev/stderr", f"{folder}/error.log")
    (folder / "nginx.conf").write_text(main)
    return folder / "nginx.conf"


class Nginx:
    """Started as the image does it; stopped by pid."""

    def __init__(self, configuration: Path) -> None:
        # As root its workers would be nobody, to whom the test's folders are closed.
        user = " user root;" if os.geteuid() == 0 else ""
        self._words = [NGINX or "nginx", "-c", str(configuration), "-e", str(configuration.with_name("error.log"))]
        self._words += ["-g", f"daemon off;{user}"]

    def check(self) -> str:
        """What nginx finds wrong with its configuration; its exit code must be 0."""
        told = subprocess.run([*self._words, "-t"], check=False, capture_output=True, text=True)
        assert told.returncode == 0, told.stderr
        return told.stderr

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(self._words)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        assert self._process.wait(20) == 0
