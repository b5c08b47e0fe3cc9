"""What a citizen sees: her dossier by code or QR code, at a glance, and nobody else's names."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from lxml.html import HtmlElement

from app.rules.status import STATUSES
from app.web.citizen import TOLD
from tests.actions.scene import Scene
from tests.factories import set_columns
from tests.web.desk import Desk, page_of, words

AtDesk = Callable[[str], Desk]
HOSTILE = "<script>alert(1)</script>\u202eTên ngược =CMD|' /C calc'!A0"


def token_of(scene: Scene, code: str) -> str:
    return str(scene.dossier(code).token)


def seen(scene: Scene, path: str, status: int = 200) -> HtmlElement:
    answer = scene.app.test_client().get(path, follow_redirects=True)
    assert answer.status_code == status, answer.text
    return page_of(answer)


def stages(page: HtmlElement) -> list[str]:
    (steps,) = page.find_class("steps")
    return [str(step.get("class")).removeprefix("step-") for step in steps]


def title(page: HtmlElement) -> str:
    return str(page.find(".//h1").text_content())


def put(scene: Scene, code: str, **columns: object) -> None:
    with scene.writing() as connection:
        set_columns(connection, "dossiers", scene.dossier(code).id, **columns)


@pytest.mark.rule("QT-14.2")
def test_a_code_is_enough_and_leads_to_state_and_date(scene: Scene) -> None:
    code = scene.register(applicant={"name": "Trần Văn Bình"})["code"]
    page = seen(scene, f"/tra-cuu?code={code}")
    told = words(page)
    assert title(page) == "Hồ sơ đã được tiếp nhận"
    for text in (code, "13:30 07/12/2026", "Bạn chưa cần làm gì.", "Được tiếp nhận"):
        assert text in told
    for secret in ("Bình", "Giảm học phí", "Cán bộ một cửa"):
        assert secret not in told


@pytest.mark.parametrize(
    "change", [str.lower, lambda code: f"  {code[:9]} {code[9:]} ", lambda code: code.replace("-", "–")]
)
def test_a_code_is_read_as_people_type_it(scene: Scene, change: Callable[[str], str]) -> None:
    code = scene.register()["code"]
    client = scene.app.test_client()
    answer = client.get("/tra-cuu", query_string={"code": change(code)})
    assert (answer.status_code, answer.location) == (303, f"/tra-cuu?code={code}")


@pytest.mark.rule("ST-17.3", "LA-15.1")
def test_the_address_of_the_qr_code_may_be_pasted_whole(scene: Scene) -> None:
    code = scene.register()["code"]
    address = f"https://motcua.example/tra-cuu?code={code}&token={token_of(scene, code)}"
    client = scene.app.test_client()
    answer = client.get("/tra-cuu", query_string={"code": address}, follow_redirects=True)
    assert answer.status_code == 200
    assert "Trần Văn Bình" in words(answer)


@pytest.mark.rule("ST-17.3", "LA-15.1")
def test_the_token_shows_who_what_where_each_step_and_the_slips(scene: Scene) -> None:
    code = scene.at_step("process", scene.publish("linear"), applicant={"name": HOSTILE})
    page = seen(scene, f"/tra-cuu?code={code}&token={token_of(scene, code)}")
    told = words(page)
    for text in ("alert(1)", "Thủ tục linear", "Sở Y tế", "Chuyên viên", "Đang xử lý từ 08:00 23/11/2026"):
        assert text in told
    assert page.xpath("//script[not(@src)]") == []
    (slip,) = page.xpath("//a[contains(@href, '.pdf')]/@href")
    answer = scene.app.test_client().get(slip)
    assert (answer.status_code, answer.data[:5]) == (200, b"%PDF-")


@pytest.mark.parametrize("token", ["", "x", "\x00", "é", "a" * 9999, "%ff"])
def test_a_wrong_token_shows_no_more_than_none(scene: Scene, token: str) -> None:
    code = scene.register()["code"]
    client = scene.app.test_client()
    without = client.get("/tra-cuu", query_string={"code": code})
    answer = client.get("/tra-cuu", query_string={"code": code, "token": token})
    assert (answer.status_code, words(answer)) == (200, words(without))


@pytest.mark.parametrize(
    ("asked", "status"),
    [("000.00.99.H99-260101-0001", 404), ("xin chào", 422), ("\x00", 200), ("?" * 600, 422), ("<script>alert(1)</script>", 422),
     ("https://evil.example/?code=x", 422), ("\u202e", 200), ("http://[", 422), ("a" * 99999, 422)],
)  # fmt: skip
def test_what_is_no_dossier_is_asked_again(scene: Scene, asked: str, status: int) -> None:
    answer = scene.app.test_client().get("/tra-cuu", query_string={"code": asked})
    assert answer.status_code == status
    page = page_of(answer)
    assert page.get_element_by_id("code") is not None
    assert "<script>alert" not in answer.text
    if status != 200:
        assert page.get_element_by_id("code").value == " ".join(asked.split())[:500]
        assert page.xpath("//*[@id='error-summary']//a/@href") == ["#code"]


EXPECTED = {
    1: ["done", "current", "todo", "todo", "todo"],
    2: ["done", "done", "current", "todo", "todo"],
    3: ["done", "todo", "todo", "todo", "todo"],
    4: ["done", "done", "current", "todo", "todo"],
    5: ["done", "done", "current", "todo", "todo"],
    6: ["done", "done", "current", "todo", "todo"],
    7: ["done", "done", "todo", "todo", "todo"],
    8: ["done", "done", "todo", "todo", "todo"],
    9: ["done", "done", "done", "done", "current"],
    10: ["done"] * 5,
}


@pytest.mark.parametrize("status", STATUSES, ids=lambda status: str(status.number))
def test_every_status_says_what_has_happened_how_far_it_is_and_what_to_do(scene: Scene, status: object) -> None:
    found = next(one for one in STATUSES if one == status)
    code = scene.register()["code"]
    put(scene, code, status=found.number)
    page = seen(scene, f"/tra-cuu?code={code}")
    told = TOLD[found]
    assert title(page) == told.title
    assert [heading.text_content() for heading in page.iter("h2")][:2] == ["Bạn cần làm gì", "Tiến độ"]
    for text in (told.meaning, told.todo, f"Trạng thái trên hệ thống: {found.name}"):
        assert text in words(page)
    assert stages(page) == EXPECTED[found.number]
    wants = found.number in (5, 6)
    assert bool(page.find_class("citizen-state-attention")) == wants
    assert ("Tạm dừng, chờ bạn" in words(page)) == wants
    assert ("Chờ bạn nhận kết quả" in words(page)) == (found.number == 9)
    assert ("Hẹn trả kết quả" in words(page)) == (found.number in (2, 4))


def test_a_late_dossier_says_so_and_whom_to_ask(scene: Scene) -> None:
    code = scene.at_step("process", scene.publish("linear"))
    assert "quá hẹn" not in words(seen(scene, f"/tra-cuu?code={code}"))
    scene.clock.set_local("2026-12-30 08:00")
    told = words(seen(scene, f"/tra-cuu?code={code}"))
    assert "Hồ sơ đã quá hẹn trả kết quả." in told
    assert "hỏi bộ phận một cửa" in told
    assert "Bạn chưa cần làm gì" not in told


def test_officials_begin_at_their_work_and_citizens_here(scene: Scene, desk: AtDesk) -> None:
    assert "Tra cứu hồ sơ" in title(seen(scene, "/"))
    assert desk("desk").client.get("/").location == "/viec"
    assert desk("desk").client.get("/tra-cuu").status_code == 200


def test_an_unknown_address_is_a_page_with_a_way_on(scene: Scene) -> None:
    answer = scene.app.test_client().get("/khong-co", headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert page_of(answer).xpath("//main//a/@href") == ["/"]
