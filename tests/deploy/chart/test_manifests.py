"""k8s/: rendered from the chart, what Kubernetes takes, and what kubectl applies."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.deploy.chart.cluster import MakeCluster, said
from tests.deploy.chart.helm_chart import ROOT, Object, of_kind, words_of
from tests.deploy.chart.kubernetes_schemas import NEWEST, OLDEST, kubernetes_schemas
from tests.deploy.chart.pod_security import own_problems_of_object, problems_of_object
from tests.deploy.chart.test_objects import references
from tests.deploy.chart.test_schemas import is_custom
from tests.deploy.chart.workloads import all_containers, chosen, environment, main_container, pods

K8S = ROOT / "k8s"
OVERLAYS = sorted((K8S / "overlays").iterdir())
COMPONENTS = sorted((K8S / "components").iterdir())
GENERATORS = ("render_k8s", "generate_chart_readme")


@pytest.fixture(params=OVERLAYS, ids=lambda path: path.name)
def overlay(request: pytest.FixtureRequest) -> Path:
    found: Path = request.param
    return found


@pytest.fixture(scope="session")
def everything_chosen(tools: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Object]:
    """The base with all components."""
    folder = tmp_path_factory.mktemp("overlay")
    names = {"resources": [K8S / "base"], "components": COMPONENTS}
    document = {kind: [os.path.relpath(path, folder.resolve()) for path in paths] for kind, paths in names.items()}
    (folder / "kustomization.yaml").write_text(yaml.safe_dump(document))
    return kustomized(tools, folder)


@pytest.mark.parametrize("script", GENERATORS)
@pytest.mark.usefixtures("tools")
def test_what_is_rendered_is_up_to_date(script: str) -> None:
    command = [sys.executable, str(ROOT / "scripts" / f"{script}.py"), "--check"]
    answer = subprocess.run(command, check=False, capture_output=True, text=True)
    assert (answer.returncode, answer.stderr) == (0, "")


@pytest.mark.parametrize("kubernetes", [OLDEST, NEWEST])
def test_kubernetes_knows_every_object(tools: Path, overlay: Path, kubernetes: str) -> None:
    faults = {words_of(found): kubernetes_schemas(kubernetes).problems(found) for found in kustomized(tools, overlay)}
    assert {name: found for name, found in faults.items() if found} == {}


def test_components_are_known_too(everything_chosen: list[Object]) -> None:
    kinds = {found["kind"] for found in everything_chosen}
    assert {"NetworkPolicy", "PodMonitor", "PrometheusRule", "ServiceMonitor", "StatefulSet"} <= kinds
    for found in everything_chosen:
        assert is_custom(found) or kubernetes_schemas(NEWEST).problems(found) == []


def test_every_pod_is_restricted_and_its_namespace_asks_for_that(everything_chosen: list[Object]) -> None:
    (namespace,) = of_kind(everything_chosen, "Namespace")
    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    faults = {words_of(found): problems_of_object(found) + own_problems_of_object(found) for found in everything_chosen}
    assert {name: found for name, found in faults.items() if found} == {}


def test_nothing_speaks_of_helm(everything_chosen: list[Object]) -> None:
    for found in everything_chosen:
        assert "helm" not in yaml.safe_dump(found).lower(), words_of(found)


def test_files_say_by_what_they_were_rendered() -> None:
    for file in [*(K8S / "base").iterdir(), *(K8S / "components").rglob("*.yaml")]:
        assert file.read_text().startswith("# Rendered from helm/goqueue by scripts/render_k8s.py: do not edit.\n"), file


def test_pods_need_nothing_but_the_one_secret(tools: Path, overlay: Path) -> None:
    objects = kustomized(tools, overlay)
    there = {words_of(found) for found in objects}
    needed = {f"{kind}/{name}" for _, template in pods(objects) for kind, name in references(template["spec"])}
    assert needed - there == (set() if overlay.name == "dev" else {"Secret/goqueue"})


def test_the_secret_for_trying_out_has_every_key_that_is_read(tools: Path) -> None:
    objects = kustomized(tools, K8S / "overlays" / "dev")
    (secret,) = of_kind(objects, "Secret")
    sources = [source for _, container in all_containers(objects) for source in environment(container).values()]
    read = {source["secretKeyRef"]["key"] for source in sources if isinstance(source, dict)}
    assert read == secret["data"].keys()


def test_the_example_for_production_changes_what_it_means_to(tools: Path) -> None:
    objects = kustomized(tools, K8S / "overlays" / "production")
    assert all(container["image"].startswith("registry.example.org/goqueue/") for _, container in all_containers(objects))
    (worker,) = [found for found in of_kind(objects, "Deployment") if "worker" in found["metadata"]["name"]]
    pod, env = worker["spec"]["template"]["spec"], environment(main_container(worker))
    assert pod["terminationGracePeriodSeconds"] >= float(env["GOQUEUE_SHUTDOWN_TIMEOUT"]) + 35
    (job,) = of_kind(objects, "Job")
    (tag,) = {container["image"].rpartition(":")[2] for _, container in all_containers([job])}
    assert job["metadata"]["name"] == f"goqueue-migrations-{tag.replace('.', '-')}"
    for policy in of_kind(objects, "NetworkPolicy"):
        labels = policy["spec"]["podSelector"]["matchLabels"]
        assert chosen(objects, labels) or labels["app.kubernetes.io/component"] in ("migrations", "test")


@pytest.mark.parametrize("way", [[], ["--server-side"]], ids=["by-the-client", "by-the-server"])
def test_kubectl_applies_and_deletes_it(make_cluster: MakeCluster, tools: Path, overlay: Path, way: list[str]) -> None:
    cluster = make_cluster()
    said(cluster.kubectl("apply", "--kustomize", str(overlay), *way))
    assert cluster.names() == {words_of(found) for found in kustomized(tools, overlay) if found["kind"] != "Namespace"}
    before = [(words_of(found), found["metadata"]["generation"]) for found in cluster.kubernetes.objects()]
    said(cluster.kubectl("apply", "--kustomize", str(overlay), *way))
    assert [(words_of(found), found["metadata"]["generation"]) for found in cluster.kubernetes.objects()] == before
    said(cluster.kubectl("delete", "--ignore-not-found", "--kustomize", str(overlay)))
    assert cluster.names() == set()


def test_the_base_and_an_autoscaler_fight_for_replicas(make_cluster: MakeCluster) -> None:
    """So an overlay with an autoscaler has to take them out of it."""
    cluster = make_cluster()
    said(cluster.kubectl("apply", "--kustomize", str(K8S / "base"), "--server-side"))
    cluster.kubernetes.scale("goqueue-api", 7)
    answer = cluster.kubectl("apply", "--kustomize", str(K8S / "base"), "--server-side")
    assert answer.returncode != 0
    assert ".spec.replicas" in answer.stderr


def kustomized(tools: Path, folder: Path) -> list[Object]:
    """What kubectl would apply."""
    answer = subprocess.run(
        [str(tools / "kubectl"), "kustomize", str(folder)], check=False, capture_output=True, text=True, timeout=60
    )
    assert (answer.returncode, answer.stderr) == (0, "")
    return list(yaml.safe_load_all(answer.stdout))
