"""Idempotency keys: the same request answers the first answer again, and acts once, however often and at once it comes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from app.api import acting
from app.jobs.duties import KEYS_KEPT
from app.store import idempotency
from tests.actions.scene import Scene, is_problem


def test_the_same_request_answers_the_first_answer_again(scene: Scene) -> None:
    code = scene.at_step("process")
    task = scene.task(code, "process")
    first = scene.try_to("forward", "binh", task.id, {"comment": "Trình."}, idempotency_key="k-1")
    assert first.status_code == 200
    scene.clock.move(hours=3)
    scene.do("forward", "head", scene.task(code, "review").id)
    with scene.unchanged():
        again = scene.try_to("forward", "binh", task.id, {"comment": "Trình."}, idempotency_key="k-1")
    assert (again.status_code, again.json, again.headers["ETag"]) == (200, first.json, first.headers["ETag"])
    assert again.content_type == first.content_type


def test_registering_twice_under_one_key_is_one_dossier(scene: Scene) -> None:
    client, body = scene.client("desk"), {"procedure": "1.000001", "applicant": {"name": "Bình"}}
    first = client.post("/api/v1/dossiers", json=body, headers={"Idempotency-Key": "dossier-1"})
    with scene.unchanged():
        again = client.post("/api/v1/dossiers", json=body, headers={"Idempotency-Key": "dossier-1"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json == first.json


def test_another_body_or_path_under_the_same_key_is_422(scene: Scene) -> None:
    code = scene.at_step("process")
    task = scene.task(code, "process")
    scene.try_to("claim", "binh", task.id, idempotency_key="k-1")
    scene.refused(422, "key_reused", "claim", "binh", task.id, {"comment": "khác"}, idempotency_key="k-1")
    scene.refused(422, "key_reused", "forward", "binh", task.id, idempotency_key="k-1")
    other = scene.task(scene.at_step("process"), "process")
    scene.refused(422, "key_reused", "claim", "binh", other.id, idempotency_key="k-1")


def test_a_key_is_the_accounts_own(scene: Scene) -> None:
    one, two = scene.at_step("process"), scene.at_step("process")
    scene.try_to("claim", "binh", scene.task(one, "process").id, idempotency_key="same")
    answer = scene.try_to("claim", "chi", scene.task(two, "process").id, idempotency_key="same")
    assert (answer.status_code, scene.task(two, "process").assignee) == (200, "chi")


def test_a_refusal_is_not_kept(scene: Scene) -> None:
    """Once the reason is gone the same request under the same key goes through."""
    code = scene.at_step("process")
    task = scene.task(code, "process")
    scene.do("claim", "chi", task.id)
    scene.refused(409, "task_taken", "forward", "binh", task.id, idempotency_key="k-1")
    scene.do("release", "chi", task.id)
    assert scene.try_to("forward", "binh", task.id, idempotency_key="k-1").status_code == 200


def test_the_permission_is_asked_again(scene: Scene) -> None:
    """A kept answer is nobody's who is not signed in any more."""
    task = scene.task(scene.at_step("process"), "process")
    scene.try_to("claim", "binh", task.id, idempotency_key="k-1")
    with scene.writing() as connection:
        connection.execute(text("UPDATE accounts SET active = false WHERE username = 'binh'"))
    scene.refused(401, "unauthenticated", "claim", "binh", task.id, idempotency_key="k-1")


def test_an_answer_that_was_lost_after_the_commit_comes_again(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process ends between the commit and the answer: what was done is there, and the client learns of it."""
    code = scene.at_step("process")
    task = scene.task(code, "process")
    scene.client("binh")

    class Ended(BaseException):
        pass

    def end(*_: object, **__: object) -> None:
        raise Ended

    with monkeypatch.context() as patch:
        patch.setattr(acting, "reply", end)
        with pytest.raises(Ended):
            scene.try_to("forward", "binh", task.id, idempotency_key="k-1")
    assert scene.open_steps(code) == ["review"]
    with scene.unchanged():
        again = scene.try_to("forward", "binh", task.id, idempotency_key="k-1")
    assert again.status_code == 200
    assert again.json is not None
    assert [led["step"] for led in again.json["led_to"]] == ["review"]


@pytest.mark.parametrize("twins", [2, 6])
def test_concurrent_twins_act_once_and_answer_the_same(scene: Scene, twins: int) -> None:
    code = scene.at_step("process")
    task = scene.task(code, "process")
    scene.client("binh")
    answers = scene.at_once(
        *[lambda: scene.try_to("forward", "binh", task.id, {"comment": "Trình."}, idempotency_key="k-1")] * twins
    )
    assert [answer.status_code for answer in answers] == [200] * twins
    assert all(answer.json == answers[0].json for answer in answers)
    assert scene.kinds(code).count("forwarded") == 3
    assert scene.open_steps(code) == ["review"]
    scene.sound(code)


def test_concurrent_twins_that_register_make_one_dossier(scene: Scene) -> None:
    client, body = scene.client("desk"), {"procedure": "1.000001", "applicant": {"name": "Bình"}}
    answers = scene.at_once(
        *[lambda: client.post("/api/v1/dossiers", json=body, headers={"Idempotency-Key": "d-1"})] * 4
    )
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json["code"] for answer in answers if answer.json}) == 1
    with scene.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM dossiers")).scalar_one() == 1


def test_a_twin_of_a_refused_request_gets_its_own_chance(scene: Scene) -> None:
    """The second waits for the first; when the first is rolled back the second acts itself, and is refused itself."""
    task = scene.task(scene.at_step("process"), "process")
    scene.do("claim", "chi", task.id)
    scene.client("binh")
    with scene.unchanged():
        answers = scene.at_once(*[lambda: scene.try_to("forward", "binh", task.id, idempotency_key="k-1")] * 3)
    assert [answer.status_code for answer in answers] == [409] * 3


@pytest.mark.parametrize("key", ["", " ", "a b", "khóa", "x" * 201, "a\tb"])
def test_a_key_that_is_none_is_422(scene: Scene, key: str) -> None:
    task = scene.task(scene.at_step("process"), "process")
    with scene.unchanged():
        answer = scene.client("binh").post(
            f"/api/v1/tasks/{task.id}/claim", json={}, headers={"Idempotency-Key": key.encode().decode("latin-1")}
        )
    assert set(is_problem(answer, 422, "invalid")["errors"]) == {"Idempotency-Key"}


def test_keys_are_kept_for_seven_days(scene: Scene) -> None:
    task = scene.task(scene.at_step("process"), "process")
    scene.try_to("claim", "binh", task.id, idempotency_key="k-1")
    assert timedelta(days=7) == KEYS_KEPT
    with scene.writing() as connection:
        assert idempotency.forget_keys(connection, scene.clock.move(days=7) - KEYS_KEPT) == 0
        assert idempotency.forget_keys(connection, scene.clock.move(seconds=1) - KEYS_KEPT) == 1
