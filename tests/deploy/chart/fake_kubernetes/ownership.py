"""Who owns which field of an object: server-side apply, as helm 4 installs and upgrades.

Who applies an object owns the fields that it names. It loses those that it no longer names, and they go from the object if
nobody else owns them. It may not change a field that another owns, unless it insists. Whoever changes a field in another
way owns it from then on: so does an autoscaler with spec.replicas.
"""

from __future__ import annotations

import copy
import itertools
from collections.abc import Hashable, Iterable, Iterator, Mapping
from typing import Any

from tests.deploy.chart.kubernetes_schemas import KubernetesSchemas

Path = tuple[Hashable, ...]
Schema = Mapping[str, Any] | None
Owners = dict[str, set[Path]]
_GONE = object()
_IDENTITY = {("apiVersion",), ("kind",), ("metadata", "name"), ("metadata", "namespace")}


class FieldConflict(Exception):
    """What was applied changes fields that others own; the message is that of Kubernetes."""


class Ownership:
    """Applies objects, by the lists and keys of the schemas of a minor version."""

    def __init__(self, schemas: KubernetesSchemas) -> None:
        self._schemas = schemas

    def applied(
        self, live: dict[str, Any], applied: dict[str, Any], schema: Schema, *, owners: Owners, manager: str, force: bool
    ) -> dict[str, Any]:
        """The object with what `manager` applies; `owners` is brought up to date. Raises FieldConflict."""
        named = {path: value for path, value in self._leaves(applied, schema) if path not in _IDENTITY}
        held = dict(self._leaves(live, schema))
        conflicts = {
            path: other
            for other, paths in owners.items()
            for path in sorted(paths & named.keys(), key=str)
            if other != manager and held.get(path, _GONE) != named[path]
        }
        if conflicts and not force:
            listed = "\n".join(f'- conflict with "{other}": {_text(path)}' for path, other in conflicts.items())
            count = f"{len(conflicts)} conflict{'s' if len(conflicts) > 1 else ''}"
            raise FieldConflict(f"Apply failed with {count}:\n{listed}")
        for path, other in conflicts.items():
            owners[other].discard(path)
        elsewhere = {path for other, paths in owners.items() if other != manager for path in paths}
        result = copy.deepcopy(live)
        _remove(result, owners.get(manager, set()) - named.keys() - elsewhere)
        owners[manager] = set(named)
        merged: dict[str, Any] = self._merged(result, applied, schema)
        return merged

    def note_change(
        self, old: dict[str, Any], new: dict[str, Any], schema: Schema, *, owners: Owners, manager: str
    ) -> None:
        """Somebody changed an object without applying it: what is new in it is theirs."""
        before = dict(self._leaves(old, schema))
        changed = {path for path, value in self._leaves(new, schema) if before.get(path, _GONE) != value} - _IDENTITY
        for paths in owners.values():
            paths.difference_update(changed)
        owners.setdefault(manager, set()).update(path for path in changed if path[0] != "status")

    def _leaves(self, value: Any, schema: Schema, path: Path = ()) -> Iterator[tuple[Path, Any]]:
        atomic = (schema or {}).get("x-kubernetes-map-type") == "atomic"
        if isinstance(value, Mapping) and value and not atomic:
            for name, one in value.items():
                yield from self._leaves(one, self._schemas.member(schema, name), (*path, name))
        elif isinstance(value, list) and value and (keys := _keys(schema)):
            inner = self._schemas.resolved((schema or {})["items"])
            for one in value:
                yield from self._leaves(one, inner, (*path, tuple((key, one.get(key)) for key in keys)))
        else:
            yield path, value

    def _merged(self, old: Any, new: Any, schema: Schema) -> Any:
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            merged = {
                name: self._merged(old.get(name), one, self._schemas.member(schema, name)) for name, one in new.items()
            }
            return {**old, **merged}
        if isinstance(old, list) and isinstance(new, list) and (keys := _keys(schema)):
            inner = self._schemas.resolved((schema or {})["items"])
            known = {tuple(one.get(key) for key in keys): one for one in old}
            named = {tuple(one.get(key) for key in keys): one for one in new}
            kept = [one for key, one in known.items() if key not in named]
            return [*(self._merged(known.get(key), one, inner) for key, one in named.items()), *kept]
        return copy.deepcopy(new)


def _keys(schema: Schema) -> list[str]:
    """By which members the entries of a list are told apart; none: the list is one value."""
    known: Mapping[str, Any] = schema or {}
    return list(known.get("x-kubernetes-list-map-keys", ())) if known.get("x-kubernetes-list-type") == "map" else []


def _remove(found: dict[str, Any], paths: Iterable[Path]) -> None:
    """Take fields out, and entries of lists of which then nothing is left."""
    # All are found before one is taken out: entries are found by fields that may go.
    ways = [(path, _way(found, path)) for path in paths]
    for path, way in ways:
        if isinstance(way[-1], dict):
            way[-1].pop(path[-1], None)
    for _, way in ways:
        for outer, inner in itertools.pairwise(way):
            if isinstance(outer, list) and inner == {} and inner in outer:
                outer.remove(inner)


def _way(found: Any, path: Path) -> list[Any]:
    """The objects and lists that a path leads through; None at its end where one is not there."""
    way = [found]
    for step in path[:-1]:
        way.append(_step(way[-1], step))
    return way


def _step(found: Any, step: Hashable) -> Any:
    if isinstance(step, tuple) and isinstance(found, list):
        return next((one for one in found if all(one.get(key) == value for key, value in step)), None)
    return found.get(step) if isinstance(found, dict) else None


def _text(path: Path) -> str:
    def word(step: Hashable) -> str:
        return f"[{','.join(f'{key}={value!r}' for key, value in step)}]" if isinstance(step, tuple) else f".{step}"

    return "".join(map(word, path))
