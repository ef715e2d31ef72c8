"""Helm and kubectl, for real, against the fake API server."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tests.deploy.chart.fake_kubernetes.server import FakeKubernetes
from tests.deploy.chart.helm_chart import CHART, NAMESPACE, RELEASE, TOOLS, run_helm, words_of

_SECONDS = "30s"
_OF_HELM = "helm.sh/release.v1"


class Cluster:
    """A fake cluster, and a helm that installs into it."""

    def __init__(self, kubernetes: FakeKubernetes, folder: Path, helm: str) -> None:
        self.kubernetes = kubernetes
        self._folder = folder
        self._helm = helm
        self._kubeconfig = kubernetes.write_kubeconfig(folder / "kubeconfig")
        self._seen = 0

    def helm(self, verb: str, *words: str) -> subprocess.CompletedProcess[str]:
        """Run it on the release, waiting for what it does."""
        environment = {"KUBECONFIG": str(self._kubeconfig)}
        return run_helm(self._helm, [verb, RELEASE, *words, "--namespace", NAMESPACE], environment)

    def install(self, values: Path, *words: str, chart: Path = CHART) -> str:
        """Install the chart; what helm says."""
        return said(self.helm("install", str(chart), "--values", str(values), "--wait", "--timeout", _SECONDS, *words))

    def upgrade(self, values: Path, *words: str) -> subprocess.CompletedProcess[str]:
        """Upgrade to the chart with these values; whether it works or not."""
        return self.helm("upgrade", str(CHART), "--values", str(values), "--wait", "--timeout", _SECONDS, *words)

    def kubectl(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run kubectl on the cluster."""
        return self._run([str(TOOLS / "kubectl"), *words], self._folder, os.environ["PATH"])

    def shell(self, script: str, folder: Path) -> subprocess.CompletedProcess[str]:
        """Run a script there that calls `helm` and `kubectl`."""
        found = self._folder / "bin"
        found.mkdir(exist_ok=True)
        for name, tool in (("helm", self._helm), ("kubectl", "kubectl")):
            (found / name).unlink(missing_ok=True)
            (found / name).symlink_to(TOOLS / tool)
        return self._run(["bash", "-euo", "pipefail", "-c", script], folder, f"{found}:{os.environ['PATH']}")

    def _run(self, words: Sequence[str], folder: Path, path: str) -> subprocess.CompletedProcess[str]:
        known = {"KUBECONFIG": str(self._kubeconfig), "KUBECACHEDIR": str(self._folder / "kubectl"), "PATH": path}
        return subprocess.run(
            words, cwd=folder, env={**os.environ, **known}, check=False, capture_output=True, text=True, timeout=120
        )

    def names(self) -> set[str]:
        """Of all objects, but for what helm keeps of its releases."""
        return {words_of(found) for found in self.kubernetes.objects() if found.get("type") != _OF_HELM}

    def replicas(self, deployment: str) -> int:
        found = {found["metadata"]["name"]: found for found in self.kubernetes.objects("Deployment")}
        number: int = found[deployment]["spec"]["replicas"]
        return number

    def secrets(self) -> list[dict[str, Any]]:
        """What is in each Secret, encoded as it is; but for helm's own."""
        return [found["data"] for found in self.kubernetes.objects("Secret") if found["type"] != _OF_HELM]

    def images(self) -> dict[str, str]:
        """Name of each Deployment -> image of its first container."""
        return {
            found["metadata"]["name"]: found["spec"]["template"]["spec"]["containers"][0]["image"]
            for found in self.kubernetes.objects("Deployment")
        }

    def news(self) -> list[str]:
        """What has happened since the last look: "ADDED Job/x", in order."""
        changes = self.kubernetes.api.storage.changes
        new = [change.words for change in changes[self._seen :] if change.found.get("type") != _OF_HELM]
        self._seen = len(changes)
        return new


MakeCluster = Callable[..., Cluster]


def said(answer: subprocess.CompletedProcess[str]) -> str:
    """What a command said that must have worked."""
    assert answer.returncode == 0, answer.stdout[-2000:] + answer.stderr[-2000:]
    return answer.stdout
