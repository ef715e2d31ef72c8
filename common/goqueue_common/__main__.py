"""`python -m goqueue_common MODULE ARGUMENT...`: the main() of a module of ours, as a child process."""

import importlib
import sys

from goqueue_common import quick_start

del sys.argv[0]
with quick_start.imports():
    module = importlib.import_module(sys.argv[0])

quick_start.keep_for_good()
module.main()
