"""The objects of a fake cluster, what has happened to them, and a condition for those who watch."""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.deploy.chart.fake_kubernetes.kinds import Kind
from tests.deploy.chart.fake_kubernetes.ownership import Owners

Object = dict[str, Any]
Key = tuple[str, str, str, str]


@dataclass(frozen=True)
class Change:
    """Something that was done to an object: "ADDED", "MODIFIED" or "DELETED"."""

    version: int
    happened: str
    key: Key
    found: Object

    @property
    def words(self) -> str:
        """Such as "ADDED Job/goqueue-migrate"."""
        return f"{self.happened} {self.found['kind']}/{self.found['metadata']['name']}"


def key(kind: Kind, namespace: str, name: str) -> Key:
    return kind.group, kind.plural, namespace if kind.namespaced else "", name


class Storage:
    """Every method is called with `condition` held, but for `changes_after`."""

    def __init__(self) -> None:
        self.condition = threading.Condition()
        self.owners: dict[Key, Owners] = {}
        self.changes: list[Change] = []
        self._objects: dict[Key, Object] = {}
        self._version = 100
        self._is_closed = False

    @property
    def version(self) -> str:
        return str(self._version)

    def get(self, wanted: Key) -> Object | None:
        return self._objects.get(wanted)

    def find(self, kind: Kind, namespace: str, chosen: Callable[[Object], bool]) -> list[Object]:
        """Objects of a kind, in all namespaces if none is named."""
        return [
            found
            for (group, plural, home, _), found in self._objects.items()
            if (group, plural) == (kind.group, kind.plural) and home in (namespace or home, "") and chosen(found)
        ]

    def all(self) -> Iterator[tuple[Key, Object]]:
        return iter(list(self._objects.items()))

    def put(self, place: Key, found: Object) -> None:
        happened = "MODIFIED" if place in self._objects else "ADDED"
        self._objects[place] = found
        self._note(happened, place, found)

    def remove(self, place: Key) -> None:
        """With what belongs to it, or is in it."""
        found = self._objects.pop(place)
        self.owners.pop(place, None)
        self._note("DELETED", place, found)
        uid = found["metadata"].get("uid")
        for other, child in self.all():
            is_in_it = place[1] == "namespaces" and other[2] == place[3]
            owners = child["metadata"].get("ownerReferences", ())
            if other in self._objects and (is_in_it or any(owner["uid"] == uid for owner in owners)):
                self.remove(other)

    def close(self) -> None:
        """Let those who wait for changes go."""
        with self.condition:
            self._is_closed = True
            self.condition.notify_all()

    def changes_after(self, version: int, seconds: float) -> list[Change] | None:
        """Those since a version, or none after so many seconds; None: there will be no more."""
        with self.condition:
            self.condition.wait_for(lambda: self._is_closed or self._version > version, seconds)
            return None if self._is_closed else [change for change in self.changes if change.version > version]

    def _note(self, happened: str, place: Key, found: Object) -> None:
        self._version += 1
        found["metadata"]["resourceVersion"] = self.version
        self.changes.append(Change(self._version, happened, place, copy.deepcopy(found)))
        self.condition.notify_all()


def has_labels(found: Mapping[str, Any], wanted: Mapping[str, str]) -> bool:
    labels = found["metadata"].get("labels") or {}
    return all(labels.get(name) == value for name, value in wanted.items())
