"""Tokens for programs: a part of what their owner may do, until an end, seen and revoked; at the cost of no statement more."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select, text

from app.access.guard import SIGNED_IN, declared
from app.actions.api_tokens import MOST_TOKENS
from app.store.accounts import Account
from app.store.idempotency import IdempotencyKey
from tests.actions.scene import Scene, is_problem
from tests.fixtures.statements import counted_statements
from tests.web.desk import Desk, page_of, words

BODY = {"name": "Báo cáo ngày", "scopes": ["task.work", "report.view"], "days": 30}


def make(scene: Scene, username: str = "head", **body: Any) -> Any:
    answer = scene.client(username).post("/api/v1/me/api-tokens", json=BODY | body)
    assert answer.status_code == 201, answer.text
    return answer.json


def program(scene: Scene, token: str) -> FlaskClient:
    client = scene.app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    return client


def test_a_program_may_do_what_its_token_was_given_and_no_more(scene: Scene) -> None:
    client = program(scene, make(scene, scopes=["report.view"])["token"])
    me = client.get("/api/v1/me").json
    assert me is not None
    assert (me["account"]["username"], me["permissions"]) == ("head", ["report.view"])
    code = scene.at_step("review", scene.publish("linear"))
    task = scene.task(code, "review").id
    assert client.get("/api/v1/tasks?inbox=unit").status_code == 200
    is_problem(client.post(f"/api/v1/tasks/{task}/forward", json={}), 403, "forbidden")
    working = program(scene, make(scene, scopes=["task.work"])["token"])
    assert working.post(f"/api/v1/tasks/{task}/forward", json={}).status_code == 200


def test_one_that_reads_only_changes_nothing(scene: Scene) -> None:
    client = program(scene, make(scene, reads_only=True)["token"])
    code = scene.at_step("review", scene.publish("linear"))
    task = scene.task(code, "review").id
    assert client.get(f"/api/v1/tasks/{task}").status_code == 200
    with scene.unchanged():
        refused = client.post(f"/api/v1/tasks/{task}/forward", json={})
    assert "chỉ được đọc" in is_problem(refused, 403, "forbidden")["detail"]


def test_no_token_reaches_what_is_its_owners(scene: Scene) -> None:
    client = program(scene, make(scene)["token"])
    own = {
        "/me/api-tokens": BODY,
        "/me/password": {"old_password": "a", "new_password": "b"},
        "/me/sessions/end-others": None,
        "/me/second-factor": None,
        "/notices/read": {},
    }
    with scene.unchanged():
        for path, body in own.items():
            is_problem(client.post(f"/api/v1{path}", json=body), 403, "forbidden")


def test_it_reads_nothing_that_asks_its_owner_for_no_permission(scene: Scene) -> None:
    """Notices name applicants, sessions addresses: a token that was given the calendars only learns neither."""
    client = program(scene, make(scene, scopes=["report.view"])["token"])
    for path in (
        "/notices",
        "/notices/count",
        "/me/notice-switches",
        "/me/sessions",
        "/me/api-tokens",
        "/signing/keys",
    ):
        is_problem(client.get(f"/api/v1{path}"), 403, "forbidden")
    for path in ("/me", "/procedures", "/procedures/1.000001", "/procedures/1.000001/versions", "/calendars"):
        assert client.get(f"/api/v1{path}").status_code == 200, path
    runs = "/api/v1/procedures/1.000001/versions/1/as-run?first=2026-11-01&last=2026-11-30"
    assert client.get(runs).status_code == 200
    is_problem(program(scene, make(scene, scopes=["task.work"])["token"]).get(runs), 403, "forbidden")


def test_every_route_of_the_interface_that_people_need_no_permission_for_is_closed_or_named(scene: Scene) -> None:
    named = {
        endpoint
        for endpoint, view in scene.app.view_functions.items()
        if SIGNED_IN in (declared(view) or ()) and hasattr(view, "open_to_programs")
    }
    assert {one.partition(".")[0] for one in named} == {
        "accounts",
        "calendars",
        "event_logs",
        "procedures",
        "publishing",
        "sign-batch",
        "versions",
    }


def test_a_diagram_may_be_checked_by_a_program(scene: Scene) -> None:
    client = program(scene, make(scene)["token"])
    assert client.post("/api/v1/diagrams/check").status_code == 422


def test_what_its_owner_loses_the_token_loses(scene: Scene) -> None:
    client = program(scene, make(scene)["token"])
    with scene.writing() as connection:
        connection.execute(
            Account.__table__.update().where(Account.username == "head").values(permissions=["report.view"])  # type: ignore[attr-defined]
        )
    assert client.get("/api/v1/me").json["permissions"] == ["report.view"]  # type: ignore[index]
    with scene.writing() as connection:
        connection.execute(
            Account.__table__.update().where(Account.username == "head").values(active=False)  # type: ignore[attr-defined]
        )
    assert client.get("/api/v1/me").status_code == 401


def test_what_cannot_be_a_token_names_the_field(scene: Scene) -> None:
    client = scene.client("head")
    wrong: tuple[tuple[dict[str, Any], str], ...] = (
        ({"name": ""}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["account.manage"]}, "scopes"),
        ({"scopes": ["everything"]}, "scopes.0"),
        ({"scopes": ["task.work"] * 99}, "scopes"),
        ({"days": 0}, "days"),
        ({"days": 366}, "days"),
        ({"days": 10**12}, "days"),
    )
    with scene.unchanged():
        for body, field in wrong:
            answer = client.post("/api/v1/me/api-tokens", json=BODY | body)
            assert list(is_problem(answer, 422, "invalid")["errors"]) == [field]


def test_it_is_shown_once_kept_nowhere_and_made_once_a_key(scene: Scene) -> None:
    client, key = scene.client("head"), {"Idempotency-Key": "once"}
    first = client.post("/api/v1/me/api-tokens", json=BODY, headers=key).json
    again = client.post("/api/v1/me/api-tokens", json=BODY, headers=key).json
    assert first is not None
    assert again == first | {"token": None}
    listed = client.get("/api/v1/me/api-tokens")
    assert [row["id"] for row in listed.json["data"]] == [first["id"]]  # type: ignore[index]
    with scene.writing() as connection:
        kept = str(connection.execute(select(IdempotencyKey.answer)).scalars().all())
        log = str(connection.execute(text("SELECT json_agg(t) FROM administration_changes t")).scalar_one())
    assert first["token"] not in kept + log + listed.text


def test_it_ends_by_itself_and_when_it_is_revoked_and_with_a_locked_account(scene: Scene) -> None:
    made = [make(scene, days=days) for days in (1, 30, 30)]
    clients = [program(scene, one["token"]) for one in made]
    scene.clock.move(hours=23)
    assert [client.get("/api/v1/me").status_code for client in clients] == [200, 200, 200]
    scene.clock.move(hours=2)
    assert [client.get("/api/v1/me").status_code for client in clients] == [401, 200, 200]
    owner = scene.client("head")
    assert owner.post(f"/api/v1/me/api-tokens/{made[1]['id']}/revoke").json == {"name": "Báo cáo ngày"}
    is_problem(owner.post(f"/api/v1/me/api-tokens/{made[1]['id']}/revoke"), 404, "not_found")
    assert [client.get("/api/v1/me").status_code for client in clients] == [401, 401, 200]
    assert scene.client("admin").post("/api/v1/accounts/head/lock-out").status_code == 200
    assert clients[2].get("/api/v1/me").status_code == 401
    with scene.writing() as connection:
        connection.execute(Account.__table__.update().values(active=True))  # type: ignore[attr-defined]
    assert clients[2].get("/api/v1/me").status_code == 401, "unlocking brings nothing back"


def test_it_is_no_session(scene: Scene) -> None:
    """Ending the other sessions, as after a change of password, leaves programs running; administrators see both."""
    client = program(scene, make(scene)["token"])
    owner = scene.client("head")
    assert len(owner.get("/api/v1/me/sessions").json["data"]) == 1  # type: ignore[index]
    assert owner.post("/api/v1/me/sessions/end-others").json == {"ended": 0}
    assert client.get("/api/v1/me").status_code == 200
    ways = scene.get("admin", "/accounts/head/ways-in")
    assert ways["tokens"][0]["used_at"] is None
    scene.clock.move(minutes=6)
    assert client.get("/api/v1/me").status_code == 200
    (seen,) = scene.get("admin", "/accounts/head/ways-in")["tokens"]
    assert (seen["name"], seen["used_at"]) == ("Báo cáo ngày", "2026-11-23T08:06:00+07:00")
    is_problem(scene.client("binh").get("/api/v1/accounts/head/ways-in"), 403, "forbidden")
    is_problem(scene.client("binh").post(f"/api/v1/me/api-tokens/{seen['id']}/revoke"), 404, "not_found")
    assert scene.client("admin").post(f"/api/v1/accounts/head/api-tokens/{seen['id']}/revoke").status_code == 200
    assert client.get("/api/v1/me").status_code == 401


def test_an_account_has_so_many_and_no_more(scene: Scene) -> None:
    for _ in range(MOST_TOKENS):
        make(scene)
    is_problem(scene.client("head").post("/api/v1/me/api-tokens", json=BODY), 409, "wrong_state")


def test_it_costs_no_statement_more_than_a_session(scene: Scene) -> None:
    client, owner = program(scene, make(scene)["token"]), scene.client("head")
    counts = []
    for one in (owner, client):
        assert one.get("/api/v1/me").status_code == 200
        with counted_statements(scene.app) as seen:
            assert one.get("/api/v1/me").status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_at_the_pages_it_is_made_shown_once_and_revoked(scene: Scene) -> None:
    person, path = Desk(scene, "head"), "/toi/the-truy-cap"
    form = person.form(person.see(path), path)
    empty = person.send(form, {"name": "Phần mềm <b>Sở</b>", "days": "9999"})
    assert empty.status_code == 422
    assert {"#scopes", "#days"} <= set(page_of(empty).xpath("//div[@id='error-summary']//a/@href"))
    made = person.send(form, {"name": "Phần mềm <b>Sở</b>", "days": "30", "scopes": "report.view", "reads_only": "1"})
    assert made.status_code == 200
    token = page_of(made).xpath("//code")[0].text_content()
    assert program(scene, token).get("/api/v1/me").status_code == 200
    page = person.see(path)
    assert "Phần mềm <b>Sở</b>" in words(page)
    assert token not in words(page)
    assert "Chỉ đọc" in words(page)
    again = person.send(form, {"name": "Phần mềm <b>Sở</b>", "days": "30", "scopes": "report.view", "reads_only": "1"})
    assert "đã hiện một lần" in words(again)
    revoke = person.form(page, f"{path}/thu-hoi")
    number = page.xpath("//button[@name='token']/@value")[0]
    assert person.send(revoke, {"token": number}).status_code == 303
    assert program(scene, token).get("/api/v1/me").status_code == 401
    assert person.send(revoke, {"token": "x"}).status_code in (404, 422)
    log = words(Desk(scene, "admin").see("/quan-tri/nhat-ky"))
    assert "Tạo thẻ truy cập" in log
    assert "Xem báo cáo, thống kê" in log
    assert "Thu hồi thẻ truy cập" in log
