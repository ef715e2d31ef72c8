"""Images of a storage of buildah as one archive that Docker loads, each layer once and as it was committed.

`buildah push` writes all layers of an image, and so the base again with every image of ours: half a minute. This reads what
lies on the disk: the layers' files, and beside them what tar says between them. Docker compares each layer with its sum.
"""

from __future__ import annotations

import base64
import gzip
import json
import tarfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO, Final

_BLOCK_BYTES: Final = 512
_FILE: Final = 1


def write_archive(storage: Path, names: Sequence[str], sink: BinaryIO) -> None:
    """Write images in the format of `docker save`. names: such as localhost/goqueue-api, which becomes goqueue-api."""
    images = {name: image for image in _read(storage / "overlay-images/images.json") for name in image.get("names", ())}
    layers = {layer["id"]: layer for layer in _read(storage / "overlay-layers/layers.json")}
    entries, written = [], set()
    for name in names:
        image = images[f"{name}:latest"]
        chain = list(_chain(layers, image["layer"]))
        for layer in chain:
            if layer["id"] not in written:
                written.add(layer["id"])
                _put(sink, f"{layer['id']}.tar", layer["diff-size"], _content(storage, layer["id"]))
        config = _config(storage, image["id"])
        _put(sink, f"{image['id']}.json", len(config), [config])
        paths = [f"{layer['id']}.tar" for layer in chain]
        entries.append({"Config": f"{image['id']}.json", "RepoTags": [_tag(name)], "Layers": paths})
    manifest = json.dumps(entries).encode()
    _put(sink, "manifest.json", len(manifest), [manifest])
    sink.write(bytes(2 * _BLOCK_BYTES))


def _read(path: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(path.read_text())
    return found


def _chain(layers: dict[str, dict[str, Any]], top: str) -> Iterator[dict[str, Any]]:
    """From the lowest layer to the one on top."""
    if parent := layers[top].get("parent"):
        yield from _chain(layers, parent)
    yield layers[top]


def _config(storage: Path, image_id: str) -> bytes:
    name = base64.b64encode(f"sha256:{image_id}".encode()).decode()
    return (storage / "overlay-images" / image_id / f"={name}").read_bytes()


def _tag(name: str) -> str:
    return f"{name.removeprefix('localhost/')}:latest"


def _put(sink: BinaryIO, name: str, size: int, chunks: Iterable[bytes]) -> None:
    about = tarfile.TarInfo(name)
    about.size = size
    sink.write(about.tobuf())
    for chunk in chunks:
        sink.write(chunk)
    sink.write(bytes(-size % _BLOCK_BYTES))


def _content(storage: Path, layer_id: str) -> Iterator[bytes]:
    """The tar of a layer: its files, and between them what was kept of the tar that it came as."""
    with gzip.open(storage / f"overlay-layers/{layer_id}.tar-split.gz", "rt") as lines:
        for entry in map(json.loads, lines):
            if entry["type"] != _FILE:
                yield base64.b64decode(entry["payload"])
            elif entry.get("size"):
                yield (storage / "overlay" / layer_id / "diff" / entry["name"]).read_bytes()
