"""Recovery: each worker's own lease, the attempt that ran alone, and expiry by an index.

Revision ID: 0002
Revises: 0001
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

STATEMENTS = (
    # Judged by the lease it was started with, whatever the setting of its judge.
    "ALTER TABLE workers ADD COLUMN lease_seconds double precision NOT NULL DEFAULT 30",
    # Set before an attempt runs alone because its job died with a process before: only then does its death count.
    "ALTER TABLE jobs ADD COLUMN alone_attempt integer",
    """
    CREATE INDEX jobs_expiring ON jobs (expires_at)
    WHERE expires_at IS NOT NULL AND status IN ('queued', 'retrying', 'scheduled')
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
