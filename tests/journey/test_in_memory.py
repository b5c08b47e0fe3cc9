"""A dossier in memory is the dossier of the database: both take the same course, and everything that the clock, the engine and
the timers say of them is compared after every act and every alarm."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import Connection, select

from app.actions.publish_version import MAIN_FILE
from app.lawbook import rules_for
from app.simulation.played import PlayedProcedure
from app.simulation.walk import OpenTask, Walk
from app.store import procedures, segments, tasks, timers
from app.store.instances import ProcessInstance
from app.store.tasks import TaskRow
from tests.journey.conftest import Office
from tests.journey.test_procedures import COURSES, PROCEDURES

GAPS = (0, 600, 3600, 5 * 3600, 26 * 3600, 9 * 86_400)
PLATFORM = "he.thong.thanh.toan.truc.tuyen"


class Both:
    """One course, taken twice."""

    def __init__(self, office: Office, code: str, agency: str, chance: Random) -> None:
        self.office, self.chance, self.client = office, chance, office.client()
        self.desk = self.client.desk_officer(agency)
        data = {"request": "Đề nghị."}
        self.code = str(self.client.register(agency, code, data=data)["code"])
        self.done: list[str] = []
        dossier = office.dossier(self.code)

        def look(connection: Connection) -> Walk:
            files = procedures.version_files(connection, dossier.version_id)
            called = {name: content for name, (kind, content) in files.items() if kind == "called"}
            published = PROCEDURES[code]
            played = PlayedProcedure.of(files[MAIN_FILE][1], published["limit"], published["limit_unit"], called)
            return played.accept(rules_for(connection, dossier), agency, office.clock(), data, by=self.desk)

        self.walk: Walk = office.ask(look)
        self.compare("registered")

    # Acting --------------------------------------------------------------------------------------------------------------

    def later(self, seconds: float) -> None:
        """Time passes; the worker ticks at each instant at which something is due."""
        until = self.office.clock() + timedelta(seconds=seconds)
        while (due := self._next_due()) is not None and due <= until:
            self.office.clock.at = max(self.office.clock(), due)
            self.office.tick()
            self.walk.advance(self.office.clock())
            self.compare(f"alarm at {due}")
        self.office.clock.at = until
        self.walk.advance(until)
        self.compare("later")

    def _next_due(self) -> datetime | None:
        def look(connection: Connection) -> datetime | None:
            table = timers.Timer.__table__
            found = select(table.c.due_at).where(
                table.c.dossier_id == self.office.dossier(self.code).id, table.c.held_unit.is_(None)
            )
            return min(connection.execute(found).scalars(), default=None)

        due: datetime | None = self.office.ask(look)
        return due

    def act(self, back: float = 0.0) -> None:
        """Somebody does one of her steps; `back`: how often it is returned instead."""
        table = self._tasks()
        if len(table) > 1:
            table = [task for task in table if task.stage != "return"]
        task = self.chance.choice(table)
        (mine,) = [one for one in self.walk.open() if (one.step.id, one.agency) == (task.step, task.agency)]
        if self.walk.messages() and self.chance.random() < back:
            name = self.walk.messages()[0].message
            assert self.client.call(PLATFORM, "POST", f"/dossiers/{self.code}/messages", {"name": name})[0] == 200
            self.walk.message(name, self.office.clock())
            self.done.append("message")
        elif (to := self.walk.returns(mine.ref)) and self.chance.random() < back:
            ref = self.chance.choice(to)[0]
            self._post(task, "return", {"comment": "Đề nghị xem lại.", "to_step": ref})
            self.walk.returned(mine.ref, ref, self.office.clock())
            self.done.append("return")
        elif task.stage == "return":
            self._post(task, "confirm-result", {})
            self._post(task, "deliver-result", {})
            self.walk.complete(mine.ref, self.office.clock())
            self.done.append("deliver")
        else:
            self._forward(task, mine)
            self.done.append("forward")
        self.compare(f"{self.done[-1]} {mine.ref}")

    def _forward(self, task: TaskRow, mine: OpenTask) -> None:
        who = self._who(task)
        _, opened = self.client.call(who, "GET", f"/tasks/{task.id}")
        (offer,) = [offer for offer in opened["actions"] if offer["name"] == "forward"]
        assert offer["allowed"], offer
        body: dict[str, Any] = self.client.form_data("forward", opened)
        if "asked_agencies" in body.get("data", {}):
            options = [one["value"] for one in opened["form"]["components"][0]["values"]]
            body["data"]["asked_agencies"] = self.chance.sample(options, self.chance.randint(1, len(options)))
        if "comment" in offer["needs"]:
            body["comment"] = "Đồng ý."
        if "attachment" in offer["needs"]:
            body["attachments"] = [self.client.attach(self.code, who)]
        decision = self.chance.choice(offer["decisions"])["value"] if offer["decisions"] else None
        self._post(task, "forward", body | ({"decision": decision} if decision else {}))
        self.walk.complete(mine.ref, self.office.clock(), decision, body.get("data"))

    def _post(self, task: TaskRow, action: str, body: dict[str, Any]) -> None:
        status, answer = self.client.call(self._who(task), "POST", f"/tasks/{task.id}/{action}", body)
        assert status == 200, (action, task.step, answer)

    def _who(self, task: TaskRow) -> str:
        _, shown = self.client.call(self.desk, "GET", f"/dossiers/{self.code}")
        found = next(one for one in shown["open_tasks"] if one["id"] == task.id)
        return str(found["assignee"] or found["candidates"][0])

    def _tasks(self) -> list[TaskRow]:
        def look(connection: Connection) -> list[TaskRow]:
            return [
                task
                for task in tasks.tasks_of(connection, self.office.dossier(self.code).id)
                if task.instance_kind == "main"
            ]

        found: list[TaskRow] = self.office.ask(look)
        return found

    # Comparing -----------------------------------------------------------------------------------------------------------

    def compare(self, when: str) -> None:
        dossier = self.office.dossier(self.code)
        assert without_keys(self.walk.clock.to_dict()) == without_keys(dossier.clock), when
        assert self.walk.status.number == dossier.status, when
        assert self.walk.timeliness == dossier.timeliness, when
        assert sorted(
            (one.step.id, one.title, one.agency, one.position, one.entered_at, str(one.due_at))
            for one in self.walk.open()
        ) == sorted(
            (task.step, self._title(task), task.agency, task.position, task.entered_at, str(task.due_at))
            for task in self._tasks()
        ), when
        assert alarms_of(self.walk) == self.office.ask(lambda connection: self._rows(connection, dossier.id)), when
        stored = self.office.ask(lambda connection: segments.segments_of(connection, dossier.id))
        assert [
            (part.agency, part.step, part.from_at, part.to_at, part.seconds, part.charged)
            for part in self.walk.segments
        ] == [(part.agency, part.step, part.from_at, part.to_at, part.seconds, part.charged) for part in stored], when

    def _title(self, task: TaskRow) -> str:
        """A task of an item that is its agency is called by the step alone."""
        (mine,) = [one for one in self.walk.open() if (one.step.id, one.agency) == (task.step, task.agency)]
        return mine.title if mine.title == f"{task.step_name} ({task.agency})" else task.step_name

    def _rows(self, connection: Connection, dossier_id: int) -> list[tuple[str, datetime]]:
        table, instance = timers.Timer.__table__, ProcessInstance.__table__
        found = connection.execute(
            select(table.c.kind, table.c.element, table.c.instant, table.c.due_at, instance.c.kind.label("of"))
            .join(instance, instance.c.id == table.c.instance_id)
            .where(table.c.dossier_id == dossier_id, table.c.held_unit.is_(None))
        )
        return sorted(
            (row.instant if row.of != "main" else row.element or row.kind, max(row.due_at, self.office.clock()))
            for row in found
        )


def alarms_of(walk: Walk) -> list[tuple[str, datetime]]:
    """What will happen by itself: of steps the kind, of drawn timers the element."""
    return sorted((one.element if one.kind == "event" else one.kind, one.at) for one in walk.alarms())


def without_keys(state: dict[str, Any]) -> dict[str, Any]:
    """Tasks have other ids in memory, and nobody claims them there."""
    held = [
        {name: value for name, value in one.items() if name not in ("key", "account")}
        for one in state.get("holdings", [])
    ]
    return {**state, "holdings": sorted(held, key=lambda one: str(sorted(one.items())))}


@pytest.mark.rule("QT-18.2", "QT-18.3", "QT-18.6", "QT-20.1", "QT-20.2a")
@pytest.mark.parametrize(
    ("code", "agency"), sorted({(code, agency) for code, agency, _ in COURSES}), ids=lambda value: str(value)
)
def test_straight_through(office: Office, code: str, agency: str) -> None:
    both = Both(office, code, agency, Random(code))  # noqa: S311
    for _ in range(80):
        if both.walk.finished:
            break
        both.later(600)
        if not both.walk.open():
            both.later(86_400)
            continue
        both.act()
    assert both.walk.finished
    assert both.walk.status.number == 10


@pytest.mark.rule("QT-18.6", "QT-20.1b", "QT-19.3t", "QT-21c")
@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("code", PROCEDURES)
def test_astray(office: Office, code: str, seed: int) -> None:
    """Random decisions, returns and long waits; late steps and late dossiers among them."""
    chance = Random(f"{code}/{seed}")  # noqa: S311
    both = Both(office, code, chance.choice(PROCEDURES[code]["agencies"]), chance)
    for _ in range(18):
        both.later(chance.choice(GAPS))
        if both.walk.finished:
            break
        if both.walk.open():
            both.act(back=0.3)
