"""Requirements group 6: heads follow progress by room and officer, press, and have a period's totals (ST-26.1, HT-21.4)."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from app.store.deliveries import Delivery
from app.views.watched import FACTS_ASKED
from tests import factories
from tests.actions.scene import Scene
from tests.regulation.scenes import on_paper

HOUR = 3600


@pytest.fixture
def office(scene: Scene) -> Scene:
    """The scene in which the room head heads the room and the director the department."""
    with scene.writing() as connection:
        for name in ("head", "director"):
            factories.set_columns(connection, "positions", scene.province.positions[name], head=True)
        for name in ("head", "director"):
            factories.set_columns(connection, "accounts", scene.province.accounts[name], permissions=["task.work"])
    return scene


def monitor(scene: Scene, username: str, **asked: str) -> Any:
    return scene.client(username).get("/api/v1/monitor", query_string=asked)


def listed(scene: Scene, username: str, **asked: str) -> Any:
    answer = scene.client(username).get("/api/v1/monitor/tasks", query_string=asked)
    assert answer.status_code == 200, answer.text
    return answer.json["data"]  # type: ignore[index]


def of(rows: list[Any], **key: Any) -> Any:
    (found,) = [row for row in rows if all(row[name] == value for name, value in key.items())]
    return found


@pytest.mark.rule("ST-26.1", "HT-21.4")
def test_a_leader_follows_the_agency_by_room_officer_procedure_and_step(office: Scene) -> None:
    office.publish("linear")
    late, fresh = office.at_step("process", "linear"), None
    office.do("claim", "binh", office.task(late, "process").id)
    office.clock.set_local("2026-11-24 10:00")  # Bình's eight hours ended at 08:00
    fresh = office.at_step("review", "linear")
    found = monitor(office, "director").json

    assert (found["level"], found["agency"]) == ("agency", "SYT")
    assert (found["whole"]["open"], found["whole"]["step_late"]) == (2, 1)
    room = of(found["units"], unit="room")
    assert (room["open"], room["step_late"], room["unit_name"]) == (2, 1, "Phòng Nghiệp vụ")
    assert of(found["officers"], officer="binh")["step_late"] == 1
    assert of(found["officers"], officer=None)["open"] == 1
    assert of(found["procedures"], procedure="linear")["open"] == 2
    assert {row["step"]: row["open"] for row in found["steps"]} == {"process": 1, "review": 1}
    assert [row["dossier"] for row in listed(office, "director", officer="none")] == [fresh]


@pytest.mark.rule("ST-26.1")
def test_a_head_follows_her_own_room_only(office: Scene) -> None:
    office.publish("linear")
    office.at_step("receive", "linear")
    code = office.at_step("process", "linear")
    found = monitor(office, "head").json

    assert (found["level"], found["unit"], found["whole"]["open"]) == ("unit", "room", 1)
    assert [row["dossier"] for row in listed(office, "head")] == [code]
    assert monitor(office, "head", agency="SYT", unit="desk").status_code == 403
    assert monitor(office, "head", agency="VPUBND").status_code == 403
    assert monitor(office, "binh").status_code == 403
    assert monitor(office, "head", agency="XXX").status_code == 422


@pytest.mark.rule("HT-21.4", "QT-27.4")
def test_the_control_office_sees_the_province_by_agency(office: Scene) -> None:
    on_paper(office, "opinion")
    office.clock.set_local("2026-11-24 09:00")
    found = monitor(office, "control").json

    assert found["level"] == "province"
    assert [(row["agency"], row["open"], row["step_late"]) for row in found["agencies"]] == [("VPUBND", 1, 1)]
    assert monitor(office, "control", agency="VPUBND").json["whole"]["transfer_limit_passed"] == 1


@pytest.mark.rule("QT-28.5d")
def test_the_list_names_who_is_late_at_which_step_and_by_how_much(office: Scene) -> None:
    code = on_paper(office, "process")
    office.do("claim", "binh", office.task(code, "process").id)
    office.clock.set_local("2026-11-24 10:00")
    (row,) = listed(office, "director", fact="step_late", officer="binh")

    assert (row["dossier"], row["assignee_name"], row["step"]) == (code, "Nguyễn Thị binh", "process")
    assert (row["unit_name"], row["held_seconds"], row["late_seconds"]) == ("Phòng Nghiệp vụ", 10 * HOUR, 2 * HOUR)
    assert row["charged"] == [{"agency": "SYT", "seconds": 10 * HOUR}]


@pytest.mark.rule("QT-21", "QT-21a", "QT-21b", "QT-21c")
def test_every_number_is_that_of_the_list_behind_it(office: Scene) -> None:
    codes = [on_paper(office, "process")]
    office.publish("linear", limit="P1D")
    codes.append(office.at_step("process", "linear"))
    seen: set[str] = set()
    for when in ("2026-11-23 16:00", "2026-11-24 07:30", "2026-11-24 09:00", "2026-11-24 14:00", "2026-12-21 09:00"):
        office.clock.set_local(when)
        whole = monitor(office, "director").json["whole"]
        for fact in FACTS_ASKED:
            rows = listed(office, "director", fact=fact)
            assert len({row["dossier"] for row in rows}) == whole[fact], (when, fact)
            if fact != "due_today":
                assert {row["dossier"] for row in rows} == {
                    row["dossier"] for row in listed(office, "director") if row["facts"][fact]
                }, (when, fact)
            seen |= {fact} if rows else set()
    assert seen == set(FACTS_ASKED) - {"paused"}


@pytest.mark.rule("ST-26.1")
def test_a_head_presses_and_whoever_holds_the_step_is_told_while_nothing_moves(office: Scene) -> None:
    code = on_paper(office, "process")
    task = office.task(code, "process")
    before = office.dossier(code).clock
    office.do("press", "head", task.id, {"comment": "Quá lâu rồi"})
    with office.reading() as connection:
        told = connection.execute(select(Delivery.recipient, Delivery.template, Delivery.data)).all()

    assert sorted(row.recipient for row in told) == ["binh@example.org", "chi@example.org"]
    assert {(row.template, row.data["reason"]) for row in told} == {("pressed", "Nguyễn Thị head: Quá lâu rồi")}
    assert office.last(code, "pressed").data == {"comment": "Quá lâu rồi", "count": 2}
    assert office.dossier(code).clock == before
    assert office.task(code, "process").assignee is None
    office.sound(code)


@pytest.mark.rule("ST-26.1")
def test_only_heads_of_who_holds_it_press_and_they_say_why(office: Scene) -> None:
    code = on_paper(office, "opinion")
    task = office.task(code, "opinion").id

    office.refused(403, "forbidden", "press", "official", task, {"comment": "Nhanh lên"})
    office.refused(403, "forbidden", "press", "head", task, {"comment": "Nhanh lên"})
    office.refused(422, "comment_required", "press", "director", task)
    office.do("press", "director", task, {"comment": "Cơ quan chủ trì đề nghị"})  # of the agency that received it
    office.do("press", "control", task, {"comment": "Kiểm soát đề nghị"})


@pytest.mark.rule("ST-26.1", "QT-18.7")
def test_totals_of_a_month_a_quarter_and_a_year(office: Scene) -> None:
    office.publish("linear", limit="P1D")
    codes = [office.at_step("give_back", "linear") for _ in range(3)]
    office.do("confirm-result", "desk", office.task(codes[0], "give_back").id)
    office.clock.set_local("2026-12-01 09:00")
    office.do("confirm-result", "desk", office.task(codes[1], "give_back").id)

    def totals(**asked: str) -> Any:
        return office.client("director").get("/api/v1/monitor/totals", query_string=asked).json

    november, quarter = totals(of="2026-11-30"), totals(period="quarter")
    assert november["period"]["name"] == "Tháng 11/2026"
    assert [november["whole"][name] for name in ("received", "resolved", "early", "late")] == [3, 1, 1, 0]
    assert quarter["period"] == {"kind": "quarter", "name": "Quý IV/2026", "first": "2026-10-01", "end": "2027-01-01"}
    assert [quarter["whole"][name] for name in ("received", "resolved", "early", "late")] == [3, 2, 1, 1]
    assert (quarter["whole"]["resolution_rate"], quarter["whole"]["on_time_rate"]) == (66.67, 50.0)
    assert totals(period="year", of="2025-01-01")["whole"]["received"] == 0


@pytest.mark.rule("ST-26.1", "QT-28.5d")
def test_and_of_each_officer_the_steps_done_and_those_done_late(office: Scene) -> None:
    office.publish("linear")
    codes = [office.at_step("process", "linear") for _ in range(2)]
    office.do("forward", "binh", office.task(codes[0], "process").id)
    office.clock.set_local("2026-11-24 10:00")
    office.do("forward", "binh", office.task(codes[1], "process").id)
    found = office.client("head").get("/api/v1/monitor/totals").json

    assert found is not None
    assert found["officers"] == [
        {"account": "binh", "name": "Nguyễn Thị binh", "unit_name": "Phòng Nghiệp vụ", "done": 2, "late": 1}
    ]
