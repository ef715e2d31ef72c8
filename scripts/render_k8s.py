"""Render k8s/base and k8s/components from the Helm chart with k8s/values.yaml, so that nobody writes a manifest twice.

`--check` writes nothing and only says whether all is up to date. Helm is that of HELM, of .tools (make deploy-tools) or of
PATH; with none of them nothing is done, and said so.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "k8s"
CHART = ROOT / "helm" / "goqueue"
HEADER = "# Rendered from helm/goqueue by scripts/render_k8s.py: do not edit.\n"
NAMESPACE = "goqueue"
# Of the component by which an object is labelled: its file.
FILES = {
    "service-account": "10-service-account",
    "migrations": "20-migrations",
    "api": "30-api",
    "worker": "40-worker",
    "scheduler": "50-scheduler",
    "dashboard": "60-dashboard",
}
# Parts to choose in an overlay: what switches them on, and which kinds they are then.
COMPONENTS: Mapping[str, tuple[Sequence[str], Sequence[str]]] = {
    "monitoring": (
        [f"monitoring.{name}.enabled=true" for name in ("serviceMonitor", "podMonitor", "prometheusRule")],
        ["ServiceMonitor", "PodMonitor", "PrometheusRule"],
    ),
    "network-policy": (["networkPolicy.enabled=true"], ["NetworkPolicy"]),
    "stores": (
        [f"{store}.{value}" for store in ("postgresql", "redis") for value in ("bundled.enabled=true", "existingSecret=")],
        ["StatefulSet", "Service"],
    ),
}
OF_HELM = ("helm.sh/chart", "app.kubernetes.io/managed-by")

Object = dict[str, Any]


def main(argv: list[str] | None = None) -> int:
    """0 all files are right (or were written, or there is no helm), 1 one is out of date."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when a file is out of date")
    check = parser.parse_args(argv).check
    helm = find_helm()
    if helm is None:
        print("k8s: not rendered, because there is no helm here: make deploy-tools")
        return 0
    files = rendered(helm)
    present = {path for part in ("base", "components") for path in (FOLDER / part).rglob("*.yaml")}
    stale = [path for path, text in files.items() if path not in present or path.read_text(encoding="utf-8") != text]
    for path in [*stale, *sorted(present - files.keys())]:
        if check:
            print(f"{path.relative_to(ROOT)}: out of date; run scripts/render_k8s.py", file=sys.stderr)
        elif path in files:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(files[path], encoding="utf-8")
            print(f"{path.relative_to(ROOT)}: written")
        else:
            path.unlink()
            print(f"{path.relative_to(ROOT)}: removed")
    return 1 if check and (stale or present - files.keys()) else 0


def find_helm() -> str | None:
    """The path of a helm."""
    fetched = ROOT / ".tools" / "helm4"
    return os.environ.get("HELM") or (str(fetched) if fetched.exists() else shutil.which("helm"))


def rendered(helm: str) -> dict[Path, str]:
    """Every file of k8s/base and k8s/components."""
    files = {"00-namespace": [namespace()]}
    base = template(helm, [])
    for component, name in FILES.items():
        files[name] = [found for found in base if component_of(found) == component]
    assert sum(map(len, files.values())) == len(base) + 1, "every object has a file: a component is missing in FILES"
    result = folder(FOLDER / "base", files, {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization"})
    # What the base has already is none of a component's.
    known = {(found["kind"], found["metadata"]["name"]) for found in base}
    for part, (switches, kinds) in COMPONENTS.items():
        objects = [
            found
            for found in template(helm, switches)
            if found["kind"] in kinds and (found["kind"], found["metadata"]["name"]) not in known
        ]
        head = {"apiVersion": "kustomize.config.k8s.io/v1alpha1", "kind": "Component"}
        result |= folder(FOLDER / "components" / part, {part: objects}, head)
    return result


def folder(place: Path, files: Mapping[str, Iterable[Object]], head: Object) -> dict[Path, str]:
    """The files of one folder, and the kustomization.yaml that names them."""
    texts = {f"{name}.yaml": HEADER + "---\n".join(map(dumped, objects)) for name, objects in files.items()}
    texts["kustomization.yaml"] = HEADER + dumped({**head, "resources": sorted(texts)})
    return {place / name: text for name, text in texts.items()}


def template(helm: str, switches: Sequence[str]) -> list[Object]:
    """The chart's objects as anybody may apply them: without tests, and without a word about helm; in a fixed order."""
    words = [word for switch in switches for word in ("--set", switch)]
    command = [helm, "template", "goqueue", str(CHART), "--namespace", NAMESPACE, "--skip-tests"]
    answer = subprocess.run(
        [*command, "--values", str(FOLDER / "values.yaml"), *words], check=False, capture_output=True, text=True
    )
    if answer.returncode != 0:
        sys.exit(f"helm cannot render the chart with k8s/values.yaml:\n{answer.stderr}")
    objects = [found for found in yaml.safe_load_all(answer.stdout) if found]
    for found in objects:
        without_helm(found)
    return sorted(objects, key=lambda found: (found["kind"], found["metadata"]["name"]))


def without_helm(value: Any) -> None:
    """Take out labels and annotations that only helm reads, wherever they are."""
    if isinstance(value, dict):
        for name in ("labels", "annotations"):
            words = value.get(name)
            if isinstance(words, dict):
                for word in [word for word in words if word in OF_HELM or word.startswith("helm.sh/")]:
                    del words[word]
        for one in value.values():
            without_helm(one)
    elif isinstance(value, list):
        for one in value:
            without_helm(one)


def namespace() -> Object:
    """Where all of it is, and what its pods may not do."""
    levels = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "audit", "warn")}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE, "labels": levels}}


def component_of(found: Object) -> str:
    """By its label."""
    return str(found["metadata"].get("labels", {}).get("app.kubernetes.io/component", ""))


class _Dumper(yaml.SafeDumper):
    """Writes text of several lines as such, and no anchors."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)


_Dumper.add_representer(str, _text)


def dumped(found: Object) -> str:
    """An object as YAML, its members in their own order."""
    return yaml.dump(found, Dumper=_Dumper, sort_keys=False, width=120)


if __name__ == "__main__":
    sys.exit(main())
