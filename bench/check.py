"""How long the gate takes over each shipped diagram: through the watched worker as an upload meets it, and part by part.

The worker is warm: it has checked the file before, reads and parses it anew each time, and remembers only which variables a
FEEL expression reads. `first_with_start_ms` is a worker's very first file, its start included. The parts are timed in this
process, in the order in which the gate goes through them.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.config import PROJECT_ROOT
from app.engine.definition import build_definition
from app.engine.gate.calls import check_calls
from app.engine.gate.dry_run import dry_run
from app.engine.gate.model import Model, read_model
from app.engine.gate.soundness import check_soundness
from app.engine.gate.source import read_source
from app.engine.gate.verdict import check
from app.engine.guard import Guard
from app.engine.shared import fragments, side_files
from bench.serving import Progress

BPMN = PROJECT_ROOT / "bpmn"


def run(quick: bool, progress: Progress) -> dict[str, Any]:
    """Milliseconds a diagram (median of the rounds): in the worker, in this process, and of its parts; and the slowest."""
    rounds = 2 if quick else 15
    files = sorted(BPMN.glob("*/*.bpmn"))
    with Guard() as guard:
        started = time.perf_counter()
        _passed(guard.check(files[0].name, files[0].read_bytes(), fragments()))
        first = (time.perf_counter() - started) * 1000
        found = {}
        for path in files:
            found[path.stem] = _measured(guard, path, rounds)
            progress(f"{path.stem}: {found[path.stem]['worker_ms']:.1f} ms")
    slowest = max(found, key=lambda name: float(found[name]["worker_ms"]))
    times = [answer["worker_ms"] for answer in found.values()]
    return {
        "rounds": rounds,
        "first_with_start_ms": round(first, 1),
        "diagrams": found,
        "median_ms": round(statistics.median(times), 1),
        "slowest": slowest,
        "slowest_ms": found[slowest]["worker_ms"],
    }


def _measured(guard: Guard, path: Path, rounds: int) -> dict[str, Any]:
    content, shared = path.read_bytes(), fragments() if path.name not in side_files() else {}
    model = _model(content)
    called = check_calls(model, shared)
    definition = build_definition({**called.files, path.name: content}, model.processes[0].id)
    ways: dict[str, Callable[[], object]] = {
        "worker_ms": lambda: _passed(guard.check(path.name, content, shared)),
        "all_ms": lambda: check(path.name, content, shared),
        "source_ms": lambda: read_source(content),
        "soundness_ms": lambda: list(check_soundness(model, called.models.values())),
        "engine_ms": lambda: build_definition({**called.files, path.name: content}, model.processes[0].id),
        "dry_run_ms": lambda: list(dry_run(definition)),
    }
    taken: dict[str, list[float]] = {name: [] for name in ways}
    _passed(guard.check(path.name, content, shared))
    for _ in range(rounds):
        for name, way in ways.items():  # in turn, so that whatever else the machine does meets all alike
            started = time.perf_counter()
            way()
            taken[name].append((time.perf_counter() - started) * 1000)
    nodes = sum(1 for _ in model.nodes())
    return {"bytes": len(content), "nodes": nodes} | {
        name: round(statistics.median(of), 2) for name, of in taken.items()
    }


def _model(content: bytes) -> Model:
    tree, _ = read_source(content)
    assert tree is not None
    return read_model(tree)


def _passed(verdict: dict[str, Any]) -> None:
    if verdict["verdict"] != "ok":
        raise RuntimeError(f"{verdict['file']}: {verdict['problems']}")
