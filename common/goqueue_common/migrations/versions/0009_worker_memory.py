"""How much memory a worker takes.

Revision ID: 0009
Revises: 0008
"""

from alembic import op

from goqueue_common.migrations.exclusive import locked

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

STATEMENTS = (
    locked("workers"),
    "ALTER TABLE workers ADD COLUMN memory_bytes bigint",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
