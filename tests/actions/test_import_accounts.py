"""Accounts from a table: any order of columns, each row looked at, made in one go, and nothing the second time."""

from __future__ import annotations

import json
from collections.abc import Sequence
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import text

from app.actions import import_accounts
from app.views.sheet_files import xlsx_file
from tests import factories
from tests.actions.scene import Scene, is_problem
from tests.actions.test_keep_accounts import signs_in
from tests.actions.test_keep_organisation import ask, changes, own, send

__all__ = ["own"]

HEAD = ("STT", "Vị trí", "Họ và tên", "Hộp thư", "CƠ QUAN", "Từ ngày", "Quyen", "ten dang nhap", "Phòng")
GOOD = (
    (1, "Chuyên viên", "Lê Văn Ba", "ba.le@quangtri.gov.vn", "Sở Y tế", "01/12/2026", "", "", ""),
    (2, "desk_officer; Văn thư", "Trần Thị Tư", "", "so y te", "", "", "", ""),
    (3, "", "Nguyễn Thị Năm", "nam@quangtri.gov.vn", "VPUBND", "", "Xem báo cáo, thống kê", "nam.nt", ""),
)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashing is tested elsewhere; a table would take its time."""
    monkeypatch.setattr(import_accounts, "hashed", lambda words: [f"not a hash {word[::-1]}" for word in words])


def upload(scene: Scene, who: str, rows: Sequence[Sequence[Any]], head: Sequence[str] = HEAD) -> Any:
    content = xlsx_file("Cán bộ", head, rows)
    data = {"file": (BytesIO(content), "cán bộ.xlsx")}
    return scene.client(who).post("/api/v1/accounts/imports", data=data)


def handed_in(scene: Scene, who: str, rows: Sequence[Sequence[Any]], head: Sequence[str] = HEAD) -> Any:
    answer = upload(scene, who, rows, head)
    assert answer.status_code == 201, answer.text
    return answer.json


def accepted(scene: Scene, who: str, found: Any, **body: Any) -> Any:
    return send(scene, who, f"/accounts/imports/{found['id']}/accept", body | {"seen": found["digest"]}, 200)


@pytest.mark.rule("QT-22.4")
def test_a_table_is_looked_at_then_made_and_made_once(scene: Scene) -> None:
    found = handed_in(scene, "admin", GOOD)
    assert found["counts"] == {"new": 3, "changed": 0, "unchanged": 0, "wrong": 0}
    assert [row["username"] for row in found["rows"]] == ["ba.le", "tu.tt", "nam.nt"]
    assert [row["line"] for row in found["rows"]] == [2, 3, 4]
    made = accepted(scene, "admin", found)
    assert made["result"] == found["counts"]
    assert [one["username"] for one in made["accounts"]] == ["ba.le", "tu.tt", "nam.nt"]
    tu = scene.get("admin", "/accounts/tu.tt")
    assert {one["position"] for one in tu["positions"]} == {"desk_officer", "clerk"}
    assert tu["permissions"] == ["dossier.register", "task.work"], "what her positions need"
    assert tu["must_change_password"] is True
    ba = scene.get("admin", "/accounts/ba.le")
    assert [(one["from_day"], one["state"]) for one in ba["holdings"]] == [("2026-12-01", "coming")]
    assert scene.get("admin", "/accounts/nam.nt")["permissions"] == ["report.view"]
    assert [kind for kind, *_ in changes(scene, "account:tu.tt")] == ["account_created", *["position_given"] * 2]
    is_problem(ask(scene, "admin", f"/accounts/imports/{found['id']}/accept", {}), 409, "settled")
    again = handed_in(scene, "admin", GOOD)
    assert again["counts"] == {"new": 0, "changed": 0, "unchanged": 3, "wrong": 0}
    scene.clock.move(days=20)
    later = handed_in(scene, "admin", GOOD)
    assert later["counts"]["unchanged"] == 3, "from today: still what was given"
    with scene.unchanged("account_imports", "administration_changes"):
        assert accepted(scene, "admin", later)["accounts"] == []


def test_no_password_is_kept(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    found = handed_in(scene, "admin", GOOD[:1])
    path = f"/accounts/imports/{found['id']}/accept"
    made = send(scene, "admin", path, {}, 200, idempotency_key="one")
    (person,) = made["accounts"]
    assert signs_in(scene, person["username"], person["temporary_password"]).json["must_change_password"] is True
    with scene.reading() as connection:
        kept = [
            *connection.execute(text("SELECT answer::text FROM idempotency_keys")).scalars(),
            *connection.execute(text("SELECT after::text FROM administration_changes")).scalars(),
            *connection.execute(text("SELECT rows::text || result::text FROM account_imports")).scalars(),
        ]
    assert not any(person["temporary_password"] in one for one in kept)
    assert scene.get("admin", f"/accounts/imports/{found['id']}")["rows"] == []


def test_what_is_wrong_is_told_by_cell_and_the_good_rows_may_be_taken(scene: Scene) -> None:
    rows = (
        (1, "Thợ lặn", "Lê Văn Ba", "", "Sở Y tế", "", "", "", ""),
        (2, "", "Lê Văn Bốn", "", "Sở Hỏa tinh", "", "", "", ""),
        (3, "", "Lê Văn Năm", "khong-phai-thu", "Sở Y tế", "", "", "", ""),
        (4, "", "Lê Văn Sáu", "binh@example.org", "Sở Y tế", "31/02/2026", "", "ten co dau cach", ""),
        (5, "", "Lê Văn Bảy", "", "Sở Y tế", "", "Bay lên trời", "", ""),
        (6, "", "", "", "Sở Y tế", "", "", "", ""),
        (7, "", "Lê Văn Tám", "", "Sở Y tế", "", "", "", ""),
        (8, "", "Lê Văn Tám", "", "Sở Y tế", "", "", "tam.lv", ""),
    )
    found = handed_in(scene, "admin", rows)
    assert found["counts"] == {"new": 1, "changed": 0, "unchanged": 0, "wrong": 7}
    columns = [{one["column"] for one in row["faults"]} for row in found["rows"]]
    assert columns[0] == {"positions"}
    assert columns[1] == {"agency"}
    assert columns[2] == {"email"}
    assert columns[3] >= {"email", "username", "since"}
    assert columns[4] == {"permissions"}
    assert "name" in columns[5]
    assert columns[7] == {"name"}, "the same person twice"
    assert "dòng 8" in found["rows"][7]["faults"][0]["message"]
    path = f"/accounts/imports/{found['id']}/accept"
    with scene.unchanged():
        problem = is_problem(ask(scene, "admin", path, {}), 422, "invalid")
    assert list(problem["errors"]) == ["good_only"]
    made = accepted(scene, "admin", found, good_only=True)
    assert made["result"] == {"new": 1, "changed": 0, "unchanged": 0, "wrong": 7}


def test_a_row_of_somebody_who_is_there_changes_what_it_names(scene: Scene) -> None:
    rows = (
        (
            1,
            "Văn thư",
            "Nguyễn Thị Bình",
            "",
            "",
            "2026-12-01",
            "Xử lý các bước của vị trí việc làm mình giữ; report.view",
            "binh",
            "",
        ),
    )
    found = handed_in(scene, "admin", rows)
    (row,) = found["rows"]
    assert row["state"] == "changed"
    assert [one["column"] for one in row["changes"]] == ["name", "permissions", "positions"]
    accepted(scene, "admin", found)
    binh = scene.get("admin", "/accounts/binh")
    assert (binh["name"], binh["email"]) == ("Nguyễn Thị Bình", "binh@example.org"), "an empty cell takes nothing away"
    assert {one["position"] for one in binh["holdings"]} == {"assigned_room_officer", "clerk"}


def test_what_changed_meanwhile_is_looked_at_again(scene: Scene) -> None:
    found = handed_in(scene, "admin", GOOD)
    send(scene, "admin", "/accounts", {"name": "Khác", "agency": "SYT", "username": "ba.le"})
    path = f"/accounts/imports/{found['id']}/accept"
    with scene.unchanged():
        is_problem(ask(scene, "admin", path, {"seen": found["digest"]}), 412, "stale_version")


def test_a_file_that_is_no_list_of_people_says_so(scene: Scene) -> None:
    for rows, head in (((("a", "b"),), ("Cột", "Khác")), ((), HEAD), (((1, 2),), ("Cơ quan", "Vị trí"))):
        problem = is_problem(upload(scene, "admin", rows, head), 422, "invalid")
        assert list(problem["errors"]) == ["file"]
    data = {"file": (BytesIO("Họ tên;Cơ quan\nLê Văn Ba;Sở Y tế\n".encode()), "a.csv")}
    answer = scene.client("admin").post("/api/v1/accounts/imports", data=data)
    assert (answer.status_code, (answer.json or {})["counts"]["new"]) == (201, 1)


@pytest.mark.rule("HT-16.1")
def test_an_agencys_administrator_imports_her_own_people(own: Scene) -> None:
    scene = own
    rows = (
        (1, "Chuyên viên", "Lê Văn Ba", "", "", "", "", "", ""),
        (2, "", "Lê Văn Bốn", "", "VPUBND", "", "", "", ""),
        (3, "", "Lê Văn Năm", "", "", "", "Kiểm soát toàn tỉnh: xem mọi hồ sơ", "", ""),
        (4, "", "", "", "", "", "", "official", ""),
        (5, "", "Khác", "", "", "", "", "keeper", ""),
        (6, "Cán bộ một cửa", "Lê Văn Sáu", "", "", "", "", "", ""),
    )
    found = handed_in(scene, "keeper", rows)
    assert [row["state"] for row in found["rows"]] == ["new", *["wrong"] * 5]
    assert [row["faults"][0]["column"] for row in found["rows"][1:]] == [
        "agency",
        "permissions",
        "username",
        "username",
        "permissions",
    ]
    is_problem(ask(scene, "admin", f"/accounts/imports/{found['id']}", None, "GET"), 404, "not_found")
    accepted(scene, "keeper", found, good_only=True)
    assert scene.get("keeper", "/accounts/ba.lv")["agency"] == "SYT"


def test_of_people_elsewhere_an_agencys_administrator_learns_nothing(own: Scene) -> None:
    """Neither by their user name nor by their mailbox: not who they are, not where, not what they may do."""
    with own.writing() as connection:
        factories.set_columns(
            connection, "accounts", own.province.accounts["official"], name="Ngô Thị Kín", email="kin@example.org"
        )
    rows = (
        (1, "", "Ai Đó", "", "", "", "Xem báo cáo, thống kê", "official", ""),
        (2, "", "", "kin@example.org", "", "", "", "", ""),
        (3, "", "Lê Văn Ba", "kin@example.org", "", "", "", "ba.le", ""),
    )
    answer = upload(own, "keeper", rows)
    assert answer.status_code == 201
    assert [row["state"] for row in answer.json["rows"]] == ["wrong"] * 3
    assert [row["changes"] for row in answer.json["rows"]] == [[], [], []]
    for secret in ("Ngô Thị Kín", "Văn phòng"):
        assert secret not in json.dumps(answer.json, ensure_ascii=False)
    assert [row["username"] for row in answer.json["rows"]] == ["official", "", "ba.le"]
    told = ask(own, "keeper", "/accounts", {"name": "Lê Văn Ba", "agency": "SYT", "email": "kin@example.org"})
    assert "official" not in told.text
    assert list(is_problem(told, 422, "invalid")["errors"]) == ["email"]
