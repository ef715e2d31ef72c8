"""The chart, rendered by helm as it is, with the sets of values in its folder ci or with some of one's own."""

from __future__ import annotations

import copy
import hashlib
import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from tests.deploy.chart.kubernetes_schemas import NEWEST

ROOT = Path(__file__).resolve().parents[3]
CHART = ROOT / "helm" / "goqueue"
TOOLS = ROOT / ".tools"
VALUES_FILES = sorted((CHART / "ci").glob("*.yaml"))
MINIMAL = CHART / "ci" / "minimal-values.yaml"
FULL = CHART / "ci" / "full-values.yaml"
HELMS = ("helm4", "helm3")
RELEASE, NAMESPACE = "shop", "goqueue"

Object = dict[str, Any]
Values = Path | Mapping[str, Any]


class Refused(Exception):
    """Helm did not render the chart; the message is what it said."""


class Renderer:
    """Renders, each thing once; `folder` is for values that are in no file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[tuple[str, ...], list[Object] | Refused] = {}

    def __call__(
        self,
        values: Values,
        *more: Values,
        helm: str = HELMS[0],
        kubernetes: str = NEWEST,
        is_upgrade: bool = False,
        release: str = RELEASE,
    ) -> list[Object]:
        """The objects of these values, the later going first; those of tests and hooks, too. Raises Refused.

        Values that are given as a map alone are added to the least there can be, MINIMAL.
        """
        chosen = [MINIMAL, values, *more] if isinstance(values, Mapping) else [values, *more]
        files = [self._file(one) for one in chosen]
        words = ["template", release, str(CHART), "--namespace", NAMESPACE, "--kube-version", kubernetes]
        words += [word for file in files for word in ("--values", str(file))] + ["--is-upgrade"] * is_upgrade
        key = (helm, *words)
        if key not in self._known:
            self._known[key] = _rendered(helm, words)
        found = self._known[key]
        if isinstance(found, Refused):
            raise found
        return copy.deepcopy(found)

    def refusal(self, values: Values, *, helm: str = HELMS[0]) -> str:
        """What helm says as it refuses these values."""
        try:
            self(values, helm=helm)
        except Refused as refusal:
            return str(refusal)
        raise AssertionError(f"{helm} rendered {values}")

    def _file(self, values: Values) -> Path:
        if isinstance(values, Path):
            return values
        text = yaml.safe_dump(dict(values))
        path = self._folder / f"{hashlib.sha256(text.encode()).hexdigest()[:16]}.yaml"
        path.write_text(text)
        return path


def run_helm(
    helm: str, words: Sequence[str], environment: Mapping[str, str] | None = None, seconds: float = 60.0
) -> subprocess.CompletedProcess[str]:
    """Run "helm3" or "helm4" with a home of its own, so that nothing of this machine's is read or changed."""
    home = {f"HELM_{name}_HOME": str(TOOLS / f"{helm}-home" / name.lower()) for name in ("CACHE", "CONFIG", "DATA")}
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("HELM_", "KUBE"))}
    return subprocess.run(
        [str(TOOLS / helm), *words],
        env={**plain, **home, **(environment or {})},
        check=False,
        capture_output=True,
        text=True,
        timeout=seconds,
    )


def overlaid(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Both together, as helm does it; but a null stays one, so that it can be judged."""
    both = dict(below)
    for name, value in above.items():
        under = both.get(name)
        both[name] = overlaid(under, value) if isinstance(under, dict) and isinstance(value, dict) else value
    return both


def one(objects: Sequence[Object], kind: str, name: str) -> Object:
    """The object of this kind whose name ends so, after that of the release."""
    found = [one for one in objects if one["kind"] == kind and one["metadata"]["name"].endswith(f"goqueue-{name}")]
    assert len(found) == 1, f"{kind} {name}: {[one['metadata']['name'] for one in objects if one['kind'] == kind]}"
    return found[0]


def of_kind(objects: Sequence[Object], *kinds: str) -> Iterator[Object]:
    return (one for one in objects if one["kind"] in kinds)


def words_of(found: Object) -> str:
    """Such as "Deployment/shop-goqueue-api"."""
    return f"{found['kind']}/{found['metadata']['name']}"


def _rendered(helm: str, words: Sequence[str]) -> list[Object] | Refused:
    answer = run_helm(helm, words)
    if answer.returncode != 0:
        return Refused(answer.stderr)
    return [found for found in yaml.load_all(answer.stdout, _Loader) if found]


class _Loader(yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader):  # type: ignore[misc]
    """Refuses an object that has a key twice, of which helm would keep one without a word."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        names = [key.value for key, _ in node.value]
        assert len(names) == len(set(names)), f"a key twice in {names}"
        found: dict[Any, Any] = super().construct_mapping(node, deep)
        return found
