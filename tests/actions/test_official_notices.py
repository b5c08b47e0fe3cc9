"""Officials are told what concerns their steps: who, of what, by which way; and what it costs where nothing is told."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from app.jobs import digest
from app.rules.notices import EVENTS, MODES, WAYS
from tests import factories
from tests.actions.away import allow, away
from tests.actions.scene import Scene
from tests.actions.standing import AGREE, at_gateway, the_one
from tests.fixtures.statements import counted_statements


def rows(scene: Scene, username: str | None = None) -> list[Any]:
    with scene.reading() as connection:
        found = connection.execute(
            text(
                "SELECT n.*, a.username FROM official_notices n JOIN accounts a ON a.id = n.account_id"
                " WHERE CAST(:username AS text) IS NULL OR a.username = :username ORDER BY n.id"
            ),
            {"username": username},
        )
        return list(found.all())


def told(scene: Scene, event: str) -> list[str]:
    return sorted(row.username for row in rows(scene) if row.event == event)


def mailed(scene: Scene, template: str) -> list[str]:
    with scene.reading() as connection:
        found = connection.execute(
            text("SELECT recipient FROM deliveries WHERE template = :template ORDER BY recipient"),
            {"template": template},
        )
        return [row.recipient.partition("@")[0] for row in found]


def bell(scene: Scene, username: str) -> tuple[int, int]:
    count = scene.get(username, "/notices/count")
    return count["unread"], count["new"]


def switch(scene: Scene, username: str, event: str, **modes: str) -> None:
    body = {"switches": [{"event": event, **modes}]}
    answer = scene.client(username).put("/api/v1/me/notice-switches", json=body)
    assert answer.status_code == 200, answer.text


def taken(scene: Scene) -> tuple[str, int]:
    """A dossier whose step binh has taken."""
    code = scene.at_step("process")
    task = scene.task(code, "process").id
    scene.do("claim", "binh", task)
    return code, task


def test_a_forward_asks_the_database_nothing_for_telling(scene: Scene) -> None:
    """New steps are read from the tasks: nothing is written, and nobody's switches are read, when a step moves on."""
    code = scene.at_step("process")
    binh = scene.client("binh")
    task = scene.task(code, "process").id
    with counted_statements(scene.app) as seen:
        assert binh.post(f"/api/v1/tasks/{task}/forward", json={}).status_code == 200
    assert not [one for one in seen if "notice" in one or "deliver" in one]
    assert rows(scene) == []
    assert bell(scene, "head")[1] == 1


def test_a_new_step_is_new_until_somebody_opens_it(scene: Scene) -> None:
    code = scene.at_step("process")
    task = scene.task(code, "process").id
    assert (bell(scene, "binh"), bell(scene, "chi")) == ((0, 1), (0, 1)), "it waits for their position"
    assert bell(scene, "head") == (0, 0)
    (new,) = scene.get("binh", "/notices")["new"]
    assert (new["id"], new["dossier"]) == (task, code)
    scene.get("binh", f"/tasks/{task}")
    assert (bell(scene, "binh"), bell(scene, "chi")) == ((0, 0), (0, 0))


def test_what_one_brought_about_oneself_is_not_new(scene: Scene) -> None:
    code = scene.register()["code"]
    assert bell(scene, "desk") == (0, 0), "she registered it"
    scene.do("forward", "desk", scene.task(code, "receive").id)
    waiting = scene.open_tasks(code)[0]
    assert bell(scene, scene.holder(waiting))[1] == 1


def test_marking_everything_read_leaves_only_what_comes_later_new(scene: Scene) -> None:
    scene.at_step("process")
    answer = scene.client("binh").post("/api/v1/notices/read", json={"all": True})
    assert answer.status_code == 200
    assert (bell(scene, "binh"), bell(scene, "chi")) == ((0, 0), (0, 1))
    scene.clock.move(minutes=1)
    scene.at_step("process")
    assert bell(scene, "binh") == (0, 1)


@pytest.mark.rule("QT-17.4")
def test_who_gets_a_step_back_is_told_why(scene: Scene) -> None:
    code, task = taken(scene)
    scene.do("forward", "binh", task)
    review = scene.task(code, "review").id
    scene.do("return", "head", review, {"comment": "Thiếu căn cứ"})
    (row,) = rows(scene)
    assert (row.username, row.event, row.task_id) == ("binh", "returned", scene.task(code, "process").id)
    assert row.data["reason"] == "Thiếu căn cứ"
    assert mailed(scene, "step_returned") == ["binh"]
    assert row.mailed_at is not None
    assert bell(scene, "binh") == (1, 0), "told as returned, not as new besides"


def test_who_returns_to_herself_is_not_told(scene: Scene) -> None:
    with scene.writing() as connection:
        factories.hold(connection, scene.province.accounts["binh"], scene.province.positions["head"])
    code, task = taken(scene)
    scene.do("forward", "binh", task)
    scene.do("return", "binh", scene.task(code, "review").id, {"comment": "Xem lại"})
    assert rows(scene, "binh") == []


@pytest.mark.rule("QT-21c")
def test_alarms_of_a_step_are_told_to_whoever_holds_it(scene: Scene) -> None:
    code, task = taken(scene)
    due = scene.timer_row(code, "step_overdue").due_at
    soon = scene.timer_row(code, "step_due_soon").due_at
    scene.clock.at = soon
    scene.tick()
    assert (told(scene, "due_soon"), mailed(scene, "step_due_soon")) == (["binh"], []), "by mail only in the digest"
    scene.clock.at = due
    scene.tick()
    assert (told(scene, "overdue"), mailed(scene, "step_overdue")) == (["binh"], ["binh"])
    assert [row.task_id for row in rows(scene, "binh") if row.event in ("due_soon", "overdue")] == [task, task]


@pytest.mark.rule("QT-21c")
def test_nobody_having_taken_it_all_who_could_are_told(scene: Scene) -> None:
    code = scene.at_step("process")
    scene.clock.at = scene.timer_row(code, "step_overdue").due_at
    scene.tick()
    assert told(scene, "overdue") == ["binh", "chi"]


@pytest.mark.rule("ST-26.1")
def test_pressing_tells_on_the_screen_and_by_mail(scene: Scene) -> None:
    code, task = taken(scene)
    scene.do("press", "head", task, {"comment": "Gấp"})
    (row,) = rows(scene)
    assert (row.username, row.event) == ("binh", "pressed")
    assert "Gấp" in row.data["reason"]
    assert mailed(scene, "pressed") == ["binh"]
    assert scene.last(code, "pressed").data["count"] == 1


def test_who_stands_in_is_told_too(scene: Scene) -> None:
    allow(scene, "binh")
    _, task = taken(scene)
    away(scene, "binh", "chi")
    scene.do("press", "head", task, {"comment": "Gấp"})
    assert told(scene, "pressed") == ["binh", "chi"]
    assert mailed(scene, "pressed") == ["binh", "chi"]


def test_who_is_asked_to_contribute_or_given_a_step_is_told(scene: Scene) -> None:
    code, task = taken(scene)
    scene.do("join", "binh", task, {"account": "chi", "comment": "Cho ý kiến về số liệu"})
    assert told(scene, "joined") == ["chi"]
    assert mailed(scene, "joined") == [], "in the digest, unless she wants it at once"
    scene.do("handoff", "binh", task, {"account": "chi", "comment": "Nghỉ phép"})
    assert told(scene, "assigned") == ["chi"]
    assert code


@pytest.mark.parametrize(
    ("screen", "email", "written", "sent"),
    [
        ("now", "now", 1, ["binh"]),
        ("now", "digest", 1, []),
        ("now", "off", 1, []),
        ("off", "now", 1, ["binh"]),
        ("off", "off", 0, []),
    ],
)
def test_everybody_is_told_as_she_wants(scene: Scene, screen: str, email: str, written: int, sent: list[str]) -> None:
    _, task = taken(scene)
    switch(scene, "binh", "pressed", screen=screen, email=email)
    scene.do("press", "head", task, {"comment": "Gấp"})
    assert (len(rows(scene, "binh")), mailed(scene, "pressed")) == (written, sent)
    assert bell(scene, "binh")[0] == (1 if screen == "now" else 0)
    assert len(scene.get("binh", "/notices")["data"]) == (1 if screen == "now" else 0)


def test_an_account_without_an_address_is_told_on_the_screen(scene: Scene) -> None:
    _, task = taken(scene)
    with scene.writing() as connection:
        factories.set_columns(connection, "accounts", scene.province.accounts["binh"], email=None)
    scene.do("press", "head", task, {"comment": "Gấp"})
    assert (told(scene, "pressed"), mailed(scene, "pressed")) == (["binh"], [])


def test_an_action_that_is_refused_tells_nobody(scene: Scene) -> None:
    _, task = taken(scene)
    scene.refused(422, "comment_required", "press", "head", task, {"comment": " "})
    assert rows(scene) == []


def test_whoever_manages_incidents_is_told_that_a_dossier_stands(scene: Scene) -> None:
    code = at_gateway(scene)
    scene.stopped("forward", "head", scene.task(code, "review").id, AGREE)
    (row,) = rows(scene)
    assert (row.username, row.event, row.data["incident"]) == ("admin", "incident", the_one(scene, code).id)
    assert mailed(scene, "incident_opened") == ["admin"]
    (listed,) = scene.get("admin", "/notices")["data"]
    assert listed["path"] == f"/su-co/{the_one(scene, code).id}"
    scene.stopped("forward", "head", scene.task(code, "review").id, AGREE)
    assert len(rows(scene)) == 1, "once more of the same is no other incident"


def at_the_same(scene: Scene) -> str:
    """One more dossier of the procedure of `at_gateway`."""
    return scene.at_step("review", "decision", data={"amount": "nhiều"})


def test_many_incidents_at_once_are_one_mail(scene: Scene) -> None:
    codes = [at_gateway(scene), *(at_the_same(scene) for _ in range(2))]
    for code in codes:
        scene.stopped("forward", "head", scene.task(code, "review").id, AGREE)
    assert (len(told(scene, "incident")), mailed(scene, "incident_opened")) == (3, ["admin"])
    scene.clock.move(minutes=16)
    later = at_the_same(scene)
    scene.stopped("forward", "head", scene.task(later, "review").id, AGREE)
    assert mailed(scene, "incident_opened") == ["admin", "admin"]


def test_a_step_that_nobody_can_take_is_told_to_whoever_manages_incidents(scene: Scene) -> None:
    code, task = taken(scene)
    with scene.writing() as connection:
        factories.set_columns(connection, "accounts", scene.province.accounts["head"], permissions=["report.view"])
    scene.do("forward", "binh", task)
    assert [one.state for one in scene.live_tasks(code)] == ["vacant"]
    assert told(scene, "incident") == ["admin"]


def test_old_notices_are_forgotten_and_unread_ones_later(scene: Scene) -> None:
    _, task = taken(scene)
    for words in ("một", "hai"):
        scene.do("press", "head", task, {"comment": words})
    first, second = (row.id for row in rows(scene))
    assert scene.client("binh").post("/api/v1/notices/read", json={"ids": [first]}).json == {"read": 1}
    scene.clock.move(days=91)
    with scene.app.app_context():
        digest.forget_notices()
    assert [row.id for row in rows(scene)] == [second]
    scene.clock.move(days=90)
    with scene.app.app_context():
        digest.forget_notices()
    assert rows(scene) == []


def test_every_default_is_a_mode_that_may_be_chosen() -> None:
    for event in EVENTS.values():
        for way in WAYS:
            assert set(event.modes(way)) <= set(MODES)
            assert event.default(way) in event.modes(way) or not event.modes(way)
