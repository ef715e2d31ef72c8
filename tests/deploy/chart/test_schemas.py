"""Every object against the schemas of the oldest and the newest Kubernetes, and of those who brought custom resources."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.deploy.chart.helm_chart import CHART, FULL, ROOT, Object, Renderer, of_kind, words_of
from tests.deploy.chart.kubernetes_schemas import NEWEST, OLDEST, UnknownKind, kubernetes_schemas

CUSTOM = {"gateway.networking.k8s.io", "keda.sh", "monitoring.coreos.com"}
# https://keda.sh/docs/latest/scalers/postgresql/: the connection comes from the TriggerAuthentication.
POSTGRESQL_TRIGGER = {"query", "targetQueryValue", "activationTargetQueryValue"}

WithNode = Callable[[str, str], str]


@pytest.mark.parametrize("kubernetes", [OLDEST, NEWEST])
@pytest.mark.parametrize("is_upgrade", [False, True], ids=["install", "upgrade"])
def test_kubernetes_knows_every_object(render: Renderer, values_file: Path, kubernetes: str, is_upgrade: bool) -> None:
    objects = render(values_file, kubernetes=kubernetes, is_upgrade=is_upgrade)
    faults = {words_of(found): problems(found, kubernetes) for found in objects if not is_custom(found)}
    assert {name: found for name, found in faults.items() if found} == {}


def test_the_oldest_is_the_one_that_the_chart_names() -> None:
    asked = yaml.safe_load((CHART / "Chart.yaml").read_text())["kubeVersion"]
    assert asked == f">={OLDEST}.0-0"


@pytest.mark.parametrize(
    ("found", "said"),
    [
        pytest.param(
            {"apiVersion": "policy/v1beta1", "kind": "PodDisruptionBudget"}, "no such kind", id="a-removed-version"
        ),
        pytest.param({"apiVersion": "v1", "kind": "Cake"}, "no such kind", id="an-unknown-kind"),
        pytest.param(
            {"apiVersion": "v1", "kind": "ConfigMap", "datum": {}}, "'datum' was unexpected", id="an-unknown-field"
        ),
        pytest.param(
            {"apiVersion": "v1", "kind": "ConfigMap", "data": {"a": 1}}, "data.a: 1 is not of types", id="a-wrong-type"
        ),
    ],
)
def test_faults_are_seen(found: Object, said: str) -> None:
    assert any(said in problem for problem in problems(found, NEWEST))


def test_models_of_custom_resources_know_every_one(everything: list[Object], with_node: WithNode) -> None:
    custom = [found for found in everything if is_custom(found)]
    assert {found["kind"] for found in custom} == {
        "HTTPRoute",
        "PodMonitor",
        "PrometheusRule",
        "ScaledObject",
        "ServiceMonitor",
        "TriggerAuthentication",
    }
    faults = dict(zip(map(words_of, custom), custom_problems(custom, with_node), strict=True))
    assert {name: found for name, found in faults.items() if found != []} == {}


def test_faults_of_custom_resources_are_seen(render: Renderer, with_node: WithNode) -> None:
    wrong_type, unknown_field, unknown_kind = list(of_kind(render(FULL), "ScaledObject"))[:1] * 3
    wrong_type = {**wrong_type, "spec": {**wrong_type["spec"], "minReplicaCount": "none"}}
    unknown_field = {**unknown_field, "spec": {**unknown_field["spec"], "polling": 5}}
    unknown_kind = {**unknown_kind, "apiVersion": "apps/v1"}
    assert custom_problems([wrong_type, unknown_field, unknown_kind], with_node) == [
        ["/spec/minReplicaCount: must be integer"],
        ["/spec/polling: no such field"],
        None,
    ]


def test_triggers_of_keda_say_what_it_reads(everything: list[Object]) -> None:
    """A model takes anything there."""
    for scaled in of_kind(everything, "ScaledObject"):
        for trigger in scaled["spec"]["triggers"]:
            assert trigger["type"] == "postgresql"
            assert trigger["metadata"].keys() == POSTGRESQL_TRIGGER
            assert all(isinstance(value, str) for value in trigger["metadata"].values()), "KEDA takes texts only"
            assert float(trigger["metadata"]["targetQueryValue"]) > 0


def test_keda_scales_what_is_there_with_a_connection_that_is_there(render: Renderer) -> None:
    objects = render(FULL)
    names = {words_of(found) for found in objects}
    assert [found for found in objects if found["kind"] == "ScaledObject"]
    for scaled in of_kind(objects, "ScaledObject"):
        assert f"Deployment/{scaled['spec']['scaleTargetRef']['name']}" in names
        for trigger in scaled["spec"]["triggers"]:
            assert f"TriggerAuthentication/{trigger['authenticationRef']['name']}" in names


def problems(found: Object, kubernetes: str) -> list[str]:
    try:
        return kubernetes_schemas(kubernetes).problems(found)
    except UnknownKind as unknown:
        return [f"no such kind: {unknown}"]


def is_custom(found: Object) -> bool:
    return found["apiVersion"].split("/")[0] in CUSTOM


def custom_problems(found: list[Object], with_node: WithNode) -> list[Any]:
    if not (ROOT / "tests/deploy/chart/crd/node_modules/@kubernetes-models").is_dir():
        pytest.skip("custom resources were not tested: their models are not here (make deploy-tools fetches them)")
    said: list[Any] = json.loads(with_node("tests/deploy/chart/crd/validate.mjs", json.dumps(found)))
    return said
