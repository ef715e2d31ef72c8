"""Install, upgrade, test, roll back, uninstall: helm for real, against an API server that is a fake.

So it is shown what helm does with the chart, in which order, and what a server would refuse; no pod runs.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.deploy.chart.cluster import MakeCluster, said
from tests.deploy.chart.helm_chart import CHART, FULL, HELMS, MINIMAL, RELEASE, VALUES_FILES, Object, Renderer, words_of
from tests.deploy.chart.test_rendering import SLIPS

BUNDLED = CHART / "ci" / "bundled-values.yaml"
API = f"{RELEASE}-goqueue-api"


@pytest.mark.parametrize(
    ("helm", "values"),
    [
        pytest.param(
            helm,
            file,
            id=f"{helm}-{file.stem.removesuffix('-values')}",
            marks=[] if (helm, file) == ("helm4", BUNDLED) else [pytest.mark.full],
        )
        for helm in HELMS
        for file in VALUES_FILES
    ],
)
def test_a_release_comes_changes_goes_back_and_goes(
    make_cluster: MakeCluster, render: Renderer, helm: str, values: Path
) -> None:
    cluster, objects = make_cluster(helm), render(values, helm=helm)
    notes = cluster.install(values)
    assert not SLIPS.search(notes), notes
    assert cluster.names() == {words_of(found) for found in objects if not annotation(found, "helm.sh/hook")}
    first, secrets = cluster.images(), cluster.secrets()

    said(cluster.upgrade(values, "--set", "image.tag=9.9.9"))
    assert cluster.images() != first
    assert cluster.secrets() == secrets, "what was made up at the install is kept"

    cluster.news()
    said(cluster.helm("test", "--timeout", "30s"))
    tests = [words_of(found) for found in objects if annotation(found, "helm.sh/hook") == "test"]
    assert cluster.news() == [f"{happened} {test}" for test in tests for happened in ("ADDED", "DELETED")]

    said(cluster.helm("rollback", "1", "--wait", "--timeout", "30s"))
    assert cluster.images() == first
    said(cluster.helm("uninstall", "--wait", "--timeout", "30s"))
    assert cluster.names() == {words_of(found) for found in objects if annotation(found, "helm.sh/resource-policy")}


def test_an_upgrade_migrates_before_it_changes_anything_else(make_cluster: MakeCluster) -> None:
    cluster = make_cluster("helm4")
    cluster.install(MINIMAL)
    cluster.news()
    said(cluster.upgrade(MINIMAL, "--set", "image.tag=9.9.9"))
    happened = cluster.news()
    assert happened[0] == f"ADDED Job/{RELEASE}-goqueue-migrations-2", happened
    assert f"MODIFIED Deployment/{API}" in happened


def test_an_upgrade_whose_migration_fails_changes_nothing(make_cluster: MakeCluster) -> None:
    cluster = make_cluster("helm4")
    cluster.install(MINIMAL)
    before = cluster.images()[API]
    cluster.kubernetes.let_fail("Job", f"{RELEASE}-goqueue-migrations-2")
    answer = cluster.upgrade(MINIMAL, "--set", "image.tag=9.9.9")
    assert answer.returncode != 0
    assert "pre-upgrade" in answer.stderr
    assert cluster.images()[API] == before


def test_a_pod_that_does_not_come_up_fails_an_install(make_cluster: MakeCluster) -> None:
    """Or the other tests would show nothing."""
    cluster = make_cluster("helm4")
    cluster.kubernetes.let_fail("Deployment", API)
    answer = cluster.helm("install", str(CHART), "--values", str(MINIMAL), "--wait", "--timeout", "2s")
    assert answer.returncode != 0
    assert API in answer.stderr


def test_an_upgrade_leaves_to_an_autoscaler_what_it_has_set(make_cluster: MakeCluster) -> None:
    cluster = make_cluster("helm4")
    cluster.install(FULL)
    cluster.kubernetes.scale(f"{RELEASE}-queue-api", 7)
    said(cluster.upgrade(FULL, "--set", "image.tag=9.9.9"))
    assert cluster.replicas(f"{RELEASE}-queue-api") == 7


def test_a_number_that_is_the_charts_is_fought_for(make_cluster: MakeCluster) -> None:
    """Why what is scaled must not name its replicas: with helm 4, every upgrade would fail."""
    cluster = make_cluster("helm4")
    cluster.install(MINIMAL)
    cluster.kubernetes.scale(API, 7)
    answer = cluster.upgrade(MINIMAL)
    assert answer.returncode != 0
    assert 'conflict with "kube-controller-manager": .spec.replicas' in answer.stderr


def test_the_namespace_would_refuse_a_pod_that_is_not_restricted(make_cluster: MakeCluster, tmp_path: Path) -> None:
    bare = tmp_path / "bare.yaml"
    bare.write_text(
        "extraObjects: [{apiVersion: v1, kind: Pod, metadata: {name: bare}, spec: {containers: [{name: a, image: b}]}}]\n"
    )
    answer = make_cluster("helm4").helm("install", str(CHART), "--values", str(MINIMAL), "--values", str(bare))
    assert answer.returncode != 0
    assert 'violates PodSecurity "restricted"' in answer.stderr


def annotation(found: Object, name: str) -> str | None:
    value: str | None = found["metadata"].get("annotations", {}).get(name)
    return value
