"""The desk: choosing, registering, finding an applicant again, results, as with JavaScript off."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from lxml.html import HtmlElement
from werkzeug.test import TestResponse

from tests import factories
from tests.actions.scene import Scene
from tests.actions.test_complete_at_once import SAME_DAY, holds_as_well
from tests.web.desk import Desk, Form, below, page_of, words

AtDesk = Callable[[str], Desk]
AT = "/tiep-nhan/1.000001"
HOSTILE = "<script>alert(1)</script>\u202eTên ngược\u202c =CMD|' /C calc'!A0 "
GOOD = {"applicant-name": "Trần Văn Bình", "has-application": "1", "how": "later", "filing": "paper"}


def form_at(person: Desk, path: str = AT) -> Form:
    return person.form(person.see(path), path)


def links(answer: TestResponse) -> list[str]:
    return [str(one) for one in page_of(answer).xpath("//*[@id='error-summary']//a/@href")]


def value(answer: TestResponse, field: str) -> str:
    return str(page_of(answer).get_element_by_id(field).value)


def dossiers(scene: Scene) -> int:
    return int(scene.contents()["dossiers"][0])


def test_the_desk_chooses_among_what_it_receives(scene: Scene, desk: AtDesk) -> None:
    with scene.writing() as connection:
        factories.procedure(connection, "9.000001", [scene.province.office], name="Thủ tục của nơi khác")
    person = desk("desk")
    page = person.see("/tiep-nhan")
    assert [one.get("href") for one in below(page, "choices", "a")] == [AT]
    assert "Giảm học phí công lập" in words(person.see("/tiep-nhan?q=giam+hoc+phi"))
    assert "Không có thủ tục nào" in words(person.see("/tiep-nhan?q=zzzz"))
    foreign = person.see("/tiep-nhan/9.000001")
    assert "Bạn không thuộc bộ phận một cửa nào tiếp nhận thủ tục này." in words(foreign)
    assert foreign.find_class("registration") == []


def test_registering_is_for_the_desk(scene: Scene, desk: AtDesk) -> None:
    for path in ("/tiep-nhan", AT, "/tra-ket-qua", "/tiep-nhan/nguoi-nop?nguoi=binh", "/tiep-nhan/truc-tuyen", "/phi"):
        assert desk("binh").client.get(path).status_code == 403
    assert desk("desk").client.get("/tiep-nhan/0.000000").status_code == 404
    assert desk("desk").client.post("/tiep-nhan/0.000000", data=form_at(desk("desk")).fields).status_code in (400, 404)


def test_a_dossier_is_registered_and_its_receipt_is_there_to_print(scene: Scene, desk: AtDesk) -> None:
    person = desk("desk")
    typed = GOOD | {
        "applicant-phone": "0912 345 678", "applicant-address": "12 Hùng Vương", "request": "Giảm 50%", "notify": "sms",
        "kind-application": "copy", "quantity-application": "2", "deliver-mode": "post", "deliver-address": "12 Hùng Vương",
    }  # fmt: skip
    answer = person.send(form_at(person), typed)
    assert answer.status_code == 303
    page = person.see(str(answer.location))
    code = str(answer.location).rpartition("/")[2]
    assert "Đã tiếp nhận hồ sơ" in words(page)
    assert code in words(page)
    assert "13:30 07/12/2026" in words(page)
    (slip,) = page.xpath("//a[contains(@href, '.pdf')]")
    assert (slip.get("target"), slip.get("rel")) == ("_blank", "noopener")
    assert person.client.get(slip.get("href")).data[:5] == b"%PDF-"
    found = scene.get("desk", f"/dossiers/{code}")
    assert found["components"][0] | {"code": "application", "kind": "copy", "quantity": 2} == found["components"][0]
    assert (found["deliver"]["mode"], found["data"]) == ("post", {"request": "Giảm 50%"})
    scene.sound(code)


def test_a_double_click_registers_once(scene: Scene, desk: AtDesk) -> None:
    person = desk("desk")
    form = form_at(person)
    first, second = person.send(form, GOOD), person.send(form, GOOD)
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location == second.location
    assert dossiers(scene) == 1


def test_everything_that_is_wrong_is_named_at_once_and_everything_typed_stays(scene: Scene, desk: AtDesk) -> None:
    person = desk("desk")
    typed = {
        "applicant-name": "", "applicant-phone": "gọi tôi", "applicant-email": "a@", "applicant-address": "Phường Đông Hà",
        "request": "Giữ tôi", "notify": ["sms", "zalo"], "channel": "post", "quantity-application": "nhiều",
        "has-application": "1", "how": "later",
    }  # fmt: skip
    answer = person.send(form_at(person), typed)
    assert answer.status_code == 422
    assert links(answer) == ["#applicant-name", "#applicant-phone", "#applicant-email", "#quantity-application"]
    for link in links(answer):
        assert page_of(answer).get_element_by_id(link[1:]).get("aria-invalid") == "true"
    assert "Hãy nhập họ và tên, hoặc tên tổ chức." in words(answer)
    assert "Điện thoại: không đúng dạng: số điện thoại." in words(answer)
    for field in ("applicant-phone", "applicant-email", "applicant-address", "request", "quantity-application"):
        assert value(answer, field) == typed[field]
    checked = page_of(answer).xpath("//form[@class='registration']//input[@checked]/@value")
    assert checked == ["electronic", "1", "post", "desk", "sms", "zalo"]
    assert dossiers(scene) == 0


def test_a_missing_paper_is_named_and_may_be_let_pass(scene: Scene, desk: AtDesk) -> None:
    person = desk("desk")
    answer = person.send(form_at(person), {"applicant-name": "", "how": "later", "filing": "paper"})
    assert links(answer) == ["#applicant-name", "#has-application"]
    assert "Chưa đánh dấu giấy tờ bắt buộc “Đơn đề nghị”." in words(answer)
    again = person.send(person.form(answer, AT), {"incomplete": "1"})
    assert links(again) == ["#applicant-name"]
    assert page_of(again).xpath("//input[@name='incomplete']/@checked") == ["checked"]
    assert person.send(person.form(again, AT), {"applicant-name": "Bình", "incomplete": "1"}).status_code == 303
    assert dossiers(scene) == 1


@pytest.mark.rule("QT-16.6")
def test_by_post_there_must_be_an_address(scene: Scene, desk: AtDesk) -> None:
    person = desk("desk")
    answer = person.send(form_at(person), GOOD | {"deliver-mode": "post"})
    assert (answer.status_code, links(answer)) == (422, ["#deliver-address"])
    assert value(answer, "applicant-name") == "Trần Văn Bình"


@pytest.mark.parametrize("name", [HOSTILE, "Ng" * 2000, "\u202e", "=1+1", "Ａ" * 4000, "<b>" * 1300])
def test_names_are_text_and_nothing_else(scene: Scene, desk: AtDesk, name: str) -> None:
    person = desk("desk")
    answer = person.send(form_at(person), GOOD | {"applicant-name": name, "request": name})
    assert answer.status_code in (303, 422)
    paths = [answer.location, "/viec", "/tiep-nhan/nguoi-nop?nguoi=alert"] if answer.status_code == 303 else []
    for path in paths:
        seen = person.client.get(str(path))
        assert seen.status_code == 200
        assert "<script>alert" not in seen.text
        assert "<b><b>" not in seen.text
    if paths:
        (slip,) = person.see(str(answer.location)).xpath("//a[contains(@href, '.pdf')]/@href")
        assert person.client.get(slip).data[:5] == b"%PDF-"


@pytest.mark.parametrize(
    "typed",
    [{"applicant-name": "x" * 4001}, {"applicant-name": "\x00"}, {"channel": "pigeon"}, {"deliver-mode": "\x00"},
     {"quantity-application": "-1"}, {"quantity-application": "9" * 40}, {"kind-application": "stone"}, {"agency": "VPUBND"},
     {"agency": "\x00"}, {"notify": ["sms"] * 9}, {"request": "\x00"}, {"request": "x" * 5000}, {"how": "at_once"},
     {"how": "at_once", "channel": "online"}],
)  # fmt: skip
def test_a_forged_field_is_refused_and_the_form_kept(scene: Scene, desk: AtDesk, typed: dict[str, str]) -> None:
    person = desk("desk")
    answer = person.send(form_at(person), GOOD | {"applicant-address": "Giữ tôi"} | typed)
    assert answer.status_code in (403, 422)
    assert value(answer, "applicant-address") == "Giữ tôi"
    for link in links(answer):
        assert page_of(answer).get_element_by_id(link[1:]) is not None
    assert dossiers(scene) == 0


@pytest.mark.rule("TN-21.7")
def test_an_applicant_is_found_again_without_losing_what_was_typed(scene: Scene, desk: AtDesk) -> None:
    code = scene.register(applicant={"name": "Đặng Thị Ánh", "id_number": "045012345678", "phone": "0912345678"})[
        "code"
    ]
    person = desk("desk")
    found = person.send(
        form_at(person), {"nguoi": "dang anh", "tim": "1", "request": "Giữ tôi", "has-application": "1"}
    )
    assert found.status_code == 200
    (button,) = page_of(found).xpath("//button[@name='chon']")
    assert (button.get("value"), value(found, "request")) == (code, "Giữ tôi")
    chosen = person.send(person.form(found, AT), {"chon": button.get("value")})
    assert (value(chosen, "applicant-name"), value(chosen, "applicant-phone")) == ("Đặng Thị Ánh", "0912345678")
    assert value(chosen, "request") == "Giữ tôi"
    assert page_of(chosen).get_element_by_id("has-application").checked
    assert dossiers(scene) == 1
    assert person.send(person.form(chosen, AT), {"how": "later", "filing": "paper"}).status_code == 303
    assert dossiers(scene) == 2


@pytest.mark.parametrize("chosen", ["", "x", "\x00", "0001", "999999999999999999999", "²"])
def test_nobody_of_that_number_is_nobody(scene: Scene, desk: AtDesk, chosen: str) -> None:
    scene.register()
    person = desk("desk")
    answer = person.send(form_at(person), {"nguoi": "binh", "chon": chosen, "applicant-name": "Giữ tôi"})
    assert (answer.status_code, value(answer, "applicant-name")) == (200, "Giữ tôi")


def test_the_list_of_applicants_comes_alone_for_the_script(scene: Scene, desk: AtDesk) -> None:
    scene.register(applicant={"name": "Đặng Thị Ánh " + HOSTILE, "phone": "0912345678"})
    person = desk("desk")
    answer = person.client.get("/tiep-nhan/nguoi-nop?nguoi=0912345")
    assert answer.text.lstrip().startswith("<li ")
    assert "<script>" not in answer.text
    assert '"applicant-phone": "0912345678"' in page_of(answer).xpath("//button/@data-fill")[0]
    assert "Chưa có người nộp nào khớp" in words(person.client.get("/tiep-nhan/nguoi-nop?nguoi=zzzz"))


def test_agencies_are_chosen_by_name(scene: Scene, desk: AtDesk) -> None:
    with scene.writing() as connection:
        province = scene.province
        room = factories.unit(connection, province.office, "desk2", "desk", "Một cửa Văn phòng")
        position = factories.position(connection, province.office, room, "desk_officer", "Cán bộ một cửa")
        factories.hold(connection, province.accounts["desk"], position)
        procedure = factories.procedure(connection, "9.000002", [province.health, province.office])
        factories.version(connection, procedure)
    options = desk("desk").see("/tiep-nhan/9.000002").xpath("//select[@id='agency']/option")
    assert [(one.get("value"), one.text) for one in options] == [("SYT", "Sở Y tế"), ("VPUBND", "Văn phòng UBND tỉnh")]


@pytest.mark.rule("QT-22.2c", "QT-15.1b")
@pytest.mark.parametrize("receipt", [True, False])
def test_done_at_once_is_one_screen_and_three_stages(scene: Scene, desk: AtDesk, receipt: bool) -> None:
    holds_as_well(scene, "desk", "officer", "director")
    path = f"/tiep-nhan/{scene.publish('two_steps', limit=SAME_DAY)}"
    person = desk("desk")
    form = form_at(person, path)
    buttons = [(one.get("name"), one.get("value")) for one in below(person.see(path), "form-buttons", "button")]
    assert buttons == [("how", "at_once"), ("how", "later")]
    typed = GOOD | {"how": "at_once"} | ({"receipt": "1"} if receipt else {})
    answer = person.send(form, typed)
    assert answer.status_code == 303
    page = person.see(str(answer.location))
    assert "Đã trả kết quả" in words(page)
    assert len(page.xpath("//a[contains(@href, '.pdf')]")) == receipt
    code = str(answer.location).rpartition("/")[2]
    assert scene.dossier(code).status == 10
    assert [task.stage for task in scene.every_task(code)] == ["receive", "resolve", "resolve", "return"]


def test_enter_without_a_script_registers_nothing(scene: Scene, desk: AtDesk) -> None:
    """Browsers press a form's first button on Enter: here that is the search."""
    person = desk("desk")
    (form,) = person.see(AT).find_class("registration")
    first = next(form.iter("button"))
    answer = person.send(form_at(person), GOOD | {first.get("name"): first.get("value")} | {"how": ""})
    assert (answer.status_code, value(answer, "applicant-name")) == (200, "Trần Văn Bình")
    assert dossiers(scene) == 0


def test_an_online_dossier_is_only_noted(scene: Scene, desk: AtDesk) -> None:
    person = desk("desk")
    answer = person.send(form_at(person), GOOD | {"channel": "online"})
    assert "Đã ghi nhận hồ sơ trực tuyến" in words(person.see(str(answer.location)))


# Results ---------------------------------------------------------------------------------------------------------------


def listed(page: HtmlElement) -> list[str]:
    return [str(link.text_content()) for link in below(page, "cell-code", "a")]


@pytest.mark.rule("QT-18.4", "ST-16.2")
def test_a_result_goes_through_the_lists(scene: Scene, desk: AtDesk) -> None:
    code = scene.at_step("give_back", scene.publish("linear"), applicant={"name": "Đặng Thị Ánh"})
    task = scene.task(code, "give_back").id
    person = desk("desk")
    assert listed(person.see("/tra-ket-qua?loai=waiting")) == [code]
    assert listed(person.see("/tra-ket-qua")) == []
    scene.do("confirm-result", "desk", task)
    assert listed(person.see("/tra-ket-qua?q=dang+anh")) == [code]
    assert "Hãy thử tìm trong mọi hồ sơ" in words(person.see("/tra-ket-qua?q=zzz"))
    assert listed(person.see("/tra-ket-qua?loai=uncollected")) == []
    scene.clock.move(days=31)
    page = desk("desk").see("/tra-ket-qua?loai=uncollected")
    assert listed(page) == [code]
    assert "hơn 30 ngày" in words(page)


def test_the_list_keeps_its_columns_in_bounds(scene: Scene, desk: AtDesk) -> None:
    scene.register(channel="online", applicant={"name": "Ng" * 1900})
    page = desk("desk").see("/tiep-nhan/truc-tuyen")
    (row,) = page.xpath("//table//tbody/tr")
    assert [one.get("class") for one in row][:4] == ["cell-code", "cell-applicant", "cell-procedure", "cell-when"]
    assert len(row.find_class("cell-applicant")[0].text_content()) <= 120


@pytest.mark.parametrize(
    "query", ["loai=nothing", "trang=x", "trang=%00", "loai=%00", "q=%00", "loai=intake&trang=e30"]
)
def test_a_strange_address_shows_the_first_page(scene: Scene, desk: AtDesk, query: str) -> None:
    assert "Trả kết quả tại bộ phận một cửa" in words(desk("desk").see(f"/tra-ket-qua?{query}"))


def test_my_account_says_what_i_hold_and_may(scene: Scene, desk: AtDesk) -> None:
    told = words(desk("desk").see("/toi"))
    for text in ("Nguyễn Thị desk", "Sở Y tế", "Cán bộ một cửa"):
        assert text in told
    assert "Chưa được giao vị trí việc làm nào" in words(desk("admin").see("/toi"))
