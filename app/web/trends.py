"""Weeks and months as charts: received, resolved, on time, open, by channel, and whose time it was (ST-26.1, LA-17.1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask import Response, render_template, request

from app.access.guard import requires
from app.access.request import current_caller
from app.errors import DomainError
from app.lawbook import profile_named
from app.rules.outcome import timeliness_label
from app.rules.permissions import READERS
from app.runtime import asked_at, runtime
from app.store.trends import WHATS
from app.views.period_list import TITLES, PeriodAsk, period_file, period_page
from app.views.trends import BY_POST, CHANNELS, KINDS, trends_of
from app.views.trends_file import trends_file
from app.web.asking import choice, words
from app.web.blueprint import page
from app.web.charts import MOST_SERIES, Chart, Series, chart
from app.web.monitor_frame import TRENDS, address, counted, file_answer, frame, place_asked
from app.wording import LOCAL

PERIOD_LIST = "/theo-doi/ho-so"
PAGE_SIZE = 25
KIND_TITLES = {"month": "Theo tháng", "week": "Theo tuần"}
_HOUR = 3600


@page.get(TRENDS)
@requires(*READERS)
def trends() -> str:
    """Charts of the last twelve months or weeks, and one of them in detail."""
    kind = choice("kind", KINDS) or "month"
    found = trends_of(current_caller(), asked_at(), kind, _day("ky"), *place_asked())  # type: ignore[arg-type]  # one of KINDS
    asked = {"agency": found["agency"], "unit": found["unit"]}
    chosen = found.get("chosen")
    return render_template(
        "monitor/trends.html",
        found=found,
        kinds=[
            {"title": KIND_TITLES[name], "url": address(TRENDS, asked | {"kind": name}), "current": name == kind}
            for name in KINDS
        ],
        charts=_charts(found, asked, kind),
        chosen=_chosen(chosen, asked) if chosen is not None else None,
        files=[
            (form.upper(), address(f"{TRENDS}.{form}", asked | {"kind": kind, "ky": chosen and chosen["first"]}))
            for form in ("xlsx", "pdf")
        ],
        **frame("trends", found),
    )


@page.get(f"{TRENDS}.<any(xlsx, pdf):form>")
@requires(*READERS)
def trends_as_file(form: Any) -> Response:
    """The numbers of the charts as a workbook, or printed."""
    kind, profile = choice("kind", KINDS) or "month", runtime().settings.profile
    made = trends_file(current_caller(), asked_at(), profile, kind, _day("ky"), place_asked(), form)  # type: ignore[arg-type]
    return file_answer(*made)


@page.get(PERIOD_LIST)
@requires(*READERS)
def period_list() -> str:
    """The dossiers behind a number of a period."""
    ask, profile = _asked(), runtime().settings.profile
    try:
        found = period_page(current_caller(), ask, profile)
    except DomainError as error:
        if error.code != "invalid" or ask.cursor is None:
            raise
        found = period_page(current_caller(), _asked(cursor=None), profile)
    here = {name: value for name, value in request.args.items() if name != "trang"}
    return render_template(
        "monitor/period_list.html",
        found=found,
        title=TITLES[ask.what],
        told=_told(ask),
        count=counted(found["counted"]),
        more=found["counted"] < found["total"] or (found.get("total_is") and found["counted"] >= 5_000),
        next_url=address(PERIOD_LIST, here | {"trang": found["next"]}) if found["next"] else None,
        first_url=address(PERIOD_LIST, here) if ask.cursor else None,
        files=[(form.upper(), address(f"{PERIOD_LIST}.{form}", here)) for form in ("xlsx", "pdf")],
        **frame("trends", found["place"]),
    )


@page.get(f"{PERIOD_LIST}.<any(xlsx, pdf):form>")
@requires(*READERS)
def period_list_as_file(form: Any) -> Response:
    """The same list as a workbook, or printed."""
    ask = _asked()
    made = period_file(current_caller(), ask, asked_at(), runtime().settings.profile, form, _told(ask))
    return file_answer(*made)


def _asked(cursor: str | None = "") -> PeriodAsk:
    today = asked_at().astimezone(LOCAL).date()
    first = _day("tu") or today.replace(day=1)
    end = _day("den") or today
    return PeriodAsk(
        what=choice("what", WHATS) or "received",
        first=first,
        end=end,
        agency=words("agency", 64),
        procedure=words("procedure", 64),
        field=words("field", 200),
        channel=choice("channel", CHANNELS),
        by_post=request.args.get("by_post") == "1",
        page_size=PAGE_SIZE,
        cursor=words("trang", 400) if cursor == "" else cursor,
    )


def _told(ask: PeriodAsk) -> str:
    parts = [f"Từ {ask.first:%d/%m/%Y} đến trước {ask.end:%d/%m/%Y}"]
    parts += [f"thủ tục {ask.procedure}"] if ask.procedure else []
    parts += [f"lĩnh vực {ask.field}"] if ask.field else []
    parts += [f"nộp {CHANNELS[ask.channel].lower()}"] if ask.channel else []
    parts += [BY_POST.lower()] if ask.by_post else []
    return "; ".join(parts)


def _day(name: str) -> date | None:
    """A day of the address; None for one that is none."""
    try:
        found = date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None
    return found if 1900 <= found.year <= 2200 else None


def _charts(found: Mapping[str, Any], asked: Mapping[str, Any], kind: str) -> list[Chart]:
    """What the page draws; each point leads to its period in detail."""
    points = [
        (
            one["name"],
            f"{one['first']:%m/%y}" if kind == "month" else f"{one['first']:%d/%m}",
            address(TRENDS, dict(asked) | {"kind": kind, "ky": one["first"]}) + "#ky",
        )
        for one in found["periods"]
    ]
    first = "Tháng" if kind == "month" else "Tuần"
    made = []
    if "points" in found:
        made = _dossier_charts(found, points, first)
    units = found["units"][:MOST_SERIES]
    if units:
        by_unit = [Series(one["name"], [_hours(value) for value in one["seconds"]]) for one in units]
        # A unit's own page has no detail of a period: its points lead nowhere.
        plain = points if "points" in found else [(name, short, None) for name, short, _ in points]
        made.append(
            chart(
                "gio",
                "Thời gian của ai: giờ làm việc của các bước đã xong",
                plain,
                by_unit,
                kind="stacked",
                first=first,
            )
        )
        late = [Series(one["name"], one["late"]) for one in units]
        made.append(chart("tre", "Bước xong quá hạn, theo đơn vị", plain, late, kind="stacked", first=first))
    return made


def _dossier_charts(found: Mapping[str, Any], points: Sequence[tuple[str, str, str | None]], first: str) -> list[Chart]:
    def of(name: str) -> list[float | None]:
        return [row[name] for row in found["points"]]

    profile = profile_named(runtime().settings.profile)
    early, on_time, late = (timeliness_label(name, profile).capitalize() for name in ("early", "on_time", "late"))
    channels = [Series(one["name"], one["received"]) for one in found["channels"]]
    came = [Series("Tiếp nhận", of("received")), Series("Đã giải quyết", of("resolved"))]
    timely = [Series(early, of("early")), Series(on_time, of("on_time")), Series(late, of("late"))]
    shares = [Series("Tỷ lệ đúng hạn", of("on_time_rate"))]
    return [
        chart("den", "Tiếp nhận và giải quyết", points, came, first=first),
        chart("han", "Kết quả so với hạn", points, timely, kind="stacked", first=first),
        chart("ty-le", "Tỷ lệ giải quyết đúng hạn", points, shares, kind="line", unit="%", first=first, most=100),
        chart("mo", "Còn đang giải quyết cuối kỳ", points, [Series("Đang giải quyết", of("open"))], first=first),
        chart("kenh", "Tiếp nhận theo hình thức nộp", points, channels, kind="stacked", first=first),
    ]


def _hours(seconds: int | None) -> float | None:
    return None if seconds is None else round(seconds / _HOUR, 1)


_NUMBERS = ("received", "resolved", "early", "on_time", "late", "open")


def _chosen(found: Mapping[str, Any], asked: Mapping[str, Any]) -> dict[str, Any]:
    """One period's tables, each number with the list of its dossiers."""
    span = {"agency": asked["agency"], "tu": found["first"], "den": found["end"]}
    tables = [
        ("Theo hình thức nộp", "Hình thức", [_row(row, span, channel=row["channel"]) for row in found["channels"]]),
        ("Theo lĩnh vực", "Lĩnh vực", [_row(row, span, field=row["field"]) for row in found["fields"]]),
        ("Theo thủ tục", "Thủ tục", [_row(row, span, procedure=row["procedure"]) for row in found["procedures"]]),
    ]
    return {
        "name": found["name"],
        "whole": _row(dict(found["whole"]) | {"name": "Tất cả"}, span),
        "tables": [{"title": title, "first": first, "rows": rows} for title, first, rows in tables],
    }


def _row(row: Mapping[str, Any], span: Mapping[str, Any], **key: str) -> dict[str, Any]:
    counts = [
        {
            "title": TITLES[name] if name != "open" else "Còn lại cuối kỳ",
            "value": row[name],
            "words": counted(row[name]),
            "url": address(PERIOD_LIST, dict(span) | key | {"what": name}),
            "grave": name == "late",
        }
        for name in _NUMBERS
    ]
    if "by_post" in row:
        url = address(PERIOD_LIST, dict(span) | key | {"what": "resolved", "by_post": "1"})
        counts.append(
            {"title": BY_POST, "value": row["by_post"], "words": counted(row["by_post"]), "url": url, "grave": False}
        )
    rate = row["on_time_rate"]
    return {
        "name": row["name"],
        "counts": counts,
        "rate": "–" if rate is None else f"{rate:.2f}%".replace(".", ","),
    }
