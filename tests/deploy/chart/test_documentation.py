"""The commands of the pages about clusters, as they stand, against the fake API server: a cluster for each section."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.deploy.chart.cluster import MakeCluster, said
from tests.deploy.chart.helm_chart import ROOT
from tests.docs.pages import Block, page_blocks

DEPLOYMENT, MANIFESTS = ROOT / "docs" / "deployment.md", ROOT / "k8s" / "README.md"
NEEDS_PODS = re.compile(r"^kubectl .*port-forward.*$", re.MULTILINE)


@pytest.mark.parametrize(
    ("page", "section", "made"),
    [
        pytest.param(DEPLOYMENT, "Helm", "Deployment/goqueue-worker-emails", id="Helm"),
        pytest.param(DEPLOYMENT, "kubectl", "Ingress/goqueue-dashboard", id="kubectl", marks=pytest.mark.full),
        pytest.param(MANIFESTS, "Try it out", "StatefulSet/goqueue-postgresql", id="k8s", marks=pytest.mark.full),
        pytest.param(MANIFESTS, "Production", "Secret/goqueue", id="production", marks=pytest.mark.full),
    ],
)
def test_commands_of_the_section_work(
    make_cluster: MakeCluster, tmp_path: Path, page: Path, section: str, made: str
) -> None:
    cluster = make_cluster("helm4")
    for name in ("helm", "k8s"):
        (tmp_path / name).symlink_to(ROOT / name)
    for block in blocks_of(page, section):
        if block.file_name:
            (tmp_path / block.file_name).write_text(block.text)
        if block.language == "bash":
            said(cluster.shell(NEEDS_PODS.sub("", block.text), tmp_path))
    assert made in cluster.names()


def blocks_of(page: Path, section: str) -> list[Block]:
    """Those below the heading `## section`."""
    lines = page.read_text().splitlines()
    begin = lines.index(f"## {section}") + 1
    end = next((n for n, line in enumerate(lines[begin:], begin + 1) if line.startswith("## ")), len(lines) + 1)
    return [block for block in page_blocks(page) if begin < block.line < end]
