"""Schedules: their definitions, their runs, the revision of them all, and the processes that fire them.

Revision ID: 0008
Revises: 0007
"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

STATEMENTS = (
    # A row is written with every fire of it: room on its page for the next versions of it.
    """
    CREATE TABLE schedules (
        name text PRIMARY KEY,
        type text NOT NULL,
        queue text NOT NULL,
        payload jsonb NOT NULL,
        cron text NOT NULL,
        timezone text NOT NULL,
        priority smallint NOT NULL,
        max_retries integer,
        timeout_seconds double precision,
        tags text[] NOT NULL DEFAULT '{}',
        catch_up text NOT NULL,
        catch_up_window_seconds double precision NOT NULL,
        catch_up_limit integer NOT NULL,
        overlap text NOT NULL,
        jitter_seconds double precision NOT NULL,
        starts_at timestamptz,
        ends_at timestamptz,
        paused_at timestamptz,
        paused_by text,
        source text NOT NULL,
        dropped_at timestamptz,
        version bigint NOT NULL DEFAULT 1,
        due_after timestamptz NOT NULL DEFAULT now(),
        next_at timestamptz,
        due_at timestamptz,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT schedules_catch_up CHECK (catch_up IN ('all', 'latest', 'none')),
        CONSTRAINT schedules_overlap CHECK (overlap IN ('allow', 'skip')),
        CONSTRAINT schedules_source CHECK (source IN ('api', 'file')),
        CONSTRAINT schedules_due_at CHECK ((next_at IS NULL) = (due_at IS NULL)),
        CONSTRAINT schedules_paused_at CHECK (paused_at IS NULL OR next_at IS NULL)
    ) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000)
    """,
    "CREATE INDEX schedules_due_at ON schedules (due_at) WHERE due_at IS NOT NULL",
    """
    CREATE TABLE schedule_runs (
        schedule text NOT NULL,
        scheduled_for timestamptz NOT NULL,
        fired_at timestamptz NOT NULL DEFAULT now(),
        job_id uuid,
        manual boolean NOT NULL DEFAULT false,
        missed integer NOT NULL DEFAULT 0,
        PRIMARY KEY (schedule, scheduled_for)
    ) WITH (
        autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000,
        autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 50000,
        autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 50000
    )
    """,
    "CREATE INDEX schedule_runs_fired_at ON schedule_runs (fired_at)",
    # While a job is unfinished for long, thousands of instants may be skipped: past them to the newest jobs.
    "CREATE INDEX schedule_runs_with_job ON schedule_runs (schedule, scheduled_for) WHERE job_id IS NOT NULL",
    # first_version: above those of all that were deleted, so that a version never names two definitions of one name.
    """
    CREATE TABLE schedule_revision (
        id smallint PRIMARY KEY,
        revision bigint NOT NULL,
        first_version bigint NOT NULL DEFAULT 1,
        CONSTRAINT schedule_revision_one CHECK (id = 1)
    )
    """,
    "INSERT INTO schedule_revision (id, revision) VALUES (1, 1)",
    """
    CREATE TABLE schedulers (
        id uuid PRIMARY KEY,
        host text NOT NULL,
        pid integer NOT NULL,
        version text NOT NULL,
        leads boolean NOT NULL,
        term bigint,
        lag_seconds double precision NOT NULL,
        fired bigint NOT NULL,
        trouble text,
        started_at timestamptz NOT NULL DEFAULT now(),
        leads_since timestamptz,
        seen_at timestamptz NOT NULL DEFAULT now(),
        ended_at timestamptz
    ) WITH (fillfactor = 50)
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
