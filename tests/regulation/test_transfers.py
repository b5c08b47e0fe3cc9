"""Requirements group 5, between agencies: whose time stops and starts when, and how long each may keep a dossier (QT-20.2)."""

from __future__ import annotations

import pytest

from app.rules import events, transfers
from app.rules.clock import ClockState
from app.rules.limits import Limit
from app.rules.transfers import PlannedLane, PlannedStep, agency_limits, fully_electronic
from tests.actions.scene import Scene
from tests.regulation.scenes import charged, clock_of, counted_kinds, local, meter, on_paper, without_paper

HOUR = 3600


@pytest.mark.rule("QT-20.2a")
def test_the_earlier_agencys_time_stops_and_the_next_ones_starts_at_the_transfer(scene: Scene) -> None:
    code = on_paper(scene, "process")
    scene.clock.set_local("2026-11-23 10:00")
    scene.do("forward", "binh", scene.task(code, "process").id)

    assert counted_kinds(scene, code)[-1] == "transferred"
    assert charged(scene, code) == {"SYT": 2 * HOUR}
    assert [(held.agency, held.since) for held in clock_of(scene, code).holdings] == [("VPUBND", scene.clock())]


@pytest.mark.rule("QT-20.2c")
def test_the_earlier_agencys_time_goes_on_when_the_result_is_sent_back(scene: Scene) -> None:
    code = on_paper(scene, "opinion")
    scene.clock.set_local("2026-11-23 10:00")
    scene.do("forward", "official", scene.task(code, "opinion").id)
    scene.clock.set_local("2026-11-23 11:00")
    scene.do("forward", "binh", scene.task(code, "conclude").id)

    assert counted_kinds(scene, code)[-2:] == ["sent_back", "forwarded"]
    assert charged(scene, code) == {"VPUBND": 2 * HOUR, "SYT": HOUR}


@pytest.mark.rule("QT-20.2d")
def test_the_earlier_agencys_time_goes_on_when_the_next_one_returns_the_dossier(scene: Scene) -> None:
    code = on_paper(scene, "opinion")
    scene.clock.set_local("2026-11-23 09:00")
    scene.do("return", "official", scene.task(code, "opinion").id, {"comment": "Thiếu văn bản đề nghị"})
    scene.clock.set_local("2026-11-23 11:00")
    scene.do("forward", "binh", scene.task(code, "process").id)

    assert counted_kinds(scene, code)[-2:] == ["agency_returned", "sent_back"]
    assert charged(scene, code) == {"VPUBND": HOUR, "SYT": 2 * HOUR}
    scene.sound(code)


@pytest.mark.rule("QT-20.2b")
def test_of_a_transfer_without_paper_both_instants_are_kept(scene: Scene) -> None:
    code = without_paper(scene, "process")
    scene.do("forward", "binh", scene.task(code, "process").id)

    assert counted_kinds(scene, code)[-2:] == ["transferred", "delivered_to_agency"]
    assert scene.kinds(code)[-2:] == ["forwarded", "delivered_to_agency"]
    scene.sound(code)


@pytest.mark.rule("QT-20.2b")
def test_only_a_wholly_digital_dossier_needs_no_paper() -> None:
    digital, paper = {"code": "a", "kind": "electronic"}, {"code": "b", "kind": "copy"}

    assert fully_electronic([digital], [None])
    assert not fully_electronic([digital, paper], [None])
    assert not fully_electronic([digital], ["original"])
    assert not fully_electronic([], [None])


@pytest.mark.rule("QT-20.2b")
@pytest.mark.parametrize(("form", "changes_hands"), [("sent", 0), ("delivered", 1)])
def test_the_profile_says_which_of_the_two_instants_starts_the_next_agencys_time(form: str, changes_hands: int) -> None:
    at = local("2026-11-23 08:00")
    moved = events.Event(events.TRANSFERRED, at, ("1",), (events.Holding("2", "B", "opinion"),))
    both = transfers.deliveries(moved, form)

    assert [one.kind for one in both] == ["transferred", "delivered_to_agency"]
    assert [bool(one.opens) for one in both] == [changes_hands == 0, changes_hands == 1]


@pytest.mark.rule("QT-21a")
def test_an_agency_may_keep_a_dossier_for_as_long_as_its_steps_together(scene: Scene) -> None:
    code = on_paper(scene, "process")

    assert meter(scene, code, "@VPUBND").limit == Limit(8 * HOUR)
    assert meter(scene, code, "@SYT").limit == Limit((1 + 8 + 4) * HOUR)


@pytest.mark.rule("QT-21a")
def test_or_for_as_long_as_its_lane_says(scene: Scene) -> None:
    code = on_paper(scene, "process", procedure="office_lane")

    assert meter(scene, code, "@VPUBND").limit == Limit(12 * HOUR)


@pytest.mark.rule("QT-21a")
def test_a_procedure_of_one_agency_has_no_transfer_limit(scene: Scene) -> None:
    assert [name for name in clock_of(scene, scene.at_step("process")).meters if name.startswith("@")] == []


@pytest.mark.rule("QT-21a")
def test_steps_that_share_a_limit_count_once_and_an_uncounted_step_leaves_an_agency_without() -> None:
    hours = [Limit(count * HOUR) for count in range(5)]
    shared = [PlannedStep("a", "A", hours[4], "both"), PlannedStep("b", "A", hours[4], "both")]
    others = [
        PlannedStep("c", "B", None),
        PlannedStep("d", "C", Limit(HOUR, "calendar")),
        PlannedStep("e", None, hours[1]),
    ]

    assert agency_limits([*shared, *others]) == {"A": 4 * HOUR}
    assert agency_limits([*shared, *others], [PlannedLane(hours[2], frozenset({"c"}))]) == {
        "A": 4 * HOUR,
        "B": 2 * HOUR,
    }
    assert agency_limits(shared) == {}


@pytest.mark.rule("QT-20.2a")
def test_after_the_result_a_move_is_nobodys_time() -> None:
    state = ClockState(result_at=local("2026-11-23 08:00"))

    assert transfers.move_kind("forwarded", state, ("1",), (events.Holding("2", "B", "x"),), ()) == "forwarded"
