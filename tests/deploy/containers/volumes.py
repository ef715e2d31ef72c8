"""Volumes of pods as folders of this machine: who may write what is as a kubelet makes it."""

from __future__ import annotations

import base64
import os
import shutil
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

Find = Callable[[str, str], Mapping[str, Any]]
"""The object of a kind and name."""
_EVERYBODY, _GROUP = 0o777, 0o2775


class Volumes:
    """Of one pod, below `folder`; claims are kept in `kept` from one pod to the next."""

    def __init__(self, pod: Mapping[str, Any], claims: list[str], find: Find, folder: Path, kept: Path) -> None:
        self._group: int = pod["securityContext"]["fsGroup"]
        self._find = find
        self._folders = {name: kept / name for name in claims}
        self._of_objects: dict[str, Mapping[str, Any]] = {}
        for path in self._folders.values():
            self._give(path, _GROUP)
        for volume in pod.get("volumes", []):
            self._folders[volume["name"]] = folder / volume["name"]
            self._make(volume, folder / volume["name"])

    def options(self, mounts: list[Mapping[str, Any]]) -> list[str]:
        """For `docker run`: each mount of a container."""
        words = []
        for mount in mounts:
            path = self._folders[mount["name"]]
            if "subPath" in mount:
                path /= mount["subPath"]
                self._give(path, _EVERYBODY)
            words += ["--volume", f"{path}:{mount['mountPath']}" + (":ro" if mount.get("readOnly") else "")]
        return words

    def renew(self) -> None:
        """Show what ConfigMaps and Secrets hold now, all of it at once: the new folder takes the place of a link."""
        for name, source in self._of_objects.items():
            self._fill(self._folders[name], source)

    def _make(self, volume: Mapping[str, Any], path: Path) -> None:
        if "emptyDir" in volume:
            self._give(path, _EVERYBODY)
            return
        path.mkdir(parents=True)
        self._of_objects[volume["name"]] = volume
        self._fill(path, volume)

    def _fill(self, path: Path, volume: Mapping[str, Any]) -> None:
        new = path / f"..{uuid.uuid4().hex}"
        new.mkdir()
        for name, content in self._contents(volume).items():
            (new / name).write_bytes(content)
            if not (path / name).is_symlink():
                (path / name).symlink_to(f"..data/{name}")
        link, aside = path / "..data", path / "..data_tmp"
        old = link.resolve() if link.is_symlink() else None
        aside.symlink_to(new.name)
        aside.replace(link)
        if old is not None:
            shutil.rmtree(old)

    def _contents(self, volume: Mapping[str, Any]) -> dict[str, bytes]:
        if "secret" in volume:
            found = self._find("Secret", volume["secret"]["secretName"])
            return {name: base64.b64decode(value) for name, value in found["data"].items()}
        found = self._find("ConfigMap", volume["configMap"]["name"])
        return {name: value.encode() for name, value in found["data"].items()}

    def _give(self, path: Path, mode: int) -> None:
        """A folder of root's that the pod's group may write."""
        path.mkdir(parents=True, exist_ok=True)
        if path.stat().st_uid == 0:
            os.chown(path, 0, self._group)
            path.chmod(mode)
