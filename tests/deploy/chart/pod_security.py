"""Pods held against the Pod Security Standard "restricted", and two rules of our own.

https://kubernetes.io/docs/concepts/security/pod-security-standards/ has the standard; a rule here is a function that says
what is wrong with a pod, and with each of its containers whichever kind they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

Object = Mapping[str, Any]

_TEMPLATED = ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Job")
_VOLUMES = {
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "image",
    "persistentVolumeClaim",
    "projected",
    "secret",
}
_SYSCTLS = {
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.ping_group_range",
    "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_rmem",
    "net.ipv4.tcp_syncookies",
    "net.ipv4.tcp_wmem",
}
_SELINUX_TYPES = {None, "", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"}
_PROFILES = {"RuntimeDefault", "Localhost"}
_OWN_HOST = {None, "", "127.0.0.1", "::1", "localhost"}
_APP_ARMOR = "container.apparmor.security.beta.kubernetes.io/"


def pod_templates(found: Object) -> Iterator[Object]:
    """Whatever becomes pods in an object: things with `metadata` and `spec`."""
    kind = found.get("kind")
    if kind == "Pod":
        yield found
    elif kind == "CronJob":
        yield found["spec"]["jobTemplate"]["spec"]["template"]
    elif kind in _TEMPLATED:
        yield found["spec"]["template"]
    elif kind == "List":
        for item in found["items"]:
            yield from pod_templates(item)


def containers(spec: Object) -> Iterator[Object]:
    """All containers of a pod, of each kind."""
    for kind in ("initContainers", "containers", "ephemeralContainers"):
        yield from spec.get(kind) or ()


def problems_of_object(found: Object) -> list[str]:
    """Where an object falls short of the standard; "container api: allowPrivilegeEscalation is not false"."""
    return [problem for template in pod_templates(found) for problem in _problems(template)]


def own_problems_of_object(found: Object) -> list[str]:
    """Where it falls short of what we ask for besides: root file systems read-only, no token of the API server."""
    return [problem for template in pod_templates(found) for problem in _own_problems(template["spec"])]


def _problems(template: Object) -> Iterator[str]:
    spec = template["spec"]
    yield from _host_problems(spec)
    yield from _volume_problems(spec)
    for name, profile in ((template.get("metadata") or {}).get("annotations") or {}).items():
        if name.startswith(_APP_ARMOR) and profile != "runtime/default" and not profile.startswith("localhost/"):
            yield f"annotation {name} is {profile}"
    pod = spec.get("securityContext") or {}
    for sysctl in pod.get("sysctls") or ():
        if sysctl["name"] not in _SYSCTLS:
            yield f"sysctl {sysctl['name']} is not a safe one"
    for problem in _context_problems(pod):
        yield f"pod: {problem}"
    for container in containers(spec):
        for rule in _CONTAINER_RULES:
            for problem in rule(container, pod):
                yield f"container {container['name']}: {problem}"


def _own_problems(spec: Object) -> Iterator[str]:
    if spec.get("automountServiceAccountToken") is not False:
        yield "automountServiceAccountToken is not false"
    for container in containers(spec):
        if (container.get("securityContext") or {}).get("readOnlyRootFilesystem") is not True:
            yield f"container {container['name']}: readOnlyRootFilesystem is not true"


def _host_problems(spec: Object) -> Iterator[str]:
    yield from (f"{name} is set" for name in ("hostNetwork", "hostPID", "hostIPC") if spec.get(name))


def _volume_problems(spec: Object) -> Iterator[str]:
    for volume in spec.get("volumes") or ():
        # One without a type is an emptyDir.
        for kind in sorted(set(volume) - {"name"} - _VOLUMES):
            yield f"volume {volume['name']} is a {kind}"


def _context_problems(context: Object) -> Iterator[str]:
    """What neither a pod nor a container may say."""
    if context.get("runAsUser") == 0:
        yield "runAsUser is 0"
    if (context.get("windowsOptions") or {}).get("hostProcess"):
        yield "windowsOptions.hostProcess is set"
    selinux = context.get("seLinuxOptions") or {}
    if selinux.get("type") not in _SELINUX_TYPES:
        yield f"seLinuxOptions.type is {selinux['type']}"
    yield from (f"seLinuxOptions.{name} is set" for name in ("user", "role") if selinux.get(name))
    if (profile := (context.get("appArmorProfile") or {}).get("type")) not in {None, *_PROFILES}:
        yield f"appArmorProfile.type is {profile}"
    if (profile := (context.get("seccompProfile") or {}).get("type")) not in {None, *_PROFILES}:
        yield f"seccompProfile.type is {profile}"


def _security_context(container: Object, pod: Object) -> Iterator[str]:
    own = container.get("securityContext") or {}
    yield from _context_problems(own)
    if own.get("privileged"):
        yield "privileged is set"
    if own.get("allowPrivilegeEscalation") is not False:
        yield "allowPrivilegeEscalation is not false"
    if own.get("procMount") not in {None, "", "Default"}:
        yield f"procMount is {own['procMount']}"
    # A container's own word goes before the pod's.
    if own.get("runAsNonRoot", pod.get("runAsNonRoot")) is not True:
        yield "runAsNonRoot is not true"
    if (own.get("seccompProfile") or pod.get("seccompProfile") or {}).get("type") not in _PROFILES:
        yield "seccompProfile.type is not RuntimeDefault or Localhost"


def _capabilities(container: Object, pod: Object) -> Iterator[str]:
    capabilities = (container.get("securityContext") or {}).get("capabilities") or {}
    if "ALL" not in (capabilities.get("drop") or ()):
        yield "capabilities.drop is without ALL"
    for added in set(capabilities.get("add") or ()) - {"NET_BIND_SERVICE"}:
        yield f"capabilities.add has {added}"


def _ports(container: Object, pod: Object) -> Iterator[str]:
    yield from (f"hostPort is {port['hostPort']}" for port in container.get("ports") or () if port.get("hostPort"))


def _probes(container: Object, pod: Object) -> Iterator[str]:
    handlers = [container.get(name) or {} for name in ("livenessProbe", "readinessProbe", "startupProbe")]
    handlers += [one or {} for one in (container.get("lifecycle") or {}).values() if not isinstance(one, str)]
    for handler in handlers:
        for kind in ("httpGet", "tcpSocket"):
            if (host := (handler.get(kind) or {}).get("host")) not in _OWN_HOST:
                yield f"{kind}.host of a probe or hook is {host}"


_CONTAINER_RULES: tuple[Callable[[Object, Object], Iterator[str]], ...] = (
    _security_context,
    _capabilities,
    _ports,
    _probes,
)
