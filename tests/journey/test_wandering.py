"""Detours: people do anything that they are offered, in any order, with the worker ticking in between; then it is brought home.

Whatever the order, the dossier stays sound after every action, what is offered is let through, and it can still be delivered.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

from app.actions.publish_version import PublishVersion, publish
from app.engine.guard import Guard
from app.store import organisation
from app.store.transaction import transaction
from tests import factories
from tests.actions.diagrams import DIAGRAMS
from tests.factories import LONG_AGO, START
from tests.journey.client import Client
from tests.journey.conftest import Office
from tests.journey.test_procedures import PROCEDURES

COLLEGE = "CDKT"
MOVES = 20
ROUNDS = int(os.environ.get("MOTCUA_DRILL_ROUNDS", "20"))
WEIGHTS = {
    "forward": 5,
    "return": 2,
    "recall": 2,
    "claim": 2,
    "release": 1,
    "handoff": 2,
    "accept": 3,
    "confirm-result": 1,
}
PAUSES = (0, 0, 60, 900, 3600, 4 * 3600, 30 * 3600)
"""Seconds between two actions: at once, while others still look, overnight."""

NOT_HERE = ("asked", "paying_by_message")
"""Small diagrams whose positions no agency here has, or which wait for a message that nobody sends."""
Choice = tuple[str, int, dict[str, Any]]
"""Who, on which task, which offer."""


class Wanderer:
    """Somebody who asks the interface what may be done to a dossier and does one of these things."""

    def __init__(self, office: Office, client: Client, code: str, desk: str, chance: Random) -> None:
        self.office, self.client, self.code, self.desk, self.chance = office, client, code, desk, chance
        self.done = Counter[str]()
        self.forwarded: list[tuple[str, int]] = []

    def wander(self) -> None:
        choices = sorted(self._choices(), key=lambda choice: (choice[0], choice[1], choice[2]["name"]))
        if not choices:
            return
        weights = [WEIGHTS.get(offer["name"], 0) for _, _, offer in choices]
        if not any(weights):
            return
        username, task, offer = self.chance.choices(choices, weights)[0]
        body = self._body(username, task, offer)
        status, answer = self.client.call(username, "POST", f"/tasks/{task}/{offer['name']}", body)
        assert status == 200, (offer, answer)
        self.done[offer["name"]] += 1
        if offer["name"] == "forward":
            self.forwarded.append((username, task))
        self.office.sound(self.code)

    def _choices(self) -> Iterator[Choice]:
        opened = self.client.open_tasks(self.code, self.desk)
        for task in opened:
            people = [task["assignee"]] if task["assignee"] else task["candidates"]
            # Whoever looks at a task makes it hers in the eyes of a recall, so mostly nobody looks.
            for username in people if self.chance.random() < 0.7 else []:
                yield from self._offers(username, task["id"])
        for username, task_id in self.forwarded[-2:]:
            yield from self._offers(username, task_id)

    def _offers(self, username: str, task: int) -> Iterator[Choice]:
        status, opened = self.client.call(username, "GET", f"/tasks/{task}")
        assert status == 200, opened
        for offer in opened["actions"]:
            if offer["allowed"]:
                yield username, task, offer | {"form": opened.get("form")}

    def _body(self, username: str, task: int, offer: dict[str, Any]) -> dict[str, Any]:
        body: dict[str, Any] = {"comment": "Theo nội dung trao đổi."} if self.chance.random() < 0.5 else {}
        body |= self.client.form_data(offer["name"], offer)
        if "attachment" in offer["needs"]:
            body["attachments"] = [self.client.attach(self.code, username)]
        if "comment" in offer["needs"]:
            body["comment"] = "Đề nghị xem lại."
        if offer["decisions"]:
            body["decision"] = self.chance.choice(offer["decisions"])["value"]
        if "account" in offer["needs"]:
            body["account"] = self.chance.choice(offer["accounts"])["username"]
        if offer.get("to_steps") and self.chance.random() < 0.5:
            body["to_step"] = self.chance.choice(offer["to_steps"])["id"]
        return body


def go_astray_and_come_home(office: Office, code: str, agency: str, seed: int, moves: int = MOVES) -> Counter[str]:
    """A dossier of that procedure on a random course; answers how often each action was done on the way."""
    chance = Random(f"{code}/{seed}")  # noqa: S311 - the same course again for the same seed
    office.clock.at = START
    client = office.client()
    desk = client.desk_officer(agency)
    data = {"amount": chance.choice([1, 5000]), "owner": agency}
    registered = client.register(agency, code, chance.choice(["counter", "online"]), data=data)
    wanderer = Wanderer(office, client, registered["code"], desk, chance)
    for _ in range(moves):
        wanderer.wander()
        office.clock.move(seconds=chance.choice(PAUSES))
        if chance.random() < 0.5:
            office.tick()
    while client.call(desk, "GET", f"/dossiers/{registered['code']}")[1]["status"]["number"] != 10:
        office.clock.move(days=1)
        office.tick()  # a dossier may wait for nothing but a timer
        if client.open_tasks(registered["code"], desk):
            client.step(registered["code"], desk)
        office.sound(registered["code"])
    return wanderer.done


@pytest.fixture(scope="session")
def drawn(province_office: Office) -> list[str]:
    """The small diagrams with branches, decisions and timers, published at the college, whose positions they name."""
    here = {name: diagram for name, diagram in DIAGRAMS.items() if name not in NOT_HERE}
    with province_office.app.app_context(), Guard() as guard:
        with transaction() as connection:
            college = organisation.agency_ids(connection)[COLLEGE]
            for name in here:
                factories.procedure(connection, name, [college])
        for name, diagram in here.items():
            command = PublishVersion(name, diagram, f"{name}.bpmn", "12/QĐ-UBND", LONG_AGO, LONG_AGO)
            publish(command, None, START, guard)
    return list(here)


@pytest.mark.rule("QT-17.4", "QT-20.1b")
@pytest.mark.parametrize("code", PROCEDURES)
def test_wherever_people_take_it_it_stays_sound_and_gets_home(office: Office, code: str) -> None:
    done = go_astray_and_come_home(office, code, PROCEDURES[code]["agencies"][0], 1)
    assert sum(done.values()) >= 8, done


@pytest.mark.parametrize("name", ["decision", "branches", "escalation", "reminder"])
def test_so_it_does_with_branches_decisions_and_timers(office: Office, drawn: list[str], name: str) -> None:
    assert name in drawn
    go_astray_and_come_home(office, name, COLLEGE, 1)


@pytest.mark.drill
@pytest.mark.parametrize("seed", range(2, 2 + ROUNDS))
def test_many_courses(office: Office, drawn: list[str], seed: int) -> None:
    chance = Random(seed)  # noqa: S311
    total: Counter[str] = Counter()
    for code, procedure in chance.sample(sorted(PROCEDURES.items()), 2):
        total += go_astray_and_come_home(office, code, procedure["agencies"][-1], seed, 40)
    for name in chance.sample(drawn, 3):
        total += go_astray_and_come_home(office, name, COLLEGE, seed, 40)
    assert set(total) >= {"forward", "return", "claim"}


@pytest.mark.rule("QT-18.6", "QT-21a")
def test_a_dossier_that_is_late_is_marked_and_still_gets_home(office: Office) -> None:
    client = office.client()
    desk = client.desk_officer("SYT")
    registered = client.register("SYT", "1.001806")
    office.clock.set_local("2027-01-20 09:00")
    office.tick()
    status, shown = client.call(desk, "GET", f"/dossiers/{registered['code']}")
    assert (status, shown["colour"], shown["overdue"]) == (200, "late", True)
    assert {task["step"] for task in shown["open_tasks"]} >= {"contact_applicant"}
    client.drive(registered["code"], desk)
    status, shown = client.call(desk, "GET", f"/dossiers/{registered['code']}")
    assert (shown["status"]["number"], shown["overdue"], shown["outcome"]) == (10, True, "granted")
    status, listed = client.call(desk, "GET", f"/dossiers/{registered['code']}/timeline")
    fired = [row["details"]["element"] for row in listed["data"] if row["kind"] == "timer_fired"]
    assert fired == ["due_soon_reached", "deadline_reached", "appointment_reached"]
    office.sound(registered["code"])
