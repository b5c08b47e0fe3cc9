"""The same people at procedures that wind: what goes back takes along what came of it, and nothing else."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from hypothesis.stateful import invariant, precondition, rule
from sqlalchemy import select

from app.actions.running import MAIN
from app.actions.work import Work
from app.store.tasks import TaskRow
from app.store.timers import Timer
from tests.engine.runs import examine
from tests.journey.machine.machine import Regulation, Tried, seeds
from tests.journey.machine.winding import OFFICES, WINDING

BACK = ("return", "recall")
Dues = dict[tuple[str, str], datetime | None]


class Winding(Regulation):
    procedures: ClassVar[tuple[str, ...]] = tuple(WINDING)
    data: ClassVar[dict[str, Any]] = {"offices": OFFICES}

    # What people do ----------------------------------------------------------------------------------------------------

    @rule(seed=seeds)
    def go_back(self, seed: int) -> None:
        """Somebody sends a step back, or takes back what she has passed on: wherever that is offered."""
        chance = self._chance(seed)
        code = chance.choice(self.codes)
        self.touched = [code]
        every = self.scene.every_task(code)
        tasks = [task for task in every if task.state == "open"] + every[-8:]
        chance.shuffle(tasks)
        for task in tasks[:6]:
            likely = self._likely(task)
            if likely is None:
                continue
            for offer in self._offers(likely, task.id).values():
                if offer["name"] in BACK and offer["allowed"]:
                    tried = self._try(likely, task, offer["name"], self._body(code, offer, chance))
                    assert tried.status == 200, tried
                    self.tally[offer["name"]] += 1
                    return

    @precondition(lambda self: self.codes)
    @rule(seed=seeds)
    def hear(self, seed: int) -> None:
        """Another system answers, whether anybody waits for it or not."""
        chance = self._chance(seed)
        code = chance.choice(self.codes)
        self.touched = [code]
        body = {"name": "answer", "data": {"paid": chance.choice((0, 5))}}
        client = self.scene.client("system")
        before = self.scene.contents()
        answer = client.post(f"/api/v1/dossiers/{code}/messages", json=body)
        if answer.status_code == 200:
            self.tally["message"] += 1
            return
        assert 400 <= answer.status_code < 500, answer.text
        assert {name for name, rows in self.scene.contents().items() if rows != before[name]} == set(), answer.text

    def _likely(self, task: TaskRow) -> str | None:
        """Whoever has the task, or had it."""
        if task.state == "open":
            return task.assignee or self._holder(task)
        names = {account: name for name, account in self.scene.province.accounts.items()}
        return names.get(task.finished_by) if task.finished_by else None

    def _try(self, username: str, task: TaskRow, action: str, body: dict[str, Any], **headers: str) -> Tried:
        """What a return or a recall leaves open keeps its due times, and its timers theirs."""
        if action not in BACK or task.instance_kind != MAIN:
            return super()._try(username, task, action, body, **headers)
        code = self.touched[0]
        before = self._dues(code)
        tried = super()._try(username, task, action, body, **headers)
        after = self._dues(code)
        assert {key: due for key, due in before.items() if key in after} == {
            key: due for key, due in after.items() if key in before
        }, tried
        return tried

    def _dues(self, code: str) -> Dues:
        """When the open steps are due, by their task, and when the timers fire, by what waits for them."""
        opened = self.scene.open_tasks(code)
        with self.scene.reading() as connection:
            rows = connection.execute(
                select(Timer.__table__).where(Timer.dossier_id == self.scene.dossier(code).id)
            ).all()  # type: ignore[arg-type]
        dues: Dues = {("task", str(task.id)): task.due_at for task in opened}
        dues |= {(row.kind, f"{row.task_id or row.engine_task}"): row.due_at for row in rows}
        return dues

    # What must hold -----------------------------------------------------------------------------------------------------

    @invariant()
    def no_step_is_open_twice(self) -> None:
        for code in self.touched:
            with self.scene.reading() as connection:
                work = Work(connection, self.scene.dossier(code), [], self.scene.clock(), None)
                for running in work.diagrams.unfinished():
                    examine(running.engine)
