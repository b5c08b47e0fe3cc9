"""Fees over the interface: collected with a numbered receipt, voided, paid back, counted up by collector and day."""

from __future__ import annotations

from typing import Any

import pytest

from tests import factories
from tests.actions.scene import Scene, is_problem
from tests.factories import START
from tests.slips.pictures import texts

FEES = [
    {"name": "Lệ phí cấp giấy", "amount": 50_000, "when": "submission"},
    {"name": "Phí thẩm định", "amount": 150_000, "when": "collection"},
]
TODAY = START.date().isoformat()


@pytest.fixture
def costly(scene: Scene) -> str:
    """A procedure with fees."""
    return scene.publish("two_steps", fees=FEES)


def collect(scene: Scene, code: str, status: int = 201, username: str = "desk", **body: Any) -> Any:
    answer = scene.client(username).post(f"/api/v1/dossiers/{code}/fees", json=body)
    assert answer.status_code == status, answer.text
    return answer.json


@pytest.mark.rule("HT-9.1")
def test_what_is_collected_gets_a_receipt_numbered_without_gaps(scene: Scene, costly: str) -> None:
    code = scene.register(procedure=costly)["code"]
    assert scene.get("desk", f"/dossiers/{code}/fees")["due_total"] == 200_000
    first = collect(scene, code)
    assert (first["number"], first["amount"]) == ("01/BL", 200_000)
    assert scene.client("desk").get(first["pdf"]).data[:5] == b"%PDF-"
    refused = collect(scene, code, 409)
    assert "Đã thu đủ" in refused["detail"]
    collect(scene, code, 422, lines=[{"name": "", "amount": 1}])
    collect(scene, code, 422, lines=[{"name": "Phí", "amount": -1}])
    collect(scene, code, 422, lines=[])
    second = collect(scene, code, lines=[{"name": "Phí sao chụp", "amount": 3_000}], method="transfer", payer="Lê An")
    assert second["number"] == "02/BL"
    found = scene.get("desk", f"/dossiers/{code}/fees")
    assert (found["collected"], found["settled"]) == (203_000, True)
    assert [one["payer"] for one in found["entries"]] == ["Trần Văn Bình", "Lê An"]
    kinds = [row["kind"] for row in scene.get("desk", f"/dossiers/{code}/timeline")["data"]]
    assert kinds.count("fee_collected") == 2
    scene.sound(code)


def test_the_same_key_takes_the_money_once(scene: Scene, costly: str) -> None:
    code = scene.register(procedure=costly)["code"]
    path, headers = f"/api/v1/dossiers/{code}/fees", {"Idempotency-Key": "thu-mot-lan"}
    answers = [scene.client("desk").post(path, json={"method": "cash"}, headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json == answers[1].json
    assert len(scene.get("desk", f"/dossiers/{code}/fees")["entries"]) == 1


def test_only_the_desk_collects(scene: Scene, costly: str) -> None:
    code = scene.register(procedure=costly)["code"]
    collect(scene, code, 403, "binh")
    collect(scene, "000.00.99.H50-260101-0001", 404)
    receipt = {"kind": "fee_receipt", "values": {"payer": "A", "method": "cash", "paid_at": START.isoformat()}}
    receipt["values"]["fees"] = [{"name": "Phí", "amount": 1_000}]  # type: ignore[index]
    path = f"/api/v1/dossiers/{code}/slips"
    assert scene.client("binh").post(path, json=receipt).status_code == 403, "nor as a slip by itself"
    assert scene.client("desk").post(path, json=receipt).status_code == 201
    assert "fee_receipt" not in scene.client("binh").get(f"/ho-so/{code}/phieu").text


def test_an_agency_that_only_has_a_step_takes_no_money(scene: Scene) -> None:
    """The receipt would stand in its book, and the desk that received the dossier could neither void it nor pay it back."""
    procedure = scene.publish("two_agencies", fees=FEES)
    with scene.writing() as connection:
        held = [scene.province.positions["official"]]
        factories.account(connection, "counter", scene.province.office, held, ("dossier.register", "task.work"))
    code = scene.at_step("opinion", procedure)
    before = scene.get("counter", f"/dossiers/{code}/fees")
    assert before["may_collect"] is False
    collect(scene, code, 403, "counter")
    receipt = {"kind": "fee_receipt", "values": {"payer": "A", "method": "cash", "paid_at": START.isoformat()}}
    receipt["values"]["fees"] = [{"name": "Phí", "amount": 1_000}]  # type: ignore[index]
    is_problem(scene.client("counter").post(f"/api/v1/dossiers/{code}/slips", json=receipt), 403, "forbidden")
    assert "fee_receipt" not in scene.client("counter").get(f"/ho-so/{code}/phieu").text
    assert scene.get("counter", f"/dossiers/{code}/fees") == before


@pytest.mark.rule("ST-11.2c")
@pytest.mark.rule("TN-PL.6")
def test_a_receipt_answers_for_what_is_paid_beforehand(scene: Scene, costly: str) -> None:
    told = scene.register(procedure=costly, channel="online", components=[])
    (task,) = scene.open_tasks(told["code"])
    scene.refused(422, "invalid", "accept", "desk", task.id)
    collect(scene, told["code"], lines=[{"name": "Lệ phí cấp giấy", "amount": 50_000}])
    scene.do("accept", "desk", task.id)


def test_money_for_something_else_pays_no_fee_and_what_is_left_is_all_that_is_asked(scene: Scene, costly: str) -> None:
    code = scene.register(procedure=costly)["code"]
    collect(scene, code, lines=[{"name": "Thuế thu nhập", "amount": 9_000_000}])
    found = scene.get("desk", f"/dossiers/{code}/fees")
    assert (found["settled"], found["open_total"]) == (False, 200_000)
    collect(scene, code, lines=[{"name": "lệ phí  cấp giấy", "amount": 50_000}])
    assert [fee["name"] for fee in scene.get("desk", f"/dossiers/{code}/fees")["open"]] == ["Phí thẩm định"]
    assert collect(scene, code)["amount"] == 150_000
    assert "Đã thu đủ" in collect(scene, code, 409)["detail"]


def test_a_voided_receipt_stays_and_counts_no_more(scene: Scene, costly: str) -> None:
    code = scene.register(procedure=costly)["code"]
    entry = collect(scene, code)["entry"]
    path = f"/api/v1/dossiers/{code}/fees/{entry}/void"
    assert scene.client("desk").post(path, json={}).json["code"] == "comment_required"  # type: ignore[index]
    assert scene.client("desk").post(path, json={"comment": "Ghi nhầm người nộp"}).status_code == 200
    assert scene.client("desk").post(path, json={"comment": "Lần nữa"}).status_code in (403, 409)
    found = scene.get("desk", f"/dossiers/{code}/fees")
    assert (found["collected"], len(found["entries"])) == (0, 1)
    assert found["entries"][0]["voided"]["reason"] == "Ghi nhầm người nộp"
    second = collect(scene, code)
    assert second["number"] == "02/BL"  # the number of a voided receipt is not given again
    for pdf, is_void in ((found["entries"][0]["slip"], True), (second["slip"], False)):
        (page, *_) = texts(scene.client("desk").get(f"/api/v1/dossiers/{code}/slips/{pdf}.pdf").data)
        assert ("ĐÃHỦY" in page) == is_void, "no proof of money"


@pytest.mark.rule("ST-11.4c")
def test_a_fee_is_paid_back_only_where_the_agency_did_not_complete_the_service(scene: Scene, costly: str) -> None:
    told = scene.register(procedure=costly, channel="online", components=[])
    (task,) = scene.open_tasks(told["code"])
    entry = collect(scene, told["code"])["entry"]
    path = f"/api/v1/dossiers/{told['code']}/fees/{entry}/refund"
    running = scene.client("desk").post(path, json={"comment": "Trả lại"})
    assert (running.status_code, running.json["rule"]) == (409, "ST-11.4c")  # type: ignore[index]
    scene.do("refuse-intake", "desk", task.id, {"comment": "Không thuộc thẩm quyền", "slip": {}})
    back = scene.client("desk").post(path, json={"comment": "Không tiếp nhận"})
    assert back.status_code == 201, back.text
    assert (back.json["number"], back.json["amount"]) == ("01/HP", 200_000)  # type: ignore[index]
    assert scene.client("desk").post(path, json={"comment": "Lần hai"}).status_code == 409
    found = scene.get("desk", f"/dossiers/{told['code']}/fees")
    assert (found["collected"], [one["kind"] for one in found["entries"]]) == (0, ["receipt", "refund"])


@pytest.mark.rule("HT-9.1")
def test_the_till_is_counted_by_collector_and_day(scene: Scene, costly: str) -> None:
    codes = [scene.register(procedure=costly)["code"] for _ in range(3)]
    entries = [
        collect(scene, code, method=method)["entry"]
        for code, method in zip(codes, ("cash", "card", "cash"), strict=True)
    ]
    path = f"/api/v1/dossiers/{codes[2]}/fees/{entries[2]}/void"
    assert scene.client("desk").post(path, json={"comment": "Nhầm"}).status_code == 200
    found = scene.get("desk", f"/fees?from={TODAY}&to={TODAY}&collector=desk")
    assert (found["taken"], found["taken_out"], found["left"]) == (400_000, 0, 400_000)
    assert found["methods"] == {"Thẻ": 200_000, "Tiền mặt": 200_000}
    assert len(found["entries"]) == 3
    pdf = scene.client("desk").get(f"/api/v1/fees.pdf?from={TODAY}&to={TODAY}")
    assert pdf.data[:5] == b"%PDF-"
    assert scene.get("desk", f"/fees?from={TODAY}&to={TODAY}&collector=binh")["entries"] == []
    assert scene.client("binh").get(f"/api/v1/fees?from={TODAY}&to={TODAY}").status_code == 403


@pytest.mark.rule("HT-9.1")
def test_what_another_voids_on_the_same_day_is_in_nobodys_till(scene: Scene, costly: str) -> None:
    with scene.writing() as connection:
        seat = [scene.province.positions["desk_officer"]]
        may = ("dossier.register", "dossier.correct")
        factories.account(connection, "corrector", scene.province.health, seat, may)
    code = scene.register(procedure=costly)["code"]
    path = f"/api/v1/dossiers/{code}/fees/{collect(scene, code)['entry']}/void"
    assert scene.client("corrector").post(path, json={"comment": "Nhầm"}).status_code == 200
    for who in ("desk", "corrector"):
        found = scene.get(who, f"/fees?from={TODAY}&to={TODAY}&collector={who}")
        assert (found["taken"], found["taken_out"], found["left"]) == (0, 0, 0)
        assert found["entries"][0]["note"] == "Đã hủy"
