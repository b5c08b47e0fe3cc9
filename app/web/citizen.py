"""What a citizen sees: look-up by code or by the QR code of her slip, and how far the dossier is, at a glance.

A code alone shows state and dates; the token of the slip's QR code also shows names, steps and slips (ST-17.3, LA-15.1).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs

from flask import make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response as BaseResponse

from app.access.guard import ANYONE, requires
from app.access.limits import looked_up
from app.errors import DomainError
from app.failures import failure_of
from app.rules.status import (
    ACCEPTED,
    DELIVERED,
    IN_PROGRESS,
    NOT_ACCEPTED,
    PAYMENT_NEEDED,
    REGISTERED,
    RESOLVED,
    STOPPED,
    SUPPLEMENT_NEEDED,
    WITHDRAWN,
)
from app.runtime import asked_at
from app.views.opening import code_from_scan
from app.views.public import code_of_old, public_dossier
from app.web.asking import words
from app.web.blueprint import page
from app.web.rendering import home_of, signed_in


@dataclass(frozen=True, slots=True)
class Told:
    """A status as an applicant understands it: a title, what has happened, and what she has to do now."""

    title: str
    meaning: str
    todo: str


_NOTHING = "Bạn chưa cần làm gì."
_ASK = "Nếu chưa rõ, hãy hỏi bộ phận một cửa nơi nộp hồ sơ."
TOLD = {
    REGISTERED: Told(
        "Hồ sơ đang chờ kiểm tra",
        "Cơ quan đã nhận được hồ sơ bạn nộp trực tuyến và đang xem giấy tờ đã đủ chưa.",
        f"{_NOTHING} Kết quả kiểm tra sẽ được báo cho bạn.",
    ),
    ACCEPTED: Told(
        "Hồ sơ đã được tiếp nhận",
        "Giấy tờ đã đủ. Hồ sơ sắp được chuyển đến người giải quyết.",
        f"{_NOTHING} Hãy giữ giấy tiếp nhận để nhận kết quả đúng hẹn.",
    ),
    NOT_ACCEPTED: Told(
        "Hồ sơ không được tiếp nhận",
        "Lý do ghi trong thông báo cơ quan đã gửi cho bạn.",
        f"Hãy đọc thông báo, chuẩn bị đủ giấy tờ rồi nộp lại. {_ASK}",
    ),
    IN_PROGRESS: Told(
        "Hồ sơ đang được giải quyết",
        "Người có trách nhiệm đang giải quyết hồ sơ của bạn.",
        f"{_NOTHING} Hãy nhận kết quả theo ngày hẹn.",
    ),
    SUPPLEMENT_NEEDED: Told(
        "Bạn cần bổ sung giấy tờ",
        "Hồ sơ còn thiếu hoặc có chỗ phải sửa. Việc giải quyết tạm dừng cho đến khi bạn bổ sung.",
        f"Hãy xem phiếu yêu cầu bổ sung rồi nộp giấy tờ còn thiếu cho bộ phận một cửa. {_ASK}",
    ),
    PAYMENT_NEEDED: Told(
        "Bạn cần nộp tiền",
        "Hồ sơ này phải nộp phí, lệ phí hoặc thuế. Việc giải quyết tạm dừng cho đến khi bạn nộp.",
        f"Hãy nộp tiền theo thông báo đã gửi cho bạn và giữ lại biên lai. {_ASK}",
    ),
    WITHDRAWN: Told(
        "Hồ sơ đã được rút",
        "Bạn đã yêu cầu rút hồ sơ, nên cơ quan không giải quyết nữa.",
        "Bạn có thể đến bộ phận một cửa nhận lại giấy tờ đã nộp.",
    ),
    STOPPED: Told(
        "Hồ sơ đã dừng giải quyết",
        "Cơ quan không giải quyết tiếp. Lý do ghi trong văn bản đã gửi cho bạn.",
        f"Hãy đọc văn bản đó; bạn có thể đến bộ phận một cửa nhận lại giấy tờ đã nộp. {_ASK}",
    ),
    RESOLVED: Told(
        "Đã có kết quả",
        "Cơ quan đã giải quyết xong hồ sơ của bạn.",
        "Hãy mang giấy tiếp nhận đến bộ phận một cửa để nhận kết quả. Nếu đã đăng ký nhận qua bưu chính hoặc trực tuyến thì bạn"
        " chờ nhận theo cách đó.",
    ),
    DELIVERED: Told(
        "Đã trả kết quả",
        "Hồ sơ đã hoàn thành.",
        "Bạn không cần làm gì thêm.",
    ),
}
_TOLD = {status.number: told for status, told in TOLD.items()}
_STOPPED = (NOT_ACCEPTED.number, WITHDRAWN.number, STOPPED.number)
_WAITS_FOR_CITIZEN = (SUPPLEMENT_NEEDED.number, PAYMENT_NEEDED.number)
_TITLES = ("Nộp hồ sơ", "Tiếp nhận", "Giải quyết", "Có kết quả", "Trả kết quả")
_REACHED = {1: 1, 2: 2, 3: 1, 4: 2, 5: 2, 6: 2, 7: 2, 8: 2, 9: 4, 10: 5}
"""How many of the stages lie behind, by status."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One of the five stages: `state` is done, current, todo or stopped."""

    title: str
    state: str
    at: datetime | None


@page.get("/")
@requires(ANYONE)
def start() -> BaseResponse:
    """Citizens look up here; officials who are signed in begin at their work."""
    person = signed_in()
    return redirect(home_of(person), 303) if person else make_response(render_template("citizen/look_up.html"))


@page.get("/tra-cuu")
@requires(ANYONE)
def look_up() -> BaseResponse:
    """A dossier by its code, or by what the slip's QR code says (`code`, `token`)."""
    asked, token = words("code", 500), words("token")
    if asked is None:
        return make_response(render_template("citizen/look_up.html"))
    try:
        token = token or _token_in(asked)
        found = looked_up(lambda: _found(asked, token))
    except DomainError as error:
        text = render_template("citizen/look_up.html", asked=asked, problem=error)
        return make_response(text, error.kind.status, failure_of(error).headers)
    if found["code"] != asked:
        return redirect(url_for("web.look_up", code=found["code"], token=token), 303)
    return make_response(_shown(found, token))


def _found(asked: str, token: str | None) -> dict[str, Any]:
    return public_dossier(code_of_old(asked) or code_from_scan(asked), token, asked_at())


def _token_in(address: str) -> str | None:
    """The token in a look-up address that was pasted whole, as a QR code holds it."""
    _, _, query = address.partition("?")
    return next(iter(parse_qs(query).get("token", ())), None)


def _shown(found: dict[str, Any], token: str | None) -> str:
    number, now, appointment = found["status"]["number"], asked_at(), found["appointment_at"]
    waiting = number in (ACCEPTED.number, IN_PROGRESS.number)
    return render_template(
        "citizen/dossier.html",
        dossier=found,
        token=token,
        told=_TOLD[number],
        stages=stages(found),
        late=waiting and appointment is not None and now > appointment,
        yours=number in _WAITS_FOR_CITIZEN,
    )


def stages(found: dict[str, Any]) -> list[Stage]:
    """The five stages of a dossier, as far as it is; where it ended early, the stage at which it did."""
    number = found["status"]["number"]
    reached, ended = _REACHED[number], number in _STOPPED
    times = (found["received_at"], None, None, found["result_at"], found["delivered_at"])
    shown = []
    for place, (title, at) in enumerate(zip(_TITLES, times, strict=True)):
        if place < reached:
            state = "done"
        elif place == reached:
            state = "stopped" if ended else "current"
        else:
            state = "todo"
        shown.append(Stage(title, state, at if state == "done" else None))
    return shown
