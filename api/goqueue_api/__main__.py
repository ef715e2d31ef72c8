"""Entry point of `python -m goqueue_api`."""

import sys

from goqueue_common import quick_start

with quick_start.imports():
    from goqueue_api.main import main

quick_start.keep_for_good()
sys.exit(main())
