"""Load, complete one step, save: our engine beside SpiffWorkflow as it comes, on one procedure; then a thousand returns.

The three ways take turns: ours (decode, complete, encode, zlib included), the library with its own serializer, and the library
with everything kept in memory, which loads and saves nothing. Of the returns it counts how the last compare with the first.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from importlib.metadata import version
from typing import Any

from app.engine.definition import build_definition
from app.engine.instance import Instance
from bench.serving import Progress
from bench.stock import Stock
from bench.twelve_steps import MAIN, STEPS, files

PLACES = {"start": STEPS[0], "end": STEPS[-2]}
"""The step that is completed: the first of twelve, and the last but one."""
BACK_FROM, BACK_TO = "report", "approve"
"""A return from after a called process into it."""
WAYS = ("ours", "stock", "stock_in_memory")

Timed = Callable[[], float]


def run(quick: bool, progress: Progress) -> dict[str, Any]:
    """Milliseconds of each way at each place with their ratios, bytes of state; returns: how their cost and the state grow."""
    rounds, times = (3, 5) if quick else (15, 40)
    ours, stock = Ours(), Stock()
    found = {place: _measure(ours, stock, step, rounds, times) for place, step in PLACES.items()}
    for place, answer in found.items():
        progress(f"{place}: " + ", ".join(f"{name} {answer['ms'][name]:.3f} ms" for name in WAYS))
    returns = _returns(ours, 200 if quick else 1000)
    progress(f"{returns['returns']} lần trả lại: {returns['ratio']:.2f}")
    return {
        "library": version("SpiffWorkflow"),
        "steps": len(STEPS),
        "rounds": rounds,
        "places": found,
        "returns": returns,
    }


class Ours:
    def __init__(self) -> None:
        self._definition = build_definition(files("PT8H"), MAIN)

    def at(self, step: str) -> bytes:
        """The state of a new instance that has come to that step."""
        instance = Instance.start(self._definition, {}, {})
        for _ in STEPS[: STEPS.index(step)]:
            (opened,) = instance.open_steps()
            instance.complete(opened.engine_task, {})
        return instance.save()

    def load(self, state: bytes) -> Instance:
        return Instance.load(self._definition, state, {})

    def complete(self, state: bytes, step: str) -> bytes:
        instance = self.load(state)
        (engine_task,) = [opened.engine_task for opened in instance.open_steps() if opened.step.id == step]
        instance.complete(engine_task, {})
        return instance.save()

    def go_back(self, state: bytes, step: str, to: str) -> bytes:
        instance = self.load(state)
        (engine_task,) = [opened.engine_task for opened in instance.open_steps() if opened.step.id == step]
        (target,) = [found.engine_task for found in instance.earlier_steps(engine_task) if found.step.id == to]
        instance.go_back(target)
        return instance.save()


def _measure(ours: Ours, stock: Stock, step: str, rounds: int, times: int) -> dict[str, Any]:
    state, text = ours.at(step), stock.save(stock.at(step))
    _agree(ours.load(state), stock.load(text), stock)
    _agree(ours.load(ours.complete(state, step)), stock.complete(stock.load(text), step), stock)

    def round_trip() -> None:
        workflow = stock.load(text)
        stock.complete(workflow, step)
        stock.save(workflow)

    def in_memory() -> float:
        workflow = stock.load(text)
        return _seconds(lambda: stock.complete(workflow, step))

    ways: Mapping[str, Timed] = {
        "ours": lambda: _seconds(lambda: ours.complete(state, step)),
        "stock": lambda: _seconds(round_trip),
        "stock_in_memory": in_memory,
    }
    taken: dict[str, list[float]] = {name: [] for name in WAYS}
    for _ in range(rounds):
        for name, timed in ways.items():  # in turn, so that whatever else the machine does meets all alike
            taken[name].append(statistics.median(timed() for _ in range(times)) * 1000)
    return {
        "ms": {name: round(statistics.median(of), 3) for name, of in taken.items()},
        "bytes": {"ours": len(state), "stock": len(text.encode())},
        "ratio_to_stock": _ratio(taken["ours"], taken["stock"]),
        "ratio_to_stock_in_memory": _ratio(taken["ours"], taken["stock_in_memory"]),
    }


def _agree(ours: Instance, theirs: Any, stock: Stock) -> None:
    """The same step is open, and the same timer waits."""
    assert [opened.step.id for opened in ours.open_steps()] == stock.opened(theirs)
    assert [timer.element for timer in ours.timers()] == stock.waiting(theirs)


def _ratio(ours: list[float], theirs: list[float]) -> dict[str, float]:
    ratios = [one / other for one, other in zip(ours, theirs, strict=True)]
    return {
        "median": round(statistics.median(ratios), 4),
        "lowest": round(min(ratios), 4),
        "highest": round(max(ratios), 4),
    }


def _returns(ours: Ours, many: int) -> dict[str, Any]:
    """One dossier goes back and comes forward again, loaded and saved at each move.

    Its last tenth takes turns with the first tenth of another, so that whatever else the machine does meets both alike.
    """
    part = many // 10
    old, young = _Wanderer(ours), _Wanderer(ours)
    for _ in range(many - part):
        old.once()
    taken = [(young.once(), old.once()) for _ in range(part)]
    return {
        "returns": many,
        "first_ms": round(statistics.median(first for first, _ in taken), 3),
        "last_ms": round(statistics.median(last for _, last in taken), 3),
        "ratio": round(statistics.median(last / first for first, last in taken), 3),
        "bytes_first": old.sizes[0],
        "bytes_last": old.sizes[-1],
        "bytes_most": max(old.sizes),
    }


class _Wanderer:
    """A dossier that is returned again and again."""

    def __init__(self, ours: Ours) -> None:
        self._ours = ours
        self._state = ours.at(BACK_FROM)
        self.sizes = [len(self._state)]

    def once(self) -> float:
        """Milliseconds of one return and of coming forward again."""
        taken = _seconds(self._back_and_forth) * 1000
        self.sizes.append(len(self._state))
        return taken

    def _back_and_forth(self) -> None:
        self._state = self._ours.go_back(self._state, BACK_FROM, BACK_TO)
        self._state = self._ours.complete(self._state, BACK_TO)


def _seconds(what: Callable[[], object]) -> float:
    """Of the processor: none of the ways waits for anything, and what else the machine does interrupts long ones more often."""
    started = time.thread_time()
    what()
    return time.thread_time() - started
