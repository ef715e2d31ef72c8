"""A real PgBouncer in transaction mode before a database, as an operator would set it up; it ends with its test."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg2
from sqlalchemy import make_url

from goqueue_cli.local.ports import find_free_port
from tests.processes import eventually

# Debian keeps it off the PATH of users.
PROGRAM = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
TIMEOUTS = (
    "SET statement_timeout = '10s'; SET lock_timeout = '2s'; SET idle_in_transaction_session_timeout = '10s'; "
    "SET timezone = 'UTC'; SET jit = off"
)


@contextmanager
def pgbouncer(folder: Path, database_url: str, *, connect_query: str = TIMEOUTS, pool_size: int = 4) -> Iterator[str]:
    """The URL of the database through it. `pool_size` is less than what our processes open."""
    url, port = make_url(database_url), find_free_port()
    named = f"host={url.host} port={url.port} user={url.username} password={url.password}"
    query = connect_query.replace("'", "''")
    settings = folder / "pgbouncer.ini"
    settings.write_text(
        f"[databases]\n{url.database} = {named} connect_query='{query}'\n"
        f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nauth_type = any\n"
        f"pool_mode = transaction\ndefault_pool_size = {pool_size}\nignore_startup_parameters = options\n"
    )
    # It refuses to run as root.
    user = pwd.getpwnam("nobody").pw_uid if os.getuid() == 0 else None
    with (folder / "pgbouncer.log").open("wb") as log, settings.open() as given:
        # By its standard input: that user may not look into our folders.
        process = subprocess.Popen(
            [PROGRAM or "pgbouncer", "/dev/stdin"], stdin=given, stdout=log, stderr=log, user=user, cwd="/"
        )
    pooled = url.set(host="127.0.0.1", port=port)
    try:
        eventually(lambda: _answers(port, str(url.database)), "PgBouncer answers")
        yield pooled.render_as_string(hide_password=False)
    finally:
        process.terminate()
        process.wait()


def _answers(port: int, database: str) -> bool:
    try:
        psycopg2.connect(host="127.0.0.1", port=port, dbname=database, user="any").close()
    except psycopg2.OperationalError:
        return False
    return True
