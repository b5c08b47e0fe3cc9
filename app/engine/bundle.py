"""Diagrams that are checked together and may call one another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from app.engine.guard import Guard
from app.engine.shared import called_processes, fragments, processes_of

_OWED = frozenset({"call.process-unknown", "error.uncaught"})
"""Faults of a file by itself that another file may make good: what it calls, what catches its errors."""


def check_files(guard: Guard, paths: Sequence[str]) -> list[dict[str, Any]]:
    """The verdict (as `Guard.check_file`) on each file, in order; what one of them calls may be in another."""
    verdicts = [guard.check_file(path, fragments()) for path in paths]
    sound = {path for path, found in zip(paths, verdicts, strict=True) if _errors(found) <= _OWED}
    if not any("call.process-unknown" in _errors(found) for found in verdicts) or len(sound) < 2:
        return verdicts
    contents = {path: Path(path).read_bytes() for path in sound}
    wanted = set().union(*(called_processes(content) for content in contents.values()))
    called = {path: content for path, content in contents.items() if processes_of(content) & wanted}
    return [
        guard.check(path, contents[path], {**fragments(), **called})
        if path in sound and (path in called or "call.process-unknown" in _errors(found))
        else found
        for path, found in zip(paths, verdicts, strict=True)
    ]


def check_called(guard: Guard, called: Mapping[str, bytes]) -> list[dict[str, Any]]:
    """The problems of files that a diagram brings along because it calls their processes; each names its `file`."""
    library = {**fragments(), **called}
    return [
        {**problem, "file": name}
        for name, content in called.items()
        for problem in guard.check(name, content, library)["problems"]
    ]


def _errors(verdict: Mapping[str, Any]) -> set[str]:
    return {problem["code"] for problem in verdict["problems"] if problem["severity"] == "error"}
