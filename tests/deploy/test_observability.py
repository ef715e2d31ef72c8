"""observability/: what promtool says of it, and that it speaks of metrics that there are."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest
import yaml

from goqueue_common.metrics.catalogue import BY_NAME
from tests.prometheus import DASHBOARD, FOLDER, RULES, dashboard_queries, metrics_in, promtool, rules

ALERTS = [rule["alert"] for rule in rules() if "alert" in rule]


def test_promtool_takes_the_rules_and_their_tests_pass() -> None:
    assert "SUCCESS" in promtool("check", "rules", str(RULES))
    assert "SUCCESS" in promtool("test", "rules", "rules_test.yml")


@pytest.mark.parametrize("name", ["prometheus.yml", "prometheus-with-key.yml"])
def test_promtool_takes_the_configuration(name: str, tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text("gq_key")
    text = (FOLDER / name).read_text().replace("/etc/prometheus/goqueue-key", str(key))
    (tmp_path / name).write_text(text.replace("[rules.yml]", f"[{RULES}]"))
    assert "is valid" in promtool("check", "config", str(tmp_path / name))


def test_promtool_takes_every_query_of_the_dashboard(tmp_path: Path) -> None:
    records = [{"record": f"query_{number}", "expr": query} for number, query in enumerate(dashboard_queries())]
    file = tmp_path / "queries.yml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "dashboard", "rules": records}]}))
    assert f"{len(records)} rules found" in promtool("check", "rules", str(file))


def test_rules_and_dashboard_speak_of_metrics_that_there_are() -> None:
    queries = [*dashboard_queries(), *(rule["expr"] for rule in rules())]
    named = {name for query in queries for name in metrics_in(query)}
    assert named - BY_NAME.keys() == set()
    recorded = {name for query in queries for name in re.findall(r"goqueue:[\w:]+", query)}
    assert recorded - {rule.get("record") for rule in rules()} == set()


def test_labels_in_rules_and_dashboard_are_those_of_the_metrics() -> None:
    for query in [*dashboard_queries(), *(rule["expr"] for rule in rules())]:
        for name, matchers in re.findall(r"\b(goqueue_\w+)\{([^}]*)\}", query):
            family = BY_NAME[re.sub(r"_(bucket|sum|count)$", "", name)]
            assert set(re.findall(r"(\w+)\s*[=!]~?", matchers)) <= {*family.labels, "le", "namespace"}, query


def test_each_alert_is_tried_as_it_fires_and_as_it_does_not() -> None:
    tried: Counter[tuple[str, bool]] = Counter(
        (one["alertname"], bool(one["exp_alerts"]))
        for test in yaml.safe_load((FOLDER / "rules_test.yml").read_text())["tests"]
        for one in test["alert_rule_test"]
    )
    assert {(alert, fires) for alert in ALERTS for fires in (True, False)} - tried.keys() == set()


def test_the_page_says_of_each_alert_what_to_do() -> None:
    told = re.findall(r"^### (\w+)$", (FOLDER / "README.md").read_text(), re.MULTILINE)
    assert told == ALERTS


def test_the_dashboard_can_be_imported_anywhere() -> None:
    dashboard = json.loads(DASHBOARD.read_text())
    assert "id" not in dashboard, "Grafana gives it"
    assert [one["name"] for one in dashboard["templating"]["list"]] == ["source", "namespace", "queue"]
    ids = [panel["id"] for panel in dashboard["panels"]]
    assert len(ids) == len(set(ids))
    for panel in dashboard["panels"]:
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24, panel["title"]
        sources = [panel, *panel["targets"]] if panel["type"] != "row" else []
        assert all(one["datasource"] == {"type": "prometheus", "uid": "${source}"} for one in sources), panel["title"]
