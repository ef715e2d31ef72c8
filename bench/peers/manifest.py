"""What is known of a peer: its folder in adapters/, with peer.toml, the code that submits and runs, and pinned packages."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ADAPTERS = Path(__file__).parent / "adapters"
OURS = "goqueue"


@dataclass(frozen=True, slots=True)
class Http:
    """How a peer takes jobs over HTTP.

    command: of its server; $PORT in it is filled in. body: of a POST to `path`, with $ARG for the job's argument.
    ready: a path that is answered once it serves; none: it serves once it listens.
    """

    command: str
    path: str
    body: str
    ready: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Peer:
    """One way to run one peer.

    stores: of "postgres" and "redis", those it uses. jobs: of a drain, about five seconds' worth. workers: the command
    lines of two processes. submits_many: it takes many jobs in one call, or, with asyncio, in calls side by side. is_ours:
    it has GoQueue's own environment, and its server runs while it works.
    """

    folder: str
    variant: str
    stores: Sequence[str]
    jobs: int
    workers: Sequence[str]
    http: Http | None
    submits_many: bool
    is_ours: bool

    @property
    def name(self) -> str:
        """Of the tables: the folder, and the variant unless it is the default."""
        return self.folder if self.variant == "default" else f"{self.folder}-{self.variant}"

    @property
    def adapter(self) -> Path:
        """Where its code is."""
        return ADAPTERS / self.folder

    @property
    def is_node(self) -> bool:
        """JavaScript, or else Python."""
        return (self.adapter / "peer.mjs").exists()


def peers(only: Sequence[str] = ()) -> list[Peer]:
    """All, or those whose name has one of these words in it; ours always, and first: all others are compared with it."""
    found = [peer for folder in sorted(ADAPTERS.iterdir()) if folder.is_dir() for peer in _variants(folder)]
    wanted = [peer for peer in found if peer.is_ours or not only or any(word in peer.name for word in only)]
    return sorted(wanted, key=lambda peer: not peer.is_ours)


def _variants(folder: Path) -> Iterator[Peer]:
    manifest: dict[str, Any] = tomllib.loads((folder / "peer.toml").read_text())
    http = Http(**manifest["http"]) if "http" in manifest else None
    for variant, values in manifest["variants"].items():
        yield Peer(
            folder.name,
            variant,
            manifest["stores"],
            values["jobs"],
            values["workers"],
            http,
            submits_many=manifest.get("submits_many", False),
            is_ours=manifest.get("environment") == "ours",
        )
