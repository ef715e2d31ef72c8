"""Triggers that note every move of jobs, and the columns they need.

Apart from 0005, since whoever searches locks job_search before jobs: a transaction that locks both would end in a deadlock.

Revision ID: 0006
Revises: 0005
"""

from alembic import op

from goqueue_common.migrations.exclusive import locked

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# Those of goqueue_common.histogram.
BOUNDS = "'{0.001,0.002,0.005,0.01,0.02,0.05,0.1,0.2,0.5,1,2,5,10,20,60,120,300,600,1800,3600,7200}'::float8[]"
RUN_ENDED = "o.status = 'processing' AND n.status IN ('cancelled', 'completed', 'failed', 'retrying')"

STATEMENTS = (
    locked("jobs"),
    "ALTER TABLE jobs ADD COLUMN fingerprint text, ADD COLUMN attempted_by uuid",
    """
    CREATE FUNCTION note_new_jobs() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO job_moves (minute, queue, type, target, jobs)
        SELECT date_trunc('minute', now()), queue, type, status, count(*) FROM new_jobs GROUP BY queue, type, status;
        RETURN NULL;
    END $$
    """,
    # Most statements claim or complete jobs of one queue and type, by the hundred: these are counted without a join, and
    # without a look at columns that lie behind the payload, at half the price. All others, and any that only look like
    # that, are taken row by row. The plan of a trigger function is made once a session, for the rows of its first call: a
    # full join is never a nested loop, which would be quadratic in the rows of later calls. What changed its type, too,
    # left one kind and came into another.
    f"""
    CREATE FUNCTION note_changed_jobs() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        was record;
        became text;
        are_alike boolean := false;
    BEGIN
        SELECT queue, type, status INTO was FROM old_jobs LIMIT 1;
        IF NOT FOUND THEN
            RETURN NULL;
        END IF;
        SELECT status INTO became FROM new_jobs LIMIT 1;
        IF was.status = 'queued' AND became = 'processing' OR was.status = 'processing' AND became = 'completed' THEN
            SELECT (SELECT bool_and(queue = was.queue AND type = was.type AND status = was.status) FROM old_jobs)
                AND (SELECT bool_and(queue = was.queue AND type = was.type AND status = became) FROM new_jobs)
            INTO are_alike;
        END IF;
        IF are_alike THEN
            INSERT INTO job_moves (minute, queue, type, origin, target, jobs, wait_bucket, run_bucket)
            SELECT date_trunc('minute', now()), was.queue, was.type, was.status, became, count(*),
                CASE WHEN became = 'processing' THEN bucket END, CASE WHEN became = 'completed' THEN bucket END
            FROM (
                SELECT width_bucket(date_part('epoch', CASE became WHEN 'processing' THEN started_at - queued_at
                    ELSE now() - started_at END), {BOUNDS}) AS bucket
                FROM new_jobs
            ) AS moved
            GROUP BY bucket;
            RETURN NULL;
        END IF;
        INSERT INTO job_moves
            (minute, queue, type, from_queue, origin, target, jobs, wait_bucket, run_bucket, fingerprint, sample_id)
        SELECT date_trunc('minute', now()), queue, type, from_queue, origin, target, count(*), wait_bucket, run_bucket,
            fingerprint, (array_agg(id) FILTER (WHERE fingerprint IS NOT NULL))[1]
        FROM (
            SELECT n.id, coalesce(n.queue, o.queue) AS queue, coalesce(n.type, o.type) AS type,
                CASE WHEN o.queue <> n.queue THEN o.queue END AS from_queue, o.status AS origin, n.status AS target,
                CASE WHEN n.status = 'processing'
                    THEN width_bucket(date_part('epoch', n.started_at - n.queued_at), {BOUNDS}) END AS wait_bucket,
                CASE WHEN {RUN_ENDED}
                    THEN width_bucket(date_part('epoch', now() - o.started_at), {BOUNDS}) END AS run_bucket,
                CASE WHEN n.status IN ('failed', 'retrying') THEN n.fingerprint END AS fingerprint
            FROM old_jobs o FULL JOIN new_jobs n ON n.id = o.id AND n.type = o.type
            WHERE o.status IS DISTINCT FROM n.status OR o.queue IS DISTINCT FROM n.queue
        ) AS moved
        GROUP BY queue, type, from_queue, origin, target, wait_bucket, run_bucket, fingerprint;
        RETURN NULL;
    END $$
    """,  # noqa: S608 - constants above
    # The plan of a session may be of the time when job_logs was empty.
    """
    CREATE FUNCTION note_deleted_jobs() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$
    BEGIN
        INSERT INTO job_moves (minute, queue, type, origin, jobs)
        SELECT date_trunc('minute', now()), queue, type, status, count(*) FROM old_jobs GROUP BY queue, type, status;
        DELETE FROM job_logs WHERE job_id = ANY(ARRAY(SELECT id FROM old_jobs));
        RETURN NULL;
    END $$
    """,
    """
    CREATE FUNCTION note_truncated_jobs() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO job_moves (minute, queue, type, origin, jobs)
        SELECT date_trunc('minute', now()), queue, type, status, count(*) FROM jobs GROUP BY queue, type, status;
        DELETE FROM job_logs;
        RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER note_new_jobs AFTER INSERT ON jobs REFERENCING NEW TABLE AS new_jobs
    FOR EACH STATEMENT EXECUTE FUNCTION note_new_jobs()
    """,
    """
    CREATE TRIGGER note_changed_jobs AFTER UPDATE ON jobs REFERENCING OLD TABLE AS old_jobs NEW TABLE AS new_jobs
    FOR EACH STATEMENT EXECUTE FUNCTION note_changed_jobs()
    """,
    """
    CREATE TRIGGER note_deleted_jobs AFTER DELETE ON jobs REFERENCING OLD TABLE AS old_jobs
    FOR EACH STATEMENT EXECUTE FUNCTION note_deleted_jobs()
    """,
    "CREATE TRIGGER note_truncated_jobs BEFORE TRUNCATE ON jobs FOR EACH STATEMENT EXECUTE FUNCTION note_truncated_jobs()",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
