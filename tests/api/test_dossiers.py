"""A registered dossier as its readers see it: whole, its history, its clock, its diagram and its slips."""

from __future__ import annotations

from typing import Any

import pytest

from app.api.dossier_parts import ClockSchema, DiagramSchema, HistorySchema
from app.api.present import DossierDetailSchema, DossierSchema
from app.api.slips import SlipSchema
from app.rules.clock import ClockState
from app.store.dossiers import find_dossier
from tests import factories
from tests.api.lifecycle import APPLICANT, act, body_of, open_task, register
from tests.factories import Clock
from tests.fixtures.application import SignIn, Writing
from tests.slips.pdf_reading import read_pages, squeeze


@pytest.fixture
def province(writing: Writing) -> factories.Province:
    with writing() as connection:
        return factories.small_province(connection)


def test_a_dossier_shows_whose_it_is_and_who_may_act_on_it(province: factories.Province, sign_in: SignIn) -> None:
    desk = sign_in("desk")
    code = register(desk)["code"]
    dossier = body_of(desk.get(f"/api/v1/dossiers/{code}"))
    DossierDetailSchema().load(dossier)
    assert dossier["status"] == {"number": 2, "name": "Được tiếp nhận"}
    assert dossier["applicant"] == APPLICANT
    assert dossier["data"] == {"grade": 5}
    (component,) = dossier["components"]
    assert component == {"code": "application", "name": "Đơn đề nghị", "kind": "original", "quantity": 1}
    assert dossier["received_at"] == "2026-11-23T08:00:00+07:00"
    (task,) = dossier["open_tasks"]
    assert (task["step"], task["position"], task["agency"]) == ("receive", "desk_officer", "SYT")
    assert task["assignee"] == "desk"
    assert task["candidates"] == ["desk"]
    assert task["due_at"] == "2026-11-23T10:00:00+07:00"
    assert (task["colour"], task["note"]) == ("on_time", "Còn 2 giờ làm việc")

    act(desk, task["id"], "forward")
    waiting = open_task(sign_in("head"), code)
    assert (waiting["step"], waiting["assignee"], waiting["candidates"]) == ("assign", None, ["head"])
    act(sign_in("head"), waiting["id"], "forward")
    assert open_task(desk, code)["candidates"] == ["binh", "chi"]


def test_a_dossier_of_others_does_not_exist(province: factories.Province, sign_in: SignIn) -> None:
    code = register(sign_in("desk"))["code"]
    paths = ("", "/timeline", "/clock", "/diagram", "/slips", "/slips/1.pdf", "/attachments", "/attachments/1")
    for path in paths:
        answer = sign_in("official").get(f"/api/v1/dossiers/{code}{path}")
        assert answer.status_code == 404, path
    for path in ("", "/timeline", "/clock", "/diagram", "/slips", "/attachments"):
        body_of(sign_in("control").get(f"/api/v1/dossiers/{code}{path}"))
        body_of(sign_in("director").get(f"/api/v1/dossiers/{code}{path}"))


def test_having_had_a_step_keeps_the_dossier_visible(
    province: factories.Province, writing: Writing, sign_in: SignIn
) -> None:
    with writing() as connection:
        found = factories.dossier(connection, province.health, province.procedure, province.version, code="H50-1")
        running = factories.instance(connection, found, province.version)
        factories.task(connection, found, running, province.positions["official"], state="done")
    body_of(sign_in("official").get("/api/v1/dossiers/H50-1"))
    listed = body_of(sign_in("official").get("/api/v1/dossiers"))
    assert [one["code"] for one in listed["data"]] == ["H50-1"]


def test_the_timeline_tells_everything_in_order(province: factories.Province, sign_in: SignIn) -> None:
    desk = sign_in("desk")
    registered = register(desk)
    act(desk, registered["task"]["id"], "forward", comment="Đủ thành phần")
    timeline = body_of(desk.get(f"/api/v1/dossiers/{registered['code']}/timeline"))
    rows = timeline["data"]
    for row in rows:
        HistorySchema().load(row)
        assert row["title"] != row["kind"]
        assert "event" not in row["details"]
    assert [row["seq"] for row in rows] == list(range(1, len(rows) + 1))
    kinds = [row["kind"] for row in rows]
    assert kinds[0] == "registered"
    assert {"accepted", "slip_issued", "forwarded"} < set(kinds)
    (forwarded,) = [row for row in rows if row["kind"] == "forwarded"]
    assert (forwarded["account"], forwarded["details"]["comment"]) == ("desk", "Đủ thành phần")
    assert (timeline["total"], timeline["next"]) == (len(rows), None)


@pytest.mark.rule("QT-18.2", "QT-18.3")
def test_the_clock_explains_the_deadline_line_by_line(
    province: factories.Province, sign_in: SignIn, clock: Clock
) -> None:
    desk = sign_in("desk")
    registered = register(desk)
    clock.move(minutes=30)
    act(desk, registered["task"]["id"], "forward")
    told = body_of(desk.get(f"/api/v1/dossiers/{registered['code']}/clock"))
    ClockSchema().load(told)
    assert told["deadline_at"] == registered["deadline_at"] == "2026-12-07T08:00:00+07:00"
    assert told["appointment_at"] == registered["appointment_at"] == "2026-12-07T13:30:00+07:00"
    assert told["overdue"] is False
    assert {"QT-18.1", "QT-18.3"} <= {line["rule"] for line in told["lines"]}
    (segment,) = [one for one in told["segments"] if one["step"] == "receive"]
    assert (segment["seconds"], segment["charged"], segment["account"]) == (1800, True, "desk")


def test_the_explained_clock_is_the_stored_one(
    province: factories.Province, sign_in: SignIn, writing: Writing, clock: Clock
) -> None:
    desk, head = sign_in("desk"), sign_in("head")
    registered = register(desk)
    code = registered["code"]
    for client, action, body in (
        (desk, "forward", {}),
        (head, "claim", {}),
        (head, "return", {"comment": "Thiếu chữ ký"}),
        (desk, "forward", {}),
    ):
        clock.move(minutes=17)
        act(client, open_task(client, code)["id"], action, **body)
    told = body_of(desk.get(f"/api/v1/dossiers/{code}/clock"))
    with writing() as connection:
        dossier = find_dossier(connection, code)
    assert dossier is not None
    state = ClockState.from_dict(dossier.clock)
    for name in ("started_at", "deadline_at", "appointment_at", "due_soon_at"):
        stored = getattr(state, name)
        assert stored is not None
        assert told[name] == factories.local_iso(stored)


def test_the_diagram_shows_what_is_done_current_and_late(
    province: factories.Province, sign_in: SignIn, clock: Clock
) -> None:
    desk = sign_in("desk")
    registered = register(desk)
    path = f"/api/v1/dossiers/{registered['code']}/diagram"
    first = body_of(desk.get(path))
    DiagramSchema().load(first)
    assert first["xml"].startswith("<?xml")
    assert first["steps"] == {"receive": "current"}
    act(desk, registered["task"]["id"], "forward")
    assert body_of(desk.get(path))["steps"] == {"receive": "done", "assign": "current"}
    clock.move(days=2)
    assert body_of(desk.get(path))["steps"] == {"receive": "done", "assign": "late"}


@pytest.mark.rule("QT-14.1")
def test_the_receipt_prints_again_as_it_was_issued(province: factories.Province, sign_in: SignIn) -> None:
    desk = sign_in("desk")
    registered = register(desk)
    (slip,) = body_of(desk.get(f"/api/v1/dossiers/{registered['code']}/slips"))["data"]
    SlipSchema().load(slip)
    assert slip["title"] == "Giấy tiếp nhận hồ sơ và hẹn trả kết quả"
    first, second = desk.get(slip["pdf"]), desk.get(slip["pdf"])
    assert first.content_type == "application/pdf"
    assert first.data.startswith(b"%PDF-")
    assert first.data == second.data
    printed = squeeze("".join(page.text for page in read_pages(first.data)))
    assert registered["code"] in printed
    assert squeeze("Nguyễn Thị Ánh") in printed
    assert desk.get(f"/api/v1/dossiers/{registered['code']}/slips/{slip['id'] + 1}.pdf").status_code == 404


def some_dossiers(province: factories.Province, writing: Writing, count: int) -> list[str]:
    codes = []
    with writing() as connection:
        for number in range(count):
            codes.append(f"H50-{number:04d}")
            found = factories.dossier(
                connection,
                province.health,
                province.procedure,
                province.version,
                code=codes[-1],
                applicant="Đỗ Thị Ánh" if number % 2 else "Lê Văn Bình",
                status=10 if number % 3 == 0 else 4,
            )
            running = factories.instance(connection, found, province.version)
            factories.task(connection, found, running, province.positions["officer"], state="done")
    return codes


def test_the_list_is_newest_first_in_pages_that_miss_nothing(
    province: factories.Province, writing: Writing, sign_in: SignIn
) -> None:
    codes = some_dossiers(province, writing, 7)
    for name in ("binh", "control"):
        client = sign_in(name)
        found: list[str] = []
        cursor = ""
        while True:
            page = body_of(client.get(f"/api/v1/dossiers?page_size=3{cursor}"))
            for one in page["data"]:
                DossierSchema().load(one)
            assert page["total"] == 7
            found += [one["code"] for one in page["data"]]
            if page["next"] is None:
                break
            cursor = f"&cursor={page['next']}"
        assert found == list(reversed(codes))


def test_the_list_is_filtered(province: factories.Province, writing: Writing, sign_in: SignIn) -> None:
    codes = some_dossiers(province, writing, 6)
    client = sign_in("binh")

    def listed(query: str) -> list[str]:
        return sorted(one["code"] for one in body_of(client.get(f"/api/v1/dossiers?{query}"))["data"])

    assert listed("status=10") == [codes[0], codes[3]]
    assert listed("q=do%20anh") == codes[1::2]
    assert listed("q=Đỗ") == codes[1::2]
    assert listed("q=h50-0004") == [codes[4]]
    assert listed("q=%25") == []
    assert listed("procedure=1.000001&agency=SYT") == codes
    assert listed("procedure=2.000001") == []


def test_another_agencys_list_is_not_given(province: factories.Province, sign_in: SignIn, writing: Writing) -> None:
    some_dossiers(province, writing, 2)
    assert sign_in("official").get("/api/v1/dossiers?agency=SYT").status_code == 403
    assert body_of(sign_in("official").get("/api/v1/dossiers"))["data"] == []
    assert len(body_of(sign_in("control").get("/api/v1/dossiers?agency=SYT"))["data"]) == 2
    assert body_of(sign_in("control").get("/api/v1/dossiers?agency=VPUBND"))["data"] == []


def test_an_unknown_code_is_not_found(province: factories.Province, sign_in: SignIn) -> None:
    answer: Any = sign_in("control").get("/api/v1/dossiers/000.00.12.H50-261123-9999")
    assert answer.status_code == 404


def test_a_dossier_says_its_colour_in_words(
    province: factories.Province, writing: Writing, sign_in: SignIn, clock: Clock
) -> None:
    desk = sign_in("desk")
    code = register(desk)["code"]

    def words() -> tuple[str, str]:
        dossier = body_of(desk.get(f"/api/v1/dossiers/{code}"))
        (listed,) = body_of(desk.get("/api/v1/dossiers"))["data"]
        assert (listed["colour"], listed["words"]) == (dossier["colour"], dossier["words"])
        return dossier["colour"], dossier["words"]

    assert words() == ("on_time", "Đến hẹn trả kết quả còn 10 ngày 3 giờ làm việc")
    clock.move(hours=2)
    assert words() == ("step_late", "Có bước đã quá hạn")
    clock.set_local("2026-12-07 07:30")
    assert words() == ("due_soon", "Đến hẹn trả kết quả còn 4 giờ làm việc")
    clock.set_local("2026-12-08 07:30")
    assert words() == ("late", "Quá hẹn trả kết quả 4 giờ làm việc")
    with writing() as connection:
        found = find_dossier(connection, code)
        assert found is not None
        finished = found.clock | {"result_at": "2026-12-08T00:30:00+00:00"}
        factories.set_columns(connection, "dossiers", found.id, clock=finished)
    assert words() == ("done", "Đã có kết quả, chờ trả")
    with writing() as connection:
        factories.set_columns(connection, "dossiers", found.id, closed_at=clock())
    assert words() == ("done", "Đã trả kết quả")
