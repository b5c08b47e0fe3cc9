"""The other pages of a dossier: its diagram, what has happened, how its deadline came about, the slips."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any

from flask import Response, jsonify

from app.access.guard import requires
from app.access.request import current_caller
from app.rules.explain import MARKS, spoken, spoken_limit
from app.rules.limits import Limit
from app.rules.permissions import READERS
from app.runtime import asked_at
from app.views.control import control_sheet
from app.views.course import Names, names_of, steps_of, timeline_page
from app.views.deliveries import deliveries_of_dossier
from app.views.dossiers import dossier_detail
from app.views.parts import clock_of, diagram_of
from app.views.titles import history_title
from app.web.asking import words
from app.web.blueprint import drawing, page
from app.web.dossier import dossier_page
from app.web.dossier_words import STEP_STATES, limit_words, moved_words, row_words
from app.web.records import may_write
from app.wording import LOCAL

EVENTS_SHOWN = 60
MESSAGES_SHOWN = 60


@page.get("/ho-so/<code:code>/so-do")
@requires(*READERS)
@drawing
def diagram(code: str) -> str:
    """The diagram, and the same course as a list of steps in words."""
    caller, now = current_caller(), asked_at()
    steps = [
        step | {"state_name": STEP_STATES[step["state"]], "limit_words": limit_words(step["limit"], step["limit_unit"])}
        for step in steps_of(caller, code, now)
    ]
    drawn = "BPMNShape" in diagram_of(caller, code, now)["xml"]
    detail = dossier_detail(caller, code, now)
    return dossier_page("diagram", detail, "dossier/diagram.html", steps=steps, drawn=drawn)


@page.get("/ho-so/<code:code>/so-do.json")
@requires(*READERS)
def diagram_data(code: str) -> Response:
    """What the viewer of the diagram reads."""
    return jsonify(diagram_of(current_caller(), code, asked_at()))


@page.get("/ho-so/<code:code>/dien-bien")
@requires(*READERS)
def timeline(code: str) -> str:
    """What has happened, the newest first, a page at a time: `truoc` is the event before which it goes on."""
    caller = current_caller()
    asked = words("truoc") or ""
    before = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else None
    found, names = timeline_page(caller, code, before, EVENTS_SHOWN + 1)
    older = found[1]["seq"] if len(found) > EVENTS_SHOWN else None
    shown = found[1:] if older else found
    rows = [row | {"told": row_words(row, names)} for row in reversed(shown)]
    detail = dossier_detail(caller, code, asked_at())
    may_correct = may_write(caller, "correct", detail["status"]["number"])
    told = deliveries_of_dossier(caller, code)[-MESSAGES_SHOWN:] if before is None else []
    return dossier_page(
        "timeline",
        detail,
        "dossier/timeline.html",
        days=[
            (name, list(events))
            for name, events in groupby(rows, lambda row: f"{row['at'].astimezone(LOCAL):%d/%m/%Y}")
        ],
        older=older,
        first=before is None,
        may_correct=may_correct,
        told=reversed(told),
    )


@page.get("/ho-so/<code:code>/kiem-soat")
@requires(*READERS)
def control(code: str) -> str:
    """The control sheet: through whose hands it has gone, to print (ST-13.2)."""
    caller = current_caller()
    rows = control_sheet(caller, code)
    return dossier_page("control", dossier_detail(caller, code, asked_at()), "dossier/control.html", rows=rows)


@page.get("/ho-so/<code:code>/dong-ho")
@requires(*READERS)
def clock(code: str) -> str:
    """How deadline and appointment came about, and whose time it was."""
    caller, now = current_caller(), asked_at()
    names, found = names_of(caller, code), clock_of(caller, code, now)
    return dossier_page(
        "clock",
        dossier_detail(caller, code, now),
        "dossier/clock.html",
        clock=found,
        limit=_limit(found),
        extra=[(names.agencies.get(code, code), spoken(won)) for code, won in found["extra"].items()],
        lines=[_line(line, names) for line in found["lines"]],
        segments=[_segment(segment, names) for segment in found["segments"]],
        used=_used(found["segments"], names),
    )


def _limit(found: Mapping[str, Any]) -> str | None:
    seconds = found["limit_seconds"]
    return None if seconds is None else spoken_limit(Limit(seconds, found["limit_unit"]))


def _line(line: Mapping[str, Any], names: Names) -> dict[str, Any]:
    return {
        "at": line["at"],
        "title": history_title(line["event"]),
        "text": line["text"],
        "rule": line["rule"],
        "article": line["article"],
        "mark": MARKS.get(line["mark"]),
        "before": moved_words(line["before"], names),
        "after": moved_words(line["after"], names),
    }


def _segment(segment: Mapping[str, Any], names: Names) -> dict[str, Any]:
    account = segment["account"]
    return {
        "step": names.steps.get(segment["step"], segment["step"]),
        "agency": names.agencies.get(segment["agency"], segment["agency"]),
        "who": names.people.get(account, account) if account else None,
        "from_at": segment["from_at"],
        "to_at": segment["to_at"],
        "length": spoken(segment["seconds"]),
        "charged": segment["charged"],
    }


def _used(segments: Iterable[Mapping[str, Any]], names: Names) -> list[dict[str, Any]]:
    """Working time by step, in the order in which the steps were first held; `part` of all charged time, in percent."""
    totals: dict[tuple[str, str], list[int]] = {}
    for segment in segments:
        total = totals.setdefault((segment["agency"], segment["step"]), [0, 0])
        total[0 if segment["charged"] else 1] += segment["seconds"]
    whole = sum(charged for charged, _ in totals.values())
    return [
        {
            "step": names.steps.get(step, step),
            "agency": names.agencies.get(agency, agency),
            "charged": spoken(charged),
            "free": spoken(free) if free else None,
            "part": round(100 * charged / whole) if whole else 0,
        }
        for (agency, step), (charged, free) in totals.items()
    ]
