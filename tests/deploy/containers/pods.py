"""A small kubelet: pods that the chart renders, as containers of a Docker engine.

With their users, read-only roots, environment, volumes, memory, init containers, probes and the way they end; a name of a
Service leads to its pods. What a container engine is not asked for here, it does not do: nothing is started again.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from tests.deploy.chart.helm_chart import NAMESPACE, Object, of_kind
from tests.deploy.containers.engine import CommandFailed, Engine
from tests.deploy.containers.volumes import Volumes
from tests.processes import eventually

CHART_DASHBOARD: Final = 3002
"""Where the dashboard of the chart is published in the engine."""
_NETWORK: Final = "pods"
_READY_SECONDS: Final = 300.0
_PROBE = """
import sys, urllib.error, urllib.request
try:
    print(urllib.request.urlopen("http://127.0.0.1:" + sys.argv[1], timeout=5).status)
except (urllib.error.HTTPError, OSError) as error:
    print(getattr(error, "code", error))
"""


class Pod:
    """One, of one container; `name` is that of the container, too."""

    def __init__(self, kubelet: Kubelet, name: str, spec: Mapping[str, Any], volumes: Volumes) -> None:
        self.name = name
        self.spec = spec
        self.volumes = volumes
        self._engine = kubelet.engine
        (self.container,) = spec["containers"]

    def execute(self, *words: str) -> str:
        """What a command prints in its container."""
        return self._engine.docker("exec", self.name, *words)

    def passes(self, probe: str) -> bool:
        """Whether it would pass "readinessProbe", "livenessProbe" or "startupProbe" now, as a pod without one does."""
        asked = self.container.get(probe)
        if asked is None:
            return True
        if "exec" in asked:
            return self._has_worked(asked["exec"]["command"])
        ports = {port["name"]: port["containerPort"] for port in self.container["ports"]}
        wanted = f"{ports[asked['httpGet']['port']]}{asked['httpGet']['path']}"
        if self.container["name"] == "dashboard":
            return self._has_worked(["wget", "-q", "-O", "/dev/null", f"http://127.0.0.1:{wanted}"])
        return self.execute("python", "-c", _PROBE, wanted).strip() == "200"

    def is_ready(self) -> bool:
        """Whether its Service would lead to it."""
        return self.is_running() and self.passes("startupProbe") and self.passes("readinessProbe")

    def is_running(self) -> bool:
        return self._state("Running") == "true"

    def wait_until_ready(self) -> None:
        def looks_ready() -> bool:
            assert self.is_running(), f"{self.name} ended with {self._state('ExitCode')}\n{self.log()}"
            return self.is_ready()

        eventually(looks_ready, f"{self.name} is ready", _READY_SECONDS)

    def end(self) -> int:
        """Have it end as Kubernetes does: preStop, SIGTERM, SIGKILL when the grace period is over; its exit status."""
        hook = self.container.get("lifecycle", {}).get("preStop", {}).get("exec", {}).get("command", ["true"])
        self.execute(*hook)
        seconds = self.spec["terminationGracePeriodSeconds"]
        self._engine.docker("stop", "--time", str(seconds), self.name, timeout=seconds + 30.0)
        return int(self._state("ExitCode"))

    def wait(self) -> int:
        """The exit status of one that ends by itself."""
        return int(self._engine.docker("wait", self.name, timeout=_READY_SECONDS))

    def log(self) -> str:
        return self._engine.run(["sh", "-c", 'exec docker logs "$0" 2>&1', self.name])

    def _state(self, member: str) -> str:
        return self._engine.docker("inspect", "--format", f"{{{{.State.{member}}}}}", self.name).strip()

    def _has_worked(self, words: Sequence[str]) -> bool:
        try:
            self.execute(*words)
        except CommandFailed:
            return False
        return True


class Kubelet:
    """Runs the pods of some objects. folder: for volumes."""

    def __init__(self, engine: Engine, objects: Iterable[Object], folder: Path) -> None:
        self.engine = engine
        self.objects = list(objects)
        self._folder = folder
        self._started = 0
        engine.docker("network", "create", _NETWORK)

    def find(self, kind: str, name: str) -> Object:
        """The object of this kind and name."""
        (found,) = [one for one in of_kind(self.objects, kind) if one["metadata"]["name"] == name]
        return found

    def start(self, kind: str, name: str, *options: str) -> Pod:
        """A pod of a Deployment, StatefulSet, Job or Pod, once its init containers have ended; options of `docker run`."""
        owner = self.find(kind, name)
        template = owner if kind == "Pod" else owner["spec"]["template"]
        spec, labels = template["spec"], template["metadata"]["labels"]
        claims = [claim["metadata"]["name"] for claim in owner["spec"].get("volumeClaimTemplates", [])]
        self._started += 1
        called = f"{name}-{self._started}"
        kept = self._folder / "claims" / name
        pod = Pod(self, called, spec, Volumes(spec, claims, self.find, self._folder / called, kept))
        for container in spec.get("initContainers", []):
            words = self._words(pod, container)
            self.engine.docker("run", "--rm", *words, timeout=_READY_SECONDS)
        named = [word for alias in self._aliases(labels) for word in ("--network-alias", alias)]
        self.engine.docker("run", "--detach", "--name", called, *named, *options, *self._words(pod, pod.container))
        return pod

    def _words(self, pod: Pod, container: Mapping[str, Any]) -> list[str]:
        """For `docker run`: options, image, command."""
        of_pod, own = pod.spec["securityContext"], container["securityContext"]
        assert own["allowPrivilegeEscalation"] is False
        assert own["readOnlyRootFilesystem"] is True
        assert own["capabilities"] == {"drop": ["ALL"]}
        words = ["--pull", "never", "--network", _NETWORK, "--read-only", "--cap-drop", "ALL"]
        words += ["--security-opt", "no-new-privileges:true", "--group-add", str(of_pod["fsGroup"])]
        words += ["--user", f"{of_pod['runAsUser']}:{of_pod['runAsGroup']}"]
        words += ["--memory", container["resources"]["limits"]["memory"].replace("i", "").lower()]
        if "workingDir" in container:
            words += ["--workdir", container["workingDir"]]
        environment = self._environment(container)
        words += [word for name, value in environment.items() for word in ("--env", f"{name}={value}")]
        words += pod.volumes.options(container["volumeMounts"])
        command = [_expanded(word, environment) for word in container.get("command", [])]
        if command:
            words += ["--entrypoint", command[0]]
        return [*words, container["image"], *command[1:], *container.get("args", [])]

    def _environment(self, container: Mapping[str, Any]) -> dict[str, str]:
        assert "envFrom" not in container
        found: dict[str, str] = {}
        for entry in container["env"]:
            if "value" in entry:
                found[entry["name"]] = _expanded(entry["value"], found)
                continue
            source = entry["valueFrom"]["secretKeyRef"]
            found[entry["name"]] = base64.b64decode(self.find("Secret", source["name"])["data"][source["key"]]).decode()
        return found

    def _aliases(self, labels: Mapping[str, str]) -> list[str]:
        """Names of the Services that lead to a pod with these labels, in full."""
        return [
            f"{service['metadata']['name']}{end}"
            for service in of_kind(self.objects, "Service")
            if service["spec"]["selector"].items() <= labels.items()
            for end in ("", f".{NAMESPACE}", f".{NAMESPACE}.svc", f".{NAMESPACE}.svc.cluster.local")
        ]


def _expanded(text: str, environment: Mapping[str, str]) -> str:
    """The text with each $(NAME) replaced, as Kubernetes does."""
    return re.sub(r"\$\((\w+)\)", lambda found: environment[found[1]], text)
