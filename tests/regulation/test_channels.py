"""Requirements group 1: whichever way a dossier comes, it is entered, coded, timed and told alike."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from app.store.deliveries import Delivery
from app.store.slips import find_slip
from tests import factories
from tests.actions.scene import Scene, is_problem
from tests.regulation.files import JPEG, add_file

PERSON = {"name": "Trần Văn Bình", "email": "binh@example.org", "phone": "0912 345 678", "address": "12 Hùng Vương"}


def taken_in(scene: Scene, channel: str, **body: Any) -> str:
    """The code of a dossier that came that way and is accepted."""
    code: str = scene.register(channel=channel, **body)["code"]
    if channel == "online":
        scene.do("accept", "desk", scene.task(code, "check_online").id)
    return code


def public(scene: Scene, code: str, token: str | None = None) -> Any:
    """What the portal shows of it to anybody, or to who has its slip."""
    query = f"?token={token}" if token else ""
    return scene.app.test_client().get(f"/api/v1/public/dossiers/{code}{query}").json


@pytest.mark.rule("QT-7.4", "QT-16.2", "ST-12.1")
@pytest.mark.parametrize("channel", ["counter", "post", "online"])
def test_every_way_leads_to_the_same_code_clock_and_first_step(scene: Scene, channel: str) -> None:
    """QT Điều 7 khoản 4, Điều 16 khoản 2; ST Điều 12 khoản 1: ba cách nộp có giá trị như nhau, đều được nhập và cấp mã."""
    code = taken_in(scene, channel, applicant=PERSON)
    dossier = scene.dossier(code)

    assert code == "000.00.12.H50-261123-0001"
    assert (dossier.status, scene.open_steps(code)) == (2, ["receive"])
    assert dossier.deadline_at is not None
    assert factories.local_iso(dossier.deadline_at) == "2026-12-07T08:00:00+07:00"
    found = scene.get("desk", f"/dossiers/{code}")
    assert (found["channel"], found["applicant"]) == (channel, PERSON)
    assert [slip["kind"] for slip in scene.get("desk", f"/dossiers/{code}/slips")["data"]] == ["receipt"]


@pytest.mark.rule("ST-12.1")
def test_desks_of_every_level_receive_and_the_code_names_theirs(scene: Scene) -> None:
    """ST Điều 12 khoản 1: Trung tâm và bộ phận một cửa các cấp đều tiếp nhận trên hệ thống; mã do hệ thống cấp."""
    with scene.writing() as connection:
        commune = factories.agency(connection, "XTP", identifier="000.07.31.H50", level=3)
        desk = factories.unit(connection, commune, "desk", "desk")
        seat = factories.position(connection, commune, desk, "desk_officer")
        factories.account(connection, "commune", commune, [seat], ("dossier.register", "task.work"))
        procedure = factories.procedure(connection, "2.000007", [commune, scene.province.health], level=3)
        factories.version(connection, procedure)

    assert scene.register("commune", procedure="2.000007")["code"] == "000.07.31.H50-261123-0001"
    assert scene.register("desk", procedure="2.000007")["code"] == "000.00.12.H50-261123-0001"


@pytest.mark.rule("ST-13.1b")
def test_a_paper_dossier_is_entered_scanned_printed_and_sent_along(scene: Scene) -> None:
    """ST Điều 13 khoản 1b: hồ sơ giấy hợp lệ thì nhập, quét, in giấy tiếp nhận và chuyển theo quy trình đã cấu hình."""
    registered = scene.register(components=[{"code": "application", "kind": "original", "quantity": 1}])
    code = registered["code"]
    scan = add_file(scene, "desk", code, name="don.pdf", component="application", origin="digitised")
    assert scene.client("desk").get(registered["slips"][0]["pdf"]).data.startswith(b"%PDF")
    scene.do("forward", "desk", registered["task"]["id"])

    assert (scan["component"], scan["origin"]) == ("application", "digitised")
    assert (scene.dossier(code).status, scene.open_steps(code)) == (4, ["assign"])
    scene.sound(code)


@pytest.mark.rule("ST-11.1b")
def test_a_photo_is_enough_and_nobody_asks_for_certification(scene: Scene) -> None:
    """ST Điều 11 khoản 1b, TN Điều 11 khoản 2b: tệp đính kèm là ảnh chụp hoặc bản quét, không phải chứng thực."""
    code = scene.register(channel="online")["code"]
    photo = add_file(scene, "desk", code, JPEG, "don.jpg", component="application")
    scene.do("accept", "desk", scene.task(code, "check_online").id)

    assert (photo["media_type"], photo["origin"]) == ("image/jpeg", None)
    assert scene.dossier(code).status == 2


@pytest.mark.rule("ST-11.2b")
def test_acceptance_is_told_with_the_date_on_the_portal_and_by_mail(scene: Scene) -> None:
    """ST Điều 11 khoản 2b: tiếp nhận thì hệ thống tự động báo đã tiếp nhận và thời hạn, qua cổng và thư điện tử."""
    code = scene.register(channel="online", applicant=PERSON, notify=["email"])["code"]
    assert public(scene, code)["status"]["number"] == 1
    scene.do("accept", "desk", scene.task(code, "check_online").id)

    seen = public(scene, code)
    assert (seen["status"]["number"], seen["appointment_at"]) == (2, "2026-12-07T13:30:00+07:00")
    with scene.reading() as connection:
        told = [tuple(row) for row in connection.execute(select(Delivery.template, Delivery.recipient))]
    assert ("receipt_issued", "binh@example.org") in told


@pytest.mark.rule("LA-9.2")
def test_the_receipt_of_an_online_dossier_stands_on_the_portal(scene: Scene) -> None:
    """LA Điều 9 khoản 2: sau khi tiếp nhận trực tuyến, giấy tiếp nhận bản điện tử có trên cổng."""
    code = scene.register(channel="online")["code"]
    token = scene.dossier(code).token
    assert public(scene, code, token)["slips"] == []
    scene.do("accept", "desk", scene.task(code, "check_online").id)
    (slip,) = public(scene, code, token)["slips"]

    assert slip["kind"] == "receipt"
    assert scene.app.test_client().get(slip["pdf"]).data.startswith(b"%PDF")


@pytest.mark.rule("QT-16.6")
def test_the_applicant_chooses_how_to_be_told_and_how_to_get_the_result(scene: Scene) -> None:
    """QT Điều 16 khoản 6: chọn cách nhận thông báo, nhận kết quả; qua bưu chính phải có địa chỉ và trả cước."""
    chosen = {"mode": "post", "address": "12 Hùng Vương, Đông Hà"}
    registered = scene.register(applicant=PERSON, notify=["sms", "zalo"], deliver=chosen)
    found = scene.get("desk", f"/dossiers/{registered['code']}")

    assert (found["notify"], found["deliver"]) == (["sms", "zalo"], chosen)
    with scene.reading() as connection:
        slip = find_slip(connection, scene.dossier(registered["code"]).id, registered["slips"][0]["id"])
    assert slip is not None
    assert "người nhận trả cước: 12 Hùng Vương" in slip.content["place_of_return"]
    is_problem(scene.post_dossier(deliver={"mode": "post"}), 422, "invalid")


# Officers of others ------------------------------------------------------------------------------------------------------


def seated_at_the_desk(scene: Scene, username: str, agency: str, name: str) -> None:
    """An account of another agency that sits at the department's desk."""
    with scene.writing() as connection:
        home = factories.agency(connection, agency, name=name)
        seat = scene.province.positions["desk_officer"]
        factories.account(connection, username, home, [seat], ("dossier.register", "task.work"))


@pytest.mark.rule("HT-8.1p")
def test_an_employee_of_the_post_may_receive_at_the_desk(scene: Scene) -> None:
    """HT Điều 8 khoản 1: nhân viên bưu chính được giao tiếp nhận tại một cửa, và được ghi là ai, của đơn vị nào."""
    seated_at_the_desk(scene, "postal", "BDT", "Bưu điện tỉnh")
    registered = scene.register("postal")

    assert registered["task"]["assignee"] == "postal"
    assert scene.dossier(registered["code"]).agency == "SYT"
    received = scene.get("desk", f"/dossiers/{registered['code']}")["intake"]["received_by"]
    assert (received["account"], received["agency"]) == ("postal", "Bưu điện tỉnh")


@pytest.mark.rule("LA-19.2", "ST-9.2p")
def test_the_post_submits_online_before_it_carries_the_paper(scene: Scene) -> None:
    """LA Điều 19 khoản 2; ST Điều 9 khoản 2: bưu chính nộp hồ sơ trực tuyến trước, rồi mới chuyển bản giấy đến cơ quan.

    The dossier waits for the desk's check like any other that came online; how its result goes back was registered with it.
    """
    seated_at_the_desk(scene, "postal", "BDT", "Bưu điện tỉnh")
    back = {"mode": "post", "address": "12 Hùng Vương, Đông Hà"}
    told = {"post_voucher": "EB123456789VN", "post_office": "Bưu cục Đông Hà"}
    registered = scene.register("postal", channel="online", deliver=back, intake=told)
    found = scene.get("desk", f"/dossiers/{registered['code']}")

    assert (found["status"]["number"], scene.dossier(registered["code"]).deadline_at) == (1, None)
    assert (found["intake"]["post_voucher"], found["intake"]["post_office"]) == ("EB123456789VN", "Bưu cục Đông Hà")
    assert found["deliver"] == back
    scene.do("accept", "desk", scene.task(registered["code"], "check_online").id)


@pytest.mark.rule("LA-19.2")
def test_what_is_brought_to_the_counter_has_no_voucher_of_the_post(scene: Scene) -> None:
    problem = is_problem(scene.post_dossier(intake={"post_voucher": "EB123456789VN"}), 422, "invalid")

    assert (problem["rule"], set(problem["errors"])) == ("LA-19.2", {"intake.post_voucher"})


@pytest.mark.rule("LA-19.3")
@pytest.mark.parametrize("way", ["desk", "electronic", "post"])
def test_who_sends_by_post_chooses_how_to_get_the_receipt(scene: Scene, way: str) -> None:
    """LA Điều 19 khoản 3: tại một cửa, xuất trình chứng từ bưu chính; qua thư điện tử, Zalo, SMS; hoặc ủy quyền bưu chính."""
    told = {"post_voucher": "EB123456789VN", "receipt_by": way}
    code = scene.register(channel="post", applicant=PERSON, notify=["email"], intake=told)["code"]
    kept = scene.get("desk", f"/dossiers/{code}")["intake"]

    assert (kept["receipt_by"], kept["post_voucher"]) == (way, "EB123456789VN")


@pytest.mark.rule("LA-19.3")
def test_an_electronic_receipt_needs_somewhere_to_go(scene: Scene) -> None:
    told = {"post_voucher": "EB123456789VN", "receipt_by": "electronic"}
    problem = is_problem(scene.post_dossier(channel="post", notify=["phone"], intake=told), 422, "invalid")

    assert (problem["rule"], set(problem["errors"])) == ("LA-19.3", {"notify"})


@pytest.mark.rule("QT-28.5d1")
def test_a_vertical_agency_enters_its_dossiers_here_too_with_its_own_number(scene: Scene) -> None:
    """QT Điều 28 khoản 5đ: cán bộ ngành dọc tại một cửa nhập hồ sơ vào hệ thống của tỉnh khi hệ thống ngành chưa kết nối."""
    seated_at_the_desk(scene, "tax", "CCT", "Chi cục Thuế")
    own = {"system": "Hệ thống quản lý thuế tập trung", "number": "TMS-2026-000123"}
    registered = scene.register("tax", intake={"own_system": own})
    found = scene.get("desk", f"/dossiers/{registered['code']}")

    assert registered["code"] == "000.00.12.H50-261123-0001"
    assert (found["intake"]["own_system"], found["intake"]["received_by"]["agency"]) == (own, "Chi cục Thuế")
