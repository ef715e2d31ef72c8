"""How a migration has tables for itself without holding up everybody."""


def locked(*tables: str) -> str:
    """A statement that locks them against everybody, in tries of 1.5 seconds.

    While it waits for its lock, everybody waits behind it: not for as long as a backup reads. A try is longer than an
    autovacuum holds out (deadlock_timeout), and shorter than workers and API wait for a lock.
    """
    return f"""
    DO $$
    BEGIN
        LOOP
            BEGIN
                SET LOCAL lock_timeout = '1500ms';
                LOCK TABLE {", ".join(tables)} IN ACCESS EXCLUSIVE MODE;
                EXIT;
            EXCEPTION WHEN lock_not_available THEN
                PERFORM pg_sleep(1);
            END;
        END LOOP;
    END $$
    """
