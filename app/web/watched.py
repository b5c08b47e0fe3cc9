"""The list behind each number that heads see: who has it, for how long, what of it is late; pressing, giving to others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import Response, render_template, request

from app.access.guard import requires
from app.access.request import current_caller
from app.errors import DomainError
from app.rules.permissions import READERS
from app.runtime import asked_at, runtime
from app.store.task_walks import SORTS
from app.views.watched import FACTS_ASKED, NOBODY, WatchedAsk, watched_page
from app.views.watched_file import Form, watched_file
from app.views.whose_time import AMONG, APPLICANT, WHOSE
from app.web.asking import choice, words
from app.web.blueprint import page
from app.web.monitor_frame import LIST, address, file_answer, frame, place_asked

PAGE_SIZE = 25
FACT_TITLES = {
    "overdue": "Quá hạn xử lý",
    "appointment_passed": "Quá hẹn trả kết quả",
    "transfer_limit_passed": "Quá hạn chuyển cơ quan",
    "step_late": "Quá hạn bước",
    "due_soon": "Sắp đến hẹn trả",
    "due_today": "Bước đến hạn hôm nay",
    "paused": "Tạm dừng",
}
SORT_TITLES = {
    "due_at": "Gấp nhất trước",
    "-due_at": "Hạn xa nhất trước",
    "entered_at": "Đến bước lâu nhất trước",
    "-entered_at": "Mới đến trước",
}
AMONG_TITLES = {"overdue": "hồ sơ quá hạn xử lý", "step_late": "hồ sơ quá hạn bước", "open": "hồ sơ đang mở"}
_ASKED = ("agency", "unit", "officer", "procedure", "step", "fact", "q", "among", "whose", "holder")


@page.get(LIST)
@requires(*READERS)
def watched() -> str:
    """The list behind a number; chosen ones can be pressed, or given to somebody else."""
    caller, now, profile, ask = current_caller(), asked_at(), runtime().settings.profile, asked()
    try:
        found = watched_page(caller, ask, now, profile)
    except DomainError as error:
        if error.code != "invalid" or ask.cursor is None:
            raise
        ask = replace(ask, cursor=None)
        found = watched_page(caller, ask, now, profile)
    here = asked_of(ask)
    return render_template(
        "monitor/list.html",
        found=found,
        ask=ask,
        hidden=[(name, here[name]) for name in here if name not in ("q", "fact") and here[name]],
        facts=list(FACT_TITLES.items()),
        sorts=list(SORT_TITLES.items()),
        filtered=any(here[name] for name in here if name not in ("agency", "unit")),
        chosen=_chosen(ask, found),
        may_assign=caller.may("task.assign"),
        next_url=address(LIST, here | _sort(ask) | {"trang": found["next"]}) if found["next"] else None,
        first_url=address(LIST, here | _sort(ask)) if ask.cursor else None,
        files=[(form.upper(), address(f"{LIST}.{form}", here | _sort(ask))) for form in ("xlsx", "pdf", "csv")],
        all_url=address(LIST, {"agency": ask.agency, "unit": ask.unit}),
        **frame("list", found["place"]),
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


@page.get(f"{LIST}.pdf")
@requires(*READERS)
def watched_pdf() -> Response:
    """The same list, printed."""
    return _file("pdf")


def asked() -> WatchedAsk:
    """What the address asks for; a holder counts only with what his number was counted over."""
    agency, unit = place_asked()
    among, whose, holder = choice("among", AMONG), choice("whose", WHOSE), words("holder", 200)
    whole = among and whose and holder
    return WatchedAsk(
        agency=agency,
        unit=unit,
        officer=words("officer", 64),
        procedure=words("procedure", 64),
        step=words("step", 128),
        fact=choice("fact", FACTS_ASKED),
        q=words("q"),
        among=among if whole else None,
        whose=whose if whole else None,
        holder=holder if whole else None,
        sort=choice("sort", SORTS) or "due_at",
        page_size=PAGE_SIZE,
        cursor=words("trang", 400),
    )


def asked_of(ask: WatchedAsk) -> dict[str, str | None]:
    return {name: getattr(ask, name) for name in _ASKED}


def _sort(ask: WatchedAsk) -> dict[str, str]:
    return {"sort": ask.sort} if ask.sort != "due_at" else {}


def _chosen(ask: WatchedAsk, found: Mapping[str, Any]) -> list[str]:
    """The filters that came with a number, in words; as what was found calls them."""
    first: Mapping[str, Any] = found["data"][0] if found["data"] else {}
    officer = "Chưa ai nhận" if ask.officer == NOBODY else ask.officer and first.get("assignee_name", ask.officer)
    told = [
        ("Người giữ", officer),
        ("Thủ tục", ask.procedure and first.get("procedure_name", ask.procedure)),
        ("Bước", ask.step and first.get("step_name", ask.step)),
    ]
    if ask.holder is not None:
        of = "người nộp" if ask.holder == APPLICANT else words("ten") or ask.holder
        told.append(("Có thời gian của", f"{of}, trong các {AMONG_TITLES[ask.among or 'open']}"))
    return [f"{title}: {value}" for title, value in told if value]


def _file(form: Form) -> Response:
    ask, caller = asked(), current_caller()
    told = [FACT_TITLES[ask.fact]] if ask.fact else []
    told += [f"Tìm: {ask.q}"] if ask.q else []
    for title, value in (("Người giữ", ask.officer), ("Thủ tục", ask.procedure), ("Bước", ask.step)):
        told += [f"{title}: {'chưa ai nhận' if value == NOBODY else value}"] if value else []
    if ask.holder:
        told.append(f"Có thời gian của {request.args.get('ten') or ask.holder}")
    line = [f"Lọc: {'; '.join(told)}"] if told else []
    return file_answer(*watched_file(caller, ask, asked_at(), runtime().settings.profile, form, line))
