"""Forward over HTTP beside a bare Flask route that sends the same statements and bytes.

Both routes live in the same gunicorn processes on the same server. The bare one has no sign-in, no schema, no rules and no
engine: it takes a connection of psycopg 3, executes what a real forward of that dossier was seen to execute, commits, and
answers the bytes that the real one answered. What is left between the two is the price of everything else.
"""

from __future__ import annotations

import pickle
import statistics
from typing import Any

from bench.dossiers import Prepared, prepare
from bench.load import Request, Taken, measure
from bench.serving import Progress, own_folder, postgres, serving, settings_for

CONCURRENCY = (1, 8)


def run(quick: bool, progress: Progress) -> dict[str, Any]:
    """Requests per second of both routes at each concurrency, their ratio, and statements an action."""
    rounds = 1 if quick else 5
    sizes = {1: 10, 8: 40} if quick else {1: 60, 8: 240}
    with own_folder() as folder, postgres(folder) as server:
        settings = settings_for(folder, server.urls())
        needed = rounds * sum(sizes.values()) + 40
        progress(f"chuẩn bị {2 * needed} hồ sơ …")
        prepared = prepare(settings, needed, progress)
        recordings = folder / "bare.pickle"
        recordings.write_bytes(pickle.dumps(prepared.recordings))
        with serving(settings, "bench.side_by_side:create()", {"BENCH_RECORDINGS": str(recordings)}) as port:
            return _measure(prepared, port, rounds, sizes, progress)


def _measure(prepared: Prepared, port: int, rounds: int, sizes: dict[int, int], progress: Progress) -> dict[str, Any]:
    real = iter([Request(f"/api/v1/tasks/{task}/forward", prepared.token) for task in prepared.tasks])
    bare = iter([Request(f"/bare/{number}") for number in range(len(prepared.recordings))])
    for requests in (real, bare):
        measure(port, [next(requests) for _ in range(40)], 8)
    found: dict[int, dict[str, list[Taken]]] = {n: {"action": [], "bare": []} for n in CONCURRENCY}
    for number in range(rounds):
        for concurrency in CONCURRENCY:
            # The two routes take turns, so that whatever else the machine does meets both alike.
            order = [("action", real), ("bare", bare)] if number % 2 == 0 else [("bare", bare), ("action", real)]
            for name, requests in order:
                batch = [next(requests) for _ in range(sizes[concurrency])]
                found[concurrency][name].append(measure(port, batch, concurrency))
            progress(f"lượt {number + 1}/{rounds}, {concurrency} luồng: " + _line(found[concurrency]))
    return {
        "statements_per_action": prepared.statements,
        "rounds": rounds,
        "concurrency": {str(n): _summary(found[n]) for n in CONCURRENCY},
    }


def _line(taken: dict[str, list[Taken]]) -> str:
    return ", ".join(f"{name} {values[-1].rate:.0f}/s" for name, values in taken.items())


def _summary(taken: dict[str, list[Taken]]) -> dict[str, float]:
    """`latency` is how many times the bare route's median an action's median took."""
    action, bare = (statistics.median(one.rate for one in taken[name]) for name in ("action", "bare"))
    pairs = list(zip(taken["action"], taken["bare"], strict=True))
    ratios = [a.rate / b.rate for a, b in pairs]
    slower = [a.median_ms / b.median_ms for a, b in pairs]
    return {
        "action_per_second": round(action, 1),
        "bare_per_second": round(bare, 1),
        "ratio": round(statistics.median(ratios), 3),
        "ratio_lowest": round(min(ratios), 3),
        "ratio_highest": round(max(ratios), 3),
        "action_median_ms": round(statistics.median(one.median_ms for one in taken["action"]), 2),
        "bare_median_ms": round(statistics.median(one.median_ms for one in taken["bare"]), 2),
        "latency": round(statistics.median(slower), 3),
    }
