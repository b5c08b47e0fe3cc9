"""Slips are filled in from the dossier, numbered, and issued with the act that needs them (QT-15, TT 01/2018 Art. 10)."""

from __future__ import annotations

from typing import Any

import pytest

from app.store.slips import find_slip
from app.wording import spoken_instant
from tests.actions.scene import Scene, is_problem
from tests.fixtures.pages import text_of
from tests.regulation.requests import approve, ask, forward, main_task
from tests.regulation.scenes import local

MISSING = {"reason": "Thiếu giấy xác nhận", "items": ["Giấy xác nhận thu nhập"]}
NEW_DATE = {"reason": "Hồ sơ phải xác minh thêm", "appointment": "2026-12-16T07:00:00+07:00"}
REFUSED = {"reason": "Không đủ điều kiện theo Điều 5"}


def pdf(scene: Scene, username: str, code: str, slip: int) -> str:
    """The text of a slip as it prints."""
    answer = scene.client(username).get(f"/api/v1/dossiers/{code}/slips/{slip}.pdf")
    assert answer.status_code == 200, answer.text
    return text_of(answer.data)


def issue(scene: Scene, username: str, code: str, kind: str, **values: Any) -> Any:
    answer = scene.client(username).post(f"/api/v1/dossiers/{code}/slips", json={"kind": kind, "values": values})
    assert answer.status_code == 201, answer.text
    return answer.json


def to_the_clerk(scene: Scene) -> str:
    code = scene.at_step("process")
    ask(scene, "request-supplement", code, MISSING)
    approve(scene, code)
    return code


@pytest.mark.rule("QT-15.2", "QT-15.3", "QT-15.4")
def test_the_clerk_fills_in_the_slip_and_issues_it_in_one_go(scene: Scene) -> None:
    code = to_the_clerk(scene)
    scene.clock.set_local("2026-11-24 09:00")
    forward(scene, "clerk", code, "issue", {"slip": {"values": {"help_phone": "0233 3852 000"}}})

    recorded = scene.last(code, "supplement_requested")
    (slip,) = [one for one in scene.get("desk", f"/dossiers/{code}/slips")["data"] if one["kind"] == "supplement"]
    assert (slip["form"], slip["number"]) == ("tt01-2018/02", "01/HDHS")
    assert recorded.data["attachments"] == [slip["attachment"]], "the slip is the file of the act"
    assert scene.dossier(code).paused_at == local("2026-11-24 09:00"), "the recording counts (defect 16)"
    printed = pdf(scene, "desk", code, slip["id"])
    assert "Giấy xác nhận thu nhập" in printed, "what was asked for is on it"
    assert "0233 3852 000" in printed
    assert "01/HDHS" in printed
    scene.sound(code)


@pytest.mark.rule("QT-15.3")
def test_without_slip_or_file_it_is_refused_and_no_number_is_used(scene: Scene) -> None:
    code = to_the_clerk(scene)
    task = scene.task(code, "issue").id
    assert scene.refused(422, "slip_required", "forward", "clerk", task)["rule"] == "QT-15.3"
    wrong = {"slip": {"values": {"reason": "", "items": "không phải danh sách"}}}
    problem = scene.refused(422, "invalid", "forward", "clerk", task, wrong)
    assert set(problem["errors"]["slip"]["values"]) == {"reason", "items"}
    scene.refused(422, "invalid", "forward", "clerk", task, {"slip": {"kind": "refusal"}})
    scene.refused(403, "not_a_candidate", "forward", "binh", task, {"slip": {}})
    forward(scene, "clerk", code, "issue", {"slip": {}})
    assert scene.last(code, "slip_issued").data["number"] == "01/HDHS"


@pytest.mark.rule("QT-15.1")
def test_numbers_run_from_one_without_gaps_in_each_book_and_year(scene: Scene) -> None:
    code = scene.at_step("process")
    given = {"reason": "Thiếu", "items": [{"name": "Đơn"}]}
    numbers = [issue(scene, "desk", code, "supplement", **given)["number"] for _ in range(2)]
    refusal = issue(scene, "desk", code, "refusal", reason="Không đủ điều kiện")["number"]
    is_problem(scene.client("desk").post(f"/api/v1/dossiers/{code}/slips", json={"kind": "supplement"}), 422, "invalid")
    numbers.append(issue(scene, "desk", code, "supplement", **given)["number"])
    assert (numbers, refusal) == (["01/HDHS", "02/HDHS", "03/HDHS"], "01/PTC")
    scene.clock.set_local("2027-01-04 08:00")
    assert issue(scene, "desk", code, "supplement", **given)["number"] == "01/HDHS", "a new book each year"


def test_two_desks_never_get_one_number(scene: Scene) -> None:
    codes = [scene.at_step("process") for _ in range(4)]
    scene.client("desk")

    def one(code: str) -> Any:
        with scene.app.test_client() as client:
            client.environ_base["HTTP_AUTHORIZATION"] = scene.client("desk").environ_base["HTTP_AUTHORIZATION"]
            return client.post(
                f"/api/v1/dossiers/{code}/slips", json={"kind": "refusal", "values": {"reason": "Không"}}
            ).json["number"]  # type: ignore[index]

    found = scene.at_once(*[lambda code=code: one(code) for code in codes])  # type: ignore[misc]
    assert sorted(found) == [f"{number:02d}/PTC" for number in range(1, 5)]


@pytest.mark.rule("QT-15.3", "QT-19.1c")
def test_the_apology_takes_the_new_date_of_the_act(scene: Scene) -> None:
    code = scene.at_step("process")
    ask(scene, "request-extension", code, NEW_DATE)
    approve(scene, code)
    forward(scene, "clerk", code, "issue_slip", {"slip": {}})
    forward(scene, "desk", code, "record_apology", {"appointment": NEW_DATE["appointment"], "slip": {}})
    assert scene.dossier(code).appointment_at == local("2026-12-16 07:00")
    slips = [one for one in scene.get("desk", f"/dossiers/{code}/slips")["data"] if one["kind"] == "apology"]
    printed = pdf(scene, "desk", code, slips[-1]["id"])
    assert spoken_instant(local("2026-12-16 07:00")) in printed
    assert "Hồ sơ phải xác minh thêm" in printed


@pytest.mark.rule("QT-15.3", "QT-19.2c")
def test_a_withdrawal_is_filled_in_and_recorded_at_once(scene: Scene) -> None:
    code = scene.at_step("process")
    withdrawn = {"reason": "Không còn nhu cầu", "slip": {}}
    scene.do("withdraw", "desk", main_task(scene, code), withdrawn)
    assert scene.dossier(code).status == 7
    assert scene.last(code, "slip_issued").data["kind"] == "withdrawal"


@pytest.mark.rule("QT-15.3", "HT-8.1a")
def test_an_online_dossier_is_refused_with_its_slip(scene: Scene) -> None:
    code = scene.register(channel="online")["code"]
    task = scene.open_tasks(code)[0].id
    scene.do("refuse-intake", "desk", task, {**REFUSED, "slip": {}})
    assert scene.dossier(code).status == 3
    assert scene.last(code, "slip_issued").data["kind"] == "refusal"


@pytest.mark.rule("ST-13.2s")
def test_the_control_slip_prints_every_hand_over(scene: Scene) -> None:
    code = scene.at_step("process")
    blank = scene.get("desk", f"/dossiers/{code}/slips/new?kind=control")
    slip = issue(scene, "desk", code, "control", **blank["values"])
    printed = pdf(scene, "desk", code, slip["id"])
    assert len(blank["values"]["hand_overs"]) >= 2
    assert "Nguyễn Thị desk" in printed


@pytest.mark.rule("QT-15.2")
def test_it_is_looked_at_and_edited_before_it_is_issued(scene: Scene) -> None:
    code = scene.at_step("process")
    blank = scene.get("desk", f"/dossiers/{code}/slips/new?kind=guidance")
    assert [field["name"] for field in blank["fields"]] == ["items", "instructions"]
    body = {"kind": "guidance", "values": blank["values"]}
    with scene.unchanged():
        seen = scene.client("desk").post(f"/api/v1/dossiers/{code}/slips/preview.pdf", json=body)
        word = scene.client("desk").post(f"/api/v1/dossiers/{code}/slips/preview.docx", json=body)
    assert (seen.status_code, seen.data[:5]) == (200, b"%PDF-")
    assert (word.status_code, word.data[:4]) == (200, b"PK\x03\x04")


@pytest.mark.rule("QT-15.1", "ST-6.6")
def test_every_accepted_dossier_has_its_place_in_the_register(scene: Scene) -> None:
    first, second = scene.register(), scene.register()
    printed = pdf(scene, "desk", second["code"], second["slips"][0]["id"])
    assert "Quyển số: 01/2026 Số thứ tự: 02" in printed
    scene.clock.set_local("2027-01-04 08:00")
    again = scene.register()
    assert "Quyển số: 01/2027 Số thứ tự: 01" in pdf(scene, "desk", again["code"], again["slips"][0]["id"])
    assert first["slips"][0]["form"] == "tt01-2018/01"


@pytest.mark.rule("QT-15.1")
def test_the_evaluation_sheet_is_the_applicants_and_leads_him_to_his_own_dossier(scene: Scene) -> None:
    code = scene.at_step("process")
    sheet = issue(scene, "desk", code, "satisfaction")
    inside = issue(scene, "desk", code, "opinion_reply", addressee="Sở Tư pháp", content="Đồng ý")
    with scene.reading() as connection:
        urls = [
            found.content["lookup_url"]
            for one in (sheet, inside)
            if (found := find_slip(connection, scene.dossier(code).id, one["id"]))
        ]
    assert [scene.dossier(code).token in url for url in urls] == [True, False]


@pytest.mark.rule("QT-15.5")
def test_the_applicant_reads_what_is_his_and_not_what_is_between_offices(scene: Scene) -> None:
    code = scene.at_step("process")
    scene.client("desk").post(f"/api/v1/dossiers/{code}/slips", json={"kind": "refusal", "values": {"reason": "Không"}})
    inside = issue(
        scene, "desk", code, "control", **scene.get("desk", f"/dossiers/{code}/slips/new?kind=control")["values"]
    )
    with scene.app.test_client() as citizen:
        seen: Any = citizen.get(f"/api/v1/public/dossiers/{code}?token={scene.dossier(code).token}").json
        assert [one["kind"] for one in seen["slips"]] == ["receipt", "refusal"]
        closed = citizen.get(
            f"/api/v1/public/dossiers/{code}/slips/{inside['id']}.pdf?token={scene.dossier(code).token}"
        )
    assert closed.status_code == 404


@pytest.mark.rule("QT-15.5", "QT-16.4")
def test_the_applicant_reads_the_slip_once_the_desk_has_confirmed_the_news(scene: Scene) -> None:
    code = to_the_clerk(scene)
    token = scene.dossier(code).token

    def seen() -> list[str]:
        with scene.app.test_client() as citizen:
            return [one["kind"] for one in citizen.get(f"/api/v1/public/dossiers/{code}?token={token}").json["slips"]]  # type: ignore[index]

    draft = issue(scene, "binh", code, "refusal", reason="Nháp, chưa ai duyệt")
    forward(scene, "clerk", code, "issue", {"slip": {}})
    assert seen() == ["receipt"]
    with scene.app.test_client() as citizen:
        place = f"/api/v1/public/dossiers/{code}/slips/{draft['id']}.pdf?token={token}"
        assert citizen.get(place).status_code == 404
    scene.clock.move(hours=1)
    (task,) = [one for one in scene.open_tasks(code) if one.instance_kind == "supplement"]
    scene.do("forward", scene.holder(task), task.id)
    assert seen() == ["receipt", "supplement"], "the draft of a refusal is still nobody's news"


@pytest.mark.rule("QT-15.1")
def test_the_register_of_some_days_is_printed_line_by_line(scene: Scene) -> None:
    codes = [scene.register()["code"] for _ in range(3)]
    answer = scene.client("desk").get("/api/v1/registers/dossiers.pdf?from=2026-11-01&to=2026-11-30")
    assert answer.status_code == 200, answer.text
    printed = text_of(answer.data).replace(" ", "")
    assert all(code in printed for code in codes)
    books = {(one["book"], one["year"]): one["last"] for one in scene.get("desk", "/registers")["books"]}
    assert books == {("register", 2026): 3}
    two_years = scene.client("desk").get("/api/v1/registers/dossiers.pdf?from=2026-11-01&to=2027-01-30")
    is_problem(two_years, 422, "invalid")
    is_problem(scene.client("desk").get("/api/v1/registers?agency=VPUBND"), 403, "forbidden")


def test_the_receipts_of_some_days_are_one_print_file(scene: Scene) -> None:
    codes = [scene.register()["code"] for _ in range(3)]
    answer = scene.client("desk").get("/api/v1/registers/slips.pdf?kind=receipt&from=2026-11-01&to=2026-11-30")
    assert answer.status_code == 200, answer.text
    printed = text_of(answer.data)
    answer.close()
    assert [printed.index(code) for code in codes] == sorted(printed.index(code) for code in codes)
    none = scene.client("desk").get("/api/v1/registers/slips.pdf?kind=receipt&from=2026-10-01&to=2026-10-30")
    is_problem(none, 404, "not_found")


@pytest.mark.rule("QT-15.1")
def test_the_desk_prints_what_to_bring_before_there_is_a_dossier(scene: Scene) -> None:
    answer = scene.client("desk").get("/api/v1/procedures/1.000001/guidance.pdf")
    assert answer.status_code == 200, answer.text
    assert "Đơn đề nghị" in text_of(answer.data)
    is_problem(scene.client("desk").get("/api/v1/procedures/9.999999/guidance.pdf"), 404, "not_found")


@pytest.mark.rule("QT-18.1")
def test_what_was_submitted_before_new_year_and_accepted_after_it_is_printed_with_the_new_years_book(
    scene: Scene,
) -> None:
    scene.clock.set_local("2026-12-31 23:30")
    online, counter = (scene.register(channel=channel)["code"] for channel in ("online", "counter"))
    scene.clock.set_local("2027-01-04 08:00")
    scene.do("accept", "desk", scene.task(online, "check_online").id)

    def register(span: str) -> str:
        return text_of(scene.client("desk").get(f"/api/v1/registers/dossiers.pdf?{span}").data).replace(" ", "")

    new, old = register("from=2027-01-01&to=2027-01-31"), register("from=2026-12-31&to=2026-12-31")
    assert (online in new, counter in new) == (True, False)
    assert (online in old, counter in old) == (False, True)
