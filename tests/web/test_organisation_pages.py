"""Administrators at the pages of organisation and accounts: filled in, refused with everything typed, written down."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from io import BytesIO

import pytest
from flask import Flask
from sqlalchemy import text
from werkzeug.test import TestResponse

from app.access.guard import declared
from app.actions import import_accounts
from app.actions.account_rows import template_rows
from app.sheets.read import read_sheet
from app.views.sheet_files import xlsx_file
from tests.actions.scene import Scene
from tests.actions.test_keep_organisation import COMMUNE, changes, own, send
from tests.factories import PASSWORD
from tests.web.desk import Desk, page_of, words

__all__ = ["own"]

OWN_MODULES = ("app.web.organisation", "app.web.copying", "app.web.accounts", "app.web.account_import")
WRITE_NOTHING = {"web.password_files"}
"""It makes files of what its page holds."""


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_accounts, "hashed", lambda words: [f"not a hash {word[::-1]}" for word in words])


def written(scene: Scene) -> int:
    with scene.reading() as connection:
        count = "SELECT count(*) FROM administration_changes WHERE kind NOT LIKE 'sign%'"
        return int(connection.execute(text(count)).scalar_one())


def sent(desk: Desk, page: str, action: str, **typed: str) -> TestResponse:
    """Open the page, fill in its form, press its button."""
    return desk.send(desk.form(desk.see(page), action), typed)


def went_on(answer: TestResponse) -> None:
    assert answer.status_code == 303, words(answer)


def hand_in(desk: Desk, rows: list[tuple[str, ...]], head: tuple[str, ...]) -> TestResponse:
    form = desk.form(desk.see("/quan-tri/nhap-tai-khoan"), "/quan-tri/nhap-tai-khoan")
    return desk.client.post(
        form.action, data=form.fields | {"file": (BytesIO(xlsx_file("Cán bộ", head, rows)), "can-bo.xlsx")}
    )


ROUTES: dict[str, Callable[[Desk], TestResponse]] = {
    "web.add_agency": lambda admin: sent(
        admin,
        "/quan-tri/co-quan/moi",
        "/quan-tri/co-quan/moi",
        **{key: str(value) for key, value in COMMUNE.items()},
    ),
    "web.change_agency": lambda admin: sent(
        admin,
        "/quan-tri/co-quan/DH/sua",
        "/quan-tri/co-quan/DH/sua",
        name="UBND phường Đông Hà 2",
        named_from="2026-11-20",
    ),
    "web.copy": lambda admin: sent(
        admin, "/quan-tri/co-quan/sao-chep?tu=SYT&den=DH&xem=1", "/quan-tri/co-quan/sao-chep"
    ),
    "web.add_unit": lambda admin: sent(
        admin,
        "/quan-tri/co-quan/DH/don-vi/moi",
        "/quan-tri/co-quan/DH/don-vi/moi",
        code="b",
        name="Phòng B",
        kind="room",
    ),
    "web.change_unit": lambda admin: sent(
        admin, "/quan-tri/co-quan/DH/don-vi/b", "/quan-tri/co-quan/DH/don-vi/b", name="Phòng C"
    ),
    "web.shut_unit": lambda admin: sent(
        admin, "/quan-tri/co-quan/DH/don-vi/b", "/quan-tri/co-quan/DH/don-vi/b/dong", last_day="2026-12-31"
    ),
    "web.add_position": lambda admin: sent(
        admin,
        "/quan-tri/co-quan/DH/vi-tri/moi?don-vi=room",
        "/quan-tri/co-quan/DH/vi-tri/moi",
        code="extra",
        name="Cán bộ thêm",
    ),
    "web.change_position": lambda admin: sent(
        admin, "/quan-tri/co-quan/DH/vi-tri/extra", "/quan-tri/co-quan/DH/vi-tri/extra", unit="clerks", head="true"
    ),
    "web.shut_position": lambda admin: sent(
        admin, "/quan-tri/co-quan/DH/vi-tri/extra", "/quan-tri/co-quan/DH/vi-tri/extra/dong", last_day="2026-12-31"
    ),
    "web.add_account": lambda admin: sent(
        admin,
        "/quan-tri/lap-tai-khoan",
        "/quan-tri/lap-tai-khoan",
        name="Lê Văn Ba",
        agency="DH",
        permissions="task.work",
    ),
    "web.change_account": lambda admin: sent(
        admin, "/quan-tri/tai-khoan/ba.lv", "/quan-tri/tai-khoan/ba.lv/sua", email="ba@quangtri.gov.vn"
    ),
    "web.change_permissions": lambda admin: sent(
        admin, "/quan-tri/tai-khoan/ba.lv", "/quan-tri/tai-khoan/ba.lv/quyen", permissions="report.view"
    ),
    "web.give": lambda admin: sent(
        admin,
        "/quan-tri/tai-khoan/ba.lv",
        "/quan-tri/tai-khoan/ba.lv/vi-tri",
        position="clerk",
        from_day="2026-11-23",
        to_day="",
    ),
    "web.end": lambda admin: admin.send(
        admin.form(admin.see("/quan-tri/tai-khoan/ba.lv"), ending(admin)), {"last_day": "2026-12-01"}
    ),
    "web.give_password": lambda admin: sent(admin, "/quan-tri/tai-khoan/ba.lv", "/quan-tri/tai-khoan/ba.lv/mat-khau"),
    "web.let_account_in": lambda admin: let_in(admin),
    "web.lock": lambda admin: sent(admin, "/quan-tri/tai-khoan/ba.lv", "/quan-tri/tai-khoan/ba.lv/khoa"),
    "web.unlock": lambda admin: sent(admin, "/quan-tri/tai-khoan/ba.lv", "/quan-tri/tai-khoan/ba.lv/mo-khoa"),
    "web.hand_in_accounts": lambda admin: hand_in(admin, [("Lê Văn Tư", "DH")], ("Họ tên", "Cơ quan")),
    "web.accept_accounts": lambda admin: sent(admin, "/quan-tri/nhap-tai-khoan/1", "/quan-tri/nhap-tai-khoan/1"),
    "web.shut_agency": lambda admin: sent(
        admin, "/quan-tri/co-quan/DH", "/quan-tri/co-quan/DH/dong", last_day="2026-12-31"
    ),
}
"""Every route that changes something, in an order in which they can be used; `DH` is made on the way."""


def let_in(admin: Desk) -> TestResponse:
    """Wrong passwords until the account has to wait, and then it need not."""
    for _ in range(5):
        admin.client.post("/api/v1/tokens", json={"username": "ba.lv", "password": "sai"})
    return sent(admin, "/quan-tri/tai-khoan/ba.lv", "/quan-tri/tai-khoan/ba.lv/bo-tam-khoa")


def ending(admin: Desk) -> str:
    """Where the form goes that ends the first position of Lê Văn Ba."""
    found = re.search(
        r'action="(/quan-tri/tai-khoan/ba.lv/vi-tri/\d+/ket-thuc)"', admin.client.get("/quan-tri/tai-khoan/ba.lv").text
    )
    assert found
    return found[1]


@pytest.mark.rule("QT-27.5")
def test_every_route_that_changes_something_writes_it_down(
    scene: Scene, desk: Callable[[str], Desk], app: Flask
) -> None:
    posts = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "POST" in (rule.methods or ()) and app.view_functions[rule.endpoint].__module__ in OWN_MODULES
    }
    assert posts - WRITE_NOTHING == ROUTES.keys()
    admin = desk("admin")
    place = ""
    for endpoint, act in ROUTES.items():
        before = written(scene)
        if endpoint == "web.accept_accounts":
            answer = sent(admin, place, place)
        else:
            answer = act(admin)
        assert answer.status_code in (200, 303), f"{endpoint}: {words(answer)}"
        assert written(scene) > before, endpoint
        place = answer.location or place


@pytest.mark.rule("HT-16.1")
def test_administrators_alone_reach_these_pages(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if view.__module__ in OWN_MODULES:
            assert set(declared(view) or ()) <= {"account.manage", "account.manage_own"}, rule.endpoint


def test_an_agency_made_by_copying(scene: Scene, desk: Callable[[str], Desk]) -> None:
    admin = desk("admin")
    went_on(ROUTES["web.add_agency"](admin))
    empty = words(admin.see("/quan-tri/co-quan/DH"))
    assert "sao chép từ cơ quan tương tự" in empty
    seen = words(admin.see("/quan-tri/co-quan/sao-chep?tu=SYT&den=DH&xem=1"))
    assert "Bộ phận một cửa UBND phường Đông Hà" in seen
    went_on(ROUTES["web.copy"](admin))
    assert "chưa có ai" in words(admin.see("/quan-tri/co-quan/DH"))
    again = words(admin.see("/quan-tri/co-quan/sao-chep?tu=SYT&den=DH&xem=1"))
    assert "đều có rồi" in again
    none = admin.client.get("/quan-tri/co-quan/sao-chep?tu=SYT&xem=1")
    assert (none.status_code, "ít nhất một cơ quan" in none.text) == (422, True)


def test_a_refusal_shows_what_was_typed(scene: Scene, desk: Callable[[str], Desk]) -> None:
    admin = desk("admin")
    typed = {"name": "Phường Một", "code": "SYT", "identifier": "000.00.31.H50", "valid_from": "2026-11-01"}
    refused = sent(admin, "/quan-tri/co-quan/moi", "/quan-tri/co-quan/moi", parent="VPUBND", **typed)
    assert refused.status_code == 422
    form = admin.form(refused, "/quan-tri/co-quan/moi")
    assert form.fields.items() >= (typed | {"parent": "VPUBND"}).items()
    assert page_of(refused).xpath("//*[@id='error-summary']//a/@href") == ["#code"]
    went_on(admin.send(form, {"code": "P1"}))


def test_who_changed_it_meanwhile_is_not_overwritten(scene: Scene, desk: Callable[[str], Desk]) -> None:
    admin = desk("admin")
    page = admin.see("/quan-tri/tai-khoan/chi")
    send(scene, "admin", "/accounts/chi", {"name": "Chị Chi"}, 200, "PUT")
    refused = admin.send(admin.form(page, "/quan-tri/tai-khoan/chi/sua"), {"name": "Chi khác"})
    assert (refused.status_code, "Người khác vừa sửa" in refused.text) == (412, True)
    assert scene.get("admin", "/accounts/chi")["name"] == "Chị Chi"


@pytest.mark.rule("ST-26.5")
@pytest.mark.rule("QT-28.5b")
def test_a_temporary_password_is_shown_once_and_handed_out_on_paper(scene: Scene, desk: Callable[[str], Desk]) -> None:
    admin = desk("admin")
    form = admin.form(admin.see("/quan-tri/tai-khoan/chi"), "/quan-tri/tai-khoan/chi/mat-khau")
    told = admin.send(form)
    assert told.headers["Cache-Control"] == "no-store"
    (password,) = page_of(told).xpath("//code[@class='told-password']/text()")
    assert (
        scene.app.test_client().post("/api/v1/tokens", json={"username": "chi", "password": password}).status_code
        == 201
    )
    again = admin.send(form)
    assert password not in again.text
    assert "không xem lại được" in again.text
    files = admin.form(told, "/quan-tri/giay-bao-tai-khoan")
    pdf = admin.send(files, {"as": "pdf"})
    assert (pdf.mimetype, pdf.data[:5]) == ("application/pdf", b"%PDF-")
    table = read_sheet(admin.send(files, {"as": "xlsx"}).data, "a.xlsx")
    assert table.rows[1][2:] == ["chi", password]
    for bad in ("", "[]", "{", json.dumps([{"username": 1}])):
        assert admin.send(files, {"people": bad}).status_code == 422


def test_a_table_with_a_mistake_is_corrected_and_taken(scene: Scene, desk: Callable[[str], Desk]) -> None:
    admin = desk("admin")
    head = tuple(read_sheet(admin.client.get("/quan-tri/nhap-tai-khoan/mau.xlsx").data, "mau.xlsx").rows[0])
    assert head == tuple(template_rows())
    columns = ("Họ tên", "Cơ quan", "Vị trí")
    seen = hand_in(admin, [("Lê Văn Ba", "SYT", "Chuyên viên"), ("Lê Văn Tư", "SYT", "Thợ lặn")], columns)
    went_on(seen)
    page = admin.see(seen.location)
    assert "không có vị trí “Thợ lặn”" in words(page)
    place = seen.location.partition("http://localhost")[2] or seen.location
    refused = admin.send(admin.form(page, place))
    assert refused.status_code == 422
    better = hand_in(admin, [("Lê Văn Ba", "SYT", "Chuyên viên"), ("Lê Văn Tư", "SYT", "Văn thư")], columns)
    told = admin.send(admin.form(admin.see(better.location), better.location))
    assert told.status_code == 200, words(told)
    assert len(page_of(told).xpath("//code[@class='told-password']")) == 2
    assert "lập 2 tài khoản" in words(admin.see(better.location))
    assert changes(scene, "account:tu.lv")[0][0] == "account_created"


def test_a_locked_person_is_out_at_once(scene: Scene, desk: Callable[[str], Desk]) -> None:
    admin, chi = desk("admin"), desk("chi")
    went_on(sent(admin, "/quan-tri/tai-khoan/chi", "/quan-tri/tai-khoan/chi/khoa"))
    assert "dang-nhap" in chi.client.get("/viec").text
    assert "Đang khóa" in words(admin.see("/quan-tri/tai-khoan?tt=khoa"))
    signs_in = scene.app.test_client().post("/api/v1/tokens", json={"username": "chi", "password": PASSWORD})
    assert signs_in.status_code == 401


def test_an_agencys_administrator_sees_her_agency(own: Scene, desk: Callable[[str], Desk]) -> None:
    keeper = desk("keeper")
    assert "Văn phòng UBND tỉnh" not in words(keeper.see("/quan-tri/tai-khoan"))
    keeper.see("/quan-tri/co-quan/VPUBND", 403)
    keeper.see("/quan-tri/co-quan/SYT/sua", 403)
    keeper.see("/quan-tri/tai-khoan/official", 404)
    shown = keeper.see("/quan-tri/tai-khoan/binh")
    assert "bạn không cho, không bỏ được quyền này" in words(shown)
    refused = keeper.send(
        keeper.form(shown, "/quan-tri/tai-khoan/binh/quyen"), {"permissions": ["task.work", "control.view"]}
    )
    assert refused.status_code == 422


def test_what_no_page_of_ours_sends_is_refused(scene: Scene, desk: Callable[[str], Desk]) -> None:
    admin = desk("admin")
    assert admin.client.get("/quan-tri/tai-khoan/a%00b").status_code == 404
    assert admin.client.get("/quan-tri/co-quan/sao-chep?tu=SYT&den=a%00b&xem=1").status_code in (200, 403, 422)
    position = {"held_agency": "SYT\0", "position": "clerk\0", "from_day": "2026-12-01"}
    answer = sent(admin, "/quan-tri/tai-khoan/binh", "/quan-tri/tai-khoan/binh/vi-tri", **position)
    assert answer.status_code == 422
    made = sent(admin, "/quan-tri/lap-tai-khoan", "/quan-tri/lap-tai-khoan", name="Lê Văn Ba", agency="SYT")
    form = admin.form(made, "/quan-tri/giay-bao-tai-khoan")
    for people in ("[" * 3000, '[{"name": "\\u0000"}]', "1"):
        assert admin.send(form, {"people": people}).status_code == 422
