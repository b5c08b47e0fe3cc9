"""A published table brought, corrected beside its source and accepted as a draft of a diagram; without a script."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import TestResponse

from app.views.diagram_drafts import draft_of, files_of
from tests.actions.scene import Scene
from tests.actions.tables import CLEAR, DOUBTFUL
from tests.web.desk import Desk, page_of, words

SEE = Callable[[str], Desk]
HOME = "/thiet-ke/bang"


def bring(desk: Desk, text: str, name: str = "bang.md") -> TestResponse:
    form = desk.form(desk.see(HOME), HOME)
    return desk.client.post(HOME, data={**form.fields, "file": (io.BytesIO(text.encode()), name)})


def brought(desk: Desk, text: str) -> str:
    answer = bring(desk, text)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def change(desk: Desk, here: str, do: str = "save", **typed: Any) -> TestResponse:
    return desk.send(desk.form(desk.see(here), here), {"do": do, **typed})


def steps_of(desk: Desk, here: str) -> list[str]:
    return [str(one.get("value")) for one in desk.see(here).iter("input") if str(one.get("name")).endswith("-name")]


def test_a_table_is_read_and_shown_beside_its_steps(scene: Scene, desk: SEE) -> None:
    admin = desk("admin")
    here = brought(admin, CLEAR)
    seen = admin.see(here)
    told = words(seen)
    assert "Cấp giấy phép thử" in told
    assert "4 bước" in told
    assert "khớp" in told
    cells = [cell for cell in seen.iter("td") if cell.get("data-steps")]
    assert any("Chuyên viên Phòng Hành chính tư pháp" in "".join(cell.itertext()) for cell in cells)
    assert steps_of(admin, here) == ["Tiếp nhận hồ sơ", "Thẩm định hồ sơ", "Phê duyệt", "Trả kết quả"]
    diagram = admin.client.get(f"{here}/so-do").get_json()
    assert "Thẩm định hồ sơ" in diagram["xml"]
    assert "Cấp giấy phép thử" in words(admin.see(HOME))
    desk("binh").see(here, 403)


def test_a_pasted_table_is_read_too_and_what_is_no_table_is_refused(scene: Scene, desk: SEE) -> None:
    admin = desk("admin")
    form = admin.form(admin.see(HOME), HOME)
    assert admin.send(form, {"text": CLEAR}).status_code == 303
    for typed in ({"text": ""}, {"text": "không có bảng nào"}):
        answer = admin.send(admin.form(admin.see(HOME), HOME), typed)
        assert answer.status_code == 422
        assert page_of(answer).get_element_by_id("error-summary") is not None
    assert bring(admin, "\x00\x01 rác", "bang.docx").status_code == 422


def test_steps_are_corrected_moved_split_joined_added_and_taken_away(scene: Scene, desk: SEE) -> None:
    admin = desk("admin")
    here = brought(admin, CLEAR)
    answer = change(
        admin, here, **{"b-step_2-name": "Thẩm tra", "b-step_2-amount": "2", "b-step_2-position": "expert – x"}
    )
    assert answer.status_code == 303
    told = words(admin.see(here))
    assert "Thẩm tra" in told
    assert "khác nhau" in told
    change(admin, here, "split:step_2")
    assert steps_of(admin, here) == ["Tiếp nhận hồ sơ", "Thẩm tra", "Thẩm tra", "Phê duyệt", "Trả kết quả"]
    change(admin, here, "merge:step_2")
    change(admin, here, "up:step_3")
    assert steps_of(admin, here) == ["Tiếp nhận hồ sơ", "Phê duyệt", "Thẩm tra", "Trả kết quả"]
    change(admin, here, "remove:step_3")
    change(admin, here, "add:step_2")
    assert steps_of(admin, here) == ["Tiếp nhận hồ sơ", "Thẩm tra", "Bước mới", "Trả kết quả"]
    change(
        admin,
        here,
        **{"b-step_2-route-1": "Đạt", "b-step_2-to-1": "next", "b-step_2-route-2": "Không", "b-step_2-to-2": "end"},
    )
    xml = admin.client.get(f"{here}/so-do").get_json()["xml"]
    assert "_decision = " in xml
    assert 'camunda:candidateGroups="expert"' in xml


def test_what_cannot_be_a_time_is_told_at_its_field(scene: Scene, desk: SEE) -> None:
    admin = desk("admin")
    here = brought(admin, CLEAR)
    for amount, unit in (("-1", "days"), ("abc", "hours"), ("1", ""), ("9999", "days"), ("nan", "days"), ("", "days")):
        answer = change(admin, here, **{"b-step_2-amount": amount, "b-step_2-unit": unit})
        assert answer.status_code == 422, (amount, unit)
        assert 'href="#b-step_2-amount"' in answer.text


def test_two_at_once_are_told_and_nothing_is_written_over(scene: Scene, desk: SEE) -> None:
    admin = desk("admin")
    here = brought(admin, CLEAR)
    form = admin.form(admin.see(here), here)
    change(admin, here, **{"b-step_2-name": "Của người trước"})
    late = admin.send(form, {"do": "save", "b-step_2-name": "Của người sau"})
    assert late.status_code == 412
    assert "đã sửa bảng này sau khi bạn mở" in words(late)
    assert "Của người trước" in steps_of(admin, here)


def accept(desk: Desk, here: str, **typed: Any) -> TestResponse:
    return desk.send(desk.form(desk.see(here), f"{here}/nhan"), typed)


def test_a_table_is_accepted_as_a_draft_of_its_procedure(scene: Scene, desk: SEE, linear: str) -> None:
    admin = desk("admin")
    here = brought(admin, CLEAR)
    answer = accept(admin, here, procedure="other", procedure_code=linear)
    assert answer.status_code == 303, answer.text
    draft = int(answer.headers["Location"].rsplit("/", 1)[1])
    with scene.app.app_context():
        assert draft_of(draft).origin["kind"] == "table"
        assert b"candidateGroups" in files_of(draft).diagram
    again = admin.client.get(here)
    assert (again.status_code, again.headers["Location"]) == (303, f"/thiet-ke/{draft}")


def test_doubts_are_settled_or_said_to_be_accepted(scene: Scene, desk: SEE, linear: str) -> None:
    admin = desk("admin")
    here = brought(admin, DOUBTFUL)
    refused = accept(admin, here, procedure="other", procedure_code=linear)
    assert refused.status_code == 409
    assert "chỗ nghi ngờ" in words(refused)
    keys = [
        str(one.get("value")) for one in admin.see(here).iter("button") if str(one.get("value")).startswith("settle:")
    ]
    assert keys
    for key in keys:
        assert change(admin, here, key).status_code == 303
    assert "Không còn chỗ nghi ngờ" in words(admin.see(here))
    other = brought(admin, DOUBTFUL)
    assert accept(admin, other, procedure="other", procedure_code=linear, anyway="1").status_code == 303


def test_a_doubt_is_settled_by_mending_what_it_is_about(scene: Scene, desk: SEE) -> None:
    admin = desk("admin")
    here = brought(admin, DOUBTFUL)
    change(admin, here, **{"b-step_2-amount": "3,5", "b-step_2-unit": "days"})
    assert "Không còn chỗ nghi ngờ" in words(admin.see(here))


def test_a_new_procedure_and_new_positions_are_made(scene: Scene, desk: SEE) -> None:
    admin = desk("admin")
    here = brought(admin, CLEAR)
    page = admin.see(here)
    agency = next(str(one.get("value")) for one in page.iter("input") if one.get("name") == "agencies")
    form = admin.form(page, here)
    admin.send(form, {"do": "save", "agencies": [agency]})
    seen = admin.see(here)
    boxes = [str(one.get("value")) for one in seen.iter("input") if one.get("name") == "make_position"]
    wanted = next(box for box in boxes if box.startswith("specialist"))
    unit = next(one for one in seen.iter("select") if one.get("name") == f"unit-{wanted}")
    typed = {
        "procedure": "new",
        "procedure_code": "9.000009",
        "field": "Tư pháp",
        "create_agencies": [agency],
        "make_position": [wanted],
        f"unit-{wanted}": str(next(one.get("value") for one in unit.iter("option") if one.get("value"))),
    }
    answer = accept(admin, here, **typed)
    assert answer.status_code == 303, words(answer)
    with scene.reading() as connection:
        found = connection.exec_driver_sql("SELECT count(*) FROM procedures WHERE code = '9.000009'").scalar_one()
        made = connection.exec_driver_sql(
            "SELECT count(*) FROM positions WHERE code = %s", (wanted.split("@")[0],)
        ).scalar_one()
    assert (found, made) == (1, 1)


def test_an_unknown_procedure_is_told_and_a_table_can_be_put_away(scene: Scene, desk: SEE) -> None:
    admin = desk("admin")
    here = brought(admin, CLEAR)
    assert accept(admin, here, procedure="other", procedure_code="khong.co").status_code == 422
    assert accept(admin, here, procedure="other", procedure_code="").status_code == 422
    assert admin.send(admin.form(admin.see(here), f"{here}/bo")).status_code == 303
    assert change(admin, here).status_code == 409
    admin.see(f"{HOME}/999999", 404)


@pytest.fixture
def linear(scene: Scene) -> str:
    return scene.publish("linear")
