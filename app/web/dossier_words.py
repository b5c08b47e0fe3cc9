"""What the records of a dossier say, in the words of its pages: channels, articles, limits, sizes, rows of the timeline."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from app.rules.explain import spoken
from app.rules.limits import LimitError, parse_limit
from app.slips.fields import PAYMENT_METHODS
from app.slips.forms import KIND_TITLES
from app.views.course import Names
from app.views.incidents import RESOLUTIONS
from app.web.rendering import instant

CHANNELS = {"counter": "Trực tiếp tại bộ phận một cửa", "online": "Trực tuyến", "post": "Bưu chính công ích"}
NOTIFY = {"email": "Thư điện tử", "sms": "Tin nhắn SMS", "zalo": "Zalo", "phone": "Điện thoại"}
DELIVER = {"desk": "Nhận tại bộ phận một cửa", "post": "Qua bưu chính công ích", "online": "Nhận trực tuyến"}
KINDS = {"original": "Bản chính", "copy": "Bản sao", "electronic": "Bản điện tử", "presented": "Đã xuất trình"}
ORIGINS = {"register": "từ sổ gốc", "certified": "bản sao chứng thực điện tử", "digitised": "số hóa"}
"""Where an electronic paper comes from (HT-7.3)."""
FILE_USES = {
    "paper": "Giấy tờ của hồ sơ",
    "draft_result": "Dự thảo kết quả",
    "result": "Kết quả (PDF)",
    "slip": "Phiếu",
}
"""What a file is to its dossier."""
RECIPIENTS = {
    "holder": "người giữ việc",
    "holder_head": "phụ trách đơn vị giữ việc",
    "desk": "bộ phận một cửa",
    "desk_head": "phụ trách bộ phận một cửa",
    "lead_head": "lãnh đạo cơ quan chủ trì",
    "applicant": "người nộp",
}
STEP_STATES = {"done": "Đã xong", "current": "Đang xử lý", "late": "Đang xử lý, quá hạn", "todo": "Chưa đến"}
FILE_KINDS = {
    "application/pdf": "PDF",
    "image/png": "Ảnh PNG",
    "image/jpeg": "Ảnh JPEG",
    "image/gif": "Ảnh GIF",
    "image/tiff": "Ảnh TIFF",
    "application/msword": "Word",
    "application/vnd.ms-excel": "Excel",
    "application/zip": "Tệp nén ZIP",
    "text/plain": "Văn bản thuần",
}
GIVEN = {"last": ", người đã xử lý trước", "least_loaded": ", người đang ít việc nhất"}
"""Why a step went to somebody by itself."""
_OFFICE_KINDS = {"wordprocessingml": "Word", "spreadsheetml": "Excel", "presentationml": "PowerPoint"}
_LONGEST_VALUE = 200
_HOLDER = re.compile(r"(?P<agency>[^/,\s]+)/(?P<step>[^/:,\s]+)(?::(?P<account>[^,\s]+))?")


def limit_words(limit: str | None, unit: str) -> str:
    """A step's limit: `PT4H` as `4 giờ làm việc`; a dash where it has none."""
    try:
        found = parse_limit(limit, unit) if limit else None
    except LimitError:
        return str(limit)
    if found is None:
        return "–"
    if found.unit == "calendar" and found.seconds % 86_400 == 0:
        return f"{found.seconds // 86_400} ngày"
    return spoken(found.seconds) + (" làm việc" if found.unit == "working" else "")


def file_kind(media_type: str) -> str:
    """A media type as people know it."""
    office = next((name for part, name in _OFFICE_KINDS.items() if part in media_type), None)
    return FILE_KINDS.get(media_type) or office or "Tệp"


def moved_words(text: str | None, names: Names) -> str:
    """One side of a clock line: an instant, the holders `agency/step:account`, or words, as people read it."""
    if not text:
        return "–"
    try:
        return instant(datetime.fromisoformat(text))
    except (ValueError, TypeError):
        return ", ".join(_held(part, names) for part in text.split(", "))


def _held(text: str, names: Names) -> str:
    found = _HOLDER.fullmatch(text)
    if found is None:
        return names.agencies.get(text, text)
    agency = names.agencies.get(found["agency"], found["agency"])
    step = names.steps.get(found["step"], found["step"])
    who = f" – {names.people.get(found['account'], found['account'])}" if found["account"] else ""
    return f"“{step}”{who} ({agency})"


def row_words(row: Mapping[str, Any], names: Names) -> list[tuple[str, str]]:
    """What a row of the timeline says beyond its title: label and text, people's own words last."""
    details = row["details"]
    told: list[tuple[str, str]] = []
    if row["task"] in names.tasks:
        told.append(("Bước", names.tasks[row["task"]]))
    if row["kind"] == "forwarded" and names.following.get(row["task"]):
        told.append(("Chuyển sang", "; ".join(names.following[row["task"]])))
    if "to_step" in details:
        label = "Chuyển đến bước" if row["kind"] == "repaired" else "Trả về bước"
        told.append((label, names.steps.get(details["to_step"], str(details["to_step"]))))
    if isinstance(details.get("channel"), str):
        told.append(("Hình thức nộp", CHANNELS.get(details["channel"], details["channel"])))
    if isinstance(details.get("assigned_to"), str):
        told.append(("Chỉ định cho", names.people.get(details["assigned_to"], details["assigned_to"])))
    if "decision" in details:
        told.append(("Kết quả xử lý", names.decisions.get(str(details["decision"]), str(details["decision"]))))
    told += _of_kind(row["kind"], details, names) + _instead(details, names)
    if isinstance(details.get("late_reason"), str):
        told.append(("Nhập bù lúc", f"{_instant_words(details.get('entered_at'))}, vì {details['late_reason']}"))
    said = details.get("comment") or details.get("reason")
    label = "Lý do" if row["kind"] == "calendar_changed" else "Ý kiến"
    return [*told, (label, str(said))] if said else told


def _instead(details: Mapping[str, Any], names: Names) -> list[tuple[str, str]]:
    """Who stood in for whom, and to whom steps went by themselves."""
    told = []
    if isinstance(details.get("instead_of"), str):
        told.append(("Làm thay", _person(details["instead_of"], names)))
    if isinstance(details.get("delegated_by"), str):
        told.append(
            ("Được ủy quyền", f"{_person(details['delegated_by'], names)}, theo {details.get('decision_number')}")
        )
    if isinstance(details.get("to_instead_of"), str):
        told.append(("Nhận thay", f"{_person(details['to_instead_of'], names)} (vắng mặt)"))
    given = details.get("given")
    for one in given if isinstance(given, list) else ():
        absent = f", thay {_person(one['instead_of'], names)} (vắng mặt)" if one.get("instead_of") else ""
        why = GIVEN.get(one.get("by"), "")
        told.append(("Giao cho", f"{_person(one.get('to'), names)}{why}{absent}"))
    return told


def _person(username: Any, names: Names) -> str:
    return names.people.get(str(username), str(username))


def _of_kind(kind: str, details: Mapping[str, Any], names: Names) -> list[tuple[str, str]]:
    """What only rows of that kind say."""
    to = details.get("to")
    if kind in ("handed_off", "joined") and isinstance(to, str):
        return [("Mời" if kind == "joined" else "Giao cho", names.people.get(to, to))]
    if kind == "notice_sent" and isinstance(to, list):
        return [("Gửi đến", ", ".join(RECIPIENTS.get(one, str(one)) for one in to))]
    found = _SAID.get(kind)
    return found(details) if found is not None else []


def _slip(details: Mapping[str, Any]) -> list[tuple[str, str]]:
    kind = str(details.get("kind", ""))
    number = f", số {details['number']}" if details.get("number") else ""
    return [("Phiếu", KIND_TITLES.get(kind, kind) + number)]


def _fee(details: Mapping[str, Any]) -> list[tuple[str, str]]:
    """How much, in what way; of a voided or repaid receipt its number."""
    told = [("Biên lai", f"số {details['number']}")] if details.get("number") else []
    if isinstance(details.get("amount"), int):
        told.append(("Số tiền", f"{details['amount']:,} đồng".replace(",", ".")))
    methods = dict(PAYMENT_METHODS)
    return [*told, ("Hình thức", methods[details["method"]])] if details.get("method") in methods else told


def _signed(details: Mapping[str, Any]) -> list[tuple[str, str]]:
    key = str(details.get("key") or "ký trên máy của người ký")
    return [("Tệp", str(details.get("name", ""))), ("Người ký", str(details.get("signer", ""))), ("Khóa", key)]


def _infected(details: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [("Tệp", str(details.get("name", ""))), ("Mã độc", str(details.get("found", "")))]


def _corrected(details: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [("Việc số", str(details.get("seq", "")))]


def _resolved(details: Mapping[str, Any]) -> list[tuple[str, str]]:
    how = str(details.get("how"))
    return [("Cách giải quyết", RESOLUTIONS.get(how, how))]


def _attached(details: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Which file, and how it became electronic (HT-7.3, HT-8.3b) or where it was before (TN-21.7)."""
    told = [("Tệp", str(details.get("name", "")))]
    if details.get("kind") in FILE_USES:
        told.append(("Là", FILE_USES[details["kind"]]))
    if details.get("origin") in ORIGINS:
        told.append(("Nguồn", ORIGINS[details["origin"]]))
    if details.get("reused_from"):
        told.append(("Dùng lại", "giấy tờ đã có ở hồ sơ trước của người nộp"))
    return told


def _message(details: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What another system sent."""
    said = details.get("data")
    told = [("Tin", str(details.get("message", "")))]
    if isinstance(said, Mapping):
        told.append(("Nội dung tin", "; ".join(f"{name}: {value}" for name, value in said.items())))
    return told


def _handed(details: Mapping[str, Any]) -> list[tuple[str, str]]:
    """How a result was handed over, as far as anything was said."""
    who = details.get("collector") if isinstance(details.get("collector"), dict) else {}
    told = [("Người nhận thay", f"{who['name']}; {who.get('authority', '')}")] if who and who.get("name") else []
    if who and who.get("id_number"):
        told.append(("Giấy tờ đã xuất trình", str(who["id_number"])))
    if details.get("originals_checked"):
        told.append(("Bản chính", "đã đối chiếu"))
    if isinstance(details.get("fees_paid"), bool):
        told.append(("Phí, lệ phí", "đã thu" if details["fees_paid"] else "chưa thu"))
    if details.get("tracking_number"):
        told.append(("Số hiệu bưu gửi", str(details["tracking_number"])))
    return told


def _moved(details: Mapping[str, Any]) -> list[tuple[str, str]]:
    """From which version of the procedure to which, and where it cannot be sent back to any more."""
    told = [("Phiên bản", f"số {details.get('from_version')} → số {details.get('to_version')}")]
    lost = details.get("lost")
    if isinstance(lost, list) and lost:
        told.append(("Không còn trả lại được bước", ", ".join(str(name) for name in lost)))
    return told


def _recounted(details: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What a changed calendar did: the deadline before and after, and that the appointment stands."""
    before, after = (found if isinstance(found := details.get(side), dict) else {} for side in ("before", "after"))
    told = []
    if before.get("deadline_at") != after.get("deadline_at"):
        earlier, later = (_instant_words(side.get("deadline_at")) for side in (before, after))
        told.append(("Hạn xử lý", f"{earlier} → {later}"))
    if after.get("appointment_at"):
        told.append(("Hẹn trả kết quả", f"giữ nguyên {_instant_words(after['appointment_at'])}"))
    return told


def _repaired(details: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What an administrator set, before and after."""
    told = []
    for name, label in (("set", "Biến"), ("data", "Dữ liệu")):
        changed = details.get(name)
        for key, (before, after) in changed.items() if isinstance(changed, dict) else ():
            told.append((f"{label} {key}", f"{_json_words(before)} → {_json_words(after)}"))
    return told


def _json_words(value: Any) -> str:
    text = "chưa có" if value is None else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…"


def _instant_words(text: Any) -> str:
    try:
        return instant(datetime.fromisoformat(str(text)))
    except ValueError:
        return "–"


def _imported(details: Mapping[str, Any]) -> list[tuple[str, str]]:
    """From where a dossier was taken over; its old lines stand below by themselves."""
    return [("Hệ thống cũ", str(details.get("source", ""))), ("Mã cũ", str(details.get("old_code", "")))]


_SAID: Mapping[str, Callable[[Mapping[str, Any]], list[tuple[str, str]]]] = {
    "slip_issued": _slip,
    "slip_reprinted": _slip,
    "fee_collected": _fee,
    "fee_voided": _fee,
    "fee_refunded": _fee,
    "attached": _attached,
    "file_infected": _infected,
    "signed": _signed,
    "corrected": _corrected,
    "message_received": _message,
    "calendar_changed": _recounted,
    "repaired": _repaired,
    "version_moved": _moved,
    "version_move_undone": _moved,
    "incident_resolved": _resolved,
    "delivered": _handed,
    "imported": _imported,
}
"""What the rows of one kind alone say."""
