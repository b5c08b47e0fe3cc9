"""The modeller in a browser: drawing from nothing, the gate's word on it, keeping it, two people, a lost network."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from app.config import PROJECT_ROOT
from tests.actions.diagrams import DIAGRAMS
from tests.actions.drafting import begun
from tests.actions.scene import Scene
from tests.fixtures.browser import PHONE, Person, axe, offline, sticking_out
from tests.web.modelling import EMPTY, append, checked, diagram, field, model, opened, problems, saved, select, shape

STEP = "Thêm bước tiếp theo"
LINEAR = DIAGRAMS["linear"]


@pytest.fixture
def empty(scene: Scene) -> int:
    return begun(scene, EMPTY)


def test_three_steps_are_drawn_from_nothing_until_the_gate_has_nothing_to_say(
    scene: Scene, empty: int, person: Person
) -> None:
    page = opened(person("admin"), empty)
    expect(page.locator("[data-problems-summary]")).to_contain_text("lỗi")
    select(page, "start")
    steps = [append(page, STEP) for _ in range(3)]
    append(page, "Thêm điểm kết thúc")
    for step, name, stage in zip(
        steps, ("Tiếp nhận", "Thẩm định", "Trả kết quả"), ("receive", "resolve", "return"), strict=True
    ):
        select(page, step)
        field(page, "name").fill(name)
        field(page, "timeLimit").fill("0,25 ngày")
        field(page, "position").select_option("desk_officer")
        field(page, "stage").select_option(stage)
    checked(page)
    expect(page.locator("[data-problems-summary]")).to_have_text("✓ Không có lỗi")
    expect(page.locator("[data-total]")).to_contain_text("0,75 ngày làm việc")
    saved(page)
    kept = diagram(scene, empty)
    assert kept.count('camunda:candidateGroups="desk_officer"') == 3
    assert kept.count('<camunda:property name="timeLimit" value="P0.25D" />') == 3
    assert 'camunda:modelerTemplate="motcua.step"' in kept
    assert 'modeler:executionPlatform="Camunda Platform"' in kept
    assert page.evaluate("[...(window.motcuaUntranslated ?? [])]") == []


def test_a_problem_appears_on_its_element_and_goes_when_it_is_mended(scene: Scene, person: Person) -> None:
    page = opened(person("admin"), begun(scene, LINEAR))
    select(page, "process")
    field(page, "position").select_option("")
    expect(problems(page).filter(has_text="chưa có vị trí việc làm")).to_have_count(1)
    badge = page.locator(".djs-overlays[data-container-id='process'] .badge-error")
    expect(badge).to_be_visible()
    expect(badge).to_have_attribute("aria-label", re.compile("^Lỗi"))
    model(page, "m => m.get('selection').select([])")
    page.locator("[data-problems-list] button", has_text="chưa có vị trí việc làm").click()
    assert model(page, "m => m.get('selection').get()[0].id") == "process"
    field(page, "position").select_option("assigned_room_officer")
    checked(page)
    expect(badge).to_have_count(0)


def test_a_limit_is_typed_as_people_write_it(scene: Scene, person: Person) -> None:
    page = opened(person("admin"), begun(scene, LINEAR))
    select(page, "process")
    limit = field(page, "timeLimit")
    for typed, iso in (
        ("2 ngày", "P2D"),
        ("4 giờ", "PT4H"),
        ("½ ngày", "P0.5D"),
        ("1 ngày 4 giờ", "P1DT4H"),
        ("không tính", "none"),
        ("30 phút", "PT30M"),
        ("04 giờ làm việc", "PT4H"),
    ):
        limit.fill(typed)
        page.wait_for_function(
            "iso => document.getElementById('modeller').modeler.get('elementRegistry').get('process').businessObject"
            ".extensionElements.values[0].values.some(one => one.name === 'timeLimit' && one.value === iso)",
            arg=iso,
        )
    limit.fill("khoảng một tuần")
    expect(page.locator("[data-entry-id=motcua-timeLimit] .bio-properties-panel-error")).to_contain_text(
        "Chưa đọc được"
    )
    expect(page.locator(".modeller-note")).to_be_visible()


def test_menus_offer_what_the_engine_runs_and_nothing_else(empty: int, person: Person) -> None:
    page = opened(person("admin"), empty)
    page.locator(".djs-palette .entry[data-action=create]").click()
    offered = " | ".join(page.locator(".djs-popup .entry").all_inner_texts())
    for wanted in (
        "Bước xử lý",
        "Chờ nộp tiền",
        "Lấy ý kiến nhiều cơ quan",
        "Thẩm định – ký – phát hành",
        "Song song: đi mọi đường",
    ):
        assert wanted in offered
    for refused in (
        "dịch vụ",
        "chạy mã",
        "tín hiệu",
        "bù trừ",
        "Tùy ý",
        "phức hợp",
        "Signal",
        "Compensation",
        "Script",
    ):
        assert refused not in offered
    assert page.evaluate("[...(window.motcuaUntranslated ?? [])]") == []


@pytest.mark.parametrize(
    ("block", "steps"), [("review", 3), ("opinion", 2), ("payment", 1), ("agency", 2), ("visit", 1)]
)
def test_a_block_is_put_behind_a_step_drawn_and_joined(empty: int, person: Person, block: str, steps: int) -> None:
    page = opened(person("admin"), empty)
    select(page, "start")
    page.locator(".modeller-menu summary", has_text="Chèn khối").click()
    page.locator(f"[data-block={block}]").click()
    assert (
        len(model(page, "m => m.get('elementRegistry').filter(e => e.type === 'bpmn:UserTask').map(e => e.id)"))
        == steps
    )
    assert model(page, "m => m.get('elementRegistry').get('start').outgoing.length") == 1
    checked(page)
    codes = "|".join(page.locator("[data-problems-list]").all_inner_texts())
    for refused in ("không được hỗ trợ", "không được xét", "đè lên", "chưa có loại"):
        assert refused not in codes
    model(page, "m => m.get('commandStack').undo()")
    model(page, "m => { while (m.get('commandStack').canUndo()) m.get('commandStack').undo() }")
    assert model(page, "m => m.get('elementRegistry').filter(e => e.type === 'bpmn:UserTask').length") == 0


def test_what_is_drawn_while_the_network_is_gone_is_kept_and_saved_later(scene: Scene, person: Person) -> None:
    draft = begun(scene, LINEAR)
    page = opened(person("admin", allow=["ERR_INTERNET_DISCONNECTED"]), draft)
    with offline(page):
        select(page, "process")
        field(page, "name").fill("Đổi tên khi mất mạng")
        expect(page.locator("[data-saved]")).to_have_text("Mất mạng – sẽ lưu lại")
        assert "Đổi tên khi mất mạng" in page.evaluate(f"localStorage.getItem('motcua.draft.{draft}')")
    saved(page)
    assert "Đổi tên khi mất mạng" in diagram(scene, draft)
    assert page.evaluate(f"localStorage.getItem('motcua.draft.{draft}')") is None


def test_two_people_are_told_of_each_other_and_overwrite_nothing(scene: Scene, person: Person) -> None:
    draft = begun(scene, LINEAR)
    first = opened(person("admin"), draft)
    second = opened(person("admin", allow=[412]), draft)
    select(first, "process")
    field(first, "name").fill("Tên của người thứ nhất")
    saved(first)
    expect(first.locator("[data-saved]")).to_contain_text("Đã lưu")
    select(second, "process")
    field(second, "name").fill("Tên của người thứ hai")
    dialog = second.locator("dialog[open]")
    expect(dialog).to_contain_text("đã lưu lúc")
    assert "Tên của người thứ nhất" in diagram(scene, draft)
    dialog.get_by_role("button", name="Lưu bản của tôi thành lần lưu tiếp theo").click()
    saved(second)
    assert "Tên của người thứ hai" in diagram(scene, draft)


def test_a_draft_is_laid_out_anew_and_that_is_undone(scene: Scene, person: Person) -> None:
    page = opened(person("admin"), begun(scene, (PROJECT_ROOT / "bpmn/procedures/settle_land_tax.bpmn").read_bytes()))
    place = "m => { const { x, y } = m.get('elementRegistry').get('assess'); return [x, y] }"
    model(page, "m => m.get('modeling').moveElements([m.get('elementRegistry').get('assess')], {x: 40, y: 60})")
    moved = model(page, place)
    page.locator("[data-act=arrange]").click()
    expect(page.locator("[data-said]")).to_contain_text("Đã sắp xếp lại")
    assert model(page, place) != moved
    page.locator("[data-act=undo]").click()
    assert model(page, place) == moved
    checked(page)


def test_a_step_is_copied_into_another_draft_with_all_that_it_says(scene: Scene, empty: int, person: Person) -> None:
    page = opened(person("admin"), begun(scene, LINEAR))
    select(page, "process")
    field(page, "timeLimit").fill("3 ngày")
    select(page, "process")
    saved(page)
    model(page, "m => m.get('copyPaste').copy([m.get('elementRegistry').get('process')])")
    opened(page, empty)
    page.locator(".djs-container svg").first.click(position={"x": 500, "y": 300})
    page.keyboard.press("Control+v")
    page.locator(".djs-container svg").first.click(position={"x": 500, "y": 250})
    saved(page)
    expect(shape(page, "process")).to_have_count(1)
    pasted = model(
        page,
        """m => { const bo = m.get('elementRegistry').filter(e => e.type === 'bpmn:UserTask')[0].businessObject
          const values = bo.extensionElements.values[0].values.map(p => [p.name, p.value])
          return [bo.name, bo.get('camunda:candidateGroups'), values] }""",
    )
    assert pasted[:2] == ["Bước process", "assigned_room_officer"]
    assert ["timeLimit", "P3D"] in pasted[2]


def test_a_comment_is_pinned_to_its_step_answered_and_settled(scene: Scene, person: Person) -> None:
    page = opened(person("admin"), begun(scene, LINEAR))
    select(page, "process")
    page.locator(".modeller-comments summary").click()
    expect(page.locator("[data-comment-about]")).to_contain_text("Bước process")
    page.get_by_label("Góp ý mới").fill("Thời hạn này theo quyết định nào?")
    page.get_by_role("button", name="Gửi góp ý").click()
    expect(page.locator(".djs-overlays[data-container-id='process'] .badge-comment")).to_contain_text("1")
    page.get_by_placeholder("Trả lời…").fill("Quyết định 45")
    page.get_by_role("button", name="Trả lời", exact=True).click()
    expect(page.locator(".comment")).to_contain_text("Quyết định 45")
    page.get_by_role("button", name="Đã xong").click()
    expect(page.locator(".badge-comment")).to_have_count(0)


def test_it_is_used_with_the_keyboard_and_says_its_keys(scene: Scene, person: Person) -> None:
    page = opened(person("admin"), begun(scene, LINEAR))
    page.locator(".modeller-menu summary", has_text="Thêm…").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Phím tắt", exact=True).last.press("Enter")
    expect(page.locator("dialog[open]")).to_contain_text("Hoàn tác")
    page.keyboard.press("Escape")
    line = page.locator("[data-problems-list] button").first
    if line.count():
        line.focus()
        page.keyboard.press("Enter")
    select(page, "process")
    page.locator(".djs-container svg").first.focus()
    page.keyboard.press("Delete")
    expect(shape(page, "process")).to_have_count(0)
    page.keyboard.press("Control+z")
    expect(shape(page, "process")).to_have_count(1)


def test_a_draft_that_is_put_away_is_only_looked_at(scene: Scene, person: Person) -> None:
    from app.store import diagram_drafts
    from tests.actions.drafting import context_of

    draft = begun(scene, LINEAR)
    with scene.writing() as connection:
        diagram_drafts.change_draft(
            connection, draft, context_of(scene).caller.account_id, scene.clock(), state="discarded"
        )
    page = opened(person("admin"), draft)
    expect(page.locator("[data-saved]")).to_contain_text("Chỉ xem")
    expect(page.locator(".djs-palette")).to_have_count(0)


@pytest.mark.parametrize("phone", [False, True])
def test_it_fits_the_screen_and_axe_has_nothing_against_it(scene: Scene, person: Person, phone: bool) -> None:
    page = person("admin", screen=PHONE) if phone else person("admin")
    opened(page, begun(scene, LINEAR))
    if phone:
        expect(page.locator(".modeller-small")).to_be_visible()
        page.locator(".modeller-problems summary").click()
    else:
        select(page, "process")
        canvas = page.locator(".modeller-canvas").bounding_box()
        assert canvas is not None
        assert canvas["width"] > 1000
        assert canvas["height"] > 400
    assert sticking_out(page) == []
    assert axe(page) == []


def test_what_comes_out_says_all_that_went_in(scene: Scene, person: Person) -> None:
    """Shipped diagrams, and one with elements of others, through the modeller and back."""
    from tests.web.same_diagram import meaning

    files = sorted((PROJECT_ROOT / "bpmn").glob("*/*.bpmn"))
    assert len(files) > 20
    page: Page = opened(person("admin"), begun(scene, LINEAR))
    for path in files:
        text = path.read_text(encoding="utf-8").replace(
            'targetNamespace="', 'xmlns:other="urn:another-tool" other:mark="kept" targetNamespace="', 1
        )
        came = page.evaluate(
            """async text => { const m = document.getElementById("modeller").modeler
              await m.importXML(text); return (await m.saveXML({ format: true })).xml }""",
            text,
        )
        assert meaning(came.encode()) == meaning(text.encode()), path.name
