"""Entry point of `python -m goqueue_scheduler`."""

import os
import sys

# `-m` puts the working directory first on the path, where a user's redis.py would replace the library we import.
if sys.path and sys.path[0] in ("", os.getcwd()):
    del sys.path[0]

from goqueue_common import quick_start

with quick_start.imports():
    from goqueue_scheduler.main import main

quick_start.keep_for_good()
sys.exit(main())
