"""The process in which a simulation runs: a question on its input, lines on its output, and gone when nobody reads them."""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any

from app.engine.problems import DiagramRejected
from app.simulation.loading import Ground, run_load
from app.simulation.plan import LoadPlan

_TOLD_EVERY = 0.3
"""Seconds between two lines about how far it is."""
_POLITE = 10
"""What else runs on the machine goes first."""


def main() -> None:
    """Reads `{"ground", "plan"}`, writes `{"done", "total"}` lines and at last `{"result"}` or `{"problem"}`."""
    os.nice(_POLITE)
    asked = json.loads(sys.stdin.readline())
    told = 0.0

    def tell(done: int, total: int) -> None:
        nonlocal told
        if time.monotonic() - told >= _TOLD_EVERY:
            told = time.monotonic()
            _say({"done": done, "total": total})

    _say({"done": 0, "total": 0})
    begun = time.monotonic()
    try:
        result = run_load(Ground.from_dict(asked["ground"]), LoadPlan.from_dict(asked["plan"]), tell)
    except DiagramRejected as rejected:
        _say({"problem": f"Sơ đồ chưa chạy được: {rejected.problems[0].message}"})
        return
    _say({"result": result, "seconds": round(time.monotonic() - begun, 1)})


def _say(line: dict[str, Any]) -> None:
    try:
        print(json.dumps(line, ensure_ascii=True), flush=True)
    except BrokenPipeError:
        os._exit(0)  # whoever asked has gone


if __name__ == "__main__":
    main()
