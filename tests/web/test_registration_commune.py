"""The commune at the desk: asked where the drawing goes by it and no step asks for it, and read where it was given."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests import factories
from tests.actions.diagrams import CLERK, DIAGRAMS, OFFICER, line
from tests.actions.drawing import diagram, end, give_back, receive, start, step
from tests.actions.scene import Scene
from tests.web.desk import Desk, page_of, words

AtDesk = Callable[[str], Desk]
GOOD = {"applicant-name": "Trần Văn Bình", "has-application": "1", "how": "later", "filing": "paper"}


@pytest.fixture
def by_commune(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> str:
    """A procedure whose second step is the commune's; and two communes, of which one has its position."""
    steps = [step("process", OFFICER), step("verify", CLERK, agency="=commune")]
    drawing = diagram(
        "by_commune",
        [start(), receive(), *steps, give_back(), end()],
        line("start", "receive", "process", "verify", "give_back", "done"),
    )
    monkeypatch.setitem(DIAGRAMS, "by_commune", drawing)
    with scene.writing() as connection:
        for code, name in (("XDH", "UBND phường Đông Hà"), ("XCL", "UBND xã Cam Lộ")):
            agency = factories.agency(connection, code, name=name, level=3)
            room = factories.unit(connection, agency, "room")
            factories.account(connection, code.lower(), agency, [factories.position(connection, agency, room, CLERK)])
    return scene.publish("by_commune")


def test_the_desk_says_the_commune_and_the_step_goes_there(scene: Scene, desk: AtDesk, by_commune: str) -> None:
    person, at = desk("desk"), f"/tiep-nhan/{by_commune}"
    page = person.see(at)
    offered = [(one.get("value"), one.text) for one in page.get_element_by_id("commune").iter("option")]
    assert offered[1:] == [("XDH", "UBND phường Đông Hà"), ("XCL", "UBND xã Cam Lộ")]
    with scene.unchanged():
        answer = person.send(person.form(page, at), GOOD)
    assert answer.status_code == 422
    assert page_of(answer).xpath("//div[@id='error-summary']//a/@href") == ["#commune"]
    with scene.unchanged():
        assert person.send(person.form(page, at), GOOD | {"commune": "SYT"}).status_code == 422
    answer = person.send(person.form(page, at), GOOD | {"commune": "XCL"})
    assert answer.status_code == 303, answer.text
    code = str(answer.location).rpartition("/")[2]
    assert "Xã, phường, đặc khu giải quyết UBND xã Cam Lộ" in words(person.see(f"/ho-so/{code}"))
    scene.do("forward", "desk", scene.task(code, "receive").id)
    seen = words(desk("binh").see(f"/ho-so/{code}"))
    assert "“Bước verify” (Vị trí clerk, UBND xã Cam Lộ)" in seen
    scene.do("forward", "binh", scene.task(code, "process").id)
    assert scene.task(code, "verify").agency == "XCL"
    scene.do("forward", "xcl", scene.task(code, "verify").id)


def test_what_does_not_go_by_it_does_not_ask(scene: Scene, desk: AtDesk, by_commune: str) -> None:
    assert desk("desk").see("/tiep-nhan/1.000001").xpath("//select[@id='commune']") == []
    assert scene.get("desk", f"/procedures/{by_commune}")["asks_commune"] is True
    assert scene.get("desk", "/procedures/1.000001")["asks_commune"] is False
