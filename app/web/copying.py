"""Units and positions copied from one agency to others: chosen, looked at, done in one go (QT-22.4)."""

from __future__ import annotations

from flask import flash, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from app.access.guard import requires
from app.access.request import current_caller
from app.actions.copy_positions import MOST_TARGETS, CopyPositions, Source, copy_positions, preview, source_of
from app.errors import DomainError
from app.rules.administration import ADMINISTRATORS
from app.store.transaction import reading
from app.views.organisation import LEVELS, agency_tree
from app.web.acting import FormProblem, form_problem, page_context
from app.web.asking import words
from app.web.blueprint import page
from app.wording import clean_line

HOME = "/quan-tri/co-quan/sao-chep"


@page.get("/quan-tri/co-quan/sao-chep")
@requires(*ADMINISTRATORS)
def copy_form() -> BaseResponse:
    """From where (`tu`), what (`vi-tri`) and to whom (`den`); with `xem` what would be made."""
    return _page()


@page.post("/quan-tri/co-quan/sao-chep")
@requires(*ADMINISTRATORS)
def copy() -> BaseResponse:
    """Make what was looked at; or the same page with why not."""
    command = _command()
    try:
        made = copy_positions(command, page_context())["agencies"]
    except DomainError as error:
        return _page(form_problem(error))
    units, positions = (sum(one[what] for one in made) for what in ("units", "positions"))
    flash(f"Đã thêm {units} đơn vị, {positions} vị trí ở {len(made)} cơ quan; cái đã có giữ nguyên.", "success")
    home = f"/quan-tri/co-quan/{command.targets[0]}" if len(made) == 1 else "/quan-tri/co-quan"
    return redirect(home, 303)


def _command() -> CopyPositions:
    chosen = request.values.getlist("vi-tri")
    targets = tuple(dict.fromkeys(clean_line(code)[:64] for code in request.values.getlist("den")))[: MOST_TARGETS + 1]
    return CopyPositions(words("tu", 64) or "", targets, frozenset(chosen) if chosen else None)


def _page(problem: FormProblem | None = None) -> BaseResponse:
    caller, command = current_caller(), _command()
    agencies = agency_tree(caller, caller.day)
    source: Source | None = None
    seen = []
    with reading() as connection:
        try:
            source = source_of(connection, caller, command.source, caller.day) if command.source else None
            if problem is None and source is not None and request.values.get("xem"):
                seen = preview(connection, caller, command, caller.day)
        except DomainError as error:
            problem = form_problem(error)
    text = render_template(
        "administration/copying.html",
        sources=[(one["code"], f"{one['name']} ({one['positions']} vị trí)") for one in agencies],
        groups=[
            (LEVELS[level], [one for one in agencies if one["level"] == level and one["manages"]]) for level in LEVELS
        ],
        command=command,
        source=source,
        units={one.id: one for one in source.units} if source else {},
        seen=seen,
        makes=any(one.units or one.positions for one in seen),
        problem=problem,
    )
    return make_response(text, problem.status if problem else 200)
