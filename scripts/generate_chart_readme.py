"""Write the tables of values in the chart's README.md from the comments in its values.yaml.

`## @section Title` begins a table, `##` below it is said before the table, and `## @param path what it is for` stands in
the line above a key. The default comes from the file itself. `--check` writes nothing and only says whether all is up to
date.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

CHART = Path(__file__).resolve().parent.parent / "helm" / "goqueue"
SECTION = re.compile(r"<!-- values -->\n.*?<!-- end -->\n", re.DOTALL)
COMMENT = re.compile(r"^\s*## (?:@(section|param) )?(.*)$")


@dataclass
class Param:
    """A value as its comment describes it; `line` is that of the comment, from 0."""

    path: str
    meaning: str
    line: int


@dataclass
class Section:
    """A table of values."""

    title: str
    words: list[str] = field(default_factory=list)
    params: list[Param] = field(default_factory=list)


def main(argv: list[str] | None = None) -> int:
    """0 README.md is right (or was written), 1 it is out of date, 2 comments and values do not go together."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when README.md is out of date")
    parser.add_argument("--chart", type=Path, default=CHART, help=argparse.SUPPRESS)
    arguments = parser.parse_args(argv)
    readme = arguments.chart / "README.md"
    values = (arguments.chart / "values.yaml").read_text(encoding="utf-8")
    found = list(sections(values))
    if mistakes := problems(found, values):
        print("\n".join(f"values.yaml: {mistake}" for mistake in mistakes), file=sys.stderr)
        return 2
    old = readme.read_text(encoding="utf-8")
    if not SECTION.search(old):
        print(f"{readme} has no <!-- values --> with an <!-- end -->", file=sys.stderr)
        return 2
    text = f"<!-- values -->\n{tables(found, yaml.safe_load(values))}<!-- end -->\n"
    new = SECTION.sub(lambda _: text, old)
    if new == old:
        return 0
    if arguments.check:
        print("the chart's README.md is out of date; run scripts/generate_chart_readme.py", file=sys.stderr)
        return 1
    readme.write_text(new, encoding="utf-8")
    print(f"{readme}: written")
    return 0


def sections(text: str) -> Iterator[Section]:
    """The sections of a values.yaml, as its comments say."""
    section = Section("")
    for number, line in enumerate(text.splitlines()):
        comment = COMMENT.match(line)
        if comment is None:
            continue
        if comment[1] == "section":
            yield section
            section = Section(comment[2])
        elif comment[1] == "param":
            path, _, meaning = comment[2].partition(" ")
            section.params.append(Param(path, meaning, number))
        else:
            section.words.append(comment[2])
    yield section


def problems(found: list[Section], text: str) -> list[str]:
    """What keeps the comments from being the whole truth: a sentence each."""
    params = [param for section in found for param in section.params]
    lines = dict(keys(yaml.compose(text)))
    described = {param.path for param in params}
    said = [
        f"{param.path} is described in line {param.line + 1}, and no such value is below"
        for param in params
        if lines.get(param.path) != param.line + 1
    ]
    said += [
        f"{path} has no `## @param {path} ...` above it"
        for path in leaves(yaml.safe_load(text))
        if not any(path == one or path.startswith(f"{one}.") for one in described)
    ]
    said += [f"{param.path} is described without a word" for param in params if not param.meaning]
    said += [f"{param.path} stands before the first section" for param in found[0].params]
    return said


def keys(node: yaml.Node | None, prefix: str = "") -> Iterator[tuple[str, int]]:
    """(path, line from 0) of each key."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield f"{prefix}{key.value}", key.start_mark.line
            yield from keys(value, f"{prefix}{key.value}.")


def leaves(values: Any, prefix: str = "") -> Iterator[str]:
    """Paths of all that is no object, or an empty one."""
    for key, value in values.items():
        if isinstance(value, dict) and value:
            yield from leaves(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}"


def tables(found: list[Section], values: Any) -> str:
    """All of them, in Markdown."""
    return "".join(
        f"\n### {section.title}\n\n{words(section)}{table(section, values)}\n" for section in found if section.params
    )


def words(section: Section) -> str:
    """What is said before a table."""
    return " ".join(section.words) + "\n\n" if section.words else ""


def table(section: Section, values: Any) -> str:
    """A row a value."""
    rows = [f"| `{param.path}` | {default(values, param.path)} | {cell(param.meaning)} |" for param in section.params]
    return "\n".join(["| value | default | meaning |", "|---|---|---|", *rows])


def default(values: Any, path: str) -> str:
    """As one would write it in a line of YAML; nothing for an empty text."""
    for key in path.split("."):
        values = values[key]
    if values == "":
        return ""
    text = yaml.safe_dump(values, default_flow_style=True, width=10_000, sort_keys=False)
    return f"`{cell(text.removesuffix('...' + chr(10)).strip())}`"


def cell(text: str) -> str:
    """A text that may stand in a table."""
    return text.replace("|", "\\|")


if __name__ == "__main__":
    sys.exit(main())
