"""What controllers would make of an object, at once: fields with a default, and a status that says all is well."""

from __future__ import annotations

import base64
import copy
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

Object = dict[str, Any]


def set_defaults(found: Object) -> None:
    """Only what helm and kubectl look at."""
    spec = found.get("spec") or {}
    match found["kind"]:
        case "Service":
            spec.setdefault("type", "ClusterIP")
            spec.setdefault("clusterIP", "10.0.0.1")
        case "Deployment":
            spec.setdefault("replicas", 1)
            spec.setdefault(
                "strategy", {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "25%", "maxSurge": "25%"}}
            )
        case "StatefulSet":
            spec.setdefault("replicas", 1)
            spec.setdefault("updateStrategy", {"type": "RollingUpdate", "rollingUpdate": {"partition": 0}})
        case "Secret":
            plain = found.pop("stringData", None) or {}
            encoded = {name: base64.b64encode(str(value).encode()).decode() for name, value in plain.items()}
            found["data"] = {**(found.get("data") or {}), **encoded}


def settle(found: Object, *, fails: bool) -> None:
    """Give it the status it comes to; `fails`: its pods end with an error."""
    if settled := _SETTLED.get(found["kind"]):
        found["status"] = settled(found, fails)


def replica_set(deployment: Object) -> Object:
    """The newest one of a Deployment: helm 3 waits for it."""
    spec, metadata = deployment["spec"], deployment["metadata"]
    template = copy.deepcopy(spec["template"])
    template["metadata"].setdefault("labels", {})["pod-template-hash"] = "newest"
    owner = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "name": metadata["name"],
        "uid": metadata["uid"],
        "controller": True,
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "ReplicaSet",
        "metadata": {
            "name": f"{metadata['name']}-newest",
            "namespace": metadata["namespace"],
            "uid": f"{metadata['uid']}-newest",
            "creationTimestamp": now(),
            "labels": template["metadata"]["labels"],
            "ownerReferences": [owner],
        },
        "spec": {
            "replicas": spec["replicas"],
            "selector": {"matchLabels": template["metadata"]["labels"]},
            "template": template,
        },
        "status": dict.fromkeys(("replicas", "readyReplicas", "availableReplicas"), spec["replicas"]),
    }


def now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _replicas(found: Object, fails: bool) -> Object:
    """What a Deployment and a StatefulSet both say of their pods."""
    wanted = found["spec"]["replicas"]
    ready = 0 if fails else wanted
    return {
        "observedGeneration": found["metadata"]["generation"],
        "replicas": wanted,
        "readyReplicas": ready,
        "availableReplicas": ready,
    }


def _deployment(found: Object, fails: bool) -> Object:
    status = _replicas(found, fails)
    return {
        **status,
        "updatedReplicas": status["replicas"],
        "unavailableReplicas": status["replicas"] - status["readyReplicas"],
        "conditions": [
            {"type": "Available", "status": "False" if fails else "True"},
            {"type": "Progressing", "status": "True", "reason": "NewReplicaSetAvailable"},
        ],
    }


def _stateful_set(found: Object, fails: bool) -> Object:
    status = _replicas(found, fails)
    ready = status["readyReplicas"]
    return {**status, "currentReplicas": ready, "updatedReplicas": ready, "currentRevision": "1", "updateRevision": "1"}


def _job(found: Object, fails: bool) -> Object:
    if fails:
        failed = {
            "type": "Failed",
            "status": "True",
            "reason": "BackoffLimitExceeded",
            "message": "its pods ended with an error",
        }
        return {"failed": 1, "startTime": now(), "conditions": [failed]}
    complete = {"type": "Complete", "status": "True"}
    return {"succeeded": 1, "startTime": now(), "completionTime": now(), "conditions": [complete]}


def _pod(found: Object, fails: bool) -> Object:
    ends = found["spec"].get("restartPolicy") == "Never"
    phase = "Failed" if fails else "Succeeded" if ends else "Running"
    return {"phase": phase, "conditions": [{"type": "Ready", "status": "False" if fails else "True"}]}


def _claim(found: Object, fails: bool) -> Object:
    return {"phase": "Pending" if fails else "Bound"}


_SETTLED: dict[str, Callable[[Object, bool], Object]] = {
    "Deployment": _deployment,
    "StatefulSet": _stateful_set,
    "Job": _job,
    "Pod": _pod,
    "PersistentVolumeClaim": _claim,
}
