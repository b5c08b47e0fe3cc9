"""The administrator's pages of incidents, worked without a script; and the dossier's page, which says that it stands."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.actions.scene import Scene
from tests.actions.standing import AGREE, at_gateway, every, leave, review, the_one
from tests.factories import hold
from tests.web.desk import Desk, words

SEE = Callable[[str], Desk]


def stopped(scene: Scene) -> tuple[str, int]:
    """A dossier that stands at a gateway, and its incident."""
    code = at_gateway(scene, people=[1, 2], note="12")
    scene.stopped("forward", "head", scene.task(code, "review").id, AGREE)
    return code, the_one(scene, code).id


def test_it_is_found_repaired_and_gone(scene: Scene, desk: SEE) -> None:
    code, number = stopped(scene)
    admin = desk("admin")
    assert "Sự cố quy trình" in words(admin.see("/toi"))
    listed = admin.see("/su-co")
    assert code in words(listed)
    seen = admin.see(f"/su-co/{number}")
    assert "Không điều kiện nào" in words(seen)
    form = admin.form(seen, f"/su-co/{number}/sua-chua")
    field = next(name for name, value in form.fields.items() if value == "nhiều" and not name.endswith("-was"))
    answer = admin.send(form, {field: "12", "reason": "Số tiền ghi bằng chữ", "retry": "1"})
    assert answer.status_code == 303, answer.text
    assert "sự cố đã hết" in words(admin.see(f"/su-co/{number}"))
    assert scene.last(code, "repaired").data["data"] == {"amount": ["nhiều", 12]}, "only what was typed otherwise"
    assert scene.open_steps(code) == ["issue"]
    assert "Không có sự cố nào chưa giải quyết" in words(admin.see("/su-co"))
    assert "Biến, dữ liệu" not in words(admin.see("/su-co?tt=xong"))
    timeline = words(desk("head").see(f"/ho-so/{code}/dien-bien"))
    assert "Dữ liệu amount" in timeline
    assert "Sự cố quy trình đã hết" in timeline


def test_a_repair_may_bring_new_names_and_a_step(scene: Scene, desk: SEE) -> None:
    code, number = stopped(scene)
    admin = desk("admin")
    form = admin.form(admin.see(f"/su-co/{number}"), f"/su-co/{number}/sua-chua")
    typed = {"set-new0-name": "urgent", "set-new0": "true", "to_step": "issue", "reason": "Chuyển thẳng"}
    assert admin.send(form, typed).status_code == 303
    assert scene.last(code, "repaired").data["set"] == {"urgent": [None, True]}
    assert scene.open_steps(code) == ["issue"]


@pytest.mark.parametrize(
    ("typed", "status", "told"),
    [
        ({"reason": ""}, 422, "Không được để trống"),
        ({"reason": "Thử"}, 422, "Hãy ghi giá trị cần sửa"),
        ({"reason": "Thử", "set-new0-name": "a b", "set-new0": "1"}, 422, "không phải tên"),
        ({"reason": "Thử", "to_step": "khong_co"}, 422, "Không chuyển đến bước"),
        ({"reason": "Thử", "set-new0-name": "other", "set-new0": "1", "retry": "1"}, 409, "Không điều kiện nào"),
    ],
)
def test_what_is_refused_is_told_with_everything_typed(
    scene: Scene, desk: SEE, typed: dict[str, str], status: int, told: str
) -> None:
    code, number = stopped(scene)
    admin = desk("admin")
    form = admin.form(admin.see(f"/su-co/{number}"), f"/su-co/{number}/sua-chua")
    answer = admin.send(form, typed)
    assert answer.status_code == status
    assert told in words(answer)
    assert typed.get("set-new0-name", "") in answer.text
    assert scene.open_steps(code) == ["review"]


def test_an_action_is_tried_again_or_closed(scene: Scene, desk: SEE) -> None:
    code, number = stopped(scene)
    admin = desk("admin")
    form = admin.form(admin.see(f"/su-co/{number}"), f"/su-co/{number}/thuc-hien-lai")
    answer = admin.send(form, {"reason": "Thử lại"})
    assert answer.status_code == 409
    form = admin.form(admin.see(f"/su-co/{number}"), f"/su-co/{number}/dong")
    assert admin.send(form, {"reason": "Chuyên viên tự làm"}).status_code == 303
    assert [row.resolution for row in every(scene, code)] == ["closed"]
    assert "Chuyên viên tự làm" in words(admin.see(f"/su-co/{number}"))
    assert admin.client.post(f"/su-co/{number}/khong-co", data=form.fields).status_code == 404


def test_a_dossiers_page_says_that_it_stands(scene: Scene, desk: SEE) -> None:
    code = scene.at_step("process")
    leave(scene, "head")
    binh = desk("binh")
    answer = binh.act(code, scene.task(code, "process").id, "forward", comment="Xong")
    assert answer.status_code == 303, answer.text
    for path in ("", "/dien-bien", "/dong-ho"):
        assert "Hồ sơ đang đứng lại" in words(binh.see(f"/ho-so/{code}{path}"))
    seen = words(binh.see(f"/ho-so/{code}"))
    assert "Chưa có ai giữ vị trí “Trưởng phòng” ở Sở Y tế" in seen
    assert "Xử lý sự cố" not in seen
    assert "Thu hồi" in seen
    with scene.writing() as connection:
        hold(connection, scene.province.accounts["chi"], scene.province.positions["head"])
    assert review(scene) == 1
    assert "Hồ sơ đang đứng lại" not in words(binh.see(f"/ho-so/{code}"))


def test_heads_are_told_and_led_to_them(scene: Scene, desk: SEE) -> None:
    code, _ = stopped(scene)
    director = desk("director")
    board = director.see("/theo-doi")
    assert "1 hồ sơ đang đứng lại" in words(board)
    (link,) = [one.get("href") for one in board.iter("a") if "dung=1" in (one.get("href") or "")]
    listed = words(director.see(link))
    assert code in listed
    assert "Sự cố quy trình" in listed
