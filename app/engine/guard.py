"""The gate for files from outside: in a process of its own, within TIME_LIMIT and MEMORY_LIMIT, whatever the file holds.

One worker serves many files; after a breach or a crash it is killed and the next file gets a new one.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from app.engine.gate.verdict import verdict
from app.engine.problems import error
from app.watched import CRASHED, HEAVY, SLOW, Breach, Watched

TIME_LIMIT = 7.0  # seconds for one file; with the start of a worker this stays below the promised ten
MEMORY_LIMIT = 700 * 1024 * 1024  # bytes resident in the worker; with the caller this stays below the promised GiB

_BREACHES = {
    SLOW: ("check.too-slow", "Kiểm tra sơ đồ này mất quá lâu. Hãy đơn giản hóa hoặc tách sơ đồ."),
    HEAVY: ("check.too-heavy", "Kiểm tra sơ đồ này cần quá nhiều bộ nhớ. Hãy đơn giản hóa hoặc tách sơ đồ."),
    CRASHED: (
        "check.crashed",
        "Không kiểm tra được sơ đồ này: bộ kiểm tra đã dừng giữa chừng. Hãy xuất lại tệp từ công cụ vẽ.",
    ),
}


class Guard:
    """Checks files one at a time; safe between threads. Close it, or use it in a `with`, to end the worker."""

    def __init__(self, *, time_limit: float = TIME_LIMIT, memory_limit: int = MEMORY_LIMIT) -> None:
        self.worker = Watched("app.engine.guard_worker", time_limit=time_limit, memory_limit=memory_limit)

    def __enter__(self) -> Guard:
        return self

    def __exit__(self, *trace: object) -> None:
        self.close()

    def close(self) -> None:
        self.worker.close()

    def check_file(self, path: str, shared: Mapping[str, bytes]) -> dict[str, Any]:
        """The verdict (as `Verdict.to_dict`) on a file that the worker opens. Never raises for what the file holds."""
        return self._check(path, {"path": path}, shared)

    def check(self, name: str, content: bytes, shared: Mapping[str, bytes]) -> dict[str, Any]:
        """The verdict (as `Verdict.to_dict`) on content that is called `name`."""
        return self._check(name, {"content": base64.b64encode(content).decode()}, shared)

    def _check(self, name: str, source: dict[str, str], shared: Mapping[str, bytes]) -> dict[str, Any]:
        library = {key: base64.b64encode(content).decode() for key, content in shared.items()}
        request = json.dumps({"name": name, "shared": library, **source}).encode()
        try:
            document: dict[str, Any] = json.loads(self.worker.ask(request))
        except (Breach, ValueError) as problem:
            code, told = _BREACHES[str(problem) if isinstance(problem, Breach) else CRASHED]
            return verdict(name, [error(code, told)]).to_dict()
        return document
