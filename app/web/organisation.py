"""Agencies, units and positions, over time and copied from another agency (QT-27.5, HT-4.2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import flash, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from app.access.guard import requires
from app.access.request import current_caller
from app.actions.keep_agencies import CloseAgency, CreateAgency, EditAgency, close_agency, create_agency, edit_agency
from app.actions.keep_units import (
    KINDS,
    Close,
    CreatePosition,
    CreateUnit,
    Edit,
    close_position,
    close_unit,
    create_position,
    create_unit,
    edit_position,
    edit_unit,
)
from app.errors import DomainError
from app.rules.administration import ADMINISTRATORS, EVERYWHERE
from app.schemas.fields import Schema
from app.schemas.organisation import (
    AgencyBody,
    AgencyEditBody,
    ClosingBody,
    PositionBody,
    PositionClosingBody,
    PositionEditBody,
    UnitBody,
    UnitClosingBody,
    UnitEditBody,
)
from app.schemas.reading import load
from app.views.organisation import (
    LEVELS,
    agency_detail,
    agency_tree,
    calendars,
    position_detail,
    unit_detail,
)
from app.web.acting import FormProblem, form_problem, page_context, seen_version
from app.web.asking import words
from app.web.blueprint import page

_LONGEST = 2000
HOME = "/quan-tri/co-quan"
AGENCY_FIELDS = ("identifier", "name", "level", "parent", "calendar", "desk_calendar", "valid_from")


@page.get("/quan-tri/co-quan")
@requires(*ADMINISTRATORS)
def agencies() -> str:
    """Every agency below the one above it; `q` finds some, `dong` shows closed ones too."""
    caller = current_caller()
    asked, closed = words("q"), request.args.get("dong") == "1"
    found = agency_tree(caller, caller.day, asked, closed=closed)
    return render_template(
        "administration/agencies.html",
        found=found,
        asked=asked,
        closed=closed,
        adds=caller.may(EVERYWHERE),
        own=next((one for one in found if one["manages"]), None),
    )


@page.get("/quan-tri/co-quan/moi")
@requires(EVERYWHERE)
def new_agency() -> BaseResponse:
    return _agency_form(None, {})


@page.post("/quan-tri/co-quan/moi")
@requires(EVERYWHERE)
def add_agency() -> BaseResponse:
    """Make it and go on to its units and positions; or the same form with what is wrong."""
    typed = typed_fields("code", *AGENCY_FIELDS)
    try:
        body = load(AgencyBody(), _filled(typed, "parent", "calendar", "desk_calendar"))
        code = create_agency(CreateAgency(**body), page_context())
    except DomainError as error:
        return _agency_form(None, typed, form_problem(error))
    flash(f"Đã lập {body['name']}. Tiếp theo: sao chép đơn vị, vị trí từ cơ quan tương tự.", "success")
    return redirect(f"{HOME}/{code}", 303)


@page.get("/quan-tri/co-quan/<code:code>")
@requires(*ADMINISTRATORS)
def agency(code: str) -> BaseResponse:
    return _agency_page(code)


@page.get("/quan-tri/co-quan/<code:code>/sua")
@requires(EVERYWHERE)
def agency_form(code: str) -> BaseResponse:
    caller = current_caller()
    return _agency_form(agency_detail(caller, code, caller.day), {})


@page.post("/quan-tri/co-quan/<code:code>/sua")
@requires(EVERYWHERE)
def change_agency(code: str) -> BaseResponse:
    caller = current_caller()
    found = agency_detail(caller, code, caller.day)
    typed = typed_fields(*AGENCY_FIELDS, "named_from")
    try:
        values = load(AgencyEditBody(), _filled(typed, "parent", "desk_calendar", dropped=("named_from",)))
        named_from = values.pop("named_from", None)
        edit_agency(EditAgency(code, values, seen_version(), named_from), page_context())
    except DomainError as error:
        return _agency_form(found, typed, form_problem(error))
    flash("Đã sửa cơ quan.", "success")
    return redirect(f"{HOME}/{code}", 303)


@page.post("/quan-tri/co-quan/<code:code>/dong")
@requires(EVERYWHERE)
def shut_agency(code: str) -> BaseResponse:
    def do(values: dict[str, Any]) -> None:
        close_agency(CloseAgency(code, values["last_day"], seen_version()), page_context())

    return _closed(ClosingBody(), do, lambda typed, problem: _agency_page(code, typed, problem), f"{HOME}/{code}")


@page.get("/quan-tri/co-quan/<code:code>/don-vi/moi")
@requires(*ADMINISTRATORS)
def new_unit(code: str) -> BaseResponse:
    return _new_unit(code, {})


@page.post("/quan-tri/co-quan/<code:code>/don-vi/moi")
@requires(*ADMINISTRATORS)
def add_unit(code: str) -> BaseResponse:
    typed = typed_fields("code", "name", "kind")
    try:
        create_unit(CreateUnit(**load(UnitBody(), {**typed, "agency": code})), page_context())
    except DomainError as error:
        return _new_unit(code, typed, form_problem(error))
    flash(f"Đã lập {typed['name']}.", "success")
    return redirect(f"{HOME}/{code}", 303)


@page.get("/quan-tri/co-quan/<code:code>/don-vi/<code:unit>")
@requires(*ADMINISTRATORS)
def unit(code: str, unit: str) -> BaseResponse:
    return _unit_page(code, unit, {})


@page.post("/quan-tri/co-quan/<code:code>/don-vi/<code:unit>")
@requires(*ADMINISTRATORS)
def change_unit(code: str, unit: str) -> BaseResponse:
    typed = typed_fields("name", "kind")
    try:
        edit_unit(Edit(code, unit, load(UnitEditBody(), typed), seen_version()), page_context())
    except DomainError as error:
        return _unit_page(code, unit, typed, form_problem(error))
    flash("Đã sửa đơn vị.", "success")
    return redirect(f"{HOME}/{code}", 303)


@page.post("/quan-tri/co-quan/<code:code>/don-vi/<code:unit>/dong")
@requires(*ADMINISTRATORS)
def shut_unit(code: str, unit: str) -> BaseResponse:
    def do(values: dict[str, Any]) -> None:
        close_unit(Close(code, unit, values["last_day"], seen_version()), page_context())

    return _closed(
        UnitClosingBody(),
        do,
        lambda typed, problem: _unit_page(code, unit, typed, problem),
        f"{HOME}/{code}/don-vi/{unit}",
    )


@page.get("/quan-tri/co-quan/<code:code>/vi-tri/moi")
@requires(*ADMINISTRATORS)
def new_position(code: str) -> BaseResponse:
    return _new_position(code, {"unit": words("don-vi") or ""})


@page.post("/quan-tri/co-quan/<code:code>/vi-tri/moi")
@requires(*ADMINISTRATORS)
def add_position(code: str) -> BaseResponse:
    typed = typed_fields("code", "name", "unit", "head")
    try:
        body = load(PositionBody(), {**typed, "agency": code, "head": bool(typed["head"])})
        create_position(CreatePosition(**body), page_context())
    except DomainError as error:
        return _new_position(code, typed, form_problem(error))
    flash(f"Đã lập vị trí {typed['name']}.", "success")
    return redirect(f"{HOME}/{code}/vi-tri/{body['code']}", 303)


@page.get("/quan-tri/co-quan/<code:code>/vi-tri/<code:position>")
@requires(*ADMINISTRATORS)
def position(code: str, position: str) -> BaseResponse:
    """Who held it when, which diagrams need it; the forms that change and close it."""
    return _position_page(code, position, {})


@page.post("/quan-tri/co-quan/<code:code>/vi-tri/<code:position>")
@requires(*ADMINISTRATORS)
def change_position(code: str, position: str) -> BaseResponse:
    typed = typed_fields("name", "unit", "head")
    try:
        values = load(PositionEditBody(), {**typed, "head": bool(typed["head"])})
        edit_position(Edit(code, position, values, seen_version()), page_context())
    except DomainError as error:
        return _position_page(code, position, typed, form_problem(error))
    flash("Đã sửa vị trí.", "success")
    return redirect(f"{HOME}/{code}/vi-tri/{position}", 303)


@page.post("/quan-tri/co-quan/<code:code>/vi-tri/<code:position>/dong")
@requires(*ADMINISTRATORS)
def shut_position(code: str, position: str) -> BaseResponse:
    def do(values: dict[str, Any]) -> None:
        close_position(Close(code, position, values["last_day"], seen_version(), values["known"]), page_context())

    return _closed(
        PositionClosingBody(),
        do,
        lambda typed, problem: _position_page(code, position, typed, problem),
        f"{HOME}/{code}/vi-tri/{position}",
    )


# What is asked and shown -------------------------------------------------------------------------------------------------


def typed_fields(*names: str) -> dict[str, str]:
    """What stood in these fields of the form."""
    return {name: request.form.get(name, "")[:_LONGEST] for name in names}


def _filled(typed: Mapping[str, str], *nullable: str, dropped: tuple[str, ...] = ()) -> dict[str, Any]:
    """The typed fields for a schema: an empty one of `nullable` is none, of `dropped` was not asked."""
    return {
        name: (None if name in nullable and not value.strip() else value)
        for name, value in typed.items()
        if value.strip() or name not in dropped
    }


def _closed(
    schema: Schema,
    do: Callable[[dict[str, Any]], None],
    again: Callable[[dict[str, str], FormProblem], BaseResponse],
    home: str,
) -> BaseResponse:
    typed = typed_fields("last_day", "known", "reopen")
    sent: dict[str, Any] = {"last_day": None if typed["reopen"] else typed["last_day"]}
    if "known" in schema.fields:
        sent["known"] = bool(typed["known"])
    try:
        do(load(schema, sent))
    except DomainError as error:
        if error.code == "not_found":
            raise
        return again(typed, form_problem(error))
    flash("Đã mở lại." if typed["reopen"] else "Đã ghi ngày cuối.", "success")
    return redirect(home, 303)


def _answer(template: str, problem: FormProblem | None, **shown: Any) -> BaseResponse:
    text = render_template(f"administration/{template}.html", problem=problem, **shown)
    return make_response(text, problem.status if problem else 200)


def _agency_page(code: str, typed: Mapping[str, str] | None = None, problem: FormProblem | None = None) -> BaseResponse:
    caller = current_caller()
    found = agency_detail(caller, code, caller.day)
    return _answer("agency", problem, found=found, typed=typed or {}, today=caller.day.isoformat())


def _agency_form(
    found: Mapping[str, Any] | None, typed: Mapping[str, str], problem: FormProblem | None = None
) -> BaseResponse:
    caller = current_caller()
    others = [one for one in agency_tree(caller, caller.day) if found is None or one["code"] != found["code"]]
    return _answer(
        "agency_form",
        problem,
        found=found,
        typed=typed or {name: found[name] for name in AGENCY_FIELDS} if found else typed,
        levels=list(LEVELS.items()),
        parents=[(one["code"], "— " * one["depth"] + one["name"]) for one in others],
        calendars=calendars(),
        today=caller.day.isoformat(),
    )


def _new_unit(code: str, typed: Mapping[str, str], problem: FormProblem | None = None) -> BaseResponse:
    caller = current_caller()
    found = agency_detail(caller, code, caller.day)
    return _answer("unit_form", problem, agency=found, typed=typed, kinds=list(KINDS.items()))


def _unit_page(code: str, unit: str, typed: Mapping[str, str], problem: FormProblem | None = None) -> BaseResponse:
    caller = current_caller()
    found = unit_detail(caller, code, unit, caller.day)
    return _answer(
        "unit",
        problem,
        found=found,
        typed={"name": found["name"], "kind": found["kind"]} | dict(typed),
        kinds=list(KINDS.items()),
        today=caller.day.isoformat(),
    )


def _new_position(code: str, typed: Mapping[str, str], problem: FormProblem | None = None) -> BaseResponse:
    caller = current_caller()
    found = agency_detail(caller, code, caller.day)
    units = [(one["code"], one["name"]) for one in found["units"] if one["open"]]
    return _answer("position_form", problem, agency=found, typed=typed, units=units)


def _position_page(
    code: str, position: str, typed: Mapping[str, str], problem: FormProblem | None = None
) -> BaseResponse:
    caller = current_caller()
    found = position_detail(caller, code, position, caller.day)
    as_is = {"name": found["name"], "unit": found["unit"], "head": "true" if found["head"] else ""}
    return _answer(
        "position",
        problem,
        found=found,
        typed=as_is | dict(typed),
        today=caller.day.isoformat(),
    )
