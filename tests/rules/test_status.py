"""The ten national states."""

from __future__ import annotations

import pytest

from app.rules.status import STATUSES, status_of


def test_the_ten_states_are_numbered_as_the_national_portal_does() -> None:
    assert [status.number for status in STATUSES] == list(range(1, 11))
    assert status_of(5).to_dict() == {"number": 5, "name": "Yêu cầu bổ sung giấy tờ"}
    assert status_of(10).name == "Đã trả kết quả"


@pytest.mark.parametrize("number", [0, 11, -1])
def test_there_is_no_other(number: int) -> None:
    with pytest.raises(ValueError):
        status_of(number)
