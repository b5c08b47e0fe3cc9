"""Exchanges: inside an agency people talk, between agencies a document goes along the process (QT-17.3)."""

from __future__ import annotations

import pytest

from app.jobs import deliveries
from tests.actions.scene import Scene
from tests.regulation.scenes import on_paper

BODY = {"text": "Nội bộ Sở Y tế: xem lại căn cứ @chi"}


@pytest.mark.rule("QT-17.3")
def test_what_an_agency_says_among_itself_no_other_agency_of_the_dossier_reads(scene: Scene) -> None:
    code = on_paper(scene, "opinion")
    path = f"/api/v1/dossiers/{code}/remarks"
    made = scene.client("binh").post(path, json=BODY, headers={"Idempotency-Key": "one"})
    assert made.status_code == 201, made.text
    again = scene.client("binh").post(path, json=BODY, headers={"Idempotency-Key": "one"})
    assert (again.json or {})["id"] == (made.json or {})["id"]
    assert [one["text"] for one in scene.get("chi", f"/dossiers/{code}/remarks")["data"]] == [BODY["text"]]

    for other in ("official", "control"):
        assert scene.get(other, f"/dossiers/{code}/remarks")["data"] == [], "sees the dossier, reads no remark of it"
        timeline = scene.client(other).get(f"/api/v1/dossiers/{code}/timeline").text
        assert "căn cứ" not in timeline
    assert scene.client("official").put(f"{path}/{(made.json or {})['id']}", json={"text": "x"}).status_code == 404


@pytest.mark.rule("QT-17.3")
def test_the_mail_of_a_mention_which_the_receiving_desk_looks_after_does_not_say_what_was_said(scene: Scene) -> None:
    code = on_paper(scene, "opinion")
    said = {"text": "Nội bộ Văn phòng: chờ họp @control"}
    assert scene.client("official").post(f"/api/v1/dossiers/{code}/remarks", json=said).status_code == 201
    assert "chờ họp" in scene.get("control", "/notices")["data"][0]["text"]
    mail = next(row for row in scene.get("desk", f"/deliveries?dossier={code}")["data"] if row["event"] == "mentioned")
    with scene.app.app_context():
        deliveries.send_delivery(mail["id"])
    seen = scene.get("desk", f"/deliveries/{mail['id']}")
    assert "Nguyễn Thị official" in seen["body"]
    assert "chờ họp" not in str(seen)


@pytest.mark.rule("QT-17.3")
def test_nobody_speaks_to_another_agency_this_way(scene: Scene) -> None:
    code = on_paper(scene, "opinion")
    path = f"/api/v1/dossiers/{code}/remarks"
    named = scene.client("binh").post(path, json={"text": "Nhờ xem", "mentioned": ["official"]})
    assert (named.status_code, (named.json or {})["code"]) == (422, "invalid")
    assert scene.client("official").post(path, json={"text": "Nội bộ Văn phòng"}).status_code == 201
    assert scene.get("binh", f"/dossiers/{code}/remarks")["data"] == []

    other = scene.at_step("process", scene.publish("linear"))
    body = {"agencies": ["VPUBND"], "limit_at": "2026-11-27T17:00:00+07:00", "comment": "Đề nghị cho ý kiến"}
    task = scene.task(other, "process").id
    assert scene.refused(422, "slip_required", "ask-opinion", "binh", task, body)["rule"] == "QT-17.3"


@pytest.mark.rule("QT-17.3")
def test_a_correction_keeps_the_old_text_and_an_older_one_is_refused(scene: Scene) -> None:
    code = scene.at_step("process", scene.publish("linear"))
    path = f"/api/v1/dossiers/{code}/remarks"
    one = scene.client("binh").post(path, json={"text": "Thửa 12"}).json or {}
    assert scene.client("chi").put(f"{path}/{one['id']}", json={"text": "x"}).status_code == 403
    fixed = scene.client("binh").put(f"{path}/{one['id']}", json={"text": "Thửa 21"}, headers={"If-Match": '"1"'})
    assert ((fixed.json or {})["text"], fixed.headers["ETag"]) == ("Thửa 21", '"2"')
    assert [old["text"] for old in (fixed.json or {})["earlier"]] == ["Thửa 12"]
    stale = scene.client("binh").put(f"{path}/{one['id']}", json={"text": "Thửa 31"}, headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    scene.clock.move(minutes=11)
    assert scene.client("binh").put(f"{path}/{one['id']}", json={"text": "Thửa 41"}).status_code == 409
