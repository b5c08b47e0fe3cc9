"""Accounts as administrators keep them: temporary passwords, rights that nobody gives herself, positions over time."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from tests.actions.scene import Scene, is_problem
from tests.actions.test_keep_organisation import ask, changes, own, send
from tests.factories import PASSWORD

__all__ = ["own"]

NEW = {"name": "Đỗ Thị Ánh", "agency": "SYT", "email": "anh.do@quangtri.gov.vn", "permissions": ["task.work"]}


def signs_in(scene: Scene, username: str, password: str) -> Any:
    return scene.app.test_client().post("/api/v1/tokens", json={"username": username, "password": password})


@pytest.mark.rule("HT-4.2")
@pytest.mark.rule("QT-27.2")
@pytest.mark.rule("ST-26.5")
def test_an_account_is_made_with_a_temporary_password_that_is_told_once(scene: Scene) -> None:
    made = send(scene, "admin", "/accounts", NEW, idempotency_key="one")
    assert (made["username"], made["must_change_password"]) == ("anh.do", True), "called as her mailbox is"
    answer = signs_in(scene, "anh.do", made["temporary_password"])
    assert (answer.status_code, answer.json["must_change_password"]) == (201, True)
    again = send(scene, "admin", "/accounts", NEW, idempotency_key="one")
    assert again["temporary_password"] is None
    with scene.reading() as connection:
        rows = connection.execute(text("SELECT answer::text FROM idempotency_keys")).scalars().all()
        logged = connection.execute(text("SELECT after::text FROM administration_changes")).scalars().all()
    assert not any(made["temporary_password"] in kept for kept in [*rows, *logged])


def test_a_user_name_is_proposed_and_there_once(scene: Scene) -> None:
    without = {key: value for key, value in NEW.items() if key != "email"}
    names = [send(scene, "admin", "/accounts", without)["username"] for _ in range(3)]
    assert names == ["anh.dt", "anh.dt2", "anh.dt3"]
    problem = is_problem(ask(scene, "admin", "/accounts", NEW | {"username": "binh"}), 422, "invalid")
    assert list(problem["errors"]) == ["username"]


@pytest.mark.rule("QT-28.5b")
def test_a_mailbox_is_one_persons(scene: Scene) -> None:
    problem = is_problem(ask(scene, "admin", "/accounts", NEW | {"email": "Binh@example.org"}), 422, "invalid")
    assert "binh" in problem["errors"]["email"][0]
    problem = is_problem(ask(scene, "admin", "/accounts/chi", {"email": "binh@example.org"}, "PUT"), 422, "invalid")
    assert list(problem["errors"]) == ["email"]


def test_a_locked_account_is_signed_out_at_once_and_says_what_it_leaves(scene: Scene) -> None:
    code = scene.at_step("process")
    scene.do("claim", "binh", scene.task(code, "process").id)
    seen = scene.get("admin", "/accounts/director")
    assert seen["emptied"] == [{"position": "principal", "position_name": "Giám đốc Sở", "agency": "SYT", "waiting": 0}]
    assert scene.get("admin", "/accounts/binh")["waiting"] == 1
    assert scene.client("binh").get("/api/v1/me").status_code == 200
    locked = send(scene, "admin", "/accounts/binh/lock", {}, 200)
    assert locked["active"] is False
    assert scene.client("binh").get("/api/v1/me").status_code == 401
    assert signs_in(scene, "binh", PASSWORD).status_code == 401
    is_problem(ask(scene, "admin", "/accounts/binh/lock", {}), 409, "settled")
    assert [one["username"] for one in scene.get("admin", "/accounts?locked=true")["data"]] == ["binh"]
    send(scene, "admin", "/accounts/binh/unlock", {}, 200)
    assert signs_in(scene, "binh", PASSWORD).status_code == 201
    assert [kind for kind, *_ in changes(scene, "account:binh")] == ["account_locked", "account_unlocked"]


def test_another_password_ends_what_was_open(scene: Scene) -> None:
    scene.client("chi")
    given = send(scene, "admin", "/accounts/chi/reset-password", {}, 200)
    assert scene.client("chi").get("/api/v1/me").status_code == 401
    assert signs_in(scene, "chi", PASSWORD).status_code == 401
    assert signs_in(scene, "chi", given["temporary_password"]).json["must_change_password"] is True
    ((kind, _, after, _),) = changes(scene, "account:chi")
    assert (kind, after) == ("password_reset", {"must_change_password": True, "sessions_ended": 1})


def test_rights_are_logged_with_before_and_after(scene: Scene) -> None:
    wanted = {"permissions": ["task.work", "task.assign"]}
    send(scene, "admin", "/accounts/chi/permissions", wanted, 200, "PUT", If_Match='"1"')
    assert changes(scene, "account:chi")[0][:3] == (
        "permissions_changed",
        {"permissions": ["task.work"]},
        {"permissions": ["task.assign", "task.work"]},
    )
    is_problem(ask(scene, "admin", "/accounts/chi/permissions", wanted, "PUT", If_Match='"1"'), 412, "stale_version")
    send(scene, "admin", "/accounts/chi/permissions", wanted, 200, "PUT")
    assert len(changes(scene, "account:chi")) == 1, "nothing changed, nothing logged"


@pytest.mark.rule("QT-27.5")
def test_nobody_changes_her_own_rights_or_locks_herself(scene: Scene) -> None:
    with scene.unchanged():
        own_rights = {"permissions": ["account.manage", "task.work"]}
        is_problem(ask(scene, "admin", "/accounts/admin/permissions", own_rights, "PUT"), 403, "forbidden")
        for verb in ("lock", "reset-password"):
            is_problem(ask(scene, "admin", f"/accounts/admin/{verb}", {}), 403, "forbidden")


@pytest.mark.rule("QT-22.4")
def test_positions_are_given_and_ended_by_days(scene: Scene) -> None:
    clerk = {"agency": "SYT", "position": "clerk", "from_day": "2026-12-01", "to_day": "2026-12-31"}
    given = send(scene, "admin", "/accounts/chi/positions", clerk)
    assert given["holdings"][0] | {"id": 0} == given["holdings"][0] | {"id": 0, "state": "coming"}
    overlapping = clerk | {"from_day": "2026-12-31", "to_day": None}
    problem = is_problem(ask(scene, "admin", "/accounts/chi/positions", overlapping), 422, "invalid")
    assert list(problem["errors"]) == ["from_day"]
    send(scene, "admin", "/accounts/chi/positions", clerk | {"from_day": "2027-01-01", "to_day": None})
    scene.clock.set_local("2026-12-10 08:00")
    held = scene.get("admin", "/accounts/chi")
    assert {one["position"] for one in held["positions"]} == {"assigned_room_officer", "clerk"}
    coming, current, *_ = held["holdings"]
    ended = {"last_day": "2026-12-15"}
    send(scene, "admin", f"/accounts/chi/positions/{current['id']}/end", ended, 200)
    left = send(scene, "admin", f"/accounts/chi/positions/{coming['id']}/end", ended, 200)
    assert [one["to_day"] for one in left["holdings"] if one["position"] == "clerk"] == ["2026-12-15"]
    too_early = is_problem(
        ask(scene, "admin", f"/accounts/chi/positions/{current['id']}/end", {"last_day": "2026-12-01"}), 422, "invalid"
    )
    assert list(too_early["errors"]) == ["last_day"]
    kinds = [kind for kind, *_ in changes(scene, "account:chi")]
    assert kinds == ["position_given", "position_given", "position_ended", "position_ended"]


def test_whoever_holds_a_position_from_today_gets_its_steps(scene: Scene) -> None:
    code = scene.at_step("process")
    made = send(scene, "admin", "/accounts", NEW)
    body = {"agency": "SYT", "position": "assigned_room_officer", "from_day": "2026-11-23"}
    send(scene, "admin", f"/accounts/{made['username']}/positions", body)
    seen = scene.get("admin", f"/accounts/{made['username']}")
    assert [one["position"] for one in seen["positions"]] == ["assigned_room_officer"]
    assert "anh.do" in next(
        one["candidates"] for one in scene.get("binh", f"/dossiers/{code}")["open_tasks"] if one["step"] == "process"
    )


def test_accounts_are_found_by_words_position_permission_and_state(scene: Scene) -> None:
    send(scene, "admin", "/accounts", NEW)

    def found(asked: str) -> list[str]:
        return [one["username"] for one in scene.get("admin", f"/accounts?{asked}")["data"]]

    assert found("q=do+thi+anh") == ["anh.do"]
    assert found("q=Ánh") == ["anh.do"]
    assert found("position=van+thu") == ["clerk"]
    assert found("permission=account.manage") == ["admin"]
    assert set(found("without_position=true")) == {"anh.do", "admin", "control"}
    assert set(found("agency=VPUBND")) == {"admin", "control", "official"}
    first = scene.get("admin", "/accounts?page_size=4")
    rest = scene.get("admin", f"/accounts?page_size=100&cursor={first['next']}")
    names = [one["username"] for one in [*first["data"], *rest["data"]]]
    assert len(names) == len(set(names)) == first["total"] == 10


@pytest.mark.rule("HT-16.1")
@pytest.mark.rule("QT-27.5")
def test_an_agencys_administrator_keeps_her_own_people_only(own: Scene) -> None:
    scene = own
    day = {"last_day": "2026-12-31"}
    position = {"agency": "SYT", "position": "clerk", "from_day": "2026-12-01"}
    rights = {"permissions": ["task.work"]}
    for client in ("keeper", "official", "binh"):
        scene.client(client)
    with scene.unchanged():
        for path, body, method in (
            ("/accounts/official", None, "GET"),
            ("/accounts/official", {"name": "X"}, "PUT"),
            ("/accounts/official/permissions", rights, "PUT"),
            ("/accounts/official/lock", {}, "POST"),
            ("/accounts/official/unlock", {}, "POST"),
            ("/accounts/official/reset-password", {}, "POST"),
            ("/accounts/official/positions", position, "POST"),
            ("/accounts/official/positions/1/end", day, "POST"),
            ("/accounts/imports/1", None, "GET"),
            ("/accounts/imports/1/accept", {}, "POST"),
        ):
            is_problem(ask(scene, "keeper", path, body, method), 404, "not_found")
        is_problem(ask(scene, "keeper", "/accounts", NEW | {"agency": "VPUBND"}), 403, "forbidden")
        is_problem(ask(scene, "keeper", "/accounts/binh", {"agency": "VPUBND"}, "PUT"), 403, "forbidden")
        elsewhere = position | {"agency": "VPUBND", "position": "office_specialist"}
        is_problem(ask(scene, "keeper", "/accounts/binh/positions", elsewhere), 403, "forbidden")
        is_problem(ask(scene, "keeper", "/accounts/keeper/positions", position), 403, "forbidden")
    assert "official" not in [one["username"] for one in scene.get("keeper", "/accounts")["data"]]
    send(scene, "keeper", "/accounts", NEW)
    send(scene, "keeper", "/accounts/binh/positions", position)


@pytest.mark.rule("HT-16.1")
def test_an_agencys_administrator_gives_what_stays_there_and_what_she_has(own: Scene) -> None:
    scene = own
    path = "/accounts/binh/permissions"
    send(scene, "keeper", path, {"permissions": ["task.work", "report.view"]}, 200, "PUT")
    for wanted in ("control.view", "account.manage", "account.manage_own", "document.sign"):
        with scene.unchanged():
            problem = is_problem(
                ask(scene, "keeper", path, {"permissions": ["task.work", "report.view", wanted]}, "PUT"), 422, "invalid"
            )
        assert list(problem["errors"]) == ["permissions"]
    is_problem(ask(scene, "keeper", "/accounts", NEW | {"permissions": ["control.view"]}), 422, "invalid")


@pytest.mark.rule("QT-27.4")
@pytest.mark.rule("HT-16.2")
def test_seeing_the_whole_province_is_given_by_the_centre(own: Scene) -> None:
    scene = own
    code = scene.at_step("process")
    assert scene.client("official").get(f"/api/v1/dossiers/{code}").status_code == 404
    wanted = {"permissions": ["task.work", "control.view"]}
    send(scene, "admin", "/accounts/official/permissions", wanted, 200, "PUT")
    assert scene.get("official", f"/dossiers/{code}")["code"] == code
    send(scene, "admin", "/accounts/official/permissions", {"permissions": ["task.work"]}, 200, "PUT")
    assert scene.client("official").get(f"/api/v1/dossiers/{code}").status_code == 404, "at once"


@pytest.mark.rule("QT-27.5")
def test_accounts_that_reach_further_are_the_centres(own: Scene) -> None:
    """Whoever could set the password of a provincial administrator would be one."""
    scene = own
    send(scene, "admin", "/accounts/chi/permissions", {"permissions": ["account.manage", "task.work"]}, 200, "PUT")
    office = {"agency": "VPUBND", "position": "office_specialist", "from_day": "2026-11-23"}
    send(scene, "admin", "/accounts/clerk/positions", office)
    away = {
        "account": "clerk",
        "substitute": "binh",
        "from_day": "2026-12-01",
        "to_day": "2026-12-31",
        "reason": "Nghỉ",
    }
    send(scene, "admin", "/absences", away)
    for name in ("chi", "clerk", "binh"):
        with scene.unchanged():
            for path, body, method in (
                (f"/accounts/{name}", {"email": "mine@example.org"}, "PUT"),
                (f"/accounts/{name}/permissions", {"permissions": []}, "PUT"),
                (f"/accounts/{name}/lock", {}, "POST"),
                (f"/accounts/{name}/unlock", {}, "POST"),
                (f"/accounts/{name}/reset-password", {}, "POST"),
            ):
                is_problem(ask(scene, "keeper", path, body, method), 403, "forbidden")
            for path, method in (("sessions", "GET"), ("sessions/end", "POST"), ("lock-out", "POST")):
                is_problem(ask(scene, "keeper", f"/accounts/{name}/{path}", None, method), 404, "not_found")
        assert scene.get("keeper", f"/accounts/{name}")["keeps"] is False


@pytest.mark.rule("QT-27.5")
def test_nobody_makes_herself_a_head(own: Scene) -> None:
    """What a position may see is a right, whether it is given or the position becomes another."""
    scene = own
    position = {"agency": "SYT", "position": "clerk", "from_day": "2026-11-20"}
    send(scene, "admin", "/accounts/keeper/positions", position)
    path, unit = "/positions/SYT/clerk", scene.get("admin", "/positions/SYT/clerk")["unit"]
    other = next(code for code, _ in scene.get("admin", path)["units"] if code != unit)
    kind = "leadership" if scene.get("admin", f"/units/SYT/{unit}")["kind"] != "leadership" else "room"
    with scene.unchanged():
        for to, body in ((path, {"head": True}), (path, {"unit": other}), (f"/units/SYT/{unit}", {"kind": kind})):
            is_problem(ask(scene, "keeper", to, body, "PUT"), 403, "forbidden")
    send(scene, "keeper", path, {"name": "Văn thư Sở"}, 200, "PUT")
    send(scene, "admin", path, {"head": True}, 200, "PUT")


def test_a_user_name_that_cannot_be_one_is_nobodys(scene: Scene) -> None:
    for method, path in (("GET", ""), ("PUT", ""), ("POST", "/lock"), ("POST", "/reset-password")):
        is_problem(ask(scene, "admin", f"/accounts/a%00b{path}", None, method), 404, "not_found")
