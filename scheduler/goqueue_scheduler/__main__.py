"""Entry point of `python -m goqueue_scheduler`."""

import os
import sys

# `-m` puts the working directory first on the path, where a user's redis.py would replace the library we import.
if sys.path and sys.path[0] in ("", os.getcwd()):
    del sys.path[0]

from goqueue_scheduler.main import main

sys.exit(main())
