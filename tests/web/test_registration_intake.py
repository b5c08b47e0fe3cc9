"""The registration form and the dossier's page: how it came, and papers that are only shown."""

from __future__ import annotations

import io
from collections.abc import Callable

from lxml.html import HtmlElement

from tests import factories
from tests.actions.scene import Scene
from tests.web.desk import Desk, page_of, words

AtDesk = Callable[[str], Desk]
GOOD = {"applicant-name": "Trần Văn Bình", "has-application": "1", "how": "later", "filing": "paper"}


def is_open(page: HtmlElement) -> bool:
    return bool(page.xpath("//form[@class='registration']//details/@open"))


def test_proxy_post_and_the_desks_help_are_entered_and_shown(scene: Scene, desk: AtDesk) -> None:
    person, at = desk("desk"), "/tiep-nhan/1.000001"
    page = person.see(at)
    assert not is_open(page)
    typed = GOOD | {
        "channel": "post", "post-voucher": "EB123456789VN", "post-office": "Bưu cục Đông Hà", "receipt-by": "post",
        "proxy-name": "Lê Thị Hoa", "proxy-authority": "Giấy ủy quyền số 5", "own-system": "Hệ thống thuế",
        "own-number": "TMS-1", "digitised": "1",
    }  # fmt: skip
    answer = person.send(person.form(page, at), typed)
    assert answer.status_code == 303
    code = str(answer.location).rpartition("/")[2]
    shown = words(person.see(f"/ho-so/{code}"))
    for text in (
        "Lê Thị Hoa; Giấy ủy quyền số 5",
        "EB123456789VN, Bưu cục Đông Hà",
        "Hệ thống thuế: TMS-1",
        "số hóa giấy tờ",
    ):
        assert text in shown
    assert "Người tiếp nhận Nguyễn Thị desk, Sở Y tế" in shown


def test_a_proxy_without_authority_is_named_where_it_stands(scene: Scene, desk: AtDesk) -> None:
    person, at = desk("desk"), "/tiep-nhan/1.000001"
    answer = person.send(person.form(person.see(at), at), GOOD | {"proxy-name": "Lê Thị Hoa"})
    page = page_of(answer)
    assert answer.status_code == 422
    assert page.xpath("//*[@id='error-summary']//a/@href") == ["#proxy-authority"]
    assert is_open(page)
    assert page.get_element_by_id("proxy-name").value == "Lê Thị Hoa"


def test_a_paper_that_is_only_shown_asks_for_neither_kind_nor_number(scene: Scene, desk: AtDesk) -> None:
    card = {"code": "CARD", "name": "Thẻ căn cước", "required": True, "originals": 0, "copies": 0, "present_only": True}
    with scene.writing() as connection:
        procedure = factories.procedure(
            connection, "9.3", [scene.province.health], components=[card], service_level="partial"
        )
        factories.version(connection, procedure)
    person, at = desk("desk"), "/tiep-nhan/9.3"
    page = person.see(at)
    assert page.xpath("//select[@id='kind-CARD']") == []
    assert page.xpath("//input[@name='deliver-mode']/@value") == ["desk", "post"]
    answer = person.send(person.form(page, at), {"applicant-name": "Bình", "has-CARD": "1", "how": "later"})
    assert answer.status_code == 303
    code = str(answer.location).rpartition("/")[2]
    assert "Đã xuất trình" in words(person.see(f"/ho-so/{code}/tep"))


def test_a_file_is_added_as_what_it_is(scene: Scene, desk: AtDesk) -> None:
    code = scene.register()["code"]
    person, at = desk("desk"), f"/ho-so/{code}/tep"

    def add(content: bytes, **about: str) -> str:
        fields = person.form(person.see(at), at).fields | about
        answer = person.client.post(
            at, data=fields | {"file": (io.BytesIO(content), "a.pdf")}, content_type="multipart/form-data"
        )
        return words(answer) if answer.status_code == 422 else words(person.see(at))

    assert "Đơn đề nghị (số hóa)" in add(b"%PDF-1.7\n", component="application", origin="digitised")
    assert "Kết quả (PDF)" in add(b"%PDF-1.7\n2", kind="result")
    assert "Kết quả giải quyết phải là tệp PDF." in add(b"no PDF", kind="result")
