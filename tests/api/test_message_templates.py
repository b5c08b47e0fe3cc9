"""What messages say, changed over HTTP: placeholders, samples, agencies, and the way back to what is built in."""

from __future__ import annotations

from typing import Any

import pytest

from app.jobs import deliveries
from tests.actions.scene import Scene, is_problem
from tests.jobs.sending import PERSON, rows

SMS = {"event": "receipt_issued", "channel": "sms"}


def save(scene: Scene, **body: Any) -> Any:
    return scene.client("admin").post("/api/v1/message-templates", json=SMS | body)


def told(scene: Scene) -> str:
    """What an SMS of a dossier that is received now says."""
    scene.register(applicant=PERSON, notify=["sms"])
    last = rows(scene)[-1]
    with scene.app.app_context():
        deliveries.send_delivery(last.id)
    return str(rows(scene)[-1].body)


@pytest.mark.rule("QT-16.4")
def test_the_newest_text_in_force_counts_and_one_can_go_back(scene: Scene) -> None:
    assert told(scene).startswith("Sở Y tế: đã tiếp nhận")
    assert save(scene, body="Đã nhận {ma_ho_so}[, hẹn {hen_tra}]").status_code == 201
    assert told(scene) == "Đã nhận 000.00.12.H50-261123-0002, hẹn 13:30 07/12/2026"
    assert save(scene, body="Từ mai", valid_from="2026-11-24").status_code == 201
    assert told(scene).startswith("Đã nhận")
    scene.clock.set_local("2026-11-24 08:00")
    assert told(scene) == "Từ mai"
    answer = save(scene, body=None)
    assert (answer.status_code, answer.json["built_in"]) == (201, True)
    assert told(scene).startswith("Sở Y tế: đã tiếp nhận")
    assert [row["body"] for row in answer.json["history"]] == [None, "Từ mai", "Đã nhận {ma_ho_so}[, hẹn {hen_tra}]"]


def test_an_agencys_own_text_counts_before_the_provinces(scene: Scene) -> None:
    save(scene, body="Tỉnh: {ma_ho_so}")
    save(scene, body="Sở: {ma_ho_so}", agency="SYT")
    assert told(scene).startswith("Sở: ")
    save(scene, body=None, agency="SYT")
    assert told(scene).startswith("Tỉnh: ")
    lines = scene.get("admin", "/message-templates")["data"]
    (line,) = (one for one in lines if (one["event"], one["channel"]) == ("receipt_issued", "sms"))
    assert (line["changed"], line["agencies"]) == (True, 1)


@pytest.mark.parametrize(
    ("body", "field", "text"),
    [
        ({"body": "Hồ sơ {ma_hs}"}, "body", "Dòng 1, cột 7: không có mục {ma_hs}"),
        ({"body": "  "}, "body", "Phải có nội dung"),
        ({"body": "x", "agency": "KHONG"}, "agency", "Không có cơ quan này"),
        ({"body": "x", "valid_from": "2026-11-22"}, "valid_from", "Phải từ hôm nay"),
        ({"body": "x", "channel": "email"}, "subject", "Phải có tiêu đề"),
        ({"body": "x", "channel": "email", "subject": "{x}"}, "subject", "Dòng 1, cột 1"),
        ({"body": "x", "event": "pressed"}, "event", "Phải là một trong"),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_place(scene: Scene, body: Any, field: str, text: str) -> None:
    problem = is_problem(save(scene, **body), 422, "invalid")
    assert problem["errors"][field][0].startswith(text)
    assert rows(scene, "SELECT 1 FROM message_templates") == []


def test_a_text_is_looked_at_with_a_sample_before_it_is_kept(scene: Scene) -> None:
    client = scene.client("admin")
    path = "/api/v1/message-templates/payment_requested/sms/preview"
    seen: Any = client.post(path, json={"body": "Nộp {so_tien}"}).json
    assert (seen["body"], seen["segments"], seen["alphabet"]) == ("Nộp 1.250.000 đồng", 1, "ucs2")
    is_problem(client.post(path, json={"body": "Nộp {tien}"}), 422, "invalid")
    found = scene.get("admin", "/message-templates/payment_requested/email")
    assert found["built_in"]
    assert "{so_tien}" in found["body"]
    assert rows(scene, "SELECT 1 FROM message_templates") == []


def test_only_who_manages_messages_reads_and_changes_them(scene: Scene) -> None:
    is_problem(scene.client("desk").get("/api/v1/message-templates"), 403, "forbidden")
    is_problem(scene.client("desk").post("/api/v1/message-templates", json=SMS | {"body": "x"}), 403, "forbidden")
    is_problem(scene.client("admin").get("/api/v1/message-templates/khong_co/sms"), 422, "invalid")
