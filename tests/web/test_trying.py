"""Playing a draft, and a version, through: without a browser, then once with one."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from lxml import html
from playwright.sync_api import expect
from werkzeug.test import TestResponse

from app.config import PROJECT_ROOT
from app.demo.content import content
from app.store import procedures
from app.store.diagram_drafts import DraftFiles, add_draft
from tests.actions.diagrams import DIAGRAMS
from tests.actions.scene import Scene
from tests.factories import START
from tests.fixtures.browser import Person, axe
from tests.web.desk import Desk, page_of, words
from tests.web.screens import button

SEE = Callable[[str], Desk]
MORNING = "2026-11-24T08:00"


class Player:
    """A designer at the page of a draft, pressing its buttons."""

    def __init__(self, desk: Desk, address: str) -> None:
        self.desk, self.address = desk, address
        self.seen: html.HtmlElement = desk.see(address)
        self.status = 200

    @property
    def text(self) -> str:
        return words(self.seen)

    def send(self, kind: str, button: dict[str, str] | None = None, **typed: Any) -> TestResponse:
        forms = [form for form in self.seen.iter("form") if dict(form.form_values()).get("viec") == kind]
        ref = typed.pop("ref", None)
        if ref is not None:
            forms = [form for form in forms if dict(form.form_values()).get("ref") == ref]
        assert forms, f"no form for {kind}: {self.text}"
        fields = {name: str(value) for name, value in forms[0].form_values()}
        answer = self.desk.client.post(forms[0].get("action"), data=fields | typed | (button or {}))
        self.status = answer.status_code
        if answer.status_code == 303:
            self.address = str(answer.headers["Location"])
            self.seen = self.desk.see(self.address)
        else:
            self.seen = page_of(answer)
        return answer

    def begin(self, **typed: Any) -> Player:
        self.send("begin", **({"at": MORNING} | typed))
        assert self.status == 303, self.text
        return self

    def forward(self, decision: str | None = None, **typed: Any) -> Player:
        self.send("f", {"decision": decision} if decision else None, **typed)
        return self


def draft_of(scene: Scene, diagram: bytes, code: str = "linear", **files: Any) -> int:
    with scene.writing() as connection:
        procedure = procedures.find_procedure(connection, code)
        assert procedure is not None
        values = {
            "procedure_id": procedure.id,
            "title": "Bản vẽ thử",
            "base_version": None,
            "origin": {"kind": "empty"},
        }
        return add_draft(connection, values, DraftFiles(diagram, **files), scene.province.accounts["admin"], START)


@pytest.fixture
def player(scene: Scene, desk: SEE) -> Callable[..., Player]:
    scene.publish("linear")

    def make(diagram: bytes = DIAGRAMS["linear"], **files: Any) -> Player:
        return Player(desk("admin"), f"/thiet-ke/{draft_of(scene, diagram, **files)}/chay-thu")

    return make


@pytest.mark.rule("QT-22.4", "QT-21c", "QT-18.6")
def test_a_draft_is_played_through_with_a_late_step(player: Callable[..., Player]) -> None:
    play = player().begin()
    assert "Đồng hồ: thứ ba, 08:00 24/11/2026" in play.text
    assert "Được tiếp nhận" in play.text
    play.forward()
    assert "Bước process" in play.text
    assert "(binh)" in play.text, "who would get it"
    assert "Đã trễ hạn bước" not in play.text
    play.send("d")
    play.send("d")
    assert "Đã trễ hạn bước" in play.text
    assert "Báo người giữ việc: bước đã đến hạn" in play.text
    assert "Có bước trễ hạn" in play.text
    play.forward().forward()
    assert "Xác nhận có kết quả và trả" in play.text
    play.forward()
    assert "Hồ sơ đã đi hết quy trình" in play.text
    assert "Mọi bước đều đã được đi qua" in play.text
    assert "Điều 18" in play.text, "the deadline is explained"


def test_back_undo_reload_and_again(player: Callable[..., Player]) -> None:
    play = player().begin().forward().forward()
    assert "Bước review" in play.text
    assert words(play.desk.see(play.address)) == play.text, "reloaded"
    play.send("undo")
    assert "2/300" not in play.text
    assert "1/300" in play.text
    play.send("r", ref="process")
    assert "Trả lại" in play.text
    play.send("again")
    assert "0/300" in play.text
    never = play.text.partition("Chưa đi qua trong mọi lượt")[2].partition(".")[0]
    assert ("receive" in never, "process" in never) == (False, True), never


def test_moves_that_cannot_be_made_say_why(player: Callable[..., Player]) -> None:
    play = player().begin()
    play.send("t", at="2026-11-23T08:00")
    assert (play.status, "Đồng hồ chỉ chạy tới" in play.text) == (422, True)
    play.send("t", at="hôm qua")
    assert (play.status, "Hãy ghi ngày và giờ" in play.text) == (422, True)
    play.send("t", at="9999-01-01T08:00")
    assert (play.status, "từ năm 1990" in play.text) == (422, True)
    play.send("f", ref="receive")
    old = play.address
    play.desk.see(old.replace("luot=", "luot=x"), 200)
    assert "không còn nguyên vẹn" in words(play.desk.see(f"{old.partition('?')[0]}?luot=abc"))
    assert "không còn nguyên vẹn" in words(play.desk.see(f"{old.partition('?')[0]}?luot={'A' * 9000}"))


@pytest.mark.rule("QT-19.3a", "QT-19.1a")
def test_the_dossier_is_held_for_a_supplement_and_promised_anew(player: Callable[..., Player]) -> None:
    play = player().begin().forward()
    play.send("s")
    assert "Yêu cầu bổ sung giấy tờ" in play.text
    assert "Hồ sơ tạm dừng chờ bổ sung" in play.text
    play.send("d")
    play.send("S")
    assert "thời gian tính lại từ đầu" in play.text
    play.send("a", appointment="2027-01-20T08:00")
    assert "08:00 20/01/2027" in play.text


def test_decisions_data_and_every_way(player: Callable[..., Player]) -> None:
    play = player(DIAGRAMS["decision"])
    assert "amount" in play.text
    play.begin(**{"d.amount": "1001"}).forward()
    assert "Đồng ý" in play.text
    play.forward("agree")
    assert "Bước approve" in play.text
    ways = words(play.desk.see(play.address.replace("?", "/moi-duong?")))
    assert "Mọi đường đi của hồ sơ" in ways
    every = words(play.desk.see(f"{play.address.partition('?')[0]}/moi-duong"))
    assert "Bước nào cũng có đường đi qua" in every
    assert "Không đồng ý" in every


def test_a_condition_that_waits_for_what_no_decision_gives_is_refused_by_the_gate(
    player: Callable[..., Player],
) -> None:
    drawn = DIAGRAMS["decision"].replace(
        b"agree=\xc4\x90\xe1\xbb\x93ng \xc3\xbd;", b"yes=\xc4\x90\xe1\xbb\x93ng \xc3\xbd;"
    )
    assert drawn != DIAGRAMS["decision"]
    play = player(drawn)
    assert "Sơ đồ còn lỗi" in play.text
    assert "agree" in play.text


def test_a_drawing_that_the_gate_refuses_says_what_is_wrong_and_leads_there(player: Callable[..., Player]) -> None:
    play = player(DIAGRAMS["linear"].replace(b'targetRef="done"', b'targetRef="receive"'))
    assert "Sơ đồ còn lỗi nên chưa chạy thử được" in play.text
    assert play.seen.xpath("//a[contains(@href, 'phan-tu=')]")
    bad = player(b"<definitions")
    assert "Sơ đồ còn lỗi" in bad.text


def test_a_version_is_played_too_and_others_may_not(player: Callable[..., Player], desk: SEE) -> None:
    player()
    play = Player(desk("admin"), "/thu-tuc/linear/phien-ban/1/chay-thu").begin().forward()
    assert "Bước process" in play.text
    marks = desk("admin").client.get(play.address.replace("?", "/so-do?")).json
    assert marks["marks"] == {"receive": "taken", "process": "open", "review": "never", "give_back": "never"}
    assert marks["xml"].startswith("<?xml")
    desk("binh").see("/thu-tuc/linear/phien-ban/1/chay-thu", 403)
    desk("binh").see(play.address, 403)
    desk("admin").see("/thu-tuc/linear/phien-ban/9/chay-thu", 404)


@pytest.mark.rule("QT-21c")
def test_a_long_procedure_with_a_late_step_in_a_browser(scene: Scene, person: Person) -> None:
    """Procedure 14: through four agencies' rooms; one step is left lying and the page warns of it."""
    published = next(one for one in content("procedures")["procedures"] if one["code"] == "DEMO.14")
    scene.publish("linear", limit=published["limit"])
    diagram = (PROJECT_ROOT / "bpmn" / "procedures" / published["diagram"]).read_bytes()
    page = person("admin")
    page.goto(f"/thiet-ke/{draft_of(scene, diagram)}/chay-thu")
    page.get_by_label("Tiếp nhận lúc").fill(MORNING)
    button(page, "Bắt đầu chạy thử").click()
    expect(page.locator("[data-heat][data-ready]")).to_be_visible()
    button(page, "Chuyển bước tiếp theo").click()
    expect(page.get_by_text("Đã trễ hạn bước")).to_have_count(0)
    button(page, "Sáng hôm sau").click()
    expect(page.get_by_text("Đã trễ hạn bước")).to_be_visible()
    expect(page.get_by_text("Báo người giữ việc: bước đã đến hạn")).to_be_visible()
    expect(page.locator(".try-vacant").first).to_be_visible()
    page.go_back()
    expect(page.get_by_text("Đã trễ hạn bước")).to_have_count(0)
    page.go_forward()
    expect(page.get_by_text("Đã trễ hạn bước")).to_be_visible()
    assert axe(page) == []
    for _ in range(30):
        done = page.get_by_role("button", name=re.compile("Chuyển bước tiếp theo|Xác nhận có kết quả và trả"))
        if not done.count():
            break
        done.first.click()
        page.wait_for_load_state()
    expect(page.get_by_role("heading", name="Hồ sơ đã đi hết quy trình")).to_be_visible()
    expect(page.get_by_text("Mọi bước đều đã được đi qua")).to_be_visible()
