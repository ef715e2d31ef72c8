"""Strategic merge patches, as helm 3 and `kubectl apply` send them: lists of a kind that has keys are merged by these."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from tests.deploy.chart.kubernetes_schemas import KubernetesSchemas

Schema = Mapping[str, Any] | None
_ORDER = "$setElementOrder/"
_DELETE = "$deleteFromPrimitiveList/"


def merge_patch(old: Any, patch: Any) -> Any:
    """A JSON merge patch: null removes, lists are replaced."""
    if not isinstance(patch, Mapping) or not isinstance(old, Mapping):
        return copy.deepcopy(patch)
    merged = dict(old)
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = merge_patch(merged.get(name, {}), value)
    return merged


class StrategicMerge:
    """Merges by the keys that the schemas of a minor version name."""

    def __init__(self, schemas: KubernetesSchemas) -> None:
        self._schemas = schemas

    def merged(self, old: Any, patch: Any, schema: Schema) -> Any:
        if not isinstance(patch, Mapping) or not isinstance(old, Mapping):
            return _without_directives(patch)
        if patch.get("$patch") == "replace":
            return _without_directives(patch)
        result = dict(old)
        if "$retainKeys" in patch:
            result = {name: value for name, value in result.items() if name in patch["$retainKeys"]}
        for name, value in patch.items():
            if name.startswith(_DELETE):
                gone = patch[name]
                result[name.removeprefix(_DELETE)] = [one for one in result[name.removeprefix(_DELETE)] if one not in gone]
            elif name.startswith("$"):
                continue
            elif value is None:
                result.pop(name, None)
            else:
                result[name] = self._member(result.get(name), value, self._schemas.member(schema, name))
        for name in patch:
            if name.startswith(_ORDER):
                self._reorder(result, name.removeprefix(_ORDER), patch[name], schema)
        return result

    def _member(self, old: Any, value: Any, schema: Schema) -> Any:
        key = (schema or {}).get("x-kubernetes-patch-merge-key")
        if isinstance(value, list) and isinstance(old, list) and key:
            return self._list(old, value, key, self._schemas.resolved((schema or {})["items"]))
        if (
            isinstance(value, list)
            and isinstance(old, list)
            and "merge" in (schema or {}).get("x-kubernetes-patch-strategy", "")
        ):
            return [*old, *(one for one in value if one not in old)]
        return self.merged(old if old is not None else {}, value, schema)

    def _list(self, old: list[Any], patch: list[Any], key: str, schema: Schema) -> list[Any]:
        result = list(old)
        for entry in patch:
            at = next((place for place, one in enumerate(result) if one.get(key) == entry.get(key)), None)
            if entry.get("$patch") == "delete":
                result = [one for one in result if one.get(key) != entry.get(key)]
            elif at is None:
                result.append(_without_directives(entry))
            else:
                result[at] = self.merged(result[at], entry, schema)
        return result

    def _reorder(self, result: dict[str, Any], name: str, order: list[Any], schema: Schema) -> None:
        key = (self._schemas.member(schema, name) or {}).get("x-kubernetes-patch-merge-key")
        if name not in result:
            return
        places = {(one[key] if key else one): place for place, one in enumerate(order)}
        result[name].sort(key=lambda one: places.get(one.get(key) if key else one, len(places)))


def _without_directives(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {
            name: _without_directives(one) for name, one in value.items() if not name.startswith("$") and one is not None
        }
    if isinstance(value, list):
        return [_without_directives(one) for one in value]
    return copy.deepcopy(value)
