"""What all tables share."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import DateTime, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import UUID as PGUUID
from sqlalchemy.orm import DeclarativeBase, registry

NOW: Final = text("now()")


def one_of(column: str, values: Iterable[str]) -> str:
    """SQL for a CHECK: the column has one of these values."""
    return f"{column} IN ({', '.join(repr(str(value)) for value in sorted(values))})"


class Base(DeclarativeBase):
    """Metadata shared by every process; the API binds it with Flask-SQLAlchemy."""

    # Not as type_annotation_map: Flask-SQLAlchemy copies this class, and SQLAlchemy refuses that name in a copy.
    registry = registry(
        type_annotation_map={
            datetime: DateTime(timezone=True),
            UUID: PGUUID(as_uuid=True),
            dict[str, Any]: JSONB,
            str: Text,
        }
    )
