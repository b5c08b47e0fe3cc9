"""Calendars over HTTP: read by all, previewed and changed by those who manage them, with progress to follow."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from app.api.calendars import CalendarDetailSchema, ChangeSchema, PreviewSchema
from tests.actions.calendars import change_row, code_of, data_of, work_through
from tests.actions.conftest import emptying, guard, scene
from tests.actions.scene import Scene, is_problem

__all__ = ["emptying", "guard", "scene"]

STORM = ["2026-12-01", "2026-12-02"]


def put(client: FlaskClient, code: str, data: Any, reason: str = "Nghỉ bão", **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.put(f"/api/v1/calendars/{code}", json={"data": data, "reason": reason}, headers=named)


def test_everybody_reads_who_works_by_which_hours(scene: Scene) -> None:
    code = code_of(scene)
    (listed,) = [one for one in scene.get("binh", "/calendars")["data"] if one["code"] == code]
    assert [agency["code"] for agency in listed["offices"]] == ["SYT", "VPUBND"]
    assert listed["desks"] == listed["offices"]
    found = scene.get("binh", f"/calendars/{code}")
    CalendarDetailSchema().load(found)
    assert found["data"] == data_of(scene)
    assert found["changes"] == []


@pytest.mark.rule("QT-18.2")
def test_a_change_is_previewed_made_and_followed(scene: Scene) -> None:
    dossier = scene.at_step("assign")
    code, admin = code_of(scene), scene.client("admin")
    data = data_of(scene) | {"holidays": STORM}
    with scene.unchanged():
        previewed: Any = admin.post(f"/api/v1/calendars/{code}/preview", json={"data": data}).json
    PreviewSchema().load(previewed)
    assert (previewed["total"], previewed["moved"], previewed["resets"]) == (1, 1, 1)
    (one,) = previewed["dossiers"]
    assert (one["code"], one["reset"]) == (dossier, "before_deadline")
    assert one["deadline_at"] == "2026-12-09T08:00:00+07:00"

    answer = put(admin, code, data, idempotency_key="storm")
    assert answer.status_code == 200, answer.text
    ChangeSchema().load(answer.json)
    assert (answer.json["total"], answer.json["done"], answer.json["finished_at"]) == (1, 0, None)
    assert put(admin, code, data, idempotency_key="storm").json["id"] == answer.json["id"]
    is_problem(put(admin, code, data | {"holidays": []}, idempotency_key="storm"), 422, "key_reused")

    work_through(scene, answer.json["id"])
    followed = scene.get("desk", f"/calendars/{code}/changes/{answer.json['id']}")
    assert (followed["done"], followed["moved"], followed["failed"]) == (1, 1, 0)
    assert followed["finished_at"] is not None
    assert [one["code"] for one in followed["resets"]] == [dossier]
    assert scene.get("official", f"/calendars/{code}/changes/{answer.json['id']}")["resets"] == []
    assert scene.get("binh", f"/calendars/{code}")["changes"][0]["reason"] == "Nghỉ bão"


def test_a_change_of_what_somebody_else_changed_meanwhile_is_refused(scene: Scene) -> None:
    code, admin = code_of(scene), scene.client("admin")
    tag = admin.get(f"/api/v1/calendars/{code}").headers["ETag"]
    data = data_of(scene)
    assert put(admin, code, data | {"holidays": STORM}, If_Match=tag).status_code == 200
    is_problem(put(admin, code, data | {"holidays": []}, If_Match=tag), 412, "stale_version")


def test_only_who_manages_calendars_changes_them(scene: Scene) -> None:
    code, data = code_of(scene), data_of(scene) | {"holidays": STORM}
    for name in ("desk", "control"):
        client = scene.client(name)
        with scene.unchanged():
            is_problem(put(client, code, data), 403, "forbidden")
            is_problem(client.post(f"/api/v1/calendars/{code}/preview", json={"data": data}), 403, "forbidden")


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"holidays": ["hôm nay"]}, "data.holidays.0"),
        ({"weekly": {"mon": [["07:00"]]}}, "data.weekly.mon.0"),
        ({"patterns": [{"weekly": {}, "x": 1}]}, "data.patterns.0"),
        ({"weekly": 5}, "data.weekly"),
        ({"minutes_per_day": 1e400}, "body"),
        ({"minutes_per_day": True}, "data.minutes_per_day"),
        ({"tz": None}, "data.tz"),
        ({"working_saturdays": {}}, "data.working_saturdays"),
        ({"holidays": [[]]}, "data.holidays.0"),
    ],
)
def test_whatever_is_wrong_is_an_answer_and_never_an_error_of_ours(
    scene: Scene, data: dict[str, Any], field: str
) -> None:
    admin, code = scene.client("admin"), code_of(scene)
    with scene.unchanged():
        told = is_problem(put(admin, code, data_of(scene) | data), 422, "invalid")
    assert list(told["errors"]) == [field]


def test_what_is_missing_is_not_found(scene: Scene) -> None:
    admin, code = scene.client("admin"), code_of(scene)
    is_problem(admin.get("/api/v1/calendars/khong-co"), 404, "not_found")
    is_problem(put(admin, "khong-co", data_of(scene)), 404, "not_found")
    is_problem(admin.get(f"/api/v1/calendars/{code}/changes/1"), 404, "not_found")
    change = put(admin, code, data_of(scene) | {"holidays": STORM}).json["id"]
    assert change_row(scene, change).code == code
    is_problem(admin.put(f"/api/v1/calendars/{code}", json={"data": {}}), 422, "invalid")
