"""Notices as their official sees them: the bell's number, the list, where each leads, and how she wants them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.access.caller import Caller
from app.actions.my_notices import events_of
from app.rules.notices import EMAIL, EVENTS, SCREEN, WAYS, mode_of
from app.rules.permissions import READERS
from app.store import inbox, official_notices
from app.store.inbox import MOST_COUNTED, Scope
from app.store.new_steps import new_steps, unread_and_new
from app.store.official_notices import NoticeRow
from app.store.transaction import reading
from app.views.cursors import an_id, make_cursor, page_answer, read_cursor
from app.views.inbox import listed_view

MOST_ON_BELL = 99
MOST_NEW = 20
"""New steps that the list shows before it leads to the inbox."""
TITLES = {
    "deadline_due_soon": "Hồ sơ còn dưới một ngày làm việc",
    "deadline_passed": "Hồ sơ hết hạn xử lý",
    "appointment_passed": "Hồ sơ qua giờ hẹn trả kết quả",
    "step_returned": "Hồ sơ bị trả lại",
    "step_assigned": "Được giao việc",
    "dossier_amended": "Người nộp sửa đổi, bổ sung hồ sơ",
    "calendar_changed": "Lịch làm việc thay đổi, thời hạn đã tính lại",
    "delegation_made": "Ủy quyền mới",
    "delegation_ended": "Ủy quyền đã kết thúc",
    "process_published": "Quy trình mới",
    "process_corrected": "Cấu hình quy trình đã sửa",
    "accounts_wanted": "Đề nghị đăng ký tài khoản cho các bước",
    "version_waits": "Quy trình chờ kiểm tra",
    "version_approved": "Quy trình đã được kiểm tra, đồng ý",
    "version_returned": "Quy trình bị trả lại",
    "version_commented": "Ý kiến về quy trình",
    "publication_due": "Đến hạn ban hành quy trình",
    "review_due": "Đến hạn kiểm tra quy trình",
    "account_report_told": "Tài khoản bị báo lộ, đã khóa",
    "sign_in_locked_out": "Đăng nhập bị tạm khóa vì sai mật khẩu nhiều lần",
    "new_steps": "Việc mới đến",
    "notice_trial": "Thông báo thử",
}
"""By template, where the event's own title would say less."""
_TRIAL = "Bạn đã nhận được thông báo trên màn hình; thư thử được gửi đến địa chỉ của bạn."


@dataclass(frozen=True, slots=True)
class NoticeAsk:
    page_size: int = 50
    cursor: str | None = None


def bell(caller: Caller) -> dict[str, Any]:
    """`unread` notices, `new` steps, both together as `shown`: a number to 99, then `99+`."""
    with reading() as connection:
        unread, fresh = unread_and_new(connection, _scope(caller), MOST_ON_BELL + 1)
    total = unread + fresh
    return {"unread": unread, "new": fresh, "shown": f"{MOST_ON_BELL}+" if total > MOST_ON_BELL else str(total)}


def notice_list(caller: Caller, ask: NoticeAsk, now: datetime) -> dict[str, Any]:
    """A page of her notices, unread ones first, the newest first; with the first page her new steps. Errors: invalid."""
    place = read_cursor(ask.cursor, "notices", _a_flag, an_id) if ask.cursor is not None else None
    after = (place[0], place[1]) if place else None
    with reading() as connection:
        rows = official_notices.notice_page(connection, caller.account_id, after, ask.page_size + 1)
        whole = after is None and len(rows) <= ask.page_size
        total = len(rows) if whole else official_notices.count_notices(connection, caller.account_id, MOST_COUNTED + 1)
        shown = rows[: ask.page_size]
        following = None
        if len(rows) > ask.page_size:
            following = make_cursor("notices", int(shown[-1].read_at is not None), shown[-1].id)
        answer = page_answer([notice_view(row) for row in shown], total, following)
        if after is None:
            ids = new_steps(connection, _scope(caller), MOST_NEW + 1)
            listed = inbox.tasks_by_id(connection, ids[:MOST_NEW])
            answer["new"] = [listed_view(connection, listed[one], now) for one in ids if one in listed]
            answer["more_new"] = len(ids) > MOST_NEW
    return answer


def notice_view(row: NoticeRow) -> dict[str, Any]:
    """A notice as lists show it; `path` is the page that it leads to."""
    template = str(row.data.get("template", ""))
    event = EVENTS.get(row.event)
    return {
        "id": row.id,
        "event": row.event,
        "title": TITLES.get(template) or (event.title if event else template),
        "text": _TRIAL if template == "notice_trial" else str(row.data.get("reason") or ""),
        "dossier": row.dossier,
        "procedure_name": row.procedure_name,
        "applicant": str(row.data.get("applicant_name") or "") or None,
        "step_name": str(row.data.get("step_name") or "") or None,
        "task": row.task_id,
        "incident": row.data.get("incident"),
        "limit_at": datetime.fromisoformat(limit) if isinstance(limit := row.data.get("limit_at"), str) else None,
        "created_at": row.created_at,
        "read_at": row.read_at,
        "path": path_of(row),
    }


def path_of(row: NoticeRow) -> str:
    """The page of what a notice is about."""
    incident, change = row.data.get("incident"), row.data.get("change")
    if isinstance(incident, int):
        return f"/su-co/{incident}"
    if isinstance(change, int):
        return f"/lich-lam-viec/{row.data.get('calendar_code')}/thay-doi/{change}"
    if row.data.get("delegation") is not None:
        return "/uy-quyen"
    if row.dossier is None:
        path = row.data.get("path")
        return path if isinstance(path, str) and path.startswith("/") else "/toi"
    if row.data.get("remark"):
        return f"/ho-so/{row.dossier}/trao-doi"
    return f"/ho-so/{row.dossier}?viec={row.task_id}" if row.task_id is not None else f"/ho-so/{row.dossier}"


def switches(caller: Caller) -> dict[str, Any]:
    """`{"data": [{event, title, screen, email, screens, emails}]}`: what she has, and what may be chosen; None: no choice."""
    with reading() as connection:
        chosen = official_notices.switches_of(connection, caller.account_id)
    data = []
    for event in events_of(caller):
        has = {way: mode_of(event.name, way, chosen.get((event.name, way))) for way in WAYS}
        data.append(
            {
                "event": event.name,
                "title": event.title,
                "screen": has[SCREEN] if event.screens else None,
                "email": has[EMAIL] if event.emails else None,
                "screens": list(event.screens),
                "emails": list(event.emails),
            }
        )
    return {"data": data}


def _scope(caller: Caller) -> Scope:
    """Whose new steps are hers; of who may not see dossiers, nobody's position."""
    if not any(caller.may(name) for name in READERS):
        return Scope(account=caller.account_id, positions=(), absent=())
    return Scope(
        account=caller.account_id,
        positions=tuple(held.id for held in caller.positions),
        absent=tuple(person.id for person in caller.absent),
    )


def _a_flag(part: Any) -> bool:
    if part not in (0, 1):
        raise ValueError("no flag")
    return bool(part)
