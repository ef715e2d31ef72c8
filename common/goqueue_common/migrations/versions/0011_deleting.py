"""Deleting jobs costs less: no foreign key looks for each of them, and the search index is not vacuumed again and again.

The progress of a job goes with it by the trigger that its lines go by.

Revision ID: 0011
Revises: 0010
"""

from alembic import op

from goqueue_common.migrations.exclusive import locked

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

STATEMENTS = (
    # A vacuum reads all of its indexes, whatever it finds. First, since it waits for one that runs.
    "ALTER TABLE job_search SET (autovacuum_vacuum_scale_factor = 0.04, autovacuum_vacuum_insert_scale_factor = 0.04)",
    locked("jobs", "job_progress"),
    "ALTER TABLE job_progress DROP CONSTRAINT job_progress_job_id_fkey",
    """
    CREATE OR REPLACE FUNCTION note_deleted_jobs() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$
    BEGIN
        INSERT INTO job_moves (minute, queue, type, origin, jobs)
        SELECT date_trunc('minute', now()), queue, type, status, count(*) FROM old_jobs GROUP BY queue, type, status;
        DELETE FROM job_progress WHERE job_id = ANY(ARRAY(SELECT id FROM old_jobs));
        DELETE FROM job_logs WHERE job_id = ANY(ARRAY(SELECT id FROM old_jobs));
        RETURN NULL;
    END $$
    """,
    """
    CREATE OR REPLACE FUNCTION note_truncated_jobs() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO job_moves (minute, queue, type, origin, jobs)
        SELECT date_trunc('minute', now()), queue, type, status, count(*) FROM jobs GROUP BY queue, type, status;
        DELETE FROM job_progress;
        DELETE FROM job_logs;
        RETURN NULL;
    END $$
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
