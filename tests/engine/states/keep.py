"""Keeps what a release writes, so that every later one can be asked to read it.

Run in a checkout of that release (it uses the engine that it finds there, and nothing else of the tests):

    cd CHECKOUT && PYTHONPATH=. python .../tests/engine/states/keep.py OUT.json.xz

Random walks over the shipped diagrams, the side processes and the tiny diagrams of the tests; of each diagram one state of
every shape that was met (open steps, waiting timers, tokens at joins, what may be gone back to), as it was saved.
"""

from __future__ import annotations

import base64
import json
import lzma
import random
import re
import sys
import uuid
import zlib
from pathlib import Path
from typing import Any

from app.engine.definition import build_definition
from app.engine.instance import EngineIncident, Instance
from app.engine.spiff import TaskState
from app.engine.standard_steps import add_standard_steps

WALKS = 60
MOVES = 16
SHAPES = 24
"""So many states are kept of one diagram at most."""
CONTEXT = {
    "needs_b": True,
    "needs_c": True,
    "agencies": ["SYT", "STC"],
    "asked_agencies": ["SYT", "STC", "SNV"],
    "times": 2,
}
ASKED = {"by_desk": False, "by_unit_head": False, "by_leader": False, "has_clerk": True, "has_leader": True} | {
    "merged": False,
    "separate": False,
    "agency": "SYT",
}
"""What the conditions of side processes read; each walk draws its own answers."""
NEVER_RUN = {"endless", "self_call", "merge_without_join", "inner_error", "messages"}
"""What the gate refuses, and what these walks cannot bring to an end: errors that nobody catches, messages."""


def diagrams() -> dict[str, dict[str, bytes]]:
    """The files of each process by its id, those that it calls among them; the main one first."""
    tiny = {path.stem: path.read_bytes() for path in sorted(Path("tests/engine/diagrams").glob("*.bpmn"))}
    found = {
        name: {f"{called}.bpmn": tiny[called] for called in _with_called(name, tiny)}
        for name in tiny
        if name not in NEVER_RUN
    }
    for path in sorted(Path("bpmn/procedures").glob("*.bpmn")):
        found[path.stem] = {path.name: add_standard_steps(path.read_bytes())}
    for path in sorted(Path("bpmn/shared").glob("*.bpmn")):
        found[path.stem] = {path.name: path.read_bytes()}
    return found


def _with_called(name: str, tiny: dict[str, bytes]) -> list[str]:
    found = [name]
    for one in found:
        found += [
            called
            for called in re.findall(r'calledElement="(\w+)"', tiny[one].decode())
            if called in tiny and called not in found
        ]
    return found


def told(instance: Instance) -> dict[str, Any]:
    """What anybody can ask of an instance."""
    opened = instance.open_steps()
    return {
        "open": [[step.engine_task, step.step.id] for step in opened],
        "timers": [[timer.engine_task, timer.element] for timer in instance.timers()],
        "earlier": {
            step.engine_task: [
                [earlier.engine_task, earlier.step.id, sorted(earlier.closes)]
                for earlier in instance.earlier_steps(step.engine_task)
            ]
            for step in opened
        },
        "finished": instance.finished,
    }


def _shape(instance: Instance, document: Any) -> str:
    now = told(instance)
    joins: list[str] = []

    def walk(level: Any, where: str) -> None:
        for record in level["t"]:
            extra = record[4] if len(record) > 4 else {}
            if record[1] not in (TaskState.COMPLETED, TaskState.CANCELLED) or extra.keys() & {"c", "j"}:
                joins.append(f"{where}{record[2]}:{record[1]}{sorted(extra)}")
            if "sub" in extra:
                walk(extra["sub"], f"{where}{record[2]}/")

    walk(document, "")
    earlier = [[step[1] for step in steps] for steps in now["earlier"].values()]
    return json.dumps([sorted(joins), [timer[1] for timer in now["timers"]], sorted(earlier), now["finished"]])


def _move(instance: Instance, chance: random.Random) -> str | None:
    """One thing that somebody does; None where there is nothing left to do."""
    opened, timers = instance.open_steps(), instance.timers()
    if not opened and not timers:
        return None
    kind = chance.random()
    if opened and kind > 0.65:
        earlier = instance.earlier_steps(chance.choice(opened).engine_task)
        if earlier:
            step = chance.choice(earlier)
            instance.go_back(step.engine_task)
            return f"back to {step.step.id}"
    if timers and (kind < 0.15 or not opened):
        timer = chance.choice(timers)
        instance.fire(timer.engine_task)
        return f"fire {timer.element}"
    step = chance.choice(opened)
    outcomes = [decision.value for decision in step.step.decisions] or ["agree", "reject"]
    instance.complete(step.engine_task, {step.step.decision_variable: chance.choice(outcomes)})
    return f"do {step.step.id}"


def walks(name: str, files: dict[str, bytes]) -> list[dict[str, Any]]:
    chance = random.Random(name)  # noqa: S311 - the same walks again
    definition = build_definition(files, _process(files))
    kept: dict[str, dict[str, Any]] = {}
    for number in range(WALKS):
        asked = {key: chance.random() < 0.5 if isinstance(value, bool) else value for key, value in ASKED.items()}
        try:
            instance = Instance.start(definition, asked, CONTEXT)
        except EngineIncident:  # it asks for what these walks do not give
            return []
        way: list[str] = []
        moves = 250 if number == 0 else MOVES
        for _ in range(moves):
            state = instance.save()
            instance = Instance.load(definition, state, CONTEXT)
            document = json.loads(zlib.decompress(state))
            shape = _shape(instance, document)
            if shape not in kept and len(kept) < SHAPES and (number or len(way) > moves // 2):
                kept[shape] = {
                    "diagram": name,
                    "way": way[-MOVES:],
                    "moves": len(way),
                    **told(instance),
                    "document": document,
                }
                if len(kept) == 1:
                    kept[shape]["bytes"] = base64.b64encode(state).decode()
            try:
                done = _move(instance, chance)
            except EngineIncident:
                break
            if done is None:
                break
            way.append(done)
    return list(kept.values())


def _process(files: dict[str, bytes]) -> str:
    found = re.search(r'<(?:\w+:)?process\b[^>]*\bid="([^"]+)"', next(iter(files.values())).decode())
    assert found is not None
    return found[1]


def main(out: str) -> None:
    ids = random.Random(5)  # noqa: S311 - the same ids again
    uuid.uuid4 = lambda: uuid.UUID(int=ids.getrandbits(128), version=4)  # type: ignore[assignment]
    kept: dict[str, Any] = {"context": CONTEXT, "diagrams": {}, "states": []}
    for name, files in diagrams().items():
        states = walks(name, files)
        if not states:
            continue
        kept["diagrams"][name] = {
            "process": _process(files),
            "files": {file: content.decode() for file, content in files.items()},
        }
        kept["states"] += states
        print(name, len(states))
    text = json.dumps(kept, ensure_ascii=False, separators=(",", ":"))
    Path(out).write_bytes(lzma.compress(text.encode(), preset=9))


if __name__ == "__main__":
    main(sys.argv[1])
