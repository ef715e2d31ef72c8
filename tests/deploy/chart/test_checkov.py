"""What checkov says of all that is rendered; what is left as it is has a reason in checkov/allowed.txt."""

from __future__ import annotations

import json
import subprocess
from fnmatch import fnmatchcase
from pathlib import Path

import pytest
import yaml

from tests.deploy.chart.helm_chart import TOOLS, VALUES_FILES, Renderer

pytestmark = pytest.mark.full
CHECKOV = TOOLS / "checkov" / "bin" / "checkov"
ALLOWED = [
    tuple(line.split(maxsplit=2))
    for line in (Path(__file__).parent / "checkov" / "allowed.txt").read_text().splitlines()
    if not line.startswith("#")
]


@pytest.fixture(scope="module")
def findings(render: Renderer, tmp_path_factory: pytest.TempPathFactory) -> set[tuple[str, str, str]]:
    """(check, what it asks for, object) of each that failed."""
    if not CHECKOV.exists():
        pytest.skip("checkov was not run: it is not in .tools (scripts/fetch-deploy-tools --full fetches it)")
    folder = tmp_path_factory.mktemp("rendered")
    for file in VALUES_FILES:
        for is_upgrade in (False, True):
            text = yaml.safe_dump_all(render(file, is_upgrade=is_upgrade))
            (folder / f"{file.stem}-{is_upgrade}.yaml").write_text(text)
    command = [str(CHECKOV), "--directory", str(folder), "--framework", "kubernetes", "--skip-download", "--compact"]
    answer = subprocess.run([*command, "--output", "json"], check=False, capture_output=True, text=True, timeout=300)
    report = json.loads(answer.stdout)
    assert report["summary"]["parsing_errors"] == 0
    assert report["summary"]["passed"] > 1000, "it has looked"
    return {(one["check_id"], one["check_name"], one["resource"]) for one in report["results"]["failed_checks"]}


@pytest.mark.timeout(400)
def test_nothing_fails_without_a_reason(findings: set[tuple[str, str, str]]) -> None:
    unexplained = [found for found in findings if not any(explains(line, found) for line in ALLOWED)]
    assert sorted(unexplained) == []


def test_every_reason_is_needed(findings: set[tuple[str, str, str]]) -> None:
    assert [line for line in ALLOWED if not any(explains(line, found) for found in findings)] == []


def explains(line: tuple[str, ...], found: tuple[str, str, str]) -> bool:
    check, pattern, _ = line
    return check == found[0] and fnmatchcase(found[2], pattern)
