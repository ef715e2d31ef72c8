"""What every object of the chart keeps to: names, labels, who chooses whom, and what refers to what."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from tests.deploy.chart.helm_chart import CHART, FULL, RELEASE, Object, Renderer, of_kind, one, words_of
from tests.deploy.chart.workloads import WORKLOADS, all_containers, chosen, environment, main_container, pods, scaled

RECOMMENDED = {
    f"app.kubernetes.io/{name}" for name in ("name", "instance", "component", "part-of", "version", "managed-by")
}
CHANGING = {"app.kubernetes.io/version", "app.kubernetes.io/managed-by", "helm.sh/chart"}
LONG = "a" * 53  # the longest that helm takes
FROM_EXTRA_OBJECTS = f"ConfigMap/{RELEASE}-environment"


def test_every_object_has_the_recommended_labels(everything: list[Object]) -> None:
    lacking = {
        words_of(found): sorted(RECOMMENDED - found["metadata"].get("labels", {}).keys())
        for found in everything
        if words_of(found) != FROM_EXTRA_OBJECTS
    }
    assert {name: labels for name, labels in lacking.items() if labels} == {}


def test_every_pod_has_them_too(everything: list[Object]) -> None:
    for found, template in pods(everything):
        assert template["metadata"]["labels"].keys() >= RECOMMENDED, words_of(found)


def test_own_labels_and_annotations_are_on_every_object(render: Renderer) -> None:
    for found in render(FULL):
        if words_of(found) != FROM_EXTRA_OBJECTS:
            assert found["metadata"]["labels"]["team"] == "platform", words_of(found)
            assert found["metadata"]["annotations"]["example.org/owner"] == "platform", words_of(found)


def test_names_fit_whatever_the_release_and_the_pools_are_called(render: Renderer) -> None:
    own: dict[str, Any] = {"extraObjects": [], "worker": {"pools": {"p" * 20: {"keda": {"enabled": True}}}}}
    objects = render(FULL, {**own, "fullnameOverride": LONG}, release=LONG)
    objects += render(FULL, {**own, "nameOverride": LONG}, release=LONG)
    for found in objects:
        assert len(found["metadata"]["name"]) <= 63, words_of(found)
        labels = found["metadata"].get("labels", {})
        assert all(len(value) <= 63 for value in labels.values()), words_of(found)


def test_names_of_pods_of_two_releases_differ(render: Renderer) -> None:
    names = [{words_of(found) for found in render(FULL, release=release)} for release in ("shop", "shop-2")]
    assert names[0] & names[1] == set()


def test_selectors_choose_the_pods_of_their_own_workload_alone(everything: list[Object], render: Renderer) -> None:
    objects = render(FULL)
    for found in of_kind(objects, *WORKLOADS):
        labels = found["spec"]["selector"]["matchLabels"]
        assert chosen(objects, labels) == [words_of(found)]
        assert labels.keys() & CHANGING == set(), "what changes with a release cannot be in a selector"
    for found in of_kind(everything, *WORKLOADS):
        assert found["spec"]["selector"]["matchLabels"].items() <= found["spec"]["template"]["metadata"]["labels"].items()


def test_services_and_budgets_choose_one_workload_each(render: Renderer, values_file: Path) -> None:
    objects = render(values_file)
    for service in of_kind(objects, "Service"):
        found = chosen(objects, service["spec"]["selector"])
        assert len(found) == 1, words_of(service)
        assert found[0].partition("/")[2] == service["metadata"]["name"]
    for budget in of_kind(objects, "PodDisruptionBudget"):
        assert chosen(objects, budget["spec"]["selector"]["matchLabels"]) == [f"Deployment/{budget['metadata']['name']}"]


def test_ports_are_those_of_the_pods(render: Renderer, values_file: Path) -> None:
    objects = render(values_file)
    ports = {
        words_of(found): {port["name"] for port in main_container(found).get("ports", ())}
        for found in of_kind(objects, *WORKLOADS)
    }
    numbers = {
        words_of(found): {port["containerPort"] for port in main_container(found).get("ports", ())}
        for found in of_kind(objects, *WORKLOADS)
    }
    for service in of_kind(objects, "Service"):
        (name,) = chosen(objects, service["spec"]["selector"])
        assert {port["targetPort"] for port in service["spec"]["ports"]} <= ports[name]
    for policy in of_kind(objects, "NetworkPolicy"):
        asked = [port["port"] for rule in policy["spec"].get("ingress", ()) for port in rule.get("ports", ())]
        for name in chosen(objects, policy["spec"]["podSelector"]["matchLabels"]):
            assert set(asked) <= numbers[name], words_of(policy)
    for name, container in all_containers(objects):
        for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
            port = container.get(probe, {}).get("httpGet", {}).get("port")
            assert port is None or port in {named["name"] for named in container["ports"]}, name


def test_routes_lead_to_services(render: Renderer) -> None:
    objects = render(FULL)
    services = {service["metadata"]["name"]: service["spec"]["ports"] for service in of_kind(objects, "Service")}
    backends: list[Any] = []
    for ingress in of_kind(objects, "Ingress"):
        paths = [path for rule in ingress["spec"]["rules"] for path in rule["http"]["paths"]]
        backends += [
            (path["backend"]["service"]["name"], path["backend"]["service"]["port"]["name"], "name") for path in paths
        ]
    for route in of_kind(objects, "HTTPRoute"):
        refs = [ref for rule in route["spec"]["rules"] for ref in rule["backendRefs"]]
        backends += [(ref["name"], ref["port"], "port") for ref in refs]
    assert len(backends) == 4
    for name, port, by in backends:
        assert port in [one[by] for one in services[name]]


def test_monitors_choose_what_has_their_port(render: Renderer) -> None:
    objects = render(FULL)
    services = {service["metadata"]["name"]: service for service in of_kind(objects, "Service")}
    for monitor in of_kind(objects, "ServiceMonitor"):
        labels = monitor["spec"]["selector"]["matchLabels"]
        found = [service for service in services.values() if labels.items() <= service["metadata"]["labels"].items()]
        assert [service["spec"]["ports"][0]["name"] for service in found] == ["http"]
    monitored = [
        name
        for monitor in of_kind(objects, "PodMonitor")
        for name in chosen(objects, monitor["spec"]["selector"]["matchLabels"])
    ]
    running = [
        words_of(found) for found in of_kind(objects, "Deployment") if "metrics" in str(main_container(found)["ports"])
    ]
    assert sorted(monitored) == sorted(running)


def test_a_policy_keeps_every_pod(render: Renderer, values_file: Path) -> None:
    objects = render(values_file)
    policies = [policy["spec"]["podSelector"]["matchLabels"] for policy in of_kind(objects, "NetworkPolicy")]
    for found, template in pods(objects) if policies else ():
        labels = template["metadata"].get("labels") or found["metadata"]["labels"]
        assert any(chosen_.items() <= labels.items() for chosen_ in policies), words_of(found)


def test_nothing_that_is_scaled_names_its_replicas(everything: list[Object], render: Renderer) -> None:
    """Helm 4 applies on the server: it and the autoscaler would both own the number, and every upgrade would fail."""
    objects = render(FULL)
    assert len(scaled(objects)) == 4
    for found in of_kind(objects, "Deployment"):
        assert ("replicas" in found["spec"]) == (words_of(found) not in scaled(objects)), words_of(found)


def test_what_is_mounted_is_a_volume(everything: list[Object]) -> None:
    for found, template in pods(everything):
        volumes = {volume["name"] for volume in template["spec"].get("volumes", ())}
        volumes |= {claim["metadata"]["name"] for claim in found["spec"].get("volumeClaimTemplates", ())}
        for name, container in all_containers([found]):
            assert {mount["name"] for mount in container.get("volumeMounts", ())} <= volumes, name


def test_what_pods_refer_to_is_rendered_or_was_named_in_values(render: Renderer, values_file: Path) -> None:
    objects = render(values_file)
    there = {words_of(found) for found in objects}
    given = values_file.read_text()
    for found, template in pods(objects):
        for kind, name in references(template["spec"]):
            assert f"{kind}/{name}" in there or name in given, f"{words_of(found)} needs {kind}/{name}"
        account = template["spec"]["serviceAccountName"]
        assert f"ServiceAccount/{account}" in there or account in given


def test_keys_that_pods_read_are_in_the_secret_of_the_release(render: Renderer) -> None:
    objects = render(CHART / "ci" / "bundled-values.yaml")
    (secret,) = of_kind(objects, "Secret")
    for name, container in all_containers(objects):
        for source in environment(container).values():
            if isinstance(source, dict) and source["secretKeyRef"]["name"] == secret["metadata"]["name"]:
                assert source["secretKeyRef"]["key"] in secret["data"], name


def test_no_name_of_the_environment_is_there_twice(render: Renderer) -> None:
    debug, zone = {"name": "GOQUEUE_LOG_LEVEL", "value": "debug"}, {"name": "TZ", "value": "Europe/Berlin"}
    own = {"extraEnv": [debug, {"name": "TZ", "value": "UTC"}]}
    objects = render({**own, "api": {"extraEnv": [zone]}, "scheduler": {"extraEnv": [debug]}})
    for name, container in all_containers(objects):
        names = [entry["name"] for entry in container.get("env") or ()]
        assert len(names) == len(set(names)), name
    api = environment(main_container(one(objects, "Deployment", "api")))
    assert (api["GOQUEUE_LOG_LEVEL"], api["TZ"]) == ("info", "Europe/Berlin"), "what is said for all replaces nothing"
    scheduler = environment(main_container(one(objects, "Deployment", "scheduler")))
    assert (scheduler["GOQUEUE_LOG_LEVEL"], scheduler["TZ"]) == ("debug", "UTC")


def test_objects_of_ones_own_are_filled_in(render: Renderer) -> None:
    (found,) = [found for found in render(FULL) if words_of(found) == FROM_EXTRA_OBJECTS]
    assert found["metadata"]["labels"]["app.kubernetes.io/instance"] == RELEASE


def test_the_version_is_that_of_the_release(render: Renderer, root: Path) -> None:
    about = yaml.safe_load((CHART / "Chart.yaml").read_text())
    version = (root / "client/goqueue/version.py").read_text()
    assert f'"{about["appVersion"]}"' in version


def references(spec: Any) -> list[tuple[str, str]]:
    """(kind, name) of each ConfigMap, Secret and claim that a pod cannot start without."""
    found: list[tuple[str, str]] = []
    if isinstance(spec, dict):
        if spec.get("optional"):
            return []
        for key, value in spec.items():
            if key in ("configMap", "configMapRef", "configMapKeyRef"):
                found.append(("ConfigMap", value["name"]))
            elif key in ("secretRef", "secretKeyRef"):
                found.append(("Secret", value["name"]))
            elif key == "secret":
                found.append(("Secret", value["secretName"]))
            elif key == "persistentVolumeClaim":
                found.append(("PersistentVolumeClaim", value["claimName"]))
            found += references(value)
    elif isinstance(spec, list):
        for value in spec:
            found += references(value)
    return [reference for reference in found if reference[1]]
