"""Publishing over the interface: scans, corrections, what is said at the check; reminders of last days (HT-6.1, ST-10.3b)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import select

from app.jobs.publications import remind_publications
from app.store.official_notices import OfficialNotice
from tests import factories
from tests.actions.diagrams import DIAGRAMS
from tests.actions.drafting import begun, noted, published
from tests.actions.scene import Scene, is_problem
from tests.actions.test_publish_version import DECISION
from tests.papers.samples import pdf

VERSIONS = "/api/v1/procedures/1.000001/versions"


@pytest.fixture
def centre(scene: Scene) -> int:
    with scene.writing() as connection:
        return factories.account(connection, "centre", scene.province.office, permissions=("procedure.review",))


@pytest.fixture
def soc_trang(scene: Scene) -> Iterator[Scene]:
    made = scene.app.extensions["motcua"]
    scene.app.extensions["motcua"] = replace(made, settings=replace(made.settings, profile="soc_trang"))
    yield scene
    scene.app.extensions["motcua"] = made


def send(scene: Scene, drawn: str, scan: tuple[bytes, str] | None = None, key: str | None = None) -> Any:
    body: dict[str, Any] = {**DECISION, "diagram": (BytesIO(DIAGRAMS[drawn]), "a.bpmn")}
    if scan is not None:
        body["scan"] = (BytesIO(scan[0]), scan[1])
    headers = {"Idempotency-Key": key} if key else {}
    return scene.client("admin").post(VERSIONS, data=body, headers=headers)


def told(scene: Scene, template: str) -> list[Any]:
    with scene.reading() as connection:
        every = select(OfficialNotice.account_id, OfficialNotice.data).order_by(OfficialNotice.id)
        rows = connection.execute(every).all()
    return [one for one in rows if one.data["template"] == template]


@pytest.mark.rule("QT-22.3")
def test_a_decisions_scan_is_kept_with_the_version(scene: Scene) -> None:
    key = "s" * 20
    for _ in range(2):
        assert send(scene, "linear", (pdf(1), "QĐ 45.pdf"), key).status_code == 201
    is_problem(send(scene, "linear", (pdf(2), "QĐ 45.pdf"), key), 422, "key_reused")
    is_problem(send(scene, "linear", (b"PK\3\4", "a.zip")), 422, "invalid")
    with scene.client("admin").get(f"{VERSIONS}/2/decision-file") as answer:
        assert (answer.status_code, answer.data) == (200, pdf(1))
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    is_problem(scene.client("admin").get(f"{VERSIONS}/1/decision-file"), 404, "not_found")
    is_problem(scene.client("binh").get(f"{VERSIONS}/2/decision-file"), 403, "forbidden")


@pytest.mark.rule("QT-22.3", "ST-26.7")
def test_a_configuration_is_corrected_over_the_interface(scene: Scene) -> None:
    send(scene, "linear"), send(scene, "decision")
    answer = scene.client("admin").post(f"{VERSIONS}/3/correct", json={"using": 2, "reason": "Sai sơ đồ"})
    assert (answer.status_code, answer.json["version"], answer.json["corrects"]) == (201, 4, 3)
    states = {one["version"]: one["state"] for one in scene.get("desk", "/procedures/1.000001/versions")["data"]}
    assert states == {1: "replaced", 2: "replaced", 3: "corrected", 4: "in_force"}
    one = scene.get("desk", "/procedures/1.000001/versions/4")
    assert (one["corrects"], one["correction_reason"], one["applies_from"]) == (3, "Sai sơ đồ", "2026-11-23")
    scene.client("binh")
    with scene.unchanged():
        is_problem(
            scene.client("admin").post(f"{VERSIONS}/4/correct", json={"using": 1, "reason": "x"}), 409, "wrong_state"
        )
        is_problem(scene.client("admin").post(f"{VERSIONS}/4/correct", json={"using": 2}), 422, "invalid")
        is_problem(
            scene.client("binh").post(f"{VERSIONS}/4/correct", json={"using": 2, "reason": "x"}), 403, "forbidden"
        )


@pytest.mark.rule("ST-10.3b")
def test_what_is_said_of_a_version_is_heard_by_who_published_it(scene: Scene, centre: int) -> None:
    send(scene, "linear")
    path = f"{VERSIONS}/2/comments"
    first = scene.client("centre").post(path, json={"text": "Sai vị trí", "element": "process"})
    assert first.status_code == 201
    answer = scene.client("admin").post(path, json={"text": "Đúng bảng", "answer_to": first.json["id"]})  # type: ignore[index]
    assert answer.status_code == 201
    said = scene.get("admin", "/procedures/1.000001/versions/2/comments")["data"]
    assert [(one["username"], one["element"]) for one in said] == [("centre", "process"), ("admin", "process")]
    assert {one.account_id for one in told(scene, "version_commented")} == {scene.province.accounts["admin"], centre}
    is_problem(scene.client("centre").post(path, json={"text": "x", "element": "nirgends"}), 422, "invalid")
    is_problem(scene.client("centre").post(path, json={"text": "x", "answer_to": 999999}), 404, "not_found")
    is_problem(scene.client("binh").post(path, json={"text": "x"}), 403, "forbidden")


@pytest.mark.rule("HT-6.1")
def test_who_publishes_is_reminded_the_day_before_and_every_day_after(scene: Scene) -> None:
    made = scene.app.extensions["motcua"]
    scene.app.extensions["motcua"] = replace(made, settings=replace(made.settings, profile="ha_tinh"))
    try:
        noted(scene, begun(scene))
        counts = []
        for day in ("2026-11-23", "2026-11-24", "2026-11-24", "2026-11-26", "2026-11-28"):
            scene.clock.set_local(f"{day} 09:00")
            with scene.app.app_context():
                remind_publications()
            counts.append(len(told(scene, "publication_due")))
        assert counts == [0, 1, 1, 2, 2], "the 25th is the last day; nobody works on Saturday the 28th"
        assert "đã quá hạn 1 ngày làm việc" in told(scene, "publication_due")[-1].data["reason"]
    finally:
        scene.app.extensions["motcua"] = made


@pytest.mark.rule("ST-10.3b")
def test_who_checks_is_reminded_likewise(soc_trang: Scene, centre: int) -> None:
    made = begun(soc_trang)
    noted(soc_trang, made)
    published(soc_trang, made, profile="soc_trang")
    counts = []
    for day in ("2026-11-26", "2026-11-27", "2026-12-01"):
        soc_trang.clock.set_local(f"{day} 09:00")
        with soc_trang.app.app_context():
            remind_publications()
        counts.append(len(told(soc_trang, "review_due")))
    assert counts == [0, 1, 2]
    assert {one.account_id for one in told(soc_trang, "review_due")} == {centre}
