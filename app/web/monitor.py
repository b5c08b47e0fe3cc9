"""What heads see: how much is open and late at whom, the list behind each number, a period's totals (ST-26.1, HT-21.4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Literal
from urllib.parse import urlencode

from flask import Response, abort, render_template, request

from app.access.guard import requires
from app.access.request import current_caller
from app.errors import DomainError
from app.lawbook import profile_named
from app.rules.outcome import TIMELINESS, timeliness_label
from app.rules.periods import PERIODS
from app.rules.permissions import READERS
from app.runtime import asked_at, runtime
from app.views import monitor as views
from app.views.sheet_files import CSV, XLSX
from app.views.watched import FACTS_ASKED, NOBODY, WatchedAsk, watched_page
from app.views.watched_file import watched_file
from app.web.asking import choice, words
from app.web.blueprint import page
from app.wording import LOCAL

PAGE_SIZE = 25
LIST, TOTALS = "/theo-doi/danh-sach", "/theo-doi/tong-hop"
FACT_TITLES = {
    "overdue": "Quá hạn xử lý",
    "appointment_passed": "Quá hẹn trả kết quả",
    "transfer_limit_passed": "Quá hạn chuyển cơ quan",
    "step_late": "Quá hạn bước",
    "due_soon": "Sắp đến hẹn trả",
    "due_today": "Bước đến hạn hôm nay",
    "paused": "Tạm dừng",
}
COLUMNS = (
    # count, title of its column, what of the list it leads to
    ("open", "Đang mở", None),
    ("due_today", "Hạn hôm nay", "due_today"),
    ("due_soon", "Sắp đến hẹn", "due_soon"),
    ("step_late", "Quá hạn bước", "step_late"),
    ("appointment_passed", "Quá hẹn trả", "appointment_passed"),
    ("overdue", "Quá hạn xử lý", "overdue"),
)
TABLES = (
    # rows, heading, title of the first column, how a row is asked for
    ("units", "Theo đơn vị", "Đơn vị", ("agency", "unit")),
    ("officers", "Theo người xử lý", "Người giữ", ("officer",)),
    ("procedures", "Theo thủ tục", "Thủ tục", ("procedure",)),
    ("steps", "Theo bước", "Bước", ("step",)),
)
PERIOD_TITLES = {"month": "Tháng", "quarter": "Quý", "year": "Năm"}


@page.get("/theo-doi")
@requires(*READERS)
def monitor() -> str:
    """Open work of the unit, the agency or the province."""
    found = views.overview(current_caller(), asked_at(), runtime().settings.profile, *_place())
    place = {"agency": found["agency"], "unit": found["unit"]}
    tables = [
        {
            "title": title,
            "first": first,
            "rows": [_row(row, place, keys, name) for row in found[name]],
        }
        for name, title, first, keys in TABLES
        if name in found and not (name == "units" and found["unit"])
    ]
    return render_template(
        "monitor/overview.html",
        found=found,
        columns=COLUMNS,
        tables=tables,
        whole=_row(found["whole"] | {"name": "Tất cả"}, place, (), "") if "whole" in found else None,
        agencies=[_agency_row(row) for row in found.get("agencies", ())],
        **_frame("overview", found),
    )


@page.get(LIST)
@requires(*READERS)
def watched() -> str:
    """The list behind a number: who has it, for how long, what of it is late; chosen ones can be pressed."""
    caller, now, profile, ask = current_caller(), asked_at(), runtime().settings.profile, _ask()
    try:
        found = watched_page(caller, ask, now, profile)
    except DomainError as error:
        if error.code != "invalid" or ask.cursor is None:
            raise
        ask = replace(ask, cursor=None)
        found = watched_page(caller, ask, now, profile)
    return render_template(
        "monitor/list.html",
        found=found,
        ask=ask,
        nobody=NOBODY,
        facts=list(FACT_TITLES.items()),
        filtered=any((ask.officer, ask.procedure, ask.step, ask.fact, ask.q)),
        chosen=_chosen(ask, found),
        next_url=_address(LIST, _asked_of(ask) | {"trang": found["next"]}) if found["next"] else None,
        first_url=_address(LIST, _asked_of(ask)) if ask.cursor else None,
        csv_url=_address(f"{LIST}.csv", _asked_of(ask)),
        xlsx_url=_address(f"{LIST}.xlsx", _asked_of(ask)),
        all_url=_address(LIST, {"agency": ask.agency, "unit": ask.unit}),
        **_frame("list", found["place"]),
    )


@page.get(f"{LIST}.csv")
@requires(*READERS)
def watched_csv() -> Response:
    """The same list as a file."""
    return _file("csv")


@page.get(f"{LIST}.xlsx")
@requires(*READERS)
def watched_xlsx() -> Response:
    """The same list for a spreadsheet."""
    return _file("xlsx")


@page.get(TOTALS)
@requires(*READERS)
def totals() -> str:
    """A month, a quarter or a year: what came, what was resolved and how; what each officer did."""
    kind = choice("period", PERIODS) or "month"
    found = views.totals(current_caller(), kind, _day(), *_place())  # type: ignore[arg-type]  # one of PERIODS
    place = {"agency": found["agency"], "unit": found["unit"]}
    today, profile = asked_at().astimezone(LOCAL).date(), profile_named(runtime().settings.profile)
    return render_template(
        "monitor/totals.html",
        found=found,
        labels={name: _capital(timeliness_label(name, profile)) for name in TIMELINESS},
        kinds=[
            {
                "title": title,
                "current": name == kind,
                "url": _address(TOTALS, place | {"period": name, "of": found["period"]["first"].isoformat()}),
            }
            for name, title in PERIOD_TITLES.items()
        ],
        earlier=_address(TOTALS, place | {"period": kind, "of": found["earlier"].isoformat()}),
        later=_address(TOTALS, place | {"period": kind, "of": found["later"].isoformat()})
        if found["later"] <= today
        else None,
        **_frame("totals", found),
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _place() -> tuple[str | None, str | None]:
    return words("agency", 64), words("unit", 64)


def _day() -> date:
    """The day that the address asks for; one that is none is today."""
    try:
        found = date.fromisoformat(request.args.get("of", ""))
    except ValueError:
        return asked_at().astimezone(LOCAL).date()
    if not 1900 <= found.year <= 2200:
        abort(404)
    return found


def _ask() -> WatchedAsk:
    agency, unit = _place()
    return WatchedAsk(
        agency=agency,
        unit=unit,
        officer=words("officer", 64),
        procedure=words("procedure", 64),
        step=words("step", 128),
        fact=choice("fact", FACTS_ASKED),
        q=words("q"),
        page_size=PAGE_SIZE,
        cursor=words("trang", 400),
    )


def _asked_of(ask: WatchedAsk) -> dict[str, str | None]:
    names = ("agency", "unit", "officer", "procedure", "step", "fact", "q")
    return {name: getattr(ask, name) for name in names}


def _chosen(ask: WatchedAsk, found: Mapping[str, Any]) -> list[str]:
    """The filters that came with a number, in words; as what was found calls them."""
    first: Mapping[str, Any] = found["data"][0] if found["data"] else {}
    officer = "Chưa ai nhận" if ask.officer == NOBODY else ask.officer and first.get("assignee_name", ask.officer)
    told = (
        ("Người giữ", officer),
        ("Thủ tục", ask.procedure and first.get("procedure_name", ask.procedure)),
        ("Bước", ask.step and first.get("step_name", ask.step)),
    )
    return [f"{title}: {value}" for title, value in told if value]


def _file(form: Literal["csv", "xlsx"]) -> Response:
    name, content = watched_file(current_caller(), _ask(), asked_at(), runtime().settings.profile, form)
    kind = CSV if form == "csv" else XLSX
    return Response(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _row(row: Mapping[str, Any], place: Mapping[str, Any], keys: tuple[str, ...], table: str) -> dict[str, Any]:
    """A row of counts, each with the address of the list behind it."""
    asked = dict(place) | {key: row[key] for key in keys}
    if table == "officers" and row["officer"] is None:
        asked["officer"] = NOBODY
    counts = [
        {
            "name": name,
            "title": title,
            "value": row[name],
            "url": _address(LIST, asked | {"fact": fact}),
            "grave": name in ("step_late", "appointment_passed", "overdue"),
        }
        for name, title, fact in COLUMNS
    ]
    return {
        "name": row["name"] or "Chưa ai nhận",
        "unit": row.get("unit"),
        "agency": row.get("agency"),
        "counts": counts,
    }


def _agency_row(row: Mapping[str, Any]) -> dict[str, Any]:
    capped = row.get("at_least", ())
    numbers = {name: f"{row[name]}{'+' if name in capped else ''}" for name in ("open", "due_today", "step_late")}
    return {
        "name": row["agency_name"],
        "url": _address("/theo-doi", {"agency": row["agency"]}),
        "open": {"value": numbers["open"], "url": _address(LIST, {"agency": row["agency"]})},
        "due_today": {
            "value": numbers["due_today"],
            "url": _address(LIST, {"agency": row["agency"], "fact": "due_today"}),
        },
        "step_late": {
            "value": numbers["step_late"],
            "grave": bool(row["step_late"]),
            "url": _address(LIST, {"agency": row["agency"], "fact": "step_late"}),
        },
    }


def _frame(current: str, place: Mapping[str, Any]) -> dict[str, Any]:
    """The tabs, and what is looked at in words."""
    asked = {"agency": place["agency"], "unit": place["unit"]}
    tabs = (("overview", "Đang mở", "/theo-doi"), ("list", "Danh sách", LIST), ("totals", "Tổng hợp", TOTALS))
    names = [name for name in (place["unit_name"], place["agency_name"]) if name]
    return {
        "tabs": [{"title": title, "url": _address(url, asked), "current": key == current} for key, title, url in tabs],
        "where": ", ".join(names) or ("Toàn tỉnh" if place["level"] == "province" else "Các đơn vị bạn phụ trách"),
        "place": asked,
    }


def _address(path: str, asked: Mapping[str, Any]) -> str:
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"{path}?{query}" if query else path
