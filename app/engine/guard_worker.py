"""The process behind `guard`: a request a line on standard input, a verdict a line on standard output."""

from __future__ import annotations

import base64
import json
import os
import signal
import stat
import sys
from typing import Any, BinaryIO

from app.engine.gate.source import SIZE_LIMIT
from app.engine.gate.verdict import Verdict, check, verdict
from app.engine.problems import Problem, error

ORPHAN_LIMIT = 30  # seconds after which a check ends by itself, should its watcher be gone


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Until the requests end. SIGALRM's default action ends the process even inside a C library."""
    for line in requests:
        signal.alarm(ORPHAN_LIMIT)
        answers.write(json.dumps(answer(json.loads(line)).to_dict()).encode() + b"\n")
        answers.flush()
        signal.alarm(0)


def answer(request: dict[str, Any]) -> Verdict:
    shared = {name: base64.b64decode(content) for name, content in request["shared"].items()}
    name = request["name"]
    if "content" in request:
        return check(name, base64.b64decode(request["content"]), shared)
    content = _read(request["path"])
    if isinstance(content, Problem):
        return verdict(name, [content])
    return check(name, content, shared)


def _read(path: str) -> bytes | Problem:
    """At most a byte more than the gate takes, and only of a regular file: a pipe or a device would never end."""
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            return error("file.not-regular", "Đây không phải một tệp (có thể là thư mục). Hãy chọn tệp .bpmn.")
        with open(path, "rb") as file:
            return file.read(SIZE_LIMIT + 1)
    except FileNotFoundError:
        return error("file.missing", "Không tìm thấy tệp. Hãy kiểm tra lại đường dẫn.")
    except PermissionError:
        return error("file.unreadable", "Không có quyền đọc tệp. Hãy kiểm tra quyền truy cập.")
    except (OSError, ValueError):
        return error("file.unreadable", "Không đọc được tệp. Hãy kiểm tra lại đường dẫn và ổ đĩa.")


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
