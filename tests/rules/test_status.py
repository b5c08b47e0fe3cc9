"""The ten national states."""

from __future__ import annotations

import pytest

from app.rules.status import STATUSES, derive, status_of


def test_the_ten_states_are_numbered_as_the_national_portal_does() -> None:
    assert [status.number for status in STATUSES] == list(range(1, 11))
    assert status_of(5).to_dict() == {"number": 5, "name": "Yêu cầu bổ sung giấy tờ"}
    assert status_of(10).name == "Đã trả kết quả"


@pytest.mark.parametrize("number", [0, 11, -1])
def test_there_is_no_other(number: int) -> None:
    with pytest.raises(ValueError):
        status_of(number)


def _derived(previous: int = 4, *, result: bool = False, delivered: bool = False, **given: str | None) -> int:
    return derive(previous, accepted=True, left_desk=False, result=result, delivered=delivered, **given).number


@pytest.mark.parametrize(
    ("outcome", "number"), [("withdrawn", 7), ("refused", 8), ("stopped", 8), ("not_accepted", 3), ("granted", 9)]
)
def test_what_a_dossier_came_to_is_its_state(outcome: str, number: int) -> None:
    assert _derived(result=True, outcome=outcome) == number


@pytest.mark.parametrize(
    ("outcome", "number"), [("withdrawn", 7), ("refused", 8), ("stopped", 8), ("not_accepted", 3), ("granted", 10)]
)
def test_only_a_granted_result_that_was_handed_over_is_delivered(outcome: str, number: int) -> None:
    assert _derived(result=True, delivered=True, outcome=outcome) == number


@pytest.mark.parametrize(("waiting", "number"), [("supplement", 5), ("payment", 6), (None, 4)])
def test_what_the_applicant_owes_is_its_state(waiting: str | None, number: int) -> None:
    assert _derived(waiting=waiting) == number


def test_an_online_dossier_may_wait_for_its_applicant_before_it_is_accepted() -> None:
    given = {"accepted": False, "left_desk": False, "result": False, "delivered": False}

    assert derive(1, **given, waiting="supplement").number == 5
    assert derive(5, **given).number == 1


def test_a_dossier_goes_on_in_progress_and_does_not_fall_back() -> None:
    given = {"accepted": True, "left_desk": False, "result": False, "delivered": False}

    assert [derive(previous, **given).number for previous in (1, 2, 4, 5, 6)] == [2, 2, 4, 4, 4]
    assert derive(2, **given | {"left_desk": True}).number == 4
