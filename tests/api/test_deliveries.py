"""Messages over HTTP: who sees which, sent again, to another address, called off, and calls that were made."""

from __future__ import annotations

from typing import Any

import pytest

from app.jobs import deliveries
from app.store.delivery_lists import DeliveryFilters, delivery_page
from tests import factories
from tests.actions.scene import Scene, is_problem
from tests.jobs.sending import PERSON, jobs_waiting, rows

BAD = PERSON | {"email": "b…h@exa_mple"}


@pytest.fixture
def failed(scene: Scene) -> tuple[str, int]:
    """A dossier whose e-mail could not be sent; its code and the message."""
    code = scene.register(applicant=BAD, notify=["email"])["code"]
    (row,) = rows(scene)
    send(scene, row.id)
    assert rows(scene)[0].state == "failed"
    return code, row.id


def send(scene: Scene, delivery_id: int) -> None:
    with scene.app.app_context():
        deliveries.send_delivery(delivery_id)


def post(scene: Scene, username: str, path: str, body: Any = None) -> Any:
    return scene.client(username).post(f"/api/v1{path}", json=body or {})


def other_desk(scene: Scene) -> None:
    with scene.writing() as connection:
        home = factories.agency(connection, "SXD", name="Sở Xây dựng")
        factories.account(connection, "elsewhere", home, [], ("dossier.register", "task.work"))


@pytest.mark.rule("QT-16.4")
def test_those_that_failed_are_listed_for_the_desk_and_for_who_manages_messages(
    scene: Scene, failed: tuple[str, int]
) -> None:
    code, number = failed
    other_desk(scene)
    for username, expected in (("desk", [number]), ("admin", [number]), ("elsewhere", [])):
        found = scene.get(username, "/deliveries?state=failed")
        assert [one["id"] for one in found["data"]] == expected, username
    (one,) = scene.get("desk", f"/deliveries?state=failed&dossier={code}&channel=email")["data"]
    assert (one["title"], one["to"], one["attempts"]) == ("Đã tiếp nhận hồ sơ", "b•••@exa_mple", 1)
    assert one["error"] == "Địa chỉ thư điện tử “b…h@exa_mple” không đúng."
    assert scene.get("desk", "/deliveries?state=sent")["data"] == []
    is_problem(scene.client("binh").get("/api/v1/deliveries"), 403, "forbidden")
    is_problem(scene.client("elsewhere").get(f"/api/v1/deliveries/{number}"), 404, "not_found")
    assert scene.get("desk", f"/deliveries/{number}")["recipient"] == BAD["email"]


def test_one_is_sent_again_to_another_address_and_that_stands_in_the_history(
    scene: Scene, failed: tuple[str, int]
) -> None:
    code, number = failed
    problem = is_problem(post(scene, "desk", f"/deliveries/{number}/retry", {"address": "cũng sai"}), 422, "invalid")
    assert problem["errors"] == {"address": ["Địa chỉ thư điện tử “cũng sai” không đúng."]}
    answer = post(scene, "desk", f"/deliveries/{number}/retry", {"address": "dung@example.org"})
    assert (answer.status_code, answer.json["state"], answer.json["to"]) == (200, "waiting", "d•••@example.org")
    assert jobs_waiting(scene) == 2
    send(scene, number)
    (row,) = rows(scene)
    assert (row.state, row.recipient, row.attempts, row.repeated) == ("sent", "dung@example.org", 1, False)
    assert row.reference.startswith(f"<delivery-{number}.1@"), "another address, another key"
    last = scene.last(code, "delivery_retried")
    assert (last.username, last.data["changed"]) == ("desk", True)
    is_problem(post(scene, "desk", f"/deliveries/{number}/retry"), 409, "wrong_state")
    scene.sound(code)


def test_many_are_sent_again_each_by_itself(scene: Scene, failed: tuple[str, int]) -> None:
    _, number = failed
    second = scene.register(applicant=BAD, notify=["email"])["code"]
    again = rows(scene)[-1].id
    send(scene, again)
    other_desk(scene)
    answer = post(scene, "desk", "/deliveries/retry", {"ids": [number, again, 999_999_999, number]})
    assert [(one["id"], one["status"]) for one in answer.json["results"]] == [
        (number, 200),
        (again, 200),
        (999_999_999, 404),
    ]
    assert {row.state for row in rows(scene)} == {"waiting"}
    assert [
        one["status"] for one in post(scene, "elsewhere", "/deliveries/retry", {"ids": [number]}).json["results"]
    ] == [404]
    assert scene.last(second, "delivery_retried").username == "desk"


def test_the_same_key_sends_again_once(scene: Scene, failed: tuple[str, int]) -> None:
    _, number = failed
    client = scene.client("desk")
    before = jobs_waiting(scene)
    for _ in range(2):
        answer = client.post(f"/api/v1/deliveries/{number}/retry", json={}, headers={"Idempotency-Key": "again-1"})
        assert answer.status_code == 200
    assert jobs_waiting(scene) == before + 1


def test_one_is_called_off_and_never_goes_out(scene: Scene, failed: tuple[str, int]) -> None:
    code, number = failed
    is_problem(post(scene, "desk", f"/deliveries/{number}/cancel", {"reason": " "}), 422, "invalid")
    answer = post(scene, "desk", f"/deliveries/{number}/cancel", {"reason": "Đã báo trực tiếp"})
    assert (answer.json["state"], answer.json["note"]) == ("cancelled", "Đã báo trực tiếp")
    send(scene, number)
    assert rows(scene)[0].state == "cancelled"
    assert scene.last(code, "delivery_cancelled").data["comment"] == "Đã báo trực tiếp"


@pytest.mark.rule("QT-16.4", "ST-11.2c")
def test_a_call_is_listed_with_what_to_say_until_it_was_made_and_stands_in_the_timeline(scene: Scene) -> None:
    code = scene.register(applicant=PERSON, notify=["phone"])["code"]
    (call,) = scene.get("desk", "/deliveries/calls")["data"]
    assert (call["recipient"], call["dossier"], call["applicant"]) == ("0912 345 678", code, PERSON["name"])
    assert f"Mã hồ sơ: {code}" in call["body"]
    path = f"/deliveries/{call['id']}/called"
    is_problem(post(scene, "desk", path, {"result": ""}), 422, "invalid")
    assert post(scene, "desk", path, {"result": "Không nghe máy", "reached": False}).json["state"] == "to_call"
    assert scene.get("desk", "/deliveries/calls")["data"][0]["attempts"] == 1
    scene.clock.move(minutes=20)
    assert post(scene, "desk", path, {"result": "Ông Bình đã rõ"}).json["state"] == "called"
    assert scene.get("desk", "/deliveries/calls")["data"] == []
    is_problem(post(scene, "desk", path, {"result": "Lần nữa"}), 409, "wrong_state")
    said = [row.data["comment"] for row in scene.history(code) if row.kind == "applicant_called"]
    assert said == ["Chưa liên lạc được: Không nghe máy", "Ông Bình đã rõ"]
    scene.sound(code)


@pytest.mark.rule("QT-16.4")
def test_of_many_calls_those_that_wait_the_longest_come_first(scene: Scene) -> None:
    codes = [scene.register(applicant=PERSON, notify=["phone"])["code"] for _ in range(3)]
    with scene.reading() as connection:
        filters = DeliveryFilters(states=("to_call",))
        found = delivery_page(connection, filters, None, 2, oldest_first=True)
    assert [row.dossier for row in found] == codes[:2]
    assert [one["dossier"] for one in scene.get("desk", "/deliveries/calls")["data"]] == codes


def test_a_dossier_shows_what_was_told_masked_and_its_applicant_sees_his_own(scene: Scene) -> None:
    code = scene.register(applicant=PERSON, notify=["sms", "email"])["code"]
    for row in rows(scene):
        send(scene, row.id)
    with scene.writing() as connection:
        sms = next(row.id for row in rows(scene) if row.channel == "sms")
        factories.set_columns(connection, "deliveries", sms, repeated=True)
    found = scene.get("desk", f"/dossiers/{code}/deliveries")["data"]
    assert [one["channel"] for one in found] == ["portal", "email", "sms"]
    assert found[2]["words"] == "Đã gửi tin nhắn lúc 08:00 23/11/2026 đến 09••••678 (có thể đã gửi hai lần)"
    assert PERSON["phone"] not in str(found)
    citizen = scene.app.test_client()
    seen = citizen.get(f"/api/v1/public/dossiers/{code}?token={scene.dossier(code).token}").json
    assert [one["text"] for one in seen["messages"]] == [one["words"] for one in found[1:]]
    assert [one["title"] for one in seen["notices"]] == [f"Đã tiếp nhận hồ sơ {code}"]
    assert "messages" not in citizen.get(f"/api/v1/public/dossiers/{code}").json


def test_what_officials_were_told_is_not_shown_to_the_applicant(scene: Scene) -> None:
    code = scene.at_step("process", applicant=PERSON)
    scene.clock.set_local("2026-12-31 08:00")
    scene.tick()
    for row in rows(scene):
        send(scene, row.id)
    assert {one["event"] for one in scene.get("desk", f"/dossiers/{code}/deliveries")["data"]} > {"receipt_issued"}
    seen: Any = scene.app.test_client().get(f"/api/v1/public/dossiers/{code}?token={scene.dossier(code).token}").json
    assert seen["messages"] == []
