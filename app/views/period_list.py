"""The dossiers behind a number of a period: received, resolved (early, on time, late), open at its end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any, Literal

from sqlalchemy import Connection

from app.access.caller import Caller
from app.errors import DomainError, invalid
from app.lawbook import profile_named
from app.rules.outcome import timeliness_label
from app.store import organisation, trends
from app.store.transaction import reading
from app.store.trends import WHATS, Listed, Wanted
from app.views.cursors import an_id, an_instant, make_cursor, page_answer, read_cursor
from app.views.monitor import place_view
from app.views.reach import Looked, looked_at
from app.views.report_tables import Column, Table, print_tables, workbook
from app.views.sheet_files import Cell
from app.views.trends import CHANNELS
from app.views.watched_file import head_of
from app.wording import LOCAL

MOST_EXPORTED = 5_000
MOST_COUNTED = 5_000
TITLES = {
    "received": "Đã tiếp nhận",
    "resolved": "Đã giải quyết",
    "early": "Giải quyết trước hạn",
    "on_time": "Giải quyết đúng hạn",
    "late": "Giải quyết quá hạn",
    "open": "Còn đang giải quyết cuối kỳ",
}
_KIND = "period"
Form = Literal["xlsx", "pdf"]


@dataclass(frozen=True, slots=True)
class PeriodAsk:
    """`what` of WHATS, from `first` to before `end`; of a procedure, field, channel; `by_post`: results sent by post."""

    what: str
    first: date
    end: date
    agency: str | None = None
    procedure: str | None = None
    field: str | None = None
    channel: str | None = None
    by_post: bool = False
    page_size: int = 50
    cursor: str | None = None


def period_page(caller: Caller, ask: PeriodAsk, profile: str) -> dict[str, Any]:
    """A page of them, the latest first; `counted`: how many, to MOST_COUNTED. Errors: DomainError forbidden, invalid."""
    after = read_cursor(ask.cursor, _KIND, an_instant, an_id) if ask.cursor is not None else None
    with reading() as connection:
        looked, wanted, agencies = _wanted(connection, caller, ask)
        place = (after[0], after[1]) if after is not None and after[0] is not None else None
        listed = trends.period_page(connection, wanted, agencies, place, ask.page_size + 1)
        counted = trends.count_period(connection, wanted, agencies, MOST_COUNTED + 1)
    shown, more = listed[: ask.page_size], None
    if len(listed) > ask.page_size:
        more = make_cursor(_KIND, shown[-1].at, shown[-1].id)
    found = page_answer([_view(one, profile) for one in shown], counted, more)
    return found | {"counted": min(counted, MOST_COUNTED), "place": place_view(looked)}


def period_file(
    caller: Caller, ask: PeriodAsk, now: datetime, profile: str, form: Form, words: str
) -> tuple[str, bytes]:
    """Name and content of the list as a file, the latest MOST_EXPORTED. Errors: as `period_page`."""
    columns = (
        Column("Mã hồ sơ", 28),
        Column("Mã thủ tục", 14),
        Column("Thủ tục", 44),
        Column("Người nộp", 28),
        Column("Hình thức nộp", 14),
        Column("Tiếp nhận", 17),
        Column("Hẹn trả kết quả", 17),
        Column("Có kết quả", 17),
        Column("Kết quả so với hạn", 16),
    )
    table = Table(TITLES[ask.what], columns, (_cells(one) for one in _every(caller, ask, profile)))
    name = f"ho-so-{ask.first}-{now.astimezone(LOCAL):%Y%m%d-%H%M}.{form}"
    if form == "xlsx":
        return name, workbook([table])
    head = head_of(caller, ask.agency, None, now, profile, f"Hồ sơ: {TITLES[ask.what].lower()}", [words])
    return name, print_tables(head, [replace(table, title="")])


def _every(caller: Caller, ask: PeriodAsk, profile: str) -> Iterator[dict[str, Any]]:
    after, left = None, MOST_EXPORTED
    with reading() as connection:
        _, wanted, agencies = _wanted(connection, caller, ask)
        while left > 0:
            listed = trends.period_page(connection, wanted, agencies, after, min(500, left))
            yield from (_view(one, profile) for one in listed)
            if len(listed) < 500:
                return
            after, left = (listed[-1].at, listed[-1].id), left - 500


def _wanted(connection: Connection, caller: Caller, ask: PeriodAsk) -> tuple[Looked, Wanted, tuple[int, ...]]:
    if ask.what not in WHATS:
        raise invalid({"what": ["Không có loại số này."]})
    if ask.end <= ask.first:
        raise invalid({"end": ["Ngày cuối phải sau ngày đầu."]})
    looked = looked_at(connection, caller, ask.agency, None)
    if looked.level == "unit":
        raise DomainError("forbidden", "Đơn vị chỉ theo dõi các bước; hồ sơ theo kỳ do lãnh đạo cơ quan xem.")
    begin, end = (datetime.combine(day, time(), LOCAL) for day in (ask.first, ask.end))
    agencies = looked.agencies
    if agencies is None:
        agencies = tuple(sorted(organisation.agency_ids(connection).values()))
    wanted = Wanted(ask.what, begin, end, agencies, ask.procedure, ask.field, ask.channel, ask.by_post)
    return looked, wanted, agencies


def _view(one: Listed, profile: str) -> dict[str, Any]:
    label = timeliness_label(one.timeliness, profile_named(profile)) if one.timeliness else None  # type: ignore[arg-type]
    return {
        "dossier": one.code,
        "procedure": one.procedure,
        "procedure_name": one.procedure_name,
        "applicant": one.applicant,
        "channel": one.channel,
        "channel_name": CHANNELS.get(one.channel, one.channel),
        "received_at": one.received_at,
        "appointment_at": one.appointment_at,
        "result_at": one.result_at,
        "timeliness": one.timeliness,
        "timeliness_label": label,
    }


def _cells(one: dict[str, Any]) -> list[Cell]:
    def instant(at: datetime | None) -> str | None:
        return None if at is None else f"{at.astimezone(LOCAL):%H:%M %d/%m/%Y}"

    names = ("dossier", "procedure", "procedure_name", "applicant", "channel_name")
    times = [instant(one[name]) for name in ("received_at", "appointment_at", "result_at")]
    return [*(one[name] for name in names), *times, one["timeliness_label"]]
