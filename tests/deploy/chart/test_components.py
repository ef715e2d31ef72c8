"""What API, workers, scheduler, dashboard and migrations come to, by the values that are set."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from tests.deploy.chart.helm_chart import CHART, FULL, Object, Renderer, of_kind, one, words_of
from tests.deploy.chart.workloads import WORKLOADS, all_containers, environment, main_container, pods

DIGEST = f"sha256:{'0123456789abcdef' * 4}"
HOOK = "helm.sh/hook"
# What reads the database, and so waits for its schema.
WAITING = ("api", "worker-default")


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        pytest.param({}, "goqueue-api:0.1.0", id="by-default"),
        pytest.param({"image": {"registry": "r.example.org/team"}}, "r.example.org/team/goqueue-api:0.1.0", id="registry"),
        pytest.param(
            {"image": {"registry": "r.example.org/"}}, "r.example.org/goqueue-api:0.1.0", id="registry-with-slash"
        ),
        pytest.param({"image": {"tag": "2"}}, "goqueue-api:2", id="tag-of-all"),
        pytest.param({"image": {"tag": "2"}, "api": {"image": {"tag": "3"}}}, "goqueue-api:3", id="own-tag"),
        pytest.param({"api": {"image": {"repository": "mine/api"}}}, "mine/api:0.1.0", id="repository"),
        pytest.param({"api": {"image": {"tag": "3", "digest": DIGEST}}}, f"goqueue-api@{DIGEST}", id="digest-before-tag"),
    ],
)
def test_an_image_is_named_by_registry_repository_and_tag_or_digest(
    render: Renderer, values: dict[str, Any], wanted: str
) -> None:
    assert main_container(one(render(values), "Deployment", "api"))["image"] == wanted


def test_every_image_of_ours_comes_from_the_registry(render: Renderer) -> None:
    images = {str(container["image"]) for _, container in all_containers(render(FULL))}
    assert all(image.startswith("registry.example.org/team/") for image in images), images
    assert {image.rpartition("/")[2].partition(":")[0].partition("@")[0] for image in images} == {
        "goqueue-api",
        "goqueue-dashboard",
        "goqueue-migrate",
        "goqueue-scheduler",
        "goqueue-worker",
        "shop-worker",
    }


def test_secrets_to_pull_with_are_in_every_pod(render: Renderer) -> None:
    for found, template in pods(render(FULL)):
        assert template["spec"]["imagePullSecrets"] == [{"name": "registry"}], words_of(found)


def test_every_container_says_what_it_needs(everything: list[Object]) -> None:
    for name, container in all_containers(everything):
        resources = container["resources"]
        assert resources["requests"].keys() == {"cpu", "memory"}, name
        assert "memory" in resources["limits"], name


def test_what_serves_is_probed(everything: list[Object]) -> None:
    for found in of_kind(everything, "Deployment"):
        container = main_container(found)
        assert ("startupProbe" in container) == (container["name"] != "dashboard"), "nginx is there at once"
        live, ready = (container[probe]["httpGet"]["path"] for probe in ("livenessProbe", "readinessProbe"))
        assert (live, ready) in [("/healthz", "/readyz"), ("/", "/")], words_of(found)


def test_an_update_takes_no_pod_away_before_another_is_ready(everything: list[Object]) -> None:
    for found in of_kind(everything, "Deployment"):
        assert found["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"] == 0, words_of(found)


def test_a_pod_has_longer_to_end_than_its_process_takes(everything: list[Object]) -> None:
    for found in of_kind(everything, "Deployment"):
        pod, container = found["spec"]["template"]["spec"], main_container(found)
        grace = pod["terminationGracePeriodSeconds"]
        if container["name"] == "worker":
            assert grace >= float(environment(container)["GOQUEUE_SHUTDOWN_TIMEOUT"]) + 15, words_of(found)
        if drain := container.get("lifecycle", {}).get("preStop", {}).get("exec", {}).get("command"):
            assert grace >= float(drain[-1]) + 20, words_of(found)


def test_a_budget_is_made_only_where_a_pod_may_go(render: Renderer) -> None:
    objects = render(
        {"api": {"replicas": 1}, "worker": {"pools": {"one": {"replicas": 1}, "idle": {"keda": {"enabled": True}}}}}
    )
    assert {budget["metadata"]["name"] for budget in of_kind(objects, "PodDisruptionBudget")} == {
        "shop-goqueue-dashboard",
        "shop-goqueue-scheduler",
        "shop-goqueue-worker-default",
        "shop-goqueue-worker-idle",
    }
    for budget in of_kind(objects, "PodDisruptionBudget"):
        assert "minAvailable" not in budget["spec"], "as many as there are would keep a node from being emptied"


@pytest.mark.parametrize(
    "values",
    [
        pytest.param({"postgresql": {"existingSecret": "", "url": "postgresql://other/db"}}, id="database"),
        pytest.param({"redis": {"existingSecret": "", "url": "redis://other"}}, id="redis"),
        pytest.param({"auth": {"existingSecret": "", "bootstrapKey": "k" * 40}}, id="key"),
    ],
)
def test_pods_are_replaced_when_the_secret_changes(render: Renderer, values: dict[str, Any]) -> None:
    changed = json.loads(json.dumps(values).replace("other", "another").replace("k" * 40, "l" * 40))
    # What is made up is new each time a chart is rendered, and changes no pod.
    before, after = (templates(render(one)) for one in (values, changed))
    assert [name for name in before if before[name] == after[name]] == []


def test_pods_stay_when_what_they_do_not_read_changes(render: Renderer) -> None:
    key = {"auth": {"existingSecret": "", "bootstrapKey": "k" * 40}}
    schedules = {"scheduler": {"schedules": [{"type": "report.generate", "cron": "0 0 * * *"}]}}
    assert templates(render(key)) == templates(render({**key, **schedules, "api": {"hpa": {"enabled": True}}}))
    # The store itself has a pod that changes, and no Secret.
    larger = {"postgresql": {"existingSecret": "stores", "bundled": {"storage": "9Gi"}}}
    assert templates(render(key)) == templates(render({**key, **larger}))


def test_a_name_that_looks_like_a_number_stays_a_text(render: Renderer) -> None:
    name = "20241129"
    values = {
        "postgresql": {"existingSecret": name},
        "image": {"pullSecrets": [name]},
        "serviceAccount": {"name": name},
        "worker": {"priorityClassName": name, "media": {"existingClaim": name}},
        "dashboard": {"ingress": {"enabled": True, "className": name, "tlsSecret": name, "host": "jobs.example.org"}},
    }
    assert json.loads(name) not in list(scalars(render(values)))


def scalars(value: object) -> Iterator[object]:
    """All that stands anywhere in it."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from scalars(inner)
    else:
        yield value


def test_a_pool_has_what_it_says_and_else_what_all_have(render: Renderer) -> None:
    values = {"worker": {"concurrency": 8, "pools": {"mail": {"queues": ["mail", "news"]}, "quick": {"concurrency": 64}}}}
    objects = render(values)
    mail, quick = (environment(main_container(one(objects, "Deployment", f"worker-{name}"))) for name in ("mail", "quick"))
    assert (mail["GOQUEUE_CONCURRENCY"], mail["GOQUEUE_QUEUES"]) == ("8", "mail,news")
    assert (quick["GOQUEUE_CONCURRENCY"], quick.get("GOQUEUE_QUEUES")) == ("64", None)


def test_the_usual_pool_can_be_taken_away(render: Renderer) -> None:
    objects = render({"worker": {"pools": {"default": None, "mail": {}}}})
    assert [name for name in map(words_of, objects) if "worker" in name and "Deployment" in name] == [
        "Deployment/shop-goqueue-worker-mail"
    ]


@pytest.mark.parametrize("name", ["api", "scheduler", "dashboard", "migrations", "test"])
def test_what_is_switched_off_is_not_there(render: Renderer, name: str) -> None:
    off = [name, "scheduler", "dashboard"] if name == "api" else [name]
    objects = render({component: {"enabled": False} for component in off})
    kinds = (*WORKLOADS, "Job", "Pod", "Service", "PodDisruptionBudget")
    assert not [words_of(found) for found in of_kind(objects, *kinds) if f"goqueue-{name}" in words_of(found)]


def test_schedules_are_a_file_that_the_scheduler_reads(render: Renderer) -> None:
    objects = render(FULL)
    schedules = yaml.safe_load(one(objects_named(objects), "ConfigMap", "scheduler-schedules")["data"]["schedules.yaml"])
    assert [schedule["type"] for schedule in schedules] == ["report.generate", "email.daily_summary"]


def test_the_password_of_a_volume_outlives_the_release_as_the_volume_does(render: Renderer) -> None:
    kept = "helm.sh/resource-policy"
    (bundled,) = of_kind(render(CHART / "ci" / "bundled-values.yaml"), "Secret")
    assert bundled["metadata"]["annotations"][kept] == "keep"
    (own,) = of_kind(render({"postgresql": {"existingSecret": "", "url": "postgresql://db/x"}}), "Secret")
    assert kept not in own["metadata"].get("annotations", {})


class TestMigrations:
    def test_at_an_install_they_are_a_job_among_the_rest(self, render: Renderer) -> None:
        """A hook would run before the database that the same release brings."""
        (job,) = of_kind(render(CHART / "ci" / "bundled-values.yaml"), "Job")
        assert HOOK not in job["metadata"].get("annotations", {})

    def test_at_an_upgrade_they_come_before_all_else(self, render: Renderer) -> None:
        (job,) = of_kind(render(CHART / "ci" / "minimal-values.yaml", is_upgrade=True), "Job")
        assert job["metadata"]["annotations"][HOOK] == "pre-upgrade"

    def test_a_database_of_the_release_is_not_waited_for_by_a_hook(self, render: Renderer) -> None:
        """The upgrade may be what mends it."""
        (job,) = of_kind(render(CHART / "ci" / "bundled-values.yaml", is_upgrade=True), "Job")
        assert HOOK not in job["metadata"].get("annotations", {})

    def test_an_upgrade_migrates_by_the_url_that_it_brings(self, render: Renderer) -> None:
        values = {"postgresql": {"existingSecret": "", "url": "postgresql://new/db"}}
        objects = render(values, is_upgrade=True)
        (job,) = of_kind(objects, "Job")
        name = environment(job["spec"]["template"]["spec"]["containers"][0])["DATABASE_URL"]["secretKeyRef"]["name"]
        (secret,) = [found for found in of_kind(objects, "Secret") if found["metadata"]["name"] == name]
        assert secret["metadata"]["annotations"][HOOK] == "pre-upgrade"
        weights = [int(found["metadata"]["annotations"]["helm.sh/hook-weight"]) for found in (secret, job)]
        assert weights == sorted(set(weights)), "the Secret comes first"

    def test_without_hooks_there_is_none_but_the_test(self, render: Renderer) -> None:
        objects = render(CHART / "ci" / "gitops-values.yaml", is_upgrade=True)
        hooks = {found["metadata"].get("annotations", {}).get(HOOK) for found in objects}
        assert hooks == {None, "test"}

    def test_a_job_with_other_contents_has_another_name(self, render: Renderer) -> None:
        """A Job cannot be changed."""
        names = {
            next(of_kind(render({"migrations": {"hooks": False, **more}}), "Job"))["metadata"]["name"]
            for more in ({}, {"image": {"tag": "2"}}, {"nodeSelector": {"disk": "fast"}})
        }
        assert len(names) == 3

    def test_what_reads_the_database_waits_for_them(self, render: Renderer) -> None:
        objects = render({})
        waiting = {
            words_of(found)
            for found in of_kind(objects, "Deployment")
            if "wait" in str(found["spec"]["template"]["spec"].get("initContainers"))
        }
        assert waiting == {f"Deployment/shop-goqueue-{name}" for name in WAITING}
        assert not [found for found in of_kind(objects, "Job") if found["spec"]["template"]["spec"].get("initContainers")]


def templates(objects: list[Object]) -> dict[str, Any]:
    """Of all that makes pods and stays."""
    return {words_of(found): template for found, template in pods(objects) if found["kind"] in WORKLOADS}


def objects_named(objects: list[Object]) -> list[Object]:
    """With the chart's usual name in their names."""
    for found in objects:
        found["metadata"]["name"] = found["metadata"]["name"].replace("-queue-", "-goqueue-")
    return objects
