"""The table of permissions and what follows from it."""

from __future__ import annotations

import pytest

from app.rules.permissions import PERMISSIONS, READERS, RIGHTS, allowed, in_state, sees_dossier
from app.rules.status import STATUSES

OFFICIAL = ("task.work",)
RECORDS = ("reprint", "correct", "issue-slip")
MONEY = ("collect-fee", "void-fee", "refund-fee")
"""What was owed is still collected when the result is handed over, and mistakes of the till are mended after the end."""
"""What concerns the records of a dossier, not the dossier."""


def test_the_table_knows_only_its_own_permissions_and_the_national_statuses() -> None:
    for right in RIGHTS.values():
        assert set(right.permissions) <= set(PERMISSIONS)
        assert right.statuses <= {status.number for status in STATUSES}
    assert set(READERS) <= set(PERMISSIONS)


def test_a_permission_is_given_or_not_and_a_wrong_name_is_an_error() -> None:
    assert allowed(OFFICIAL, "task.work")
    assert not allowed(OFFICIAL, "control.view")
    with pytest.raises(ValueError, match="no permission"):
        allowed(OFFICIAL, "task.works")


@pytest.mark.parametrize("action", sorted(set(RIGHTS) - {"register", *RECORDS, *MONEY}))
@pytest.mark.parametrize("status", [3, 7, 10])
def test_nothing_is_done_to_a_dossier_that_has_ended(action: str, status: int) -> None:
    assert not in_state(action, status)


@pytest.mark.rule("QT-27.3p", "QT-27.4")
def test_one_sees_the_dossiers_of_ones_own_agencies_and_control_sees_all() -> None:
    assert sees_dossier(OFFICIAL, {1, 2}, {2, 3})
    assert not sees_dossier(OFFICIAL, {1}, {2, 3})
    assert not sees_dossier(OFFICIAL, {1}, set())
    assert sees_dossier(("control.view",), {1}, {2, 3})
