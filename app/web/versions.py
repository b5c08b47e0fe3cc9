"""A procedure's versions for the office that publishes: how each stands, what is otherwise, repealing, moving dossiers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from flask import Response, flash, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from app.access.guard import requires
from app.access.request import current_caller
from app.actions.move_dossiers import MoveDossiers, move_dossiers, preview_moves
from app.actions.moving_versions import FOLLOWED, PERMISSION
from app.actions.repeal_version import RepealVersion, repeal
from app.actions.runner import Outcome, run
from app.actions.undo_move import UndoMove
from app.errors import DomainError
from app.rules.permissions import DESIGNERS, READERS
from app.rules.versions import IN_FORCE, UPCOMING
from app.runtime import asked_at, runtime
from app.schemas.reading import load
from app.schemas.versions import MoveBody, RepealBody, UndoBody
from app.views.procedures import procedure_detail, procedure_list
from app.views.version_check import corrections, timeline
from app.views.versions import version_detail, version_diagram, version_diff, versions_of
from app.web.acting import FormProblem, form_problem, page_context
from app.web.action_fields import typed_in
from app.web.asking import words
from app.web.blueprint import page
from app.web.dossier_words import limit_words

MAY_SEE = (*DESIGNERS, "procedure.review")
PAGE_SIZE = 25
AT_ONCE = 200
"""So many dossiers are looked at and moved with one press of a button."""
MAP = "thay."
"""Fields that say which step of the new diagram an old one is now begin like this."""


@page.get("/thu-tuc")
@requires(*MAY_SEE)
def procedures() -> str:
    """Every procedure, and whether it has a process in force today (ST-26.7)."""
    q, cursor, day = words("q"), words("trang", 400), current_caller().day
    try:
        found = procedure_list(q, cursor, PAGE_SIZE, day=day)
    except DomainError:  # a cursor that somebody has edited
        found = procedure_list(q, None, PAGE_SIZE, day=day)
    more = urlencode({"q": q or "", "trang": found["next"]}) if found["next"] else None
    return render_template("procedures/list.html", found=found, q=q, more=more)


@page.get("/thu-tuc/<code:code>/phien-ban")
@requires(*MAY_SEE)
def versions(code: str) -> Response:
    """The versions of a procedure, the newest first."""
    return _versions_page(code, {})


@page.get("/thu-tuc/<code:code>/phien-ban/<id:number>")
@requires(*MAY_SEE)
def version(code: str, number: int) -> Response:
    """One version, and what it has otherwise than another."""
    return version_page(code, number, {})


@page.get("/thu-tuc/<code:code>/phien-ban/<id:number>/so-do.bpmn")
@requires(*MAY_SEE)
def version_file(code: str, number: int) -> Response:
    """The diagram as it was published."""
    answer = Response(version_diagram(code, number), mimetype="application/xml")
    answer.headers["Content-Disposition"] = f'attachment; filename="{code}-{number}.bpmn"'
    return answer


@page.post("/thu-tuc/<code:code>/phien-ban/<id:number>/bai-bo")
@requires(PERMISSION)
def repeal_version(code: str, number: int) -> BaseResponse:
    """Repeal the version, and show how it stands; or the same page with why not."""
    typed = typed_in(request.form)
    try:
        body = load(RepealBody(), {name: typed.get(name, "") for name in RepealBody().fields})
        repeal(RepealVersion(code, number, **body), page_context())
    except DomainError as error:
        if error.code == "not_found":
            raise
        return version_page(code, number, typed, form_problem(error))
    flash(f"Đã ghi việc bãi bỏ phiên bản số {number}.", "success")
    return redirect(f"/thu-tuc/{code}/phien-ban/{number}", 303)


@page.get("/thu-tuc/<code:code>/phien-ban/<id:number>/bai-bo")
@requires(*MAY_SEE)
def repeal_again(code: str, number: int) -> BaseResponse:
    """The address of a form that was refused, opened anew."""
    return redirect(f"/thu-tuc/{code}/phien-ban/{number}", 303)


@page.get("/thu-tuc/<code:code>/phien-ban/<id:number>/chuyen")
@requires(PERMISSION)
def moving(code: str, number: int) -> Response:
    """Which running dossiers would move to this version, and why the others would not. Nothing is written."""
    return _moving_page(code, number, {})


@page.post("/thu-tuc/<code:code>/phien-ban/<id:number>/chuyen")
@requires(PERMISSION)
def move(code: str, number: int) -> Response:
    """Move the dossiers that were chosen, and show what became of each."""
    chosen = request.form.getlist("dossier")[:AT_ONCE]
    given = {"to": number, "dossiers": chosen, "mapping": _mapping(), "reason": request.form.get("reason", "")}
    try:
        body = load(MoveBody(), given)
        asked = MoveDossiers(
            code, number, body["reason"], codes=tuple(body["dossiers"]), mapping=body["mapping"], most=AT_ONCE
        )
        told = move_dossiers(asked, page_context())
    except DomainError as error:
        if error.code == "not_found":
            raise
        return _moving_page(code, number, typed_in(request.form), form_problem(error))
    results = told["results"]
    done = [result["code"] for result in results if result["status"] == 200]
    text = render_template(
        "procedures/moved.html",
        code=code,
        number=number,
        results=results,
        done=done,
        reads=_reads(),
    )
    return make_response(text)


@page.post("/thu-tuc/<code:code>/phien-ban/hoan-tac")
@requires(PERMISSION)
def undo_moves(code: str) -> BaseResponse:
    """Put dossiers back under the version from which they were moved."""
    typed = typed_in(request.form)
    chosen = [name for name in request.form.getlist("dossier") if name.strip()][:AT_ONCE]
    try:
        body = load(UndoBody(), {"reason": typed.get("reason", "")})
        if not chosen:
            raise DomainError("invalid", "Hãy ghi mã hồ sơ.", errors={"dossier": ["Phải ghi mã hồ sơ."]})
    except DomainError as error:
        return _versions_page(code, typed, form_problem(error))
    done, refused = [], []
    for name in chosen:
        try:
            # Without the form's key: what was undone once is not undone again anyway.
            run(UndoMove(name.strip(), body["reason"]), replace(page_context(), key=None), _told)
            done.append(name)
        except DomainError as error:
            refused.append(f"{name}: {error.detail}")
    if done:
        flash(f"Đã hoàn tác: {', '.join(done)}.", "success")
    for told in refused:
        flash(told, "danger")
    return redirect(f"/thu-tuc/{code}/phien-ban", 303)


@page.get("/thu-tuc/<code:code>/phien-ban/hoan-tac")
@requires(*MAY_SEE)
def undo_again(code: str) -> BaseResponse:
    """The address of a form that was refused, opened anew."""
    return redirect(f"/thu-tuc/{code}/phien-ban", 303)


def _told(outcome: Outcome) -> dict[str, Any]:
    return dict(outcome.extra)


def _versions_page(code: str, typed: Mapping[str, str], problem: FormProblem | None = None) -> Response:
    profile, now = runtime().settings.profile, asked_at()
    text = render_template(
        "procedures/versions.html",
        procedure=procedure_detail(code, current_caller().day),
        found=versions_of(code, profile, now)["data"],
        parts=timeline(code),
        deploys=current_caller().may(PERMISSION),
        designs=any(current_caller().may(name) for name in DESIGNERS),
        typed=typed,
        problem=problem,
    )
    return make_response(text, problem.status if problem else 200)


def version_page(code: str, number: int, typed: Mapping[str, str], problem: FormProblem | None = None) -> Response:
    """One version as a page, with what was typed and what is wrong with it."""
    profile, now = runtime().settings.profile, asked_at()
    found = version_detail(code, number, profile, now)
    others = [row["version"] for row in versions_of(code, profile, now)["data"] if row["version"] != number]
    against = _number("so-voi")
    diff = version_diff(code, number, against if against in others else None) if others else None
    text = render_template(
        "procedures/version.html",
        code=code,
        found=found | {"steps": [worded_step(step) for step in found["steps"]]},
        others=others,
        diff=diff,
        moves=current_caller().may(PERMISSION) and found["state"] in FOLLOWED and bool(others),
        repeals=current_caller().may(PERMISSION) and not found["repeal"] and found["state"] in (IN_FORCE, UPCOMING),
        corrects=corrections(code, number, now) if current_caller().may(PERMISSION) else None,
        typed=typed,
        problem=problem,
    )
    return make_response(text, problem.status if problem else 200)


def worded_step(step: Mapping[str, Any]) -> dict[str, Any]:
    """A step with its limit in words; one that a list gives is as it is drawn."""
    limit = step.get("limit")
    told = str(limit) if (limit or "").startswith("=") else limit_words(limit, step.get("limit_unit", "working"))
    return {**step, "limit_words": told}


def _moving_page(code: str, number: int, typed: Mapping[str, str], problem: FormProblem | None = None) -> Response:
    profile, now = runtime().settings.profile, asked_at()
    to = version_detail(code, number, profile, now)
    rows = [row for row in versions_of(code, profile, now)["data"] if row["version"] != number]
    numbers = [row["version"] for row in rows if row["running"]]
    before = _number("tu") if _number("tu") in numbers else (numbers[0] if len(numbers) == 1 else None)
    foreseen: dict[str, Any] | None = None
    mapping = _mapping()
    try:
        asked = MoveDossiers(code, number, from_version=before, mapping=mapping, most=AT_ONCE)
        foreseen = preview_moves(asked, page_context())
    except DomainError as error:
        if error.code == "not_found":
            raise
        problem = problem or form_problem(error)
    text = render_template(
        "procedures/moving.html",
        code=code,
        to=to,
        rows=rows,
        before=before,
        pairs=_pairs(code, before, to) if before is not None else ([], []),
        mapping=mapping,
        prefix=MAP,
        foreseen=foreseen,
        typed=typed,
        problem=problem,
        reads=_reads(),
    )
    return make_response(text, problem.status if problem else 200)


def _pairs(code: str, before: int, to: Mapping[str, Any]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The steps that only the old diagram has, and those that only the new one has."""
    old = version_detail(code, before, runtime().settings.profile, asked_at())["steps"]
    kept = {step["id"] for step in old} & {step["id"] for step in to["steps"]}
    gone, fresh = ([step for step in steps if step["id"] not in kept] for steps in (old, to["steps"]))
    return (gone, fresh) if gone and fresh else ([], [])


def _mapping() -> dict[str, str]:
    return {
        name.removeprefix(MAP): value
        for name, value in request.values.items()
        if name.startswith(MAP) and value and len(name) < 200
    }


def _number(name: str) -> int | None:
    text = request.values.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _reads() -> bool:
    return any(current_caller().may(name) for name in READERS)
