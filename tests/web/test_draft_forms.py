"""The forms of a draft at their pages: drawn by keyboard, kept, bound to a step, tried as an official and as the applicant."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from app.actions.draft_forms import empty_form
from app.actions.publish_version import PublishVersion, publish
from app.engine.form_keys import surroundings
from app.views.diagram_drafts import files_of
from tests.actions.diagrams import DIAGRAMS
from tests.actions.scene import Scene
from tests.actions.test_form_values import CASES, plain
from tests.factories import LONG_AGO
from tests.fixtures.browser import DESKTOP, PHONE, Person, Screen, axe, sticking_out
from tests.web.desk import Desk, page_of, words
from tests.web.form_drafts import ASKED, bound, draft_with, forms_of

AtDesk = Callable[[str], Desk]


@pytest.fixture
def draft(scene: Scene) -> int:
    return draft_with(scene, {"asked": ASKED})


def editing(page: Page, draft_id: int, name: str = "asked") -> Page:
    page.goto(f"/thiet-ke/{draft_id}/bieu-mau/{name}")
    expect(page.locator("[data-form-editor][data-ready]")).to_be_visible()
    return page


def add(page: Page, name: str, label: str) -> None:
    """A field by the keyboard: Enter on the palette's button, then its label in the panel."""
    put(page, name)
    general = page.locator("[data-group-id=group-general]")
    if not general.locator(".bio-properties-panel-group-entries.open").count():
        general.locator(".bio-properties-panel-group-header").click()
    general.get_by_label("Nhãn", exact=True).fill(label)
    expect(page.locator(".fjs-form-editor label.fjs-form-field-label").get_by_text(label).first).to_be_visible()


def put(page: Page, name: str) -> None:
    """Enter on the palette's button; the new field is chosen."""
    drawn = page.locator(".fjs-form-editor .fjs-element[data-id]:not(.fjs-form-field-default)")
    before = drawn.count()
    page.locator(f".fjs-palette-field[data-field-type={name}]").press("Enter")
    expect(drawn).to_have_count(before + 1)
    drawn.last.click(position={"x": 8, "y": 4})
    expect(drawn.last).to_have_class(re.compile("fjs-editor-selected"))


def kept(page: Page) -> None:
    expect(page.locator("[data-form-status][data-kind=kept]")).to_be_visible()


# Drawing


def test_three_fields_are_drawn_kept_and_bound_to_a_step(scene: Scene, person: Person) -> None:
    draft_id = draft_with(scene, {"asked": empty_form()}, DIAGRAMS["linear"])
    page = editing(person("admin"), draft_id)
    expect(page.get_by_text("Bắt đầu vẽ biểu mẫu")).to_be_visible()
    add(page, "textfield", "Chủ sử dụng đất")
    add(page, "number", "Diện tích (m2)")
    add(page, "checkbox", "Đã kiểm tra thực địa")
    kept(page)
    drawn = forms_of(scene, draft_id)["asked"]["components"]
    assert [(one["type"], one["key"], one["label"]) for one in drawn] == [
        ("textfield", "chu_su_dung_dat", "Chủ sử dụng đất"),
        ("number", "dien_tich_m2", "Diện tích (m2)"),
        ("checkbox", "da_kiem_tra_thuc_dia", "Đã kiểm tra thực địa"),
    ]
    page.get_by_role("link", name="Mọi biểu mẫu của bản vẽ").click()
    page.get_by_text("Bước dùng, đổi tên, bỏ biểu mẫu asked").click()
    page.get_by_label("Bước process").check()
    page.get_by_role("button", name="Ghi các bước").click()
    expect(page.get_by_text("Đã ghi các bước dùng biểu mẫu asked.")).to_be_visible()
    with scene.app.app_context():
        steps = surroundings(files_of(draft_id).diagram).steps
    assert [step.id for step in steps if step.form == "asked"] == ["process"]
    page.get_by_role("link", name="Xem thử biểu mẫu asked").click()
    expect(page.locator("[data-step-form][data-ready]")).to_be_visible()
    page.get_by_label("Diện tích (m2)").fill("120,5")
    page.get_by_role("button", name="Chuyển thử").click()
    expect(page.get_by_text("Máy chủ nhận; không có gì được lưu")).to_be_visible()
    expect(page.locator("#ket-qua")).to_contain_text("120.5")


def test_undo_removing_and_what_the_server_says_of_it(scene: Scene, draft: int, person: Person) -> None:
    page = editing(person("admin"), draft)
    problems = page.locator("[data-form-problems]")
    add(page, "select", "Loại đường")
    page.locator("[data-group-id=group-general]").get_by_label("Khóa dữ liệu", exact=True).fill("request")
    expect(problems).to_contain_text("ghi đè nội dung yêu cầu")
    page.get_by_role("button", name="Hoàn tác").click()
    expect(problems).not_to_contain_text("ghi đè nội dung yêu cầu")
    kept(page)
    before = len(ASKED["components"])  # type: ignore[arg-type]
    assert len(forms_of(scene, draft)["asked"]["components"]) == before + 1
    page.locator(".fjs-context-pad-item").click()
    expect(page.locator("[data-form-status]")).not_to_have_attribute("data-kind", "kept")
    kept(page)
    assert len(forms_of(scene, draft)["asked"]["components"]) == before


def test_the_palette_holds_what_the_server_checks_and_speaks_vietnamese(draft: int, person: Person) -> None:
    page = editing(person("admin"), draft)
    types = page.locator(".fjs-palette-field").evaluate_all("all => all.map(one => one.dataset.fieldType)")
    assert sorted(types) == sorted(
        ("textfield", "textarea", "number", "datetime", "checkbox", "checklist", "radio", "select", "taglist", "filepicker",
         "expression", "group", "dynamiclist", "text", "separator", "spacer")
    )  # fmt: skip
    english = set()
    for name in types:
        put(page, name)
        english |= set(page.evaluate(ENGLISH))
    assert english <= {"FEEL"}, english


ENGLISH = """() => {
    const found = []
    for (const top of document.querySelectorAll('.fjs-palette-container, .fjs-properties-container')) {
        for (const one of top.querySelectorAll('*')) {
            if (one.closest('.cm-editor, .bio-properties-panel-header-label, .bio-properties-panel-collapsible-entry-header-title')) continue
            const own = [...one.childNodes].filter(node => node.nodeType === Node.TEXT_NODE).map(node => node.data)
            for (const text of [...own, one.title ?? '', one.getAttribute?.('placeholder') ?? '']) {
                if (/^[\\x20-\\x7e]+$/.test(text.trim()) && /[a-z]{3}/.test(text)) found.push(text.trim())
            }
        }
    }
    const vietnamese = ['Chung', 'Nhanh', 'Trong', 'Cao', 'Theo', 'Khi', 'Ghi']
    return found.filter(text => !vietnamese.includes(text))
}"""  # noqa: E501


def test_somebody_elses_part_is_taken_over_and_the_same_form_is_asked_about(
    scene: Scene, draft: int, person: Person
) -> None:
    page = editing(person("admin", allow=(412,)), draft)
    client = scene.client("admin")
    other = Desk(scene, "admin")

    def save(revision: int, forms: dict[str, Any]) -> None:
        seen = other.see(f"/thiet-ke/{draft}/bieu-mau")
        token = seen.xpath("//input[@name='csrf_token']/@value")[0]
        body = {"revision": revision, "forms": forms, "kind": "kept"}
        answer = other.client.post(f"/thiet-ke/{draft}/ban-ve", json=body, headers={"X-CSRFToken": token})
        assert answer.status_code == 200, answer.text

    save(1, {"asked": ASKED, "second": empty_form()})
    add(page, "textarea", "Ghi chú")
    kept(page)
    assert set(forms_of(scene, draft)) == {"asked", "second"}, "the other's form is still there"
    revision = Desk(scene, "admin").client.get(f"/thiet-ke/{draft}/ban-ve").json["revision"]  # type: ignore[index]
    save(revision, {"asked": {**ASKED, "components": []}, "second": empty_form()})
    add(page, "textarea", "Kiến nghị")
    expect(page.locator("[data-form-stale]")).to_be_visible()
    assert forms_of(scene, draft)["asked"]["components"] == []
    expect(page.get_by_text("Kiến nghị").first).to_be_visible()
    page.get_by_role("button", name="Ghi bản của tôi").click()
    kept(page)
    labels = [one.get("label") for one in forms_of(scene, draft)["asked"]["components"]]
    assert labels[-2:] == ["Ghi chú", "Kiến nghị"]
    assert client is not None


def test_nobody_goes_away_from_what_is_not_kept(scene: Scene, draft: int, person: Person) -> None:
    page = editing(person("admin"), draft)
    add(page, "textfield", "Số tờ bản đồ")
    page.get_by_role("link", name="Xem thử").click()
    page.wait_for_url("**/xem")
    expect(page.get_by_label("Số tờ bản đồ")).to_be_visible()
    assert forms_of(scene, draft)["asked"]["components"][-1]["label"] == "Số tờ bản đồ"


def test_what_the_editor_writes_is_checked_as_what_it_read(draft: int, person: Person) -> None:
    """Its schema version and what it adds (ids, layout) change no verdict; the cases cover every type and validation."""
    page = editing(person("admin"), draft)
    written = page.evaluate(
        """async (cases) => {
            const editor = document.querySelector('[data-form-editor]').formEditor
            const schemas = []
            for (const components of cases) {
                await editor.importSchema({type: 'default', schemaVersion: 19, components})
                schemas.push(editor.saveSchema())
            }
            return schemas
        }""",
        [case["components"] for case in CASES],
    )
    assert {schema["schemaVersion"] for schema in written} == {19}
    from concurrent.futures import ThreadPoolExecutor

    from app.actions.form_values import check_form
    from tests.actions.test_form_values import TODAY

    def verdict(case: dict[str, Any], schema: dict[str, Any]) -> tuple[list[str], Any]:
        filled = check_form(schema, case["known"], case["given"], TODAY)
        return sorted(filled.wrong), plain(filled.data)

    with ThreadPoolExecutor(1) as apart:  # beside Playwright's event loop
        for case, schema in zip(CASES, written, strict=True):
            wrong, data = apart.submit(verdict, case, schema).result()
            assert wrong == [f"data.{path}" for path in case["wrong"]], case["name"]
            if case["data"] is not None:
                assert data == plain(case["data"]), case["name"]


# Trying


def test_an_official_is_refused_as_at_the_real_step(draft: int, desk: AtDesk) -> None:
    official = desk("admin")
    path = f"/thiet-ke/{draft}/bieu-mau/asked/xem"
    seen = official.see(path)
    assert "Bước process" in words(seen)
    form = official.form(seen, f"{path}?nguoi=can-bo&rong=rong")
    refused = official.send(form, {"forward-data_area": "rộng", "forward-data_kind": "x"})
    assert refused.status_code == 422
    page = page_of(refused)
    for name, text in (
        ("owner", "Hãy nhập “Chủ sử dụng đất”."),
        ("area", "Phải là một số."),
        ("kind", "Hãy chọn một mục trong danh sách."),
    ):
        (told,) = page.xpath(f"//*[@id='forward-data_{name}-error']")
        assert told.text_content() == text
    typed = {
        "owner": "Lê Thị Hoa",
        "area": "12,5",
        "kind": "rice",
        "why": "Xây nhà",
        "seen_on": "2026-11-20",
        "drawing": "2",
    }
    taken = official.send(form, {f"forward-data_{name}": value for name, value in typed.items()})
    assert taken.status_code == 200
    told = words(taken)
    for text in (
        "Diện tích (m2) 12.5",
        "Loại đất Đất trồng lúa",
        "Ngày kiểm tra 20/11/2026",
        "Bản vẽ ban-ve-so-do.pdf",
    ):
        assert text in told
    assert "Giảm học phí" in words(official.see(f"{path}?nguoi=cong-dan"))


@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_pages_can_be_read_on_every_screen(draft: int, person: Person, screen: Screen) -> None:
    page = person("admin", screen=screen)
    for end in ("", "/asked", "/asked/xem", "/asked/xem?mau=1&rong=hep", "/asked/xem?nguoi=cong-dan&mau=1"):
        page.goto(f"/thiet-ke/{draft}/bieu-mau{end}")
        if "xem" in end:
            expect(page.locator("[data-step-form][data-ready]")).to_be_visible()
        elif end and screen is DESKTOP:
            expect(page.locator("[data-form-editor][data-ready]")).to_be_visible()
        elif end:
            expect(page.get_by_text("Vẽ biểu mẫu cần màn hình rộng hơn")).to_be_visible()
            expect(page.locator("[data-form-editor]")).to_be_hidden()
        assert axe(page) == [], end
        assert sticking_out(page) == [], end
    page.get_by_role("button", name="Nộp thử").click()
    expect(page.get_by_text("Máy chủ nhận; không có gì được lưu")).to_be_visible()


# Without a script


def test_forms_are_begun_from_everywhere(scene: Scene, draft: int, desk: AtDesk) -> None:
    admin = desk("admin")
    with scene.app.app_context():
        files = {"published.json": json.dumps(ASKED).encode()}
        command = PublishVersion("1.000001", bound("published"), "x.bpmn", "1/QĐ-UBND", LONG_AGO, LONG_AGO, files)
        publish(command, scene.province.accounts["admin"], scene.clock(), scene.guard)
    address = f"/thiet-ke/{draft}/bieu-mau"
    for name, typed in (
        ("one", {"source": "empty"}),
        ("two", {"source": "copy", "from": "draft|asked"}),
        ("three", {"source": "copy", "from": "template|land_commune"}),
        ("four", {"source": "copy", "from": "version|1.000001|2|published"}),
        ("five", {"source": "file", "file": (BytesIO(json.dumps(ASKED).encode()), "x.json")}),
    ):
        form = admin.form(admin.see(address), address)
        answer = admin.send(form, {"name": name, **typed})
        assert (answer.status_code, answer.location) == (303, f"{address}/{name}"), words(answer)
    forms = forms_of(scene, draft)
    assert set(forms) == {"asked", "one", "two", "three", "four", "five"}
    assert forms["two"] == forms["four"] == forms["five"] == ASKED
    form = admin.form(admin.see(address), address)
    for typed, told in (
        ({"name": "one"}, "đặt tên khác"),
        ({"name": "có dấu"}, "chữ không dấu"),
        ({"name": "six", "source": "copy"}, "Hãy chọn biểu mẫu để chép"),
        ({"name": "six", "source": "copy", "from": "version|1.000001|9|x"}, "Không có biểu mẫu này"),
        ({"name": "six", "source": "file", "file": (BytesIO(b"no"), "x.json")}, "không phải JSON"),
        ({"name": "six", "revision": "1"}, "đã lưu bản vẽ này sau khi bạn mở"),
    ):
        refused = admin.send(form, typed)
        assert refused.status_code in (412, 422)
        assert told in words(refused)
    file = admin.client.get(f"{address}/asked/tai-ve")
    assert json.loads(file.data) == ASKED


def test_a_form_that_a_step_names_and_nobody_drew_is_told_of(scene: Scene, desk: AtDesk) -> None:
    draft_id = draft_with(scene, {}, bound("nowhere"))
    admin = desk("admin")
    assert "Thiếu biểu mẫu “nowhere” : bước Bước process dùng" in words(admin.see(f"/thiet-ke/{draft_id}/bieu-mau"))
    admin.see(f"/thiet-ke/{draft_id}/bieu-mau/nowhere", 404)
    desk("binh").see(f"/thiet-ke/{draft_id}/bieu-mau", 403)


def test_the_check_answers_scripts_and_takes_no_nonsense(draft: int, desk: AtDesk) -> None:
    admin = desk("admin")
    token = admin.see(f"/thiet-ke/{draft}/bieu-mau").xpath("//input[@name='csrf_token']/@value")[0]
    address = f"/thiet-ke/{draft}/bieu-mau/kiem-tra"

    def ask(**sent: Any) -> Any:
        return admin.client.post(address, headers={"X-CSRFToken": token}, **sent)

    found = ask(json={"name": "asked", "schema": {"components": [{"type": "number", "label": "N"}]}}).json["problems"]
    assert [one["code"] for one in found] == ["field.no-key"]
    assert ask(json={"schema": ASKED}).status_code == 200
    nonsense: list[dict[str, Any]] = [{"json": {}}, {"json": []}, {"data": b"{", "content_type": "application/json"}]
    for sent in nonsense:
        assert ask(**sent).status_code == 422, sent
    assert ask(json={"schema": []}).json["problems"][0]["code"] == "form.unreadable"
    assert admin.client.post(address, json={"schema": ASKED}).status_code == 400, "without its token"


# Versions


def test_a_running_dossier_keeps_the_forms_of_its_version(scene: Scene, desk: AtDesk) -> None:
    def release(form: dict[str, Any], number: str) -> None:
        files = {"asked.json": json.dumps(form).encode()}
        command = PublishVersion("1.000001", bound("asked"), "x.bpmn", number, LONG_AGO, LONG_AGO, files)
        with scene.app.app_context():
            publish(command, scene.province.accounts["admin"], scene.clock(), scene.guard)

    first = {"components": [{"type": "textfield", "key": "a", "label": "Ô cũ", "validate": {"required": True}}]}
    release(first, "1/QĐ-UBND")
    old = scene.at_step("process")
    release({"components": [{"type": "number", "key": "b", "label": "Ô mới"}]}, "2/QĐ-UBND")
    new = scene.at_step("process")
    officer = desk("binh")
    assert "Ô cũ" in words(officer.see(f"/ho-so/{old}"))
    assert "Ô mới" not in words(officer.see(f"/ho-so/{old}"))
    assert "Ô mới" in words(officer.see(f"/ho-so/{new}"))
    assert officer.act(old, scene.task(old, "process").id, "forward").status_code == 422, "the old form is asked"
    assert officer.act(new, scene.task(new, "process").id, "forward").status_code == 303
