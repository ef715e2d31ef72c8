"""The table of values is made of comments, and comments that are not the whole truth are refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.generate_chart_readme import main

VALUES = """\
## @section Names
## What things are called.

## @param name Name | of all
name: ""
api:
  ## @param api.replicas How many pods
  replicas: 2
  ## @param api.resources Requests and limits
  resources:
    requests: {cpu: 1m}
"""
TABLE = """\
<!-- values -->

### Names

What things are called.

| value | default | meaning |
|---|---|---|
| `name` |  | Name \\| of all |
| `api.replicas` | `2` | How many pods |
| `api.resources` | `{requests: {cpu: 1m}}` | Requests and limits |
<!-- end -->
"""


@pytest.fixture
def chart(tmp_path: Path) -> Path:
    (tmp_path / "README.md").write_text("# A chart\n\n<!-- values -->\n<!-- end -->\n\nMore.\n")
    (tmp_path / "values.yaml").write_text(VALUES)
    return tmp_path


def run(chart: Path, *words: str) -> int:
    return main(["--chart", str(chart), *words])


def test_the_table_is_written_between_its_marks(chart: Path) -> None:
    assert run(chart) == 0
    assert (chart / "README.md").read_text() == f"# A chart\n\n{TABLE}\nMore.\n"


def test_check_writes_nothing_and_says_whether_it_is_up_to_date(chart: Path) -> None:
    assert run(chart, "--check") == 1
    assert "###" not in (chart / "README.md").read_text()
    run(chart)
    assert run(chart, "--check") == 0


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("  replicas: 2\n", "  replicas: 2\n  more: 1\n", "api.more has no `## @param api.more ...` above it"),
        ("@param api.replicas", "@param api.pods", "api.pods is described in line 7, and no such value is below"),
        (" How many pods", "", "api.replicas is described without a word"),
        ("## @section Names\n", "", "name stands before the first section"),
    ],
    ids=["not-described", "described-but-not-there", "no-words", "no-section"],
)
def test_a_slip_in_the_comments_is_refused(
    chart: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, said: str
) -> None:
    (chart / "values.yaml").write_text(VALUES.replace(old, new))
    assert run(chart) == 2
    assert said in capsys.readouterr().err


def test_a_page_without_marks_is_refused(chart: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (chart / "README.md").write_text("# A chart\n")
    assert run(chart) == 2
    assert "<!-- values -->" in capsys.readouterr().err
