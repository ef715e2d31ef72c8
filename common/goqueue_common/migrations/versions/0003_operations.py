"""Keys and audit, bulk operations, paused queues, concurrency limits, draining workers.

Revision ID: 0003
Revises: 0002
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

STATEMENTS = (
    # The secret itself is nowhere: sha256 of 256 random bits needs no salt and no slow hash.
    """
    CREATE TABLE api_keys (
        id text PRIMARY KEY,
        name text NOT NULL,
        secret_hash bytea NOT NULL,
        scopes text[] NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz,
        last_used_at timestamptz,
        revoked_at timestamptz,
        CONSTRAINT api_keys_scopes CHECK (
            cardinality(scopes) > 0 AND scopes <@ ARRAY['submit', 'read', 'operate', 'admin'])
    )
    """,
    """
    CREATE TABLE audit (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        at timestamptz NOT NULL DEFAULT now(),
        actor text NOT NULL,
        key_id text,
        action text NOT NULL,
        target jsonb NOT NULL,
        affected bigint NOT NULL,
        request_id text
    )
    """,
    """
    CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'the audit log is append-only';
    END
    $$
    """,
    """
    CREATE TRIGGER audit_is_append_only BEFORE UPDATE OR DELETE ON audit
    FOR EACH ROW EXECUTE FUNCTION audit_is_append_only()
    """,
    """
    CREATE TABLE bulk_operations (
        id uuid PRIMARY KEY,
        action text NOT NULL,
        selection jsonb NOT NULL,
        parameters jsonb NOT NULL DEFAULT '{}',
        rate_per_second double precision,
        state text NOT NULL DEFAULT 'running',
        matched bigint NOT NULL,
        matched_is_capped boolean NOT NULL,
        processed bigint NOT NULL DEFAULT 0,
        changed bigint NOT NULL DEFAULT 0,
        skipped bigint NOT NULL DEFAULT 0,
        after_id uuid,
        held_ids uuid[] NOT NULL DEFAULT '{}',
        held_rounds integer NOT NULL DEFAULT 0,
        error text,
        actor text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        finished_at timestamptz,
        CONSTRAINT bulk_operations_action CHECK (action IN ('cancel', 'delete', 'retry', 'run-now', 'set-priority')),
        CONSTRAINT bulk_operations_state CHECK (state IN ('aborted', 'completed', 'failed', 'running')),
        CONSTRAINT bulk_operations_finished_at CHECK ((finished_at IS NOT NULL) = (state <> 'running'))
    )
    """,
    "CREATE INDEX bulk_operations_running ON bulk_operations (id) WHERE state = 'running'",
    "ALTER TABLE queues ADD COLUMN paused_at timestamptz, ADD COLUMN paused_by text",
    """
    CREATE TABLE concurrency_limits (
        kind text NOT NULL,
        name text NOT NULL,
        max_running integer NOT NULL,
        updated_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (kind, name),
        CONSTRAINT concurrency_limits_kind CHECK (kind IN ('queue', 'type')),
        CONSTRAINT concurrency_limits_max_running CHECK (max_running >= 1)
    )
    """,
    "ALTER TABLE workers ADD COLUMN drain_requested_at timestamptz",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
