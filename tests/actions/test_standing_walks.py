"""Anything in any order: people act, positions empty and fill again, the worker ticks, the administrator repairs at random.

After every one of these the dossier is sound, and once every position is held and every incident dealt with it is brought home.
"""

from __future__ import annotations

import os
from random import Random
from typing import Any

import pytest
from sqlalchemy import delete

from app.store.accounts import AccountPosition
from tests import factories
from tests.actions.scene import Scene
from tests.actions.standing import review

DIAGRAMS = ("branches", "decision", "escalation", "reminder", "room_ways", "timer_gateway")
MOVES = 25
ROUNDS = max(1, int(os.environ.get("MOTCUA_DRILL_ROUNDS", "20")) // 20)
HOLDERS = {"head": "head", "officer": "binh", "director": "director", "clerk": "clerk", "desk_officer": "desk"}
"""Who holds which position in the end; in between anybody may."""


class Walk:
    def __init__(self, scene: Scene, chance: Random, diagram: str) -> None:
        self.scene, self.chance = scene, chance
        amount: Any = chance.choice((5, 5000, "nhiều", None))
        data = {} if amount is None else {"amount": amount}
        self.code: str = scene.register(procedure=scene.publish(diagram), data=data)["code"]

    def step(self) -> None:
        self.chance.choice((self.act, self.act, self.act, self.staff, self.wait, self.manage))()
        self.scene.sound(self.code)

    def act(self) -> None:
        """Whoever holds the position does something that is offered, or is refused."""
        every = self.scene.every_task(self.code)
        if not every:
            return
        task = self.chance.choice(every)
        who = self.chance.choice(sorted(HOLDERS.values()))
        action = self.chance.choice(("forward", "forward", "forward", "claim", "release", "return", "recall"))
        body: dict[str, Any] = {"comment": "Trả lại."} if action == "return" else {}
        if action == "forward" and task.step in ("review", "assign"):
            body["decision"] = self.chance.choice(
                {"review": ("agree", "reject"), "assign": ("own", "officer")}[task.step]
            )
        answer = self.scene.try_to(action, who, task.id, body)
        assert answer.status_code in (200, 403, 404, 409, 422), answer.text

    def staff(self) -> None:
        """Somebody leaves, or comes; sometimes the worker notices."""
        province = self.scene.province
        position = self.chance.choice(sorted(HOLDERS))
        with self.scene.writing() as connection:
            connection.execute(
                delete(AccountPosition).where(AccountPosition.position_id == province.positions[position])
            )
            if self.chance.random() < 0.5:
                factories.hold(connection, province.accounts[HOLDERS[position]], province.positions[position])
        if self.chance.random() < 0.7:
            review(self.scene)

    def wait(self) -> None:
        self.scene.clock.move(seconds=self.chance.choice((61, 3600, 6 * 3600, 30 * 3600)))
        for _ in range(self.chance.choice((1, 6))):
            self.scene.tick()
            self.scene.clock.move(seconds=61)

    def manage(self) -> None:
        """The administrator does something about an incident, if there is one."""
        listed = self.scene.get("admin", "/incidents")["data"]
        for one in listed[:1]:
            found = self.scene.get("admin", f"/incidents/{one['id']}")
            what = self.chance.choice(("retry", "repair", "repair", "close"))
            body: dict[str, Any] = {"reason": "Thử"}
            if what == "repair" and found["to_steps"] and self.chance.random() < 0.6:
                body["to_step"] = self.chance.choice(found["to_steps"])["id"]
            elif what == "repair":
                body["data"] = {"amount": self.chance.choice((7, 7000, "chưa rõ"))}
            answer = self.scene.client("admin").post(f"/api/v1/incidents/{one['id']}/{what}", json=body)
            assert answer.status_code in (200, 409), answer.text

    def bring_home(self) -> None:
        """Everybody is back and the amount is known: whatever stands goes on, and the applicant gets his result."""
        province = self.scene.province
        with self.scene.writing() as connection:
            connection.execute(
                delete(AccountPosition).where(AccountPosition.position_id.in_(list(province.positions.values())))
            )
            for position, who in HOLDERS.items():
                factories.hold(connection, province.accounts[who], province.positions[position])
        review(self.scene)
        assert not [task for task in self.scene.live_tasks(self.code) if task.state == "vacant"]
        self.repair_all()
        for _ in range(60):
            self.scene.sound(self.code)
            if self.scene.dossier(self.code).status == 10:
                return
            opened = [task for task in self.scene.open_tasks(self.code) if task.instance_kind == "main"]
            if not opened:
                self.scene.clock.move(days=3)
                self.scene.tick()
                self.repair_all()
                continue
            self.finish(opened[0])
        raise AssertionError(f"{self.code} never gets home: {self.scene.open_steps(self.code)}")

    def repair_all(self) -> None:
        """The amount is known; a timer that has not failed five times yet may still come to stand."""
        for one in self.scene.get("admin", "/incidents")["data"]:
            body = {"reason": "Đã rõ", "data": {"amount": 5}}
            answer = self.scene.client("admin").post(f"/api/v1/incidents/{one['id']}/repair", json=body)
            assert answer.status_code in (200, 409), answer.text

    def finish(self, task: Any) -> None:
        who = self.scene.holder(task)
        if task.stage == "return":
            for action in ("confirm-result", "deliver-result"):
                self.scene.try_to(action, who, task.id)
            return
        body: dict[str, Any] = {"data": {"amount": 5}}
        decisions = {"review": "agree", "assign": "officer"}
        if self.scene.get(who, f"/tasks/{task.id}")["actions"] and task.step in decisions:
            body["decision"] = decisions[task.step]
        answer = self.scene.try_to("forward", who, task.id, body)
        if answer.status_code == 422:
            answer = self.scene.try_to("forward", who, task.id, {"data": {"amount": 5}})
        assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("diagram", DIAGRAMS)
@pytest.mark.parametrize("seed", range(3 * ROUNDS))
def test_whatever_stands_stays_sound_and_gets_home(scene: Scene, diagram: str, seed: int) -> None:
    walk = Walk(scene, Random(f"{diagram} {seed}"), diagram)  # noqa: S311 - a walk, not a secret
    for _ in range(MOVES):
        walk.step()
    walk.bring_home()
