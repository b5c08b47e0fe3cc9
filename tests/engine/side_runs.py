"""Runs a shipped side process as the actions do: who asked is in its variables, and it is saved and loaded at every stop."""

from __future__ import annotations

from functools import cache
from typing import Any

from app.engine.definition import Definition, build_definition
from app.engine.instance import Instance
from app.engine.shared import side_files

ASKED = {
    "by_desk": False,
    "by_unit_head": False,
    "by_leader": False,
    "has_clerk": True,
    "has_leader": True,
    "merged": False,
    "separate": False,
    "agency": "SYT",
}
"""A specialist's request, in an agency with a leader and a clerk."""


@cache
def side_definition(name: str) -> Definition:
    return build_definition({f"{name}.bpmn": side_files()[f"{name}.bpmn"]}, name)


class SideRun:
    def __init__(self, name: str, **variables: Any) -> None:
        self.definition = side_definition(name)
        self.instance = Instance.start(self.definition, {**ASKED, **variables}, {})
        self.said: list[str] = []
        self.done: list[str] = []
        self._reload()

    def _reload(self) -> None:
        self.said += [notice.template for notice in self.instance.take_notices()]
        self.instance = Instance.load(self.definition, self.instance.save(), {})

    @property
    def open(self) -> list[str]:
        return [opened.step.id for opened in self.instance.open_steps()]

    @property
    def finished(self) -> bool:
        return self.instance.finished

    @property
    def effects(self) -> list[str]:
        """What the completed steps did to the dossier, in order."""
        return [effect for step in self.done if (effect := self.definition.steps[step].effect) is not None]

    def do(self, step: str, decision: str | None = None) -> SideRun:
        (task,) = [opened.engine_task for opened in self.instance.open_steps() if opened.step.id == step]
        self.instance.complete(task, {f"{step}_decision": decision} if decision else {})
        self.done.append(step)
        self._reload()
        return self

    def agree(self) -> SideRun:
        """To the end, everybody agreeing."""
        while not self.finished:
            (opened,) = self.instance.open_steps()
            self.do(opened.step.id, "agree" if opened.step.decisions else None)
        return self

    def pass_day(self) -> SideRun:
        """The one timer that waits for the day of the answer goes off."""
        (timer,) = self.instance.timers()
        assert timer.instant == "limit_at"
        self.instance.fire(timer.engine_task)
        self._reload()
        return self
