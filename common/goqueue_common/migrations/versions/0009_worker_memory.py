"""How much memory a worker takes.

Revision ID: 0009
Revises: 0008
"""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

STATEMENTS = (
    # Heartbeats and claims would wait behind it for as long as a backup reads: as in 0006.
    """
    DO $$
    BEGIN
        LOOP
            BEGIN
                SET LOCAL lock_timeout = '1500ms';
                LOCK TABLE workers IN ACCESS EXCLUSIVE MODE;
                EXIT;
            EXCEPTION WHEN lock_not_available THEN
                PERFORM pg_sleep(1);
            END;
        END LOOP;
    END $$
    """,
    "ALTER TABLE workers ADD COLUMN memory_bytes bigint",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
