"""A version as it really runs: time, lateness and returns of each step on its diagram; its event logs as files."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from flask import Response, jsonify, render_template, request, stream_with_context

from app.access.guard import SIGNED_IN, requires
from app.access.request import current_caller
from app.errors import DomainError
from app.runtime import asked_at
from app.views.as_run import BY, Asked, as_run, diagram_of, heat_of
from app.views.event_logs import FORMATS, event_log
from app.web.acting import form_problem
from app.web.asking import choice, words
from app.web.blueprint import drawing, page
from app.web.dossier_words import limit_words
from app.web.rendering import length_words
from app.wording import LOCAL

_PERIOD = timedelta(days=89)
"""Shown when nothing was asked: three months up to today."""


@page.get("/thu-tuc/<code:code>/phien-ban/<id:number>/thuc-te")
@requires(SIGNED_IN)
@drawing
def version_as_run(code: str, number: int) -> tuple[str, int]:
    """The diagram with its figures, and the same in a table."""
    by, problem = choice("theo", BY) or "time", None
    asked = _asked(code, number)
    try:
        found = as_run(current_caller(), asked, asked_at())
    except DomainError as error:
        if error.code != "invalid":
            raise
        problem = form_problem(error)
        asked = _usual(code, number)
        found = as_run(current_caller(), asked, asked_at())
    return _shown(found, asked, by, problem), problem.status if problem else 200


def _shown(found: Mapping[str, Any], asked: Asked, by: str, problem: Any) -> str:
    here = f"/thu-tuc/{asked.code}/phien-ban/{asked.number}/thuc-te"
    period = {"tu": asked.first.isoformat(), "den": asked.last.isoformat()}
    return render_template(
        "procedures/as_run.html",
        found=found,
        steps=[step | _words(step) for step in found["steps"]],
        by=by,
        choices=[
            {"title": title, "url": f"{here}?{urlencode(period | {'theo': name})}", "current": name == by}
            for name, title in BY.items()
        ],
        data_url=f"{here}/du-lieu?{urlencode(period | {'theo': by})}",
        files=[(form.partition(".")[0].upper(), f"{here}.{form}?{urlencode(period)}") for form in FORMATS],
        period=period,
        here=here,
        problem=problem,
    )


@page.get("/thu-tuc/<code:code>/phien-ban/<id:number>/thuc-te/du-lieu")
@requires(SIGNED_IN)
def version_as_run_data(code: str, number: int) -> Response:
    """What the diagram shows: {xml, heat, pills, legend}."""
    caller, by, asked = current_caller(), choice("theo", BY) or "time", _asked(code, number)
    found = as_run(caller, asked, asked_at())
    drawn = {step["id"]: step for step in found["steps"] if step["in_diagram"]}
    heat = {name: value for name, value in heat_of(found, by).items() if name in drawn}
    return jsonify(
        {
            "xml": diagram_of(caller, asked),
            "heat": heat,
            "pills": {name: _pills(step, by) for name, step in drawn.items() if step["dossiers"]},
        }
    )


@page.get("/thu-tuc/<code:code>/phien-ban/<id:number>/thuc-te.<any('xes', 'ocel.json'):form>")
@requires(SIGNED_IN)
def version_event_log(code: str, number: int, form: str) -> Response:
    """The dossiers of the period as an event log."""
    return log_answer(_asked(code, number), form)


def log_answer(asked: Asked, form: str) -> Response:
    """The file, made while it is sent."""
    pieces = event_log(current_caller(), asked, form, asked_at(), request.remote_addr)
    answer = Response(stream_with_context(pieces), mimetype=FORMATS[form])
    name = f"{asked.code}-{asked.number}-{asked.first:%Y%m%d}-{asked.last:%Y%m%d}.{form}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _asked(code: str, number: int) -> Asked:
    usual = _usual(code, number)
    first, last = _day("tu"), _day("den")
    last = last or usual.last
    return Asked(code, number, first or min(usual.first, last), last)


def _usual(code: str, number: int) -> Asked:
    today = asked_at().astimezone(LOCAL).date()
    return Asked(code, number, today - _PERIOD, today)


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(words(name, 10) or "")
    except ValueError:
        return None


def _words(step: Mapping[str, Any]) -> dict[str, str]:
    """The step's figures as people read them; a dash where there is nothing to tell."""
    return {
        "limit_words": limit_words(step["limit"], step["limit_unit"] or "working"),
        "median_words": _length(step["median_seconds"]),
        "slow_words": _length(step["slow_seconds"]),
        "total_words": _length(step["total_seconds"]) if step["total_seconds"] else "–",
        "late_words": _part(step["late"], step["limited"], step["late_share"]),
        "returned_words": _part(step["returned"], step["done"], step["returned_share"]),
    }


def _pills(step: Mapping[str, Any], by: str) -> list[str]:
    """What stands at a step: the figure that is asked for first."""
    time = _length(step["median_seconds"]) if step["done"] else "chưa xong lần nào"
    late = f"trễ {_percent(step['late_share'])}" if step["late"] else ""
    returned = f"trả lại {step['returned']}" if step["returned"] else ""
    waiting = f"đang mở {step['open']}" if step["open"] else ""
    order = {
        "time": (time, late, returned),
        "late": (late or "không trễ", time),
        "returns": (returned or "không trả lại", time),
    }
    return [text for text in (*order[by], waiting) if text]


def _length(seconds: float | None) -> str:
    return "–" if seconds is None else length_words(round(seconds))


def _part(part: int, whole: int, share: float | None) -> str:
    return "–" if share is None else f"{part} / {whole} ({_percent(share)})"


def _percent(share: float) -> str:
    return f"{share * 100:.0f}%" if share == 0 or share * 100 >= 1 else "dưới 1%"
