"""The page of backups: how old the last one is, those that failed, and letting a restored place go."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from app.jobs import backups as duty
from app.store import backups
from app.store.transaction import transaction
from app.wording import LOCAL
from tests.actions.scene import Scene
from tests.backups.test_release import HOUR, carried_out, hold, standing
from tests.factories import START
from tests.web.desk import Desk, words

Desks = Callable[[str], Desk]
PAGE = "/quan-tri/sao-luu"


def noted(scene: Scene, **values: Any) -> None:
    found = {
        "name": "2026-11-23T010000Z",
        "folder": "/srv/backups",
        "way": "duty",
        "state": "done",
        "taken_at": scene.clock.at,
        "finished_at": scene.clock.at,
        "database_bytes": 2_000_000,
        "files": 3,
        "files_bytes": 3000,
        "new_files": 1,
        "new_bytes": 1000,
        "missing": 0,
        "error": None,
    }
    with scene.app.app_context(), transaction() as connection:
        backups.keep_backup(connection, **(found | values))


def test_without_a_folder_the_page_says_that_nothing_is_backed_up(scene: Scene, desk: Desks) -> None:
    shown = words(desk("admin").see(PAGE))
    assert "Chưa đặt BACKUP_DIR : hệ thống không tự sao lưu. Chưa có bản sao lưu nào." in shown


def test_a_failure_and_its_reason_are_shown(scene: Scene, desk: Desks) -> None:
    noted(scene)
    noted(scene, state="failed", name="", error="Không ghi được bản sao lưu vào /srv/backups: No space left on device.")
    shown = words(desk("admin").see(PAGE))
    assert "2026-11-23T010000Z" in shown
    assert "No space left on device" in shown
    answer = scene.get("admin", "/backups")
    assert [one["state"] for one in answer["data"]] == ["failed", "done"]
    assert answer["restore"] is None


def test_one_that_is_late_is_told(scene: Scene) -> None:
    """The profile's: every day at 22:00."""
    evening = datetime(2026, 11, 20, 22, 1, tzinfo=LOCAL)
    noted(scene, taken_at=evening)
    scene.clock.at = evening + timedelta(hours=30)
    assert not scene.get("admin", "/backups")["late"]
    scene.clock.at = evening + timedelta(hours=37)
    assert scene.get("admin", "/backups")["late"]


def test_a_restored_place_is_let_go_once(scene: Scene, desk: Desks) -> None:
    hold(scene)
    scene.clock.at = START + 2 * HOUR
    admin = desk("admin")
    page = admin.see(PAGE)
    assert "đang giữ lại mọi việc gửi đi" in words(page)
    action = f"{PAGE}/cho-chay"
    refused = admin.send(admin.form(page, action), {"lost_at": "2020-01-01T00:00"})
    assert refused.status_code == 422
    assert "phải từ lúc sao lưu đến bây giờ" in refused.text
    assert admin.send(admin.form(page, action), {}).status_code == 303
    assert "chờ tiến trình nền thực hiện" in words(admin.see(PAGE))
    assert scene.client("admin").post("/api/v1/restore/release", json={}).status_code == 409
    assert carried_out(scene)
    assert standing(scene) is None
    assert "cho chạy lại lúc" in words(admin.see(PAGE))
    assert "Cho hệ thống vừa khôi phục chạy lại" in words(admin.see("/quan-tri/nhat-ky"))


def test_the_interface_lets_it_go_too(scene: Scene) -> None:
    hold(scene)
    scene.clock.at = START + 2 * HOUR
    found = scene.get("admin", "/backups")["restore"]
    assert found["held"] == {"timers": 0, "deliveries": 0, "jobs": 0}
    answer = scene.client("admin").post("/api/v1/restore/release", json={"lost_at": START.isoformat(), "resend": True})
    assert answer.json == {"released": True}
    assert scene.client("desk").post("/api/v1/restore/release", json={}).status_code == 403


def test_the_duty_does_nothing_without_a_folder(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duty, "backup_and_note", lambda *_: pytest.fail("made one"))
    with scene.app.app_context():
        duty.back_up_when_due()
