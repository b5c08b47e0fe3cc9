"""The board: what is open, due and late, at whom, and whose time it was; a period's totals (ST-26.1, HT-21.4, QT-28.5d)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from flask import Response, abort, render_template, request

from app.access.guard import requires
from app.access.request import current_caller
from app.lawbook import profile_named
from app.rules.outcome import TIMELINESS, timeliness_label
from app.rules.periods import PERIODS
from app.rules.permissions import READERS
from app.runtime import asked_at, runtime
from app.views import monitor as views
from app.views.board_file import AMONG_TITLES, COUNT_TITLES, FORMS, GROUPS, WHOSE_TITLES, board_file
from app.views.watched import NOBODY
from app.views.whose_time import AMONG, APPLICANT, MEASURES, WHOSE, whose_time
from app.web.asking import choice
from app.web.blueprint import page
from app.web.charts import part_of
from app.web.monitor_frame import BOARD, LIST, TOTALS, address, asked_now, counted, file_answer, frame, place_asked
from app.wording import LOCAL, alphabetical

SHOWN = 10
"""Rows of a table before the rest is asked for."""
_FACTS = {name: name for name in COUNT_TITLES if name != "open"}
_GRAVE = ("step_late", "appointment_passed", "overdue")
_BIG = ("open", "due_today", "step_late", "overdue", "appointment_passed", "due_soon")
_KEYS = {
    "units": ("agency", "unit"),
    "officers": ("officer",),
    "procedures": ("procedure",),
    "steps": ("procedure", "step"),
}
"""How a row of a group is asked for."""
PERIOD_TITLES = {"month": "Tháng", "quarter": "Quý", "year": "Năm"}
_KEPT = ("by", "sort", "whose", "among", "all")


@page.get(BOARD)
@requires(*READERS)
def monitor() -> str:
    """Open work of the unit, the agency or the province, and whose time what is late was."""
    caller, now, profile, place = current_caller(), asked_at(), runtime().settings.profile, place_asked()
    found = views.overview(caller, now, profile, *place)
    among, whose = _among(found), choice("whose", WHOSE) or ("agency" if found["level"] == "province" else "unit")
    time = whose_time(caller, now, profile, *place, among, whose)
    asked = {"agency": found["agency"], "unit": found["unit"]}
    return render_template(
        "monitor/overview.html",
        found=found,
        tiles=_tiles(found, asked),
        group=_group(found, asked) if "whole" in found else None,
        agencies=_agency_rows(found.get("agencies", ())),
        time=_time(time, asked),
        files=[(form.upper(), address(f"{BOARD}.{form}", asked | {"among": among})) for form in FORMS],
        **frame("overview", found),
    )


@page.get(f"{BOARD}.<any(xlsx, pdf):form>")
@requires(*READERS)
def board_as_file(form: Any) -> Response:
    """The board as a workbook, or printed."""
    caller, now, profile, place = current_caller(), asked_at(), runtime().settings.profile, place_asked()
    among = choice("among", AMONG) or "step_late"
    return file_answer(*board_file(caller, now, profile, place, among, form))


@page.get(TOTALS)
@requires(*READERS)
def totals() -> str:
    """A month, a quarter or a year: what came, what was resolved and how; what each officer did."""
    kind = choice("period", PERIODS) or "month"
    found = views.totals(current_caller(), kind, _day(), *place_asked())  # type: ignore[arg-type]  # one of PERIODS
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
                "url": address(TOTALS, place | {"period": name, "of": found["period"]["first"].isoformat()}),
            }
            for name, title in PERIOD_TITLES.items()
        ],
        earlier=address(TOTALS, place | {"period": kind, "of": found["earlier"].isoformat()}),
        later=address(TOTALS, place | {"period": kind, "of": found["later"].isoformat()})
        if found["later"] <= today
        else None,
        **frame("totals", found),
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _day() -> date:
    """The day that the address asks for; one that is none is today."""
    try:
        found = date.fromisoformat(request.args.get("of", ""))
    except ValueError:
        return asked_at().astimezone(LOCAL).date()
    if not 1900 <= found.year <= 2200:
        abort(404)
    return found


def _among(found: Mapping[str, Any]) -> str:
    """Of which dossiers it is told whose time they took: the gravest kind that there is, unless asked otherwise.

    Of the whole province only what its index orders: late steps, or everything open.
    """
    allowed = AMONG if "whole" in found else ("step_late", "open")
    if (asked := choice("among", allowed)) is not None:
        return asked
    if "whole" not in found:
        return "step_late"
    return next((name for name in ("overdue", "step_late") if found["whole"][name]), "open")


def _tiles(found: Mapping[str, Any], asked: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The big numbers, each with the list behind it; of a province the sums of its agencies' steps."""
    if "whole" in found:
        return [_count(found["whole"][name], name, asked) for name in _BIG]
    tiles = []
    for name in ("open", "due_today", "step_late"):
        tile = _count(sum(row[name] for row in found["agencies"]), name, asked)
        capped = any(name in row.get("at_least", ()) for row in found["agencies"])
        tiles.append(tile | {"words": f"{tile['words']}{'+' if capped else ''}"})
    return tiles


def _count(value: int, name: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": name,
        "title": COUNT_TITLES[name],
        "value": value,
        "words": counted(value),
        "url": address(LIST, dict(asked) | {"fact": _FACTS.get(name)}),
        "grave": name in _GRAVE,
    }


def _group(found: Mapping[str, Any], asked: Mapping[str, Any]) -> dict[str, Any]:
    """The table that is switched to: its rows with bars, the links that sort it, the others to switch to."""
    names = [name for name in GROUPS if not (name == "units" and found["unit"])]
    by, sort = choice("by", names) or names[0], choice("sort", (*COUNT_TITLES, "name")) or ""
    rows: list[dict[str, Any]] = list(found[by])
    if sort == "name":
        rows.sort(key=lambda row: alphabetical(row["name"] or ""))
    elif sort:
        rows.sort(key=lambda row: -row[sort])
    shown = rows if request.args.get("all") else rows[:SHOWN]
    most, here = max((row["open"] for row in rows), default=0), dict(asked) | asked_now(*_KEPT)
    return {
        "title": GROUPS[by][1],
        "rows": [_row(row, asked, by, most) for row in shown],
        "columns": [
            {"title": title, "url": address(BOARD, here | {"sort": name}), "current": name == sort}
            for name, title in COUNT_TITLES.items()
        ],
        "by_name": {"url": address(BOARD, here | {"sort": "name"}), "current": sort == "name"},
        "switch": _switch([(name, GROUPS[name][1]) for name in names], "by", by, here),
        "whole": len(rows),
        "all_url": address(BOARD, here | {"all": "1"}) if len(shown) < len(rows) else None,
    }


def _switch(
    choices: Sequence[tuple[str, str]], parameter: str, current: str, here: Mapping[str, Any]
) -> list[dict[str, Any]]:
    return [
        {"title": title, "url": address(BOARD, dict(here) | {parameter: name}), "current": name == current}
        for name, title in choices
    ]


def _row(row: Mapping[str, Any], place: Mapping[str, Any], by: str, most: int) -> dict[str, Any]:
    """A row of counts, each with the address of the list behind it."""
    asked = dict(place) | {key: row[key] for key in _KEYS[by]}
    if by == "officers" and row["officer"] is None:
        asked["officer"] = NOBODY
    return {
        "name": row["name"] or "Chưa ai nhận",
        "further": row.get("procedure_name") if by == "steps" else None,
        "url": address(BOARD, {"agency": row["agency"], "unit": row["unit"]}) if by == "units" else None,
        "bar": part_of(row["open"], most),
        "late": part_of(row["step_late"], most),
        "counts": [_count(row[name], name, asked) for name in COUNT_TITLES],
    }


def _agency_rows(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    rows = list(rows)
    most, sort = max((row["open"] for row in rows), default=0), choice("sort", ("open", "due_today", "step_late"))
    if sort:
        rows.sort(key=lambda row: -row[sort])
    return [_agency_row(row, most) for row in rows]


def _agency_row(row: Mapping[str, Any], most: int) -> dict[str, Any]:
    capped, asked = row.get("at_least", ()), {"agency": row["agency"], "unit": None}
    counts = [_count(row[name], name, asked) for name in ("open", "due_today", "step_late")]
    return {
        "name": row["agency_name"],
        "url": address(BOARD, {"agency": row["agency"]}),
        "bar": part_of(row["open"], most),
        "late": part_of(row["step_late"], most),
        "counts": [one | {"words": f"{one['words']}{'+' if one['name'] in capped else ''}"} for one in counts],
    }


def _time(found: Mapping[str, Any], asked: Mapping[str, Any]) -> dict[str, Any]:
    """Whose time it was, as rows with bars, each with the list of the dossiers in which the holder has a part."""
    among, whose, measure = found["among"], found["whose"], found["measure"]
    here = dict(asked) | asked_now(*_KEPT)
    most = max((row[measure] for row in found["rows"]), default=0)
    listed = dict(asked) | {"among": among, "whose": whose}
    rows = [
        dict(row)
        | {
            "bar": part_of(row[measure], most),
            "length": row[measure],
            "url": address(LIST, listed | {"holder": row["holder"], "ten": row["name"]}),
        }
        for row in found["rows"]
    ]
    choices = AMONG if "level" not in found or found["level"] != "province" else ("step_late", "open")
    return dict(found) | {
        "rows": rows if request.args.get("all") else rows[:SHOWN],
        "all_url": address(BOARD, here | {"all": "1"}) if len(rows) > SHOWN and not request.args.get("all") else None,
        "first": rows[0] if rows else None,
        "title": AMONG_TITLES[among],
        "late": measure != MEASURES["open"],
        "among_switch": _switch([(name, AMONG_TITLES[name]) for name in choices], "among", among, here),
        "whose_switch": _switch(list(WHOSE_TITLES.items()), "whose", whose, here),
        "applicant_url": address(LIST, listed | {"holder": APPLICANT}),
    }
