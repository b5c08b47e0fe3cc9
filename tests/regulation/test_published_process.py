"""Requirements groups 9 and 10: work follows what was published, as it was when the dossier came, also between agencies."""

from __future__ import annotations

from datetime import date

import pytest

from tests import factories
from tests.actions.scene import Scene


@pytest.mark.rule("ST-26.7", "LA-14.3", "TN-PL.3")
def test_a_changed_procedure_has_a_new_process_and_what_runs_keeps_its_own(scene: Scene) -> None:
    """ST Điều 26 khoản 7: thủ tục thay đổi thì cập nhật quy trình. LA Điều 14 khoản 3: theo quy trình được ban hành.

    Which one is in force is decided by the day on which a dossier is received; time of processing and of return come with it.
    """
    before = scene.register()["code"]
    with scene.writing() as connection:
        factories.version(
            connection,
            scene.province.procedure,
            main="change_religious_headquarters.bpmn",
            process="change_religious_headquarters",
            effective_from=date(2026, 11, 24),
        )
    today = scene.register()["code"]
    scene.clock.set_local("2026-11-24 08:00")
    after = scene.register()["code"]

    assert scene.dossier(before).version_id == scene.dossier(today).version_id != scene.dossier(after).version_id
    assert scene.get("desk", "/procedures/1.000001")["version"] == 2


@pytest.mark.rule("QT-10.2c")
def test_a_process_says_how_to_submit_and_receive_what_a_database_replaces_and_what_is_paid(scene: Scene) -> None:
    """QT Điều 10 khoản 2c: cách nộp, cách nhận; thành phần thay bằng dữ liệu đã có; giao dịch khi xử lý; thanh toán."""
    with scene.writing() as connection:
        paper = {"name": "Xác nhận cư trú", "required": True, "originals": 1, "copies": 0}
        procedure = factories.procedure(
            connection,
            "9.100001",
            [scene.province.health],
            service_level="partial",
            components=[
                {"code": "A", **paper, "name": "Đơn đề nghị"},
                {"code": "B", **paper, "database": "Cơ sở dữ liệu quốc gia về dân cư"},
            ],
            fees=[{"name": "Lệ phí", "amount": 50_000, "unit": "hồ sơ", "note": "", "when": "submission"}],
        )
        factories.version(connection, procedure, steps=[{"id": "receive", "stage": "receive"}])
    found = scene.get("desk", "/procedures/9.100001")

    assert (found["channels"], found["deliveries"]) == (["counter", "post", "online"], ["desk", "post"])
    assert found["components"][1]["database"] == "Cơ sở dữ liệu quốc gia về dân cư"
    assert [step["id"] for step in found["steps"]] == ["receive"]
    assert (found["prepaid"], found["fees"][0]["when"]) == (True, "submission")


@pytest.mark.rule("TN-11.4e")
def test_a_dossier_of_several_agencies_goes_where_the_approved_process_leads(scene: Scene) -> None:
    """TN Điều 11 khoản 4e; NĐ 61/2018 Điều 19 khoản 6, 7: hồ sơ liên thông đi theo quy trình, kết quả về nơi tiếp nhận."""
    code = scene.at_step("opinion", scene.publish("elsewhere"), data={"owner": "SYT"})
    outside = scene.task(code, "opinion")
    assert (outside.agency, outside.position) == ("VPUBND", "office_specialist")
    scene.refused(403, "not_a_candidate", "forward", "head", outside.id)
    scene.do("forward", "official", outside.id)
    back = scene.task(code, "book")
    scene.do("forward", "clerk", back.id)

    assert back.agency == "SYT"
    assert (scene.task(code, "give_back").agency, scene.task(code, "give_back").position) == ("SYT", "desk_officer")
    scene.sound(code)
