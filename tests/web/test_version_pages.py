"""A procedure's versions at the publishing office: read, compared, repealed, dossiers moved and put back; without a script."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from lxml import html
from werkzeug.test import TestResponse

from tests.actions.scene import Scene
from tests.actions.test_move_version import LATER, drawn, publish, version_of
from tests.web.desk import Desk, Form, page_of, words

SEE = Callable[[str], Desk]
VERSIONS = "/thu-tuc/linear/phien-ban"


def move_form(seen: html.HtmlElement | TestResponse, number: int = 2) -> Form:
    """The form that moves; the one that looks ahead goes to the same address."""
    found = page_of(seen) if isinstance(seen, TestResponse) else seen
    (form,) = [
        one for one in found.iter("form") if one.get("action") == f"{VERSIONS}/{number}/chuyen" and one.method == "POST"
    ]
    values = dict(form.form_values())
    return Form(str(form.get("action")), {name: str(value) for name, value in values.items()})


@pytest.fixture
def linear(scene: Scene) -> str:
    return scene.publish("linear")


def test_versions_are_found_read_and_compared(scene: Scene, linear: str, desk: SEE) -> None:
    publish(scene, LATER)
    admin = desk("admin")
    assert "Quản trị" in words(admin.see("/toi"))
    assert "Thủ tục, quy trình" in words(admin.see("/quan-tri"))
    assert "Đang áp dụng" in words(admin.see("/thu-tuc?q=linear"))
    listed = words(admin.see(VERSIONS))
    assert "Số 2 Đang áp dụng" in listed
    assert "Số 1 Đã được thay thế" in listed
    seen = words(admin.see(f"{VERSIONS}/2"))
    assert "Thêm bước “Bước approve”" in seen
    assert "Bước process" in seen
    assert "Bỏ bước “Bước approve”" in words(admin.see(f"{VERSIONS}/1?so-voi=2"))
    file = admin.client.get(f"{VERSIONS}/2/so-do.bpmn")
    assert (file.status_code, file.data) == (200, LATER)
    desk("binh").see(VERSIONS, 403)


def test_a_version_is_repealed_and_the_desk_hears_why_it_takes_no_dossier(scene: Scene, linear: str, desk: SEE) -> None:
    admin = desk("admin")
    form = admin.form(admin.see(f"{VERSIONS}/1"), f"{VERSIONS}/1/bai-bo")
    typed = {
        "decision_number": "99/QĐ-UBND",
        "decided_on": "2026-11-20",
        "repealed_on": "2026-11-20",
        "reason": "Bãi bỏ",
    }
    refused = admin.send(form, typed)
    assert refused.status_code == 422
    assert "không được trước hôm nay" in words(refused)
    assert "99/QĐ-UBND" in refused.text, "what was typed stays"
    again = admin.form(refused, f"{VERSIONS}/1/bai-bo")
    assert admin.send(again, typed | {"repealed_on": "2026-11-23"}).status_code == 303
    seen = words(admin.see(f"{VERSIONS}/1"))
    assert "Đã bãi bỏ" in seen
    assert "theo 99/QĐ-UBND" in seen
    assert "Chưa có quy trình áp dụng" in words(admin.see("/thu-tuc?q=linear"))
    counter = desk("desk")
    answer = counter.client.get("/tiep-nhan/linear")
    assert answer.status_code == 200
    assert "đã bãi bỏ từ ngày 23/11/2026 theo 99/QĐ-UBND" in words(answer)
    assert "Người đã từng nộp" not in words(answer)


def test_dossiers_are_foreseen_moved_and_put_back(scene: Scene, linear: str, desk: SEE) -> None:
    goes, stays = scene.at_step("process", linear), scene.at_step("review", linear)
    publish(scene, drawn("process", "handle"))
    admin = desk("admin")
    seen = admin.see(f"{VERSIONS}/2/chuyen")
    assert "1 hồ sơ chuyển được" in words(seen)
    assert "Bước đang mở “Bước review” không có trong sơ đồ mới" in words(seen)
    mapped = admin.see(f"{VERSIONS}/2/chuyen?tu=1&thay.review=handle")
    assert "2 hồ sơ chuyển được" in words(mapped)

    form = move_form(seen)
    refused = admin.send(form, {"reason": ""})
    assert refused.status_code == 422
    assert version_of(scene, goes) == 1
    answer = admin.send(move_form(refused), {"reason": "Quyết định mới"})
    assert "Đã chuyển 1 trên 1 hồ sơ" in words(answer)
    assert [version_of(scene, code) for code in (goes, stays)] == [2, 1]
    timeline = words(desk("head").see(f"/ho-so/{goes}/dien-bien"))
    assert "Chuyển sang phiên bản khác của quy trình" in timeline
    assert "số 1 → số 2" in timeline
    assert "Quyết định mới" in timeline

    back = admin.form(answer, f"{VERSIONS}/hoan-tac")
    done = admin.send(back, {"dossier": [goes], "reason": "Chuyển nhầm"})
    assert done.status_code == 303
    assert f"Đã hoàn tác: {goes}" in words(admin.see(VERSIONS))
    assert version_of(scene, goes) == 1
    scene.sound(goes)


def test_the_same_button_twice_moves_once_and_what_cannot_be_undone_says_so(
    scene: Scene, linear: str, desk: SEE
) -> None:
    code = scene.at_step("process", linear)
    publish(scene, LATER)
    admin = desk("admin")
    form = move_form(admin.see(f"{VERSIONS}/2/chuyen"))
    for _ in range(2):
        assert "Đã chuyển 1 trên 1 hồ sơ" in words(admin.send(form, {"reason": "Mới"}))
    assert scene.kinds(code).count("version_moved") == 1
    scene.do("claim", "binh", scene.task(code, "process").id)
    undo = admin.form(admin.see(VERSIONS), f"{VERSIONS}/hoan-tac")
    assert admin.send(undo, {"dossier": "", "reason": ""}).status_code == 422
    assert admin.send(undo, {"dossier": code, "reason": "Nhầm"}).status_code == 303
    assert "đã được xử lý tiếp" in words(admin.see(VERSIONS))


def test_nothing_is_moved_to_a_version_that_is_to_come(scene: Scene, linear: str, desk: SEE) -> None:
    scene.at_step("process", linear)
    publish(scene, LATER, effective_from="2026-12-01")
    admin = desk("admin")
    assert "Chuyển hồ sơ đang giải quyết" not in words(admin.see(f"{VERSIONS}/2"))
    assert "sắp có hiệu lực" in words(admin.see(f"{VERSIONS}/2/chuyen", 409))
