"""The examples of the documentation are right as far as they can be read: they parse, and name what exists."""

from __future__ import annotations

import ast
import importlib
import json
import re
import subprocess
from pathlib import Path

import jsonschema_rs
import pytest
import yaml

from goqueue_scheduler.schedule_file import default_file, load
from tests.deploy.chart.helm_chart import CHART, overlaid
from tests.docs.pages import ROOT, Block, blocks

OURS = ("goqueue", "goqueue_worker", "goqueue_worker.testing")
NOT_TRIED = {
    "dockerfile": "tests/deploy/test_images.py builds them, on an image of ours",
    "text": "what a command shows; tests/integration/cli runs the commands",
}
PYTHON = blocks("python")
SHELL = blocks("bash")
YAML = blocks("yaml")
HANDLERS = ROOT / "docs" / "handlers.md"
DEPLOYMENT = ROOT / "docs" / "deployment.md"


def place(block: Block) -> str:
    return block.place


def test_there_are_examples() -> None:
    assert PYTHON
    assert SHELL


def test_every_block_is_in_a_language_that_is_tried() -> None:
    """bash, python, json and yaml; a block in none must say so: ```text."""
    tried = {"bash", "json", "python", "yaml"}
    assert {block.place: block.language for block in blocks() if block.language not in {*tried, *NOT_TRIED}} == {}
    assert {block.language for block in blocks()} >= {*NOT_TRIED}


@pytest.mark.parametrize("block", PYTHON, ids=place)
def test_python_example_compiles(block: Block) -> None:
    compile(block.text, block.place, "exec")


@pytest.mark.parametrize("block", PYTHON, ids=place)
def test_python_example_imports_what_we_export(block: Block) -> None:
    wanted = [
        (node.module, name.name)
        for node in ast.walk(ast.parse(block.text))
        if isinstance(node, ast.ImportFrom) and node.module in OURS
        for name in node.names
    ]
    missing = [f"{module}.{name}" for module, name in wanted if name not in importlib.import_module(module).__all__]
    assert not missing


@pytest.mark.parametrize("block", SHELL, ids=place)
def test_shell_example_parses(block: Block) -> None:
    answer = subprocess.run(["bash", "-n"], input=block.text, check=False, capture_output=True, text=True)
    assert answer.returncode == 0, answer.stderr


@pytest.mark.parametrize("block", SHELL, ids=place)
def test_shell_example_names_targets_that_exist(block: Block) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = re.findall(r"^make (?:\S+=\S+ )*([a-z-]+)", block.text, re.MULTILINE)
    assert set(named) <= targets


@pytest.mark.parametrize("block", blocks("json"), ids=place)
def test_json_example_is_json(block: Block) -> None:
    json.loads(block.text)


# What handlers.md shows is for Compose: tests/deploy/test_compose.py.
@pytest.mark.parametrize("block", [block for block in YAML if block.page not in (DEPLOYMENT, HANDLERS)], ids=place)
def test_yaml_example_is_a_schedules_file(block: Block, tmp_path: Path) -> None:
    (tmp_path / "schedules.yaml").write_text(block.text, encoding="utf-8")
    assert load(tmp_path / "schedules.yaml")


@pytest.mark.parametrize("block", [block for block in YAML if block.page == DEPLOYMENT], ids=place)
def test_yaml_example_of_the_deployment_is_values_of_the_chart(block: Block) -> None:
    usual, schema = (yaml.safe_load((CHART / name).read_text()) for name in ("values.yaml", "values.schema.json"))
    jsonschema_rs.validate(schema, overlaid(usual, yaml.safe_load(block.text)))


def test_first_schedules_file_that_is_shown_is_the_one_that_comes_with_goqueue() -> None:
    shown = next(block.text for block in blocks("yaml") if block.page.name == "scheduling.md")
    assert default_file().read_text(encoding="utf-8").endswith(shown)


@pytest.mark.parametrize("block", SHELL, ids=place)
def test_body_of_a_curl_is_json(block: Block) -> None:
    for body in re.findall(r"-d '([^']*)'", block.text):
        assert isinstance(json.loads(body), dict)
