"""Seeing: counted moves of jobs and what is folded from them, failure groups, log lines of jobs.

Revision ID: 0005
Revises: 0004
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# Those of goqueue_common.histogram.
BOUNDS = "'{0.001,0.002,0.005,0.01,0.02,0.05,0.1,0.2,0.5,1,2,5,10,20,60,120,300,600,1800,3600,7200}'::float8[]"
RUN_ENDED = "o.status = 'processing' AND n.status IN ('cancelled', 'completed', 'failed', 'retrying')"
OUTBOX = """WITH (
    autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000,
    autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 10000,
    autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 10000,
    autovacuum_vacuum_cost_delay = 0
)"""

STATEMENTS = (
    "ALTER TABLE jobs ADD COLUMN fingerprint text, ADD COLUMN attempted_by uuid",
    "ALTER TABLE job_search ADD COLUMN fingerprint text",
    "CREATE INDEX job_search_fingerprint ON job_search (fingerprint, id) WHERE fingerprint IS NOT NULL",
    # Some rows for each statement that moves jobs, written and deleted at the speed of dispatch.
    f"""
    CREATE TABLE job_moves (
        seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        minute timestamptz NOT NULL,
        queue text NOT NULL,
        type text NOT NULL,
        from_queue text,
        origin text,
        target text,
        jobs integer NOT NULL,
        wait_bucket smallint,
        run_bucket smallint,
        fingerprint text,
        sample_id uuid
    ) {OUTBOX}
    """,
    """
    CREATE TABLE job_counts (
        queue text NOT NULL,
        type text NOT NULL,
        status text NOT NULL,
        jobs bigint NOT NULL,
        PRIMARY KEY (queue, type, status)
    ) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000)
    """,
    """
    CREATE TABLE rollups (
        minute timestamptz NOT NULL,
        queue text NOT NULL,
        type text NOT NULL,
        submitted bigint NOT NULL,
        completed bigint NOT NULL,
        failed bigint NOT NULL,
        retried bigint NOT NULL,
        cancelled bigint NOT NULL,
        wait integer[] NOT NULL,
        run integer[] NOT NULL,
        PRIMARY KEY (minute, queue, type)
    ) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000)
    """,
    """
    CREATE TABLE failure_groups (
        fingerprint text PRIMARY KEY,
        type text NOT NULL,
        message text NOT NULL,
        frame text,
        first_seen_at timestamptz NOT NULL,
        last_seen_at timestamptz NOT NULL,
        attempts bigint NOT NULL,
        sample_job_id uuid,
        sample_attempt integer,
        traceback text
    ) WITH (fillfactor = 70)
    """,
    """
    CREATE TABLE failure_minutes (
        fingerprint text NOT NULL,
        minute timestamptz NOT NULL,
        queue text NOT NULL,
        attempts bigint NOT NULL,
        PRIMARY KEY (fingerprint, minute, queue)
    )
    """,
    "CREATE INDEX failure_minutes_minute ON failure_minutes (minute)",
    # No foreign key: its trigger would cost every job that is deleted. The trigger below takes the lines away.
    """
    CREATE TABLE job_logs (
        job_id uuid NOT NULL,
        seq bigint GENERATED ALWAYS AS IDENTITY,
        attempt integer NOT NULL,
        at timestamptz NOT NULL,
        level text NOT NULL,
        message text NOT NULL,
        fields jsonb,
        PRIMARY KEY (job_id, seq),
        CONSTRAINT job_logs_level CHECK (level IN ('debug', 'error', 'info', 'warning'))
    )
    """,
    """
    CREATE FUNCTION note_new_jobs() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO job_moves (minute, queue, type, target, jobs)
        SELECT date_trunc('minute', now()), queue, type, status, count(*) FROM new_jobs GROUP BY queue, type, status;
        RETURN NULL;
    END $$
    """,
    # The plan of a trigger function is made once a session, for the rows of its first call. A full join is never a nested
    # loop, which would be quadratic in the rows of later calls. What changed its type, too, left one kind and came into
    # another.
    f"""
    CREATE FUNCTION note_changed_jobs() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO job_moves
            (minute, queue, type, from_queue, origin, target, jobs, wait_bucket, run_bucket, fingerprint, sample_id)
        SELECT date_trunc('minute', now()), queue, type, from_queue, origin, target, count(*), wait_bucket, run_bucket,
            fingerprint, (array_agg(id) FILTER (WHERE fingerprint IS NOT NULL))[1]
        FROM (
            SELECT n.id, coalesce(n.queue, o.queue) AS queue, coalesce(n.type, o.type) AS type,
                CASE WHEN o.queue <> n.queue THEN o.queue END AS from_queue, o.status AS origin, n.status AS target,
                CASE WHEN n.status = 'processing'
                    THEN width_bucket(extract(epoch FROM n.started_at - n.queued_at)::float8, {BOUNDS}) END AS wait_bucket,
                CASE WHEN {RUN_ENDED}
                    THEN width_bucket(extract(epoch FROM now() - o.started_at)::float8, {BOUNDS}) END AS run_bucket,
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
    # Once; the triggers' locks keep jobs as they are until this is committed.
    "INSERT INTO job_counts SELECT queue, type, status, count(*) FROM jobs GROUP BY queue, type, status",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
