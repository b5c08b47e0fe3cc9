"""Requirements group 11: the ways in which a result goes out, and what stays here."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from app.rules import services
from app.store.deliveries import Delivery
from tests import factories
from tests.actions.scene import Scene, is_problem
from tests.regulation.files import PDF, add_file

PERSON = {"name": "Trần Văn Bình", "email": "binh@example.org"}
POST = {"mode": "post", "address": "12 Hùng Vương, Đông Hà"}


def of_level(scene: Scene, level: str) -> str:
    """A procedure of that service level, by its code."""
    with scene.writing() as connection:
        procedure = factories.procedure(connection, f"9.{level}", [scene.province.health], service_level=level)
        factories.version(connection, procedure)
    return f"9.{level}"


def resolved(scene: Scene, **body: Any) -> str:
    """The code of a dossier whose result the desk has confirmed, its file attached by the clerk."""
    code = scene.at_step("return_result", **body)
    add_file(scene, "clerk", code, name="ket-qua.pdf", kind="result")
    scene.do("confirm-result", "desk", scene.task(code, "return_result").id)
    return code


def portal(scene: Scene, code: str) -> Any:
    """What the applicant sees, who has the slip."""
    return scene.app.test_client().get(f"/api/v1/public/dossiers/{code}?token={scene.dossier(code).token}").json


@pytest.mark.rule("QT-13.4r", "ST-11.4a", "ST-11.4b", "LA-10.2a")
@pytest.mark.parametrize(
    ("level", "ways"),
    [("full", ("desk", "post", "online")), ("partial", ("desk", "post")), ("none", ("desk", "post"))],
)
def test_the_service_level_decides_how_a_result_may_go(scene: Scene, level: str, ways: tuple[str, ...]) -> None:
    """QT Điều 13, ST Điều 11 khoản 4: mức độ 4 nhận trực tuyến, trực tiếp, qua bưu chính; mức độ 3 trực tiếp hoặc bưu chính."""
    procedure = of_level(scene, level)
    assert services.deliveries(level) == ways
    assert scene.get("desk", f"/procedures/{procedure}")["deliveries"] == list(ways)
    for mode in ("desk", "post", "online"):
        answer = scene.post_dossier(procedure=procedure, deliver={"mode": mode, "address": POST["address"]})
        if mode in ways:
            assert answer.status_code == 201
        else:
            assert is_problem(answer, 422, "invalid")["rule"] == "QT-13.4r"


@pytest.mark.rule("LA-10.2c")
def test_who_chose_nothing_gets_it_on_paper_at_the_desk_that_received_it(scene: Scene) -> None:
    """LA Điều 10 khoản 2c: không đăng ký cách nhận thì nhận bản giấy tại bộ phận một cửa nơi nộp."""
    registered = scene.register()

    assert scene.get("desk", f"/dossiers/{registered['code']}")["deliver"] == {"mode": "desk"}


@pytest.mark.rule("LA-10.2a")
def test_a_result_on_paper_waits_when_and_where_the_receipt_says(scene: Scene) -> None:
    """LA Điều 10 khoản 2a: nhận bản giấy theo thời gian, địa điểm ghi trên giấy tiếp nhận, hoặc qua bưu chính."""
    code = resolved(scene, deliver={"mode": "desk"})
    ready = scene.get("desk", f"/dossiers/{code}")

    assert (ready["status"]["number"], ready["deliver"]["mode"]) == (9, "desk")
    assert ready["appointment_at"] == "2026-12-07T13:30:00+07:00"


@pytest.mark.rule("ST-16.1e")
def test_what_is_ready_early_is_told_then_returned_and_closed(scene: Scene) -> None:
    """ST Điều 16 khoản 1e: có kết quả sớm thì liên hệ người nộp, trả kết quả rồi đóng hồ sơ."""
    code = resolved(scene, applicant=PERSON, notify=["email"])
    with scene.reading() as connection:
        told = connection.execute(select(Delivery.template, Delivery.recipient)).all()
    assert ("result_ready", "binh@example.org") in told
    dossier = scene.dossier(code)
    assert dossier.result_at is not None
    assert dossier.appointment_at is not None
    assert dossier.result_at < dossier.appointment_at
    scene.do("deliver-result", "desk", scene.task(code, "return_result").id)

    assert (scene.dossier(code).status, scene.open_tasks(code)) == (10, [])


@pytest.mark.rule("TN-PL.5")
def test_an_electronic_result_is_kept_to_fetch_for_who_has_the_slip(scene: Scene) -> None:
    """TN Phụ lục, bước 5: kết quả điện tử báo qua thư đã đăng ký và lưu trên cổng để tải; bản giấy khi có yêu cầu.

    It is there from the moment when the desk confirms it, also after it was handed over; the code alone does not give it.
    """
    code = resolved(scene, applicant=PERSON, notify=["email"], deliver={"mode": "online"})
    (result,) = portal(scene, code)["results"]
    anybody = scene.app.test_client()
    with anybody.get(result["url"]) as got:
        assert (got.status_code, got.data) == (200, PDF)
    assert anybody.get(result["url"].partition("?")[0]).status_code == 404
    scene.do("deliver-result", "desk", scene.task(code, "return_result").id)

    assert portal(scene, code)["results"] == [result]
    assert "results" not in anybody.get(f"/api/v1/public/dossiers/{code}").json


@pytest.mark.rule("TN-PL.5")
def test_before_the_desk_confirms_it_nobody_fetches_it(scene: Scene) -> None:
    """TN Phụ lục, bước 5; QT Điều 18 khoản 4: chưa xác nhận thì chưa có kết quả."""
    code = scene.at_step("return_result")
    attachment = add_file(scene, "clerk", code, name="ket-qua.pdf", kind="result")
    other = add_file(scene, "clerk", code, name="giay-to.pdf")
    path = f"/api/v1/public/dossiers/{code}/results"
    token = scene.dossier(code).token
    assert portal(scene, code)["results"] == []
    assert scene.app.test_client().get(f"{path}/{attachment['id']}?token={token}").status_code == 404
    scene.do("confirm-result", "desk", scene.task(code, "return_result").id)

    assert scene.app.test_client().get(f"{path}/{other['id']}?token={token}").status_code == 404


@pytest.mark.rule("HT-8.4c")
def test_the_result_stays_to_be_looked_up_and_used_again(scene: Scene) -> None:
    """HT Điều 8 khoản 4: kết quả được lưu trong hệ thống để tra cứu, dùng lại: also after the dossier is closed."""
    code = resolved(scene)
    scene.do("deliver-result", "desk", scene.task(code, "return_result").id)
    files = scene.get("binh", f"/dossiers/{code}/attachments")["data"]
    (result,) = [one for one in files if one["kind"] == "result"]

    with scene.client("binh").get(f"/api/v1/dossiers/{code}/attachments/{result['id']}") as got:
        assert got.data == PDF


@pytest.mark.rule("LA-10.2b")
def test_in_long_an_an_electronic_result_needs_a_signed_dossier_or_the_post(scene: Scene) -> None:
    """LA Điều 10 khoản 2b: kết quả điện tử chỉ ở mức độ 4, khi hồ sơ đã ký số hoặc gửi qua bưu chính."""
    online = {"mode": "online"}
    paper, unsigned = {"code": "application", "kind": "original"}, {"code": "application", "kind": "electronic"}
    scene.govern("long_an")
    scene.register(channel="online", deliver=online, components=[unsigned | {"signed": True}])
    scene.register(channel="post", deliver=online, components=[paper])
    for channel, component in (("online", unsigned), ("counter", paper)):
        answer = scene.post_dossier(channel=channel, deliver=online, components=[component])
        assert is_problem(answer, 422, "invalid")["rule"] == "LA-10.2b"
    scene.govern("quang_tri")
    scene.register(channel="online", deliver=online, components=[unsigned])
