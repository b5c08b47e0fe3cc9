"""Who gives which rights, and how somebody is called."""

from __future__ import annotations

import pytest

from app.rules.administration import givable, kept_by_centre
from app.rules.permissions import PERMISSIONS
from app.rules.usernames import plain, proposed


def test_the_centre_gives_everything_and_an_agency_what_stays_there() -> None:
    assert givable(["account.manage"]) == set(PERMISSIONS)
    assert givable(["account.manage_own", "task.work", "control.view"]) == {"task.work"}
    assert givable(["task.work"]) == frozenset()


@pytest.mark.parametrize("name", ["account.manage", "account.manage_own", "control.view", "no.longer.known"])
def test_accounts_that_reach_further_are_the_centres(name: str) -> None:
    assert kept_by_centre(["task.work", name])
    assert not kept_by_centre(["task.work", "report.view"])


def test_names_without_marks_and_user_names() -> None:
    assert plain("  Đỗ  Thị Ánh ") == "do thi anh"
    assert proposed("Nguyễn Thị Bình An", None, ()) == "an.ntb"
    assert proposed("Nguyễn Thị Bình An", "binhan@tinh.gov.vn", {"binhan"}) == "binhan2"
    assert proposed("An", "không dấu@tinh.gov.vn", ()) == "an"
    assert proposed("***", None, ()) == "can-bo"
