"""The page that says whose time a dossier's was."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.actions.scene import Scene
from tests.regulation.scenes import on_paper, without_paper
from tests.web.desk import Desk, words


@pytest.mark.rule("QT-28.5d")
def test_it_names_the_person_and_the_step_that_are_late(scene: Scene, desk: Callable[[str], Desk]) -> None:
    code = on_paper(scene, "process")
    scene.do("claim", "binh", scene.task(code, "process").id)
    scene.clock.set_local("2026-11-24 10:00")
    shown = words(desk("director").see(f"/ho-so/{code}/thoi-gian"))

    # Eight hours from Monday 08:00 end on Tuesday at 08:00.
    assert (
        "Phần quá hạn thuộc về: Nguyễn Thị binh, bước “Bước process”, Phòng Nghiệp vụ: quá hạn bước 2 giờ"
        in shown.replace(" ,", ",")
    )
    assert "Sở Y tế" in shown
    assert "(đang giữ)" in shown


@pytest.mark.rule("QT-20.2b")
def test_a_transfer_is_shown_with_both_instants(scene: Scene, desk: Callable[[str], Desk]) -> None:
    shown = words(desk("director").see(f"/ho-so/{without_paper(scene, 'opinion')}/thoi-gian"))

    assert "Chuyển sang cơ quan khác Sở Y tế Văn phòng UBND tỉnh 08:00 23/11/2026 08:00 23/11/2026" in shown


def test_what_waits_at_intake_is_nobodys_time(scene: Scene, desk: Callable[[str], Desk]) -> None:
    code = scene.register(channel="online")["code"]
    scene.clock.set_local("2026-11-23 09:00")

    assert "Hồ sơ chưa được tiếp nhận nên chưa tính thời gian cho ai." in words(
        desk("desk").see(f"/ho-so/{code}/thoi-gian")
    )
