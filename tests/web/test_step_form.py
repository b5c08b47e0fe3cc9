"""A step's own form on its page: what it asks for stands there, is needed, and becomes the dossier's data."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from app.actions.form_values import check_form
from app.actions.publish_version import PublishVersion, publish
from app.config import PROJECT_ROOT
from app.store import organisation
from app.web.step_form_fields import for_browser
from tests import factories
from tests.actions.diagrams import DIAGRAMS
from tests.actions.scene import Scene
from tests.actions.test_form_values import CASES, TODAY, plain
from tests.factories import LONG_AGO, START
from tests.fixtures.browser import DESKTOP, PHONE, Person, Screen, axe, sticking_out
from tests.web.desk import Desk, page_of, words
from tests.web.form_generator import drawn_cases

AtDesk = Callable[[str], Desk]
FORM = {
    "components": [
        {"type": "select", "key": "office", "label": "Cơ quan phối hợp", "values": [],
         "properties": {"position": "office_specialist"}, "validate": {"required": True}},
        {"type": "checklist", "key": "kinds", "label": "Loại giấy tờ", "description": "Chọn một hoặc nhiều.",
         "values": [{"value": "a", "label": "Bản chính"}, {"value": "b", "label": "Bản sao"}]},
        {"type": "number", "key": "area", "label": "Diện tích (m2)"},
        {"type": "group", "label": "Thêm", "components": [{"type": "textarea", "key": "more", "label": "Ghi chú"}]},
        {"type": "checkbox", "key": "urgent", "label": "Khẩn"},
        {"type": "html", "content": "<script>alert(1)</script>"},
    ]
}  # fmt: skip


@pytest.fixture
def code(scene: Scene) -> str:
    """A dossier at the step `process`, which has that form."""
    with scene.writing() as connection:
        factories.procedure(connection, "formed", [scene.province.health])
    diagram = DIAGRAMS["linear"].replace(
        b'<bpmn:userTask id="process"', b'<bpmn:userTask id="process" camunda:formKey="asked"'
    )
    command = PublishVersion(
        "formed", diagram, "formed.bpmn", "12/QĐ-UBND", LONG_AGO, LONG_AGO, {"asked.json": json.dumps(FORM).encode()}
    )
    with scene.app.app_context():
        publish(command, scene.province.accounts["admin"], START, scene.guard)
    return scene.at_step("process", "formed")


def send(scene: Scene, desk: AtDesk, code: str, **typed: Any) -> Any:
    named = {f"forward-data_{name}": value for name, value in typed.items()}
    return desk("binh").act(code, scene.task(code, "process").id, "forward", **named)


def test_the_fields_of_the_form_stand_on_the_page(scene: Scene, desk: AtDesk, code: str) -> None:
    page = desk("binh").see(f"/ho-so/{code}")
    (offices,) = page.xpath("//select[@name='forward-data_office']")
    assert offices.xpath("option/@value") == ["", "VPUBND"], "agencies that have the position"
    assert page.xpath("//input[@type='checkbox'][@name='forward-data_kinds']/@value") == ["a", "b"]
    told = words(page)
    for label in ("Cơ quan phối hợp", "Loại giấy tờ", "Chọn một hoặc nhiều.", "Diện tích (m2)", "Ghi chú", "Khẩn"):
        assert label in told
    assert "alert(1)" not in told


def test_what_is_filled_in_becomes_the_dossiers_data(scene: Scene, desk: AtDesk, code: str) -> None:
    answer = send(scene, desk, code, office="VPUBND", kinds=["a", "b"], area="120,5", more="Góc phố", urgent="true")
    assert answer.status_code == 303, words(answer)
    assert scene.open_steps(code) == ["review"]
    data = scene.get("desk", f"/dossiers/{code}")["data"]
    assert data == {"office": "VPUBND", "kinds": ["a", "b"], "area": 120.5, "more": "Góc phố", "urgent": True}
    seen = words(desk("head").see(f"/ho-so/{code}"))
    with scene.reading() as connection:
        office = organisation.find_agency(connection, "VPUBND")
    assert office is not None
    assert f"Cơ quan phối hợp {office.name}" in seen
    assert "Loại giấy tờ Bản chính; Bản sao" in seen
    scene.sound(code)


def test_what_is_needed_and_what_does_not_fit_is_said_at_its_field(scene: Scene, desk: AtDesk, code: str) -> None:
    answer = send(scene, desk, code, area="rộng", kinds=["c"])
    assert answer.status_code == 422
    page = page_of(answer)
    for name, text in (
        ("office", "Hãy nhập “Cơ quan phối hợp”."),
        ("kinds", "Có lựa chọn không nằm trong danh sách."),
        ("area", "Phải là một số."),
    ):
        (told,) = page.xpath(f"//*[@id='forward-data_{name}-error']")
        assert told.text_content() == text
    assert scene.open_steps(code) == ["process"]


def test_one_of_a_list_is_a_list_and_what_stood_there_counts(scene: Scene, desk: AtDesk, code: str) -> None:
    assert send(scene, desk, code, office="VPUBND", kinds=["b"]).status_code == 303
    assert scene.get("desk", f"/dossiers/{code}")["data"]["kinds"] == ["b"]
    scene.do("return", "head", scene.task(code, "review").id, {"comment": "Xem lại."})
    assert send(scene, desk, code).status_code == 303, "what is needed was given before"
    assert scene.get("desk", f"/dossiers/{code}")["data"]["office"] == "VPUBND"


def test_a_page_without_a_script_has_what_every_type_needs(scene: Scene, desk: AtDesk, code: str) -> None:
    page = desk("binh").see(f"/ho-so/{code}")
    (place,) = page.xpath("//*[@data-step-form]")
    assert place.get("hidden") is not None
    assert json.loads(place.get("data-schema"))["components"][-1]["key"] == "urgent", "html is not given to the browser"
    assert page.xpath("//input[@type='hidden'][@name='forward-data_urgent']/@value") == ["false"]


@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_it_can_be_read_and_filled_in_on_every_screen(scene: Scene, person: Person, code: str, screen: Screen) -> None:
    page = person("binh", screen=screen)
    page.goto(f"/ho-so/{code}")
    expect(page.locator("[data-step-form][data-ready]")).to_be_visible()
    assert sticking_out(page) == []
    assert axe(page) == []
    button = page.get_by_role("button", name="Chuyển bước tiếp theo")
    button.click()
    expect(page.get_by_text("Hãy nhập trường này.")).to_be_visible()
    assert scene.open_steps(code) == ["process"]
    # What is missing has the focus, which opens its list.
    page.locator(".fjs-dropdownlist").get_by_text("Văn phòng UBND tỉnh").click()
    for kind in ("Bản chính", "Bản sao"):
        page.get_by_label(kind).check()
    page.get_by_label("Diện tích (m2)").fill("120,5")
    button.click()
    expect(page.get_by_text("Đã chuyển hồ sơ")).to_be_visible()
    data = scene.get("desk", f"/dossiers/{code}")["data"]
    assert (data["office"], data["kinds"], data["area"], data["urgent"]) == ("VPUBND", ["a", "b"], 120.5, False)
    assert scene.open_steps(code) == ["review"]


IN_BROWSER = (PROJECT_ROOT / "tests/web/form_in_browser.js").read_text(encoding="utf-8").partition("\n")[2]
SEEDS, AT_ONCE = 400, 50


def in_browser(page: Page, cases: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What form-js says of cases, in order, all on one page."""
    sent = [{**case, "components": for_browser({"components": case["components"]}, {})["components"]} for case in cases]
    told: list[dict[str, Any]] = []
    for first in range(0, len(sent), AT_ONCE):
        told += page.evaluate(IN_BROWSER, sent[first : first + AT_ONCE])
    return told


@pytest.fixture
def drawing(person: Person, code: str) -> Page:
    """A page that has form-js."""
    page = person("binh")
    page.goto(f"/ho-so/{code}")
    expect(page.locator("[data-step-form][data-ready]")).to_be_visible()
    return page


def test_the_browser_says_what_the_server_says(drawing: Page) -> None:
    found = []
    for case, told in zip(CASES, in_browser(drawing, CASES), strict=True):
        if told["wrong"] != case["wrong"]:
            found.append(f"{case['name']}: wrong {told['wrong']}")
        if case["data"] is not None and plain(told["data"]) != plain(case["data"]):
            found.append(f"{case['name']}: data {told['data']}")
    assert not found, "\n".join(found)


def test_server_and_browser_agree_on_forms_that_nobody_thought_of(drawing: Page) -> None:
    cases = drawn_cases(1, SEEDS)
    # Beside Playwright's event loop, which V8's would meet on this thread.
    with ThreadPoolExecutor(1) as apart:
        checked = list(apart.map(lambda case: check_form(case, {}, case["given"], TODAY), cases))
    found = []
    for case, filled, told in zip(cases, checked, in_browser(drawing, cases), strict=True):
        wrong = sorted(name.removeprefix("data.") for name in filled.wrong)
        if told["wrong"] != wrong:
            found.append(f"{case['name']}: browser {told['wrong']}, server {filled.wrong}")
        elif not wrong and plain(told["data"]) != plain(filled.data):
            found.append(f"{case['name']}: data: browser {plain(told['data'])}, server {plain(filled.data)}")
    assert not found, f"{len(found)} of {SEEDS}:\n" + "\n".join(found[:20])
