"""The shop's files and its database, below $SHOP_DATA (./shop-data if that is not set)."""

import csv
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

SUPPLIERS = Path(__file__).parents[1] / "suppliers"
TABLES = """
CREATE TABLE IF NOT EXISTS payments (job_id TEXT PRIMARY KEY, order_number INTEGER NOT NULL, cents INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS stock (article TEXT, supplier TEXT, count INTEGER NOT NULL, PRIMARY KEY (article, supplier));
"""


def folder() -> Path:
    return Path(os.environ.get("SHOP_DATA", "shop-data"))


def write_file(name: str, text: str) -> str:
    """Write a file as a whole, over one that may be there; its path."""
    path = folder() / name
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_text(text)
    part.replace(path)
    return str(path)


@contextmanager
def transaction() -> Iterator[sqlite3.Connection]:
    """The shop's database; what the block did is kept if it ends without an error."""
    folder().mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(folder() / "shop.db", timeout=10)) as database, database:
        database.executescript(TABLES)
        yield database


def supplier_list(supplier: str) -> dict[str, int]:
    """Article -> how many the supplier has. Raises FileNotFoundError when the list has not arrived."""
    with (SUPPLIERS / f"{supplier}.csv").open(newline="") as file:
        return {row["article"]: int(row["count"]) for row in csv.DictReader(file)}
