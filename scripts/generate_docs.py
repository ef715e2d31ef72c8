"""Write what the code knows into files: api/openapi.json, and in docs/ the tables of the lifecycle, of metrics and of the
reasons why a job waits, and the fields of each built-in type's payload. Copy into the Helm chart what it needs of
observability/: a chart is packed with nothing from outside of its folder.

Those in docs/ go between `<!-- name -->` and `<!-- end -->`. `--check` writes nothing and only says whether all is up to
date.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from goqueue_api.app import create_app
from goqueue_api.settings import ApiSettings
from goqueue_common import lifecycle
from goqueue_common.explain import explanation
from goqueue_common.metrics import catalogue
from goqueue_common.store_settings import StoreSettings
from goqueue_worker import discovery

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
CHART_FILES = {
    ROOT / "helm/goqueue/files/rules.yml": ROOT / "observability/rules.yml",
    ROOT / "helm/goqueue/files/grafana.json": ROOT / "observability/grafana/goqueue.json",
}
SECTION = re.compile(r"<!-- (lifecycle|metrics|reasons|fields of \S+) -->\n.*?<!-- end -->\n", re.DOTALL)
LIMITS = (
    ("minimum", "from {}"),
    ("exclusiveMinimum", "more than {}"),
    ("maximum", "up to {}"),
    ("minLength", "at least {} characters"),
    ("maxLength", "at most {} characters"),
    ("minItems", "at least {} items"),
    ("maxItems", "at most {} items"),
    ("format", "{}"),
)
USUAL = {"minLength": 1}


def main(argv: list[str] | None = None) -> int:
    """0 all pages are right (or were written), 1 one is out of date, 2 a section is missing or unknown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when a page is out of date")
    arguments = parser.parse_args(argv)
    sections = generated()
    pages = {path: path.read_text(encoding="utf-8") for path in sorted(DOCS.glob("*.md"))}
    named = [name for page in pages.values() for name in SECTION.findall(page)]
    if sorted(named) != sorted(sections):
        print(f"error: docs/ has the sections {sorted(named)}, the code {sorted(sections)}", file=sys.stderr)
        return 2
    files = {
        path: SECTION.sub(lambda found: f"<!-- {found[1]} -->\n{sections[found[1]]}<!-- end -->\n", page)
        for path, page in pages.items()
    }
    files[ROOT / "api" / "openapi.json"] = api_description()
    files |= {copy: original.read_text(encoding="utf-8") for copy, original in CHART_FILES.items()}
    stale = {path: text for path, text in files.items() if not path.exists() or path.read_text(encoding="utf-8") != text}
    for path, text in stale.items():
        if arguments.check:
            print(f"{path.relative_to(ROOT)}: out of date; run scripts/generate_docs.py", file=sys.stderr)
        else:
            path.write_text(text, encoding="utf-8")
            print(f"{path.relative_to(ROOT)}: written")
    return 1 if stale and arguments.check else 0


def generated() -> dict[str, str]:
    """Name of a section -> its text."""
    handlers = discovery.load([discovery.BUILTIN_MODULE], None).handlers
    fields = {f"fields of {one.type}": field_table(one.schema or {}) for one in handlers}
    tables = {
        "lifecycle": lifecycle.markdown_table(),
        "metrics": catalogue.markdown_table(),
        "reasons": explanation.markdown_table(),
    }
    return {**tables, **fields}


def api_description() -> str:
    """openapi.json, as every API serves it but for the release; made without connecting to anything."""
    stores = StoreSettings(
        database_url="postgresql+psycopg2://nobody@127.0.0.1:9/none",
        redis_url="redis://127.0.0.1:9/0",
        prefix="none",
        log_level="error",
        log_format="json",
    )
    app = create_app(
        ApiSettings(stores=stores, host="127.0.0.1", port=8080, processes=1, threads=1, db_pool=1, auth="keys")
    )
    description = app.test_client().get("/openapi.json").get_json()
    description["info"]["version"] = "1"  # of the contract: a release that changes nothing in it must not change the file
    return json.dumps(description, indent=2, ensure_ascii=False) + "\n"


def field_table(schema: Mapping[str, Any]) -> str:
    """A payload's members, those of objects in it after a dot, of items of arrays after []."""
    rows = list(field_rows(schema, ""))
    if not rows:
        return f"{schema.get('description', 'Nothing.')}\n"
    lines = [f"| `{name}` | {kind} | {'yes' if is_required else ''} | {text} |" for name, kind, is_required, text in rows]
    return "\n".join(["| field | type | required | meaning |", "|---|---|---|---|", *lines, ""])


def field_rows(schema: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, str, bool, str]]:
    """(name, type, whether it is required, meaning) of each member."""
    for name, member in schema.get("properties", {}).items():
        full = f"{prefix}{name}"
        yield full, kind_of(member), name in schema.get("required", ()), meaning(member)
        yield from field_rows(member, f"{full}.")
        if isinstance(member.get("items"), Mapping):
            yield from field_rows(member["items"], f"{full}[].")


def kind_of(member: Mapping[str, Any]) -> str:
    """The type of a member, in a word or two."""
    if "enum" in member:
        return " or ".join(f"`{value}`" for value in member["enum"])
    kind = member.get("type", "any")
    if kind == "array" and isinstance(member.get("items"), Mapping):
        return f"array of {member['items'].get('type', 'any')}s"
    return " or ".join(kind) if isinstance(kind, list) else str(kind)


def meaning(member: Mapping[str, Any]) -> str:
    """What it is for, its limits and default."""
    ranged = {"minimum", "maximum"} <= set(member)
    limits = [f"{member['minimum']:,} to {member['maximum']:,}"] if ranged else []
    limits += [
        text.format(f"{member[word]:,}" if isinstance(member[word], int) else member[word])
        for word, text in LIMITS
        if word in member and member[word] != USUAL.get(word) and not (ranged and word in ("minimum", "maximum"))
    ]
    value = member.get("default")
    default = [] if value is None else [f"default `{value if isinstance(value, str) else json.dumps(value)}`"]
    details = ", ".join([*limits, *default])
    text = str(member.get("description", member.get("title", ""))).replace("|", "\\|").replace("\n", " ").rstrip(".")
    return text + (f" ({details})" if details else "")


if __name__ == "__main__":
    sys.exit(main())
