"""What the modeller asks of the server: the gate's verdict, a layout, lists, templates; and what is sent to it in bad faith."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import TestResponse

from app.config import PROJECT_ROOT
from tests.actions.diagrams import DIAGRAMS
from tests.actions.drafting import begun
from tests.actions.scene import Scene
from tests.web.desk import Desk

SEE = Callable[[str], Desk]
TEMPLATES = PROJECT_ROOT / "bpmn" / "element-templates" / "motcua.json"
LINEAR = DIAGRAMS["linear"].decode()


def post(desk: Desk, path: str, body: Any, **more: Any) -> TestResponse:
    content = body if isinstance(body, str | bytes) else json.dumps(body)
    headers = {"Accept": "application/json", "Content-Type": "application/json", "X-CSRFToken": token(desk)} | more
    return desk.client.post(path, data=content, headers=headers)


def token(desk: Desk) -> str:
    page = desk.see("/thiet-ke")
    (found,) = {str(one.get("value")) for one in page.iter("input") if one.get("name") == "csrf_token"}
    return found


def test_the_gate_answers_as_the_interface_does(scene: Scene, desk: SEE) -> None:
    admin = desk("admin")
    fine = post(admin, "/thiet-ke/kiem-tra", {"diagram": LINEAR})
    assert fine.status_code == 200
    assert fine.json is not None
    assert (fine.json["verdict"], len(fine.json["steps"])) == ("ok", len(fine.json["steps"]))
    broken = LINEAR.replace('camunda:candidateGroups="assigned_room_officer"', 'camunda:candidateGroups=""')
    told = post(admin, "/thiet-ke/kiem-tra", {"diagram": broken})
    assert told.json is not None
    assert [one["code"] for one in told.json["problems"] if one["severity"] == "error"] == ["step.position-missing"]
    assert told.json["problems"][0]["element"]


def test_what_is_no_diagram_is_told_as_a_problem_of_it(scene: Scene, desk: SEE) -> None:
    admin = desk("admin")
    for text in ("", "không phải XML", "<a/>", "<!DOCTYPE x [<!ENTITY y 'z'>]><x>&y;</x>"):
        told = post(admin, "/thiet-ke/kiem-tra", {"diagram": text})
        assert told.status_code == 200, text
        assert told.json is not None
        assert told.json["verdict"] == "rejected"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("{", 422),
        ("[]", 422),
        ({}, 422),
        ({"diagram": 7}, 422),
        ({"diagram": None}, 422),
        ({"diagram": "x", "other": 1}, 422),
        ({"diagram": "x", "called": []}, 422),
        ({"diagram": "x", "called": {"a": 1}}, 422),
        ({"diagram": "x", "called": {str(n): "x" for n in range(21)}}, 422),
        ({"diagram": "x", "forms": {str(n): {} for n in range(41)}}, 422),
        ({"diagram": "x" * (5 * 1024 * 1024 + 1)}, 413),
        ({"diagram": "x" * (11 * 1024 * 1024)}, 413),
    ],
)
def test_a_body_that_is_not_ours_is_refused_clearly(scene: Scene, desk: SEE, body: Any, status: int) -> None:
    refused = post(desk("admin"), "/thiet-ke/kiem-tra", body)
    assert refused.status_code == status
    assert refused.content_type == "application/problem+json"
    assert refused.json is not None
    assert refused.json["detail"]


def test_a_form_instead_of_json_and_a_missing_token_are_refused(scene: Scene, desk: SEE) -> None:
    admin = desk("admin")
    assert post(admin, "/thiet-ke/kiem-tra", "diagram=x", **{"Content-Type": "text/plain"}).status_code == 415
    assert post(admin, "/thiet-ke/kiem-tra", {"diagram": LINEAR}, **{"X-CSRFToken": "x"}).status_code == 400


def test_a_diagram_is_laid_out_anew(scene: Scene, desk: SEE) -> None:
    admin = desk("admin")
    arranged = post(admin, "/thiet-ke/sap-xep", {"diagram": LINEAR})
    assert arranged.status_code == 200
    assert arranged.json is not None
    assert "BPMNShape" in arranged.json["diagram"]
    for text in ("", "không phải XML", "<a"):
        assert post(admin, "/thiet-ke/sap-xep", {"diagram": text}).status_code == 422


def test_lists_have_names_for_people_and_codes_for_the_diagram(scene: Scene, desk: SEE) -> None:
    answer = desk("admin").client.get("/thiet-ke/danh-muc").json
    assert answer is not None
    assert {"code", "name", "agencies"} == set(answer["positions"][0])
    assert {
        "code": "VPUBND",
        "name": next(one["name"] for one in answer["agencies"] if one["code"] == "VPUBND"),
    } in answer["agencies"]
    assert "1.000001" in {one["code"] for one in answer["procedures"]}


def test_the_templates_are_those_of_the_repository_for_the_desktop_modeller(scene: Scene, desk: SEE) -> None:
    with desk("admin").client.get("/thiet-ke/mau.json") as answer:
        assert answer.data == TEMPLATES.read_bytes()
        assert "motcua.json" in answer.headers["Content-Disposition"]


def test_the_page_and_its_data_are_for_designers(scene: Scene, desk: SEE) -> None:
    draft = begun(scene)
    for path in (f"/thiet-ke/{draft}", "/thiet-ke/danh-muc", "/thiet-ke/mau.json"):
        desk("binh").see(path, 403)
    desk("admin").see("/thiet-ke/999999", 404)


def test_every_field_of_a_template_is_one_that_the_gate_reads() -> None:
    from app.engine.gate.steps import _KNOWN

    for template in json.loads(TEMPLATES.read_text(encoding="utf-8")):
        kind = template["elementType"]["value"].removeprefix("bpmn:")
        kind = kind[0].lower() + kind[1:]
        for field in template["properties"]:
            binding = field["binding"]
            if binding["type"] == "camunda:property":
                known = ("timeLimit",) if kind == "lane" else _KNOWN[kind]
                assert binding["name"] in known, (template["id"], binding)
            else:
                assert binding["name"] in ("camunda:candidateGroups", "camunda:formKey")
