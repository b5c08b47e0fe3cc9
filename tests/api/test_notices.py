"""Notices over the API: the list and its pages, the number, reading, switches, the trial."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from app.api.notices import BellSchema, NoticeSchema, SwitchSchema
from tests.actions.conftest import emptying, guard, scene
from tests.actions.scene import Scene, is_problem

__all__ = ["emptying", "guard", "scene"]

API = "/api/v1"


def pressed(scene: Scene, times: int) -> int:
    """binh is pressed so often about one step; its id."""
    task = scene.task(scene.at_step("process"), "process").id
    scene.do("claim", "binh", task)
    for number in range(times):
        scene.clock.move(minutes=1)
        scene.do("press", "head", task, {"comment": f"Lần {number + 1}"})
    return task


def texts(page: Any) -> list[str]:
    return [one["text"].partition(": ")[2] for one in page["data"]]


def test_unread_ones_come_first_the_newest_first_page_by_page(scene: Scene) -> None:
    task = pressed(scene, 5)
    page = scene.get("binh", "/notices")
    assert (texts(page), page["total"], page["next"]) == ([f"Lần {n}" for n in (5, 4, 3, 2, 1)], 5, None)
    for one in page["data"]:
        assert one["task"] == task
        NoticeSchema().load(one)
    newest = page["data"][0]["id"]
    assert scene.client("binh").post(f"{API}/notices/read", json={"ids": [newest]}).json == {"read": 1}
    seen: list[str] = []
    cursor = ""
    for _ in range(3):
        page = scene.get("binh", f"/notices?page_size=2{cursor}")
        seen += texts(page)
        cursor = f"&cursor={page['next']}"
        assert page["total"] == 5
        assert ("new" in page) == (len(seen) == 2), "new steps come with the first page"
    assert (seen, page["next"]) == ([f"Lần {n}" for n in (4, 3, 2, 1, 5)], None)


@pytest.mark.parametrize("cursor", ["x", "WyJ0YXNrcyIsMSwxXQ", "WyJub3RpY2VzIiwyLDFd"])
def test_a_cursor_of_something_else_is_told(scene: Scene, cursor: str) -> None:
    is_problem(scene.client("binh").get(f"{API}/notices?cursor={cursor}"), 422, "invalid")


def test_nobody_reads_or_marks_what_others_were_told(scene: Scene) -> None:
    pressed(scene, 1)
    (one,) = scene.get("binh", "/notices")["data"]
    assert scene.get("chi", "/notices")["data"] == []
    assert scene.client("chi").post(f"{API}/notices/read", json={"ids": [one["id"]]}).json == {"read": 0}
    assert scene.get("binh", "/notices/count")["unread"] == 1


def test_the_number_is_answered_again_only_when_it_changed(scene: Scene) -> None:
    task = pressed(scene, 1)
    client = scene.client("binh")
    first = client.get(f"{API}/notices/count")
    BellSchema().load(first.json or {})
    assert first.json == {"unread": 1, "new": 0, "shown": "1"}
    assert first.headers["Cache-Control"] == "private, no-cache"
    same = client.get(f"{API}/notices/count", headers={"If-None-Match": first.headers["ETag"]})
    assert (same.status_code, same.data) == (304, b"")
    scene.do("press", "head", task, {"comment": "Lần nữa"})
    changed = client.get(f"{API}/notices/count", headers={"If-None-Match": first.headers["ETag"]})
    assert (changed.status_code, changed.json["shown"]) == (200, "2")  # type: ignore[index]


def test_the_number_is_counted_to_a_hundred(scene: Scene) -> None:
    pressed(scene, 1)
    with scene.writing() as connection:
        connection.execute(
            text(
                "INSERT INTO official_notices (account_id, event, data, created_at)"
                " SELECT n.account_id, n.event, n.data, n.created_at FROM official_notices n, generate_series(1, 150)"
            )
        )
    assert scene.get("binh", "/notices/count") == {"unread": 100, "new": 0, "shown": "99+"}
    assert scene.client("binh").post(f"{API}/notices/read", json={"all": True}).json == {"read": 151}
    assert scene.get("binh", "/notices/count") == {"unread": 0, "new": 0, "shown": "0"}


@pytest.mark.parametrize(
    "body", [{}, {"ids": [1], "all": True}, {"ids": [0]}, {"ids": ["x"]}, {"ids": [2**63]}, {"all": "có"}, {"other": 1}]
)
def test_what_says_neither_which_nor_all_is_refused(scene: Scene, body: Any) -> None:
    is_problem(scene.client("binh").post(f"{API}/notices/read", json=body), 422, "invalid")


def test_switches_say_what_may_be_chosen_and_keep_what_was(scene: Scene) -> None:
    listed = {one["event"]: one for one in scene.get("binh", "/me/notice-switches")["data"]}
    for one in listed.values():
        SwitchSchema().load(one)
    assert (listed["pressed"]["screen"], listed["pressed"]["email"]) == ("now", "now")
    assert (listed["new"]["email"], listed["letter"]["emails"]) == ("digest", ["digest", "off"])
    assert (listed["letter"]["screen"], listed["letter"]["screens"]) == (None, [])
    assert "incident" not in listed
    assert "incident" in {one["event"] for one in scene.get("admin", "/me/notice-switches")["data"]}
    body = {"switches": [{"event": "pressed", "email": "digest"}, {"event": "new", "screen": "off"}]}
    answer = scene.client("binh").put(f"{API}/me/notice-switches", json=body)
    assert answer.status_code == 200
    after = {one["event"]: one for one in scene.get("binh", "/me/notice-switches")["data"]}
    assert (after["pressed"]["screen"], after["pressed"]["email"], after["new"]["screen"]) == ("now", "digest", "off")
    assert {name: one for name, one in after.items() if name not in ("pressed", "new")} == {
        name: one for name, one in listed.items() if name not in ("pressed", "new")
    }
    assert scene.get("chi", "/me/notice-switches")["data"] == list(listed.values()), "hers alone"


@pytest.mark.parametrize(
    ("switch", "field"),
    [
        ({"event": "letter", "email": "now"}, "letter.email"),
        ({"event": "pressed", "screen": "digest"}, "pressed.screen"),
        ({"event": "letter", "screen": "now"}, "letter.screen"),
        ({"event": "incident", "email": "now"}, "incident.email"),
        ({"event": "none"}, "switches.0.event"),
        ({"event": "pressed", "email": "later"}, "switches.0.email"),
    ],
)
def test_what_may_not_be_chosen_is_refused_by_name(scene: Scene, switch: Any, field: str) -> None:
    scene.client("binh")
    with scene.unchanged():
        answer = scene.client("binh").put(f"{API}/me/notice-switches", json={"switches": [switch]})
    assert field in is_problem(answer, 422, "invalid")["errors"]


def test_a_trial_comes_both_ways_and_not_twice_at_once(scene: Scene) -> None:
    answer = scene.client("binh").post(f"{API}/me/notice-trial")
    assert (answer.status_code, answer.json) == (202, {"email": "binh@example.org"})
    (one,) = scene.get("binh", "/notices")["data"]
    assert (one["title"], one["dossier"], one["path"]) == ("Thông báo thử", None, "/toi")
    is_problem(scene.client("binh").post(f"{API}/me/notice-trial"), 429, "too_many_requests")
    scene.clock.move(minutes=2)
    assert scene.client("binh").post(f"{API}/me/notice-trial").status_code == 202


def test_who_has_no_address_is_told_so(scene: Scene) -> None:
    with scene.writing() as connection:
        connection.execute(text("UPDATE accounts SET email = NULL WHERE username = 'binh'"))
    answer = scene.client("binh").post(f"{API}/me/notice-trial")
    assert "quản trị viên" in is_problem(answer, 422, "invalid")["errors"]["email"][0]


def test_a_stranger_is_not_let_in(scene: Scene) -> None:
    visitor = scene.app.test_client()
    for path in ("/notices", "/notices/count", "/me/notice-switches"):
        assert visitor.get(f"{API}{path}").status_code == 401
    assert visitor.post(f"{API}/notices/read", json={"all": True}).status_code == 401
