"""Pools of workers: what they inherit and what not, how they are scaled, and when they are given up."""

from __future__ import annotations

from typing import Any

import pytest

from tests.deploy.chart.helm_chart import FULL, Renderer, of_kind, one
from tests.deploy.chart.workloads import environment, main_container

DIGEST = "sha256:" + "0123456789abcdef" * 4


def pool(render: Renderer, said: dict[str, Any], **usual: Any) -> Any:
    """The Deployment of a pool that says so."""
    return one(render({"worker": {**usual, "pools": {"x": said}}}), "Deployment", "worker-x")


def image(render: Renderer, said: dict[str, Any], **usual: Any) -> str:
    return str(main_container(pool(render, {"image": said}, image=usual))["image"])


def test_a_pool_with_another_image_does_not_inherit_the_digest(render: Renderer) -> None:
    assert image(render, {}, digest=DIGEST) == f"goqueue-worker@{DIGEST}"
    assert image(render, {"repository": "shop", "tag": "2"}, digest=DIGEST) == "shop:2"
    assert image(render, {"tag": "2"}, digest=DIGEST) == "goqueue-worker:2"


@pytest.mark.parametrize(
    ("repository", "wanted"),
    [
        ("shop", "registry.example.org/team/shop"),
        ("team/shop", "registry.example.org/team/team/shop"),
        ("other.example.org/shop", "other.example.org/shop"),
        ("localhost:5000/shop", "localhost:5000/shop"),
    ],
)
def test_an_image_that_names_its_registry_keeps_it(render: Renderer, repository: str, wanted: str) -> None:
    said = {"image": {"repository": repository, "tag": "2"}}
    objects = render({"image": {"registry": "registry.example.org/team"}, "worker": {"pools": {"x": said}}})
    assert main_container(one(objects, "Deployment", "worker-x"))["image"] == f"{wanted}:2"


def test_what_is_false_nothing_or_empty_in_a_pool_counts(render: Renderer) -> None:
    usual = {"queues": ["mail"], "maxJobs": 100, "shutdownTimeout": 600, "pdb": {"enabled": True}}
    objects = render({"worker": {**usual, "pools": {"x": {"queues": [], "maxJobs": 0, "pdb": {"enabled": False}}}}})
    told = environment(main_container(one(objects, "Deployment", "worker-x")))
    assert (told.get("GOQUEUE_QUEUES"), told["GOQUEUE_MAX_JOBS"]) == (None, "0")
    assert not [found for found in of_kind(objects, "PodDisruptionBudget") if "worker-x" in found["metadata"]["name"]]


def test_a_limit_can_be_taken_away(render: Renderer) -> None:
    found = pool(render, {"resources": {"limits": {"memory": None}, "requests": {"cpu": "2"}}})
    assert main_container(found)["resources"] == {"requests": {"cpu": "2", "memory": "256Mi"}}


@pytest.mark.parametrize(("lease", "misses"), [(30, 7), (120, 11)])
def test_a_pod_is_restarted_only_when_its_worker_has_not_helped_itself(render: Renderer, lease: int, misses: int) -> None:
    """The worker kills a stuck child after a lease and a minute, and fails its probe from half of that on."""
    probe = main_container(pool(render, {"lease": lease}))["livenessProbe"]
    assert probe["failureThreshold"] == misses
    assert (lease + 60) / 2 + misses * probe["periodSeconds"] > lease + 60


def test_pods_that_keda_scales_may_not_all_be_evicted_at_once(render: Renderer) -> None:
    objects = render({"worker": {"pools": {"x": {"keda": {"enabled": True, "maxReplicas": 20}}}}})
    assert one(objects, "PodDisruptionBudget", "worker-x")["spec"]["maxUnavailable"] == 1


def test_keda_may_have_a_connection_of_its_own(render: Renderer) -> None:
    database = {"existingSecret": "readers", "existingSecretKey": "url"}
    objects = render({"worker": {"pools": {"x": {"keda": {"enabled": True, "database": database}}}}})
    (reference,) = one(objects, "TriggerAuthentication", "worker-x")["spec"]["secretTargetRef"]
    assert reference == {"parameter": "connection", "name": "readers", "key": "url"}


def test_a_selector_of_ones_own_for_spreading_is_left_alone(render: Renderer) -> None:
    own = {"matchExpressions": [{"key": "tier", "operator": "In", "values": ["jobs"]}]}
    spread = {"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "ScheduleAnyway"}
    found = pool(render, {"topologySpreadConstraints": [{**spread, "labelSelector": own}, spread]})
    first, second = found["spec"]["template"]["spec"]["topologySpreadConstraints"]
    assert first["labelSelector"] == own
    assert second["labelSelector"]["matchLabels"]["goqueue/pool"] == "x"


def test_two_long_names_that_begin_alike_stay_apart(render: Renderer) -> None:
    releases = [f"payments-platform-production-eu-west-1{zone}" for zone in "ab"]
    names = [{found["metadata"]["name"] for found in render({}, release=release)} for release in releases]
    assert names[0] & names[1] == set()


def test_migrations_go_their_own_way_to_the_database_whatever_is_said_for_all(render: Renderer) -> None:
    objects = render(FULL, {"extraEnv": [{"name": "DATABASE_URL", "value": "postgresql://pgbouncer/goqueue"}]})
    (job,) = of_kind(objects, "Job")
    assert environment(main_container(job))["DATABASE_URL"]["secretKeyRef"]["key"] == "direct-url"
