"""The jobs that there are, counted once.

Apart from 0006, and under no lock: what moved since its triggers were made is still in the outbox, which nobody folds
before the schema is current. One statement sees both as they are at one moment.

Revision ID: 0007
Revises: 0006
"""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

COUNT = """
INSERT INTO job_counts (queue, type, status, jobs)
SELECT queue, type, status, sum(jobs) FROM (
    SELECT queue, type, status, count(*) AS jobs FROM jobs GROUP BY queue, type, status
    UNION ALL SELECT queue, type, target, -jobs FROM job_moves WHERE target IS NOT NULL
    UNION ALL SELECT coalesce(from_queue, queue), type, origin, jobs FROM job_moves WHERE origin IS NOT NULL
) AS part GROUP BY queue, type, status HAVING sum(jobs) <> 0
"""


def upgrade() -> None:
    op.execute(COUNT)
