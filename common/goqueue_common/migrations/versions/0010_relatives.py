"""Which jobs come of another one; those that come of none are in neither index.

Concurrently: jobs are written meanwhile, however many there are. Outside of a transaction, so what an interruption left
invalid is made anew.

Revision ID: 0010
Revises: 0009
"""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

INDEXES = (("jobs_rerun_of", "rerun_of"), ("jobs_parent", "parent_id"))


def upgrade() -> None:
    with op.get_context().autocommit_block():
        for name, column in INDEXES:
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            op.execute(f"CREATE INDEX CONCURRENTLY {name} ON jobs ({column}, id) WHERE {column} IS NOT NULL")
