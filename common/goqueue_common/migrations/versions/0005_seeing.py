"""Seeing: tables for counted moves of jobs and what is folded from them, failure groups, log lines of jobs.

Revision ID: 0005
Revises: 0004
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

OUTBOX = """WITH (
    autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000,
    autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 10000,
    autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 10000,
    autovacuum_vacuum_cost_delay = 0
)"""

STATEMENTS = (
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
    # No foreign key: its trigger would cost every job that is deleted. The trigger of 0006 takes the lines away.
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
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
