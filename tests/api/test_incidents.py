"""Incidents over the interface: who reads that a dossier stands, the administrator's list, and who may do anything about it."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from tests.actions.scene import Scene, is_problem
from tests.actions.standing import AGREE, at_gateway, leave, manage, the_one


def test_who_reads_the_dossier_reads_that_it_stands(scene: Scene) -> None:
    code = at_gateway(scene)
    assert scene.get("desk", f"/dossiers/{code}")["incidents"] == []
    scene.stopped("forward", "head", scene.task(code, "review").id, AGREE)
    for who in ("desk", "director", "control"):
        found = scene.get(who, f"/dossiers/{code}")
        assert found["stands"] is True
        assert [one["title"] for one in found["incidents"]] == ["Thao tác không thực hiện được"]
        assert found["incidents"][0]["reason"]


def test_the_list_is_read_in_pages_and_filtered(scene: Scene) -> None:
    scene.publish("decision")
    codes = [scene.at_step("review", "decision", data={"amount": "nhiều"}) for _ in range(3)]
    vacant = scene.at_step("process")
    for code in codes:
        scene.stopped("forward", "head", scene.task(code, "review").id, AGREE)
    leave(scene, "head")
    scene.do("forward", "binh", scene.task(vacant, "process").id)
    whole = scene.get("admin", "/incidents")
    assert [one["dossier"] for one in whole["data"]] == [vacant, *reversed(codes)]
    assert whole["total"] == 4
    first = scene.get("admin", "/incidents?page_size=3")
    rest = scene.get("admin", f"/incidents?page_size=3&cursor={first['next']}")
    assert first["data"] + rest["data"] == whole["data"]
    assert rest["next"] is None
    for query, number in (
        ("kind=vacancy", 1),
        ("procedure=decision", 3),
        ("agency=SYT", 4),
        ("agency=VPUBND", 0),
        ("open=false", 0),
        ("open=all", 4),
    ):
        assert scene.get("admin", f"/incidents?{query}")["total"] == number, query
    is_problem(scene.client("admin").get("/api/v1/incidents?cursor=sai"), 422, "invalid")
    is_problem(scene.client("admin").get("/api/v1/incidents/999999"), 404, "not_found")


def test_the_interface_describes_it(app: Flask) -> None:
    document: Any = app.test_client().get("/openapi.json").json
    paths = document["paths"]
    assert {path.rpartition("/")[2] for path in paths if "/incidents/" in path} >= {"retry", "repair", "close"}


def test_an_administrators_rights_are_asked_for(scene: Scene) -> None:
    code = at_gateway(scene)
    scene.stopped("forward", "head", scene.task(code, "review").id, AGREE)
    number = the_one(scene, code).id
    for who in ("head", "control", "desk"):
        for path in ("/incidents", f"/incidents/{number}"):
            is_problem(scene.client(who).get(f"/api/v1{path}"), 403, "forbidden")
        for what in ("retry", "repair", "close"):
            answer = scene.client(who).post(f"/api/v1/incidents/{number}/{what}", json={"reason": "Thử"})
            is_problem(answer, 403, "forbidden")


@pytest.mark.parametrize("what", ["retry", "repair", "close"])
@pytest.mark.parametrize("body", [{}, {"reason": ""}, {"reason": "  "}, {"reason": 7}, {"reason": "x", "more": 1}])
def test_a_reason_is_asked_for_and_nothing_that_is_not_known(scene: Scene, what: str, body: dict[str, Any]) -> None:
    code = at_gateway(scene)
    scene.stopped("forward", "head", scene.task(code, "review").id, AGREE)
    answer = scene.client("admin").post(f"/api/v1/incidents/{the_one(scene, code).id}/{what}", json=body)
    is_problem(answer, 422, "invalid")


@pytest.mark.parametrize("body", [{"set": []}, {"data": "x"}, {"to_step": ["a"]}, {"retry": "có lẽ"}])
def test_a_repair_in_a_wrong_form_is_refused(scene: Scene, body: dict[str, Any]) -> None:
    code = at_gateway(scene)
    scene.stopped("forward", "head", scene.task(code, "review").id, AGREE)
    assert manage(scene, "repair", the_one(scene, code).id, 422, **body)["code"] == "invalid"


def test_what_the_official_wrote_is_not_shown_to_the_administrator(scene: Scene) -> None:
    code = at_gateway(scene)
    scene.stopped("forward", "head", scene.task(code, "review").id, AGREE | {"comment": "Bí mật"})
    answer = scene.client("admin").get(f"/api/v1/incidents/{the_one(scene, code).id}")
    assert "Bí mật" not in answer.text
    assert answer.json is not None
    assert answer.json["action"] == "forward"


def test_heads_see_how_many_stand_and_which(scene: Scene) -> None:
    code, other = at_gateway(scene), scene.at_step("process")
    assert scene.get("director", "/monitor")["standing"] == 0
    scene.stopped("forward", "head", scene.task(code, "review").id, AGREE)
    assert scene.get("director", "/monitor")["standing"] == 1
    assert scene.get("control", "/monitor")["standing"] == 1
    for query in ("stands=true", "stands=true&q=binh", "stands=true&procedure=decision"):
        assert [one["code"] for one in scene.get("desk", f"/dossiers?{query}")["data"]] == [code], query
    assert scene.get("desk", "/dossiers?stands=true&q=khong-co-ai")["data"] == []
    assert scene.get("official", "/dossiers?stands=true")["data"] == []
    assert {one["code"]: one["stands"] for one in scene.get("desk", "/dossiers")["data"]} == {code: True, other: False}
