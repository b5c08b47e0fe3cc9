"""`POST /tasks/batch`: rights and answers of each task, one key for all, and never a 500 for what a client sent."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest

from app.actions.batch import MOST_ITEMS
from tests.actions.scene import Scene, is_problem
from tests.factories import local_iso

PATH = "/api/v1/tasks/batch"


def send(scene: Scene, username: str, action: str, ids: list[int], body: Any = None, key: str | None = None) -> Any:
    asked = {"action": action, "ids": ids} | ({} if body is None else {"body": body})
    return scene.client(username).post(PATH, json=asked, headers={"Idempotency-Key": key} if key else {})


def waiting(scene: Scene, how_many: int) -> list[int]:
    return [scene.task(scene.at_step("process"), "process").id for _ in range(how_many)]


def results(answer: Any) -> list[Any]:
    assert answer.status_code == 200, answer.text
    found: list[Any] = answer.json["results"]
    return found


@pytest.mark.rule("QT-22.2a", "QT-22.2b")
def test_rights_are_asked_for_each_task(scene: Scene) -> None:
    mine, taken = waiting(scene, 2)
    scene.do("claim", "chi", taken)
    of_head = scene.task(scene.at_step("review"), "review").id
    told = results(send(scene, "binh", "forward", [taken, mine, of_head, 999_999_999], {"comment": "Trình."}))
    assert [(one["id"], one["status"]) for one in told] == [
        (taken, 409),
        (mine, 200),
        (of_head, 403),
        (999_999_999, 404),
    ]
    assert [one.get("problem", {}).get("code") for one in told] == ["task_taken", None, "not_a_candidate", "not_found"]
    assert told[1]["led_to"][0]["step"] == "review"
    assert told[1]["dossier_status"] == {"number": 4, "name": "Đang xử lý"}


def test_an_items_problem_is_the_problem_of_the_single_action(scene: Scene) -> None:
    (taken,) = waiting(scene, 1)
    scene.do("claim", "chi", taken)
    single = scene.refused(409, "task_taken", "forward", "binh", taken)
    (told,) = results(send(scene, "binh", "forward", [taken]))
    del single["request_id"]
    assert told["problem"] == single


def test_a_batch_hands_over_to_a_colleague(scene: Scene) -> None:
    ids = waiting(scene, 2)
    told = results(send(scene, "binh", "handoff", ids, {"account": "chi", "comment": "Nghỉ phép."}))
    assert [(one["status"], one["assignee"]) for one in told] == [(200, "chi"), (200, "chi")]


def test_the_same_key_and_body_answers_again_and_another_body_is_422(scene: Scene) -> None:
    first, taken = waiting(scene, 2)
    scene.do("claim", "chi", taken)
    told = send(scene, "binh", "claim", [first, taken], key="b-1")
    assert [one["status"] for one in results(told)] == [200, 409]
    with scene.unchanged():
        again = send(scene, "binh", "claim", [first, taken], key="b-1")
        is_problem(send(scene, "binh", "claim", [taken, first], key="b-1"), 422, "key_reused")
        is_problem(send(scene, "binh", "release", [first, taken], key="b-1"), 422, "key_reused")
        scene.refused(422, "key_reused", "release", "binh", first, idempotency_key="b-1")
    assert again.json == told.json


def test_the_key_of_a_single_action_is_not_a_batchs(scene: Scene) -> None:
    (task,) = waiting(scene, 1)
    scene.try_to("claim", "binh", task, idempotency_key="k-1")
    with scene.unchanged():
        is_problem(send(scene, "binh", "release", [task], key="k-1"), 422, "key_reused")


def test_a_state_has_counts_and_results(scene: Scene) -> None:
    first, taken = waiting(scene, 2)
    scene.do("claim", "chi", taken)
    key = "b/1?x=#2%2f"
    told = results(send(scene, "binh", "claim", [first, taken], key=key))
    place = f"{PATH}/{quote(key, safe='')}"
    state = scene.get("binh", place.removeprefix("/api/v1"))
    assert {name: state[name] for name in ("total", "done", "refused", "finished")} == {
        "total": 2,
        "done": 1,
        "refused": 1,
        "finished": True,
    }
    assert state["results"] == told
    assert state["updated_at"] == local_iso(scene.clock())
    for other in ("chi", "desk"):
        is_problem(scene.client(other).get(place), 404, "not_found")
    is_problem(scene.client("admin").get(place), 403, "forbidden")


@pytest.mark.parametrize("key", ["none", "%00", "a" * 300, "x%20y", "%ff"])
def test_the_state_of_no_batch_is_not_found(scene: Scene, key: str) -> None:
    is_problem(scene.client("binh").get(f"{PATH}/{key}"), 404, "not_found")


@pytest.mark.parametrize("username", ["admin", "control"])
def test_who_works_no_tasks_may_not(scene: Scene, username: str) -> None:
    ids = waiting(scene, 1)
    scene.client(username)
    with scene.unchanged():
        is_problem(send(scene, username, "claim", ids), 403, "forbidden")


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({}, "action"),
        ({"action": "claim"}, "ids"),
        ({"action": "claim", "ids": []}, "ids"),
        ({"action": "claim", "ids": [1, 1]}, "ids"),
        ({"action": "claim", "ids": list(range(1, MOST_ITEMS + 2))}, "ids"),
        ({"action": "claim", "ids": 1}, "ids"),
        ({"action": "claim", "ids": "12"}, "ids"),
        ({"action": "claim", "ids": [0]}, "ids.0"),
        ({"action": "claim", "ids": [-1]}, "ids.0"),
        ({"action": "claim", "ids": [2**63]}, "ids.0"),
        ({"action": "claim", "ids": [1, True]}, "ids.1"),
        ({"action": "claim", "ids": [1.0]}, "ids.0"),
        ({"action": "claim", "ids": [None]}, "ids.0"),
        ({"action": "claim", "ids": [[1]]}, "ids.0"),
        ({"action": "register", "ids": [1]}, "action"),
        ({"action": "batch", "ids": [1]}, "action"),
        ({"action": ["claim"], "ids": [1]}, "action"),
        ({"action": "__init__", "ids": [1]}, "action"),
        ({"action": "claim", "ids": [1], "body": []}, "body"),
        ({"action": "claim", "ids": [1], "body": {"account": "chi"}}, "body.account"),
        ({"action": "forward", "ids": [1], "body": {"comment": "a\0b"}}, "body.comment"),
        ({"action": "forward", "ids": [1], "body": {"comment": "a" * 4001}}, "body.comment"),
        ({"action": "forward", "ids": [1], "body": {"attachments": [0]}}, "body.attachments.0"),
        ({"action": "forward", "ids": [1], "body": {"data": {"x": "\ud800"}}}, "body.data.x"),
        ({"action": "handoff", "ids": [1], "body": {}}, "body.account"),
        ({"action": "handoff", "ids": [1]}, "body.account"),
        ({"action": "claim", "ids": [1], "version": 3}, "version"),
    ],
)
def test_a_wrong_request_is_422_and_named_and_nothing_is_done(scene: Scene, asked: Any, field: str) -> None:
    client = scene.client("binh")
    with scene.unchanged():
        answer = client.post(PATH, data=json.dumps(asked), content_type="application/json")
    assert field in is_problem(answer, 422, "invalid")["errors"]


@pytest.mark.parametrize("body", [b"{", b"[]", b"null", b'{"action": "claim", "ids": [' + b"[" * 50_000, b"\xff"])
def test_a_body_that_is_no_request_is_422(scene: Scene, body: bytes) -> None:
    is_problem(scene.client("binh").post(PATH, data=body, content_type="application/json"), 422, "invalid")


def test_ids_as_digits_are_ids_and_the_same_id_is_the_same(scene: Scene) -> None:
    (task,) = waiting(scene, 1)
    is_problem(send(scene, "binh", "claim", [task, str(task)]), 422, "invalid")  # type: ignore[list-item]


def test_the_openapi_document_has_it(scene: Scene) -> None:
    document = scene.app.test_client().get("/openapi.json").json
    assert document is not None
    described = document["paths"][PATH]["post"]
    assert "200" in described["responses"]
    assert "claim" in document["components"]["schemas"]["BatchBody"]["properties"]["action"]["enum"]
