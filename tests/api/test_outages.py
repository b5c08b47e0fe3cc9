"""Outages: shown to everybody at once, told to all who wait, each once, by workers that may be killed (TN-22.1a)."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from app.jobs import outages
from app.store import deliveries as kept
from tests import factories
from tests.actions.scene import Scene, is_problem
from tests.jobs.sending import PERSON, rows

OUTAGE = {
    "title": "Nâng cấp máy chủ",
    "text": "Hồ sơ giấy vẫn nhận tại bộ phận một cửa.",
    "starts_at": "2026-11-23T18:00:00+07:00",
    "ends_at": "2026-11-23T22:00:00+07:00",
    "audience": ["users", "citizens", "applicants", "heads"],
}
NUMBER = "+84912345678"
"""PERSON's, as it is sent to."""
TOLD = "SELECT template, channel, recipient FROM deliveries WHERE outage_id IS NOT NULL ORDER BY id"


@pytest.fixture
def waiting(scene: Scene) -> Scene:
    """Heads, three open dossiers of two people, and one that has ended."""
    with scene.writing() as connection:
        for name in ("head", "director"):
            factories.set_columns(connection, "positions", scene.province.positions[name], head=True)
    scene.publish("linear")
    done = scene.at_step("give_back", "linear", applicant=PERSON | {"email": "xong@example.org"}, notify=["email"])
    for action in ("confirm-result", "deliver-result"):
        scene.do(action, "desk", scene.task(done, "give_back").id)
    for email, ways in (
        ("a@example.org", ["email", "sms"]),
        ("a@example.org", ["email"]),
        ("b@example.org", ["email"]),
    ):
        scene.register(applicant=PERSON | {"email": email}, notify=ways)
    scene.register(applicant=PERSON, notify=["phone"])
    return scene


def announce(scene: Scene, **body: Any) -> Any:
    answer = scene.client("admin").post("/api/v1/outages", json=OUTAGE | body)
    assert answer.status_code == 201, answer.text
    return answer.json


def tell(scene: Scene, outage_id: int, *, ended: bool = False) -> None:
    with scene.app.app_context():
        outages.tell_of_outage(outage_id, ended=ended)


@pytest.mark.rule("TN-22.1a")
def test_all_who_wait_and_the_heads_are_told_each_once_and_of_its_end_too(waiting: Scene) -> None:
    outage = announce(waiting)
    for _ in range(2):
        tell(waiting, outage["id"])
    expected = Counter(
        {
            ("outage_announced", "email", "a@example.org"): 1,
            ("outage_announced", "sms", NUMBER): 1,
            ("outage_announced", "email", "b@example.org"): 1,
            ("outage_announced_to_heads", "email", "director@example.org"): 1,
        }
    )
    assert Counter(tuple(row) for row in rows(waiting, TOLD)) == expected
    waiting.clock.move(hours=4)
    ended = waiting.client("admin").post(f"/api/v1/outages/{outage['id']}/end", json={"text": "Xin cảm ơn."})
    assert ended.status_code == 200, ended.text
    tell(waiting, outage["id"], ended=True)
    assert len(rows(waiting, TOLD)) == 2 * len(expected)
    again = waiting.client("admin").post(f"/api/v1/outages/{outage['id']}/end", json={})
    is_problem(again, 409, "settled")


@pytest.mark.rule("TN-22.1a")
def test_a_worker_that_is_killed_is_followed_by_one_that_goes_on(
    waiting: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    outage = announce(waiting, audience=["applicants"])
    keep, calls = kept.keep_for_outage, []

    def dies(*given: Any) -> Any:
        calls.append(given)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return keep(*given)

    monkeypatch.setattr(outages, "BATCH", 1)
    with monkeypatch.context() as patch:
        patch.setattr(outages.deliveries, "keep_for_outage", dies)
        with pytest.raises(KeyboardInterrupt):
            tell(waiting, outage["id"])
    (between,) = rows(waiting, "SELECT * FROM outages")
    assert between.told_through > 0
    assert between.told_at is None
    assert len(rows(waiting, TOLD)) == 2, "the batch that was under way is not there"
    tell(waiting, outage["id"])
    assert sorted(row.recipient for row in rows(waiting, TOLD)) == [NUMBER, "a@example.org", "b@example.org"]


@pytest.mark.rule("TN-22.1a")
def test_whoever_had_not_been_told_when_it_ended_hears_of_the_end_alone(waiting: Scene) -> None:
    outage = announce(waiting, audience=["applicants", "heads"])
    waiting.client("admin").post(f"/api/v1/outages/{outage['id']}/end", json={})
    tell(waiting, outage["id"], ended=True)
    tell(waiting, outage["id"])
    assert {row.template for row in rows(waiting, TOLD)} == {"outage_ended", "outage_ended_to_heads"}
    (kept,) = rows(waiting, "SELECT told_at FROM outages")
    assert kept.told_at is not None


def test_one_whose_job_is_gone_gets_another(waiting: Scene) -> None:
    announce(waiting)
    waiting.clock.move(minutes=11)
    before = len(rows(waiting, "SELECT 1 FROM procrastinate_jobs WHERE task_name = 'tell_of_outage'"))
    with waiting.app.app_context():
        outages.recover_outages()
    assert len(rows(waiting, "SELECT 1 FROM procrastinate_jobs WHERE task_name = 'tell_of_outage'")) == before + 1


@pytest.mark.rule("TN-22.1a")
def test_it_stands_on_the_pages_of_those_who_are_meant_until_it_is_over(scene: Scene) -> None:
    citizen = scene.app.test_client()
    outage = announce(scene, audience=["citizens"])
    (shown,) = citizen.get("/api/v1/public/outages").json["data"]
    assert (shown["title"], shown["ends_at"]) == (OUTAGE["title"], "2026-11-23T22:00:00+07:00")
    assert OUTAGE["text"] in citizen.get("/tra-cuu").text
    announce(scene, title="Chỉ cán bộ", audience=["users"])
    assert len(citizen.get("/api/v1/public/outages").json["data"]) == 1
    scene.client("admin").post(f"/api/v1/outages/{outage['id']}/end", json={})
    assert citizen.get("/api/v1/public/outages").json["data"][0]["ended_at"] is not None
    scene.clock.move(hours=13)
    assert citizen.get("/api/v1/public/outages").json["data"] == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"audience": []}, "audience"),
        ({"audience": ["all"]}, "audience"),
        ({"ends_at": OUTAGE["starts_at"]}, "ends_at"),
    ],
)
def test_what_cannot_be_announced_is_refused(scene: Scene, body: Any, field: str) -> None:
    problem = is_problem(scene.client("admin").post("/api/v1/outages", json=OUTAGE | body), 422, "invalid")
    assert any(name.startswith(field) for name in problem["errors"])
    is_problem(scene.client("desk").post("/api/v1/outages", json=OUTAGE), 403, "forbidden")
