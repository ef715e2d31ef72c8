"""docs/configuration.md names every setting that is read, and none that is not."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import yaml

from tests.docs.pages import ROOT

NAME = re.compile(r"(?:GOQUEUE_[A-Z_]+|[A-Z]+_URL|OTEL_EXPORTER_OTLP_(?:ENDPOINT|PROTOCOL)|SENTRY_DSN)")
ROW = re.compile(r"^\| `([A-Z_]+)` \|", re.MULTILINE)
SOURCES = ("api", "worker", "scheduler", "common", "client", "cli")


def names_read() -> set[str]:
    """Names that the settings modules spell out."""
    modules = [path for source in SOURCES for path in (ROOT / source).rglob("*settings.py")]
    assert modules
    words = {
        node.value
        for module in modules
        for node in ast.walk(ast.parse(module.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and NAME.fullmatch(node.value)
    }
    return {word.removesuffix("_FILE") for word in words}


def names_documented() -> set[str]:
    return set(ROW.findall((ROOT / "docs" / "configuration.md").read_text()))


def test_every_setting_that_is_read_is_documented() -> None:
    assert names_read() - names_documented() == set()


def test_every_setting_that_is_documented_is_read() -> None:
    assert names_documented() - names_read() == set()


def test_deployment_files_set_only_what_is_documented() -> None:
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    ours = {name for service in ("api", "worker", "migrate") for name in services[service]["environment"]}
    dockerfile = set(re.findall(r"\b(GOQUEUE_[A-Z_]+)=", (ROOT / "Dockerfile").read_text()))
    assert ours | dockerfile <= names_documented()


def test_pages_name_no_setting_that_does_not_exist() -> None:
    pages: list[Path] = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    named = {name.removesuffix("_FILE") for page in pages for name in NAME.findall(page.read_text())}
    of_compose = set(NAME.findall((ROOT / ".env.example").read_text()))
    assert named <= names_documented() | of_compose
