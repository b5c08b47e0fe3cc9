"""Messages for whoever looks after them: what was not sent, one in full, the calls to make, the outbox of a demonstration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from flask import Response, abort, flash, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from app.access.guard import requires
from app.access.request import current_caller
from app.actions.settle_delivery import (
    DESK,
    MANAGE,
    CallMade,
    CancelDelivery,
    DeliveryCommand,
    RetryDelivery,
    retry_many,
    settle,
)
from app.errors import DomainError
from app.messages.handing import is_real
from app.messages.writing import EVENTS
from app.runtime import runtime
from app.schemas.messages import CalledBody, CancelBody, RetryBody
from app.schemas.reading import load
from app.store.deliveries import CHANNELS as SENT_BY
from app.views.deliveries import (
    CHANNELS,
    STATES,
    DeliveryAsk,
    calls_to_make,
    delivery_detail,
    delivery_list,
    kept_messages,
    settled_view,
)
from app.web.acting import FormProblem, form_problem, page_context
from app.web.asking import choice, ids, words
from app.web.blueprint import page

PAGE_SIZE = 25
MOST_AT_ONCE = 100
ALL = "tat-ca"
ACTIONS = {"gui-lai": "retry", "thoi-gui": "cancel", "da-goi": "called"}
_DONE = {
    "retry": "Đã đưa vào hàng gửi lại.",
    "cancel": "Đã thôi gửi.",
    "called": "Đã ghi kết quả cuộc gọi.",
}


@page.get("/thong-bao")
@requires(MANAGE, DESK)
def deliveries() -> str:
    """What could not be sent first; by state, channel, event and dossier."""
    asked = choice("tt", (*STATES, ALL)) or "failed"
    ask = DeliveryAsk(
        None if asked == ALL else asked,
        choice("kenh", SENT_BY),
        choice("viec", EVENTS),
        words("ho-so", 64),
        PAGE_SIZE,
        words("trang", 400),
    )
    try:
        found = delivery_list(current_caller(), ask)
    except DomainError:  # a cursor that somebody has edited
        ask = replace(ask, cursor=None)
        found = delivery_list(current_caller(), ask)
    query = {"tt": asked, "kenh": ask.channel, "viec": ask.template, "ho-so": ask.dossier}
    return render_template(
        "messages/list.html",
        found=found,
        ask=ask,
        state=asked,
        states=[*STATES.items(), (ALL, "Tất cả")],
        channels=[(name, CHANNELS[name]) for name in SENT_BY],
        events=list(EVENTS.items()),
        next_url=_address(query | {"trang": found["next"]}) if found["next"] else None,
        first_url=_address(query) if ask.cursor else None,
        kept=_kept_channels(),
    )


@page.get("/thong-bao/goi-dien")
@requires(MANAGE, DESK)
def calls() -> str:
    """Whom to call and what to say (QT-16.4d)."""
    return render_template("messages/calls.html", found=calls_to_make(current_caller()))


@page.get("/thong-bao/hop-thu")
@requires(MANAGE, DESK)
def kept() -> str:
    """What would have gone out where no gateway is configured, as people would see it."""
    shown = _kept_channels()
    if not shown:
        raise DomainError("not_found", "Hệ thống này gửi tin thật nên không có hộp thư trình diễn.")
    channel = choice("kenh", shown)
    found = kept_messages(current_caller(), (channel,) if channel else shown)
    return render_template(
        "messages/kept.html",
        found=found,
        channel=channel,
        channels=[(name, CHANNELS[name]) for name in shown],
        sender=runtime().settings.mail_from,
    )


@page.get("/thong-bao/<id:delivery_id>")
@requires(MANAGE, DESK)
def delivery(delivery_id: int) -> Response:
    """One message, what it says and what may be done about it."""
    return _shown(delivery_id)


@page.post("/thong-bao/gui-lai")
@requires(MANAGE, DESK)
def retry_chosen() -> BaseResponse:
    """Send all that were ticked again."""
    results = retry_many(ids("ids", MOST_AT_ONCE), page_context(), settled_view)
    done = sum(one["status"] == 200 for one in results)
    refused = [one["problem"]["detail"] for one in results if one["status"] != 200]
    if done:
        flash(f"Đã đưa {done} thông báo vào hàng gửi lại.", "success")
    if refused:
        flash(f"{len(refused)} thông báo không gửi lại được: {refused[0]}", "error")
    if not results:
        flash("Chưa chọn thông báo nào.", "error")
    return redirect("/thong-bao", 303)


@page.post("/thong-bao/<id:delivery_id>/<what>")
@requires(MANAGE, DESK)
def settle_delivery(delivery_id: int, what: str) -> BaseResponse:
    """Do it, and go on where one came from; or the same page with why not."""
    action = ACTIONS.get(what) or abort(404)
    try:
        settle(_command(action, delivery_id), page_context(), settled_view)
    except DomainError as error:
        if error.code == "not_found":
            raise
        return _shown(delivery_id, action, form_problem(error))
    flash(_DONE[action], "success")
    return redirect("/thong-bao/goi-dien" if action == "called" else f"/thong-bao/{delivery_id}", 303)


@page.get("/thong-bao/<id:delivery_id>/<what>")
@requires(MANAGE, DESK)
def settle_delivery_again(delivery_id: int, what: str) -> BaseResponse:
    """The address of a form that was refused, opened anew."""
    if what not in ACTIONS:
        abort(404)
    return redirect(f"/thong-bao/{delivery_id}", 303)


def _command(action: str, delivery_id: int) -> DeliveryCommand:
    form = request.form
    if action == "retry":
        return RetryDelivery(delivery_id, load(RetryBody(), {"address": form.get("address", "")})["address"])
    if action == "cancel":
        return CancelDelivery(delivery_id, load(CancelBody(), {"reason": form.get("reason", "")})["reason"])
    said = load(CalledBody(), {"result": form.get("result", ""), "reached": form.get("reached") != "no"})
    return CallMade(delivery_id, said["result"], said["reached"])


def _shown(delivery_id: int, action: str | None = None, problem: FormProblem | None = None) -> Response:
    found = delivery_detail(current_caller(), delivery_id)
    text = render_template(
        "messages/detail.html", found=found, refused=action, problem=problem, typed=request.form if action else {}
    )
    return make_response(text, problem.status if problem else 200)


def _kept_channels() -> tuple[str, ...]:
    """The channels whose messages do not leave this installation."""
    settings = runtime().settings
    return tuple(name for name in SENT_BY if name != "phone" and not is_real(name, settings))


def _address(asked: Mapping[str, Any]) -> str:
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"/thong-bao?{query}" if query else "/thong-bao"
