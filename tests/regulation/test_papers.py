"""Requirements group 1: the papers of a dossier, handed in or shown, complete, and where an electronic one comes from."""

from __future__ import annotations

from typing import Any

import pytest

from tests import factories
from tests.actions.scene import Scene, is_problem
from tests.regulation.files import add_file, send_file

PAPER = {"required": True, "originals": 1, "copies": 0}
FEE = {"name": "Lệ phí", "amount": 50_000, "unit": "hồ sơ", "note": "", "when": "submission"}


def asking_for(scene: Scene, *components: dict[str, Any], **values: Any) -> str:
    """A procedure with these papers, by its code."""
    with scene.writing() as connection:
        health = [scene.province.health]
        procedure = factories.procedure(connection, "9.200001", health, components=list(components), **values)
        factories.version(connection, procedure)
    return "9.200001"


def handed_in(code: str, kind: str = "electronic", **more: Any) -> dict[str, Any]:
    return {"code": code, "kind": kind, **more}


FORM = {"code": "FORM", "name": "Đơn đề nghị", **PAPER}
CARD = {"code": "CARD", "name": "Thẻ căn cước", **PAPER, "present_only": True}
RESIDENCE = {"code": "HOME", "name": "Xác nhận cư trú", **PAPER, "database": "Cơ sở dữ liệu quốc gia về dân cư"}


@pytest.mark.rule("QT-3.3")
def test_a_paper_is_handed_in_or_only_shown_as_the_checklist_says(scene: Scene) -> None:
    """QT Điều 3 khoản 3: hồ sơ gồm giấy tờ phải nộp HOẶC xuất trình; giấy tờ chỉ xuất trình thì không phải nộp tệp nào."""
    procedure = asking_for(scene, FORM, CARD)
    right = [handed_in("FORM", "original"), handed_in("CARD", "presented")]
    registered = scene.register(procedure=procedure, components=right)
    kinds = {one["code"]: one["kind"] for one in scene.get("desk", f"/dossiers/{registered['code']}")["components"]}
    assert kinds == {"FORM": "original", "CARD": "presented"}

    wrong = handed_in("FORM", "presented")
    problem = is_problem(scene.post_dossier(procedure=procedure, components=[wrong]), 422, "invalid")
    assert (problem["rule"], set(problem["errors"])) == ("QT-3.3", {"components.0.kind"})
    shown = scene.register(procedure=procedure, components=[handed_in("CARD", "original")])
    (card,) = scene.get("desk", f"/dossiers/{shown['code']}")["components"]
    assert card["kind"] == "presented", "what is only to be shown was shown, whatever was said"


@pytest.mark.rule("HT-7.2", "QT-3.3", "QT-10.2c")
def test_online_every_paper_that_is_demanded_comes_with_the_submission(scene: Scene) -> None:
    """HT Điều 7 khoản 2: hồ sơ trực tuyến phải đủ thành phần; giấy tờ chỉ xuất trình hoặc đã có trong CSDL thì không đòi."""
    procedure = asking_for(scene, FORM, CARD, RESIDENCE)
    scene.register(procedure=procedure, channel="online", components=[])  # Quảng Trị: the desk's check asks for it
    scene.govern("ha_tinh")
    problem = is_problem(scene.post_dossier(procedure=procedure, channel="online", components=[]), 422, "invalid")
    assert (problem["rule"], set(problem["errors"])) == ("HT-7.2", {"components"})
    assert problem["detail"] == "Hồ sơ trực tuyến còn thiếu: Đơn đề nghị."

    scene.register(procedure=procedure, channel="online", components=[handed_in("FORM")])


@pytest.mark.rule("HT-7.2")
def test_at_the_desk_the_officer_may_take_what_is_there(scene: Scene) -> None:
    """HT Điều 7 khoản 2 nói về hồ sơ trực tuyến; tại quầy cán bộ hướng dẫn bổ sung (NĐ 61/2018 Điều 17)."""
    scene.register(procedure=asking_for(scene, FORM), components=[])


@pytest.mark.rule("HT-7.3", "HT-8.1c", "HT-8.4b")
@pytest.mark.parametrize("origin", ["register", "certified", "digitised"])
def test_of_every_electronic_paper_is_kept_where_it_comes_from(scene: Scene, origin: str) -> None:
    """HT Điều 7 khoản 3: bản sao điện tử từ sổ gốc, bản sao chứng thực điện tử, hay bản số hóa: ghi với từng tệp."""
    code = scene.register(components=[handed_in("application", origin=origin)], intake={"digitised": True})["code"]
    file = add_file(scene, "desk", code, component="application", origin=origin)
    found = scene.get("desk", f"/dossiers/{code}")

    assert (file["component"], file["origin"], found["components"][0]["origin"]) == ("application", origin, origin)
    assert found["intake"]["digitised"]
    (listed,) = scene.get("desk", f"/dossiers/{code}/attachments")["data"]
    assert listed == file
    assert scene.last(code, "attached").data["origin"] == origin


@pytest.mark.parametrize(
    ("about", "field"),
    [
        ({"component": "khac"}, "component"),
        ({"origin": "mail"}, "origin"),
        ({"kind": "letter"}, "kind"),
        ({"kind": "result", "component": "application"}, "kind"),
        ({"who": "me"}, "who"),
    ],
)
def test_a_file_is_no_paper_that_the_procedure_does_not_have(scene: Scene, about: dict[str, str], field: str) -> None:
    code = scene.register()["code"]
    with scene.unchanged():
        problem = is_problem(send_file(scene, "desk", code, **about), 422, "invalid")

    assert set(problem["errors"]) == {field}


@pytest.mark.rule("ST-11.2c")
def test_while_a_prepaid_fee_is_open_the_dossier_is_not_accepted(scene: Scene) -> None:
    """ST Điều 11 khoản 2c: chưa nộp khoản phải nộp trước thì báo người nộp; đã nộp, cán bộ xác nhận, thì tiếp nhận."""
    procedure = asking_for(scene, FORM, fees=[FEE])
    code = scene.register(procedure=procedure, channel="online", components=[handed_in("FORM")])["code"]
    task = scene.task(code, "check_online").id
    (offer,) = [one for one in scene.get("desk", f"/tasks/{task}")["actions"] if one["name"] == "accept"]
    assert offer["needs"] == ["fees_paid"]
    assert scene.refused(422, "invalid", "accept", "desk", task)["rule"] == "ST-11.2c"
    scene.do("accept", "desk", task, {"fees_paid": True})

    assert scene.get("desk", f"/dossiers/{code}")["intake"]["fees_paid"] is True


@pytest.mark.rule("ST-11.2c")
def test_what_was_paid_with_the_submission_is_not_asked_again(scene: Scene) -> None:
    """ST Điều 11 khoản 2c: khoản nộp trước đã nộp thì không đòi nữa."""
    procedure = asking_for(scene, FORM, fees=[FEE])
    papers = [handed_in("FORM")]
    code = scene.register(procedure=procedure, channel="online", components=papers, fees_paid=True)["code"]
    task = scene.task(code, "check_online").id
    (offer,) = [one for one in scene.get("desk", f"/tasks/{task}")["actions"] if one["name"] == "accept"]

    assert offer["needs"] == []
    scene.do("accept", "desk", task)
