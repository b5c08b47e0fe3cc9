"""Requirements group 6: whose time the late dossiers' was, workload, trends; every number has the list of its dossiers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tests import factories
from tests.actions.scene import Scene
from tests.fixtures.statements import counted_statements
from tests.regulation.requests import supplement_requested
from tests.regulation.test_monitor import HOUR, listed, of


@pytest.fixture
def office(scene: Scene) -> Scene:
    """The scene in which the room head heads the room and the director the department; a procedure of two agencies."""
    with scene.writing() as connection:
        for name in ("head", "director"):
            factories.set_columns(connection, "positions", scene.province.positions[name], head=True)
            factories.set_columns(connection, "accounts", scene.province.accounts[name], permissions=["task.work"])
    scene.publish("two_agencies")
    return scene


def ask(scene: Scene, username: str, path: str, **asked: Any) -> Any:
    answer = scene.client(username).get(f"/api/v1/monitor/{path}".rstrip("/"), query_string=asked)
    assert answer.status_code == 200, answer.text
    return answer.json


@pytest.fixture
def two_late(office: Scene) -> list[str]:
    """Bình and, after her, the room's head are late with one dossier; another waits unclaimed in the room, late too."""
    codes = [office.at_step("process", "two_agencies") for _ in range(2)]
    office.do("claim", "binh", office.task(codes[0], "process").id)
    office.clock.set_local("2026-11-24 10:00")  # the step's eight hours ended at 08:00
    office.do("handoff", "binh", office.task(codes[0], "process").id, {"account": "chi", "reason": "Bận"})
    office.clock.set_local("2026-11-24 14:30")
    return codes


@pytest.mark.rule("QT-28.5d", "QT-20.1", "ST-26.1")
def test_late_time_is_of_whoever_held_the_step_when_and_after_its_limit_was_used_up(
    office: Scene, two_late: list[str]
) -> None:
    found = ask(office, "director", "time", whose="person")
    by_person = {row["person"]: (row["late_seconds"], row["dossiers"]) for row in found["rows"]}

    assert by_person == {"binh": (2 * HOUR, 1), "chi": (2.5 * HOUR, 1), None: (4.5 * HOUR, 1)}
    assert (found["counted"], found["total_seconds"]) == (2, 9 * HOUR)
    assert {row["dossier"] for row in listed(office, "director", among="step_late", whose="person", holder="binh")} == {
        two_late[0]
    }


@pytest.mark.rule("QT-20.1", "QT-20.2a", "QT-28.5d", "HT-21.4")
@pytest.mark.parametrize("among", ["open", "step_late", "overdue"])
def test_the_board_adds_up_what_each_dossiers_own_page_says(office: Scene, two_late: list[str], among: str) -> None:
    office.clock.set_local("2026-12-21 09:00")  # past the deadlines too
    opinion = office.at_step("opinion", "two_agencies")
    pages = [ask_dossier(office, code) for code in (*two_late, opinion)]
    for whose, part in (("person", "people"), ("unit", "units"), ("agency", "agencies"), ("step", "steps")):
        found = ask(office, "control", "time", agency="SYT", among=among, whose=whose)
        dossiers = 3 if among == "open" else 2
        assert found["counted"] in (2, dossiers)
        told = [row for page in pages[: found["counted"]] for row in page[part]]
        for name in ("seconds", "late_seconds", "overdue_seconds"):
            counted = sum(row[name] for row in found["rows"])
            whole = sum(row[name] for row in told)
            shown = {row["holder"] for row in found["rows"]}
            assert counted == whole or (counted < whole and shown), (whose, name)
        assert sum(row[found["measure"]] for row in found["rows"]) == sum(row[found["measure"]] for row in told)


def ask_dossier(scene: Scene, code: str) -> Any:
    return scene.get("control", f"/dossiers/{code}/attribution")


@pytest.mark.rule("QT-19.3a", "QT-20.1", "HT-21.4")
def test_what_the_applicant_takes_is_nobodys_and_told_apart(office: Scene) -> None:
    code = office.at_step("process", "two_agencies")
    office.clock.set_local("2026-11-23 14:30")
    supplement_requested(office, code)
    dossier = office.dossier(code)
    assert dossier.paused_at is not None
    office.clock.set_local("2026-11-25 10:00")
    found = ask(office, "director", "time", among="open")

    assert found["applicant"]["dossiers"] == 1
    assert found["applicant"]["seconds"] > 8 * HOUR
    rows = listed(office, "director", among="open", whose="unit", holder="applicant")
    assert {row["dossier"] for row in rows} == {code}


@pytest.mark.rule("ST-26.1", "QT-28.5d")
def test_every_number_of_the_board_is_that_of_its_list(office: Scene, two_late: list[str]) -> None:
    office.publish("linear")
    office.at_step("review", "linear")
    board = ask(office, "director", "")
    rows: list[tuple[Mapping[str, Any], Mapping[str, Any]]] = [
        *((row, {"agency": row["agency"], "unit": row["unit"]}) for row in board["units"]),
        *((row, {"officer": row["officer"] or "none"}) for row in board["officers"]),
        *((row, {"procedure": row["procedure"]}) for row in board["procedures"]),
        *((row, {"procedure": row["procedure"], "step": row["step"]}) for row in board["steps"]),
    ]
    for row, key in rows:
        for name, fact in (("open", None), ("step_late", "step_late"), ("due_today", "due_today")):
            asked = {"fact": fact} if fact else {}
            dossiers = {one["dossier"] for one in listed(office, "director", **key, **asked)}
            assert len(dossiers) == row[name], (key, name)
    for among in ("step_late", "open"):
        for whose in ("unit", "person", "agency", "step"):
            for one in ask(office, "director", "time", among=among, whose=whose)["rows"]:
                dossiers = {
                    row["dossier"] for row in listed(office, "director", among=among, whose=whose, holder=one["holder"])
                }
                assert len(dossiers) == one["dossiers"], (among, whose, one["holder"])


@pytest.mark.rule("ST-26.1", "QT-27.4")
def test_nobody_sees_beyond_her_reach(office: Scene, two_late: list[str]) -> None:
    for path in ("time", "workload", "trends", "board.xlsx", "board.pdf", "tasks.pdf", "workload.xlsx", "trends.pdf"):
        for username, asked, status in (
            ("binh", {}, 403),
            ("head", {}, 200),
            ("head", {"agency": "SYT", "unit": "desk"}, 403),
            ("head", {"agency": "VPUBND"}, 403),
            ("director", {"agency": "VPUBND"}, 403),
            ("control", {"agency": "SYT"}, 200),
            ("director", {"agency": "XXX"}, 422),
        ):
            answer = office.client(username).get(f"/api/v1/monitor/{path}", query_string=asked)
            assert answer.status_code == status, (path, username, asked)
    span = {"what": "received", "first": "2026-11-01", "end": "2026-12-01"}
    for username, asked, status in (
        ("head", {}, 403),  # a unit has steps, no dossiers of its own
        ("director", {}, 200),
        ("director", {"agency": "VPUBND"}, 403),
        ("control", {}, 200),
    ):
        answer = office.client(username).get("/api/v1/monitor/dossiers", query_string=span | asked)
        assert answer.status_code == status, (username, asked)
    assert office.client("control").get("/api/v1/monitor/workload").status_code == 422  # of which agency?
    assert office.client("control").get("/api/v1/monitor/time?among=overdue").status_code == 422


@pytest.mark.rule("ST-26.1")
def test_workload_says_who_has_how_much_and_who_has_room(office: Scene, two_late: list[str]) -> None:
    office.publish("linear")
    for _ in range(3):
        code = office.at_step("process", "linear")
        office.do("claim", "binh", office.task(code, "process").id)
    office.clock.set_local("2026-11-24 15:30")
    office.do("forward", "binh", office.task(code, "process").id)
    found = ask(office, "head", "workload")
    binh, chi = (of(found["people"], officer=name) for name in ("binh", "chi"))

    assert (binh["open"], binh["came_7"], binh["done_7"], binh["late_30"]) == (2, 3, 1, 0)
    assert (chi["open"], chi["step_late"], chi["has_room"]) == (1, 1, False)
    assert of(found["people"], officer="head")["has_room"]
    assert found["nobody"]["open"] == 2
    assert [one["officer"] for one in of(found["steps"], step="process")["people"]] == ["binh"]
    assert of(found["steps"], step="process")["median_seconds"] == HOUR


@pytest.mark.rule("QT-18.7", "LA-11.2b", "LA-17.1a", "LA-17.1c", "ST-26.1")
def test_trends_and_the_dossiers_behind_each_number(office: Scene) -> None:
    office.publish("linear", limit="P1D")
    codes = [office.at_step("give_back", "linear") for _ in range(3)]
    office.do("confirm-result", "desk", office.task(codes[0], "give_back").id)
    office.clock.set_local("2026-12-01 09:00")
    office.do("confirm-result", "desk", office.task(codes[1], "give_back").id)
    fresh = office.at_step("receive", "linear")
    for kind in ("month", "week"):
        found = ask(office, "director", "trends", kind=kind)
        points = dict(zip((one["first"] for one in found["periods"]), found["points"], strict=True))
        first, last = ("2026-11-01", "2026-12-01") if kind == "month" else ("2026-11-23", "2026-11-30")
        assert [points[first][name] for name in ("received", "resolved", "late", "open")] == [3, 1, 0, 2]
        assert [points[last][name] for name in ("received", "resolved", "late", "open")] == [1, 1, 1, 2]
        for period, row in zip(found["periods"], found["points"], strict=True):
            for what in ("received", "resolved", "early", "on_time", "late", "open"):
                span = {"what": what, "first": period["first"], "end": period["end"]}
                assert ask(office, "director", "dossiers", **span)["total"] == row[what], (period, what)
        (procedure,) = found["chosen"]["procedures"]
        assert [procedure[name] for name in ("received", "late", "open", "by_post")] == [1, 1, 2, 0]
        if kind == "month":
            done = ask(office, "director", "totals", of="2026-11-30")["officers"]
            assert sum(unit["steps"][-2] for unit in found["units"]) == sum(one["done"] for one in done)
    span = {"what": "open", "first": "2026-12-01", "end": "2027-01-01", "procedure": "linear", "channel": "counter"}
    assert {row["dossier"] for row in ask(office, "director", "dossiers", **span)["data"]} == {codes[2], fresh}


@pytest.mark.rule("ST-26.1")
def test_pages_of_heads_take_as_many_statements_for_many_dossiers_as_for_few(
    office: Scene, two_late: list[str]
) -> None:
    paths = ("time", "workload", "trends", "tasks?among=step_late&whose=person&holder=none", "")

    def counts() -> dict[str, int]:
        found = {}
        for path in paths:
            office.client("director").get(f"/api/v1/monitor/{path}".rstrip("/"))
            with counted_statements(office.app) as sent:
                office.client("director").get(f"/api/v1/monitor/{path}".rstrip("/"))
            found[path] = len(sent)
        return found

    before = counts()
    for _ in range(4):
        office.at_step("process", "two_agencies")
    office.clock.set_local("2026-11-25 16:00")
    assert counts() == before
