"""Maintenance, suspension and the log book of outages (LA-4.3, HT-14.2, TN-22.1d)."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import ProgrammingError

from app.access import maintenance
from app.access.maintenance import Watch
from app.embedded import Urls
from app.store.database import sqlalchemy_url
from tests.actions.scene import Scene, is_problem
from tests.factories import START

CLOSED = {"mode": "closed", "words": "Nâng cấp máy chủ.", "ends_at": (START + timedelta(hours=2)).isoformat()}
ENTRY = {
    "kind": "security",
    "level": "high",
    "title": "Lộ mật khẩu một tài khoản",
    "words": "Có người lạ đăng nhập.",
    "began_at": (START - timedelta(hours=1)).isoformat(),
}


@pytest.fixture(autouse=True)
def open_again(scene: Scene) -> Iterator[Watch]:
    watch: Watch = scene.app.extensions["motcua.maintenance"]
    yield watch
    watch.row = None


def begin(scene: Scene, **body: Any) -> Any:
    answer = scene.client("admin").post("/api/v1/maintenance", json=CLOSED | body)
    assert answer.status_code == 201, answer.text
    return answer.json


@pytest.mark.rule("LA-4.3")
def test_a_closed_system_answers_503_but_its_health_and_whoever_opens_it_again(scene: Scene) -> None:
    begin(scene)
    refused = scene.client("desk").get("/api/v1/me")
    is_problem(refused, 503, "maintenance")
    assert refused.headers["Retry-After"] == "3600"
    assert "Nâng cấp máy chủ." in refused.json["detail"]
    citizen = scene.app.test_client()
    page = citizen.get("/tra-cuu", headers={"Accept": "text/html"})
    assert (page.status_code, page.headers["Retry-After"]) == (503, "3600")
    assert "Nâng cấp máy chủ." in page.text
    assert "dự kiến đến 10:00" in page.text.lower()
    assert [citizen.get(path).status_code for path in ("/healthz", "/readyz", "/dang-nhap")] == [200, 200, 200]
    is_problem(scene.client("desk").post("/api/v1/maintenance/end", json={}), 403, "forbidden")
    assert scene.client("admin").post("/api/v1/maintenance/end", json={"words": "Xong."}).status_code == 200
    assert scene.client("desk").get("/api/v1/me").status_code == 200


@pytest.mark.rule("LA-4.3")
def test_what_is_planned_is_announced_and_read_only_lets_people_read(scene: Scene) -> None:
    begin(scene, mode="read_only", starts_at=(START + timedelta(hours=1)).isoformat())
    code = scene.register()["code"]
    citizen = scene.app.test_client()
    assert "Hệ thống sắp bảo trì" in citizen.get("/tra-cuu").text
    scene.clock.move(hours=1)
    assert scene.client("desk").get(f"/api/v1/dossiers/{code}").status_code == 200
    is_problem(scene.post_dossier(), 503, "maintenance")
    (task,) = scene.open_tasks(code)
    scene.refused(503, "maintenance", "forward", "desk", task.id)
    assert "chỉ xem được" in citizen.get("/tra-cuu").text
    scene.clock.move(hours=9)
    is_problem(scene.post_dossier(), 503, "maintenance")  # later than was said: it does not end by itself
    is_problem(scene.client("admin").post("/api/v1/maintenance", json=CLOSED | {"ends_at": None}), 409, "duplicate")
    scene.client("admin").post("/api/v1/maintenance/end", json={})
    assert scene.post_dossier().status_code == 201


@pytest.mark.rule("HT-14.2")
def test_the_chairman_may_suspend_the_system_on_a_decision_and_the_log_book_has_it(scene: Scene) -> None:
    problem = is_problem(
        scene.client("admin").post("/api/v1/maintenance", json=CLOSED | {"kind": "suspension"}), 422, "invalid"
    )
    assert "basis" in problem["errors"]
    begin(scene, kind="suspension", basis="Quyết định số 12/QĐ-UBND ngày 23/11/2026, Chủ tịch ký")
    is_problem(scene.client("desk").get("/api/v1/me"), 503, "maintenance")
    scene.clock.move(minutes=30)
    ended = scene.client("admin").post("/api/v1/maintenance/end", json={"words": "Đã vá lỗ hổng."}).json
    assert ended is not None
    entry = scene.get("control", f"/log-book/{ended['entry_id']}")
    assert (entry["kind"], entry["minutes"], entry["remedy"]) == ("suspension", 30, "Đã vá lỗ hổng.")
    assert "12/QĐ-UBND" in entry["words"]
    changes = scene.get("admin", "/administration-changes")["data"]
    assert {"maintenance_begun", "maintenance_ended"} <= {one["kind"] for one in changes}


def test_one_that_was_called_off_before_it_began_leaves_no_line(scene: Scene) -> None:
    begin(scene, starts_at=(START + timedelta(hours=1)).isoformat())
    assert scene.client("admin").post("/api/v1/maintenance/end", json={}).json["entry_id"] is None  # type: ignore[index]
    assert scene.get("admin", "/log-book")["total"] == 0
    is_problem(scene.client("admin").post("/api/v1/maintenance/end", json={}), 409, "settled")


def test_another_process_learns_of_it_by_looking(scene: Scene, open_again: Watch) -> None:
    begin(scene)
    open_again.row = None
    assert scene.client("desk").get("/api/v1/me").status_code == 200
    maintenance._look(scene.app)
    assert scene.client("desk").get("/api/v1/me").status_code == 503


@pytest.mark.rule("TN-22.1d", "HT-14.2")
def test_incidents_are_kept_with_what_was_done_whom_it_was_reported_to_and_every_change(scene: Scene) -> None:
    admin = scene.client("admin")
    entry: Any = admin.post("/api/v1/log-book", json=ENTRY).json
    path = f"/api/v1/log-book/{entry['id']}"
    for kind, words in (("measure", "Đã khóa tài khoản."), ("reported", "Báo Sở Thông tin và Truyền thông lúc 09:00.")):
        assert admin.post(f"{path}/notes", json={"kind": kind, "words": words}).status_code == 201
    changed = admin.put(path, json={"level": "critical", "cause": "Mật khẩu yếu", "version": entry["version"]})
    assert changed.status_code == 200, changed.text
    is_problem(admin.put(path, json={"level": "low", "version": entry["version"]}), 412, "stale_version")
    assert admin.put(path, json={"ended_at": START.isoformat()}).json["minutes"] == 60  # type: ignore[index]
    told = scene.get("control", f"/log-book/{entry['id']}")
    assert [note["kind"] for note in told["notes"]] == ["measure", "reported", "changed", "ended"]
    assert {"title": "Mức độ", "before": "Nặng", "after": "Nghiêm trọng"} in told["notes"][2]["lines"]
    is_problem(scene.client("desk").get("/api/v1/log-book"), 403, "forbidden")
    is_problem(scene.client("control").post("/api/v1/log-book", json=ENTRY), 403, "forbidden")
    sheet = scene.client("control").get("/api/v1/log-book.xlsx?kind=security&year=2026")
    with zipfile.ZipFile(BytesIO(sheet.data)) as book:
        cells = book.read("xl/worksheets/sheet1.xml").decode()
    assert "Báo Sở Thông tin và Truyền thông" in cells
    assert "Nặng → Nghiêm trọng" in cells


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"began_at": (START + timedelta(days=1)).isoformat()}, "began_at"),
        ({"ended_at": (START - timedelta(days=1)).isoformat()}, "ended_at"),
        ({"noticed_at": (START + timedelta(days=1)).isoformat()}, "noticed_at"),
        ({"outage_id": 999_999}, "outage_id"),
        ({"kind": "war"}, "kind"),
        ({"title": ""}, "title"),
    ],
)
def test_what_the_book_does_not_take_is_refused(scene: Scene, body: Any, field: str) -> None:
    problem = is_problem(scene.client("admin").post("/api/v1/log-book", json=ENTRY | body), 422, "invalid")
    assert field in problem["errors"]


@pytest.mark.rule("TN-22.1d")
@pytest.mark.parametrize(
    "statement", ["DELETE FROM log_book", "UPDATE log_book_notes SET words = ''", "DELETE FROM log_book_notes"]
)
def test_the_application_removes_nothing_from_the_book(database_urls: Urls, statement: str) -> None:
    engine = create_engine(sqlalchemy_url(database_urls.app), connect_args={"options": "-c role=motcua_app"})
    try:
        with engine.connect() as connection, pytest.raises(ProgrammingError, match="permission denied"):
            connection.execute(text(statement))
    finally:
        engine.dispose()
