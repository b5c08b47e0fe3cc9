"""Routing: which position of which agency a step goes to, and to whom of it (QT-22.2a, QT-22.2b)."""

from __future__ import annotations

from typing import Any

import pytest

from app.wording import LOCAL
from tests import factories
from tests.actions.away import away
from tests.actions.diagrams import DIAGRAMS, OFFICER, ROOM_HEAD, line
from tests.actions.drawing import diagram, end, for_each, give_back, receive, start, step
from tests.actions.scene import Scene


def commune(scene: Scene, code: str, *usernames: str) -> None:
    """A commune with a position `commune_officer` that these accounts hold."""
    with scene.writing() as connection:
        agency = factories.agency(connection, code, name=f"UBND xã {code}", level=3)
        room = factories.unit(connection, agency, "room")
        position = factories.position(connection, agency, room, "commune_officer", "Công chức xã")
        for username in usernames:
            factories.account(connection, username, agency, [position])


@pytest.fixture
def drawn(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Publishes receive, the given steps in a line, give_back, under a name; answers the procedure's code."""

    def publish(name: str, *steps: str) -> str:
        names = [one.partition('id="')[2].partition('"')[0] for one in steps]
        drawing = diagram(
            name,
            [start(), receive(), *steps, give_back(), end()],
            line("start", "receive", *names, "give_back", "done"),
        )
        monkeypatch.setitem(DIAGRAMS, name, drawing)
        return scene.publish(name)

    return publish


def ahead(scene: Scene, username: str, task: int) -> Any:
    return next(offer for offer in scene.get(username, f"/tasks/{task}")["actions"] if offer["name"] == "forward")


# Position and agency ------------------------------------------------------------------------------------------------------


@pytest.mark.rule("QT-22.2a")
def test_lead_a_fixed_agency_and_the_commune_of_the_data(scene: Scene, drawn: Any) -> None:
    commune(scene, "XDH", "xuan")
    commune(scene, "XCL", "cuc")
    procedure = drawn(
        "routed",
        step("process", OFFICER),
        step("opinion", "office_specialist", agency="VPUBND"),
        step("verify", "commune_officer", agency="=commune"),
    )
    code = scene.register(procedure=procedure, data={"commune": "XCL"})["code"]
    seen: list[tuple[str, str]] = []
    for username in ("desk", "binh", "official", "cuc"):
        (task,) = scene.open_tasks(code)
        seen.append((task.position, task.agency))
        scene.do("forward", username, task.id)
    assert seen == [
        ("desk_officer", "SYT"), ("assigned_room_officer", "SYT"),
        ("office_specialist", "VPUBND"), ("commune_officer", "XCL"),
    ]  # fmt: skip
    assert scene.get("xuan", "/tasks?inbox=unit")["data"] == []
    scene.sound(code)


def test_before_it_is_forwarded_it_is_told_where_it_goes(scene: Scene, drawn: Any) -> None:
    commune(scene, "XDH", "xuan")
    procedure = drawn(
        "routed", step("process", OFFICER), step("verify", "commune_officer", agency="=commune", assign="last")
    )
    code = scene.at_step("process", procedure, data={"commune": "XDH"})
    offer = ahead(scene, "binh", scene.task(code, "process").id)
    assert offer["ahead"] == [
        {
            "step": "verify",
            "step_name": "Bước verify",
            "position": "commune_officer",
            "position_name": "Công chức xã",
            "agency": "XDH",
            "agency_name": "UBND xã XDH",
            "assign": "last",
        }
    ]
    assert [one["username"] for one in offer["accounts"]] == ["xuan"]
    (led,) = scene.do("forward", "binh", scene.task(code, "process").id, {"assignee": "xuan"})["led_to"]
    assert (led["agency"], led["assignee"]) == ("XDH", "xuan")


@pytest.mark.parametrize(
    ("data", "told", "agency"),
    [
        ({"commune": "XKHONG"}, ("không có cơ quan nào mang mã “XKHONG”", "“commune”"), "XKHONG"),
        ({"commune": 7}, ("nhận được 7", "“commune”"), None),
        ({}, ("“commune”",), None),
    ],
)
def test_data_that_names_no_agency_is_an_incident_that_says_what_to_do(
    scene: Scene, drawn: Any, data: dict[str, Any], told: tuple[str, ...], agency: str | None
) -> None:
    commune(scene, "XDH", "xuan")
    procedure = drawn("routed", step("process", OFFICER), step("verify", "commune_officer", agency="=commune"))
    code = scene.at_step("process", procedure, data=data)
    task = scene.task(code, "process").id
    (where,) = ahead(scene, "binh", task)["ahead"]
    assert (where["agency"], where["agency_name"]) == (agency, None)
    answer = scene.try_to("forward", "binh", task)
    assert (answer.status_code, answer.json["code"]) == (409, "incident")
    for text in ("“Bước verify”", *told):
        assert text in answer.json["detail"]
    (stands,) = scene.get("binh", f"/dossiers/{code}")["incidents"]
    assert "Bước verify" in stands["reason"]
    assert scene.open_steps(code) == ["process"]
    scene.do("forward", "binh", task, {"data": {"commune": "XDH"}})
    assert scene.task(code, "verify").agency == "XDH"
    scene.sound(code)


# To whom of the position --------------------------------------------------------------------------------------------------


@pytest.mark.rule("QT-22.2b")
def test_a_step_goes_to_the_whole_position_unless_it_says_otherwise(scene: Scene, drawn: Any) -> None:
    code = scene.at_step("process", drawn("plain", step("process", OFFICER)))
    assert scene.task(code, "process").assignee is None
    assert "given" not in scene.last(code, "forwarded").data


def test_last_goes_to_who_had_the_position_in_this_dossier(scene: Scene, drawn: Any) -> None:
    procedure = drawn(
        "again", step("process", OFFICER), step("review", ROOM_HEAD), step("conclude", OFFICER, assign="last")
    )
    code = scene.at_step("process", procedure)
    scene.do("forward", "chi", scene.task(code, "process").id)
    (led,) = scene.do("forward", "head", scene.task(code, "review").id)["led_to"]
    assert led["assignee"] == "chi"
    assert scene.last(code, "forwarded").data["given"] == [{"step": "conclude", "to": "chi", "by": "last"}]
    scene.clock.move(hours=1)
    scene.do("forward", "chi", led["id"])
    assert [found.account for found in scene.segments(code) if found.step == "conclude"] == ["chi"]
    scene.sound(code)


def test_last_knows_who_finished_just_now(scene: Scene, drawn: Any) -> None:
    code = scene.at_step("process", drawn("next", step("process", OFFICER), step("conclude", OFFICER, assign="last")))
    (led,) = scene.do("forward", "chi", scene.task(code, "process").id)["led_to"]
    assert led["assignee"] == "chi"


def test_last_goes_to_her_substitute_and_to_all_where_nobody_may_any_more(scene: Scene, drawn: Any) -> None:
    procedure = drawn(
        "again", step("process", OFFICER), step("review", ROOM_HEAD), step("conclude", OFFICER, assign="last")
    )
    codes = [scene.at_step("process", procedure) for _ in range(2)]
    for code in codes:
        scene.do("forward", "chi", scene.task(code, "process").id)
    away(scene, "chi", "binh")
    (led,) = scene.do("forward", "head", scene.task(codes[0], "review").id)["led_to"]
    assert (led["assignee"], led["instead_of"]["username"]) == ("binh", "chi")
    assert scene.last(codes[0], "forwarded").data["given"] == [
        {"step": "conclude", "to": "binh", "by": "last", "instead_of": "chi"}
    ]
    with scene.writing() as connection:
        factories.set_columns(connection, "accounts", scene.province.accounts["chi"], active=False)
    (led,) = scene.do("forward", "head", scene.task(codes[1], "review").id)["led_to"]
    assert led["assignee"] is None


def test_a_person_named_comes_before_what_the_step_says(scene: Scene, drawn: Any) -> None:
    procedure = drawn(
        "again", step("process", OFFICER), step("review", ROOM_HEAD), step("conclude", OFFICER, assign="last")
    )
    code = scene.at_step("process", procedure)
    scene.do("forward", "chi", scene.task(code, "process").id)
    (led,) = scene.do("forward", "head", scene.task(code, "review").id, {"assignee": "binh"})["led_to"]
    assert led["assignee"] == "binh"
    scene.sound(code)


def test_a_return_goes_to_who_handled_the_step_last_whatever_it_says(scene: Scene, drawn: Any) -> None:
    code = scene.at_step(
        "process", drawn("shared", step("process", OFFICER, assign="least_loaded"), step("review", ROOM_HEAD))
    )
    task = scene.task(code, "process")
    scene.do("release", str(task.assignee), task.id)
    other = "chi" if task.assignee == "binh" else "binh"
    scene.do("forward", other, task.id)
    (led,) = scene.do("return", "head", scene.task(code, "review").id, {"comment": "Bổ sung."})["led_to"]
    assert led["assignee"] == other
    assert "given" not in scene.last(code, "returned").data


def test_least_loaded_shares_out_in_turn(scene: Scene, drawn: Any) -> None:
    """Binh before chi where both have none; then whoever has fewer; then who got one least recently."""
    procedure = drawn("shared", step("process", OFFICER, assign="least_loaded"), step("review", ROOM_HEAD))
    given: list[tuple[str, str]] = []
    for _ in range(4):
        code = scene.at_step("process", procedure)
        given.append((str(scene.task(code, "process").assignee), code))
        scene.clock.move(minutes=5)
    assert [who for who, _ in given] == ["binh", "chi", "binh", "chi"]
    first = scene.task(given[1][1], "process")
    scene.do("forward", "chi", first.id)
    scene.clock.move(minutes=5)
    code = scene.at_step("process", procedure)
    assert scene.task(code, "process").assignee == "chi", "she has one, binh two"
    for who, code in given[:1]:
        scene.do("forward", who, scene.task(code, "process").id)
    assert scene.last(given[0][1], "forwarded").data.get("given") is None
    scene.sound(given[0][1])


def test_with_as_many_open_it_goes_to_who_got_one_least_recently(scene: Scene, drawn: Any) -> None:
    procedure = drawn("shared", step("process", OFFICER, assign="least_loaded"), step("review", ROOM_HEAD))
    for expected in ("binh", "chi", "binh", "chi"):
        code = scene.at_step("process", procedure)
        task = scene.task(code, "process")
        assert task.assignee == expected
        scene.clock.move(minutes=5)
        scene.do("forward", expected, task.id)


def test_least_loaded_passes_over_who_is_away(scene: Scene, drawn: Any) -> None:
    procedure = drawn("shared", step("process", OFFICER, assign="least_loaded"))
    away(scene, "binh", "chi", 0, 0)
    for _ in range(2):
        assert scene.task(scene.at_step("process", procedure), "process").assignee == "chi"
    scene.clock.set_local("2026-11-24 08:00")
    assert scene.clock().astimezone(LOCAL).day == 24
    assert scene.task(scene.at_step("process", procedure), "process").assignee == "binh"


def test_items_that_open_together_are_shared_out_among_the_holders(scene: Scene, drawn: Any) -> None:
    procedure = drawn(
        "items", for_each(step("verify", OFFICER, assign="least_loaded"), "places"), step("review", ROOM_HEAD)
    )
    code = scene.register(procedure=procedure, data={"places": ["A", "B", "C", "D"]})["code"]
    led = scene.do("forward", "desk", scene.task(code, "receive").id)["led_to"]
    assert sorted(task["assignee"] for task in led) == ["binh", "binh", "chi", "chi"]
    scene.sound(code)


def test_what_was_given_by_itself_may_be_taken_back_until_it_is_opened(scene: Scene, drawn: Any) -> None:
    procedure = drawn("shared", step("process", OFFICER, assign="least_loaded"))
    code = scene.register(procedure=procedure)["code"]
    task = scene.task(code, "receive").id
    scene.do("forward", "desk", task)
    assert scene.task(code, "process").assignee == "binh"
    scene.do("recall", "desk", task)
    task = scene.task(code, "receive").id
    scene.do("forward", "desk", task)
    scene.get("binh", f"/tasks/{scene.task(code, 'process').id}")
    scene.refused(409, "wrong_state", "recall", "desk", task)
