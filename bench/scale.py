"""Forward and its bare route with one, two and four web processes, at a concurrency of eight."""

from __future__ import annotations

import pickle
import statistics
from typing import Any

from bench.dossiers import prepare
from bench.load import Request, Taken, measure
from bench.serving import Progress, own_folder, postgres, serving, settings_for

PROCESSES = (1, 2, 4)
CONCURRENCY = 8


def run(quick: bool, progress: Progress) -> dict[str, Any]:
    """Actions and bare requests per second by number of processes, and how many times one process each does."""
    rounds, size = (1, 40) if quick else (4, 160)
    warm = 40
    with own_folder() as folder, postgres(folder) as server:
        settings = settings_for(folder, server.urls())
        needed = len(PROCESSES) * (rounds * size + warm)
        progress(f"chuẩn bị {2 * needed} hồ sơ …")
        prepared = prepare(settings, needed, progress)
        place = folder / "bare.pickle"
        place.write_bytes(pickle.dumps(prepared.recordings))
        real = iter([Request(f"/api/v1/tasks/{task}/forward", prepared.token) for task in prepared.tasks])
        bare = iter([Request(f"/bare/{number}") for number in range(needed)])
        found: dict[int, list[tuple[Taken, Taken]]] = {}
        for processes in PROCESSES:
            environment = {"BENCH_RECORDINGS": str(place), "WEB_WORKERS": str(processes)}
            with serving(settings, "bench.side_by_side:create()", environment) as port:
                for requests in (real, bare):
                    measure(port, [next(requests) for _ in range(warm)], CONCURRENCY)
                found[processes] = []
                for _ in range(rounds):
                    taken = [measure(port, [next(one) for _ in range(size)], CONCURRENCY) for one in (real, bare)]
                    found[processes].append((taken[0], taken[1]))
            progress(f"{processes} tiến trình: {found[processes][-1][0].rate:.0f}/s")
    rates = {n: [statistics.median(pair[i].rate for pair in found[n]) for i in (0, 1)] for n in PROCESSES}
    return {
        str(n): {
            "action_per_second": round(action, 1),
            "bare_per_second": round(bare, 1),
            "ratio": round(action / bare, 3),
            "of_one_process": round(action / rates[1][0], 2),
            "bare_of_one_process": round(bare / rates[1][1], 2),
        }
        for n, (action, bare) in rates.items()
    }
