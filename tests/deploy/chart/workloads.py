"""What the chart's objects say of pods: which they make, and which they choose."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tests.deploy.chart.helm_chart import Object, of_kind, words_of
from tests.deploy.chart.pod_security import containers, pod_templates

WORKLOADS = ("Deployment", "StatefulSet")


def pods(objects: Sequence[Object]) -> Iterator[tuple[Object, Object]]:
    """(object, template of the pod) of everything that makes pods."""
    for found in objects:
        for template in pod_templates(found):
            yield found, dict(template)


def all_containers(objects: Sequence[Object]) -> Iterator[tuple[str, Object]]:
    """("Deployment/x: name", container), initial ones too."""
    for found, template in pods(objects):
        for container in containers(template["spec"]):
            yield f"{words_of(found)}: {container['name']}", dict(container)


def main_container(found: Object) -> Object:
    """The first of a workload, which is ours."""
    first: Object = found["spec"]["template"]["spec"]["containers"][0]
    return first


def environment(container: Object) -> dict[str, Any]:
    """Name -> value, or where it comes from."""
    return {entry["name"]: entry.get("value", entry.get("valueFrom")) for entry in container.get("env") or ()}


def chosen(objects: Sequence[Object], labels: Mapping[str, str]) -> list[str]:
    """Names of the workloads whose pods have these labels."""
    return [
        words_of(found)
        for found in of_kind(objects, *WORKLOADS)
        if labels.items() <= found["spec"]["template"]["metadata"]["labels"].items()
    ]


def scaled(objects: Sequence[Object]) -> list[str]:
    """Names of the Deployments of which something else says how many pods there are."""
    targets = [found["spec"]["scaleTargetRef"] for found in of_kind(objects, "HorizontalPodAutoscaler", "ScaledObject")]
    return [f"{target.get('kind', 'Deployment')}/{target['name']}" for target in targets]
