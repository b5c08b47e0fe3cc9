"""A decision that was repealed while a correction of its configuration waited for its check stays repealed (defect 24)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from app.actions.draft_from_version import draft_of_correction
from app.actions.repeal_version import RepealVersion, repeal
from app.actions.review_version import ReviewVersion, review
from app.errors import DomainError
from app.store import procedures, version_reviews
from tests import factories
from tests.actions.drafting import DECISION, begun, context_of, noted, published
from tests.actions.scene import Scene

CODE = "1.000001"


def waiting_correction(scene: Scene) -> None:
    """Version 2 is in force, 3 corrects it and waits for the centre."""
    with scene.writing() as connection:
        factories.account(connection, "centre", scene.province.office, permissions=("procedure.review",))
    faulty = begun(scene)
    noted(scene, faulty)
    published(scene, faulty)
    with scene.app.app_context():
        made = draft_of_correction(CODE, 2, context_of(scene))
    noted(scene, made, DECISION, corrects=2, reason="Sai vị trí")
    assert published(scene, made, profile="soc_trang").review == "pending"


def repealed(scene: Scene, on: date) -> str:
    with scene.app.app_context():
        command = RepealVersion(CODE, 2, "99/QĐ-UBND", date(2026, 11, 23), on, "Thay thẩm quyền")
        return repeal(command, context_of(scene))


def approved(scene: Scene) -> str:
    with scene.app.app_context():
        return review(ReviewVersion(CODE, 3, "approve"), context_of(scene, "centre"))


def followed(scene: Scene, day: date) -> int | None:
    with scene.reading() as connection:
        procedure = procedures.find_procedure(connection, CODE)
        assert procedure is not None
        found = procedures.version_in_force(connection, procedure.id, day)
    return found.number if found is not None else None


@pytest.mark.rule("ST-26.7", "ST-10.3b")
def test_a_correction_that_is_approved_later_ends_on_the_day_of_the_repeal(scene: Scene) -> None:
    waiting_correction(scene)
    repealed(scene, date(2026, 12, 1))
    assert approved(scene) == "approved"
    assert [followed(scene, date(2026, 11, day)) for day in (23, 30)] == [3, 3]
    assert followed(scene, date(2026, 12, 1)) is None
    scene.clock.move(days=14)
    with scene.reading() as connection:
        correction = version_reviews.find_version(connection, CODE, 3)
    assert correction is not None
    assert correction.repeal_number == "99/QĐ-UBND"


@pytest.mark.rule("ST-26.7", "ST-10.3b")
def test_a_correction_of_what_is_repealed_already_is_not_approved_but_can_be_returned(scene: Scene) -> None:
    waiting_correction(scene)
    scene.clock.move(days=1)
    repealed(scene, date(2026, 11, 24))
    with scene.unchanged(), pytest.raises(DomainError) as refused:
        approved(scene)
    assert refused.value.code == "wrong_state"
    assert "bãi bỏ" in refused.value.detail
    assert followed(scene, date(2026, 11, 24)) is None
    with scene.app.app_context():
        review(ReviewVersion(CODE, 3, "return", "Quyết định đã bãi bỏ"), context_of(scene, "centre"))
    assert followed(scene, date(2026, 11, 25)) is None


def test_of_a_repeal_and_an_approval_at_once_the_repeal_holds(scene: Scene) -> None:
    waiting_correction(scene)

    def attempt(what: Any) -> Any:
        try:
            return what()
        except DomainError as error:
            return error.code

    on = date(2026, 11, 24)
    answers = scene.at_once(lambda: attempt(lambda: repealed(scene, on)), lambda: attempt(lambda: approved(scene)))
    if "approved" in answers and "wrong_state" in answers:
        assert followed(scene, on) == 3, "the correction came first: nothing was repealed"
    else:
        assert followed(scene, on) is None
