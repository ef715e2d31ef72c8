"""`python -m bench.fill JOBS FOLDER`: servers with the jobs of api_jobs, for what is measured by another program.

Says on stdout, line by line, how far it is, and at the end their addresses as JSON; they stop when its stdin ends.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from bench import api_jobs, stack
from goqueue_common.database import connect
from goqueue_common.store_settings import normalise_database_url


def main() -> None:
    """Start, fill unless that is done, wait, stop."""
    described = argparse.ArgumentParser(prog="python -m bench.fill", description=__doc__)
    described.add_argument("jobs", type=int)
    described.add_argument("folder", type=Path, help="keeps the servers' data: filled once, used again and again")
    options = described.parse_args()
    with stack.servers(options.folder, api_jobs.SERVER_OPTIONS) as servers:
        url = normalise_database_url(servers.environment["DATABASE_URL"])
        database = connect(url, pool_size=1, statement_timeout_seconds=3600.0, application_name="bench")
        try:
            api_jobs.fill(database, options.jobs, lambda text: print(text, flush=True))
        finally:
            database.close()
        print(json.dumps({name: servers.environment[name] for name in ("DATABASE_URL", "REDIS_URL")}), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
