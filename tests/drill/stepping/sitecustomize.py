"""Python runs this first where the folder is on its path: the clock is off by what the file DRILL_CLOCK says, in seconds.

Stepped are `time.time` and the one place from which the system takes an instant (`app.runtime.wall_clock`). What ticks evenly
(`time.monotonic`), PostgreSQL and the job queue's own rows keep the machine's time, so that clocks also differ from each other.
"""

import os
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, os.environ["DRILL_ROOT"])

from app import runtime

_FILE = Path(os.environ["DRILL_CLOCK"])
_true_time = time.time


def _off() -> int:
    try:
        return int(_FILE.read_text() or 0)
    except FileNotFoundError:
        return 0


time.time = lambda: _true_time() + _off()
runtime.wall_clock = lambda: datetime.now(UTC) + timedelta(seconds=_off())
