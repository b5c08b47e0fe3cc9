"""A step's own form on its page: what it asks for stands there, is needed, and becomes the dossier's data."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from app.actions.publish_version import PublishVersion, publish
from app.store import organisation
from app.web.step_form_fields import for_browser
from tests import factories
from tests.actions.diagrams import DIAGRAMS
from tests.actions.scene import Scene
from tests.actions.test_form_values import CASES, plain
from tests.factories import LONG_AGO, START
from tests.fixtures.browser import DESKTOP, PHONE, Person, Screen, axe, sticking_out
from tests.web.desk import Desk, page_of, words

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


_RUN = """async ({components, known, given}) => {
    const merge = (a, b) => {
        const whole = structuredClone(a)
        for (const [key, value] of Object.entries(b)) {
            const both = [whole[key], value].every(one => one && typeof one === 'object' && !Array.isArray(one))
            whole[key] = both ? merge(whole[key], value) : value
        }
        return whole
    }
    const outer = document.createElement('div')
    outer.innerHTML = '<div data-step-form data-prefix="forward-data_" data-for="none"></div>'
    const place = outer.firstChild
    place.dataset.schema = JSON.stringify({type: 'default', id: 'step', schemaVersion: 19, components})
    place.dataset.values = JSON.stringify(merge(known, given))
    document.body.append(outer)
    window.mountStepForms(outer)
    while (!('ready' in place.dataset) && !('failed' in place.dataset)) await new Promise(done => setTimeout(done, 5))
    const form = place.stepForm
    const {data, errors} = form.submit()
    const wrong = []
    for (const {id, valuePath, indexes} of form.get('formFieldInstanceRegistry').getAllKeyed()) {
        const found = [id, ...Object.values(indexes ?? {})].reduce((here, step) => here?.[step], errors)
        if (Array.isArray(found) && found.some(one => typeof one === 'string')) wrong.push(valuePath.join('.'))
    }
    form.destroy()
    outer.remove()
    return {wrong: wrong.sort(), data}
}"""


def test_the_browser_says_what_the_server_says(scene: Scene, person: Person, code: str) -> None:
    page = person("binh")
    page.goto(f"/ho-so/{code}")
    expect(page.locator("[data-step-form][data-ready]")).to_be_visible()
    found = []
    for case in CASES:
        schema = for_browser({"components": case["components"]}, {})
        told = page.evaluate(_RUN, {**case, "components": schema["components"]})
        if told["wrong"] != case["wrong"]:
            found.append(f"{case['name']}: wrong {told['wrong']}")
        if case["data"] is not None and plain(told["data"]) != plain(case["data"]):
            found.append(f"{case['name']}: data {told['data']}")
    assert not found, "\n".join(found)
