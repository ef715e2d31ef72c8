"""The fake API server refuses and merges as a real one does, or tests that stand on it would show nothing."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from tests.deploy.chart.fake_kubernetes.admission import Refused
from tests.deploy.chart.fake_kubernetes.api import Api, Request
from tests.deploy.chart.fake_kubernetes.server import FakeKubernetes
from tests.deploy.chart.kubernetes_schemas import NEWEST

CONTAINER: dict[str, Any] = {
    "name": "main",
    "image": "main:1",
    "env": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}],
    "ports": [{"name": "http", "containerPort": 8080, "protocol": "TCP"}],
    "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
}
SPEC: dict[str, Any] = {
    "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
    "containers": [CONTAINER],
}
APPLY = "application/apply-patch+yaml"
STRATEGIC = "application/strategic-merge-patch+json"
MERGE = "application/merge-patch+json"
HELM, HPA = "helm", "kube-controller-manager"


def workload(kind: str = "Deployment", **spec: Any) -> dict[str, Any]:
    template = {"metadata": {"labels": {"app": "x"}}, "spec": copy.deepcopy(SPEC)}
    if kind == "Job":
        template["spec"]["restartPolicy"] = "Never"
        return {"apiVersion": "batch/v1", "kind": kind, "metadata": {"name": "x"}, "spec": {"template": template, **spec}}
    told = {"selector": {"matchLabels": {"app": "x"}}, "template": template, **spec}
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": "x"}, "spec": told}


class Client:
    """Asks an API without HTTP between them."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def ask(self, method: str, place: str, body: Any = None, kind: str = "", **query: str) -> Any:
        return self._api.answer(Request(method, f"/apis/{place}", query, body, kind, "tests"))[1]

    def apply(self, found: dict[str, Any], manager: str = HELM, **query: str) -> Any:
        return self.ask("PATCH", DEPLOYMENT, copy.deepcopy(found), APPLY, fieldManager=manager, **query)

    def create(self, found: dict[str, Any], plural: str, namespace: str = "goqueue") -> Any:
        return self.ask("POST", f"{found['apiVersion']}/namespaces/{namespace}/{plural}", copy.deepcopy(found))


DEPLOYMENT = "apps/v1/namespaces/goqueue/deployments/x"
JOB = "batch/v1/namespaces/goqueue/jobs/x"


@pytest.fixture
def client() -> Iterator[Client]:
    with FakeKubernetes(NEWEST) as kubernetes:
        yield Client(kubernetes.api)


def environment(deployment: Any) -> dict[str, str]:
    return {entry["name"]: entry["value"] for entry in deployment["spec"]["template"]["spec"]["containers"][0]["env"]}


class TestApply:
    """As helm 4 does."""

    def test_what_is_no_longer_named_goes(self, client: Client) -> None:
        client.apply(workload())
        fewer = workload()
        del fewer["spec"]["template"]["spec"]["containers"][0]["env"][0]
        assert environment(client.apply(fewer)) == {"B": "2"}

    def test_what_another_owns_stays(self, client: Client) -> None:
        client.apply(workload())
        more = {"metadata": {"annotations": {"note": "mine"}}}
        client.ask("PATCH", DEPLOYMENT, more, MERGE, fieldManager="kubectl")
        assert client.apply(workload())["metadata"]["annotations"] == {"note": "mine"}

    def test_a_field_of_another_is_a_conflict_unless_it_is_the_same(self, client: Client) -> None:
        client.apply(workload(replicas=2))
        client.ask("PATCH", DEPLOYMENT, {"spec": {"replicas": 5}}, MERGE, fieldManager=HPA)
        assert client.apply(workload(replicas=5))["spec"]["replicas"] == 5
        with pytest.raises(Refused, match=rf'conflict with "{HPA}": \.spec\.replicas'):
            client.apply(workload(replicas=2))

    def test_whoever_insists_owns_it(self, client: Client) -> None:
        client.apply(workload(replicas=2))
        client.ask("PATCH", DEPLOYMENT, {"spec": {"replicas": 5}}, MERGE, fieldManager=HPA)
        assert client.apply(workload(replicas=2), force="true")["spec"]["replicas"] == 2
        assert client.apply(workload(replicas=3))["spec"]["replicas"] == 3

    def test_a_dry_run_changes_nothing(self, client: Client) -> None:
        client.apply(workload(replicas=2))
        assert client.apply(workload(replicas=4), dryRun="All")["spec"]["replicas"] == 4
        assert client.ask("GET", DEPLOYMENT)["spec"]["replicas"] == 2


class TestStrategicMerge:
    """As helm 3 and `kubectl apply` do."""

    def test_a_container_is_found_by_its_name_and_an_entry_of_its_environment_too(self, client: Client) -> None:
        client.create(workload(), "deployments")
        container = {
            "name": "main",
            "image": "main:2",
            "env": [{"name": "A", "value": "3"}, {"name": "B", "$patch": "delete"}],
        }
        patch = {"spec": {"template": {"spec": {"containers": [container]}}}}
        changed = client.ask("PATCH", DEPLOYMENT, patch, STRATEGIC)
        found = changed["spec"]["template"]["spec"]["containers"][0]
        assert (found["image"], found["ports"]) == ("main:2", CONTAINER["ports"])
        assert environment(changed) == {"A": "3"}

    def test_null_takes_away(self, client: Client) -> None:
        client.create(workload(revisionHistoryLimit=3), "deployments")
        changed = client.ask("PATCH", DEPLOYMENT, {"spec": {"revisionHistoryLimit": None}}, STRATEGIC)
        assert "revisionHistoryLimit" not in changed["spec"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param({"spec": {"replica": 3}}, "'replica' was unexpected", id="an-unknown-field"),
        pytest.param({"spec": {"selector": {"matchLabels": {"app": "y"}}}}, "does not match template", id="selector"),
        pytest.param({"metadata": {"name": "Not_A_Name"}}, "metadata.name", id="name"),
    ],
)
def test_a_fault_is_refused(client: Client, change: dict[str, Any], said: str) -> None:
    found = workload()
    for name, value in change.items():
        found[name] |= value
    with pytest.raises(Refused, match=said):
        client.create(found, "deployments")


def test_a_job_cannot_be_changed(client: Client) -> None:
    client.create(workload("Job"), "jobs")
    other = {"template": {"spec": {"containers": [{"name": "main", "image": "main:2"}]}}}
    with pytest.raises(Refused, match=r"spec\.template: field is immutable"):
        client.ask("PATCH", JOB, {"spec": other}, STRATEGIC)
    client.ask("PATCH", JOB, {"spec": {"backoffLimit": 1}}, STRATEGIC)


def test_pods_that_are_not_restricted_are_refused_where_the_namespace_says_so(client: Client) -> None:
    bare = workload()
    del bare["spec"]["template"]["spec"]["securityContext"]
    with pytest.raises(Refused, match="violates PodSecurity") as refusal:
        client.create(bare, "deployments")
    assert refusal.value.code == 403
    client.create(bare, "deployments", namespace="default")


@pytest.mark.parametrize(
    "place",
    ["policy/v1beta1/namespaces/goqueue/poddisruptionbudgets", "apps/v1/namespaces/goqueue/cakes", DEPLOYMENT],
    ids=["a-removed-version", "an-unknown-kind", "an-object-that-is-not-there"],
)
def test_what_is_not_there_is_not_found(client: Client, place: str) -> None:
    with pytest.raises(Refused) as refusal:
        client.ask("GET", place)
    assert refusal.value.code == 404


def test_a_namespace_has_to_be_there_first(client: Client) -> None:
    with pytest.raises(Refused, match='namespaces "nowhere" not found'):
        client.create(workload(), "deployments", namespace="nowhere")
