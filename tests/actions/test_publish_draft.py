"""Publishing a draft: once however often it is sent, by one of two who do it at once, never what somebody changed since."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select

from app.actions import publish_draft as module
from app.actions.correct_version import CorrectVersion, correct_version
from app.actions.diagram_drafts import save_draft
from app.actions.draft_from_version import draft_of_correction, draft_of_returned
from app.actions.review_version import ReviewVersion, review
from app.actions.version_comments import SayOfVersion, say_of_version
from app.errors import DomainError
from app.store import version_reviews
from app.store.administration_changes import AdministrationChange
from app.store.diagram_drafts import KEPT, PUBLISHED, DraftFiles
from app.store.official_notices import OfficialNotice
from app.store.procedures import ProcedureAgency
from app.store.version_reviews import VersionReviewRow
from tests import factories
from tests.actions.diagrams import DIAGRAMS
from tests.actions.drafting import DECISION, begun, context_of, draft, noted, published
from tests.actions.scene import Scene


def row(scene: Scene, number: int, procedure: str = "1.000001") -> VersionReviewRow:
    with scene.reading() as connection:
        found = version_reviews.find_version(connection, procedure, number)
    assert found is not None
    return found


def told(scene: Scene, template: str) -> list[Any]:
    with scene.reading() as connection:
        rows = connection.execute(select(OfficialNotice.account_id, OfficialNotice.data)).all()
    return [one for one in rows if one.data["template"] == template]


@pytest.mark.rule("QT-22.3", "ST-26.7")
def test_a_draft_becomes_the_version_that_new_dossiers_follow_and_officials_hear_what_changed(scene: Scene) -> None:
    made = begun(scene)
    noted(scene, made, amends="Thay Quyết định 12/QĐ-UBND", note="Xem lại bước trình ký.")
    answer = published(scene, made)
    found = row(scene, answer.version)
    assert (found.decision_number, found.decided_on) == (DECISION.decision_number, DECISION.decided_on)
    assert (found.amends, found.announcement) == ("Thay Quyết định 12/QĐ-UBND", "Xem lại bước trình ký.")
    after = draft(scene, made)
    assert (after.state, after.published_version) == (PUBLISHED, answer.version)
    assert scene.get("desk", "/procedures/1.000001")["version"] == answer.version
    news = told(scene, "process_published")
    assert len(news) == answer.told > 0
    assert scene.province.accounts["binh"] in {one.account_id for one in news}
    assert "Thêm bước" in news[0].data["reason"]
    assert "Xem lại bước trình ký." in news[0].data["reason"]
    (mine,) = [one for one in scene.get("binh", "/notices")["data"] if one["event"] == "process"]
    assert mine["path"] == "/thu-tuc/1.000001/gop-y-quy-trinh"
    with scene.reading() as connection:
        kinds = connection.execute(select(AdministrationChange.kind)).scalars().all()
    assert "version_published" in kinds


def test_the_same_key_publishes_once_also_after_an_answer_that_never_came(scene: Scene) -> None:
    made = begun(scene)
    noted(scene, made)
    seen = (1, 1)
    first = published(scene, made, key="k" * 20, seen=seen)
    with scene.unchanged():
        assert published(scene, made, key="k" * 20, seen=seen) == first


def test_a_process_that_dies_before_the_end_leaves_nothing_and_the_next_try_publishes(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = begun(scene)
    noted(scene, made)

    def dies(*_: Any) -> int:
        raise RuntimeError("killed")

    with monkeypatch.context() as broken:
        broken.setattr(module, "announce", dies)
        with scene.unchanged(), pytest.raises(RuntimeError):
            published(scene, made, key="k" * 20)
    assert published(scene, made, key="k" * 20).version == 2


def test_of_two_who_publish_at_once_one_does(scene: Scene) -> None:
    made = begun(scene)
    noted(scene, made)
    with scene.writing() as connection:
        factories.account(connection, "other", scene.province.office, permissions=("diagram.deploy",))

    def attempt(username: str) -> Any:
        try:
            return published(scene, made, username)
        except DomainError as error:
            return error.code

    answers = scene.at_once(lambda: attempt("admin"), lambda: attempt("other"))
    assert [one for one in answers if isinstance(one, str)] in (["wrong_state"], ["stale_version"])
    assert len([one for one in answers if not isinstance(one, str)]) == 1


def test_what_somebody_changed_since_the_page_was_shown_is_not_published(scene: Scene) -> None:
    made = begun(scene)
    noted(scene, made)
    with scene.app.app_context():
        save_draft(context_of(scene), made, 1, DraftFiles(DIAGRAMS["linear"]), KEPT)
    with scene.unchanged(), pytest.raises(DomainError) as diagram:
        published(scene, made, seen=(1, 1))
    assert diagram.value.code == "stale_version"
    noted(scene, made, decision_number="46/QĐ-UBND")
    with scene.unchanged(), pytest.raises(DomainError) as decision:
        published(scene, made, seen=(2, 1))
    assert decision.value.code == "stale_version"
    assert published(scene, made).version == 2


@pytest.mark.rule("QT-22.3")
def test_without_a_decision_nothing_is_published(scene: Scene) -> None:
    made = begun(scene)
    with scene.unchanged(), pytest.raises(DomainError) as refused:
        published(scene, made)
    assert set(refused.value.errors or {}) == {"decision_number", "decided_on", "effective_from"}


@pytest.mark.rule("QT-22.4")
def test_a_step_without_an_account_wants_a_reason(scene: Scene) -> None:
    made = begun(scene)
    noted(scene, made)
    with scene.writing() as connection:
        other = factories.agency(connection, "SKHAC")
        connection.execute(insert(ProcedureAgency).values(procedure_id=scene.province.procedure, agency_id=other))
    with scene.unchanged(), pytest.raises(DomainError) as refused:
        published(scene, made, despite=" ")
    assert "despite" in (refused.value.errors or {})
    assert row(scene, published(scene, made, despite="Cơ quan mới lập").version).vacancy_reason == "Cơ quan mới lập"


# Corrections -----------------------------------------------------------------------------------------------------------


@pytest.mark.rule("QT-22.3", "ST-26.7")
def test_an_earlier_configuration_of_the_same_decision_takes_the_faulty_ones_place_at_once(scene: Scene) -> None:
    first = begun(scene, DIAGRAMS["linear"])
    noted(scene, first)
    published(scene, first)
    faulty = begun(scene)
    noted(scene, faulty)
    assert published(scene, faulty).version == 3
    running = scene.register()["code"]
    with scene.app.app_context():
        command = CorrectVersion("1.000001", 3, 2, "Thiếu bước xử lý")
        answer = correct_version(command, context_of(scene, key="c" * 20))
        assert correct_version(command, context_of(scene, key="c" * 20)) == answer
    found = row(scene, answer.version)
    assert (found.number, found.corrects, found.correction_reason) == (4, 3, "Thiếu bước xử lý")
    assert (found.decision_number, found.effective_from) == (DECISION.decision_number, DECISION.effective_from)
    assert scene.get("desk", "/procedures/1.000001")["version"] == 4
    code = scene.register()["code"]
    assert scene.dossier(code).version_id == found.id != scene.dossier(running).version_id
    assert "cấu hình có lỗi của phiên bản số 3" in told(scene, "process_corrected")[0].data["reason"]
    scene.do("forward", "desk", scene.task(code, "receive").id)
    assert scene.open_steps(code) == ["process"]


@pytest.mark.rule("QT-22.3")
def test_another_decisions_configuration_and_a_repealed_version_are_refused(scene: Scene) -> None:
    made = begun(scene)
    noted(scene, made)
    published(scene, made)

    def refused(number: int, using: int) -> str:
        with scene.app.app_context(), scene.unchanged(), pytest.raises(DomainError) as error:
            correct_version(CorrectVersion("1.000001", number, using, "Sai"), context_of(scene))
        return error.value.code

    assert refused(2, 1) == "wrong_state", "a decision is not rolled back"
    assert refused(1, 2) == "wrong_state", "what was replaced is not corrected"
    assert refused(2, 2) == "invalid"
    assert refused(2, 9) == refused(9, 2) == "not_found"
    body = {"decision_number": "9", "decided_on": "2026-11-23", "repealed_on": "2026-12-01", "reason": "Bãi bỏ"}
    answer = scene.client("admin").post("/api/v1/procedures/1.000001/versions/2/repeal", json=body)
    assert answer.status_code == 200
    assert refused(2, 1) == "wrong_state"


def test_of_two_corrections_at_once_one_is_made(scene: Scene) -> None:
    for name in ("linear", "decision"):
        made = begun(scene, DIAGRAMS[name])
        noted(scene, made)
        published(scene, made)

    def attempt() -> Any:
        with scene.app.app_context():
            try:
                return correct_version(CorrectVersion("1.000001", 3, 2, "Sai"), context_of(scene)).version
            except DomainError as error:
                return error.code

    assert sorted(map(str, scene.at_once(attempt, attempt))) == ["4", "wrong_state"]


@pytest.mark.rule("QT-22.3")
def test_a_corrected_draft_keeps_the_decision_and_its_day(scene: Scene) -> None:
    faulty = begun(scene)
    noted(scene, faulty)
    published(scene, faulty)
    scene.clock.move(days=2)
    with scene.app.app_context():
        made = draft_of_correction("1.000001", 2, context_of(scene))
    noted(scene, made, replace(DECISION, decision_number="ghi gì cũng vậy", corrects=2, reason="Sai vị trí"))
    answer = published(scene, made)
    found = row(scene, answer.version)
    assert (found.corrects, found.decision_number) == (2, DECISION.decision_number)
    assert found.applies_from == DECISION.effective_from + timedelta(days=2)  # type: ignore[operator]
    assert scene.get("desk", "/procedures/1.000001")["version"] == found.number


# The centre's check ----------------------------------------------------------------------------------------------------


@pytest.mark.rule("ST-10.3b")
def test_what_is_returned_is_begun_again_with_what_was_said(scene: Scene) -> None:
    with scene.writing() as connection:
        centre = factories.account(connection, "centre", scene.province.office, permissions=("procedure.review",))
    made = begun(scene)
    noted(scene, made)
    assert published(scene, made, profile="soc_trang").review == "pending"
    assert [one.account_id for one in told(scene, "version_waits")] == [centre]
    with scene.app.app_context():
        said = say_of_version(SayOfVersion("1.000001", 2, "Sai hạn", "review"), context_of(scene, "centre"))
        say_of_version(SayOfVersion("1.000001", 2, "Theo bảng", answer_to=said), context_of(scene, "admin"))
        with pytest.raises(DomainError):
            say_of_version(SayOfVersion("1.000001", 2, "Gì?", "khong_co"), context_of(scene, "centre"))
        with pytest.raises(DomainError) as early:
            draft_of_returned("1.000001", 2, context_of(scene))
        review(ReviewVersion("1.000001", 2, "return", "Sửa lại hạn"), context_of(scene, "centre"))
        again = draft_of_returned("1.000001", 2, context_of(scene))
    assert early.value.code == "wrong_state"
    (news,) = told(scene, "version_returned")
    assert "Sửa lại hạn" in news.data["reason"]
    begun_again = draft(scene, again)
    assert begun_again.origin == {"kind": "version", "version": 2, "returned": True, "comments": 2}
    assert begun_again.preparation["decision_number"] == DECISION.decision_number
    assert published(scene, again, profile="soc_trang").version == 3
    with scene.app.app_context():
        review(ReviewVersion("1.000001", 3, "approve"), context_of(scene, "centre"))
    assert told(scene, "process_published")
