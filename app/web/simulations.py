"""A draft or a version under load: asking for a simulation, its progress, what came of it, several side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import Response, flash, jsonify, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from app.access.guard import requires
from app.actions.simulate import (
    ask_for_draft,
    ask_for_version,
    cancel_simulation,
    delete_simulation,
    retry_simulation,
)
from app.errors import DomainError, invalid
from app.rules.permissions import DESIGNERS
from app.runtime import asked_at, runtime
from app.simulation.plan import LoadPlan, Stream
from app.store.simulations import SimulationRow
from app.views.diagram_drafts import draft_of
from app.views.sheet_files import XLSX
from app.views.simulation_words import KINDS, PRIORITIES
from app.views.simulations import (
    MOST_COMPARED,
    compared,
    drawing_of,
    proposal,
    result_book,
    result_csv,
    run_of,
    runs_of,
    summary,
)
from app.views.versions import version_detail
from app.web.acting import FormProblem, form_problem, page_context
from app.web.asking import ids
from app.web.blueprint import drawing, page
from app.web.load_figures import compared_figures, run_figures
from app.web.load_form import UNITS, WEEKDAYS, fields_of, plan_of
from app.web.workbench_frame import framed

_DRAFT, _VERSION = "/thiet-ke/<id:draft_id>/mo-phong", "/thu-tuc/<code:code>/phien-ban/<id:number>/mo-phong"


@dataclass(frozen=True, slots=True)
class Home:
    """Whose simulations a page is about: a draft's or a version's."""

    draft_id: int | None
    code: str | None
    number: int | None

    @property
    def address(self) -> str:
        if self.draft_id is not None:
            return f"/thiet-ke/{self.draft_id}/mo-phong"
        return f"/thu-tuc/{self.code}/phien-ban/{self.number}/mo-phong"

    def run(self, run_id: int) -> SimulationRow:
        return run_of(run_id, self.draft_id, self.code, self.number)

    def shown(self, template: str, **more: Any) -> str:
        """The page inside its frame. Errors: DomainError not_found."""
        told = {"address": self.address, "is_draft": self.draft_id is not None, **more}
        if self.draft_id is not None:
            return framed(template, draft_of(self.draft_id), "mo-phong", frame="workbench/frame.html", **told)
        version = version_detail(self.code or "", self.number or 0, runtime().settings.profile, asked_at())
        return render_template(
            template, frame="workbench/simulation_version.html", version=version, code=self.code, **told
        )


def _home(draft_id: int | None = None, code: str | None = None, number: int | None = None) -> Home:
    return Home(draft_id, code, number)


@page.get(_DRAFT)
@page.get(_VERSION)
@requires(*DESIGNERS)
def simulations(**whose: Any) -> Response:
    """The runs so far, and the form for another; with `tu` beginning from a run, with `that` from real times."""
    return _list_page(_home(**whose), {})


@page.post(_DRAFT)
@page.post(_VERSION)
@requires(*DESIGNERS)
def ask_simulation(**whose: Any) -> BaseResponse:
    """Begin a run of the plan that was filled in."""
    home, typed = _home(**whose), request.form.to_dict()
    copied = _number(typed.get("copied_from"))
    try:
        asked = _proposal(home, copied)
        plan, label = plan_of(typed, asked)
        run_id = _begin(home, plan, label, copied, _number(typed.get("revision")))
    except DomainError as error:
        if error.code == "not_found":
            raise
        return _list_page(home, typed, form_problem(error))
    return redirect(f"{home.address}/{run_id}", 303)


def _begin(home: Home, plan: LoadPlan, label: str, copied: int | None, revision: int | None = None) -> int:
    context, profile = page_context(), runtime().settings.profile
    if home.draft_id is not None:
        return ask_for_draft(context, home.draft_id, revision, plan, label, profile, copied)
    return ask_for_version(context, home.code or "", home.number or 0, plan, label, profile, copied)


@page.get(f"{_DRAFT}/<id:run_id>")
@page.get(f"{_VERSION}/<id:run_id>")
@requires(*DESIGNERS)
@drawing
def simulation(run_id: int, **whose: Any) -> str:
    """How far a run is, or what came of it."""
    home = _home(**whose)
    row = home.run(run_id)
    others = [one for one in runs_of(home.draft_id, home.code, home.number) if one["late_share"] is not None]
    figures = run_figures(row) if row.result is not None else None
    return home.shown("workbench/simulation_run.html", run=summary(row), found=figures, others=others)


@page.get(f"{_DRAFT}/<id:run_id>/tien-do")
@page.get(f"{_VERSION}/<id:run_id>/tien-do")
@requires(*DESIGNERS)
def simulation_progress(run_id: int, **whose: Any) -> Response:
    """The part of the page that says how far it is; the page loads itself anew once there is a result."""
    home = _home(**whose)
    run = summary(home.run(run_id))
    answer = make_response(render_template("workbench/simulation_progress.html", run=run, address=home.address))
    if not run["going"]:
        answer.headers["HX-Refresh"] = "true"
    return answer


@page.get(f"{_DRAFT}/<id:run_id>/so-do")
@page.get(f"{_VERSION}/<id:run_id>/so-do")
@requires(*DESIGNERS)
def simulation_drawing(run_id: int, **whose: Any) -> Response:
    """What the diagram shows: {xml, heat, pills, legend, focus}."""
    return jsonify(drawing_of(_home(**whose).run(run_id)))


@page.get(f"{_DRAFT}/<id:run_id>/ket-qua.<any(xlsx, csv):form>")
@page.get(f"{_VERSION}/<id:run_id>/ket-qua.<any(xlsx, csv):form>")
@requires(*DESIGNERS)
def simulation_file(run_id: int, form: str, **whose: Any) -> Response:
    """All figures as a workbook, or the steps as CSV."""
    row = _home(**whose).run(run_id)
    response = make_response(result_book(row) if form == "xlsx" else result_csv(row))
    response.mimetype = XLSX if form == "xlsx" else "text/csv"
    response.headers["Content-Disposition"] = f'attachment; filename="mo-phong-{run_id}.{form}"'
    return response


@page.post(f"{_DRAFT}/<id:run_id>/<any(dung, lai, xoa):what>")
@page.post(f"{_VERSION}/<id:run_id>/<any(dung, lai, xoa):what>")
@requires(*DESIGNERS)
def change_simulation(run_id: int, what: str, **whose: Any) -> BaseResponse:
    """Break a run off, begin it again, throw it away."""
    home = _home(**whose)
    home.run(run_id)
    act, told, back = {
        "dung": (cancel_simulation, "Đã dừng mô phỏng; kết quả dở dang không được giữ.", f"{home.address}/{run_id}"),
        "lai": (retry_simulation, "Mô phỏng được chạy lại từ đầu.", f"{home.address}/{run_id}"),
        "xoa": (delete_simulation, "Đã xóa lần mô phỏng.", home.address),
    }[what]
    try:
        act(page_context(), run_id)
        flash(told, "done")
    except DomainError as error:
        if error.code not in ("wrong_state", "too_many_requests"):  # it has just ended: the page says how
            raise
        flash(error.detail, "error")
    return redirect(back, 303)


@page.post(f"{_DRAFT}/<id:run_id>/phuong-an")
@page.post(f"{_VERSION}/<id:run_id>/phuong-an")
@requires(*DESIGNERS)
def what_if(run_id: int, **whose: Any) -> BaseResponse:
    """The same with one thing otherwise: people at a position, how many dossiers come, another state of the draft."""
    home = _home(**whose)
    row = home.run(run_id)
    try:
        plan, label = _otherwise(LoadPlan.from_dict(row.plan), request.form)
        new = _begin(home, plan, label, run_id, _number(request.form.get("revision")) or row.revision)
    except DomainError as error:
        if error.code == "not_found":
            raise
        wrong = error.errors or {}
        flash(" ".join([error.detail, *(str(text) for texts in wrong.values() for text in texts)]), "error")
        return redirect(f"{home.address}/{run_id}", 303)
    return redirect(f"{home.address}/{new}", 303)


def _otherwise(plan: LoadPlan, typed: Mapping[str, str]) -> tuple[LoadPlan, str]:
    told = []
    agency, _, position = typed.get("place", "").partition("|")
    more = _whole(typed.get("more"), -50, 50, "more")
    if position and more:
        number = max(0, plan.number_at((agency, position)) + more)
        plan = replace(plan.staffed((agency, position), number), unlimited=plan.unlimited)
        told.append(f"{more:+d} người")
    change = _whole(typed.get("arrivals"), -95, 900, "arrivals")
    if change:
        times = 1 + change / 100
        plan = replace(plan, streams=tuple(Stream(one.agency, round(one.per_week * times, 2)) for one in plan.streams))
        told.append(f"{change:+d}% hồ sơ")
    if typed.get("revision"):
        told.append(f"lần lưu {typed['revision'][:9]}")
    return plan, ", ".join(told).replace("-", "−")[:100] or "Phương án"


def _whole(text: str | None, least: int, most: int, name: str) -> int:
    if not text or not text.strip():
        return 0
    try:
        found = int(text.strip().replace("−", "-")[:6])
    except ValueError:
        found = most + 1
    if not least <= found <= most:
        raise invalid({name: [f"Phải là số nguyên từ {least} đến {most}."]})
    return found


@page.get(f"{_DRAFT}/so-sanh")
@page.get(f"{_VERSION}/so-sanh")
@requires(*DESIGNERS)
def compare_simulations(**whose: Any) -> Response:
    """Two or three runs in one table; `cac`: their numbers, with commas or again and again."""
    home = _home(**whose)
    chosen = [one for part in request.args.get("cac", "").split(",") if (one := _number(part)) is not None]
    chosen = chosen if len(chosen) > 1 else ids("cac", MOST_COMPARED + 1)
    try:
        rows, sentences, names = compared(chosen)
    except DomainError as error:
        if error.code == "not_found":
            raise
        return _list_page(home, {}, form_problem(error))
    return make_response(
        home.shown(
            "workbench/simulation_compare.html",
            runs=[summary(row) for row in rows],
            sentences=sentences,
            found=compared_figures(rows, names),
        )
    )


def _list_page(home: Home, typed: Mapping[str, str], problem: FormProblem | None = None) -> Response:
    copied = _number(typed.get("copied_from")) or _number(request.args.get("tu"))
    fields, offered, wrong = None, None, problem
    try:
        offered = _proposal(home, copied)
        fields = fields_of(offered)
    except DomainError as error:
        if error.code != "diagram_rejected":
            raise
        wrong = problem or form_problem(error)
    text = home.shown(
        "workbench/simulations.html",
        runs=runs_of(home.draft_id, home.code, home.number),
        fields=fields,
        offered=offered,
        typed=typed,
        problem=wrong,
        kinds=KINDS,
        priorities=PRIORITIES,
        units=UNITS,
        weekdays=WEEKDAYS,
        copied=copied,
    )
    return make_response(text, problem.status if problem else 200)


def _proposal(home: Home, copied: int | None) -> Any:
    real_times = request.values.get("that") == "1"
    return proposal(
        home.draft_id,
        home.code,
        home.number,
        runtime().settings.profile,
        asked_at(),
        copied=copied,
        real_times=real_times,
    )


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None
