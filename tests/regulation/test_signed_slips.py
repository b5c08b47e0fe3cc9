"""Slips that have to be signed: filled in, signed, attached and acted on in one go (QT-15.4, TN-11.4)."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest

from app.signatures.server import sign_pdf
from tests.actions.scene import Scene
from tests.factories import START
from tests.regulation.requests import approve, ask, forward, main_task, paper
from tests.regulation.scenes import local
from tests.signatures.authority import a_pdf
from tests.signatures.conftest import Bench

NEW_DATE = {"reason": "Hồ sơ phải xác minh thêm", "appointment": "2026-12-16T07:00:00+07:00"}


@pytest.mark.rule("TN-11.4g")
def test_the_apology_is_the_desks_act_signed_and_the_applicant_is_told(scene: Scene, bench: Bench) -> None:
    bench.add_pkcs12("Nguyễn Thị desk", bench.authority.issue("Nguyễn Thị desk"), account="desk")
    scene.govern("thai_nguyen")
    code = scene.at_step("process", applicant={"name": "Bình", "email": "binh@example.org"}, notify=["email"])
    unsigned = NEW_DATE | {"slip": {}}
    problem = scene.refused(422, "signature_required", "apologise", "desk", main_task(scene, code), unsigned)
    assert (problem["rule"], problem["slip"]) == ("QT-15.4", "apology")
    ask(scene, "apologise", code, NEW_DATE | {"slip": {"sign": True}}, "desk")
    assert "applicant" in scene.last(code, "notice_sent").data["to"]
    assert scene.dossier(code).appointment_at == local("2026-12-16 07:00")
    (slip,) = [one for one in scene.get("desk", f"/dossiers/{code}/attachments")["data"] if one["kind"] == "slip"]
    assert [one["signer"] for one in slip["signatures"]] == ["Nguyễn Thị desk"]
    assert slip["signatures"][0]["valid"]
    listed = next(one for one in scene.get("desk", f"/dossiers/{code}/slips")["data"] if one["kind"] == "apology")
    place = f"/api/v1/public/dossiers/{code}/slips/{listed['id']}.pdf?token={scene.dossier(code).token}"
    with scene.app.test_client() as citizen:
        assert citizen.get(place).data == bench.download(code, slip["id"]), "he gets the very bytes that were signed"
    seen = scene.get("head", f"/dossiers/{code}/attachments/{slip['id']}/accesses")["data"]
    assert [(one["what"], one["account"]) for one in seen] == [("download", "desk"), ("view", None)]
    scene.sound(code)


def test_a_signed_version_that_waits_for_the_scanner_is_read_by_nobody(scene: Scene, bench: Bench) -> None:
    code = scene.at_step("process")
    body = {"kind": "guidance", "values": {"instructions": "Nộp tại một cửa"}, "sign": True}
    issued: Any = scene.client("director").post(f"/api/v1/dossiers/{code}/slips", json=body).json
    first = bench.download(code, issued["attachment"])
    (key,) = bench.ring().of_account("director")
    again = {"file": (BytesIO(sign_pdf(first, key, now=START)), "x.pdf")}
    bench.settle(clamav="unix:///nowhere/clamd.sock")
    place = f"/api/v1/dossiers/{code}/attachments/{issued['attachment']}/sign/upload"
    brought: Any = scene.client("director").post(place, data=again).json
    assert brought["scan"] == "waiting", brought
    assert scene.client("desk").get(issued["pdf"]).data == first


@pytest.mark.rule("TN-11.4c", "QT-15.4")
def test_the_supplement_slip_carries_the_seal_of_the_agency(scene: Scene, bench: Bench) -> None:
    bench.allow("clerk", "document.sign")
    scene.govern("thai_nguyen")
    code = scene.at_step("process")
    ask(scene, "request-supplement", code, {"reason": "Thiếu giấy xác nhận", "items": ["Giấy xác nhận"]})
    approve(scene, code)
    task = scene.task(code, "issue").id
    bare = {"attachments": [paper(scene, code)]}
    scene.refused(422, "signature_required", "forward", "clerk", task, bare)
    forward(scene, "clerk", code, "issue", {"slip": {"sign": True, "key": "Dấu Sở Y tế"}})
    assert scene.dossier(code).status == 5
    assert scene.last(code, "slip_issued").data["number"] == "01/HDHS"


@pytest.mark.rule("QT-15.4")
def test_who_has_no_key_issues_nothing_and_uses_no_number(scene: Scene, bench: Bench) -> None:
    code = scene.at_step("process")
    wanted = NEW_DATE | {"slip": {"sign": True}}
    scene.refused(422, "invalid", "apologise", "desk", main_task(scene, code), wanted)
    ask(scene, "apologise", code, NEW_DATE | {"slip": {}}, "desk")
    assert scene.last(code, "slip_issued").data["number"] == "01/PXL"


def test_a_signed_file_brought_along_is_enough(scene: Scene, bench: Bench) -> None:
    scene.govern("thai_nguyen")
    code = scene.at_step("process")
    issued = scene.client("director").post(
        f"/api/v1/dossiers/{code}/slips",
        json={
            "kind": "apology",
            "values": {
                "reason": "Xác minh thêm",
                "old_appointment": "2026-12-07T07:00:00+07:00",
                "new_appointment": NEW_DATE["appointment"],
            },
            "sign": True,
        },
    )
    assert issued.status_code == 201, issued.text
    ask(scene, "apologise", code, NEW_DATE | {"attachments": [issued.json["attachment"]]}, "desk")  # type: ignore[index]
    assert scene.dossier(code).appointment_at == local("2026-12-16 07:00")


@pytest.mark.rule("TN-PL.3s", "LA-10.1", "ST-14.3a")
def test_an_electronic_result_is_handed_over_online_only_when_it_is_signed(scene: Scene, bench: Bench) -> None:
    scene.govern("thai_nguyen")
    code = scene.at_step("process", deliver={"mode": "online"}, applicant={"name": "Bình", "email": "binh@example.org"})
    draft = bench.upload(code, a_pdf(), "binh", kind="draft_result")
    forward(scene, "binh", code, "process", {"attachments": [draft]})
    assert scene.last(code, "forwarded").data["attachments"] == [draft], "the draft goes along (ST-14.3a)"
    while (task := scene.open_tasks(code)[0]).stage != "return":
        scene.do("forward", scene.holder(task), task.id)
    scene.do("confirm-result", "desk", task.id)
    result = bench.upload(code, a_pdf(), "director", kind="result")
    problem = scene.refused(422, "invalid", "deliver-result", "desk", task.id)
    assert (problem["rule"], list(problem["errors"])) == ("LA-10.1", ["attachments"])
    bench.sign("director", code, result)
    scene.do("deliver-result", "desk", task.id)
    assert scene.dossier(code).status == 10
    scene.sound(code)
