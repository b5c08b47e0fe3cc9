"""The page of delegations: given, seen by both, ended; the limits in words; what is refused keeps what was typed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.actions.away import day
from tests.actions.delegating import DECISION, delegate
from tests.actions.scene import Scene
from tests.web.desk import Desk, words

SEE = Callable[[str], Desk]


def form_of(scene: Scene, **more: object) -> dict[str, object]:
    return {
        "position": "principal",
        "delegate": "binh",
        "from_day": day(scene).isoformat(),
        "to_day": day(scene, 5).isoformat(),
        "decision_number": DECISION,
        "reason": "Phân công phó phòng",
        "form": "KT.",
        "signs": "true",
        "daily_most": "20",
    } | more


@pytest.mark.rule("TN-25.2")
def test_a_head_delegates_and_both_see_it(scene: Scene, desk: SEE) -> None:
    code = scene.at_step("approve")
    director = desk("director")
    seen = director.see("/uy-quyen")
    assert "Chưa có ủy quyền nào. Ghi ủy quyền ở dưới." in words(seen)
    answer = director.send(director.form(seen, "/uy-quyen"), form_of(scene))
    assert answer.status_code == 303, answer.text
    told = words(director.see("/uy-quyen"))
    for part in ("Tôi ủy quyền", "Giám đốc Sở", "Mọi thủ tục", "Được ký thay, ghi KT.", "nhiều nhất 20 việc", DECISION):
        assert part in told
    binh = desk("binh")
    assert "Tôi được ủy quyền" in words(binh.see("/uy-quyen"))
    inbox = words(binh.see("/viec?hop=delegated"))
    assert "Tôi được ủy quyền" in inbox
    assert code in inbox
    assert "Tôi được ủy quyền" not in words(desk("chi").see("/viec"))
    binh.act(code, scene.task(code, "approve").id, "forward")
    assert "Được ủy quyền" in words(binh.see(f"/ho-so/{code}/dien-bien"))
    assert DECISION in words(binh.see(f"/ho-so/{code}/dien-bien"))


def test_it_is_ended_by_either(scene: Scene, desk: SEE) -> None:
    for name in ("binh", "director"):
        made = delegate(scene, "director", "binh", "principal")
        person = desk(name)
        place = f"/uy-quyen/{made['id']}/ket-thuc"
        assert person.send(person.form(person.see("/uy-quyen"), place)).status_code == 303
        assert "Đã kết thúc sớm, hủy" in words(person.see("/uy-quyen?xem=past"))


def test_a_refusal_keeps_what_was_typed(scene: Scene, desk: SEE) -> None:
    director = desk("director")
    form = director.form(director.see("/uy-quyen"), "/uy-quyen")
    answer = director.send(form, form_of(scene, to_day="2026-11-01", reason="Đi công tác dài", daily_most="nhiều"))
    assert answer.status_code == 422
    assert "Đi công tác dài" in answer.text
    answer = director.send(form, form_of(scene, to_day="2026-11-01", daily_most=""))
    assert "Ngày cuối không được trước ngày đầu." in words(answer)


def test_who_heads_nothing_has_no_form(scene: Scene, desk: SEE) -> None:
    seen = words(desk("binh").see("/uy-quyen"))
    assert "Người phụ trách phòng, lãnh đạo cơ quan là người ủy quyền." in seen
    assert "Ủy quyền cho người khác" not in seen
