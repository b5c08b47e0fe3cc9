"""Every look at a dossier is written down: who, when, from where, by what right; and shown to those who may ask (QT-6)."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from app.store.database import db
from tests import factories
from tests.actions.scene import Scene
from tests.fixtures.statements import counted_statements
from tests.web.desk import Desk


def looks(scene: Scene, code: str) -> list[Any]:
    found: list[Any] = scene.get("head", f"/dossiers/{code}/looks")["data"]
    return found


@pytest.mark.rule("QT-6")
def test_a_look_is_kept_once_in_ten_minutes_with_its_right(scene: Scene) -> None:
    code = scene.register()["code"]
    for path in ("", "/timeline", "/clock", "/attachments"):
        scene.get("binh", f"/dossiers/{code}{path}")
    Desk(scene, "binh").see(f"/ho-so/{code}")
    scene.get("control", f"/dossiers/{code}")
    found = {(one["account"], one["ground"], one["handled"], one["way"]) for one in looks(scene, code)}
    assert found == {("binh", "agency", False, "api"), ("control", "control", False, "api")}
    scene.clock.move(minutes=10)
    scene.get("binh", f"/dossiers/{code}/timeline")
    assert [one["account"] for one in looks(scene, code)].count("binh") == 2
    assert all(one["address"] for one in looks(scene, code))


def test_who_has_a_step_of_it_is_told_apart(scene: Scene) -> None:
    code = scene.register()["code"]
    scene.get("desk", f"/dossiers/{code}")
    scene.get("clerk", f"/dossiers/{code}")
    handled = {one["account"]: one["handled"] for one in looks(scene, code)}
    assert (handled["desk"], handled["clerk"]) == (True, False)
    strange = scene.get("admin", f"/looks?dossier={code}&strange=true")["data"]
    assert {one["account"] for one in strange} == {"clerk", "head"}
    assert scene.get("admin", "/administration-changes?group=looks")["data"][0]["kind"] == "looks_viewed"


def test_opening_a_task_is_a_look_and_what_is_refused_is_none(scene: Scene) -> None:
    code = scene.register()["code"]
    task = scene.open_tasks(code)[0].id
    scene.get("binh", f"/tasks/{task}")
    assert scene.client("official").get(f"/api/v1/tasks/{task}").status_code == 404
    assert scene.client("official").get(f"/api/v1/dossiers/{code}").status_code == 404
    assert {one["account"] for one in looks(scene, code)} == {"binh"}


def test_only_those_who_may_ask_see_them_and_nobody_changes_them(scene: Scene) -> None:
    code = scene.register()["code"]
    scene.get("binh", f"/dossiers/{code}")
    assert scene.client("binh").get(f"/api/v1/dossiers/{code}/looks").status_code == 403
    assert scene.client("head").get("/api/v1/looks").status_code == 403
    with scene.writing() as connection:
        other = factories.agency(connection, "STC")
        factories.account(connection, "la", other, [], ("report.view",))
    assert scene.client("la").get(f"/api/v1/dossiers/{code}/looks").status_code == 404
    with scene.app.app_context(), db.engine.connect() as connection:
        for statement in ("UPDATE dossier_looks SET at = now()", "DELETE FROM dossier_looks"):
            with pytest.raises(Exception, match="permission denied"):
                connection.execute(text(statement))
            connection.rollback()


def test_a_look_costs_one_statement_and_a_second_none(scene: Scene) -> None:
    code = scene.register()["code"]
    scene.client("binh")
    with counted_statements(scene.app) as first:
        scene.get("binh", f"/dossiers/{code}/timeline")
    with counted_statements(scene.app) as second:
        scene.get("binh", f"/dossiers/{code}/timeline")
    noted = [one for one in first if "dossier_looks" in one]
    assert len(noted) == 1
    assert len(first) == len(second) + 1
    task = scene.open_tasks(code)[0].id
    with counted_statements(scene.app) as acted:
        scene.do("forward", "desk", task)
    assert not [one for one in acted if "dossier_looks" in one]


def test_pages_show_them(scene: Scene) -> None:
    code = scene.register()["code"]
    scene.get("clerk", f"/dossiers/{code}")
    page = Desk(scene, "head").see(f"/ho-so/{code}/luot-xem").text_content()
    assert "Ngoài việc của mình" in page
    assert "Nguyễn Thị clerk" in page
    assert "Ai đã xem" not in Desk(scene, "binh").see(f"/ho-so/{code}").text_content()
    found = Desk(scene, "admin").see(f"/quan-tri/luot-xem?ma={code}").text_content()
    assert "Nguyễn Thị clerk" in found
