"""Search: an outbox of jobs that became final, and their index beside the table of jobs.

Revision ID: 0004
Revises: 0003
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

STATEMENTS = (
    # One narrow row for each statement that ends jobs, written and deleted at the speed of dispatch.
    """
    CREATE TABLE finished_batches (
        seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        worker_id uuid,
        ids uuid[] NOT NULL
    ) WITH (
        toast_tuple_target = 8160, -- some hundred ids stay in the row, and none is compressed for its short life
        autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000,
        autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 10000,
        autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 10000,
        autovacuum_vacuum_cost_delay = 0
    )
    """,
    "ALTER TABLE finished_batches ALTER COLUMN ids SET STORAGE EXTERNAL",
    # No foreign key: its trigger would cost every job that is deleted.
    """
    CREATE TABLE job_search (
        id uuid PRIMARY KEY,
        queue text NOT NULL,
        type text NOT NULL,
        status text NOT NULL,
        worker_id uuid,
        schedule text,
        run_at timestamptz,
        finished_at timestamptz NOT NULL,
        attempts integer NOT NULL,
        duration double precision,
        tags text[] NOT NULL,
        error text,
        payload jsonb
    ) WITH (
        autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 50000,
        autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 100000,
        autovacuum_analyze_scale_factor = 0.02, autovacuum_analyze_threshold = 50000
    )
    """,
    # What an index includes is looked at in the index alone.
    """
    CREATE INDEX job_search_kind ON job_search (queue, type, status, id) INCLUDE (finished_at, run_at, attempts, duration)
    """,
    "CREATE INDEX job_search_worker ON job_search (worker_id, id) WHERE worker_id IS NOT NULL",
    "CREATE INDEX job_search_schedule ON job_search (schedule, id) WHERE schedule IS NOT NULL",
    "CREATE INDEX job_search_run_at ON job_search (run_at, id) WHERE run_at IS NOT NULL",
    "CREATE INDEX job_search_finished_at ON job_search (finished_at, id) INCLUDE (status)",
    "CREATE INDEX job_search_attempts ON job_search (attempts, id) WHERE attempts <> 1",
    "CREATE INDEX job_search_duration ON job_search (duration, id) INCLUDE (queue, type, status) WHERE duration >= 1",
    "CREATE INDEX job_search_tags ON job_search USING gin (tags) WHERE tags <> '{}'",
    "CREATE INDEX job_search_failed_tags ON job_search USING gin (tags) WHERE status = 'failed' AND tags <> '{}'",
    "CREATE INDEX job_search_payload ON job_search USING gin (payload jsonb_path_ops)",
    "CREATE INDEX job_search_large ON job_search (id) WHERE payload IS NULL",
    # pg_trgm is a trusted extension: whoever may create objects in the database may create it, where it is installed.
    """
    DO $$
    BEGIN
        CREATE EXTENSION IF NOT EXISTS pg_trgm;
        CREATE INDEX job_search_error ON job_search USING gin (error gin_trgm_ops) WHERE error IS NOT NULL;
    EXCEPTION WHEN OTHERS THEN
        RAISE NOTICE 'no index for error texts, since the extension pg_trgm cannot be had: %', SQLERRM;
    END
    $$
    """,
    """
    INSERT INTO finished_batches (ids)
    SELECT array_agg(id) FROM (
        SELECT id, (row_number() OVER (ORDER BY id) - 1) / 500 AS batch FROM jobs WHERE finished_at IS NOT NULL
    ) AS ended GROUP BY batch ORDER BY batch
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
