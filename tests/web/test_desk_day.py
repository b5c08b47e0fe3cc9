"""The desk's day at its pages: the till, the online queue, handing over, the post, a lost slip."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from app.sheets.read import read_sheets
from tests.actions.scene import Scene
from tests.factories import START
from tests.web.desk import Desk, page_of, words

AtDesk = Callable[[str], Desk]
FEES = [{"name": "Lệ phí cấp giấy", "amount": 50_000}]


def ready(scene: Scene, **body: Any) -> tuple[str, int]:
    """A dossier whose result lies at the desk, and its task."""
    code: str = scene.register(**body)["code"]
    while (step := next(task for task in scene.open_tasks(code) if task.instance_kind == "main")).stage != "return":
        scene.do("forward", scene.holder(step), step.id)
    scene.do("confirm-result", "desk", step.id)
    return code, step.id


def cells(content: bytes) -> list[list[str]]:
    (sheet,) = read_sheets(content, "x.xlsx")
    return [[str(cell) for cell in row] for row in sheet.rows]


def shown(answer: TestResponse) -> str:
    return words(answer)


@pytest.mark.rule("HT-9.1")
def test_a_fee_is_taken_at_the_page_and_stands_in_the_till(scene: Scene, desk: AtDesk) -> None:
    procedure = scene.publish("two_steps", fees=FEES)
    code = scene.register(procedure=procedure)["code"]
    person, at = desk("desk"), f"/ho-so/{code}/phi"
    form = person.form(person.see(at), at)
    assert person.client.get(f"/tiep-nhan/xong/{code}").text.count("Thu 50.000 đồng") == 1
    wrong = person.send(form, {"line-name": ["Lệ phí", ""], "line-amount": ["năm mươi", ""]})
    assert wrong.status_code == 422
    assert page_of(wrong).xpath("//*[@id='error-summary']//a/@href") == ["#line-amount-0"]
    done = person.send(person.form(wrong, at), {"line-name": ["Lệ phí cấp giấy"], "line-amount": ["50.000"]})
    assert done.status_code == 303, shown(done)
    assert "biên lai số 01/BL" in words(person.see(at))
    entry = scene.get("desk", f"/dossiers/{code}/fees")["entries"][0]["id"]
    till = words(person.see("/phi"))
    assert "Còn phải nộp 50.000 đồng" in till
    assert cells(person.client.get("/phi/bang-ke.xlsx").data)[1][:3] == ["01/BL", code, "Trần Văn Bình"]
    assert person.client.get("/phi/bang-ke.pdf").data[:5] == b"%PDF-"
    void = person.form(person.see(at), f"{at}/{entry}/huy")
    assert person.send(void).status_code == 422
    assert person.send(person.form(person.see(at), void.action), {f"void-{entry}": "Ghi nhầm"}).status_code == 303
    assert "Đã hủy" in words(person.see(at))
    assert "Còn phải nộp 0 đồng" in words(person.see("/phi"))


@pytest.mark.rule("HT-9.1")
def test_no_fee_is_taken_twice_by_two_pages_or_at_the_end(scene: Scene, desk: AtDesk) -> None:
    fees = [*FEES, {"name": "Phí thẩm định", "amount": 150_000}]
    code, task = ready(scene, procedure=scene.publish("two_steps", fees=fees))
    person, at = desk("desk"), f"/ho-so/{code}/phi"
    one, other = (person.form(person.see(at), at) for _ in range(2))
    first = {"line-name": ["Lệ phí cấp giấy"], "line-amount": ["50.000"]}
    assert person.send(one, first).status_code == 303
    late = person.send(other, first)
    assert (late.status_code, "đã thay đổi từ khi bạn mở trang" in shown(late)) == (412, True)
    wrong = person.send(person.form(late, at), {"line-name": ["", "Phí"], "line-amount": ["", "12.5"]})
    assert page_of(wrong).xpath("//*[@id='error-summary']//a/@href") == ["#line-amount-1"], "12.5 is no 125"
    page = person.see(f"/tra-ket-qua/{task}")
    assert "Còn phải thu 150.000 đồng" in words(page)
    assert person.send(person.form(page, at)).status_code == 303
    found = scene.get("desk", f"/dossiers/{code}/fees")
    assert (found["collected"], found["settled"], found["open"]) == (200_000, True, [])


@pytest.mark.rule("TN-11.3a", "HT-8.1a")
def test_the_queue_shows_the_oldest_limit_first_and_decides_there(scene: Scene, desk: AtDesk) -> None:
    scene.govern("thai_nguyen")  # four working hours for the check
    codes = []
    for name in ("Đặng Ánh", "Lê Bình", "Võ Chi"):
        codes.append(scene.register(channel="online", applicant={"name": name, "phone": "0912345678"})["code"])
        scene.clock.move(minutes=10)
    person = desk("desk")
    page = person.see("/tiep-nhan/truc-tuyen")
    assert [one.text for one in page.xpath("//td[@class='cell-code']/a")] == codes
    badge = page.xpath("//*[@data-ticking]")[0]
    assert badge.text_content().strip().startswith("còn ")
    assert badge.get("data-hours")
    first = int(page.xpath("//td[@class='cell-code']/a/@href")[0].rpartition("/")[2])
    at = f"/tiep-nhan/truc-tuyen/{first}"
    refused = person.send(person.form(person.see(at), f"{at}/ask-correction"))
    assert refused.status_code == 422
    asked = person.send(person.form(person.see(at), f"{at}/ask-correction"), {"comment": "Bổ sung bản sao căn cước."})
    assert asked.status_code == 303, shown(asked)
    second = int(str(asked.location).rpartition("/")[2])
    at = f"/tiep-nhan/truc-tuyen/{second}"
    done = person.send(person.form(person.see(at), f"{at}/accept"))
    assert done.status_code == 303, shown(done)
    assert scene.dossier(codes[1]).status == 2
    third = int(str(done.location).rpartition("/")[2])
    at = f"/tiep-nhan/truc-tuyen/{third}"
    last = person.send(person.form(person.see(at), f"{at}/refuse-intake"), {"comment": "Không thuộc thẩm quyền."})
    assert (last.status_code, last.location) == (303, "/tiep-nhan/truc-tuyen"), shown(last)
    assert scene.dossier(codes[2]).status == 3
    assert "Không có hồ sơ trực tuyến nào chờ kiểm tra." in words(person.see("/tiep-nhan/truc-tuyen"))
    waiting = person.see("/tiep-nhan/truc-tuyen?loai=correction")
    assert codes[0] in words(waiting)
    at = f"/tiep-nhan/truc-tuyen/{waiting.xpath('//td[@class=$c]/a/@href', c='cell-code')[0].rpartition('/')[2]}"
    again = person.send(person.form(person.see(at), f"{at}/receive-correction"))
    assert again.status_code == 303, shown(again)
    assert codes[0] in words(person.see("/tiep-nhan/truc-tuyen"))


def test_the_limit_ticks_in_working_time_only(scene: Scene, desk: AtDesk) -> None:
    scene.govern("thai_nguyen")
    scene.register(channel="online")
    person = desk("desk")

    def left() -> int:
        return int(person.see("/tiep-nhan/truc-tuyen").xpath("//*[@data-ticking]/@data-ticking")[0])

    before = left()
    scene.clock.set_local("2026-11-23 12:00")
    noon = left()
    scene.clock.set_local("2026-11-23 13:00")
    assert left() == noon < before


@pytest.mark.rule("ST-16.1a")
def test_a_result_is_handed_over_in_two_steps_with_who_collects(scene: Scene, desk: AtDesk) -> None:
    code, task = ready(scene)
    person, at = desk("desk"), f"/tra-ket-qua/{task}"
    assert "Trả" in words(person.see("/tra-ket-qua"))
    first = person.form(person.see(at), at)
    missing = person.send(first, {"who": "other", "kiem-tra": "1"})
    assert missing.status_code == 422
    assert page_of(missing).xpath("//*[@id='error-summary']//a/@href")[0] == "#deliver-result-collector_name"
    typed = {
        "who": "other",
        "deliver-result-collector_name": "Lê Thị Hoa",
        "deliver-result-collector_id_number": "045011112222",
        "deliver-result-collector_authority": "Giấy ủy quyền số 5",
        "kiem-tra": "1",
    }
    second = person.send(person.form(person.see(at), at), typed)
    assert second.status_code == 200
    assert "Giấy ủy quyền số 5" in words(second)
    assert scene.dossier(code).closed_at is None, "the first step records nothing"
    done = person.send(person.form(second, at))
    assert (done.status_code, done.location) == (303, "/tra-ket-qua"), shown(done)
    assert scene.dossier(code).status == 10
    assert "Lê Thị Hoa" in words(person.see(f"/ho-so/{code}/dien-bien"))


def test_results_are_found_by_number_and_by_when_they_were_promised(scene: Scene, desk: AtDesk) -> None:
    code, _ = ready(scene, applicant={"name": "Đặng Ánh", "id_number": "045012345678", "phone": "0912 345 678"})
    person = desk("desk")
    for asked in ("dang anh", "0450123", "0912345", code[-9:]):
        assert code in words(person.see(f"/tra-ket-qua?q={asked}")), asked
    assert code not in words(person.see("/tra-ket-qua?q=0999999"))
    assert "Không có ai quá hẹn" in words(person.see("/tra-ket-qua?loai=missed"))
    appointment = scene.dossier(code).appointment_at
    assert appointment is not None
    scene.clock.at = appointment - timedelta(hours=1)
    assert code in words(desk("desk").see("/tra-ket-qua?loai=today"))
    scene.clock.at = appointment + timedelta(days=3)
    person = desk("desk")
    page = person.see("/tra-ket-qua?loai=missed")
    assert "3 ngày" in words(page)
    assert cells(person.client.get("/tra-ket-qua/goi-dien.xlsx").data)[1][:3] == [code, "Đặng Ánh", "0912 345 678"]
    remind = person.form(page, f"/tra-ket-qua/nhac/{code}")
    assert "Đã nhắc người nộp" in words(person.client.post(remind.action, data=remind.fields, follow_redirects=True))
    again = person.form(person.see("/tra-ket-qua?loai=missed"), remind.action)
    assert "Hôm nay đã nhắc" in words(person.client.post(again.action, data=again.fields, follow_redirects=True))


@pytest.mark.rule("LA-19.3", "HT-8.1d")
def test_dossiers_by_post_are_entered_many_at_once(scene: Scene, desk: AtDesk) -> None:
    person, at = desk("desk"), "/tiep-nhan/buu-chinh"
    form = person.form(person.see(at), at)
    typed = {
        "post-office": "Bưu cục Đông Hà",
        "receipt-by": "post",
        "procedure": ["1.000001", "1.000001", ""],
        "voucher": ["EB1VN", "EB2VN", ""],
        "name": ["Đặng Ánh", "", ""],
        "id_number": ["045012345678", "", ""],
        "phone": ["0912345678", "", ""],
        "address": ["12 Hùng Vương", "3 Lê Lợi", ""],
    }
    answer = person.client.post(at, data=form.fields | typed)
    assert answer.status_code == 422
    assert "Đã tiếp nhận 1 hồ sơ" in words(answer)
    assert "Có 1 dòng chưa tiếp nhận được" in words(answer)
    assert page_of(answer).get_element_by_id("voucher-0").value == "EB2VN"
    (code,) = [one.text for one in page_of(answer).xpath("//*[contains(@class, 'flash-success')]/a")]
    found = scene.get("desk", f"/dossiers/{code}")
    assert (found["channel"], found["deliver"]["mode"], found["intake"]["post_voucher"]) == ("post", "post", "EB1VN")
    twice = person.client.post(at, data=form.fields | typed)
    assert page_of(twice).xpath("//*[contains(@class, 'flash-success')]/a/text()") == [code]


@pytest.mark.rule("QT-16.6")
def test_results_go_back_by_post_with_their_numbers_and_a_list(scene: Scene, desk: AtDesk) -> None:
    made = [ready(scene, deliver={"mode": "post", "address": f"{number} Hùng Vương"}) for number in (1, 2)]
    person, at = desk("desk"), "/tra-ket-qua/buu-chinh"
    assert "2 Hùng Vương" in words(person.see("/tra-ket-qua/nhan-buu-gui"))
    sent = person.send(person.form(person.see(at), at), {f"tracking-{made[0][1]}": "EB777VN"})
    assert "Đã ghi 1 kết quả" in words(person.see(at)) or "Đã ghi 1 kết quả" in words(sent)
    assert [scene.dossier(code).status for code, _ in made] == [10, 9]
    assert "EB777VN" in words(person.see(at))
    listed = person.client.get(f"/tra-ket-qua/bang-ke-buu-gui.pdf?ngay={START.date()}&buu-cuc=VNPost")
    assert listed.data[:5] == b"%PDF-"
    assert person.client.get("/tra-ket-qua/bang-ke-buu-gui.pdf?ngay=2020-01-01").status_code == 404


@pytest.mark.rule("ST-6.6")
def test_a_lost_slip_is_found_by_name_and_number_and_printed_as_a_copy(scene: Scene, desk: AtDesk) -> None:
    code = scene.register(applicant={"name": "Đặng Ánh", "id_number": "045012345678", "phone": "0912345678"})["code"]
    person = desk("desk")
    assert person.client.get("/tiep-nhan/mat-phieu?ten=dang+anh").status_code == 422
    assert "Không có hồ sơ nào" in words(person.see("/tiep-nhan/mat-phieu?ten=binh&so=045012345678"))
    page = person.see("/tiep-nhan/mat-phieu?ten=dang+anh&so=0912345678")
    assert code in words(page)
    action = page.xpath("//button[@formaction]/@formaction")[0]
    form = person.form(page, action)
    assert person.send(form, {"shown": ""}).status_code == 422
    done = person.send(form, {"shown": "045012345678", "identity": "Thẻ căn cước"})
    assert done.status_code == 303, shown(done)
    assert person.client.get(str(done.location)).data[:5] == b"%PDF-"
    told = words(person.see(f"/ho-so/{code}/dien-bien"))
    assert "Đã xuất trình: Thẻ căn cước, số 045012345678" in told
    assert desk("binh").client.get("/tiep-nhan/mat-phieu").status_code == 403
