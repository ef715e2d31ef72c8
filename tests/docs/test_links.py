"""Links between the pages lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.pages import PAGES, ROOT, prose

LINK = re.compile(r"\[[^]]*\]\(([^)\s]+)\)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_of_the_page_resolve(page: Path) -> None:
    local = [target for target in LINK.findall(prose(page)) if not re.match(r"[a-z]+:", target)]
    broken = [target for target in local if not reachable(page, target)]
    assert not broken


def test_readme_leads_to_every_page_of_docs() -> None:
    linked = {(ROOT / target).resolve() for target in LINK.findall(prose(ROOT / "README.md"))}
    assert {page.resolve() for page in (ROOT / "docs").glob("*.md")} <= linked


def reachable(page: Path, target: str) -> bool:
    path, _, anchor = target.partition("#")
    goal = (page.parent / path).resolve() if path else page
    return goal.exists() and (not anchor or anchor in anchors(goal))


def anchors(page: Path) -> set[str]:
    """The headings of a page as anchors: lower case, words joined by dashes."""
    headings = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
