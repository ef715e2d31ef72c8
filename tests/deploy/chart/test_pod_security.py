"""Every pod, that of a hook or a test too, is "restricted" as Pod Security means it; the checker sees who is not."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.deploy.chart.helm_chart import Object, Renderer, words_of
from tests.deploy.chart.pod_security import own_problems_of_object, pod_templates, problems_of_object

POD: Object = {
    "kind": "Pod",
    "metadata": {"name": "good", "annotations": {}},
    "spec": {
        "automountServiceAccountToken": False,
        "securityContext": {"runAsNonRoot": True, "runAsUser": 10001, "seccompProfile": {"type": "RuntimeDefault"}},
        "containers": [
            {
                "name": "main",
                "ports": [{"containerPort": 8080}],
                "livenessProbe": {"httpGet": {"path": "/", "port": 8080}},
                "securityContext": {
                    "allowPrivilegeEscalation": False,
                    "readOnlyRootFilesystem": True,
                    "capabilities": {"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]},
                },
            }
        ],
        "volumes": [{"name": "tmp", "emptyDir": {}}, {"name": "scratch"}, {"name": "files", "configMap": {"name": "x"}}],
    },
}


@pytest.mark.parametrize("is_upgrade", [False, True], ids=["install", "upgrade"])
def test_every_pod_is_restricted(render: Renderer, values_file: Path, is_upgrade: bool) -> None:
    objects = render(values_file, is_upgrade=is_upgrade)
    assert any(list(pod_templates(found)) for found in objects)
    faults = {words_of(found): problems_of_object(found) + own_problems_of_object(found) for found in objects}
    assert {name: found for name, found in faults.items() if found} == {}


def test_a_good_pod_is_good() -> None:
    assert problems_of_object(POD) + own_problems_of_object(POD) == []


Change = Callable[[Any, Any], None]


def set_in(place: str, value: object) -> Change:
    """A change of a pod, or of its container where the place begins with "main."."""

    def change(pod: Any, main: Any) -> None:
        *ways, last = place.removeprefix("main.").split(".")
        found = main if place.startswith("main.") else pod
        for way in ways:
            found = found.setdefault(way, {})
        if value is None:
            del found[last]
        else:
            found[last] = value

    return change


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param(change, said, id=said)
        for change, said in [
            (set_in("spec.hostNetwork", True), "hostNetwork is set"),
            (set_in("spec.hostPID", True), "hostPID is set"),
            (set_in("spec.hostIPC", True), "hostIPC is set"),
            (set_in("spec.volumes", [{"name": "host", "hostPath": {"path": "/"}}]), "volume host is a hostPath"),
            (set_in("spec.securityContext.runAsNonRoot", None), "container main: runAsNonRoot is not true"),
            (set_in("main.securityContext.runAsNonRoot", False), "container main: runAsNonRoot is not true"),
            (set_in("spec.securityContext.runAsUser", 0), "pod: runAsUser is 0"),
            (set_in("main.securityContext.runAsUser", 0), "container main: runAsUser is 0"),
            (set_in("spec.securityContext.seccompProfile", None), "seccompProfile.type is not RuntimeDefault or Localhost"),
            (set_in("main.securityContext.seccompProfile", {"type": "Unconfined"}), "seccompProfile.type is Unconfined"),
            (set_in("main.securityContext.allowPrivilegeEscalation", None), "allowPrivilegeEscalation is not false"),
            (set_in("main.securityContext.privileged", True), "privileged is set"),
            (set_in("main.securityContext.procMount", "Unmasked"), "procMount is Unmasked"),
            (set_in("main.securityContext.capabilities.drop", ["NET_RAW"]), "capabilities.drop is without ALL"),
            (set_in("main.securityContext.capabilities.add", ["SYS_TIME"]), "capabilities.add has SYS_TIME"),
            (set_in("main.securityContext.windowsOptions", {"hostProcess": True}), "windowsOptions.hostProcess is set"),
            (set_in("main.securityContext.appArmorProfile", {"type": "Unconfined"}), "appArmorProfile.type is Unconfined"),
            (set_in("spec.securityContext.seLinuxOptions", {"type": "spc_t"}), "seLinuxOptions.type is spc_t"),
            (set_in("main.securityContext.seLinuxOptions", {"user": "root"}), "seLinuxOptions.user is set"),
            (set_in("spec.securityContext.sysctls", [{"name": "kernel.msgmax"}]), "sysctl kernel.msgmax is not a safe one"),
            (set_in("main.ports", [{"containerPort": 80, "hostPort": 80}]), "hostPort is 80"),
            (set_in("main.livenessProbe.httpGet.host", "10.0.0.1"), "httpGet.host of a probe or hook is 10.0.0.1"),
            (set_in("main.lifecycle", {"preStop": {"tcpSocket": {"host": "x"}}}), "tcpSocket.host of a probe or hook is x"),
            (set_in("main.securityContext.readOnlyRootFilesystem", None), "readOnlyRootFilesystem is not true"),
            (set_in("spec.automountServiceAccountToken", None), "automountServiceAccountToken is not false"),
            (
                set_in("metadata.annotations", {"container.apparmor.security.beta.kubernetes.io/main": "unconfined"}),
                "kubernetes.io/main is unconfined",
            ),
        ]
    ],
)
@pytest.mark.parametrize("kind", ["containers", "initContainers", "ephemeralContainers"])
def test_a_fault_is_seen_in_a_container_of_each_kind(change: Change, said: str, kind: str) -> None:
    pod = copy.deepcopy(POD)
    main = copy.deepcopy(pod["spec"]["containers"][0])
    pod["spec"]["containers"][0]["name"] = "other"
    pod["spec"].setdefault(kind, []).append(main)
    change(pod, main)
    assert [problem for problem in problems_of_object(pod) + own_problems_of_object(pod) if said in problem]


@pytest.mark.parametrize(
    "wrapped",
    [
        pytest.param(
            {"kind": "Deployment", "spec": {"template": {"spec": {"hostPID": True, "containers": []}}}}, id="deployment"
        ),
        pytest.param(
            {
                "kind": "CronJob",
                "spec": {"jobTemplate": {"spec": {"template": {"spec": {"hostPID": True, "containers": []}}}}},
            },
            id="cronjob",
        ),
        pytest.param({"kind": "List", "items": [{"kind": "Pod", "spec": {"hostPID": True, "containers": []}}]}, id="list"),
    ],
)
def test_pods_are_found_wherever_they_are(wrapped: Object) -> None:
    assert "hostPID is set" in problems_of_object(wrapped)
