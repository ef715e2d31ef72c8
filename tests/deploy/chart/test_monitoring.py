"""Alerts and dashboard of the chart: those of observability/, as promtool takes them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.deploy.chart.helm_chart import FULL, Object, Renderer, of_kind
from tests.deploy.chart.workloads import main_container
from tests.prometheus import DASHBOARD, FOLDER, RULES, promtool


@pytest.fixture
def rules(render: Renderer, tmp_path: Path) -> Path:
    """What the PrometheusRule says, as a file of Prometheus."""
    (found,) = of_kind(render(FULL), "PrometheusRule")
    file = tmp_path / "rules.yml"
    file.write_text(yaml.safe_dump(found["spec"]))
    return file


def test_promtool_takes_the_rules(rules: Path) -> None:
    assert "SUCCESS" in promtool("check", "rules", str(rules))


def test_their_unit_tests_pass(rules: Path) -> None:
    tests = yaml.safe_load((FOLDER / "rules_test.yml").read_text())
    file = rules.with_name("rules_test.yml")
    file.write_text(yaml.safe_dump({**tests, "rule_files": [str(rules)]}))
    assert "SUCCESS" in promtool("test", "rules", str(file))


def test_the_rules_are_those_of_observability(rules: Path) -> None:
    assert yaml.safe_load(rules.read_text()) == yaml.safe_load(RULES.read_text())


def test_the_dashboard_is_that_of_observability(render: Renderer) -> None:
    (found,) = [one for one in of_kind(render(FULL), "ConfigMap") if "goqueue.json" in one["data"]]
    assert json.loads(found["data"]["goqueue.json"]) == json.loads(DASHBOARD.read_text())
    assert found["metadata"]["labels"]["grafana_dashboard"] == "1"


def test_targets_have_the_names_that_alerts_know(render: Renderer) -> None:
    names = [relabeling["replacement"] for endpoint in endpoints(render(FULL)) for relabeling in endpoint["relabelings"]]
    assert sorted(names) == ["goqueue-api", "goqueue-scheduler", "goqueue-worker"]


def test_prometheus_asks_the_api_with_a_key(render: Renderer) -> None:
    (api,) = of_kind(render(FULL), "ServiceMonitor")
    credentials = api["spec"]["endpoints"][0]["authorization"]["credentials"]
    assert credentials == {"name": "goqueue-keys", "key": "prometheus"}


def test_what_is_scraped_serves_metrics(render: Renderer) -> None:
    objects = render(FULL)
    ports = {port["name"] for found in of_kind(objects, "Deployment") for port in main_container(found).get("ports", ())}
    assert {endpoint["port"] for endpoint in endpoints(objects)} <= ports
    assert {endpoint["path"] for endpoint in endpoints(objects)} == {"/metrics"}


def endpoints(objects: list[Object]) -> list[Any]:
    """Of all monitors."""
    found = [one["spec"]["endpoints"] for one in of_kind(objects, "ServiceMonitor")]
    found += [one["spec"]["podMetricsEndpoints"] for one in of_kind(objects, "PodMonitor")]
    return [endpoint for some in found for endpoint in some]
