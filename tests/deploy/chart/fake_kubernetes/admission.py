"""What an API server refuses: faults of an object, changes of what cannot change, pods that their namespace forbids."""

from __future__ import annotations

import re
from typing import Any

from tests.deploy.chart.kubernetes_schemas import KubernetesSchemas, UnknownKind
from tests.deploy.chart.pod_security import problems_of_object

Object = dict[str, Any]
LEVEL = "pod-security.kubernetes.io/enforce"
_NAME = re.compile(r"[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?")
_SELECTING = ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet")


class Refused(Exception):
    """The answer is a Status of failure."""

    def __init__(self, code: int, reason: str, message: str) -> None:
        super().__init__(message)
        self.code, self.reason, self.message = code, reason, message


class Admission:
    """Decides by the schemas of a minor version."""

    def __init__(self, schemas: KubernetesSchemas) -> None:
        self._schemas = schemas

    def check(self, found: Object, old: Object | None) -> None:
        """Raises Refused: 422."""
        faults = [*self._faults(found), *_changes_of_what_cannot_change(found, old)]
        if faults:
            name = found["metadata"].get("name")
            raise Refused(422, "Invalid", f'{found["kind"]} "{name}" is invalid: {"; ".join(faults)}')

    def check_pods(self, found: Object, namespace: Object) -> None:
        """Raises Refused: 403. A real server takes a Deployment and refuses its pods, which nobody could wait for here."""
        level = (namespace["metadata"].get("labels") or {}).get(LEVEL, "privileged")
        faults = problems_of_object(found) if level == "restricted" else []
        if faults:
            message = f'"{found["metadata"]["name"]}" is forbidden: violates PodSecurity "{level}": {", ".join(faults)}'
            raise Refused(403, "Forbidden", message)

    def _faults(self, found: Object) -> list[str]:
        try:
            faults = self._schemas.problems({name: value for name, value in found.items() if name != "status"})
        except UnknownKind:  # a custom resource
            faults = []
        if not _NAME.fullmatch(found["metadata"].get("name", "")):
            faults.append("metadata.name: not a name of DNS")
        spec = found.get("spec") or {}
        if found["kind"] in _SELECTING and not faults:
            labels = spec["template"].get("metadata", {}).get("labels") or {}
            if not (spec["selector"].get("matchLabels") or {}).items() <= labels.items():
                faults.append("spec.template.metadata.labels: `selector` does not match template `labels`")
        if (
            found["kind"] == "Job"
            and not faults
            and spec["template"]["spec"].get("restartPolicy") not in ("Never", "OnFailure")
        ):
            faults.append("spec.template.spec.restartPolicy: must be Never or OnFailure")
        return faults


def _changes_of_what_cannot_change(found: Object, old: Object | None) -> list[str]:
    if old is None:
        return []
    fields = {"Job": ("template", "completions"), "StatefulSet": ("selector", "serviceName", "volumeClaimTemplates")}
    kept = fields.get(found["kind"], ("selector",) if found["kind"] in _SELECTING else ())
    faults = [f"spec.{name}: field is immutable" for name in kept if found["spec"].get(name) != old["spec"].get(name)]
    if old.get("immutable") and found.get("data") != old.get("data"):
        faults.append("data: field is immutable when `immutable` is set")
    return faults
