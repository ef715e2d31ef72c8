"""A real Prometheus, as Debian has it, and what observability/ gives it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml

from tests.processes import eventually, free_port

FOLDER = Path(__file__).resolve().parents[1] / "observability"
DASHBOARD = FOLDER / "grafana" / "goqueue.json"
RULES = FOLDER / "rules.yml"
_VARIABLES = {"$namespace": ".*", "$queue": ".+", "$__rate_interval": "5m"}


def tool(name: str) -> str:
    """The path of `prometheus` or `promtool`; the test is skipped where it is not installed."""
    path = shutil.which(name)
    if path is None:
        pytest.skip(f"{name} is not installed (Debian's package prometheus)")
    return path


def promtool(*words: str, given: str | None = None) -> str:
    """What it says, or a failure with that."""
    answer = subprocess.run(
        [tool("promtool"), *words], input=given, cwd=FOLDER, check=False, capture_output=True, text=True, timeout=60
    )
    assert answer.returncode == 0, f"promtool {' '.join(words)}\n{answer.stdout}\n{answer.stderr}"
    return answer.stdout + answer.stderr


def rules() -> list[dict[str, Any]]:
    """Every rule, recording and alerting."""
    return [rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]]


def dashboard_queries() -> list[str]:
    """What the panels of the dashboard ask, with its variables set."""
    panels = json.loads(DASHBOARD.read_text())["panels"]
    queries = [target["expr"] for panel in panels for target in panel.get("targets", ())]
    for name, value in _VARIABLES.items():
        queries = [query.replace(name, value) for query in queries]
    return queries


def metrics_in(query: str) -> set[str]:
    """Names of ours in a query; those of histograms without _bucket, _sum and _count."""
    bare = re.sub(r'"[^"]*"', '""', query)
    return {re.sub(r"_(bucket|sum|count)$", "", name) for name in re.findall(r"\bgoqueue_\w+", bare)}


class Prometheus:
    """One that runs."""

    def __init__(self, url: str) -> None:
        self.url = url

    def ask(self, path: str, **parameters: str) -> Any:
        """`data` of its answer."""
        answer = requests.get(f"{self.url}/api/v1/{path}", params=parameters, timeout=10)
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]

    def value(self, query: str) -> float | None:
        """Of a query with one result; None: it has none."""
        found = self.ask("query", query=query)["result"]
        return float(found[0]["value"][1]) if found else None


@contextmanager
def running(folder: Path, configuration: str) -> Iterator[Prometheus]:
    """A Prometheus on this configuration, whose rule file is ours."""
    file = folder / "prometheus.yml"
    file.write_text(configuration.replace("[rules.yml]", f"[{RULES}]"))
    address = f"127.0.0.1:{free_port()}"
    words = [tool("prometheus"), f"--config.file={file}", f"--storage.tsdb.path={folder / 'data'}"]
    with (folder / "prometheus.log").open("wb") as log:
        process = subprocess.Popen([*words, f"--web.listen-address={address}"], stdout=log, stderr=log)
        try:
            eventually(lambda: _is_ready(f"http://{address}"), "Prometheus is ready")
            yield Prometheus(f"http://{address}")
        finally:
            process.terminate()
            process.wait(20)


def _is_ready(url: str) -> bool:
    try:
        return requests.get(f"{url}/-/ready", timeout=2).status_code == 200
    except requests.ConnectionError:
        return False
