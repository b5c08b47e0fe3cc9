"""The calendar's pages: read by all; a day off is announced, previewed, confirmed and followed without a script."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from app.rules.calendar import WorkCalendar
from app.rules.calendar_edit import Announcement, EditError, edited, read_periods
from app.views.calendar_year import seasons, year_view
from tests.actions.calendars import announce, change_row, code_of, data_of, work_through
from tests.actions.scene import Scene
from tests.web.desk import Desk, Form, page_of, words

OFFICE: dict[str, Any] = {"weekly": {"mon-fri": [["07:00", "11:30"], ["13:30", "17:00"]]}}


# Editing -----------------------------------------------------------------------------------------------------------------


def test_days_off_and_back_again() -> None:
    off = edited(OFFICE, Announcement("holiday", date(2026, 12, 1), date(2026, 12, 2)))
    assert off["holidays"] == ["2026-12-01", "2026-12-02"]
    back = edited(off, Announcement("usual", date(2026, 12, 1)))
    assert back["holidays"] == ["2026-12-02"]
    worked = edited(off, Announcement("working", date(2026, 12, 2)))
    assert (worked["holidays"], worked["working_saturdays"]) == (["2026-12-01"], ["2026-12-02"])


def test_a_swapped_day_brings_the_day_that_is_worked_instead() -> None:
    swap = edited(OFFICE, Announcement("swap", date(2026, 8, 31), makeup=date(2026, 8, 22)))
    assert (swap["swapped_rest_days"], swap["working_saturdays"]) == (["2026-08-31"], ["2026-08-22"])
    calendar = WorkCalendar.from_dict(swap)
    assert calendar.hours(date(2026, 8, 22)) == calendar.hours(date(2026, 8, 24))
    assert calendar.hours(date(2026, 8, 31)) == ()


def test_a_season_has_hours_of_its_own() -> None:
    weekly = {"mon-fri": read_periods("7:30 - 11:30; 13h00-17:00", "weekdays"), "sat": read_periods("07:30-11:30", "s")}
    winter = edited(OFFICE, Announcement("hours", date(2026, 11, 1), date(2027, 3, 31), weekly=weekly))
    assert WorkCalendar.from_dict(winter).hours(date(2026, 11, 7)) == ((27_000, 41_400),)
    assert seasons(winter) == [
        {
            "title": "Thường lệ",
            "hours": [("Thứ Hai – Thứ Sáu", "07:00–11:30, 13:30–17:00"), ("Thứ Bảy – Chủ nhật", "Nghỉ")],
        },
        {
            "title": "Từ 01/11/2026 đến hết 31/03/2027",
            "hours": [
                ("Thứ Hai – Thứ Sáu", "07:30–11:30, 13:00–17:00"),
                ("Thứ Bảy", "07:30–11:30"),
                ("Chủ nhật", "Nghỉ"),
            ],
        },
    ]


@pytest.mark.parametrize(
    ("announced", "field"),
    [
        (Announcement("holiday", date(2026, 12, 2), date(2026, 12, 1)), "last"),
        (Announcement("holiday", date(2026, 1, 1), date(2026, 12, 1)), "last"),
        (Announcement("swap", date(2026, 12, 1)), "makeup"),
        (Announcement("swap", date(2026, 12, 1), makeup=date(2026, 12, 1)), "makeup"),
    ],
)
def test_what_cannot_be_announced_is_told_at_its_field(announced: Announcement, field: str) -> None:
    with pytest.raises(EditError) as refused:
        edited(OFFICE, announced)
    assert refused.value.field == field


def test_a_year_shows_each_day_once_and_says_what_is_special() -> None:
    data = OFFICE | {"holidays": ["2026-02-16", "2026-02-17", "2026-02-18", "2026-09-02"]}
    shown = year_view(data, 2026)
    cells = [cell for month in shown["months"] for week in month["weeks"] for cell in week if cell]
    assert len(cells) == 365
    assert shown["marked"][0] == {"kind": "holiday", "title": "Nghỉ lễ", "spans": ["16/02 – 18/02", "02/09"]}
    assert [cell["kind"] for cell in shown["months"][8]["weeks"][0] if cell][:2] == ["open", "holiday"]


# Pages -------------------------------------------------------------------------------------------------------------------


def typed(**more: str) -> dict[str, str]:
    return {"kind": "holiday", "first": "2026-12-01", "last": "2026-12-02", "reason": "Công điện số 12"} | more


def preview_form(admin: Desk, code: str) -> Form:
    return admin.form(admin.see(f"/lich-lam-viec/{code}?nam=2026"), f"/lich-lam-viec/{code}/xem-truoc?nam=2026")


@pytest.mark.rule("QT-18.2", "QT-18.3")
def test_a_day_off_is_previewed_confirmed_and_followed(scene: Scene, desk: Callable[[str], Desk]) -> None:
    code, dossier, admin = code_of(scene), scene.at_step("assign"), desk("admin")
    form = preview_form(admin, code)
    with scene.unchanged():
        previewed = admin.send(form, typed())
    assert previewed.status_code == 200
    assert dossier in words(previewed)
    assert "Hẹn lại với người nộp" in words(previewed)
    confirm = admin.form(previewed, f"/lich-lam-viec/{code}/thay-doi")
    first, again = admin.send(confirm), admin.send(confirm)  # the button was pressed twice
    assert (first.status_code, again.headers["Location"]) == (303, first.headers["Location"])
    path = first.headers["Location"]
    assert "0 trong 1 hồ sơ" in words(admin.see(path))
    change_id = int(path.rpartition("/")[2])
    work_through(scene, change_id)
    assert change_row(scene, change_id).reason == "Công điện số 12"
    followed = words(desk("desk").see(path))
    assert "1 trong 1 hồ sơ" in followed
    assert dossier in followed
    assert dossier not in words(desk("official").see(path)), "another agency's dossier"
    assert "01/12 – 02/12" in words(desk("desk").see(f"/lich-lam-viec/{code}"))
    assert "Lịch làm việc thay đổi" in words(desk("desk").see(f"/ho-so/{dossier}/dien-bien"))


@pytest.mark.parametrize(
    ("filled", "field"),
    [
        (typed(reason=" "), "reason"),
        (typed(first=""), "first"),
        (typed(first="ngày mai"), "first"),
        (typed(last="2026-11-01"), "last"),
        (typed(kind="swap"), "makeup"),
        (typed(kind="hours", weekdays="sáng"), "weekdays"),
        (typed(kind="hours"), "weekdays"),
        (typed(kind="year", year="x"), "year"),
        (typed(kind="khong-co"), "kind"),
        (typed(kind="usual"), "first"),
        (typed(reason="a\x00b"), "reason"),
    ],
)
def test_what_is_wrong_is_told_above_the_form_as_it_was_filled_in(
    scene: Scene, desk: Callable[[str], Desk], filled: dict[str, str], field: str
) -> None:
    code, admin = code_of(scene), desk("admin")
    form = preview_form(admin, code)
    with scene.unchanged():
        answer = admin.send(form, filled)
    assert answer.status_code == 422
    links = page_of(answer).xpath("//div[@id='error-summary']//a/@href")
    assert links == [f"#{field}"]
    assert admin.form(answer, form.action).fields["kind"] == (filled["kind"] if field != "kind" else "holiday")


def test_only_who_manages_calendars_finds_the_form(scene: Scene, desk: Callable[[str], Desk]) -> None:
    code, admin, binh = code_of(scene), desk("admin"), desk("binh")
    assert "Thông báo thay đổi" in words(admin.see(f"/lich-lam-viec/{code}"))
    assert "Thông báo thay đổi" not in words(binh.see(f"/lich-lam-viec/{code}"))
    sign_out = binh.form(binh.see(f"/lich-lam-viec/{code}"), "/dang-xuat")
    with scene.unchanged():
        refused = binh.send(Form(f"/lich-lam-viec/{code}/thay-doi", sign_out.fields), typed())
    assert refused.status_code == 403


def test_a_calendar_that_somebody_else_changed_meanwhile_is_not_changed_over_it(
    scene: Scene, desk: Callable[[str], Desk]
) -> None:
    code, admin = code_of(scene), desk("admin")
    confirm = admin.form(admin.send(preview_form(admin, code), typed()), f"/lich-lam-viec/{code}/thay-doi")
    announce(scene, holidays=["2026-12-24"])
    assert admin.send(confirm).status_code == 412
    assert data_of(scene)["holidays"] == ["2026-12-24"]
