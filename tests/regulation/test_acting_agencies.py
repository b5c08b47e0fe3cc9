"""A body's duties are done by another as a whole, over some days, under a decision (TN-25.2, ST-26.1)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection, select

from app.actions.mandates import review_mandates
from app.store.accounts import Account
from app.store.holdings import AccountPosition
from tests import factories
from tests.actions.scene import Scene
from tests.web.desk import Desk

FROM, TO = "2026-11-23", "2026-12-31"


def staff_the_office(scene: Scene) -> None:
    """The office has a desk officer and a lead of its own, and no positions like the department's others."""
    with scene.writing() as connection:
        unit, office = scene.province.units["office"], scene.province.office
        desk = factories.position(connection, office, unit, "desk_officer", "Cán bộ một cửa Văn phòng")
        factories.account(connection, "lan", office, [desk], ("dossier.register", "task.work"))
        factories.account(connection, "lead", office, [], ("task.work", "report.view"))


def account_id(connection: Connection, username: str) -> int:
    found: int = connection.execute(select(Account.id).where(Account.username == username)).scalar_one()
    return found


def holdings_of(connection: Connection, username: str) -> Sequence[Any]:
    mine = AccountPosition.account_id == account_id(connection, username)
    return connection.execute(select(AccountPosition.__table__).where(mine)).all()


def act_for(scene: Scene, **changed: Any) -> Any:
    body = {
        "agency": "SYT",
        "acting": "VPUBND",
        "lead": "lead",
        "from_day": FROM,
        "to_day": TO,
        "decision_number": "77/QĐ-UBND",
        "reason": "Chờ thành lập Trung tâm",
    }
    return scene.client("admin").post("/api/v1/mandates", json=body | changed)


@pytest.mark.rule("TN-25.2", "ST-26.1")
def test_the_acting_agency_does_everything_and_is_seen_to(scene: Scene) -> None:
    staff_the_office(scene)
    code = scene.register()["code"]
    assert scene.client("lan").get(f"/api/v1/dossiers/{code}").status_code == 404
    made = act_for(scene)
    assert made.status_code == 201, made.text
    assert (made.json["state"], made.json["people"]) == ("current", 2)
    scene.clients.clear()
    # Of the same position she does the desk's step; the lead has every other position, and the monitoring of the agency.
    assert {one["agency"] for one in scene.get("lan", "/me")["positions"]} == {"SYT", "VPUBND"}
    first = scene.open_tasks(code)[0].id
    scene.do("release", "desk", first)
    scene.do("forward", "lan", first)
    held = {one["code"] for one in scene.get("lead", "/me")["positions"] if one["agency"] == "SYT"}
    assert held == {"assigned_room_head", "assigned_room_officer", "principal", "clerk"}
    assert scene.get("lead", f"/dossiers/{code}")["code"] == code
    assert scene.client("lead").get("/api/v1/monitor?agency=SYT").status_code == 200
    looks = scene.get("head", f"/dossiers/{code}/looks")["data"]
    assert {(one["account"], one["ground"]) for one in looks} == {("lead", "mandate")}
    log = scene.get("admin", "/administration-changes?kind=mandate_made")["data"]
    assert log[0]["after"]["decision_number"] == "77/QĐ-UBND"


@pytest.mark.rule("TN-25.2")
def test_ended_or_over_it_gives_nothing_any_more(scene: Scene) -> None:
    staff_the_office(scene)
    code = scene.register()["code"]
    made = act_for(scene).json["id"]
    assert scene.client("lan").get(f"/api/v1/dossiers/{code}").status_code == 200
    ended = scene.client("admin").post(f"/api/v1/mandates/{made}/end", json={})
    assert (ended.status_code, ended.json["state"]) == (200, "ended")
    assert scene.client("lan").get(f"/api/v1/dossiers/{code}").status_code == 404
    scene.refused(404, "not_found", "forward", "lan", scene.open_tasks(code)[0].id)
    assert scene.client("admin").post(f"/api/v1/mandates/{made}/end", json={}).json["code"] == "settled"
    again = act_for(scene, from_day="2026-11-24", to_day="2026-11-25")
    assert again.status_code == 201
    assert scene.client("lan").get(f"/api/v1/dossiers/{code}").status_code == 404  # not yet
    scene.clock.move(days=1)
    assert scene.client("lan").get(f"/api/v1/dossiers/{code}").status_code == 200
    scene.clock.move(days=2)
    assert scene.client("lan").get(f"/api/v1/dossiers/{code}").status_code == 404  # over


def test_people_who_come_and_go_are_followed(scene: Scene) -> None:
    staff_the_office(scene)
    code = scene.register()["code"]
    act_for(scene)
    with scene.writing() as connection:
        office = scene.province.office
        (desk,) = [held.position_id for held in holdings_of(connection, "lan") if held.mandate_id is None]
        factories.account(connection, "moi", office, [desk], ("dossier.register", "task.work"))
        factories.set_columns(connection, "accounts", account_id(connection, "lan"), agency_id=scene.province.health)
    review = date(2026, 11, 24)
    scene.clock.move(days=1)
    with scene.app.app_context():
        review_mandates(review)
        review_mandates(review)
    assert scene.client("moi").get(f"/api/v1/dossiers/{code}").status_code == 200
    with scene.reading() as connection:
        held = [one for one in holdings_of(connection, "lan") if one.mandate_id is not None]
    assert [one.valid_to for one in held] == [date(2026, 11, 23)]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"acting": "SYT"}, "acting"),
        ({"agency": "KHONG"}, "agency"),
        ({"lead": "binh"}, "lead"),
        ({"lead": "control"}, "lead"),
        ({"to_day": "2026-11-22"}, "to_day"),
        ({"from_day": "2026-11-20"}, "from_day"),
        ({"to_day": "2031-01-01"}, "to_day"),
    ],
)
def test_what_cannot_be_is_refused_by_field(scene: Scene, changed: dict[str, str], field: str) -> None:
    staff_the_office(scene)
    answer = act_for(scene, **changed)
    assert answer.status_code == 422
    assert set(answer.json["errors"]) == {field}


def test_one_agency_has_one_that_acts_for_it_and_only_the_centre_says_which(scene: Scene) -> None:
    staff_the_office(scene)
    assert act_for(scene).status_code == 201
    assert set(act_for(scene).json["errors"]) == {"from_day"}
    with scene.writing() as connection:
        factories.account(connection, "own", scene.province.health, [], ("account.manage_own",))
        other = factories.agency(connection, "STC")
        factories.account(connection, "else", other, [], ("account.manage_own",))
    assert len(scene.get("own", "/mandates")["data"]) == 1
    assert scene.get("else", "/mandates")["data"] == []
    made = scene.get("own", "/mandates")["data"][0]["id"]
    assert scene.client("else").get(f"/api/v1/mandates/{made}").status_code == 404
    assert scene.client("own").post(f"/api/v1/mandates/{made}/end", json={}).status_code == 403


def test_the_page_gives_and_ends_one(scene: Scene) -> None:
    staff_the_office(scene)
    admin, address = Desk(scene, "admin"), "/quan-tri/thuc-hien-thay"
    typed = {
        "agency": "SYT",
        "acting": "VPUBND",
        "lead": "binh",
        "to_day": TO,
        "decision_number": "77/QĐ",
        "reason": "x",
    }
    wrong = admin.send(admin.form(admin.see(address), address), typed)
    assert wrong.status_code == 422
    assert admin.send(admin.form(wrong, address), {"lead": "lead"}).status_code == 303
    page = admin.see(address)
    assert "Đang thực hiện thay" in page.text_content()
    (ending,) = [form.get("action") for form in page.iter("form") if str(form.get("action")).endswith("ket-thuc")]
    assert admin.send(admin.form(page, ending)).status_code == 303
    assert "Đã kết thúc sớm" in admin.see(f"{address}?xem=past").text_content()
