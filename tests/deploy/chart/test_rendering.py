"""The chart with helm 3.17 and 4.3, over every set of values in its folder ci."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.deploy.chart.helm_chart import CHART, HELMS, RELEASE, Object, Renderer, run_helm, words_of

# What templates print when they print a value that is none, or an object as a text.
SLIPS = re.compile(r"<nil>|<no value>|%!|map\[|\[\]interface|0xc0")


@pytest.mark.parametrize("helm", HELMS)
@pytest.mark.usefixtures("tools")
def test_lint_finds_nothing(helm: str, values_file: Path) -> None:
    answer = run_helm(helm, ["lint", "--strict", str(CHART), "--values", str(values_file)])
    assert answer.returncode == 0, answer.stdout + answer.stderr
    told = [line for line in answer.stdout.splitlines() if line.startswith("[")]
    assert told in ([], ["[INFO] Chart.yaml: icon is recommended"])


@pytest.mark.parametrize("is_upgrade", [False, True], ids=["install", "upgrade"])
def test_both_helms_render_the_same(render: Renderer, values_file: Path, is_upgrade: bool) -> None:
    rendered = [in_order(render(values_file, helm=helm, is_upgrade=is_upgrade)) for helm in HELMS]
    assert rendered[0] == rendered[1]


def test_no_value_was_printed_as_an_object_or_as_nothing(render: Renderer, values_file: Path) -> None:
    for found in render(values_file):
        slips = [text for text in texts(found) if SLIPS.search(text)]
        assert not slips, words_of(found)


def test_no_object_is_there_twice(render: Renderer, values_file: Path) -> None:
    names = [(found["apiVersion"].split("/")[0], words_of(found)) for found in render(values_file)]
    assert len(names) == len(set(names))


def test_every_object_is_in_the_namespace_of_the_release(everything: list[Object]) -> None:
    assert {
        found["metadata"].get("namespace") for found in everything if words_of(found) != f"ConfigMap/{RELEASE}-environment"
    } == {"goqueue"}


def test_the_smallest_set_makes_up_no_secret(render: Renderer) -> None:
    for name in ("minimal", "gitops"):
        assert "Secret" not in {found["kind"] for found in render(CHART / "ci" / f"{name}-values.yaml")}


def in_order(objects: list[Object]) -> list[Object]:
    """Without what is drawn by lot."""
    for found in objects:
        if found["kind"] == "Secret":
            found["data"] = sorted(found["data"])
    return sorted(objects, key=words_of)


def texts(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for pair in value.items() for part in pair for text in texts(part)]
    if isinstance(value, list):
        return [text for part in value for text in texts(part)]
    return [value] if isinstance(value, str) else []
