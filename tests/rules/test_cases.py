"""Worked cases as input: what a case may say, and how a bad one is answered."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.rules.cases import CaseError, fold_case
from tests.rules.calendars import CASES
from tests.rules.histories import QUANG_TRI

PROFILES = {"quang_tri_2020": QUANG_TRI}


def simple_case(**changes: Any) -> dict[str, Any]:
    """The first worked case with some members replaced."""
    return copy.deepcopy(CASES[0]) | changes


def with_event(index: int, **changes: Any) -> dict[str, Any]:
    case = simple_case()
    case["events"][index] |= changes
    return case


def test_an_open_dossier_has_no_result_yet() -> None:
    answer = fold_case(simple_case(events=CASES[0]["events"][:2]), PROFILES).to_dict()

    assert (answer["result_moment"], answer["overdue"], answer["deadline"]) == (
        None,
        False,
        "2026-03-13T17:00:00+07:00",
    )
    assert answer["charged_minutes_by_step"] == {"A/desk": 30.0}


def test_days_stand_for_minutes_where_these_are_missing() -> None:
    answer = fold_case(simple_case(limit={"working_days": 2}), PROFILES).to_dict()

    assert answer["deadline"] == "2026-03-13T17:00:00+07:00"


def test_instants_may_be_local_or_of_any_offset() -> None:
    local, utc = with_event(0, at="2026-03-11T18:20"), with_event(0, at="2026-03-11T11:20:00Z")

    assert fold_case(local, PROFILES).to_dict() == fold_case(utc, PROFILES).to_dict()


@pytest.mark.parametrize(
    ("case", "says"),
    [
        ("C01", "thiếu id"),
        ({}, "thiếu id"),
        (simple_case(calendar=None), "calendar"),
        (simple_case(calendar={"weekly": {"mon": [["08:00", "07:00"]]}}), "weekly.mon"),
        (simple_case(profile={"province": "ha_noi"}), "ha_noi"),
        (simple_case(profile={"province": ["quang_tri_2020"]}), "province"),
        (simple_case(profile={"province": "quang_tri_2020", "supplement": "stop"}), "supplement"),
        (simple_case(profile={"province": "quang_tri_2020", "colour": "red"}), "colour"),
        (simple_case(limit={"minutes": 0}), "limit.minutes"),
        (simple_case(limit={"minutes": "960"}), "limit.minutes"),
        (simple_case(limit={"minutes": float("nan")}), "limit.minutes"),
        (simple_case(limit={"minutes": 960, "clerk_minutes": 60}), "clerk_minutes"),
        (simple_case(limit={"minutes": 960, "desk": 60}), "limit.desk"),
        (simple_case(events=[]), "events"),
        (simple_case(events=["accept"]), r"events\[0\]"),
        (with_event(1, type="fly"), "fly"),
        (with_event(1, type=["forward"]), "forward"),
        (with_event(1, at="hôm nay"), "hôm nay"),
        (with_event(1, at=None), r"events\[1\].at"),
        (with_event(1, at="2026-03-10T08:00"), r"events\[1\]"),
        (with_event(1, to=None), r"events\[1\]"),
        (with_event(1, to="A/specialist"), r"events\[1\]"),
        (with_event(1, type="apology", file="x"), "new_date"),
    ],
)
def test_a_bad_case_is_refused_naming_the_place(case: Any, says: str) -> None:
    with pytest.raises(CaseError, match=says):
        fold_case(case, PROFILES)


ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(
        ["0001-01-01T00:00:00+07:00", "9999-12-31T23:59:59", "2026-03-16T07:00", "24:00", "accept", "result"]
    ),
    st.lists(st.integers(0, 3), max_size=3),
    st.dictionaries(st.text(max_size=3), st.none(), max_size=2),
)


def spoilt(node: Any, data: st.DataObject) -> Any:
    """The same JSON with one member somewhere inside replaced by something odd, or taken away."""
    inner = list(node) if isinstance(node, dict) else list(range(len(node))) if isinstance(node, list) else []
    if not inner or data.draw(st.integers(0, 4)) == 0:
        return data.draw(ODD)
    key = data.draw(st.sampled_from(inner))
    copied = copy.copy(node)
    if data.draw(st.integers(0, 9)) == 0:
        del copied[key]
    else:
        copied[key] = spoilt(node[key], data)
    return copied


@settings(deadline=None, max_examples=400)
@given(st.sampled_from(CASES), st.data())
def test_whatever_a_case_holds_it_is_folded_or_refused(case: dict[str, Any], data: st.DataObject) -> None:
    case = {name: value for name, value in case.items() if name in ("id", "profile", "limit", "calendar", "events")}
    try:
        answer = fold_case(spoilt(case, data), PROFILES).to_dict()
    except CaseError:
        return
    assert set(answer) >= {"id", "deadline", "appointment", "overdue", "result_moment", "segments"}


@pytest.mark.rule("QT-15.3")
def test_an_action_without_its_file_is_refused_and_the_case_goes_on() -> None:
    case = copy.deepcopy(next(case for case in CASES if case["id"] == "C16"))
    del case["events"][3]["file"]
    answer = fold_case(case, PROFILES).to_dict()

    assert answer["refused_actions"] == ["refused at 2026-08-12T10:20:00+07:00"]
    assert answer["result_moment"] is None
