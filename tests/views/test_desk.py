"""The desk's lists: what waits for its result, what is ready, what nobody came for, and what came online."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.access.caller import Caller
from app.errors import DomainError
from app.store import accounts
from app.views.desk import KINDS, UNCOLLECTED_AFTER, find_applicants, ready_results
from tests import factories
from tests.actions.scene import Scene
from tests.factories import START


def caller(scene: Scene, username: str) -> Caller:
    with scene.reading() as connection:
        found = accounts.account_by_id(connection, scene.province.accounts[username], START.date())
    assert found is not None
    return Caller.of(found, START.date())


def page(scene: Scene, kind: str, username: str = "desk", q: str | None = None, **more: Any) -> dict[str, Any]:
    asked = {"cursor": None, "page_size": 50} | more
    with scene.app.app_context():
        return ready_results(caller(scene, username), kind, q, asked["cursor"], asked["page_size"], scene.clock())


def codes(found: dict[str, Any]) -> list[str]:
    return [one["dossier"] for one in found["data"]]


def counts(scene: Scene) -> dict[str, int]:
    return {kind: number["total"] for kind, number in page(scene, "ready")["counts"].items()}


@pytest.mark.rule("QT-18.4", "QT-18.5", "ST-16.2")
def test_a_dossier_goes_through_the_desks_lists(scene: Scene) -> None:
    code = scene.register(channel="online", applicant={"name": "Đỗ Thị Ánh"})["code"]
    assert codes(page(scene, "intake")) == [code]
    (task,) = scene.open_tasks(code)
    scene.do("accept", "desk", task.id)
    assert counts(scene) == dict.fromkeys(KINDS, 0), "the receive step of an accepted dossier is on none of them"
    while (step := next(task for task in scene.open_tasks(code) if task.instance_kind == "main")).stage != "return":
        scene.do("forward", scene.holder(step), step.id)
    assert codes(page(scene, "waiting")) == [code]
    assert counts(scene) == dict.fromkeys(KINDS, 0) | {"waiting": 1}
    scene.do("confirm-result", "desk", step.id)
    (ready,) = page(scene, "ready")["data"]
    assert (ready["dossier"], ready["applicant"], ready["result_at"]) == (code, "Đỗ Thị Ánh", scene.clock())
    assert counts(scene) == dict.fromkeys(KINDS, 0) | {"ready": 1}
    scene.clock.at = scene.clock() + UNCOLLECTED_AFTER
    assert counts(scene)["uncollected"] == 0
    scene.clock.move(seconds=1)
    assert codes(page(scene, "uncollected")) == [code]
    assert counts(scene) == dict.fromkeys(KINDS, 0) | {"ready": 1, "missed": 1, "uncollected": 1}
    scene.do("deliver-result", "desk", step.id)
    assert counts(scene) == dict.fromkeys(KINDS, 0)


def add(scene: Scene, number: int, applicant: str = "Bình", position: str = "desk_officer", **dossier: Any) -> str:
    code = f"000.00.12.H50-261120-{number:04d}"
    province = scene.province
    with scene.writing() as connection:
        found = factories.dossier(
            connection, province.health, province.procedure, province.version, code=code, applicant=applicant, **dossier
        )
        running = factories.instance(connection, found, province.version)
        entered = START - timedelta(hours=number // 2)
        factories.task(connection, found, running, province.positions[position], stage="return", entered_at=entered)
    return code


def test_pages_hold_every_task_once_longest_waiting_first(scene: Scene) -> None:
    made = [add(scene, number) for number in range(1, 12)]
    seen: list[str] = []
    cursor = None
    while True:
        found = page(scene, "waiting", cursor=cursor, page_size=3)
        assert found["total"] == found["counts"]["waiting"]["total"] == len(made)
        seen += codes(found)
        cursor = found["next"]
        if cursor is None:
            break
    assert sorted(seen) == made
    assert seen[0] in made[-2:]


def test_words_find_without_diacritics_and_counts_stay(scene: Scene) -> None:
    anh, binh = add(scene, 1, "Đỗ Thị Ánh"), add(scene, 2, "Lê Văn Bình")
    found = page(scene, "waiting", q="do thi")
    assert (codes(found), found["total"], found["counts"]["waiting"]["total"]) == ([anh], 1, 2)
    assert codes(page(scene, "waiting", q="h50-261120-0002")) == [binh]


def test_only_the_units_of_my_positions(scene: Scene) -> None:
    code = add(scene, 1)
    add(scene, 2, position="official")
    assert codes(page(scene, "waiting")) == [code]
    assert codes(page(scene, "waiting", "binh")) == []
    assert codes(page(scene, "waiting", "admin")) == []


@pytest.mark.parametrize(
    ("kind", "cursor", "field"), [("late", None, "kind"), ("", None, "kind"), ("ready", "x", "cursor")]
)
def test_what_is_no_kind_or_cursor_is_invalid(scene: Scene, kind: str, cursor: str | None, field: str) -> None:
    with pytest.raises(DomainError) as caught:
        page(scene, kind, cursor=cursor)
    assert (caught.value.code, set(caught.value.errors or {})) == ("invalid", {field})


def test_a_cursor_is_of_its_own_list(scene: Scene) -> None:
    for number in range(1, 4):
        add(scene, number)
    cursor = page(scene, "waiting", page_size=1)["next"]
    with pytest.raises(DomainError):
        page(scene, "ready", cursor=cursor)


@pytest.mark.rule("TN-21.7")
def test_an_applicant_is_found_again_as_she_was_given(scene: Scene) -> None:
    given = {"name": "Đỗ Thị Ánh", "id_number": "045185001234", "phone": "0912345678", "address": "Đông Hà"}
    code = scene.register(applicant=given)["code"]
    with scene.app.app_context():
        for words in ("do anh", "0451850", "0912345678"):
            (found,) = find_applicants(caller(scene, "desk"), words)
            assert found == given | {
                "email": None,
                "last_code": code,
                "last_received_at": scene.clock(),
                "dossiers": 1,
            }


def test_only_desks_look_for_applicants(scene: Scene) -> None:
    for username in ("binh", "control", "admin"):
        with scene.app.app_context(), pytest.raises(DomainError) as caught:
            find_applicants(caller(scene, username), "anh")
        assert caught.value.code == "forbidden"
