"""Who has how much: open work and what came and went, by person (ST-26.1)."""

from __future__ import annotations

from typing import Any

from flask import Response, redirect, render_template
from werkzeug.wrappers import Response as BaseResponse

from app.access.guard import requires
from app.access.reach import reach_of
from app.access.request import current_caller
from app.rules.permissions import READERS
from app.runtime import asked_at, runtime
from app.views.watched import NOBODY
from app.views.workload import SORTS, workload_file, workload_of
from app.web.asking import choice
from app.web.blueprint import page
from app.web.charts import part_of
from app.web.monitor_frame import BOARD, LIST, WORKLOAD, address, file_answer, frame, place_asked

_COLUMNS = (
    # value, title, what of the list it leads to (None: all that is open; "": no list)
    ("open", "Đang giữ", None),
    ("due_today", "Hạn hôm nay", "due_today"),
    ("step_late", "Quá hạn bước", "step_late"),
    ("overdue", "Quá hạn xử lý", "overdue"),
)


@page.get(WORKLOAD)
@requires(*READERS)
def workload() -> str | BaseResponse:
    """People with what they have and what they did; whoever sees a whole province chooses an agency first."""
    caller, place = current_caller(), place_asked()
    if reach_of(caller).everywhere and place == (None, None):
        return redirect(BOARD, 303)
    sort = choice("sort", SORTS) or "step_late"
    found = workload_of(caller, asked_at(), runtime().settings.profile, *place, sort)
    asked = {"agency": found["agency"], "unit": found["unit"]}
    most = max((row["open"] for row in found["people"]), default=0)
    return render_template(
        "monitor/workload.html",
        found=found,
        people=[_row(row, asked, most) for row in found["people"]],
        unclaimed=address(LIST, asked | {"officer": NOBODY}),
        sort=sort,
        sorts={name: address(WORKLOAD, asked | {"sort": name}) for name in SORTS},
        files=[(form.upper(), address(f"{WORKLOAD}.{form}", asked)) for form in ("xlsx", "pdf")],
        **frame("workload", found),
    )


@page.get(f"{WORKLOAD}.<any(xlsx, pdf):form>")
@requires(*READERS)
def workload_as_file(form: Any) -> Response:
    """The same as a workbook, or printed."""
    caller, now, profile = current_caller(), asked_at(), runtime().settings.profile
    return file_answer(*workload_file(caller, now, profile, place_asked(), form))


def _row(row: dict[str, Any], asked: dict[str, Any], most: int) -> dict[str, Any]:
    theirs = asked | {"officer": row["officer"]}
    return row | {
        "url": address(LIST, theirs),
        "bar": part_of(row["open"], most),
        "late_bar": part_of(row["step_late"], most),
        "counts": [
            {
                "title": title,
                "value": row[name],
                "words": row[name],
                "url": address(LIST, theirs | {"fact": fact}),
                "grave": name in ("step_late", "overdue"),
            }
            for name, title, fact in _COLUMNS
        ],
    }
