"""What every template may use: bundles by name, instants in words, the navigation of the person who is signed in."""

from __future__ import annotations

import json
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from flask import Flask, g, request, session, url_for

from app.access.caller import Caller
from app.access.reach import reach_of
from app.access.request import SESSION_TOKEN, current_caller
from app.errors import DomainError
from app.rules.permissions import READERS, WORKERS
from app.runtime import asked_at
from app.views.colours import length_words as shown_length
from app.web.acting import new_key
from app.web.blueprint import BUNDLES
from app.wording import LOCAL

_LINES = (
    # address, title, any one of these permissions, paths that it stands for
    ("web.inbox", "Việc cần xử lý", READERS, ("/viec",)),
    ("web.choose_procedure", "Tiếp nhận hồ sơ", ("dossier.register",), ("/tiep-nhan",)),
    ("web.results", "Trả kết quả", ("dossier.register",), ("/tra-ket-qua",)),
    ("web.registers", "Sổ theo dõi, sổ phiếu", READERS, ("/so-phieu",)),
    ("web.dossiers", "Tìm hồ sơ", READERS, ("/ho-so",)),
    ("web.monitor", "Theo dõi, đôn đốc", (), ("/theo-doi",)),
    ("web.signing", "Chờ ký số", (*WORKERS, "document.sign"), ("/ky-so",)),
    ("web.absences", "Vắng mặt, làm thay", (*WORKERS, "task.assign", "account.manage"), ("/vang-mat",)),
    ("web.hand_over_form", "Bàn giao toàn bộ", ("task.assign",), ("/ban-giao",)),
    ("web.deliveries", "Thông báo đã gửi", ("message.manage", "dossier.register"), ("/thong-bao/",)),
    ("web.message_templates", "Mẫu tin", ("message.manage",), ("/mau-tin",)),
    ("web.outages", "Sự cố hệ thống", ("outage.announce",), ("/gian-doan",)),
    ("web.incidents", "Sự cố quy trình", ("incident.manage",), ("/su-co",)),
    ("web.procedures", "Thủ tục, quy trình", ("diagram.deploy", "procedure.review"), ("/thu-tuc",)),
    ("web.slip_templates", "Mẫu phiếu, logo", ("slip.manage", "slip.manage_own"), ("/mau-phieu",)),
    ("web.calendars", "Lịch làm việc", ("calendar.manage", "report.view"), ("/lich-lam-viec",)),
    ("web.me", "Tài khoản của tôi", (), ("/toi",)),
)


def install(app: Flask) -> None:
    for found in (asset, new_key):
        app.add_template_global(found)
    for shown in (instant, short_instant, day, moment, length_words):
        app.add_template_filter(shown)
    app.context_processor(_person)


def asset(name: str) -> str:
    """The address of a bundle, with its content's hash."""
    return url_for("web.static", filename=name, v=_manifest().get(name, ""))


@lru_cache(1)
def _manifest() -> dict[str, str]:
    """Bundle -> hash, as the build wrote it. FileNotFoundError before `make prepare`."""
    found: dict[str, str] = json.loads((BUNDLES / "manifest.json").read_text(encoding="utf-8"))
    return found


def instant(at: datetime | None) -> str:
    """`14:30 21/11/2026`, local; a dash for none."""
    return "–" if at is None else f"{at.astimezone(LOCAL):%H:%M %d/%m/%Y}"


def short_instant(at: datetime) -> str:
    """`14:30 21/11`, and the year where it is not this one."""
    local = at.astimezone(LOCAL)
    return f"{local:%H:%M %d/%m}" if local.year == asked_at().astimezone(LOCAL).year else f"{local:%d/%m/%Y}"


def length_words(seconds: int) -> str:
    """Working time in its two largest units, eight hours a day: `2 ngày 3 giờ`, `45 phút`; `0 phút` for less than one."""
    return shown_length(seconds, 28_800, "") if seconds >= 60 else "0 phút"


def day(at: datetime | date | None) -> str:
    """`21/11/2026`, local; a dash for none."""
    if at is None:
        return "–"
    return f"{at.astimezone(LOCAL) if isinstance(at, datetime) else at:%d/%m/%Y}"


def moment(at: datetime) -> str:
    """For the `datetime` attribute of a `time` element."""
    return at.astimezone(LOCAL).isoformat(timespec="seconds")


def signed_in() -> Caller | None:
    """Who is signed in, for pages that everybody may see."""
    if not isinstance(session.get(SESSION_TOKEN), str):
        return None
    try:
        return current_caller()
    except DomainError:
        return None


def _person() -> dict[str, Any]:
    person = g.get("caller") if "caller" in g else None
    return {"person": person, "navigation": navigation(person) if person else []}


def navigation(person: Caller) -> list[dict[str, Any]]:
    """The lines of the menu that this person has a use for: title, address, whether it is the page shown."""
    return [
        {"title": title, "url": url_for(endpoint), "current": f"{request.path}/".startswith(paths)}
        for endpoint, title, permissions, paths in _LINES
        if (not permissions or any(person.may(name) for name in permissions))
        and (endpoint != "web.monitor" or not reach_of(person).nowhere)
    ]


def home_of(person: Caller) -> str:
    """Where a person begins the day: the inbox of those who work steps, the desk of those who only register."""
    if any(person.may(name) for name in WORKERS):
        return url_for("web.inbox")
    if any(person.may(name) for name in READERS):
        return url_for("web.dossiers")
    return url_for("web.me")
