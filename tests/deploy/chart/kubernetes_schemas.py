"""What Kubernetes knows of its own objects, one minor version at a time, out of the package kubernetes-validate.

Its own check stops at the first fault of an object and lets kinds pass that it does not know; this one does neither.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator, Mapping
from importlib import resources
from typing import Any

from jsonschema_rs import Draft202012Validator, Registry

OLDEST, NEWEST = "1.29", "1.37"
_DOCUMENT = "kubernetes:definitions"

Object = dict[str, Any]


class UnknownKind(Exception):
    """This Kubernetes has no such kind, or not in this version of its group (any more)."""


class KubernetesSchemas:
    """The kinds of one minor version, such as "1.29"; fields that a kind does not have are faults."""

    def __init__(self, version: str) -> None:
        folder = resources.files("kubernetes_validate") / "kubernetes-json-schema" / f"v{version}.0-local-strict"
        self._document = json.loads((folder / "_definitions.json").read_text(encoding="utf-8"))
        self._registry = Registry([(_DOCUMENT, self._document)])
        self._validators: dict[str, Draft202012Validator] = {}
        self.definitions: Mapping[str, Any] = self._document["$defs"]
        self.names = dict(_kinds(self.definitions))

    def problems(self, found: Mapping[str, Any]) -> list[str]:
        """All faults of an object: "spec.template: what is wrong". Raises UnknownKind."""
        name = self._name(found.get("apiVersion", ""), found.get("kind", ""))
        if name not in self._validators:
            schema = {"$ref": f"{_DOCUMENT}#/$defs/{name}"}
            self._validators[name] = Draft202012Validator(schema, registry=self._registry)
        faults = self._validators[name].iter_errors(found)
        return [f"{'.'.join(map(str, fault.instance_path))}: {fault.message}" for fault in faults]

    def schema(self, api_version: str, kind: str) -> Mapping[str, Any] | None:
        """The schema of a kind, references as they are; None: not one of Kubernetes itself."""
        try:
            schema: Mapping[str, Any] = self.definitions[self._name(api_version, kind)]
        except UnknownKind:
            return None
        return schema

    def member(self, schema: Mapping[str, Any] | None, name: str) -> Mapping[str, Any] | None:
        """The schema of a member of an object, with what is said of it there and where it is referred to."""
        if schema is None:
            return None
        found = schema.get("properties", {}).get(name, schema.get("additionalProperties"))
        return self.resolved(found) if isinstance(found, Mapping) else None

    def resolved(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        """A schema with what it refers to."""
        target = schema.get("$ref", "").removeprefix("#/$defs/")
        return {**self.definitions[target], **schema} if target in self.definitions else schema

    def _name(self, api_version: str, kind: str) -> str:
        group, _, version = api_version.rpartition("/")
        try:
            return self.names[group, version, kind]
        except KeyError:
            raise UnknownKind(f"{api_version} {kind}") from None


@functools.cache
def kubernetes_schemas(version: str) -> KubernetesSchemas:
    """Those of a minor version, read once."""
    return KubernetesSchemas(version)


def _kinds(definitions: Mapping[str, Any]) -> Iterator[tuple[tuple[str, str, str], str]]:
    for name, schema in definitions.items():
        for kind in schema.get("x-kubernetes-group-version-kind", ()):
            if name.endswith(f".{kind['kind']}"):
                yield (kind["group"], kind["version"], kind["kind"]), name
