"""The simulation's own process as its owner sees it: started, listened to, and ended when it is not wanted any more."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from app.logs import get_logger
from app.watched import BARE

log = get_logger(__name__)

TIME_LIMIT = 600.0
"""Seconds that one run may take."""
_MEMORY = 1536 * 1024 * 1024
_LOOKED_EVERY = 0.4
"""Seconds between two looks at whether it is still wanted."""
_PAGE = os.sysconf("SC_PAGE_SIZE")
_ROOT = Path(__file__).resolve().parents[2]


def answers(asked: Mapping[str, Any], is_wanted: Callable[[], bool]) -> Iterator[dict[str, Any]]:
    """The lines of `load_worker` until its last (`{"result"}` or `{"problem"}`); none once it is not wanted any more."""
    inherited = {name: value for name, value in os.environ.items() if name in BARE}
    path = os.pathsep.join(filter(None, [str(_ROOT), os.environ.get("PYTHONPATH", "")]))
    child = subprocess.Popen(
        [sys.executable, "-m", "app.simulation.load_worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**inherited, "PYTHONPATH": path},
        start_new_session=True,
    )
    try:
        yield from _lines(child, json.dumps(asked).encode() + b"\n", is_wanted)
    finally:
        child.kill()
        child.wait()
        for stream in (child.stdin, child.stdout):
            if stream is not None:
                stream.close()


def _lines(child: subprocess.Popen[bytes], asked: bytes, is_wanted: Callable[[], bool]) -> Iterator[dict[str, Any]]:
    if child.stdin is None or child.stdout is None:
        return
    child.stdin.write(asked)
    child.stdin.flush()
    end, rest = time.monotonic() + TIME_LIMIT, b""
    while is_wanted():
        if time.monotonic() > end:
            yield {"problem": f"Quá {TIME_LIMIT / 60:.0f} phút chưa xong; hãy giảm số tuần hoặc số hồ sơ."}
            return
        if _resident(child.pid) > _MEMORY:
            yield {"problem": "Cần quá nhiều bộ nhớ; hãy giảm số tuần hoặc số hồ sơ."}
            return
        if not select.select([child.stdout], [], [], _LOOKED_EVERY)[0]:
            continue
        part = os.read(child.stdout.fileno(), 1 << 16)
        if not part:
            log.error("simulation_ended", code=child.wait())
            yield {"problem": "Tiến trình mô phỏng dừng đột ngột; hãy thử lại."}
            return
        *lines, rest = (rest + part).split(b"\n")
        for line in map(json.loads, lines):
            yield line
            if "total" not in line:
                return


def _resident(pid: int) -> int:
    """Bytes of memory that a process holds, 0 when it is gone."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_bytes().split()[1]) * _PAGE
    except (OSError, IndexError, ValueError):
        return 0
