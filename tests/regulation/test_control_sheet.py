"""Requirements group 1: the control sheet goes with a dossier from its receipt to the desk's file (ST-13.2)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.actions.scene import Scene
from tests.factories import local_iso


def sheet(scene: Scene, code: str, username: str = "desk") -> Any:
    return scene.get(username, f"/dossiers/{code}/control")["data"]


@pytest.mark.rule("ST-13.2")
def test_it_is_there_from_receipt_and_notes_every_hand_over(scene: Scene) -> None:
    """ST Điều 13 khoản 2: sau khi tiếp nhận lập phiếu kiểm soát; phiếu đi cùng hồ sơ và cuối cùng do một cửa lưu."""
    code = scene.register(procedure=scene.publish("linear"), channel="online")["code"]
    assert sheet(scene, code) == []
    scene.do("accept", "desk", scene.task(code, "check_online").id)
    (received,) = sheet(scene, code)
    assert (received["given_by"], received["given_to"], received["passed_on_at"]) == (None, "Nguyễn Thị desk", None)

    scene.clock.move(minutes=30)
    scene.do("forward", "desk", scene.task(code, "receive").id)
    scene.clock.move(days=3)
    scene.do("forward", "binh", scene.task(code, "process").id)
    first, second, third = sheet(scene, code, "head")
    assert first["in_time"] is True
    assert (second["given_by"], second["given_to"], second["in_time"]) == ("Nguyễn Thị desk", "Nguyễn Thị binh", False)
    assert (third["given_by"], third["passed_on_at"], third["in_time"]) == ("Nguyễn Thị binh", None, None)
    assert third["handed_over_at"] == second["passed_on_at"] == local_iso(scene.clock())


@pytest.mark.rule("ST-13.2")
def test_when_all_is_done_the_desk_has_the_whole_of_it(scene: Scene) -> None:
    code = scene.at_step("give_back", scene.publish("linear"))
    task = scene.task(code, "give_back").id
    scene.do("confirm-result", "desk", task)
    scene.do("deliver-result", "desk", task)

    assert [row["step_name"] for row in sheet(scene, code)] == [
        f"Bước {step}" for step in ("receive", "process", "review", "give_back")
    ]
    assert all(row["passed_on_at"] for row in sheet(scene, code))
    page = scene.client("desk").get(f"/api/v1/dossiers/{code}/control")
    assert page.status_code == 200
    assert scene.client("official").get(f"/api/v1/dossiers/{code}/control").status_code == 404
