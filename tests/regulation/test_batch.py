"""QT-17.5: what is done to one dossier can be done to a group of them, notices to the applicants included."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import select

from app.actions.batch import MOST_ITEMS
from app.actions.by_name import ACTIONS
from app.store.deliveries import Delivery
from app.web.grouped import GROUPED
from tests.actions.scene import Scene

__all__ = ["emptying", "guard", "scene"]

from tests.actions.conftest import emptying, guard, scene

APPLICANT = {"name": "Trần Thị Ánh Nguyệt", "id_number": "045123456789", "email": "nguyet@example.org"}


def together(scene: Scene, username: str, action: str, ids: list[int], **body: Any) -> list[Any]:
    answer = scene.client(username).post(
        "/api/v1/tasks/batch",
        data=json.dumps({"action": action, "ids": ids, "body": body}),
        content_type="application/json",
    )
    assert answer.status_code == 200, answer.text
    found: list[Any] = answer.json["results"]  # type: ignore[index]
    return found


def told(scene: Scene, code: str) -> list[tuple[str, str]]:
    """What the applicant of a dossier is sent: which text, to whom."""
    with scene.reading() as connection:
        rows = connection.execute(
            select(Delivery.template, Delivery.recipient).where(Delivery.dossier_id == scene.dossier(code).id)
        )
        return sorted((row.template, row.recipient) for row in rows)


@pytest.mark.rule("QT-17.5")
def test_a_thousand_dossiers_are_a_group() -> None:
    assert MOST_ITEMS == 1000


@pytest.mark.rule("QT-17.5")
def test_every_action_on_a_dossier_is_one_on_a_group(scene: Scene) -> None:
    document = scene.app.test_client().get("/openapi.json").json
    assert document is not None
    of_a_group = document["components"]["schemas"]["BatchBody"]["properties"]["action"]["enum"]
    assert set(of_a_group) == set(ACTIONS)
    alone = {path.rsplit("/", 1)[1] for path in document["paths"] if path.startswith("/api/v1/tasks/{task_id}/")}
    assert alone <= set(of_a_group)


@pytest.mark.rule("QT-17.5")
def test_the_inbox_offers_transfer_receipt_and_handing_over_for_groups() -> None:
    assert {"forward", "return", "accept", "claim", "release", "handoff", "confirm-result", "deliver-result"} <= set(
        GROUPED
    )


@pytest.mark.rule("QT-17.5")
def test_a_group_is_transferred_and_what_one_is_refused_keeps_none_of_the_others(scene: Scene) -> None:
    codes = [scene.at_step("process") for _ in range(3)]
    ids = [scene.task(code, "process").id for code in codes]
    scene.do("claim", "chi", ids[1])
    results = together(scene, "binh", "forward", ids, comment="Kính trình.")
    assert [one["status"] for one in results] == [200, 409, 200]
    assert [scene.open_steps(code) for code in codes] == [["review"], ["process"], ["review"]]
    for code in codes:
        scene.sound(code)


@pytest.mark.rule("QT-17.5n")
def test_each_dossier_of_a_group_sends_its_own_notice(scene: Scene) -> None:
    codes = [
        scene.register(channel="online", applicant=APPLICANT | {"email": f"nguoi{n}@example.org"}, notify=["email"])[
            "code"
        ]
        for n in range(3)
    ]
    before = {code: told(scene, code) for code in codes}
    intake = [scene.open_tasks(code)[0].id for code in codes]
    assert [one["status"] for one in together(scene, "desk", "accept", intake)] == [200] * 3
    for number, code in enumerate(codes):
        fresh = [one for one in told(scene, code) if one not in before[code]]
        assert [recipient for _, recipient in fresh] == [f"nguoi{number}@example.org"]


@pytest.mark.rule("QT-17.5n")
def test_what_is_refused_sends_nothing(scene: Scene) -> None:
    code = scene.register(channel="online", applicant=APPLICANT, notify=["email"])["code"]
    before = told(scene, code)
    task = scene.open_tasks(code)[0].id
    assert [one["status"] for one in together(scene, "binh", "accept", [task])] == [403]
    assert told(scene, code) == before
