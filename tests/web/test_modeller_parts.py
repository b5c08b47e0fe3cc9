"""What stands around the drawing in the modeller: links to an element, forms, files in and out, other people, a crash."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from app.views.diagram_drafts import files_of
from tests.actions.designing import designers
from tests.actions.diagrams import DIAGRAMS
from tests.actions.drafting import begun
from tests.actions.scene import Scene
from tests.fixtures.browser import Person
from tests.web.modelling import (
    EMPTY,
    append,
    checked,
    diagram,
    field,
    model,
    opened,
    problems,
    saved,
    select,
    selected,
    shape,
)

LINEAR = DIAGRAMS["linear"]
LOST = "net::ERR_FAILED"
IN_THE_MIDDLE = """m => {
  const { x, y, width, height } = m.get('canvas').viewbox(), e = m.get('elementRegistry').get('process')
  return Math.abs(e.x + e.width / 2 - x - width / 2) < 2 && Math.abs(e.y + e.height / 2 - y - height / 2) < 2
}"""


def forms(scene: Scene, draft: int) -> dict[str, Any]:
    with scene.app.app_context():
        return dict(files_of(draft).forms)


def more(page: Page, name: str) -> None:
    """An entry of the menu "Thêm…"."""
    page.locator(".modeller-menu summary", has_text="Thêm…").click()
    page.locator(f"[data-act={name}]").click()


def insert(page: Page, block: str) -> None:
    page.locator(".modeller-menu summary", has_text="Chèn khối").click()
    page.locator(f"[data-block={block}]").click()


def cut_off(page: Page) -> None:
    """Whatever is saved from now on gets lost."""
    page.route("**/ban-ve", lambda route: route.abort() if route.request.method == "POST" else route.fallback())


def test_a_link_leads_to_an_element(scene: Scene, person: Person) -> None:
    draft = begun(scene, LINEAR)
    page = opened(person("admin"), draft)
    page.goto(f"/thiet-ke/{draft}?phan-tu=process")
    expect(page.locator("#modeller[data-ready]")).to_be_visible()
    assert selected(page) == "process"
    assert model(page, IN_THE_MIDDLE)
    page.goto(f"/thiet-ke/{draft}?phan-tu=gone")
    expect(page.locator("[data-said]")).to_contain_text("không có phần tử “gone”")
    expect(page.locator("#modeller[data-ready]")).to_be_visible()


def test_what_is_wrong_with_a_form_stands_in_the_list_and_leads_to_it(scene: Scene, person: Person) -> None:
    wrong = {"type": "default", "components": [{"type": "unheard_of", "key": "x"}]}
    draft = begun(scene, LINEAR, forms={"reason": wrong})
    page = opened(person("admin"), draft)
    line = page.locator("[data-problems-list] a", has_text="Biểu mẫu “reason”").first
    expect(line).to_be_visible()
    line.click()
    page.wait_for_url(f"**/thiet-ke/{draft}/bieu-mau/reason")


def test_a_step_whose_form_the_draft_lacks_is_told_though_it_has_none_at_all(scene: Scene, person: Person) -> None:
    named = LINEAR.replace(
        b'camunda:candidateGroups="assigned_room_officer"',
        b'camunda:candidateGroups="assigned_room_officer" camunda:formKey="nowhere"',
    )
    page = opened(person("admin"), begun(scene, named))
    expect(problems(page).filter(has_text="dùng biểu mẫu “nowhere”")).to_have_count(1)


def test_the_block_of_opinions_brings_its_form_and_passes_the_gate(scene: Scene, person: Person) -> None:
    draft = begun(scene, EMPTY)
    page = opened(person("admin"), draft)
    select(page, "start")
    insert(page, "opinion")
    choose, give = model(
        page,
        """m => m.get('elementRegistry').filter(e => e.type === 'bpmn:UserTask')
          .sort((a, b) => a.x - b.x).map(e => e.id)""",
    )
    for step in (choose, give):
        select(page, step)
        field(page, "position").select_option("desk_officer")
    append(page, "Thêm điểm kết thúc")
    checked(page)
    expect(page.locator("[data-problems-summary]")).to_have_attribute("data-severity", "warning")
    expect(problems(page).filter(has_text="dùng biểu mẫu")).to_have_count(0)
    saved(page)
    assert list(forms(scene, draft)) == ["asked_agencies"]
    assert 'camunda:formKey="asked_agencies"' in diagram(scene, draft)
    select(page, choose)
    expect(field(page, "form").locator("option:checked")).to_have_text("asked_agencies")


@pytest.mark.parametrize("own", [False, True])
def test_a_form_that_a_block_brought_goes_with_it_and_ones_own_stays(scene: Scene, person: Person, own: bool) -> None:
    mine = {"asked_agencies": {"type": "default", "components": [], "mark": "mine"}} if own else {}
    draft = begun(scene, LINEAR, forms=mine)
    page = opened(person("admin"), draft)
    insert(page, "opinion")
    saved(page)
    expect(page.locator("[data-saved]")).to_contain_text("Đã lưu")
    page.locator("[data-act=undo]").click()
    saved(page)
    page.keyboard.press("Control+s")
    saved(page)
    assert forms(scene, draft) == mine


def test_the_block_of_a_payment_names_no_form(scene: Scene, person: Person) -> None:
    page = opened(person("admin"), begun(scene, LINEAR))
    insert(page, "payment")
    checked(page)
    expect(problems(page).filter(has_text="biểu mẫu")).to_have_count(0)


def test_what_is_otherwise_in_the_version_in_force_is_marked_and_unmarked(scene: Scene, person: Person) -> None:
    page = opened(person("admin"), begun(scene, DIAGRAMS["decision"]))
    button = page.locator("[data-act=compare]")
    button.click()
    expect(page.locator("[data-legend]")).to_contain_text("So với bản đang áp dụng")
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".compare-note").first).to_be_visible()
    button.click()
    expect(page.locator("[data-legend]")).to_be_hidden()
    expect(button).to_have_attribute("aria-pressed", "false")
    expect(page.locator(".compare-note")).to_have_count(0)


def test_another_person_at_the_draft_is_named(scene: Scene, person: Person) -> None:
    designers(scene)
    draft = begun(scene, LINEAR)
    opened(person("lan"), draft)
    page = opened(person("admin"), draft)
    expect(page.locator("[data-here]")).to_have_text("Nguyễn Thị lan đang mở bản vẽ này.")


@pytest.mark.parametrize("dropped", [False, True])
def test_a_file_takes_the_place_of_the_drawing_that_is_kept(
    scene: Scene, person: Person, tmp_path: Path, dropped: bool
) -> None:
    draft = begun(scene, LINEAR)
    page = opened(person("admin"), draft)
    path = tmp_path / "khác.bpmn"
    path.write_bytes(EMPTY)
    if dropped:
        data = page.evaluate_handle(
            """([text, name]) => { const data = new DataTransfer()
              data.items.add(new File([text], name)); return data }""",
            [EMPTY.decode(), path.name],
        )
        page.dispatch_event(".modeller-canvas", "drop", {"dataTransfer": data})
    else:
        with page.expect_file_chooser() as chooser:
            more(page, "open")
        chooser.value.set_files(path)
    page.get_by_role("button", name="Thay bằng tệp này").click()
    expect(shape(page, "start")).to_be_visible()
    expect(shape(page, "process")).to_have_count(0)
    saved(page)
    assert "drawn_from_nothing" in diagram(scene, draft)
    page.goto(f"/thiet-ke/{draft}/lich-su")
    expect(page.locator("main")).to_contain_text("Trước khi mở tệp khác.bpmn")


def test_a_file_that_is_no_diagram_changes_nothing(scene: Scene, person: Person, tmp_path: Path) -> None:
    page = opened(person("admin"), begun(scene, LINEAR))
    path = tmp_path / "sai.bpmn"
    for text, told in (("không phải sơ đồ", "không phải sơ đồ BPMN"), ("<definitions >", "Không đọc được tệp này")):
        path.write_text(text, encoding="utf-8")
        page.locator("input[type=file]").set_input_files(path)
        if told.startswith("Không đọc"):
            page.get_by_role("button", name="Thay bằng tệp này").click()
        expect(page.locator("[data-said]")).to_contain_text(told)
        expect(shape(page, "process")).to_be_visible()


@pytest.mark.parametrize(("name", "begins"), [("bpmn", "<?xml"), ("svg", "<?xml")])
def test_the_drawing_is_taken_along(scene: Scene, person: Person, tmp_path: Path, name: str, begins: str) -> None:
    page = opened(person("admin"), begun(scene, LINEAR))
    with page.expect_download() as download:
        more(page, name)
    assert download.value.suggested_filename == f"1.000001.{name}"
    text = Path(download.value.path()).read_text(encoding="utf-8")
    assert text.startswith(begins)
    assert "Bước" in text
    assert ("<svg" in text) == (name == "svg")


def test_the_whole_screen_and_the_small_map_come_and_go(scene: Scene, person: Person) -> None:
    page = opened(person("admin"), begun(scene, LINEAR))
    more(page, "full")
    page.wait_for_function("document.fullscreenElement?.id === 'modeller'")
    more(page, "full")
    page.wait_for_function("!document.fullscreenElement")
    small = page.locator(".djs-minimap")
    shown = "open" in (small.get_attribute("class") or "")
    small.locator(".toggle").click()
    expect(small.locator(".map")).to_be_visible(visible=not shown)
    small.locator(".toggle").click()
    expect(small.locator(".map")).to_be_visible(visible=shown)


@pytest.mark.parametrize("taken", [True, False])
def test_what_a_crash_kept_from_the_server_is_offered_again(scene: Scene, person: Person, taken: bool) -> None:
    draft = begun(scene, LINEAR)
    page = opened(person("admin", allow=[LOST]), draft)
    cut_off(page)
    select(page, "process")
    field(page, "name").fill("Chưa đến máy chủ")
    expect(page.locator("[data-saved]")).to_have_text("Mất mạng – sẽ lưu lại")
    again = page.context.new_page()
    page.close()
    again.goto(f"/thiet-ke/{draft}")
    dialog = again.locator("dialog[open]")
    expect(dialog).to_contain_text("chưa đến máy chủ")
    dialog.get_by_role("button", name="Lấy lại" if taken else "Bỏ thay đổi đó", exact=True).click()
    expect(again.locator("#modeller[data-ready]")).to_be_visible()
    if taken:
        expect(again.locator("[data-saved]")).not_to_have_attribute("data-state", "waiting")
        saved(again)
    assert ("Chưa đến máy chủ" in diagram(scene, draft)) is taken
    again.wait_for_function(f"localStorage.getItem({json.dumps(f'motcua.draft.{draft}')}) === null")


def test_leaving_with_something_unsaved_is_asked_about(scene: Scene, person: Person) -> None:
    draft = begun(scene, LINEAR)
    page = opened(person("admin", allow=[LOST]), draft)
    cut_off(page)
    select(page, "process")
    field(page, "name").fill("Chưa lưu được")
    page.locator("a[href$='/lich-su']").first.click()
    dialog = page.locator("dialog[open]")
    expect(dialog).to_contain_text("Thay đổi cuối chưa đến máy chủ")
    dialog.get_by_role("button", name="Ở lại").click()
    assert page.url.endswith(f"/thiet-ke/{draft}")
    asked: list[str] = []

    def stay(box: Any) -> None:
        asked.append(box.type)
        box.dismiss()

    page.once("dialog", stay)
    with page.expect_event("dialog"):
        page.close(run_before_unload=True)
    assert asked == ["beforeunload"]
    expect(shape(page, "process")).to_be_visible()
    page.on("dialog", lambda box: box.accept())
    page.unroute("**/ban-ve")
    page.keyboard.press("Control+s")
    saved(page)
    assert "Chưa lưu được" in diagram(scene, draft)
