"""Entry point of `python -m goqueue_scheduler.schedule_file`."""

import sys

from goqueue_scheduler.schedule_file.check import main

sys.exit(main())
