"""What things cost."""

CENTS = {"tea": 450, "cup": 1290, "kettle": 5900}


class UnknownArticle(Exception):
    """The shop has no such article."""


def total(lines: list[dict]) -> int:
    """What the lines of an order cost together, in cents. Raises UnknownArticle."""
    return sum(line_total(line) for line in lines)


def line_total(line: dict) -> int:
    """What one line costs, in cents. Raises UnknownArticle."""
    if line["article"] not in CENTS:
        raise UnknownArticle(f"there is no article {line['article']!r}: the shop has {', '.join(CENTS)}")
    return CENTS[line["article"]] * line["count"]


def euros(cents: int) -> str:
    """For people."""
    return f"{cents / 100:.2f} EUR"
