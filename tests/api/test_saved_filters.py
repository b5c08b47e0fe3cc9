"""Filters of the inbox that somebody keeps, and how her inbox looks, over the interface."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.actions.scene import Scene, is_problem

PATH = "/api/v1/saved-filters"


def keep(scene: Scene, name: str, username: str = "binh", **more: Any) -> Any:
    return scene.client(username).post(PATH, json={"name": name, "filter": {"inbox": "mine", "due": "today"}, **more})


def test_a_filter_is_kept_changed_and_removed(scene: Scene) -> None:
    made = keep(scene, "Hôm nay", is_start=True)
    assert made.status_code == 201, made.text
    one = made.json
    assert one == {
        "id": one["id"],
        "name": "Hôm nay",
        "filter": {"inbox": "mine", "due": "today"},
        "is_start": True,
        "version": 1,
    }
    client, path = scene.client("binh"), f"{PATH}/{one['id']}"
    changed: Any = client.put(path, json={"name": "Đến hạn hôm nay"}, headers={"If-Match": made.headers["ETag"]})
    assert (changed.status_code, changed.json["name"], changed.json["is_start"]) == (200, "Đến hạn hôm nay", True)
    stale = client.put(path, json={"name": "Muộn"}, headers={"If-Match": made.headers["ETag"]})
    is_problem(stale, 412, "stale_version")
    assert [found["name"] for found in scene.get("binh", "/saved-filters")["data"]] == ["Đến hạn hôm nay"]
    assert client.post(f"{path}/remove").status_code == 204
    is_problem(client.post(f"{path}/remove"), 404, "not_found")


def test_one_begins_the_day_and_names_are_each_once(scene: Scene) -> None:
    first = keep(scene, "Một", is_start=True).json
    keep(scene, "Hai", is_start=True)
    starts = {one["name"]: one["is_start"] for one in scene.get("binh", "/saved-filters")["data"]}
    assert starts == {"Một": False, "Hai": True}
    assert list(is_problem(keep(scene, "MỘT"), 422, "invalid")["errors"]) == ["name"]
    assert keep(scene, "Một", "chi").status_code == 201
    renamed = scene.client("binh").put(f"{PATH}/{first['id']}", json={"name": "hai"})
    is_problem(renamed, 422, "invalid")


def test_they_are_nobody_elses(scene: Scene) -> None:
    path = f"{PATH}/{keep(scene, 'Của tôi').json['id']}"
    is_problem(scene.client("chi").put(path, json={"name": "Của chị"}), 404, "not_found")
    is_problem(scene.client("chi").post(f"{path}/remove"), 404, "not_found")
    assert scene.get("chi", "/saved-filters")["data"] == []


def test_the_same_key_keeps_it_once(scene: Scene) -> None:
    body = {"name": "Một lần", "filter": {}}
    answers = [scene.client("binh").post(PATH, json=body, headers={"Idempotency-Key": "a"}) for _ in range(2)]
    assert answers[0].json == answers[1].json
    assert scene.get("binh", "/saved-filters")["total"] == 1


def test_there_is_a_most(scene: Scene) -> None:
    for number in range(20):
        assert keep(scene, f"Số {number}").status_code == 201
    is_problem(keep(scene, "Quá"), 422, "invalid")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": "", "filter": {}},
        {"name": "x" * 61, "filter": {}},
        {"name": "x", "filter": {"inbox": "theirs"}},
        {"name": "x", "filter": {"q": "\x00"}},
        {"name": "x", "filter": {"cursor": "a"}},
        {"name": "x", "filter": [], "is_start": "maybe"},
    ],
)
def test_what_is_no_filter_is_refused(scene: Scene, body: Any) -> None:
    is_problem(scene.client("binh").post(PATH, json=body), 422, "invalid")


def test_how_the_inbox_looks(scene: Scene) -> None:
    client, path = scene.client("binh"), "/api/v1/me/inbox-settings"
    usual = scene.get("binh", "/me/inbox-settings")
    assert usual["after"] == "next"
    assert client.put(path, json={"columns": ["due", "step"]}).json == {"columns": ["due", "step"], "after": "next"}
    assert client.put(path, json={"after": "list"}).json == {"columns": ["due", "step"], "after": "list"}
    bodies: list[dict[str, Any]] = [
        {"columns": []},
        {"columns": ["due", "due"]},
        {"columns": ["price"]},
        {"after": "home"},
    ]
    for body in bodies:
        is_problem(client.put(path, json=body), 422, "invalid")
    assert scene.get("chi", "/me/inbox-settings") == usual


def test_finished_work_is_a_list_of_the_inbox(scene: Scene) -> None:
    code = scene.at_step("process", scene.publish("linear"))
    task = scene.task(code, "process").id
    scene.do("forward", "binh", task)
    for inbox in ("waiting", "done"):
        (one,) = scene.get("binh", f"/tasks?inbox={inbox}")["data"]
        assert (one["id"], one["outcome"], len(one["led_to_names"])) == (task, "forwarded", 1)
        assert [now["id"] for now in one["now_with"]] == [scene.task(code, "review").id]
    assert scene.get("binh", "/tasks?inbox=waiting&q=khong-co-ai")["data"] == []
    is_problem(scene.client("binh").get("/api/v1/tasks?inbox=done&due=today"), 422, "invalid")
    is_problem(scene.client("binh").get("/api/v1/tasks?inbox=done&cursor=x"), 422, "invalid")


def test_two_tabs_at_once_keep_one_of_a_name_and_one_start(scene: Scene) -> None:
    tabs = [scene.sign_in("binh") for _ in range(4)]

    def keep(tab: FlaskClient, name: str) -> Callable[[], int]:
        body = {"name": name, "filter": {"inbox": "mine"}, "is_start": True}
        return lambda: tab.post("/api/v1/saved-filters", json=body).status_code

    assert sorted(scene.at_once(*[keep(tab, "Một") for tab in tabs])) == [201, 422, 422, 422]
    assert scene.at_once(*[keep(tab, f"Khác {number}") for number, tab in enumerate(tabs)]) == [201] * 4
    assert sum(one["is_start"] for one in scene.get("binh", "/saved-filters")["data"]) == 1
