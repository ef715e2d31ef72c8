"""What the server answers: what kinds there are, and creating, reading, changing, removing and watching objects."""

from __future__ import annotations

import copy
import re
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.deploy.chart.fake_kubernetes import controllers, kinds
from tests.deploy.chart.fake_kubernetes.admission import Admission, Refused
from tests.deploy.chart.fake_kubernetes.kinds import Kind, Kinds
from tests.deploy.chart.fake_kubernetes.ownership import FieldConflict, Ownership
from tests.deploy.chart.fake_kubernetes.storage import Key, Object, Storage, has_labels, key
from tests.deploy.chart.fake_kubernetes.strategic_merge import StrategicMerge, merge_patch
from tests.deploy.chart.kubernetes_schemas import kubernetes_schemas

Answer = tuple[int, Mapping[str, Any] | str]

_OBJECTS = re.compile(
    r"/(?:api|apis/(?P<group>[^/]+))/(?P<version>[^/]+)(?:/namespaces/(?P<namespace>[^/]+)(?=/[^/]+))?"
    r"/(?P<plural>[^/]+)(?:/(?P<name>[^/]+))?(?:/(?P<part>[^/]+))?"
)
_GROUP = re.compile(r"(?P<openapi>/openapi/v3)?/(?:api|apis/(?P<group>[^/]+))/(?P<version>[^/]+)")
_WATCH_SECONDS = 300.0


@dataclass(frozen=True)
class Request:
    """One of HTTP, read."""

    method: str
    path: str
    query: Mapping[str, str]
    body: Any
    content_type: str
    user_agent: str

    @property
    def manager(self) -> str:
        """Who will own what it changes."""
        return self.query.get("fieldManager") or self.user_agent.partition("/")[0]


@dataclass(frozen=True)
class Address:
    """Where an object is, or many are."""

    kind: Kind
    namespace: str
    name: str
    part: str

    @property
    def key(self) -> Key:
        return key(self.kind, self.namespace, self.name)


class Api:
    """An API of one minor version over a storage of its own."""

    def __init__(self, version: str) -> None:
        schemas = kubernetes_schemas(version)
        self.storage = Storage()
        self.failing: list[tuple[str, str]] = []
        self._version = version
        self._schemas = schemas
        self._kinds = Kinds(schemas)
        self._admission = Admission(schemas)
        self._ownership = Ownership(schemas)
        self._strategic = StrategicMerge(schemas)

    def answer(self, request: Request) -> Answer:
        """The code and the document. Raises Refused."""
        if (document := self._about(request.path)) is not None:
            return 200, document
        address = self._address(request.path)
        with self.storage.condition:
            if address.part == "log":
                return 200, f"log of {address.name}\n"
            if not address.name and request.method != "POST":
                return 200, self._several(request, address)
            method = {"GET": self._read, "DELETE": self._delete, "POST": self._create}.get(request.method, self._change)
            return method(request, address)

    def watched(self, request: Request) -> Iterator[Mapping[str, Any]] | None:
        """Events of a watch, as they happen; None: this is none."""
        if request.query.get("watch") not in ("true", "1"):
            return None
        return self._events(request, self._address(request.path))

    def create_namespace(self, namespace: Object) -> None:
        kind = self._kinds.find("", "v1", "namespaces")
        assert kind is not None, "every Kubernetes has namespaces"
        with self.storage.condition:
            self.storage.put(key(kind, "", namespace["metadata"]["name"]), namespace)

    def scale(self, namespace: str, deployment: str, replicas: int) -> None:
        path = f"/apis/apps/v1/namespaces/{namespace}/deployments/{deployment}"
        query = {"fieldManager": "kube-controller-manager"}
        self.answer(Request("PATCH", path, query, {"spec": {"replicas": replicas}}, "application/merge-patch+json", ""))

    def _about(self, path: str) -> Mapping[str, Any] | str | None:
        """The document at an address that is none of objects."""
        major, minor = self._version.split(".")
        known: dict[str, Callable[[], Mapping[str, Any] | str]] = {
            "/version": lambda: {
                "major": major,
                "minor": minor,
                "gitVersion": f"v{self._version}.0",
                "platform": "linux/amd64",
            },
            "/healthz": lambda: "ok",
            "/readyz": lambda: "ok",
            "/api": lambda: {"kind": "APIVersions", "versions": ["v1"]},
            "/apis": self._kinds.group_list,
            "/openapi/v3": lambda: kinds.openapi_index(self._kinds.group_versions()),
        }
        if path in known:
            return known[path]()
        found = _GROUP.fullmatch(path)
        if found is None:
            return None
        listed = self._kinds.of(found["group"] or "", found["version"])
        if not listed:
            raise Refused(404, "NotFound", f"there is no {path}")
        return kinds.openapi(listed) if found["openapi"] else kinds.resource_list(listed)

    def _address(self, path: str) -> Address:
        found = _OBJECTS.fullmatch(path)
        kind = found and self._kinds.find(found["group"] or "", found["version"], found["plural"])
        if not found or not kind:
            raise Refused(404, "NotFound", "the server could not find the requested resource")
        return Address(kind, found["namespace"] or "", found["name"] or "", found["part"] or "")

    def _several(self, request: Request, address: Address) -> Mapping[str, Any]:
        found = self.storage.find(address.kind, address.namespace, _chosen(request.query))
        if request.method == "DELETE":
            for one in found:
                self.storage.remove(key(address.kind, one["metadata"].get("namespace", ""), one["metadata"]["name"]))
            return _success()
        metadata = {"resourceVersion": self.storage.version}
        return {
            "kind": f"{address.kind.name}List",
            "apiVersion": address.kind.api_version,
            "metadata": metadata,
            "items": found,
        }

    def _read(self, request: Request, address: Address) -> Answer:
        return 200, self._present(address)

    def _delete(self, request: Request, address: Address) -> Answer:
        self._present(address)
        if "dryRun" not in request.query:
            self.storage.remove(address.key)
        return 200, _success()

    def _create(self, request: Request, address: Address) -> Answer:
        sent: Object = {"kind": address.kind.name, "apiVersion": address.kind.api_version, **request.body}
        metadata = sent["metadata"]
        name = metadata.get("name") or f"{metadata.get('generateName', '')}{uuid.uuid4().hex[:5]}"
        metadata["name"] = name
        place = Address(address.kind, address.namespace, name, "")
        if self.storage.get(place.key) is not None:
            raise Refused(409, "AlreadyExists", f'{address.kind.plural} "{name}" already exists')
        return 201, self._store(request, place, sent, None)

    def _change(self, request: Request, address: Address) -> Answer:
        old = self.storage.get(address.key)
        schema = self._schemas.schema(address.kind.api_version, address.kind.name)
        if "apply-patch" in request.content_type:
            new = self._apply(request, address, old)
        elif old is None:
            raise Refused(404, "NotFound", f'{address.kind.plural} "{address.name}" not found')
        elif request.method == "PUT":
            new = request.body
        elif "strategic-merge-patch" in request.content_type:
            new = self._strategic.merged(copy.deepcopy(old), request.body, schema)
        elif "merge-patch" in request.content_type:
            new = merge_patch(copy.deepcopy(old), request.body)
        else:
            raise Refused(415, "UnsupportedMediaType", f"{request.content_type} is not known to this server")
        return 200 if old else 201, self._store(request, address, new, old)

    def _apply(self, request: Request, address: Address, old: Object | None) -> Object:
        owners = copy.deepcopy(self.storage.owners.get(address.key, {}))
        try:
            new = self._ownership.applied(
                old or {},
                request.body,
                self._schemas.schema(address.kind.api_version, address.kind.name),
                owners=owners,
                manager=request.manager,
                force=request.query.get("force") == "true",
            )
        except FieldConflict as conflict:
            raise Refused(409, "Conflict", str(conflict)) from conflict
        if "dryRun" not in request.query:
            self.storage.owners[address.key] = owners
        return new

    def _store(self, request: Request, address: Address, new: Object, old: Object | None) -> Object:
        """Check and complete an object, and keep it unless this is a dry run."""
        metadata = new["metadata"]
        first: Object = {"uid": str(uuid.uuid4()), "creationTimestamp": controllers.now(), "generation": 0}
        kept: Object = old["metadata"] if old else first
        metadata.update({name: kept[name] for name in ("uid", "creationTimestamp")})
        if address.kind.namespaced:
            metadata["namespace"] = address.namespace
        controllers.set_defaults(new)
        namespace = self._namespace(address)
        self._admission.check(new, old)
        if namespace:
            self._admission.check_pods(new, namespace)
        metadata["generation"] = kept["generation"] + (old is None or new.get("spec") != old.get("spec"))
        fails = any(new["kind"] == kind and metadata["name"].startswith(prefix) for kind, prefix in self.failing)
        controllers.settle(new, fails=fails)
        if "dryRun" in request.query:
            return new
        if "apply-patch" not in request.content_type:
            schema = self._schemas.schema(address.kind.api_version, address.kind.name)
            owners = self.storage.owners.setdefault(address.key, {})
            self._ownership.note_change(old or {}, new, schema, owners=owners, manager=request.manager)
        self.storage.put(address.key, new)
        if new["kind"] == "Deployment":
            self._put_replica_set(new)
        return new

    def _put_replica_set(self, deployment: Object) -> None:
        kind = self._kinds.find("apps", "v1", "replicasets")
        assert kind is not None, "every Kubernetes has ReplicaSets"
        made = controllers.replica_set(deployment)
        self.storage.put(key(kind, made["metadata"]["namespace"], made["metadata"]["name"]), made)

    def _namespace(self, address: Address) -> Object | None:
        if not address.kind.namespaced:
            return None
        kind = self._kinds.find("", "v1", "namespaces")
        assert kind is not None, "every Kubernetes has namespaces"
        found = self.storage.get(key(kind, "", address.namespace))
        if found is None:
            raise Refused(404, "NotFound", f'namespaces "{address.namespace}" not found')
        return found

    def _present(self, address: Address) -> Object:
        found = self.storage.get(address.key)
        if found is None:
            raise Refused(404, "NotFound", f'{address.kind.plural} "{address.name}" not found')
        return found

    def _events(self, request: Request, address: Address) -> Iterator[Mapping[str, Any]]:
        chosen = _chosen(request.query)
        ends_at = time.monotonic() + min(float(request.query.get("timeoutSeconds", _WATCH_SECONDS)), _WATCH_SECONDS)
        seen = int(request.query.get("resourceVersion") or 0)
        wants_all = request.query.get("sendInitialEvents") == "true"
        if wants_all or seen == 0:
            with self.storage.condition:
                present = copy.deepcopy(self.storage.find(address.kind, address.namespace, chosen))
                seen = int(self.storage.version)
            yield from ({"type": "ADDED", "object": one} for one in present)
        if wants_all:
            annotations = {"k8s.io/initial-events-end": "true"}
            mark = {"resourceVersion": str(seen), "annotations": annotations}
            found = {"kind": address.kind.name, "apiVersion": address.kind.api_version, "metadata": mark}
            yield {"type": "BOOKMARK", "object": found}
        while (left := ends_at - time.monotonic()) > 0 and (changes := self.storage.changes_after(seen, left)) is not None:
            for change in changes:
                seen = change.version
                group, plural, namespace, _ = change.key
                is_meant = (group, plural) == (address.kind.group, address.kind.plural)
                if is_meant and namespace in (address.namespace or namespace, "") and chosen(change.found):
                    yield {"type": change.happened, "object": change.found}


def _chosen(query: Mapping[str, str]) -> Callable[[Object], bool]:
    """Whether an object is one of those that labelSelector and fieldSelector name."""
    labels = dict(
        part.replace("==", "=").split("=", 1) for part in query.get("labelSelector", "").split(",") if "=" in part
    )
    fields = dict(
        part.replace("==", "=").split("=", 1) for part in query.get("fieldSelector", "").split(",") if "=" in part
    )
    name = fields.get("metadata.name")
    return lambda found: has_labels(found, labels) and name in (None, found["metadata"]["name"])


def _success() -> Mapping[str, Any]:
    return {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success"}
