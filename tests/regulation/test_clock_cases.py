"""Requirements groups 2, 4, 5 and 6 on the fifteen worked cases of QT Điều 18-21."""

from __future__ import annotations

import copy
from datetime import datetime
from typing import Any

import pytest

from app.config import PROJECT_ROOT
from app.rules.cases import FoldedCase, fold_case
from app.rules.clock import ClockState, colour, warnings
from app.rules.profile import load_profile
from tests.rules.calendars import CASES

PROFILES = {"quang_tri_2020": load_profile(PROJECT_ROOT / "profiles" / "quang_tri.toml")}
COLOURS = {None: "on_time", 1: "late", 2: "due_soon", 3: "step_late"}
DECIDED_BY = {
    "C01": ("QT-18.1", "QT-18.2", "QT-18.3", "QT-18.6"),
    "C03": ("QT-18.2", "QT-18.3", "QT-18.6"),
    "C04": ("QT-18.2", "QT-18.3", "QT-18.6", "QT-21a", "QT-21b"),
    "C06": ("QT-18.2", "QT-18.3"),
    "C08": ("QT-20.1", "QT-20.1b", "QT-17.4", "QT-21c"),
    "C09a": ("QT-20.2a", "QT-20.2c", "QT-20.2d", "QT-21a"),
    "C10": ("QT-19.3a", "QT-19.3b", "QT-15.3"),
    "C11": ("QT-19.3a", "ST-16.1b"),
    "C12b": ("QT-19.3b", "QT-18.6"),
    "C13a": ("QT-19.3b", "QT-19.1a"),
    "C14": ("QT-19.1a", "QT-19.1b"),
    "C16": ("QT-17.4", "QT-19.2c", "QT-18.4"),
    "C17a": ("QT-18.2", "QT-18.6"),
    "C17b": ("QT-18.2", "QT-18.6"),
    "C19b": ("QT-20.2d", "QT-19.3a", "QT-19.3d"),
}
# The cases with a supplement under either policy: deadline, appointment, overdue. Resumed, a limit that was used up before the
# pause stays where it was (C12b, C13a); an apology's date is kept; restarted, only what an apology marked stays overdue (C13a).
BY_POLICY = {
    "C10": {
        "restart": ("2026-06-16T08:00", "2026-06-16T13:30", False),
        "resume": ("2026-06-11T14:00", "2026-06-12T07:00", True),
    },
    "C11": {
        "restart": ("2026-06-16T08:00", "2026-06-16T13:30", False),
        "resume": ("2026-06-11T14:00", "2026-06-12T07:00", True),
    },
    "C12b": {
        "restart": ("2026-07-01T17:00", "2026-07-02T07:00", False),
        "resume": ("2026-06-25T08:00", "2026-06-25T13:30", True),
    },
    "C13a": {
        "restart": ("2026-07-15T17:00", "2026-07-16T07:00", True),
        "resume": ("2026-07-09T08:00", "2026-07-15T07:00", True),
    },
    "C19b": {
        "restart": ("2026-10-29T11:30", "2026-10-29T13:30", False),
        "resume": ("2026-10-28T08:00", "2026-10-28T13:30", False),
    },
}
WORKED = [pytest.param(case, id=case["id"], marks=pytest.mark.rule(*DECIDED_BY[case["id"]])) for case in CASES]


def folded(case: dict[str, Any]) -> FoldedCase:
    return fold_case(case, PROFILES)


def changed(case_id: str, **profile: str) -> FoldedCase:
    """A worked case under a profile with other switches."""
    case = copy.deepcopy(next(case for case in CASES if case["id"] == case_id))
    case["profile"] |= profile
    return folded(case)


def open_state(case: FoldedCase, now: datetime) -> ClockState:
    """The last state at `now` in which the dossier was still open: warnings are asked of open dossiers."""
    return [state for at, state in case.states if at <= now and state.result_at is None][-1]


@pytest.mark.parametrize("case", WORKED)
def test_the_fold_gives_what_was_worked_by_hand(case: dict[str, Any]) -> None:
    expected = {"id": case["id"], **case["expect"]}
    del expected["warnings_at"]

    assert folded(case).to_dict() == expected


@pytest.mark.parametrize("case", WORKED)
def test_colours_and_warnings_are_those_worked_by_hand(case: dict[str, Any]) -> None:
    fold = folded(case)
    for expected in case["expect"]["warnings_at"]:
        now = datetime.fromisoformat(expected["at"])
        state = open_state(fold, now)
        left = fold.rules.calendar.between(now, state.appointment_at or now)

        assert left == expected["working_minutes_to_appointment"] * 60
        assert colour(state, now, fold.rules) == COLOURS[expected["colour"]]
        assert warnings(state, now, fold.rules) == tuple(f"QT-{rule}" for rule in expected["warnings"])


@pytest.mark.parametrize("policy", ["restart", "resume"])
@pytest.mark.parametrize("case", WORKED)
def test_what_was_worked_by_hand_holds_under_both_policies(case: dict[str, Any], policy: str) -> None:
    """Without a supplement the policy changes nothing; with one, deadline, appointment and mark are those of `BY_POLICY`."""
    answer = changed(case["id"], supplement=policy).to_dict()
    if case["id"] in BY_POLICY:
        deadline, appointment, overdue = BY_POLICY[case["id"]][policy]
        assert (answer["deadline"][:16], answer["appointment"][:16]) == (deadline, appointment)
        assert answer["overdue"] == overdue
    else:
        expected = {"id": case["id"], **case["expect"]}
        del expected["warnings_at"]
        assert answer == expected


@pytest.mark.rule("QT-19.3a")
def test_supplement_by_the_other_switch_gives_the_other_dates() -> None:
    restarted, resumed = changed("C11", supplement="restart").state, changed("C10", supplement="resume").to_dict()

    assert restarted.started_at == datetime.fromisoformat("2026-06-09T08:00:00+07:00")
    assert (resumed["deadline"], resumed["appointment"]) == ("2026-06-11T14:00:00+07:00", "2026-06-12T07:00:00+07:00")


@pytest.mark.rule("QT-18.6")
def test_a_result_at_the_deadline_is_overdue_where_a_profile_says_so() -> None:
    assert changed("C17a", result_at_deadline="overdue").state.overdue
    assert not changed("C17a", result_at_deadline="on_time").state.overdue


@pytest.mark.rule("QT-19.1a", "QT-19.3b")
def test_where_late_apologies_are_refused_so_is_the_supplement_after_them() -> None:
    refused = changed("C13a", late_apology="refused").to_dict()["refused_actions"]

    assert refused == [
        "refused at 2026-07-09T15:00:00+07:00",
        "refused at 2026-07-09T16:00:00+07:00",
        "refused at 2026-07-10T08:30:00+07:00",
        "refused at 2026-07-13T07:00:00+07:00",
    ]


@pytest.mark.rule("QT-19.1a")
def test_an_apologised_dossier_may_be_on_time_where_only_the_result_decides() -> None:
    assert not changed("C14", apology_overdue="by_result").state.overdue


@pytest.mark.rule("QT-20.2b")
def test_a_fully_electronic_transfer_counts_from_its_delivery() -> None:
    case = copy.deepcopy(next(case for case in CASES if case["id"] == "C09a"))
    del case["events"][2]["ignored"]
    answer = folded(case).to_dict()

    assert answer["segments"][0]["to"] == "2026-05-12T09:40:00+07:00"
    assert answer["charged_minutes_by_agency"] == {"A": 850.0, "B": 1220.0}
    assert answer["B_transfer_limit"] == "2026-05-14T14:10:00+07:00"
