"""Guessing at the door: delay, lock-out, nothing told of names; a stolen account; passwords that age (QT-28.5b, HT-22.1)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text, update

from app.access.passwords import hash_password
from app.actions.lock_out import tell_of_lock_out
from app.rules.sign_in_limits import ADDRESS_FREE, LOCKED_OUT_AFTER, OF_NAME
from app.store.accounts import Account
from tests import factories
from tests.actions.scene import Scene, is_problem
from tests.factories import PASSWORD
from tests.fixtures.statements import counted_statements

OWN = "con trâu bên dòng sông"


WRONG = "sai"


def attempt(scene: Scene, username: str, password: str = WRONG, address: str = "10.0.0.7") -> Any:
    body = {"username": username, "password": password}
    return scene.app.test_client().post("/api/v1/tokens", json=body, environ_base={"REMOTE_ADDR": address})


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the work of a hash, which is slow on purpose."""
    monkeypatch.setattr(
        "app.access.sign_in.verify_password", lambda kept, password: bool(kept) and password == PASSWORD
    )


def said(answer: Any) -> tuple[int, Any]:
    return answer.status_code, {key: value for key, value in answer.json.items() if key != "request_id"}


def locked_out(scene: Scene, username: str, address: str = "10.0.0.7") -> list[tuple[int, Any]]:
    """Wrong passwords, each as soon as one may; what was answered."""
    answers = []
    for number in range(LOCKED_OUT_AFTER):
        answers.append(said(attempt(scene, username, address=address)))
        answers.append(said(attempt(scene, username, address=address))) if OF_NAME.waits[number] else None
        scene.clock.move(seconds=OF_NAME.waits[number] if number < LOCKED_OUT_AFTER - 1 else 0)
    return answers


@pytest.mark.rule("QT-28.5b")
def test_failures_delay_and_then_lock_out_whoever_has_the_name(scene: Scene, quick: None) -> None:
    start = scene.clock.at
    known = locked_out(scene, "binh")
    scene.clock.at = start
    assert locked_out(scene, "khong-co-ai", address="10.0.0.8") == known, "nothing tells that nobody has that name"
    assert [status for status, _ in known[:5]] == [401] * 5
    assert [status for status, _ in known[5:]] == [429, 401] * 5 + [429]
    refused = attempt(scene, "binh", PASSWORD)
    problem = is_problem(refused, 429, "too_many_requests")
    assert refused.headers["Retry-After"] == "1800"
    assert "30 phút" in problem["detail"]
    scene.clock.move(minutes=30)
    assert attempt(scene, "binh", PASSWORD).status_code == 201, "it opens again by itself"
    assert attempt(scene, "binh").status_code == 401, "and begins anew"


def test_both_sorts_of_names_cost_the_same_statements(scene: Scene) -> None:
    def shapes(username: str, password: str) -> list[str]:
        with counted_statements(scene.app) as seen:
            attempt(scene, username, password)
        return [" ".join(statement.split())[:60] for statement in seen]

    attempt(scene, "binh")
    assert shapes("binh", "sai") == shapes("khong-co-ai", "sai")


def test_a_hundred_guesses_at_once_are_a_hundred(scene: Scene) -> None:
    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda _: attempt(scene, "binh").status_code, range(24)))
    assert statuses.count(401) <= 5, "those that are free, and the one that begins the wait"
    assert set(statuses) == {401, 429}


@pytest.mark.rule("QT-28.5b")
def test_one_password_tried_on_many_names_stops_the_address(scene: Scene, quick: None) -> None:
    statuses = [attempt(scene, f"ten-{number}").status_code for number in range(ADDRESS_FREE + 1)]
    assert statuses == [401] * ADDRESS_FREE + [429]
    is_problem(attempt(scene, "binh", PASSWORD), 429, "too_many_requests")
    assert attempt(scene, "binh", PASSWORD, address="10.0.0.9").status_code == 201
    (row,) = scene.get("admin", "/sign-in-blocks")["data"]
    assert (row["address"], row["username"]) == ("10.0.0.7", None)
    assert (
        scene.client("admin").post("/api/v1/sign-in-blocks/let-address", json={"address": "10.0.0.7"}).status_code
        == 200
    )
    assert attempt(scene, "binh", PASSWORD).status_code == 201
    again = scene.client("admin").post("/api/v1/sign-in-blocks/let-address", json={"address": "10.0.0.7"})
    is_problem(again, 409, "settled")


def test_ipv6_counts_by_its_network(scene: Scene, quick: None) -> None:
    for number in range(ADDRESS_FREE):
        attempt(scene, f"ten-{number}", address=f"2001:db8:0:1::{number + 1:x}")
    assert attempt(scene, "ai-do", address="2001:db8:0:1:ffff::1").status_code == 429
    assert attempt(scene, "ai-do", address="2001:db8:0:2::1").status_code == 401


def test_what_was_typed_for_a_name_stands_nowhere(scene: Scene) -> None:
    attempt(scene, "mat-khau-cua-toi")
    with scene.reading() as connection:
        rows = connection.execute(text("SELECT t::text FROM sign_in_attempts t")).scalars().all()
        jobs = connection.execute(text("SELECT args::text FROM procrastinate_jobs")).scalars().all()
    assert rows
    assert "mat-khau-cua-toi" not in str(rows) + str(jobs)
    assert b"mat-khau-cua-toi".hex() not in str(rows)


@pytest.mark.rule("QT-28.5b")
def test_an_administrator_lets_somebody_in_again_and_its_owner_is_told(scene: Scene, quick: None) -> None:
    locked_out(scene, "binh")
    with scene.reading() as connection:
        jobs = connection.execute(
            text("SELECT args FROM procrastinate_jobs WHERE task_name = 'tell_of_lock_out'")
        ).scalars()
        (args,) = list(jobs)
    with scene.app.app_context():
        tell_of_lock_out(args["account_id"], args["address"], scene.clock.at)
        tell_of_lock_out(0, args["address"], scene.clock.at)
    (letter,) = letters(scene, "sign_in_locked_out")
    assert letter[0] == "binh@example.org"
    assert "Số lần sai" in letter[1]
    titles = [one["title"] for one in scene.get("binh", "/notices")["data"]]
    assert titles == ["Đăng nhập bị tạm khóa vì sai mật khẩu nhiều lần"]
    (row,) = scene.get("admin", "/sign-in-blocks")["data"]
    assert (row["username"], row["failures"]) == ("binh", LOCKED_OUT_AFTER)
    assert scene.get("admin", "/accounts/binh")["sign_in"]["failures"] == LOCKED_OUT_AFTER
    is_problem(scene.client("desk").post("/api/v1/accounts/binh/let-sign-in"), 403, "forbidden")
    assert scene.client("admin").post("/api/v1/accounts/binh/let-sign-in").status_code == 200
    assert attempt(scene, "binh", PASSWORD).status_code == 201
    is_problem(scene.client("admin").post("/api/v1/accounts/binh/let-sign-in"), 409, "settled")
    kinds = [row["kind"] for row in scene.get("admin", "/administration-changes?subject=account:binh")["data"]]
    assert {"let_in", "sign_in_locked_out"} <= set(kinds)


def test_an_agencys_administrator_sees_only_her_people(scene: Scene, quick: None) -> None:
    with scene.writing() as connection:
        factories.account(connection, "quan", scene.province.health, permissions=["account.manage_own"])
    locked_out(scene, "official")
    assert scene.get("quan", "/sign-in-blocks")["data"] == []
    is_problem(scene.client("quan").post("/api/v1/accounts/official/let-sign-in"), 404, "not_found")
    is_problem(
        scene.client("quan").post("/api/v1/sign-in-blocks/let-address", json={"address": "10.0.0.7"}), 403, "forbidden"
    )


# A stolen account ------------------------------------------------------------------------------------------------------


def letters(scene: Scene, template: str) -> list[tuple[str, str]]:
    """To whom they go and what they say."""
    from app.messages.composing import written
    from app.store import deliveries

    with scene.reading() as connection:
        ids = connection.execute(
            text("SELECT id FROM deliveries WHERE template = :name ORDER BY recipient"), {"name": template}
        ).scalars()
        rows = [deliveries.find_delivery(connection, number) for number in ids]
        return [
            (row.recipient, written(connection, row, "https://x.vn", scene.clock.at.date(), fold=False).body)
            for row in rows
            if row is not None
        ]


@pytest.mark.rule("HT-22.1")
def test_whoever_reports_her_own_account_is_out_everywhere_at_once(scene: Scene) -> None:
    mine, thief = scene.client("binh"), scene.sign_in("binh")
    answer = mine.post("/api/v1/me/report-stolen", json={"reason": "Mất điện thoại"})
    assert (answer.status_code, answer.json) == (200, {"username": "binh", "ended": 2})
    for client in (mine, thief):
        assert client.get("/api/v1/me").status_code == 401
    is_problem(attempt(scene, "binh", PASSWORD), 401, "wrong_credentials")
    ((address, body),) = letters(scene, "account_reported")
    assert address == "binh@example.org"
    assert "chính chủ tài khoản" in body
    ((keeper, told),) = letters(scene, "account_report_told")
    assert keeper == "admin@example.org"
    assert "Mất điện thoại" in told
    assert "/quan-tri/tai-khoan/binh" in told
    (row,) = scene.get("admin", "/administration-changes?kind=account_reported")["data"]
    assert (row["username"], row["after"]["reason"]) == ("binh", "Mất điện thoại")


@pytest.mark.rule("HT-22.1")
def test_unlocking_alone_does_not_let_the_thief_in_again(scene: Scene) -> None:
    scene.client("binh").post("/api/v1/me/report-stolen", json={})
    admin = scene.client("admin")
    found = admin.post("/api/v1/accounts/binh/unlock").json
    assert (found["active"], found["sign_in"]["password_void"]) == (True, True)
    is_problem(attempt(scene, "binh", PASSWORD), 401, "wrong_credentials")
    given = admin.post("/api/v1/accounts/binh/reset-password").json["temporary_password"]
    assert attempt(scene, "binh", given).json["must_change_password"] is True


@pytest.mark.rule("HT-22.1")
def test_the_desk_reports_for_a_colleague_of_its_agency_and_for_nobody_beyond(scene: Scene) -> None:
    desk = scene.client("desk")
    with scene.writing() as connection:
        factories.account(connection, "quan", scene.province.health, permissions=["account.manage_own"])
    thief = scene.sign_in("binh")
    is_problem(desk.post("/api/v1/accounts/binh/report-stolen", json={}), 422, "invalid")
    because = {"reason": "Chị Bình gọi điện: mất máy"}
    for username in ("admin", "quan", "official", "khong-co"):
        is_problem(desk.post(f"/api/v1/accounts/{username}/report-stolen", json=because), 404, "not_found")
    is_problem(scene.client("chi").post("/api/v1/accounts/binh/report-stolen", json=because), 403, "forbidden")
    assert desk.post("/api/v1/accounts/binh/report-stolen", json=because).status_code == 200
    assert thief.get("/api/v1/me").status_code == 401
    assert [address for address, _ in letters(scene, "account_report_told")] == ["quan@example.org"]
    again = desk.post("/api/v1/accounts/binh/report-stolen", json=because)
    assert (again.status_code, again.json["ended"]) == (200, 0)
    assert len(letters(scene, "account_reported")) == 1, "told once"


# Passwords over time ---------------------------------------------------------------------------------------------------


def change(client: Any, old: str, new: str) -> Any:
    return client.post("/api/v1/me/password", json={"old_password": old, "new_password": new})


@pytest.mark.rule("QT-28.5b")
def test_a_password_past_its_age_opens_nothing_but_its_change(scene: Scene) -> None:
    signed = attempt(scene, "binh", PASSWORD)
    assert signed.json["password_expires_at"] == "2027-02-21T08:00:00+07:00"
    scene.clock.move(days=90)
    late = attempt(scene, "binh", PASSWORD)
    assert late.json["must_change_password"] is True
    client = scene.app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {late.json['token']}"
    is_problem(client.get("/api/v1/tasks"), 403, "password_change_required")
    assert change(client, PASSWORD, OWN).status_code == 200
    assert client.get("/api/v1/tasks").status_code == 200
    assert attempt(scene, "binh", OWN).json["must_change_password"] is False


@pytest.mark.rule("QT-28.5b")
def test_the_last_few_passwords_do_not_come_back(scene: Scene) -> None:
    client = scene.client("binh")
    chosen = [f"{word} đèn pin ống nước" for word in ("giá sách", "bàn ghế", "xe đạp")]
    old = PASSWORD
    for new in chosen:
        assert change(client, old, new).status_code == 200
        old = new
    for former in chosen[:2]:
        told = is_problem(change(client, old, former), 422, "invalid")
        assert "Đã dùng trước đây" in told["errors"]["new_password"][0]
    given = scene.client("admin").post("/api/v1/accounts/binh/reset-password").json["temporary_password"]
    fresh = attempt(scene, "binh", given).json["token"]
    client = scene.app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {fresh}"
    assert change(client, given, chosen[2]).status_code == 422, "the one that was reset stays known"


@pytest.mark.rule("QT-28.5b")
def test_only_the_last_few_are_kept(scene: Scene) -> None:
    from app.store import passwords

    with scene.writing() as connection:
        account_id = connection.execute(select(Account.id).where(Account.username == "binh")).scalar_one()
        for number in range(8):
            passwords.give_password(connection, account_id, f"$argon2id${number}", scene.clock.at)
        kept = passwords.former_hashes(connection, account_id)
    assert kept == [f"$argon2id${number}" for number in (6, 5, 4, 3, 2)]


def test_who_finds_a_session_open_guesses_no_more_quickly_than_at_the_door(scene: Scene) -> None:
    client = scene.client("binh")
    statuses = [change(client, "sai", OWN).status_code for _ in range(6)]
    assert statuses == [422] * 5 + [429]
    assert attempt(scene, "binh", PASSWORD).status_code == 201, "she herself is not kept out at the door"


def test_a_weak_new_password_is_no_failed_attempt(scene: Scene) -> None:
    client = scene.client("binh")
    assert [change(client, PASSWORD, "Matkhau2026!").status_code for _ in range(8)] == [422] * 8
    assert change(client, PASSWORD, OWN).status_code == 200


def test_a_sign_in_whose_account_is_locked_meanwhile_is_none(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """The report comes while the thief's password is being looked at."""

    def slow(kept: str | None, password: str) -> bool:
        with scene.writing() as connection:
            connection.execute(
                update(Account).where(Account.username == "binh").values(password_hash=hash_password("x"))
            )
        return True

    monkeypatch.setattr("app.access.sign_in.verify_password", slow)
    is_problem(attempt(scene, "binh", PASSWORD), 401, "wrong_credentials")


def test_an_attempt_is_forgotten_after_an_hour(scene: Scene, quick: None) -> None:
    for _ in range(4):
        attempt(scene, "binh")
    scene.clock.at += timedelta(hours=1, seconds=1)
    assert [attempt(scene, "binh").status_code for _ in range(5)] == [401] * 5
    assert attempt(scene, "binh").status_code == 429
