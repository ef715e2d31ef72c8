"""The core: jobs, queues, idempotency keys, workers, job types, maintenance leases.

Revision ID: 0001
Revises:
"""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

JOBS = """
CREATE TABLE jobs (
    id uuid PRIMARY KEY,
    queue text NOT NULL,
    type text NOT NULL,
    status text NOT NULL,
    priority smallint NOT NULL DEFAULT 1,
    attempts integer NOT NULL DEFAULT 0,
    failures integer NOT NULL DEFAULT 0,
    max_retries integer NOT NULL DEFAULT 3,
    rescues integer NOT NULL DEFAULT 0,
    timeout_seconds double precision,
    run_at timestamptz,
    expires_at timestamptz,
    queued_at timestamptz,
    started_at timestamptz,
    finished_at timestamptz,
    cancel_requested_at timestamptz,
    no_handler_since timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    scheduled_for timestamptz,
    worker_id uuid,
    parent_id uuid,
    rerun_of uuid,
    schedule text,
    traceparent text,
    tags text[] NOT NULL DEFAULT '{}',
    failure_reason text,
    error text,
    payload jsonb NOT NULL,
    result jsonb,
    attempt_log jsonb,
    CONSTRAINT jobs_status CHECK (
        status IN ('cancelled', 'completed', 'failed', 'processing', 'queued', 'retrying', 'scheduled')),
    CONSTRAINT jobs_priority CHECK (priority BETWEEN 0 AND 2),
    CONSTRAINT jobs_finished_at CHECK ((finished_at IS NOT NULL) = (status IN ('cancelled', 'completed', 'failed'))),
    CONSTRAINT jobs_worker_id CHECK ((worker_id IS NOT NULL) = (status = 'processing')),
    CONSTRAINT jobs_run_at CHECK (run_at IS NOT NULL OR status NOT IN ('retrying', 'scheduled')),
    CONSTRAINT jobs_queued_at CHECK (queued_at IS NOT NULL OR status NOT IN ('processing', 'queued')),
    CONSTRAINT jobs_failure_reason CHECK (
        (failure_reason IS NOT NULL) = (status = 'failed') AND (failure_reason IS NULL OR failure_reason IN
        ('discarded', 'exhausted', 'expired', 'poison', 'timeout', 'unknown_type')))
) WITH (
    -- A queue's table churns: vacuum by count, not by share of the table, and without naps.
    autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000,
    autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 100000,
    autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 20000,
    autovacuum_vacuum_cost_delay = 0
)
"""

STATEMENTS = (
    JOBS,
    "CREATE INDEX jobs_queued ON jobs (queue, priority, queued_at, id) WHERE status = 'queued'",
    "CREATE INDEX jobs_due ON jobs (run_at) WHERE status IN ('scheduled', 'retrying')",
    "CREATE INDEX jobs_processing ON jobs (worker_id) WHERE status = 'processing'",
    """
    CREATE TABLE job_progress (
        job_id uuid PRIMARY KEY REFERENCES jobs (id) ON DELETE CASCADE,
        attempt integer NOT NULL,
        fraction double precision,
        message text,
        updated_at timestamptz NOT NULL DEFAULT now()
    )
    """,
    "CREATE TABLE queues (name text PRIMARY KEY, created_at timestamptz NOT NULL DEFAULT now())",
    """
    CREATE TABLE idempotency_keys (
        scope text NOT NULL,
        key text NOT NULL,
        fingerprint bytea NOT NULL,
        job_id uuid,
        answer jsonb,
        created_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (scope, key)
    )
    """,
    "CREATE INDEX idempotency_keys_created_at ON idempotency_keys (created_at)",
    """
    CREATE TABLE workers (
        id uuid PRIMARY KEY,
        state text NOT NULL DEFAULT 'alive',
        host text NOT NULL,
        pid integer NOT NULL,
        version text NOT NULL,
        queues text[],
        types jsonb NOT NULL,
        slots integer NOT NULL,
        started_at timestamptz NOT NULL DEFAULT now(),
        beat_at timestamptz NOT NULL DEFAULT now(),
        ended_at timestamptz,
        CONSTRAINT workers_state CHECK (state IN ('alive', 'lost', 'stopped')),
        CONSTRAINT workers_ended_at CHECK ((ended_at IS NOT NULL) = (state <> 'alive'))
    ) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500)
    """,
    "CREATE INDEX workers_alive ON workers (beat_at) WHERE state = 'alive'",
    """
    CREATE TABLE job_types (
        type text NOT NULL,
        fingerprint text NOT NULL,
        schema jsonb,
        max_retries integer NOT NULL,
        timeout_seconds double precision,
        isolation text NOT NULL,
        description text NOT NULL,
        published_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (type, fingerprint),
        CONSTRAINT job_types_isolation CHECK (isolation IN ('async', 'process', 'thread'))
    )
    """,
    """
    CREATE TABLE maintenance_leases (
        duty text PRIMARY KEY,
        holder uuid NOT NULL,
        expires_at timestamptz NOT NULL
    )
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
