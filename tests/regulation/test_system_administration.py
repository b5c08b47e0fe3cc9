"""Procedures and fees as data over time, passwords of one's own, sessions, the log that nobody can change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from app.access.passwords import hash_password
from app.actions import change_password
from app.jobs.duties import apply_procedure_changes
from app.store import account_keeping, sessions
from tests import factories
from tests.actions.scene import Scene, is_problem
from tests.factories import PASSWORD

FEE = {"name": "Lệ phí cấp giấy", "amount": 50_000, "unit": "đồng/hồ sơ", "note": "", "when": "submission"}
ACCOUNT = {"holder": "Sở Y tế", "number": "3511.0.1000123", "bank": "Kho bạc Nhà nước tỉnh"}


def change(scene: Scene, values: dict[str, Any], **head: Any) -> Any:
    """The answer of a change of the procedure that everybody has."""
    body = {"set": values, "reason": "Theo nghị quyết của HĐND"} | head
    headers = {"If-Match": head.pop("if_match")} if "if_match" in head else {}
    body.pop("if_match", None)
    return scene.client("admin").post("/api/v1/procedures/1.000001/changes", json=body, headers=headers)


def changed(scene: Scene, values: dict[str, Any], **head: Any) -> Any:
    answer = change(scene, values, **head)
    assert answer.status_code == 201, answer.text
    return answer.json


def fees_shown(scene: Scene, code: str) -> list[Any]:
    """What the desk's receipt for money would ask of that dossier."""
    from app.store.procedure_changes import as_received

    dossier = scene.dossier(code)
    with scene.reading() as connection:
        found = as_received(connection, dossier.procedure, dossier.received_at)
    assert found is not None
    return found.fees


# Procedures ------------------------------------------------------------------------------------------------------------


@pytest.mark.rule("HT-9.3")
def test_each_agency_has_its_account_for_the_fees_of_a_procedure(scene: Scene) -> None:
    before = changed(scene, {"fees": [FEE]})
    assert before["without_account"] == ["Sở Y tế"], "a fee without an account is said"
    after = changed(scene, {"beneficiaries": {"SYT": ACCOUNT}})
    assert (after["data"]["beneficiaries"], after["without_account"]) == ({"SYT": ACCOUNT}, [])
    told = change(scene, {"beneficiaries": {"VPUBND": ACCOUNT}})
    assert "beneficiaries" in is_problem(told, 422, "invalid")["errors"], "an agency that does not receive it has none"


@pytest.mark.rule("TN-PL.6")
def test_every_fee_says_when_it_is_paid(scene: Scene) -> None:
    no_time = {name: value for name, value in FEE.items() if name != "when"}
    assert "set.fees.0.when" in is_problem(change(scene, {"fees": [no_time]}), 422, "invalid")["errors"]
    changed(scene, {"fees": [FEE, FEE | {"name": "Phí thẩm định", "when": "collection"}]})
    shown = scene.get("desk", "/procedures/1.000001")
    assert [fee["when"] for fee in shown["fees"]] == ["submission", "collection"]
    assert shown["prepaid"] is True


@pytest.mark.rule("QT-3.3")
def test_a_paper_is_handed_in_or_only_shown(scene: Scene) -> None:
    shown_only = {"code": "TP02", "name": "Căn cước", "present_only": True, "originals": 0, "copies": 0}
    changed(scene, {"components": [{"code": "TP01", "name": "Tờ khai"}, shown_only]})
    found = scene.get("desk", "/procedures/1.000001")["components"]
    assert [one["present_only"] for one in found] == [False, True]
    nothing = {"code": "TP03", "name": "Giấy khác", "originals": 0, "copies": 0}
    told = is_problem(change(scene, {"components": [nothing]}), 422, "invalid")
    assert "components.0.originals" in told["errors"], "what is handed in is at least one sheet"


def test_a_dossier_keeps_the_data_with_which_it_was_received(scene: Scene) -> None:
    changed(scene, {"fees": [FEE | {"when": "collection"}]})
    scene.clock.move(hours=1)
    old = scene.register()["code"]
    scene.clock.move(hours=1)
    changed(scene, {"fees": [FEE | {"when": "collection", "amount": 80_000}]})
    scene.clock.move(minutes=1)
    new = scene.register()["code"]
    assert [fees_shown(scene, code)[0]["amount"] for code in (old, new)] == [50_000, 80_000]


def test_a_change_for_a_later_day_waits_for_it(scene: Scene) -> None:
    code = scene.register()["code"]
    planned = changed(scene, {"fees": [FEE]}, effective_from="2026-12-01", decision_number="45/NQ-HĐND")
    assert planned["data"]["fees"] == []
    assert planned["waiting"]["effective_from"] == "2026-12-01"
    is_problem(change(scene, {"level": 2}, effective_from="2026-12-02"), 409, "wrong_state")
    with scene.app.app_context():
        apply_procedure_changes()
    assert scene.get("desk", "/procedures/1.000001")["fees"] == []
    scene.clock.set_local("2026-12-01 00:01")
    with scene.app.app_context():
        apply_procedure_changes()
        apply_procedure_changes()
    assert scene.get("admin", "/procedures/1.000001/data")["data"]["fees"] == [FEE]
    assert fees_shown(scene, code) == [], "who came before is answered as before"


def test_a_planned_change_is_taken_back(scene: Scene) -> None:
    planned = changed(scene, {"level": 3}, effective_from="2026-12-01")
    path = f"/api/v1/procedures/1.000001/changes/{planned['waiting']['id']}/cancel"
    answer = scene.client("admin").post(path)
    assert answer.status_code == 200, answer.text
    assert answer.json["waiting"] is None
    is_problem(scene.client("admin").post(path), 409, "settled")


def test_what_waits_stays_possible_and_holds_up_nothing_else(scene: Scene) -> None:
    changed(scene, {"beneficiaries": {"SYT": ACCOUNT}}, effective_from="2026-12-01")
    told = is_problem(change(scene, {"agencies": ["VPUBND"]}), 409, "wrong_state")
    assert "01/12/2026" in told["detail"]
    path = "/api/v1/procedures"
    copied = scene.client("admin").post(path, json={"code": "1.000009", "copy_from": "1.000001"})
    assert copied.status_code == 201, copied.text
    body = {"set": {"level": 3}, "reason": "Phân cấp", "effective_from": "2026-12-01"}
    assert scene.client("admin").post(f"{path}/1.000009/changes", json=body).status_code == 201
    with scene.writing() as connection:  # as only somebody at the database could
        later = "UPDATE procedure_changes SET after = jsonb_build_object('name', '') WHERE after ? 'beneficiaries'"
        connection.execute(text(later))
    scene.clock.set_local("2026-12-01 00:01")
    with scene.app.app_context():
        apply_procedure_changes()
    assert scene.get("admin", "/procedures/1.000009/data")["data"]["level"] == 3


def test_two_changes_of_one_second_are_undone_in_their_order(scene: Scene) -> None:
    code = scene.register()["code"]
    scene.clock.move(minutes=1)
    for amount in (10_000, 20_000, 30_000):
        changed(scene, {"fees": [FEE | {"amount": amount}]})
    assert fees_shown(scene, code) == []


def test_two_who_edit_do_not_overwrite_each_other(scene: Scene) -> None:
    revision = scene.get("admin", "/procedures/1.000001/data")["revision"]
    changed(scene, {"level": 2}, if_match=f'"{revision}"')
    is_problem(change(scene, {"level": 3}, if_match=f'"{revision}"'), 412, "stale_version")


def test_a_procedure_that_is_closed_takes_no_new_dossier(scene: Scene) -> None:
    changed(scene, {"closed_from": "2026-11-24"})
    scene.register()
    scene.clock.move(days=1)
    with scene.unchanged():
        is_problem(scene.post_dossier(), 409, "wrong_state")
    assert "thôi tiếp nhận" in scene.get("desk", "/procedures/1.000001")["no_process"]


@pytest.mark.rule("ST-8.3")
def test_a_procedure_is_copied_for_other_agencies_and_renamed_as_published(scene: Scene) -> None:
    changed(scene, {"fees": [FEE], "beneficiaries": {"SYT": ACCOUNT}})
    body = {"code": "1.000009", "copy_from": "1.000001", "name": "Giảm học phí cấp xã", "agencies": ["VPUBND"]}
    answer = scene.client("admin").post("/api/v1/procedures", json=body)
    assert answer.status_code == 201, answer.text
    made = answer.json["data"]
    assert (made["name"], made["agencies"], made["fees"]) == ("Giảm học phí cấp xã", ["VPUBND"], [FEE])
    assert made["beneficiaries"] == {}, "another agency's account does not come along"
    assert scene.get("desk", "/procedures?q=1.000009")["data"][0]["name"] == "Giảm học phí cấp xã"
    is_problem(scene.client("admin").post("/api/v1/procedures", json=body), 409, "duplicate")
    is_problem(scene.client("desk").post("/api/v1/procedures", json=body), 403, "forbidden")


def test_what_a_new_procedure_lacks_is_told_by_field(scene: Scene) -> None:
    answer = scene.client("admin").post("/api/v1/procedures", json={"code": "1.000009", "limit": "mười ngày"})
    errors = is_problem(answer, 422, "invalid")["errors"]
    assert {"name", "agencies", "limit", "service_level"} <= set(errors)


# Passwords and sessions ------------------------------------------------------------------------------------------------


def fresh(scene: Scene) -> Any:
    """A client signed in as an account with a temporary password, through the real sign-in."""
    with scene.writing() as connection:
        factories.account(connection, "moi", scene.province.health, must_change_password=True)
    return signed_in(scene, "moi")


def signed_in(scene: Scene, username: str, password: str = PASSWORD) -> Any:
    client = scene.app.test_client()
    answer = client.post("/api/v1/tokens", json={"username": username, "password": password})
    assert answer.status_code == 201, answer.text
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {answer.json['token']}"  # type: ignore[index]
    return client


@pytest.mark.rule("ST-26.5")
@pytest.mark.rule("QT-28.5b")
def test_a_temporary_password_opens_nothing_but_its_own_change(scene: Scene) -> None:
    client, other = fresh(scene), signed_in(scene, "moi")
    for path in ("/tasks", "/procedures", "/me/sessions"):
        is_problem(client.get(f"/api/v1{path}"), 403, "password_change_required")
    assert client.get("/api/v1/me").json["must_change_password"] is True
    new = {"old_password": PASSWORD, "new_password": "con trâu bên dòng sông"}
    answer = client.post("/api/v1/me/password", json=new)
    assert (answer.status_code, answer.json) == (200, {"ended": 1})
    assert client.get("/api/v1/tasks").status_code == 200
    assert other.get("/api/v1/me").status_code == 401, "whoever else had the temporary password is out"
    signed_in(scene, "moi", "con trâu bên dòng sông")


@pytest.mark.parametrize(
    ("new", "why"),
    [
        ("ngắn quá", "10 ký tự"),
        ("moi-moi-moi-1", "đăng nhập"),
        ("1234567890", "dễ đoán"),
        ("Matkhau2026!", "dễ đoán"),
        (PASSWORD, "khác mật khẩu"),
    ],
)
def test_a_password_that_is_easily_guessed_is_refused(scene: Scene, new: str, why: str) -> None:
    with scene.writing() as connection:
        factories.account(connection, "moi-moi", scene.province.health, must_change_password=True)
    client = signed_in(scene, "moi-moi")
    answer = client.post("/api/v1/me/password", json={"old_password": PASSWORD, "new_password": new})
    assert why in is_problem(answer, 422, "invalid")["errors"]["new_password"][0]


def test_without_the_old_password_there_is_no_new_one(scene: Scene) -> None:
    body = {"old_password": "không phải", "new_password": "con trâu bên dòng sông"}
    answer = fresh(scene).post("/api/v1/me/password", json=body)
    assert set(is_problem(answer, 422, "invalid")["errors"]) == {"old_password"}


@pytest.mark.rule("HT-22.1")
def test_a_password_that_is_reset_meanwhile_stays_reset(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has the old password is quick: the administrator's reset comes while hers is being hashed."""
    client, given = fresh(scene), hash_password("khac-han-1234")

    def hashed_late(password: str) -> str:
        with scene.writing() as connection:
            found = account_keeping.kept_account(connection, "moi")
            assert found is not None
            account_keeping.save_account(connection, found.id, {"password_hash": given, "must_change_password": True})
        return hash_password(password)

    monkeypatch.setattr(change_password, "hash_password", hashed_late)
    new = {"old_password": PASSWORD, "new_password": "con trâu bên dòng sông"}
    is_problem(client.post("/api/v1/me/password", json=new), 401, "unauthenticated")
    assert scene.get("admin", "/accounts/moi")["must_change_password"] is True
    assert log(scene, "kind=password_changed") == []


@pytest.mark.rule("HT-22.1")
def test_an_abused_account_is_locked_and_thrown_out_at_once(scene: Scene) -> None:
    thief, _ = signed_in(scene, "binh"), signed_in(scene, "binh")
    admin = scene.client("admin")
    assert len(scene.get("admin", "/accounts/binh/sessions")["data"]) == 2
    assert admin.post("/api/v1/accounts/binh/lock-out").json == {"ended": 2}
    assert thief.get("/api/v1/me").status_code == 401
    again = scene.app.test_client().post("/api/v1/tokens", json={"username": "binh", "password": PASSWORD})
    is_problem(again, 401, "wrong_credentials")
    (row,) = log(scene, "kind=account_locked")
    assert (row["username"], row["subject"], row["before"]) == ("admin", "account:binh", {"active": True})


def test_one_sees_and_ends_sessions_of_ones_own(scene: Scene) -> None:
    here, there = signed_in(scene, "binh"), signed_in(scene, "binh")
    scene.clock.move(minutes=6)
    rows = here.get("/api/v1/me/sessions").json["data"]
    assert [row["current"] for row in rows] == [True, False], "the one used last comes first"
    assert rows[0]["seen_at"] > rows[1]["seen_at"]
    assert here.post(f"/api/v1/me/sessions/{rows[1]['id']}/end").json == {"ended": 1}
    assert there.get("/api/v1/me").status_code == 401
    is_problem(here.post(f"/api/v1/me/sessions/{rows[1]['id']}/end"), 404, "not_found")
    is_problem(scene.client("binh").get("/api/v1/accounts/admin/sessions"), 403, "forbidden")


def test_a_program_that_signs_in_before_each_call_does_not_make_the_list_endless(scene: Scene) -> None:
    here = signed_in(scene, "binh")
    with scene.writing() as connection:
        for _ in range(sessions.MOST):
            factories.token_for(connection, scene.province.accounts["binh"], scene.clock.at)
    rows = here.get("/api/v1/me/sessions").json["data"]
    assert (len(rows), rows[0]["current"]) == (sessions.MOST, True)
    assert here.post("/api/v1/me/sessions/end-others").json == {"ended": sessions.MOST}


def test_an_agency_administrator_looks_after_the_accounts_of_her_agency(scene: Scene) -> None:
    with scene.writing() as connection:
        factories.account(connection, "quan", scene.province.health, permissions=["account.manage_own"])
    assert scene.client("quan").get("/api/v1/accounts/binh/sessions").status_code == 200
    is_problem(scene.client("quan").get("/api/v1/accounts/official/sessions"), 404, "not_found")
    is_problem(scene.client("quan").post("/api/v1/accounts/official/lock-out"), 404, "not_found")
    is_problem(scene.client("quan").post("/api/v1/accounts/quan/lock-out"), 409, "wrong_state")


# The log ---------------------------------------------------------------------------------------------------------------


def log(scene: Scene, query: str, who: str = "admin") -> list[Any]:
    found: list[Any] = scene.get(who, f"/administration-changes?{query}")["data"]
    return found


@pytest.mark.rule("QT-6")
@pytest.mark.parametrize(
    "statement", ["UPDATE administration_changes SET kind = 'x'", "DELETE FROM administration_changes"]
)
def test_nobody_can_change_what_the_log_says(scene: Scene, statement: str) -> None:
    changed(scene, {"level": 2})
    with pytest.raises(ProgrammingError, match="permission denied"), scene.writing() as connection:
        connection.execute(text(statement))
    assert len(log(scene, "kind=procedure_changed")) == 1


def test_the_log_says_what_was_before_and_after(scene: Scene) -> None:
    changed(scene, {"fees": [FEE]})
    changed(scene, {"fees": [FEE | {"amount": 80_000}]})
    row = log(scene, "kind=procedure_changed")[0]
    lines = {line["title"]: (line["before"], line["after"]) for line in row["lines"]}
    assert lines["Phí, lệ phí: Lệ phí cấp giấy, mức thu"] == ("50.000 đồng", "80.000 đồng")
    assert (row["username"], row["subject_title"]) == ("admin", "Thủ tục 1.000001")


def test_signing_in_is_logged_and_what_was_typed_for_a_name_is_not(scene: Scene) -> None:
    signed_in(scene, "binh")
    for username, password in (("binh", "sai"), ("mat-khau-cua-toi", "x")):
        scene.app.test_client().post("/api/v1/tokens", json={"username": username, "password": password})
    rows = log(scene, "group=sign_ins")
    assert [(row["kind"], row["subject"]) for row in rows] == [
        ("sign_in_failed", "account:"),
        ("sign_in_failed", "account:binh"),
        ("signed_in", "account:binh"),
    ]
    assert "mat-khau-cua-toi" not in str(rows)


def test_looking_at_the_log_and_taking_it_along_is_logged(scene: Scene) -> None:
    log(scene, "q=khong-dau")
    answer = scene.client("admin").get("/api/v1/administration-changes.xlsx")
    assert answer.data.startswith(b"PK")
    exported, viewed = log(scene, "group=looks")
    assert (exported["kind"], exported["after"]["rows"]) == ("audit_exported", 1)
    assert (viewed["kind"], viewed["after"]["words"]) == ("audit_viewed", "khong-dau")


SEARCHES: dict[str, Callable[[str], bool]] = {
    "q=le+phi+giay": lambda kind: kind == "procedure_changed",
    "person=admin": lambda kind: kind in ("procedure_changed", "account_locked", "audit_viewed"),
    "subject=account:binh": lambda kind: kind == "account_locked",
    "agency=SYT": lambda kind: kind == "account_locked",
    "since=2026-11-24": lambda kind: False,
    "until=2026-11-23&group=changes": lambda kind: kind in ("procedure_changed", "account_locked"),
}


@pytest.mark.parametrize("query", SEARCHES)
def test_the_log_is_searched(scene: Scene, query: str) -> None:
    changed(scene, {"fees": [FEE]})
    scene.client("admin").post("/api/v1/accounts/binh/lock-out")
    kinds = [row["kind"] for row in log(scene, query)]
    wanted = [kind for kind in ("account_locked", "procedure_changed") if SEARCHES[query](kind)]
    assert [kind for kind in kinds if kind != "audit_viewed"] == wanted


def test_the_log_comes_in_pages_that_do_not_move(scene: Scene) -> None:
    for level in (2, 3, 1):
        changed(scene, {"level": level})
    first = scene.get("admin", "/administration-changes?kind=procedure_changed&page_size=2")
    changed(scene, {"level": 2})
    rest = scene.get("admin", f"/administration-changes?kind=procedure_changed&page_size=2&cursor={first['next']}")
    assert [row["after"]["level"] for row in (*first["data"], *rest["data"])] == [1, 3, 2]


def test_an_agency_administrator_sees_her_agencys_log(scene: Scene) -> None:
    with scene.writing() as connection:
        factories.account(connection, "quan", scene.province.health, permissions=["account.manage_own"])
    changed(scene, {"level": 2})
    for username in ("binh", "official"):
        scene.client("admin").post(f"/api/v1/accounts/{username}/lock-out")
    assert [row["subject"] for row in log(scene, "group=changes", "quan")] == ["account:binh"]
    is_problem(scene.client("chi").get("/api/v1/administration-changes"), 403, "forbidden")
