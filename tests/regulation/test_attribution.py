"""Requirements group 5: whose time it was, by step, person, unit and agency (QT-20, QT-28.5d)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from app.rules.attribution import Attribution, Stretch, attribute, spent_by
from app.rules.clock import fold
from app.rules.events import Event
from tests.actions.scene import Scene
from tests.regulation.requests import approve, ask, forward, paper, supplement_requested, supplemented
from tests.regulation.scenes import on_paper, without_paper
from tests.rules.calendars import at
from tests.rules.histories import RESUMING, RULES, step
from tests.rules.lives import MANY_CALENDARS, Life, lives

HOUR = 3600
EVERY_LAW = [RULES, RESUMING, *MANY_CALENDARS]


def accepted(key: str = "1", **data: Any) -> Event:
    data = {"limit_seconds": 24 * HOUR} | data
    return Event("accepted", at("2026-04-06 08:00"), opens=(step("desk", key),), data=data)


def moved(kind: str, when: str, closes: str, *opens: Any, **data: Any) -> Event:
    return Event(kind, at(when), closes=(closes,) if closes else (), opens=opens, data=data)


def seconds(found: Attribution, name: Any) -> dict[Any, int]:
    return {key: spent.seconds for key, spent in spent_by(found.stretches, name).items()}


def by_step(stretch: Stretch) -> str:
    return stretch.step


@pytest.mark.rule("QT-20.1")
def test_a_steps_time_is_from_its_arrival_until_it_is_passed_on() -> None:
    history = [accepted(), moved("forwarded", "2026-04-06 09:00", "1", step("specialist", "2"))]
    found = attribute(history, RULES, at("2026-04-06 10:30"))

    assert seconds(found, by_step) == {"desk": HOUR, "specialist": HOUR + HOUR // 2}
    assert [stretch.running for stretch in found.stretches] == [False, True]


@pytest.mark.rule("QT-20.1b")
def test_what_was_returned_goes_on_at_the_expense_of_the_previous_step() -> None:
    history = [
        accepted(),
        moved("forwarded", "2026-04-06 09:00", "1", step("specialist", "2", "binh")),
        moved("forwarded", "2026-04-07 10:00", "2", step("head", "3", "head")),
        moved("returned", "2026-04-07 11:00", "3", step("specialist", "4", "binh")),
    ]
    found = attribute(history, RULES, at("2026-04-07 11:30"))
    again = spent_by(found.stretches, lambda stretch: (stretch.step, stretch.account))[("specialist", "binh")]

    # Monday 09:00-11:30 and 13:30-17:00, Tuesday 07:00-10:00 and 11:00-11:30: one limit of sixteen hours for both passes.
    assert again.seconds == int((2.5 + 3.5 + 3 + 0.5) * HOUR)
    assert again.late_seconds == 0
    assert found.state.meters["A/specialist"].limit == again.limit


@pytest.mark.rule("QT-28.5d")
def test_what_is_late_belongs_to_the_person_who_held_the_step_when_its_limit_was_used_up() -> None:
    history = [
        Event("accepted", at("2026-04-06 08:00"), opens=(step("desk", "1", "an"),), data={"limit_seconds": 3 * HOUR}),
        moved("handed_off", "2026-04-06 11:00", "1", step("desk", "1", "binh")),
    ]
    found = attribute(history, RULES, at("2026-04-06 15:30"))
    people = spent_by(found.stretches, lambda stretch: stretch.account)

    # The desk has four hours, the dossier three: An used three of them, Bình goes on from 11:00.
    assert (people["an"].late_seconds, people["an"].overdue_seconds) == (0, 0)
    assert people["binh"].late_seconds == HOUR + HOUR // 2
    assert people["binh"].overdue_seconds == 2 * HOUR + HOUR // 2
    assert found.overdue_seconds == 2 * HOUR + HOUR // 2


@pytest.mark.rule("QT-19.3a", "QT-20.1")
def test_a_pause_is_charged_to_nobody_and_shown_as_such() -> None:
    history = [
        accepted(),
        moved("supplement_requested", "2026-04-06 10:00", "", file="phieu-02.pdf"),
        moved("supplement_received", "2026-04-07 08:00", ""),
    ]
    found = attribute(history, RESUMING, at("2026-04-07 09:00"))

    assert seconds(found, by_step) == {"desk": 3 * HOUR}
    assert spent_by(found.stretches, by_step)["desk"].free_seconds == 6 * HOUR
    assert [(one.reason, one.seconds, one.running) for one in found.free] == [("supplement", 6 * HOUR, False)]


@pytest.mark.rule("QT-18.6", "QT-20.1")
def test_waiting_for_the_applicant_to_collect_is_nobodys_time() -> None:
    history = [accepted(), moved("result_confirmed", "2026-04-06 10:00", "")]
    found = attribute(history, RULES, at("2026-04-06 11:00"))

    assert seconds(found, by_step) == {"desk": 2 * HOUR}
    assert [(one.reason, one.running) for one in found.free] == [("result", True)]


@pytest.mark.rule("QT-20.2e")
def test_the_extra_time_of_a_new_date_is_charged_to_the_agency_that_asked_for_it() -> None:
    new_date = {"appointment": "2026-04-13T07:00", "file": "phieu-04.pdf", "agencies": ["B"]}
    history = [
        accepted(agency_limits={"A": 12 * HOUR, "B": 12 * HOUR}),
        moved("transferred", "2026-04-06 09:00", "1", step("partner", "2")),
        moved("apologised", "2026-04-06 10:00", "", **new_date),
    ]
    found = attribute(history, RULES, at("2026-04-06 11:00"))
    first = fold(history[:2], RULES).state.appointment_at
    assert first is not None

    assert {one.agency: one.extra_seconds for one in found.agencies} == {
        "A": 0,
        "B": RULES.calendar.between(first, at("2026-04-13 07:00")),
    }


@pytest.mark.rule("QT-20.2a", "QT-20.2b")
def test_a_transfer_shows_both_of_its_instants() -> None:
    history = [
        accepted(),
        moved("transferred", "2026-04-06 09:00", ""),
        moved("delivered_to_agency", "2026-04-06 09:40", "1", step("partner", "2")),
    ]
    (transfer,) = attribute(history, RULES, at("2026-04-06 10:00")).transfers

    assert (transfer.sent_at, transfer.delivered_at) == (at("2026-04-06 09:00"), at("2026-04-06 09:40"))
    assert (transfer.left, transfer.entered) == (("A",), ("B",))


@pytest.mark.rule("QT-20.1", "QT-20.2a")
@given(lives(EVERY_LAW))
def test_nothing_is_charged_that_the_clock_did_not_charge(life: Life) -> None:
    folded = fold(life.kept, life.rules)
    found = attribute(life.kept, life.rules, life.now)
    ended = [stretch for stretch in found.stretches if not stretch.running]

    assert [(one.key, one.from_at, one.to_at, one.seconds, one.charged) for one in ended] == [
        (one.key, one.from_at, one.to_at, one.seconds, one.charged) for one in folded.segments
    ]
    assert all(0 <= stretch.late_seconds <= stretch.seconds for stretch in found.stretches)
    assert found.state == folded.state


# Through the interface


@pytest.mark.rule("QT-20.1", "QT-20.2a", "QT-20.2c")
def test_the_interface_says_who_had_a_dossier_how_long(scene: Scene) -> None:
    code = on_paper(scene, "process")
    scene.clock.set_local("2026-11-23 10:00")
    scene.do("claim", "binh", scene.task(code, "process").id)
    scene.clock.set_local("2026-11-23 11:00")
    scene.do("forward", "binh", scene.task(code, "process").id)
    scene.clock.set_local("2026-11-23 14:30")
    found = scene.get("director", f"/dossiers/{code}/attribution")

    people = [(one["name"], one["unit_name"], one["step"], one["seconds"]) for one in found["people"]]
    assert people == [
        (None, "Phòng Nghiệp vụ", "process", 2 * HOUR),
        ("Nguyễn Thị binh", "Phòng Nghiệp vụ", "process", HOUR),
        (None, "Phòng Khoa giáo - Văn xã", "opinion", HOUR + HOUR // 2),
    ]
    agencies = {one["agency"]: (one["seconds"], one["limit_seconds"], one["running"]) for one in found["agencies"]}
    assert agencies == {"SYT": (3 * HOUR, 13 * HOUR, False), "VPUBND": (HOUR + HOUR // 2, 8 * HOUR, True)}
    assert [(one["kind"], one["delivered_at"]) for one in found["transfers"]] == [("transferred", None)]
    assert found["charged_seconds"] == 4 * HOUR + HOUR // 2


@pytest.mark.rule("QT-20.2b")
def test_and_when_a_transfer_without_paper_arrived(scene: Scene) -> None:
    code = without_paper(scene, "opinion")
    (transfer,) = scene.get("official", f"/dossiers/{code}/attribution")["transfers"]

    assert transfer["sent_at"] == transfer["delivered_at"] == "2026-11-23T08:00:00+07:00"


@pytest.mark.rule("QT-20.2e")
def test_the_extra_time_stands_at_the_agency_that_asked_though_another_has_the_dossier(scene: Scene) -> None:
    code = on_paper(scene, "conclude")
    new_date = {"reason": "Văn phòng đề nghị thêm thời gian", "appointment": "2026-12-16T07:00:00+07:00"}
    ask(scene, "request-extension", code, new_date | {"agencies": ["VPUBND"]})
    approve(scene, code)
    forward(scene, "clerk", code, "issue_slip")
    body = {"appointment": new_date["appointment"], "attachments": [paper(scene, code, "desk")]}
    forward(scene, "desk", code, "record_apology", body)
    found = scene.get("director", f"/dossiers/{code}/attribution")

    # From 7 December 13:30 to 16 December 07:00: an afternoon and six days.
    extra = {one["agency"]: one["extra_seconds"] for one in found["agencies"]}
    assert extra == {"SYT": 0, "VPUBND": int((3.5 + 6 * 8) * HOUR)}


@pytest.mark.rule("QT-19.3a", "QT-20.1", "QT-20.2d")
def test_while_the_applicant_supplements_nobody_is_charged(scene: Scene) -> None:
    code = scene.at_step("process")
    scene.clock.set_local("2026-11-23 10:00")
    supplement_requested(scene, code)
    scene.clock.set_local("2026-11-25 10:00")
    waiting = scene.get("director", f"/dossiers/{code}/attribution")
    supplemented(scene, code)
    scene.clock.set_local("2026-11-25 11:00")
    after = scene.get("director", f"/dossiers/{code}/attribution")

    assert [(one["reason"], one["seconds"], one["running"]) for one in waiting["free"]] == [
        ("supplement", 16 * HOUR, True)
    ]
    assert [one["running"] for one in after["free"]] == [False]
    assert (waiting["charged_seconds"], after["charged_seconds"]) == (2 * HOUR, 3 * HOUR)


def test_who_has_no_part_in_a_dossier_is_not_told(scene: Scene) -> None:
    code = scene.at_step("process")

    assert scene.client("official").get(f"/api/v1/dossiers/{code}/attribution").status_code == 404
