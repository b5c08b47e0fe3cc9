"""Filters of the inbox that a person keeps under a name, the columns that she sees, and where she goes after acting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from app.access.guard import requires
from app.access.request import current_caller
from app.actions.inbox_settings import (
    AFTER,
    COLUMNS,
    USUAL,
    change_filter,
    choose_settings,
    keep_filter,
    remove_filter,
)
from app.errors import DomainError
from app.rules.permissions import READERS
from app.views.inbox import InboxAsk
from app.views.inbox_settings import ask_of, my_filters, my_settings
from app.web.acting import FormProblem, form_problem, page_context, seen_version
from app.web.asking import choice, words
from app.web.blueprint import page
from app.web.inbox import filter_words
from app.web.list_context import carried_list, first_page, list_address, list_asked, list_query


@page.get("/viec/bo-loc")
@requires(*READERS)
def saved_filters() -> Response:
    """Mine, each with its name, and the one that the address asks for, to be kept."""
    return _page(list_asked(request.args) if request.args else None)


@page.post("/viec/bo-loc")
@requires(*READERS)
def keep_saved_filter() -> BaseResponse:
    """Keep the form's filter under its name, and show what it finds."""
    ask = list_asked(request.form)
    try:
        keep_filter(page_context(), words("name", 200) or "", _filter(ask), "is_start" in request.form)
    except DomainError as error:
        return _page(ask, form_problem(error), {"name": words("name", 200), "is_start": "is_start" in request.form})
    flash("Đã lưu bộ lọc.", "success")
    return redirect(f"/viec?{list_query(ask)}", 303)


@page.post("/viec/bo-loc/<id:filter_id>")
@requires(*READERS)
def change_saved_filter(filter_id: int) -> BaseResponse:
    """Its name, and whether the day begins there."""
    changes = {"name": words("name", 200) or "", "is_start": "is_start" in request.form}
    try:
        change_filter(page_context(), filter_id, seen_version(), changes)
    except DomainError as error:
        if error.code == "not_found":
            raise
        problem = form_problem(error)
        named = tuple((f"name-{filter_id}" if name == "name" else name, text) for name, text in problem.fields)
        return _page(None, replace(problem, fields=named), {"id": str(filter_id), **changes})
    flash("Đã lưu bộ lọc.", "success")
    return redirect("/viec/bo-loc", 303)


@page.post("/viec/bo-loc/<id:filter_id>/xoa")
@requires(*READERS)
def remove_saved_filter(filter_id: int) -> BaseResponse:
    """One that is gone already is gone."""
    try:
        remove_filter(page_context(), filter_id)
    except DomainError as error:
        if error.code != "not_found":
            raise
    flash("Đã xóa bộ lọc.", "success")
    return redirect("/viec/bo-loc", 303)


@page.get("/viec/cach-hien")
@requires(*READERS)
def inbox_settings() -> Response:
    """The columns of the list and where one goes after acting."""
    settings = my_settings(current_caller())
    return _settings(settings.columns, settings.after)


@page.post("/viec/cach-hien")
@requires(*READERS)
def choose_inbox_settings() -> BaseResponse:
    """Keep them as the form has them, or as they were at first."""
    after = choice("after", AFTER) or "next"
    columns = USUAL if "usual" in request.form else _columns()
    try:
        choose_settings(page_context(), columns, "next" if "usual" in request.form else after)
    except DomainError as error:
        return _settings(columns, after, form_problem(error))
    flash("Đã lưu cách hiện danh sách việc.", "success")
    return redirect(_back(), 303)


def _columns() -> tuple[str, ...]:
    """The ticked columns in the order of their numbers; those without one at the end."""
    shown = [name for name in COLUMNS if name in request.form.getlist("shown")]

    def place(name: str) -> int:
        text = request.form.get(f"place-{name}", "").strip()
        return int(text) if text.isascii() and text.isdigit() and len(text) < 3 else 100

    return tuple(sorted(shown, key=place))


def _settings(columns: tuple[str, ...], after: str, problem: FormProblem | None = None) -> Response:
    order = [*columns, *(name for name in COLUMNS if name not in columns)]
    rows = [(name, COLUMNS[name], name in columns, place) for place, name in enumerate(order, 1)]
    text = render_template(
        "inbox/settings.html", rows=rows, after=after, after_titles=AFTER, back=_back(), problem=problem
    )
    return make_response(text, problem.status if problem else 200)


def _back() -> str:
    ask = carried_list()
    return list_address(ask) if ask is not None else "/viec"


def _page(ask: InboxAsk | None, problem: FormProblem | None = None, typed: Mapping[str, Any] | None = None) -> Response:
    caller = current_caller()
    kept = []
    for one in my_filters(caller):
        its = ask_of(one["filter"])
        kept.append({**one, "url": f"/viec?{list_query(its)}", "words": filter_words(caller, its)})
    text = render_template(
        "inbox/saved_filters.html",
        kept=kept,
        asked={"hop": ask.inbox or "cho-toi", **_named(ask)} if ask else None,
        asked_words=filter_words(caller, ask) if ask else (),
        back=list_address(first_page(ask)) if ask else "/viec",
        problem=problem,
        typed=typed or {},
    )
    return make_response(text, problem.status if problem else 200)


def _named(ask: InboxAsk) -> dict[str, str | None]:
    return {"procedure": ask.procedure, "step": ask.step, "due": ask.due, "q": ask.q, "sort": ask.sort}


def _filter(ask: InboxAsk) -> dict[str, str | None]:
    sort = ask.sort if ask.sort != "due_at" else None
    return {"inbox": ask.inbox, **_named(ask), "sort": sort}
