"""Every block of code in the pages does what it is there for, with everything running."""

from __future__ import annotations

import pytest

from tests.docs.commands import OTHERS, PLACEHOLDERS, Other, is_tried, matches
from tests.docs.pages import EXAMPLES, ROOT, Block, blocks
from tests.docs.reader import Reader

SHELL = blocks("bash")
TRIED = [block for block in blocks("bash", "python") if is_tried(block)]


@pytest.mark.parametrize("block", TRIED, ids=lambda block: block.place)
def test_block_works(reader: Reader, block: Block) -> None:
    reader.try_out(block)


ORDER_OF_THE_MOON = """curl -sS http://localhost:8080/jobs -H 'Content-Type: application/json' -d '{"type": "order.confirm",
  "payload": {"order": 1, "to": "ada@example.org", "lines": [{"article": "moon", "count": 1}]}}'"""


@pytest.mark.parametrize(
    ("command", "says"),
    [
        pytest.param("false", "ended with 1", id="exit code"),
        pytest.param("curl -sS http://localhost:8080/jobs/nothing", "job_not_found", id="refused by the API"),
        pytest.param(ORDER_OF_THE_MOON, "no article 'moon'", id="job that fails"),
    ],
)
def test_what_goes_wrong_in_a_block_is_seen(reader: Reader, command: str, says: str) -> None:
    with pytest.raises(AssertionError, match=says):
        reader.try_out(Block(EXAMPLES / "shop" / "README.md", 1_000, "bash", command))


@pytest.mark.parametrize("other", OTHERS, ids=lambda other: other.line)
def test_what_is_run_otherwise_is_still_in_a_page_and_runs_elsewhere(other: Other) -> None:
    assert any(matches(other, block) for block in SHELL), "no page has such a line: delete this row"
    assert (ROOT / other.run_by).is_file()


@pytest.mark.parametrize("placeholder", PLACEHOLDERS)
def test_placeholder_is_still_in_a_page(placeholder: str) -> None:
    assert any(placeholder in block.text for block in SHELL), "no page has it: delete this row"
