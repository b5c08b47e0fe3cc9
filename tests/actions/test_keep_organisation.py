"""Agencies, units and positions as administrators keep them: made, renamed, moved, closed, copied to many."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text
from werkzeug.test import TestResponse

from app.actions.copy_positions import renamed
from tests import factories
from tests.actions.scene import Scene, is_problem

COMMUNE = {
    "code": "DH",
    "identifier": "000.00.31.H50",
    "name": "UBND phường Đông Hà",
    "level": 3,
    "parent": "VPUBND",
    "valid_from": "2026-11-01",
}


@pytest.fixture
def own(scene: Scene) -> Scene:
    """With `keeper`, who administers the department only."""
    with scene.writing() as connection:
        may = ("account.manage_own", "task.work", "report.view")
        factories.account(connection, "keeper", scene.province.health, (), may)
    return scene


def send(scene: Scene, who: str, path: str, body: Any, status: int = 201, method: str = "POST", **headers: str) -> Any:
    answer = ask(scene, who, path, body, method, **headers)
    assert answer.status_code == status, answer.text
    return answer.json


def ask(scene: Scene, who: str, path: str, body: Any, method: str = "POST", **headers: str) -> TestResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return scene.client(who).open(f"/api/v1{path}", method=method, json=body, headers=named)


def changes(scene: Scene, subject: str) -> list[Any]:
    with scene.reading() as connection:
        rows = connection.execute(
            text(
                "SELECT kind, before, after, address FROM administration_changes WHERE subject = :of"
                " AND kind NOT LIKE 'sign%' ORDER BY id"
            ),
            {"of": subject},
        )
        return [tuple(row) for row in rows]


def test_an_agency_is_made_below_another_with_its_hours(scene: Scene) -> None:
    made = send(scene, "admin", "/agencies", COMMUNE)
    assert (made["name"], made["parent_name"], made["version"]) == ("UBND phường Đông Hà", "Văn phòng UBND tỉnh", 1)
    assert made["calendar"] == scene.get("admin", "/agencies/VPUBND")["calendar"]
    tree = [(one["code"], one["depth"]) for one in scene.get("admin", "/agencies")["data"]]
    assert ("DH", 1) in tree
    assert tree.index(("DH", 1)) > tree.index(("VPUBND", 0))
    assert [one["code"] for one in scene.get("admin", "/agencies?q=dong+ha")["data"]] == ["DH"]
    ((kind, before, after, address),) = changes(scene, "agency:DH")
    assert (kind, before, after["identifier"], address) == ("agency_created", {}, "000.00.31.H50", "127.0.0.1")


def test_what_is_wrong_with_an_agency_is_told_by_its_field(scene: Scene) -> None:
    send(scene, "admin", "/agencies", COMMUNE)
    for changed, field in (
        ({"code": "DH"}, "code"),
        ({"code": "D2", "identifier": "000.00.31.H50"}, "identifier"),
        ({"code": "D2", "identifier": "SOYTE"}, "identifier"),
        ({"code": "D2", "identifier": "000.00.32.H50."}, "identifier"),
        ({"code": "D2", "identifier": "000.00.32.H50", "parent": "khong-co"}, "parent"),
        ({"code": "D2", "identifier": "000.00.32.H50", "calendar": "khong-co"}, "calendar"),
        ({"code": "có dấu", "identifier": "000.00.32.H50"}, "code"),
    ):
        problem = is_problem(ask(scene, "admin", "/agencies", COMMUNE | changed), 422, "invalid")
        assert list(problem["errors"]) == [field]


def test_another_name_is_dated_and_the_former_one_is_kept(scene: Scene) -> None:
    values = {"name": "Sở Y tế và Phúc lợi", "named_from": "2026-11-20"}
    changed = send(scene, "admin", "/agencies/SYT", values, 200, "PUT", If_Match='"1"')
    assert changed["former_names"] == [{"name": "Sở Y tế", "until": "2026-11-19"}]
    assert changed["version"] == 2
    assert changes(scene, "agency:SYT")[0][:3] == (
        "agency_changed",
        {"name": "Sở Y tế"},
        {"name": "Sở Y tế và Phúc lợi"},
    )
    again = {"name": "Sở Y", "named_from": "2026-11-20"}
    problem = is_problem(ask(scene, "admin", "/agencies/SYT", again, "PUT"), 422, "invalid")
    assert list(problem["errors"]) == ["named_from"]
    is_problem(ask(scene, "admin", "/agencies/SYT", {"name": "Sở"}, "PUT", If_Match='"1"'), 412, "stale_version")


def test_an_agency_is_never_above_itself_nor_begins_later_than_it_did(scene: Scene) -> None:
    send(scene, "admin", "/agencies", COMMUNE)
    later = {"valid_from": "2027-01-01"}
    problem = is_problem(ask(scene, "admin", "/agencies/VPUBND", later, "PUT"), 422, "invalid")
    assert list(problem["errors"]) == ["valid_from"], "it would be closed without a word about its work"
    problem = is_problem(ask(scene, "admin", "/agencies/VPUBND", {"parent": "DH"}, "PUT"), 422, "invalid")
    assert list(problem["errors"]) == ["parent"]


def test_an_agency_with_work_is_not_closed_and_says_what_is_there(scene: Scene) -> None:
    scene.at_step("process")
    problem = is_problem(ask(scene, "admin", "/agencies/SYT/close", {"last_day": "2026-11-30"}), 409, "wrong_state")
    for told in ("còn 1 hồ sơ", "còn 1 bước đang chờ ở vị trí “Chuyên viên”", "vị trí “Trưởng phòng” còn"):
        assert told in problem["detail"]
    send(scene, "admin", "/agencies", COMMUNE)
    problem = is_problem(ask(scene, "admin", "/agencies/VPUBND/close", {"last_day": "2026-11-30"}), 409, "wrong_state")
    assert "còn 1 cơ quan trực thuộc (UBND phường Đông Hà)" in problem["detail"]
    closed = send(scene, "admin", "/agencies/DH/close", {"last_day": "2026-11-30"}, 200)
    assert closed["valid_to"] == "2026-11-30"
    assert changes(scene, "agency:DH")[-1][0] == "agency_closed"


def test_units_and_positions_are_made_changed_and_moved(own: Scene) -> None:
    scene = own
    unit = {"agency": "SYT", "code": "legal", "name": "Phòng Pháp chế", "kind": "room"}
    assert send(scene, "keeper", "/units", unit)["kind_name"] == "Phòng chuyên môn"
    is_problem(ask(scene, "keeper", "/units", unit), 422, "invalid")
    position = {"agency": "SYT", "unit": "legal", "code": "lawyer", "name": "Chuyên viên pháp chế"}
    assert send(scene, "keeper", "/positions", position)["vacant"] is True
    code = scene.at_step("process")
    moved = send(scene, "keeper", "/positions/SYT/assigned_room_officer", {"unit": "legal"}, 200, "PUT", If_Match='"1"')
    assert (moved["unit"], moved["version"]) == ("legal", 2)
    task = scene.task(code, "process")
    with scene.reading() as connection:
        name = connection.execute(text("SELECT name FROM units WHERE id = :id"), {"id": task.unit_id}).scalar_one()
    assert name == "Phòng Pháp chế", "the step that waits goes with the position"
    assert changes(scene, "position:SYT/assigned_room_officer")[0][:3] == (
        "position_changed",
        {"unit": "room"},
        {"unit": "legal"},
    )
    scene.do("forward", "binh", task.id)
    scene.sound(code)


def test_a_unit_goes_after_its_positions(scene: Scene) -> None:
    problem = is_problem(ask(scene, "admin", "/units/SYT/clerks/close", {"last_day": "2026-11-30"}), 409, "wrong_state")
    assert "“Văn thư”" in problem["detail"]
    send(scene, "admin", "/positions/SYT/clerk/close", {"last_day": "2026-11-30", "known": True}, 200)
    closed = send(scene, "admin", "/units/SYT/clerks/close", {"last_day": "2026-11-30"}, 200)
    assert closed["valid_to"] == "2026-11-30"
    opened = send(scene, "admin", "/units/SYT/clerks/close", {"last_day": None}, 200)
    assert opened["valid_to"] is None
    assert [kind for kind, *_ in changes(scene, "unit:SYT/clerks")] == ["unit_closed", "unit_reopened"]


def test_a_position_that_diagrams_need_is_closed_only_knowingly(scene: Scene) -> None:
    scene.publish("linear")
    seen = scene.get("admin", "/positions/SYT/principal")
    body: dict[str, Any] = {"last_day": "2026-11-30"}
    if seen["used_by"]:
        problem = is_problem(ask(scene, "admin", "/positions/SYT/principal/close", body), 422, "invalid")
        assert list(problem["errors"]) == ["known"]
    assert any(one["procedure"] == "linear" for one in scene.get("admin", "/positions/SYT/desk_officer")["used_by"])
    body = {"last_day": "2026-11-30", "known": True}
    closed = send(scene, "admin", "/positions/SYT/principal/close", body, 200)
    assert closed["holdings"][0]["to_day"] == "2026-11-30"
    assert changes(scene, "account:director")[-1][0] == "position_ended"
    assert [one["position"] for one in scene.get("admin", "/accounts/director")["positions"]] == ["principal"]
    scene.clock.move(days=8)
    assert scene.get("admin", "/accounts/director")["positions"] == []


def test_a_position_where_steps_wait_is_not_closed(scene: Scene) -> None:
    scene.at_step("process")
    body = {"last_day": "2026-11-30", "known": True}
    problem = is_problem(ask(scene, "admin", "/positions/SYT/assigned_room_officer/close", body), 409, "wrong_state")
    assert "Còn 1 bước đang chờ" in problem["detail"]


def test_the_agencys_name_in_that_of_a_unit_becomes_the_others() -> None:
    for name, source, target, wanted in (
        ("Lãnh đạo Sở Y tế", "Sở Y tế tỉnh Quảng Trị", "Sở Tài chính tỉnh Quảng Trị", "Lãnh đạo Sở Tài chính"),
        (
            "Văn thư UBND xã A Dơi",
            "Ủy ban nhân dân xã A Dơi",
            "Ủy ban nhân dân phường Đông Hà",
            "Văn thư UBND phường Đông Hà",
        ),
        ("Phòng Kinh tế", "Ủy ban nhân dân xã A Dơi", "Ủy ban nhân dân xã Hải Lăng", "Phòng Kinh tế"),
        (
            "Lãnh đạo Sở Y tế",
            "Sở Y tế tỉnh Quảng Trị",
            "Ủy ban nhân dân xã Hải Lăng",
            "Lãnh đạo Ủy ban nhân dân xã Hải Lăng",
        ),
    ):
        assert renamed(name, source, target) == wanted


def test_units_and_positions_are_copied_to_many_in_one_go(scene: Scene) -> None:
    for number in range(1, 4):
        body = COMMUNE | {"code": f"X{number}", "identifier": f"000.00.4{number}.H50", "name": f"UBND xã {number}"}
        send(scene, "admin", "/agencies", body)
    send(scene, "admin", "/units", {"agency": "X1", "code": "desk", "name": "Một cửa xã 1", "kind": "desk"})
    copying = {"source": "SYT", "targets": ["X1", "X2", "X3"], "positions": ["desk_officer", "clerk"]}
    with scene.unchanged():
        seen = send(scene, "admin", "/positions/copy/preview", copying, 200)
    assert seen["agencies"][0] == {
        "agency": "X1",
        "units": ["clerks"],
        "positions": ["desk_officer", "clerk"],
        "units_there": ["desk"],
        "positions_there": [],
    }
    made = send(scene, "admin", "/positions/copy", copying, 200)
    assert [one["positions"] for one in made["agencies"]] == [2, 2, 2]
    units = {unit["code"]: unit["name"] for unit in scene.get("admin", "/agencies/X2")["units"]}
    assert units == {"desk": "Bộ phận một cửa UBND xã 2", "clerks": "Văn thư Sở"}, "its own name in that of the desk"
    assert changes(scene, "position:X3/clerk")[0][2]["copied_from"] == "SYT"
    again = send(scene, "admin", "/positions/copy", copying, 200)
    assert [(one["units"], one["positions"]) for one in again["agencies"]] == [(0, 0)] * 3, "what is there stays"
    bad = copying | {"targets": ["X1", "khong-co"]}
    with scene.unchanged():
        problem = is_problem(ask(scene, "admin", "/positions/copy", bad), 422, "invalid")
    assert list(problem["errors"]) == ["targets"]


@pytest.mark.rule("HT-16.1")
def test_an_agencys_administrator_keeps_the_units_of_her_own_only(own: Scene) -> None:
    scene = own
    here = {"code": "office2", "name": "Phòng Khoa giáo", "kind": "room"}
    room = {"agency": "VPUBND", "unit": "office", "code": "x", "name": "X"}
    last = {"last_day": "2026-12-31"}
    with scene.unchanged():
        for path, body, method in (
            ("/agencies", COMMUNE, "POST"),
            ("/agencies/VPUBND", {"name": "Văn phòng"}, "PUT"),
            ("/agencies/SYT", {"name": "Sở"}, "PUT"),
            ("/agencies/SYT/close", last, "POST"),
            ("/agencies/VPUBND", None, "GET"),
            ("/units", here | {"agency": "VPUBND"}, "POST"),
            ("/units/VPUBND/office", {"name": "Phòng"}, "PUT"),
            ("/units/VPUBND/office", None, "GET"),
            ("/units/VPUBND/office/close", last, "POST"),
            ("/positions", room, "POST"),
            ("/positions/VPUBND/office_specialist", {"name": "X"}, "PUT"),
            ("/positions/VPUBND/office_specialist", None, "GET"),
            ("/positions/VPUBND/office_specialist/close", last, "POST"),
            ("/positions/copy", {"source": "SYT", "targets": ["VPUBND"]}, "POST"),
            ("/positions/copy/preview", {"source": "SYT", "targets": ["VPUBND"]}, "POST"),
        ):
            is_problem(ask(scene, "keeper", path, body, method), 403, "forbidden")
    send(scene, "keeper", "/units", here | {"agency": "SYT"})
    manages = {one["code"]: one["manages"] for one in scene.get("keeper", "/agencies")["data"]}
    assert manages == {"SYT": True, "VPUBND": False}
