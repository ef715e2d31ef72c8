"""Write the table of docs/job-lifecycle.md from the state machine in the code; `--check` only says whether it is right."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from goqueue_common.lifecycle import markdown_table

PAGE = Path(__file__).resolve().parent.parent / "docs" / "job-lifecycle.md"
BEGIN = "<!-- lifecycle:begin -->"
END = "<!-- lifecycle:end -->"


def main(argv: list[str] | None = None) -> int:
    """0 the page is right (or was written), 1 it is out of date, 2 it lacks the markers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when the page is out of date")
    arguments = parser.parse_args(argv)
    page = PAGE.read_text(encoding="utf-8")
    try:
        wanted = with_table(page, markdown_table())
    except ValueError as error:
        print(f"error: {PAGE.name}: {error}", file=sys.stderr)
        return 2
    if page == wanted:
        print(f"docs/{PAGE.name}: up to date")
        return 0
    if arguments.check:
        print(f"docs/{PAGE.name}: out of date; run scripts/generate_lifecycle_docs.py", file=sys.stderr)
        return 1
    PAGE.write_text(wanted, encoding="utf-8")
    print(f"docs/{PAGE.name}: written")
    return 0


def with_table(page: str, table: str) -> str:
    """The page with `table` between its two markers. Raises ValueError unless each marker is there once, in order."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end) or BEGIN in rest or END in after:
        raise ValueError(f"wants one {BEGIN} and one {END} after it")
    return f"{before}{BEGIN}\n{table}{END}{after}"


if __name__ == "__main__":
    sys.exit(main())
