"""What was otherwise before and after a change, line by line, as people read it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from app.rules.permissions import PERMISSIONS
from app.store.media_types import SORTS
from app.wording import LOCAL

NOTHING: Final = "không có"
_LONGEST = 600
TITLES: Final[Mapping[str, str]] = {
    "name": "Tên",
    "title": "Tên",
    "code": "Mã",
    "field": "Lĩnh vực",
    "level": "Cấp",
    "limit": "Thời hạn",
    "limit_unit": "Cách tính thời hạn",
    "service_level": "Mức độ dịch vụ công",
    "result_name": "Kết quả",
    "components": "Thành phần hồ sơ",
    "fees": "Phí, lệ phí",
    "legal_basis": "Căn cứ pháp lý",
    "max_file_bytes": "Tệp lớn nhất",
    "file_types": "Loại tệp được nhận",
    "types": "Loại tệp",
    "closed_from": "Thôi tiếp nhận hồ sơ mới từ",
    "agencies": "Cơ quan tiếp nhận",
    "beneficiaries": "Tài khoản thụ hưởng",
    "holder": "Chủ tài khoản",
    "number": "Số tài khoản",
    "bank": "Ngân hàng",
    "required": "Bắt buộc",
    "originals": "Bản chính",
    "copies": "Bản sao",
    "present_only": "Chỉ xuất trình",
    "database": "Khai thác từ cơ sở dữ liệu",
    "amount": "Mức thu",
    "unit": "Đơn vị",
    "note": "Ghi chú",
    "when": "Thời điểm nộp",
    "reason": "Lý do",
    "effective_from": "Áp dụng từ",
    "decision_number": "Số quyết định",
    "decided_on": "Ngày quyết định",
    "copy_from": "Chép từ",
    "must_change_password": "Phải đổi mật khẩu",
    "sessions_ended": "Số phiên đã kết thúc",
    "second_factor_dropped": "Bỏ xác thực hai lớp",
    "signing_dropped": "Số lần ký đang dở đã bỏ",
    "failures": "Số lần sai",
    "blocked_until": "Không đăng nhập được đến",
    "active": "Được đăng nhập",
    "permissions": "Quyền",
    "position": "Vị trí việc làm",
    "positions": "Vị trí việc làm",
    "unit_code": "Đơn vị",
    "agency": "Cơ quan",
    "email": "Thư điện tử",
    "username": "Tên đăng nhập",
    "valid_from": "Từ ngày",
    "valid_to": "Đến ngày",
    "from": "Từ ngày",
    "to": "Đến ngày",
    "head": "Đứng đầu đơn vị",
    "kind": "Loại",
    "parent": "Cơ quan cấp trên",
    "identifier": "Mã định danh",
    "calendar": "Lịch làm việc",
    "desk_calendar": "Lịch của bộ phận một cửa",
    "way": "Bằng cách",
    "agent": "Chương trình",
    "unknown": "Tên không có",
    "group": "Nhóm việc",
    "rows": "Số dòng",
    "attempts": "Số lần đã thử",
    "task": "Việc",
    "words": "Từ ngữ",
    "kinds": "Loại thay đổi",
    "person": "Người thực hiện",
    "subject": "Đối tượng",
    "since": "Từ ngày",
    "until": "Đến ngày",
    "text": "Nội dung",
    "starts_at": "Bắt đầu",
    "ends_at": "Dự kiến kết thúc",
    "audience": "Người được báo",
    "dossiers": "Số hồ sơ",
    "acting": "Cơ quan thực hiện thay",
    "lead": "Người phụ trách",
    "authority": "Cơ quan yêu cầu",
    "request_number": "Số văn bản yêu cầu",
    "requested_on": "Ngày văn bản",
    "basis": "Căn cứ",
    "codes": "Mã hồ sơ",
    "dossier": "Hồ sơ",
    "ground": "Theo quyền",
    "strange": "Chỉ người không có việc",
    "delegate": "Người được ủy quyền",
    "delegator": "Người ủy quyền",
    "signs": "Được ký thay",
    "substitute": "Người làm thay",
    "steps": "Bước",
    "procedures": "Thủ tục",
    "daily_most": "Số việc tối đa một ngày",
    "form": "Hình thức ký",
    "decision": "Quyết định",
    "version": "Phiên bản",
    "account": "Tài khoản",
    "phone": "Điện thoại",
    "address": "Địa chỉ",
    "count": "Số lượng",
    "copied_from": "Sao chép từ",
    "file": "Tệp",
    "new": "Tạo mới",
    "changed": "Sửa",
    "unchanged": "Không đổi",
    "wrong": "Dòng sai",
    "from_day": "Từ ngày",
    "to_day": "Đến hết ngày",
    "ended_at": "Kết thúc lúc",
    "source": "Hệ thống cũ",
    "sha256": "Mã băm của tệp",
    "mapping": "Cột của tệp",
    "line": "Dòng",
    "old_code": "Mã hồ sơ cũ",
    "imported": "Đã nhập",
    "failed": "Không nhập được",
    "skipped": "Bỏ qua",
    "withdrawn": "Đã rút",
    "waits_for": "Còn chờ",
    "scopes": "Quyền của thẻ",
    "reads_only": "Chỉ đọc",
    "expires_at": "Dùng đến",
    "issuer": "Nhà cung cấp định danh",
    "claim": "Nhà cung cấp khai",
    "links_ended": "Số liên kết đã bỏ",
}
WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "limit_unit": {"working": "ngày, giờ làm việc", "calendar": "ngày theo lịch"},
    "service_level": {"full": "toàn trình", "partial": "một phần", "none": "chỉ cung cấp thông tin"},
    "when": {
        "submission": "khi nộp hồ sơ",
        "processing": "trong khi giải quyết",
        "collection": "khi nhận kết quả",
    },
    "way": {
        "page": "trang web",
        "api": "hệ thống, phần mềm khác (API)",
        "oidc": "tài khoản của nhà cung cấp định danh",
    },
    "waits_for": {"code": "mã xác thực hai lớp", "enrolment": "bật xác thực hai lớp"},
    "level": {"1": "tỉnh", "2": "sở, ngành", "3": "xã, phường"},
    "kind": {"desk": "bộ phận một cửa", "room": "phòng chuyên môn", "leadership": "lãnh đạo", "clerk": "văn thư"},
}
_DAY, _INSTANT = re.compile(r"\d{4}-\d\d-\d\d"), re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, Any]]:
    """`{title, before, after}` for each thing that is otherwise; lists of things are told thing by thing."""
    found: list[dict[str, Any]] = []
    for name in dict.fromkeys((*before, *after)):
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        if _things(old) and _things(new) and any(isinstance(one, dict) for one in (*(old or ()), *(new or ()))):
            found += _thing_by_thing(name, old, new)
        elif isinstance(old, dict) or isinstance(new, dict):
            found += _member_by_member(name, old or {}, new or {})
        else:
            found.append(_line(title_of(name), value_words(name, old), value_words(name, new)))
    return found


def title_of(name: str) -> str:
    return TITLES.get(name, name.replace("_", " "))


def value_words(name: str, value: Any) -> str:
    """One value in words, cut where it is very long."""
    told = _words(name, value)
    return told if len(told) <= _LONGEST else f"{told[:_LONGEST]}…"


def _words(name: str, value: Any) -> str:
    if value is None or value == "" or value == [] or value == {}:
        return NOTHING
    if isinstance(value, bool):
        return "có" if value else "không"
    if name == "max_file_bytes" and isinstance(value, int):
        return f"{value / 1024 / 1024:.1f} MB".replace(".", ",").replace(",0", "")
    if name == "amount" and isinstance(value, int):
        return f"{value:,} đồng".replace(",", ".")
    if isinstance(value, list):
        return "; ".join(_words(name, one) for one in value)
    if isinstance(value, dict):
        return ", ".join(f"{title_of(key).lower()}: {_words(key, one)}" for key, one in value.items())
    return _text_words(name, str(value))


def _text_words(name: str, text: str) -> str:
    if name in WORDS and text in WORDS[name]:
        return WORDS[name][text]
    if name in ("permissions", "scopes") and text in PERMISSIONS:
        return PERMISSIONS[text].title
    if name in ("types", "file_types"):
        return SORTS.get(text, text)
    if _DAY.fullmatch(text):
        return f"{date.fromisoformat(text):%d/%m/%Y}"
    if _INSTANT.match(text):
        try:
            return f"{datetime.fromisoformat(text).astimezone(LOCAL):%H:%M %d/%m/%Y}"
        except ValueError:
            return text
    return text


def _things(value: Any) -> bool:
    return value is None or isinstance(value, list)


def _name_of(thing: Any) -> str:
    if not isinstance(thing, dict):
        return str(thing)
    return str(thing.get("code") or thing.get("name") or "")


def _thing_by_thing(name: str, old: Sequence[Any] | None, new: Sequence[Any] | None) -> list[dict[str, Any]]:
    was, now = ({_name_of(one): one for one in things or ()} for things in (old, new))
    found = []
    for key in dict.fromkeys((*was, *now)):
        one, other = was.get(key), now.get(key)
        title = f"{title_of(name)}: {key}"
        if one is None or other is None or not isinstance(one, dict) or not isinstance(other, dict):
            if one != other:
                found.append(_line(title, value_words(name, one), value_words(name, other)))
            continue
        for member in dict.fromkeys((*one, *other)):
            if one.get(member) != other.get(member):
                found.append(
                    _line(
                        f"{title}, {title_of(member).lower()}",
                        value_words(member, one.get(member)),
                        value_words(member, other.get(member)),
                    )
                )
    if not found:
        found.append(_line(f"{title_of(name)}, thứ tự", " · ".join(was), " · ".join(now)))
    return found


def _member_by_member(name: str, old: Any, new: Any) -> list[dict[str, Any]]:
    was, now = (one if isinstance(one, dict) else {"": one} for one in (old, new))
    return [
        _line(f"{title_of(name)}: {key}", value_words(key, was.get(key)), value_words(key, now.get(key)))
        for key in dict.fromkeys((*was, *now))
        if was.get(key) != now.get(key)
    ]


def _line(title: str, before: str, after: str) -> dict[str, Any]:
    return {"title": title, "before": before, "after": after}
