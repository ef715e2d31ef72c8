"""Which kinds the server has, and what it says of them when a client asks what there is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.deploy.chart.kubernetes_schemas import KubernetesSchemas

_CLUSTER_WIDE = {
    "APIService",
    "ClusterRole",
    "ClusterRoleBinding",
    "CustomResourceDefinition",
    "IngressClass",
    "MutatingWebhookConfiguration",
    "Namespace",
    "Node",
    "PersistentVolume",
    "PriorityClass",
    "StorageClass",
    "ValidatingWebhookConfiguration",
}
# No schema of these is known here; tests/deploy/chart/crd looks at them.
_CUSTOM = (
    ("monitoring.coreos.com", "v1", ("ServiceMonitor", "PodMonitor", "PrometheusRule")),
    ("keda.sh", "v1alpha1", ("ScaledObject", "TriggerAuthentication")),
    ("gateway.networking.k8s.io", "v1", ("HTTPRoute", "Gateway")),
)
_VERBS = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"]


@dataclass(frozen=True)
class Kind:
    """A kind, as its address names it."""

    group: str
    version: str
    name: str
    plural: str
    namespaced: bool

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version


class Kinds:
    """All of one minor version, and the custom ones that a chart of ours may use."""

    def __init__(self, schemas: KubernetesSchemas) -> None:
        listed = [
            (group, version, kind)
            for (group, version, kind), name in schemas.names.items()
            if f"{name}List" in schemas.definitions and "alpha" not in version
        ]
        custom = [(group, version, kind) for group, version, kinds in _CUSTOM for kind in kinds]
        self._all = [
            Kind(group, version, kind, _plural(kind), kind not in _CLUSTER_WIDE)
            for group, version, kind in [*listed, *custom]
        ]
        self._by_address = {(kind.group, kind.version, kind.plural): kind for kind in self._all}

    def find(self, group: str, version: str, plural: str) -> Kind | None:
        return self._by_address.get((group, version, plural))

    def of(self, group: str, version: str) -> list[Kind]:
        return [kind for kind in self._all if (kind.group, kind.version) == (group, version)]

    def group_versions(self) -> list[tuple[str, str]]:
        """(group, version), those that clients should prefer first."""
        found = {(kind.group, kind.version) for kind in self._all}
        return sorted(found, key=lambda one: (one[0], "beta" in one[1], _newest_first(one[1])))

    def group_list(self) -> dict[str, Any]:
        """The answer of /apis."""
        groups: dict[str, list[dict[str, str]]] = {}
        for group, version in self.group_versions():
            if group:
                groups.setdefault(group, []).append({"groupVersion": f"{group}/{version}", "version": version})
        listed = [{"name": name, "versions": all_, "preferredVersion": all_[0]} for name, all_ in groups.items()]
        return {"kind": "APIGroupList", "apiVersion": "v1", "groups": listed}


def resource_list(kinds: Iterable[Kind]) -> dict[str, Any]:
    """The answer of /apis/GROUP/VERSION."""
    listed = list(kinds)
    resources = [
        {
            "name": kind.plural,
            "singularName": kind.name.lower(),
            "namespaced": kind.namespaced,
            "kind": kind.name,
            "verbs": _VERBS,
        }
        for kind in listed
    ]
    return {
        "kind": "APIResourceList",
        "apiVersion": "v1",
        "groupVersion": listed[0].api_version,
        "resources": resources,
    }


def openapi_index(group_versions: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """The answer of /openapi/v3."""
    paths = [f"apis/{group}/{version}" if group else f"api/{version}" for group, version in group_versions]
    return {"paths": {path: {"serverRelativeURL": f"/openapi/v3/{path}?hash=1"} for path in paths}}


def openapi(kinds: Iterable[Kind]) -> dict[str, Any]:
    """The answer of /openapi/v3/...: no schemas, but that the server checks fields itself, which clients look for."""
    return {
        "openapi": "3.0.0",
        "info": {"title": "Kubernetes", "version": "v1"},
        "paths": {_path(kind): {"patch": _patch(kind)} for kind in kinds},
        "components": {"schemas": {}},
    }


def _path(kind: Kind) -> str:
    root = f"/apis/{kind.api_version}" if kind.group else f"/api/{kind.version}"
    return f"{root}/{'namespaces/{namespace}/' if kind.namespaced else ''}{kind.plural}/{{name}}"


def _patch(kind: Kind) -> Mapping[str, Any]:
    names = ("dryRun", "fieldManager", "fieldValidation")
    return {
        "x-kubernetes-action": "patch",
        "x-kubernetes-group-version-kind": {"group": kind.group, "version": kind.version, "kind": kind.name},
        "parameters": [{"name": name, "in": "query", "schema": {"type": "string"}} for name in names],
        "responses": {},
    }


def _plural(kind: str) -> str:
    word = kind.lower()
    if word == "endpoints":
        return word
    if word.endswith(("ss", "x", "ch")):
        return f"{word}es"
    if word.endswith("y") and word[-2] not in "aeiou":
        return f"{word[:-1]}ies"
    return f"{word}s"


def _newest_first(version: str) -> int:
    return -int("".join(letter for letter in version.split("beta", maxsplit=1)[0] if letter.isdigit()) or 0)
