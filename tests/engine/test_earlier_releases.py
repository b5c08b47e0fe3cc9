"""What every earlier release wrote is read today: it stands where it stood, goes back where it could, and comes to its end.

`tests/engine/states/keep.py` writes the states of a release; its folder is named by the commit.
"""

from __future__ import annotations

import base64
import json
import lzma
import zlib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from app.engine.definition import Definition, build_definition
from app.engine.instance import Instance
from tests.engine.runs import examine
from tests.engine.states.keep import told

STATES = Path(__file__).parent / "states"
RELEASES = sorted(folder.name for folder in STATES.iterdir() if (folder / "states.json.xz").is_file())
MOST_MOVES = 80


@cache
def kept(release: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(lzma.decompress((STATES / release / "states.json.xz").read_bytes()))
    return found


@cache
def definition(release: str, name: str) -> Definition:
    drawn = kept(release)["diagrams"][name]
    return build_definition({file: text.encode() for file, text in drawn["files"].items()}, drawn["process"])


def cases() -> list[Any]:
    return [pytest.param(release, name, id=f"{release}-{name}") for release in RELEASES for name in names(release)]


def names(release: str) -> list[str]:
    return list(kept(release)["diagrams"])


def states(release: str, name: str) -> list[dict[str, Any]]:
    return [state for state in kept(release)["states"] if state["diagram"] == name]


def load(release: str, state: dict[str, Any]) -> Instance:
    """As it was saved: JSON under zlib, of which the text is kept."""
    text = json.dumps(state["document"], ensure_ascii=False, separators=(",", ":"))
    return Instance.load(definition(release, state["diagram"]), zlib.compress(text.encode(), 1), context(release))


def context(release: str) -> dict[str, Any]:
    found: dict[str, Any] = kept(release)["context"]
    return found


def finish(instance: Instance, release: str, name: str) -> None:
    """Everybody does what lies open, agreeing; where nothing does, the timers come due. Saved and loaded at every stop."""
    for _ in range(MOST_MOVES):
        examine(instance)
        if instance.finished:
            return
        opened = instance.open_steps()
        if opened:
            step = opened[0].step
            instance.complete(opened[0].engine_task, {step.decision_variable: "agree"})
        else:
            instance.fire(instance.timers()[0].engine_task)
        instance = Instance.load(definition(release, name), instance.save(), context(release))
    raise AssertionError("does not come to an end")


def test_there_are_states_of_every_release() -> None:
    assert RELEASES == ["1-c9130c2", "2-db38cd2", "3-75074f9", "4-11d73f3"]
    for release in RELEASES:
        assert len(kept(release)["states"]) > 200


@pytest.mark.parametrize(("release", "name"), cases())
def test_a_state_stands_where_it_stood(release: str, name: str) -> None:
    for state in states(release, name):
        instance = load(release, state)
        examine(instance)
        assert told(instance) == {key: state[key] for key in ("open", "timers", "earlier", "finished")}, state["way"]
        again = Instance.load(definition(release, name), instance.save(), context(release))
        assert told(again) == told(instance), "what is saved today is read as well"


@pytest.mark.parametrize(("release", "name"), cases())
def test_a_state_comes_to_its_end(release: str, name: str) -> None:
    for state in states(release, name):
        finish(load(release, state), release, name)


@pytest.mark.parametrize(("release", "name"), cases())
def test_a_state_goes_back_wherever_it_could(release: str, name: str) -> None:
    for state in states(release, name):
        for target, step, closes in {
            earlier[0]: earlier for one in state["earlier"].values() for earlier in one
        }.values():
            instance = load(release, state)
            before = {opened.engine_task for opened in instance.open_steps()}
            instance.go_back(target)
            after = {opened.engine_task: opened.step.id for opened in instance.open_steps()}
            assert after[target] == step
            assert before - after.keys() == set(closes)
            finish(instance, release, name)


@pytest.mark.parametrize("release", RELEASES)
def test_the_very_bytes_are_read(release: str) -> None:
    kept_whole = [state for state in kept(release)["states"] if "bytes" in state]
    assert len(kept_whole) == len(names(release))
    for state in kept_whole:
        written = base64.b64decode(state["bytes"])
        instance = Instance.load(definition(release, state["diagram"]), written, context(release))
        assert [[opened.engine_task, opened.step.id] for opened in instance.open_steps()] == state["open"]
