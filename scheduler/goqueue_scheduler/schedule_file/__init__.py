"""The schedules file: read it, say everything that is wrong with it, notice when it changes.

`python -m goqueue_scheduler.schedule_file FILE` checks a file, which is what `goqueue schedules check` runs.
"""

from goqueue_scheduler.schedule_file.loading import default_file, load
from goqueue_scheduler.schedule_file.problems import InvalidScheduleFile, Problem
from goqueue_scheduler.schedule_file.watching import WatchedFile

__all__ = ["InvalidScheduleFile", "Problem", "WatchedFile", "default_file", "load"]
