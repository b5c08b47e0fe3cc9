"""The tour of a role, and what every colour and status means."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from flask import Flask, flash, g, redirect, render_template, request, session
from werkzeug.wrappers import Response as BaseResponse

from app.access.caller import Caller
from app.access.guard import SIGNED_IN, requires
from app.access.request import current_caller
from app.actions.tours import finish_tours, tours_done
from app.lawbook import profile_named
from app.runtime import runtime
from app.views.help import administrators_for
from app.web.blueprint import page
from app.web.legend import colour_meanings, sign_meanings, status_table
from app.web.rendering import administration_lines, home_of
from app.web.tours import ADMINISTRATORS_TOUR, TOURS, Stop, Tour

ASKED = "huong-dan"
"""The argument of an address that says which stop of which tour stands there: `lanh-dao-2`."""
_OFFER = "tour_offer"
_STOP = re.compile(r"([a-z-]{1,40})-([0-9]{1,2})", re.ASCII)


@dataclass(frozen=True, slots=True)
class ShownStop:
    """A stop as its page shows it, with the addresses of those beside it."""

    tour: Tour
    stop: Stop
    number: int
    earlier: str | None
    later: str | None


def install(app: Flask) -> None:
    for found in (shown_stop, tour_offered, legend):
        app.add_template_global(found)


@page.get("/tro-giup")
@requires(SIGNED_IN)
def help_page() -> str:
    """Tours, colours, signs, statuses, and whom to ask."""
    caller = current_caller()
    tours = [(tour, _address(tour, 0)) for tour in tours_for(caller)]
    return render_template("help/help.html", tours=tours, administrators=administrators_for(caller), **legend())


@page.post("/tro-giup/xong")
@requires(SIGNED_IN)
def finish_tour() -> BaseResponse:
    """The tours are not offered again; they stay on the page of help."""
    caller = current_caller()
    finish_tours(caller)
    session.pop(_OFFER, None)
    if request.form.get("last"):
        flash("Bạn đã xem hết hướng dẫn. Xem lại lúc nào cũng được ở trang Trợ giúp.", "success")
    return redirect(home_of(caller), 303)


def offer_tours(account_id: int) -> None:
    """Whoever signs in for the first time is offered her tour; the session remembers, so no page asks the database."""
    if not tours_done(account_id):
        session[_OFFER] = True


def tour_offered() -> str | None:
    """Where this person's first tour begins, while it is being offered."""
    person = g.get("caller") if session.get(_OFFER) and ASKED not in request.args else None
    tours = tours_for(person) if person else []
    return _address(tours[0], 0) if tours else None


def tours_for(person: Caller) -> list[Tour]:
    """The tours of her roles, with the stops at pages that she may open."""
    found = [tour for tour in TOURS if tour.meant_for(person)]
    if administration_lines(person):
        found.append(ADMINISTRATORS_TOUR)
    return [replace(tour, stops=tuple(stop for stop in tour.stops if _open_to(person, stop))) for tour in found]


def _open_to(person: Caller, stop: Stop) -> bool:
    return not stop.permissions or any(person.may(name) for name in stop.permissions)


def shown_stop() -> ShownStop | None:
    """The stop that this page was asked to show; None for an address that names none of hers, or one of another page."""
    asked = _STOP.fullmatch(request.args.get(ASKED, ""))
    person = g.get("caller") if asked else None
    tour = next((one for one in tours_for(person) if asked and one.name == asked[1]), None) if person else None
    number = int(asked[2]) if asked else 0
    if tour is None or not 1 <= number <= len(tour.stops) or tour.stops[number - 1].path != request.path:
        return None
    earlier = _address(tour, number - 2) if number > 1 else None
    later = _address(tour, number) if number < len(tour.stops) else None
    return ShownStop(tour, tour.stops[number - 1], number, earlier, later)


def legend() -> dict[str, object]:
    """What the page of help and the legend beside lists show."""
    profile = profile_named(runtime().settings.profile)
    return {"colours": colour_meanings(profile), "signs": sign_meanings(profile), "statuses": status_table()}


def _address(tour: Tour, place: int) -> str:
    return f"{tour.stops[place].path}?{urlencode({ASKED: f'{tour.name}-{place + 1}'})}"
