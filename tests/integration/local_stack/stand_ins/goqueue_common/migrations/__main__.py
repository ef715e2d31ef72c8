"""Does what STAND_IN_MIGRATIONS says."""

import os
import sys

sys.stdout.write("schema at head\n")
sys.exit(int(os.environ.get("STAND_IN_MIGRATIONS", "0")))
