"""What side processes say reaches whom it concerns, with what was asked; a diagram's words become a mail of its own."""

from __future__ import annotations

from collections.abc import Callable
from email import message_from_bytes, policy

from sqlalchemy import text

from tests.actions.scene import Scene
from tests.jobs.test_deliveries import PERSON, outbox
from tests.regulation.requests import approve, ask, forward, main_task, paper, supplement_requested

LAST_DAY = "2026-12-04T17:00:00+07:00"


def mails(scene: Scene) -> dict[str, list[str]]:
    """Recipient -> the texts that came, in the order of their writing."""
    found: dict[str, list[str]] = {}
    for file in outbox(scene):
        mail = message_from_bytes(file.read_bytes(), policy=policy.default)
        body = mail.get_body(("plain",))
        assert body is not None
        found.setdefault(str(mail["To"]), []).append(body.get_content())
    return found


def templates(scene: Scene) -> dict[str, set[str]]:
    """Template -> to whom it went, receipts aside."""
    found: dict[str, set[str]] = {}
    with scene.reading() as connection:
        for template, recipient in connection.execute(text("SELECT template, recipient FROM deliveries")):
            if template != "receipt_issued":
                found.setdefault(template, set()).add(recipient)
    return found


def begun(scene: Scene, work_off: Callable[[], None]) -> str:
    """A dossier at the specialist's step, whose applicant has had the notice of receipt."""
    code = scene.at_step("process", applicant=PERSON, notify=["email"])
    work_off()
    for file in outbox(scene):
        file.unlink()
    return code


def test_the_agency_that_is_asked_learns_what_and_by_when(scene: Scene, work_off: Callable[[], None]) -> None:
    code = begun(scene, work_off)
    body = {"content": "Đề nghị cho ý kiến về quy hoạch", "agencies": ["VPUBND"], "limit_at": LAST_DAY}
    scene.do("ask-opinion", "binh", main_task(scene, code), body | {"attachments": [paper(scene, code)]})
    assert templates(scene) == {"opinion_asked": {"official@example.org"}}
    work_off()
    (mail,) = mails(scene)["official@example.org"]
    assert "Đề nghị cho ý kiến về quy hoạch" in mail
    assert "17 giờ 00 phút, ngày 04/12/2026" in mail
    answer = scene.task(code, "answer").id
    scene.do("forward", "official", answer, {"attachments": [paper(scene, code, "official")]})
    told = templates(scene)["opinion_answered"]
    assert told == {"binh@example.org", "chi@example.org"}, "the position that has the step, which nobody has claimed"


def test_a_late_opinion_is_told_to_the_heads_and_to_who_should_answer(
    scene: Scene, work_off: Callable[[], None]
) -> None:
    code = begun(scene, work_off)
    body = {"content": "Cho ý kiến", "agencies": ["VPUBND"], "limit_at": LAST_DAY}
    scene.do("ask-opinion", "binh", main_task(scene, code), body | {"attachments": [paper(scene, code)]})
    scene.clock.set_local("2026-12-04 17:01")
    scene.tick()
    assert {"official@example.org", "director@example.org"} <= templates(scene)["opinion_overdue"]


def test_the_applicant_is_asked_for_what_the_slip_says(scene: Scene, work_off: Callable[[], None]) -> None:
    code = begun(scene, work_off)
    supplement_requested(scene, code)
    work_off()
    assert PERSON["email"] not in mails(scene), "the desk confirms first (QT-16.4)"
    forward(scene, "desk", code, "inform_applicant")
    work_off()
    (mail,) = mails(scene)[PERSON["email"]]
    assert "Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ" in mail
    assert "Thiếu giấy xác nhận" not in mail, "the words of whoever proposed it"
    assert "token=" in mail, "the way to the look-up page"


def test_what_is_to_be_paid_and_that_its_day_has_passed(scene: Scene, work_off: Callable[[], None]) -> None:
    code = begun(scene, work_off)
    ask(scene, "request-payment", code, {"reason": "Lệ phí", "amount": 500000, "limit_at": LAST_DAY})
    approve(scene, code)
    forward(scene, "desk", code, "request_payment", {"attachments": [paper(scene, code, "desk")]})
    scene.clock.set_local("2026-12-04 17:01")
    scene.tick()
    work_off()
    first, reminder = sorted(mails(scene)[PERSON["email"]], key=lambda mail: "Đã qua ngày cuối cùng" in mail)
    for mail in (first, reminder):
        assert "500.000 đồng" in mail
        assert "17 giờ 00 phút, ngày 04/12/2026" in mail
    (told,) = mails(scene)["desk@example.org"]
    assert PERSON["name"] in told


def test_the_applicant_learns_where_and_when_the_visit_is(scene: Scene, work_off: Callable[[], None]) -> None:
    code = begun(scene, work_off)
    body = {
        "content": "Kiểm tra cơ sở",
        "visit_at": "2026-11-26T08:00:00+07:00",
        "place": "Số 1 Hùng Vương",
        "participants": "Phòng Nghiệp vụ; chủ cơ sở",
    }
    scene.do("arrange-visit", "binh", main_task(scene, code), body)
    work_off()
    (mail,) = mails(scene)[PERSON["email"]]
    for said in ("08 giờ 00 phút, ngày 26/11/2026", body["place"], body["participants"], body["content"]):
        assert said in mail
