"""Every example that declares handlers is a module that a worker can load."""

from __future__ import annotations

from pathlib import Path

import pytest

from goqueue_worker.discovery import load
from tests.docs.pages import Block, python_blocks

EXAMPLES = python_blocks("handlers")


@pytest.mark.parametrize("block", EXAMPLES, ids=lambda block: block.place)
def test_worker_loads_the_example(block: Block, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = f"example_{EXAMPLES.index(block)}"
    (tmp_path / f"{name}.py").write_text(block.text)
    monkeypatch.syspath_prepend(tmp_path)
    assert load([name], None).handlers
