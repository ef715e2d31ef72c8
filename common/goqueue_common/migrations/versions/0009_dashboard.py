"""The dashboard: which jobs come of another one, and how much memory a worker takes.

Jobs that come of none are in neither index. Writes to jobs wait while it is read once, some seconds with ten million.

Revision ID: 0009
Revises: 0008
"""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

STATEMENTS = (
    "ALTER TABLE workers ADD COLUMN memory_bytes bigint",
    "CREATE INDEX jobs_rerun_of ON jobs (rerun_of) WHERE rerun_of IS NOT NULL",
    "CREATE INDEX jobs_parent ON jobs (parent_id) WHERE parent_id IS NOT NULL",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
