"""Requirements group 9: by when a procedure is published, who checks it, what agencies say about it, who holds its steps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Any

import pytest

from app.rules.calendar import WorkCalendar
from app.rules.profile import Profile
from app.rules.publication import publish_by, review_by, working_days_after
from tests import factories
from tests.actions.diagrams import DIAGRAMS
from tests.actions.scene import Scene, is_problem
from tests.regulation.provinces import HA_TINH, LONG_AN, QUANG_TRI, SOC_TRANG, THAI_NGUYEN
from tests.rules.calendars import OFFICE, OFFICE_CALENDAR

THURSDAY = date(2026, 3, 19)


def due(profile: Profile, decided_on: date = THURSDAY, calendar: WorkCalendar = OFFICE_CALENDAR) -> date | None:
    return publish_by(
        profile, calendar, decided_on=decided_on, effective_from=date(2026, 4, 1), registered_on=date(2026, 3, 30)
    )


# By when ---------------------------------------------------------------------------------------------------------------


@pytest.mark.rule("HT-6.1")
def test_ha_tinh_publishes_within_three_working_days_of_the_decision() -> None:
    assert due(HA_TINH) == date(2026, 3, 24)  # Friday, Monday, Tuesday
    assert due(HA_TINH, date(2026, 3, 21)) == date(2026, 3, 25)  # decided on a Saturday: Monday to Wednesday


@pytest.mark.rule("TN-7.1")
def test_thai_nguyen_publishes_within_five_working_days_of_the_decision() -> None:
    assert due(THAI_NGUYEN) == date(2026, 3, 26)


@pytest.mark.rule("LA-14.3")
def test_long_an_publishes_by_the_day_on_which_the_decision_takes_effect() -> None:
    assert due(LONG_AN) == date(2026, 4, 1)


def test_quang_tri_and_soc_trang_set_the_agency_no_number_of_days() -> None:
    assert (due(QUANG_TRI), due(SOC_TRANG)) == (None, None)


@pytest.mark.rule("ST-10.3b")
def test_soc_trangs_centre_checks_within_five_working_days_of_the_registration() -> None:
    assert review_by(SOC_TRANG, OFFICE_CALENDAR, THURSDAY) == date(2026, 3, 26)
    assert review_by(HA_TINH, OFFICE_CALENDAR, THURSDAY) is None


def test_counted_from_the_registration_where_a_province_says_so() -> None:
    assert due(replace(HA_TINH, publication_from="registration")) == date(2026, 4, 2)


def test_days_of_rest_do_not_count_and_a_part_of_a_day_takes_the_whole() -> None:
    holiday = WorkCalendar.from_dict(OFFICE | {"holidays": ["2026-03-20", "2026-03-23"]})

    assert due(HA_TINH, calendar=holiday) == date(2026, 3, 26)
    assert due(replace(HA_TINH, publication_limit="PT12H")) == date(2026, 3, 23)


@pytest.mark.parametrize("day", [date(1900, 1, 1), date(2200, 12, 31)])
def test_any_day_that_a_decision_may_have_can_be_counted_from(day: date) -> None:
    assert working_days_after(OFFICE_CALENDAR, day, 5) > day


# In use ----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def under(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Scene]:
    """The scene's installation under the profile that is asked for, with two people of the centre."""
    with scene.writing() as connection:
        for name in ("centre", "centre2"):
            factories.account(connection, name, scene.province.office, permissions=("procedure.review",))

    def choose(profile: str) -> Scene:
        running = scene.app.extensions["motcua"]
        monkeypatch.setitem(
            scene.app.extensions, "motcua", replace(running, settings=replace(running.settings, profile=profile))
        )
        return scene

    return choose


def published(scene: Scene, drawn: str = "linear", decided_on: str = "2026-11-18") -> Any:
    fields = {"decision_number": "45/QĐ-UBND", "decided_on": decided_on, "effective_from": "2026-11-23"}
    body: dict[str, Any] = {**fields, "diagram": (BytesIO(DIAGRAMS[drawn]), "quy-trinh.bpmn")}
    answer = scene.client("admin").post("/api/v1/procedures/1.000001/versions", data=body)
    assert answer.status_code == 201, answer.text
    return answer.json


def checked(scene: Scene, number: int, username: str = "centre", **body: Any) -> Any:
    return scene.client(username).post(f"/api/v1/procedures/1.000001/versions/{number}/review", json=body)


def newest(scene: Scene) -> Any:
    return scene.get("desk", "/procedures/1.000001/versions")["data"][0]


@pytest.mark.rule("HT-6.1", "TN-7.1", "LA-14.3")
@pytest.mark.parametrize(
    ("profile", "decided_on", "last", "late"),
    [
        ("ha_tinh", "2026-11-18", "2026-11-23", False),
        ("ha_tinh", "2026-11-17", "2026-11-20", True),
        ("thai_nguyen", "2026-11-16", "2026-11-23", False),
        ("thai_nguyen", "2026-11-13", "2026-11-20", True),
        ("long_an", "2026-01-05", "2026-11-23", False),
        ("quang_tri", "2026-01-05", None, False),
    ],
)
def test_publishing_says_its_last_day_and_whether_it_was_late(
    under: Callable[[str], Scene], profile: str, decided_on: str, last: str | None, late: bool
) -> None:
    scene = under(profile)
    answer = published(scene, decided_on=decided_on)

    assert (answer["publish_by"], answer["published_late"]) == (last, late)
    for shown in (scene.get("desk", "/procedures/1.000001"), newest(scene)):
        assert (shown["publish_by"], shown["published_late"]) == (last, late)


@pytest.mark.rule("ST-10.3b", "ST-26.7")
def test_in_soc_trang_a_version_is_followed_once_the_centre_has_approved_it(under: Callable[[str], Scene]) -> None:
    scene = under("soc_trang")
    answer = published(scene)
    first = scene.dossier(scene.register()["code"]).version_id

    assert (answer["review"], answer["review_by"]) == ("pending", "2026-11-30")
    assert scene.get("desk", "/procedures/1.000001")["version"] == 1
    (waiting,) = scene.get("centre", "/version-reviews")["data"]
    assert (waiting["procedure"], waiting["version"], waiting["review_late"]) == ("1.000001", 2, False)

    assert checked(scene, 2, decision="approve").json["review"] == "approved"
    assert scene.get("centre", "/version-reviews")["data"] == []
    assert scene.get("desk", "/procedures/1.000001")["version"] == 2
    assert scene.dossier(scene.register()["code"]).version_id != first
    assert (newest(scene)["reviewed_by"], newest(scene)["in_force"]) == ("centre", True)


@pytest.mark.rule("ST-10.3b")
def test_what_the_centre_returns_is_never_followed_and_is_published_anew(under: Callable[[str], Scene]) -> None:
    scene = under("soc_trang")
    published(scene)

    assert checked(scene, 2, decision="return", note="Thiếu bước trả kết quả.").json["review"] == "returned"
    assert (newest(scene)["review"], newest(scene)["review_note"]) == ("returned", "Thiếu bước trả kết quả.")
    scene.clock.move(days=30)
    assert scene.get("desk", "/procedures/1.000001")["version"] == 1
    assert published(scene, "decision")["version"] == 3
    checked(scene, 3, decision="approve")
    assert scene.get("desk", "/procedures/1.000001")["version"] == 3


@pytest.mark.rule("ST-10.3b")
def test_a_check_after_its_last_day_is_shown_as_late_and_still_decides(under: Callable[[str], Scene]) -> None:
    scene = under("soc_trang")
    published(scene)
    scene.clock.set_local("2026-11-30 16:59")
    assert not newest(scene)["review_late"]
    scene.clock.set_local("2026-12-01 07:00")
    assert newest(scene)["review_late"]

    assert checked(scene, 2, decision="approve").status_code == 200
    assert newest(scene)["review_late"]


@pytest.mark.rule("ST-10.3b")
def test_a_check_is_made_once_by_somebody_else_and_says_why_it_returns(under: Callable[[str], Scene]) -> None:
    scene = under("soc_trang")
    published(scene)
    with scene.writing() as connection:
        row = scene.province.accounts["admin"]
        permissions = ["diagram.deploy", "procedure.review", "account.manage"]
        factories.set_columns(connection, "accounts", row, permissions=permissions)
    scene.client("centre"), scene.client("desk")
    with scene.unchanged():
        is_problem(checked(scene, 2, "desk", decision="approve"), 403, "forbidden")
        is_problem(checked(scene, 2, "admin", decision="approve"), 403, "forbidden")
        is_problem(checked(scene, 2, decision="return"), 422, "comment_required")
        is_problem(checked(scene, 2, decision="later"), 422, "invalid")
        is_problem(checked(scene, 9, decision="approve"), 404, "not_found")
        is_problem(checked(scene, 1, decision="approve"), 409, "settled")
    assert checked(scene, 2, decision="approve").status_code == 200
    is_problem(checked(scene, 2, "centre2", decision="return", note="Không."), 409, "settled")


@pytest.mark.rule("ST-10.3b")
def test_of_two_who_check_at_once_one_decides(under: Callable[[str], Scene]) -> None:
    scene = under("soc_trang")
    published(scene)
    scene.client("centre"), scene.client("centre2")
    answers = scene.at_once(
        lambda: checked(scene, 2, "centre", decision="approve"),
        lambda: checked(scene, 2, "centre2", decision="return", note="Sai mẫu."),
    )

    assert sorted(answer.status_code for answer in answers) == [200, 409]


@pytest.mark.rule("ST-26.7")
def test_a_procedure_without_a_process_is_seen_in_the_list(scene: Scene) -> None:
    with scene.writing() as connection:
        factories.procedure(connection, "9.000001", [scene.province.health])
    found = {one["code"]: one["in_force"] for one in scene.get("desk", "/procedures")["data"]}

    assert (found["1.000001"], found["9.000001"]) == (True, False)


# Issues ----------------------------------------------------------------------------------------------------------------


@pytest.mark.rule("HT-6.3")
def test_an_agency_reports_what_is_wrong_and_gets_an_answer(scene: Scene) -> None:
    path = "/api/v1/procedures/1.000001/issues"
    scene.client("desk"), scene.client("admin")
    raised: Any = scene.client("desk").post(path, json={"text": "Bước 3 sai thời hạn\nso với Quyết định."}).json
    (found,) = scene.get("binh", "/procedures/1.000001/issues?open=true")["data"]
    assert (found["id"], found["agency"], found["raised_by"], found["answer"]) == (raised["id"], "SYT", "desk", None)
    assert found["text"] == "Bước 3 sai thời hạn\nso với Quyết định."

    answer = scene.client("admin").post(f"{path}/{raised['id']}/answer", json={"text": "Đã sửa ở phiên bản 2."})
    assert answer.status_code == 200, answer.text
    assert scene.get("desk", "/procedures/1.000001/issues?open=true")["data"] == []
    (found,) = scene.get("desk", "/procedures/1.000001/issues")["data"]
    assert (found["answer"], found["answered_by"]) == ("Đã sửa ở phiên bản 2.", "admin")


@pytest.mark.rule("HT-6.3")
def test_an_issue_is_answered_once_by_who_may(scene: Scene) -> None:
    path = "/api/v1/procedures/1.000001/issues"
    number = scene.client("desk").post(path, json={"text": "Sai."}).json["id"]  # type: ignore[index]
    scene.client("admin")
    with scene.unchanged():
        is_problem(scene.client("desk").post(f"{path}/{number}/answer", json={"text": "Đúng."}), 403, "forbidden")
        is_problem(scene.client("admin").post(f"{path}/{number + 1}/answer", json={"text": "x"}), 404, "not_found")
        other = f"/api/v1/procedures/9.9/issues/{number}/answer"
        is_problem(scene.client("admin").post(other, json={"text": "x"}), 404, "not_found")
        is_problem(scene.client("admin").post(f"{path}/{number}/answer", json={"text": ""}), 422, "invalid")
        is_problem(scene.client("desk").post(path, json={"text": " "}), 422, "invalid")
        is_problem(scene.client("desk").post("/api/v1/procedures/9.9/issues", json={"text": "x"}), 404, "not_found")
    assert scene.client("admin").post(f"{path}/{number}/answer", json={"text": "Đã sửa."}).status_code == 200
    is_problem(scene.client("admin").post(f"{path}/{number}/answer", json={"text": "Lại."}), 409, "settled")


@pytest.mark.rule("HT-6.3")
def test_issues_come_in_pages_and_once_under_one_key(scene: Scene) -> None:
    path, desk = "/api/v1/procedures/1.000001/issues", scene.client("desk")
    for _ in range(2):
        assert desk.post(path, json={"text": "Một."}, headers={"Idempotency-Key": "k"}).status_code == 201
    desk.post(path, json={"text": "Hai."})
    first = scene.get("desk", "/procedures/1.000001/issues?page_size=1")
    second = scene.get("desk", f"/procedures/1.000001/issues?page_size=1&cursor={first['next']}")

    assert [first["total"], first["data"][0]["text"], second["data"][0]["text"]] == [2, "Hai.", "Một."]
    assert second["next"] is None


# Who holds the steps ---------------------------------------------------------------------------------------------------


@pytest.mark.rule("QT-22.4", "QT-22.2a")
def test_the_accounts_registered_for_each_step_are_shown(scene: Scene) -> None:
    published(scene)
    found = {one["step"]: one for one in scene.get("desk", "/procedures/1.000001/accounts")["data"]}

    assert [one["username"] for one in found["process"]["accounts"]] == ["binh", "chi"]
    assert (found["process"]["agency"], found["process"]["declared"]) == ("SYT", True)


@pytest.mark.rule("QT-22.4")
def test_publishing_warns_of_a_step_that_nobody_is_registered_for(scene: Scene) -> None:
    def vacant() -> list[str]:
        return [one["element"] for one in published(scene)["warnings"] if one["code"] == "step.position-vacant"]

    assert vacant() == []
    with scene.writing() as connection:
        for name in ("binh", "chi"):
            factories.set_columns(connection, "accounts", scene.province.accounts[name], active=False)
    (found,) = [one for one in published(scene)["warnings"] if one["code"] == "step.position-vacant"]

    assert found["element"] == "process"
    assert found["message"].endswith("ở SYT.")


@pytest.mark.rule("QT-22.4")
def test_every_agency_that_handles_it_is_looked_at(scene: Scene) -> None:
    with scene.writing() as connection:
        factories.procedure(connection, "2.000001", [scene.province.health, scene.province.office])
    fields = {"decision_number": "45/QĐ-UBND", "decided_on": "2026-11-18", "effective_from": "2026-11-23"}
    body: dict[str, Any] = {**fields, "diagram": (BytesIO(DIAGRAMS["linear"]), "quy-trinh.bpmn")}
    answer: Any = scene.client("admin").post("/api/v1/procedures/2.000001/versions", data=body).json
    named = {one["element"]: one["message"] for one in answer["warnings"] if one["code"] == "step.position-vacant"}

    assert "process" in named
    assert all(message.endswith("ở VPUBND.") for message in named.values())


# What a process records ------------------------------------------------------------------------------------------------


@pytest.mark.rule("QT-10.2c")
def test_a_process_says_how_to_submit_and_receive_what_a_database_replaces_what_may_happen_and_what_is_paid(
    scene: Scene,
) -> None:
    paper = {"required": True, "originals": 1, "copies": 0, "present_only": False}
    with scene.writing() as connection:
        factories.procedure(
            connection,
            "3.000001",
            [scene.province.health],
            service_level="partial",
            components=[
                {"code": "A", "name": "Đơn đề nghị", **paper},
                {"code": "B", "name": "Giấy khai sinh", **paper, "database": "Cơ sở dữ liệu hộ tịch điện tử"},
            ],
            fees=[{"name": "Lệ phí", "amount": 50_000, "unit": "đồng", "note": "", "when": "submission"}],
        )
    fields = {"decision_number": "45/QĐ-UBND", "decided_on": "2026-11-18", "effective_from": "2026-11-23"}
    body: dict[str, Any] = {**fields, "diagram": (BytesIO(DIAGRAMS["linear"]), "quy-trinh.bpmn")}
    assert scene.client("admin").post("/api/v1/procedures/3.000001/versions", data=body).status_code == 201
    found = scene.get("desk", "/procedures/3.000001")

    assert (found["channels"], found["deliveries"]) == (["counter", "post", "online"], ["desk", "post"])
    assert [one.get("database") for one in found["components"]] == [None, "Cơ sở dữ liệu hộ tịch điện tử"]
    assert {"supplement", "payment", "withdrawal", "opinion"} <= {one["name"] for one in found["transactions"]}
    assert [(one["amount"], one["when"]) for one in found["fees"]] == [(50_000, "submission")]


@pytest.mark.rule("TN-PL.3", "ST-11.3b", "TN-11.4b", "LA-14.3")
@pytest.mark.parametrize("profile", ["thai_nguyen", "soc_trang", "long_an"])
def test_a_dossier_takes_the_time_and_the_steps_of_the_published_internal_procedure(
    under: Callable[[str], Scene], profile: str
) -> None:
    scene = under(profile)
    procedure = scene.publish("linear", limit="P5D")
    code = scene.register(procedure=procedure)["code"]
    dossier, deadline = scene.dossier(code), scene.clock.set_local("2026-11-30 08:00")

    assert (dossier.limit_seconds, dossier.deadline_at) == (5 * 8 * 3600, deadline)
    assert dossier.appointment_at == deadline
    assert scene.open_steps(code) == [scene.get("desk", f"/procedures/{procedure}")["steps"][0]["id"]]
