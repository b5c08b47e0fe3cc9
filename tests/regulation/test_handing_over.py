"""Requirements group 11: who collected, originals, fees, the true time, what lies uncollected; lost slips (ST-16, LA-8.3)."""

from __future__ import annotations

from typing import Any

import pytest

from app.access.caller import Caller
from app.store import accounts
from app.views.desk import ready_results
from tests import factories
from tests.actions.scene import Scene
from tests.slips.pdf_reading import read_pages, squeeze

FEES = [{"name": "Lệ phí", "amount": 50_000, "unit": "đồng", "note": ""}]
ELECTRONIC = [{"code": "application", "kind": "electronic"}]


def ready(scene: Scene, procedure: str = "1.000001", **body: Any) -> tuple[str, int]:
    """A dossier with its result at the desk, and the task that hands it over."""
    if body.get("channel") == "online":
        registered = scene.register(procedure=procedure, **body)
        scene.do("accept", "desk", registered["task"]["id"])
        code = registered["code"]
        while (step := scene.open_tasks(code)[0]).stage != "return":
            scene.do("forward", scene.holder(step), step.id)
    else:
        code = scene.at_step("give_back" if procedure != "1.000001" else "return_result", procedure, (), **body)
        (step,) = scene.open_tasks(code)
    scene.do("confirm-result", "desk", step.id)
    return code, step.id


# What has to be said -----------------------------------------------------------------------------------------------------


@pytest.mark.rule("ST-16.1a")
def test_handing_over_says_that_the_fees_are_settled_or_why_they_are_not(scene: Scene) -> None:
    scene.publish("linear", fees=FEES)
    code, task = ready(scene, "linear")
    problem = scene.refused(422, "invalid", "deliver-result", "desk", task, {"fees_paid": False})
    assert (problem["rule"], list(problem["errors"])) == ("ST-16.1a", ["comment"])
    assert scene.do("deliver-result", "desk", task)["status"]["number"] == 10
    assert scene.last(code, "delivered").data["fees_paid"] is True
    code, free = ready(scene, "linear")
    scene.do("deliver-result", "desk", free, {"fees_paid": False, "comment": "Hộ nghèo, được miễn."})
    assert scene.last(code, "delivered").data["fees_paid"] is False
    code, without = ready(scene)
    scene.do("deliver-result", "desk", without)
    assert "fees_paid" not in scene.last(code, "delivered").data


@pytest.mark.rule("ST-16.1a", "QT-22.2c")
def test_at_once_too(scene: Scene) -> None:
    scene.publish("two_steps", "same_day/15:00", fees=FEES)
    with scene.writing() as connection:
        for position in ("officer", "director"):
            factories.hold(connection, scene.province.accounts["desk"], scene.province.positions[position])
    registered = scene.register(procedure="two_steps", at_once=True)
    assert registered["status"]["number"] == 10
    assert scene.last(registered["code"], "delivered").data["fees_paid"] is True


@pytest.mark.rule("LA-8.3", "QT-13.3a", "ST-11.4a")
def test_the_originals_of_an_unsigned_electronic_dossier_are_compared_before_the_result_is_given(scene: Scene) -> None:
    scene.govern("long_an")
    code, task = ready(scene, channel="online", components=ELECTRONIC)
    problem = scene.refused(422, "invalid", "deliver-result", "desk", task)
    assert (problem["rule"], list(problem["errors"])) == ("LA-8.3", ["originals_checked"])
    scene.refused(422, "invalid", "deliver-result", "desk", task, {"originals_checked": False})
    scene.do("deliver-result", "desk", task, {"originals_checked": True})
    assert scene.last(code, "delivered").data["originals_checked"] is True


@pytest.mark.rule("LA-8.3", "QT-13.3a")
@pytest.mark.parametrize(
    "body",
    [
        {"components": [ELECTRONIC[0] | {"signed": True}]},
        {"components": ELECTRONIC, "intake": {"originals_checked": True}},
        {"components": ELECTRONIC, "deliver": {"mode": "post", "address": "12 Hùng Vương, Đông Hà"}},
        {"components": [{"code": "application", "kind": "original"}]},
    ],
)
def test_not_where_it_was_signed_or_compared_at_acceptance_or_goes_by_post(scene: Scene, body: dict[str, Any]) -> None:
    _, task = ready(scene, channel="online", **body)
    assert scene.do("deliver-result", "desk", task)["status"]["number"] == 10


@pytest.mark.rule("ST-11.4a")
def test_what_goes_by_post_has_its_number_and_no_collector(scene: Scene) -> None:
    code, task = ready(scene, deliver={"mode": "post", "address": "12 Hùng Vương, Đông Hà"})
    scene.do("deliver-result", "desk", task, {"tracking_number": "EB123456789VN"})
    data = scene.last(code, "delivered").data
    assert (data["mode"], data["tracking_number"], "collector" in data) == ("post", "EB123456789VN", False)


@pytest.mark.rule("ST-16.1a")
def test_somebody_else_collects_with_name_and_authority(scene: Scene) -> None:
    code, task = ready(scene)
    problem = scene.refused(422, "invalid", "deliver-result", "desk", task, {"collector": {"who": "other"}})
    assert set(problem["errors"]) == {"collector.name", "collector.authority"}
    who = {
        "who": "other",
        "name": "Lê Thị Tám",
        "id_number": "045012345678",
        "authority": "Giấy ủy quyền ngày 20/11/2026",
    }
    scene.do("deliver-result", "desk", task, {"collector": who})
    assert scene.last(code, "delivered").data["collector"] == who


# When --------------------------------------------------------------------------------------------------------------------


@pytest.mark.rule("ST-16.3")
def test_a_dossier_is_closed_at_the_true_time_of_handing_over(scene: Scene) -> None:
    code, task = ready(scene)
    scene.clock.set_local("2026-11-24 16:45")
    scene.do("deliver-result", "desk", task, {"handed_at": "2026-11-24T09:30:00+07:00"})
    assert scene.dossier(code).closed_at == scene.clock.set_local("2026-11-24 09:30")
    assert scene.last(code, "delivered").data["entered_at"] == "2026-11-24T09:45:00+00:00"
    scene.sound(code)


@pytest.mark.rule("ST-16.3")
@pytest.mark.parametrize("at", ["2026-11-24T16:46:00+07:00", "2026-11-23T07:59:00+07:00"])
def test_not_in_the_future_nor_before_the_result(scene: Scene, at: str) -> None:
    _, task = ready(scene)
    scene.clock.set_local("2026-11-24 16:45")
    problem = scene.refused(422, "invalid", "deliver-result", "desk", task, {"handed_at": at})
    assert (problem["rule"], list(problem["errors"])) == ("ST-16.3", ["handed_at"])


@pytest.mark.rule("ST-16.2")
def test_what_nobody_collects_stays_at_the_desk_and_in_its_list(scene: Scene) -> None:
    code, task = ready(scene)
    scene.clock.move(days=31)
    assert scene.dossier(code).closed_at is None
    day = scene.clock().date()
    with scene.reading() as connection:
        account = accounts.account_by_id(connection, scene.province.accounts["desk"], day)
    assert account is not None
    with scene.app.app_context():
        listed = ready_results(Caller.of(account, day), "uncollected", None, None, 25, scene.clock())
    assert [one["dossier"] for one in listed["data"]] == [code]
    assert scene.do("deliver-result", "desk", task)["status"]["number"] == 10


# Slips -------------------------------------------------------------------------------------------------------------------


@pytest.mark.rule("QT-15.1b", "ST-13.1d")
def test_a_receipt_of_what_is_resolved_at_once_is_made_when_it_is_asked_for(scene: Scene) -> None:
    scene.publish("two_steps", "same_day/15:00")
    with scene.writing() as connection:
        for position in ("officer", "director"):
            factories.hold(connection, scene.province.accounts["desk"], scene.province.positions[position])
    assert scene.register(procedure="two_steps", at_once=True)["slips"] == []
    asked = scene.register(procedure="two_steps", at_once=True, receipt=True)
    assert (len(asked["slips"]), asked["status"]["number"]) == (1, 10)


@pytest.mark.rule("QT-14.1")
def test_a_lost_slip_is_printed_again_and_says_that_it_is_a_copy(scene: Scene) -> None:
    registered = scene.register()
    code, slip = registered["code"], registered["slips"][0]
    client = scene.client("desk")
    original = client.get(slip["pdf"]).data
    path = f"/api/v1/dossiers/{code}/slips/{slip['id']}/copies"
    assert client.post(path, json={"reason": ""}).status_code == 422
    assert scene.client("binh").post(path, json={"reason": "Mất."}).status_code == 403
    answer = client.post(path, json={"reason": "Người nộp làm mất."})
    assert answer.status_code == 201, answer.text
    copy = client.get(answer.json["pdf"]).data  # type: ignore[index]
    printed = squeeze(" ".join(page.text for page in read_pages(copy)))
    assert squeeze("BẢN IN LẠI") in printed
    assert squeeze("Người nộp làm mất") in printed
    assert client.get(slip["pdf"]).data == original, "what was issued stays as it is"
    assert scene.last(code, "slip_reprinted").data["comment"] == "Người nộp làm mất."
    assert client.get(f"{slip['pdf']}?copy=1").status_code == 404
    assert client.post(f"/api/v1/dossiers/{code}/slips/999999/copies", json={"reason": "Mất."}).status_code == 404
    scene.sound(code)
