"""An official's notices: the bell's number, the list by day, and on her account's page how she wants them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from flask import Response, flash, g, make_response, redirect, render_template, request, url_for
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response as BaseResponse

from app.access.guard import SIGNED_IN, requires
from app.access.request import current_caller
from app.actions.my_notices import choose, open_notice, read_notices, send_trial
from app.errors import DomainError
from app.rules.notices import DIGEST, EVENTS, NOW, OFF, WAYS
from app.runtime import asked_at
from app.views.notices import NoticeAsk, bell, notice_list, path_of
from app.web.asking import words
from app.web.blueprint import page
from app.wording import LOCAL

PAGE_SIZE = 50
MODE_WORDS = {NOW: "Ngay", DIGEST: "Trong thư đầu ngày", OFF: "Không"}
ON_SCREEN = {NOW: "Có", OFF: "Không"}
_SHOWN_BELL = "shown_bell"


@page.get("/thong-bao-cua-toi")
@requires(SIGNED_IN)
def notices() -> str:
    """New steps, then what is unread and what was read, by day; `trang` is where the page begins."""
    caller, now = current_caller(), asked_at()
    cursor = words("trang", 400)
    try:
        found = notice_list(caller, NoticeAsk(PAGE_SIZE, cursor), now)
    except DomainError:  # an address that somebody has edited
        cursor = None
        found = notice_list(caller, NoticeAsk(PAGE_SIZE), now)
    unread = [one for one in found["data"] if one["read_at"] is None]
    read = [one for one in found["data"] if one["read_at"] is not None]
    return render_template(
        "notices/list.html",
        found=found,
        parts=[("Chưa đọc", _by_day(unread)), ("Đã đọc", _by_day(read))],
        unread=len(unread),
        first=cursor is None,
        today=now.astimezone(LOCAL).date(),
        next_url=f"{url_for('web.notices')}?{urlencode({'trang': found['next']})}" if found["next"] else None,
    )


@page.get("/thong-bao-cua-toi/so")
@requires(SIGNED_IN)
def notice_count() -> Response:
    """What stands on the bell, for a page that is open for long; 304 while it has not changed."""
    response = make_response(render_template("notices/bell.html", bell=bell(current_caller())))
    response.headers["Cache-Control"] = "private, no-cache"
    response.add_etag()
    response.make_conditional(request)
    return response


@page.get("/thong-bao-cua-toi/<id:notice_id>")
@requires(SIGNED_IN)
def notice(notice_id: int) -> BaseResponse:
    """Leads to what a notice is about; from then on it is read."""
    return redirect(path_of(open_notice(current_caller(), notice_id, asked_at())), 303)


@page.post("/thong-bao-cua-toi/da-doc")
@requires(SIGNED_IN)
def notices_read() -> BaseResponse:
    """Everything is read."""
    read_notices(current_caller(), None, asked_at())
    flash("Đã đánh dấu đã đọc tất cả.", "success")
    return redirect(url_for("web.notices"), 303)


@page.post("/toi/thong-bao")
@requires(SIGNED_IN)
def choose_notices() -> BaseResponse:
    """Keep the switches as the form has them."""
    given = {
        (event, way): request.form[f"{event}-{way}"]
        for event in EVENTS
        for way in WAYS
        if f"{event}-{way}" in request.form
    }
    try:
        choose(current_caller(), given)
    except DomainError as error:
        flash(error.detail, "error")
    else:
        flash("Đã lưu cách nhận thông báo.", "success")
    return redirect(f"{url_for('web.me')}#thong-bao", 303)


@page.post("/toi/thong-bao/gui-thu")
@requires(SIGNED_IN)
def try_notices() -> BaseResponse:
    """One notice and one mail to herself."""
    try:
        address = send_trial(current_caller(), asked_at())
    except DomainError as error:
        texts = [text for texts in (error.errors or {}).values() for text in texts]
        flash(" ".join(texts) or error.detail, "error")
    else:
        flash(f"Đã gửi thử: một thông báo trên chuông và một thư đến {address}.", "success")
    return redirect(f"{url_for('web.me')}#thong-bao", 303)


def shown_bell() -> Mapping[str, Any] | None:
    """The number for the frame of every page, asked once a request; None where it cannot be had just now."""
    if _SHOWN_BELL not in g:
        try:
            g.shown_bell = bell(current_caller())
        except (DomainError, SQLAlchemyError):
            g.shown_bell = None
    found: Mapping[str, Any] | None = g.shown_bell
    return found


def _by_day(found: Sequence[Mapping[str, Any]]) -> list[tuple[Any, list[Mapping[str, Any]]]]:
    def day_of(one: Mapping[str, Any]) -> Any:
        return one["created_at"].astimezone(LOCAL).date()

    return [(day, list(group)) for day, group in groupby(found, day_of)]
