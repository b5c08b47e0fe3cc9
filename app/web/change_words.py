"""What administrators changed, in words that they read: what was done, and each thing before and after."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final

from app.actions.keep_units import KINDS
from app.rules.permissions import PERMISSIONS
from app.views.organisation import LEVELS

TITLES: Final[Mapping[str, str]] = {
    "agency_created": "Lập cơ quan",
    "agency_changed": "Sửa cơ quan",
    "agency_closed": "Đóng cơ quan",
    "unit_created": "Lập đơn vị",
    "unit_changed": "Sửa đơn vị",
    "unit_closed": "Đóng đơn vị",
    "unit_reopened": "Mở lại đơn vị",
    "position_created": "Lập vị trí việc làm",
    "position_changed": "Sửa vị trí việc làm",
    "position_closed": "Đóng vị trí việc làm",
    "position_reopened": "Mở lại vị trí việc làm",
    "account_created": "Lập tài khoản",
    "account_changed": "Sửa tài khoản",
    "permissions_changed": "Đổi quyền",
    "account_locked": "Khóa tài khoản",
    "account_unlocked": "Mở khóa tài khoản",
    "password_reset": "Đặt mật khẩu tạm",
    "position_given": "Giao vị trí việc làm",
    "position_ended": "Thôi giữ vị trí việc làm",
    "accounts_handed_in": "Gửi bảng cán bộ",
    "accounts_imported": "Nhập bảng cán bộ",
}
LABELS: Final[Mapping[str, str]] = {
    "active": "Hoạt động",
    "agency": "Cơ quan",
    "calendar": "Lịch làm việc",
    "changed": "Thay đổi",
    "code": "Mã",
    "copied_from": "Sao chép từ",
    "desk_calendar": "Lịch của bộ phận một cửa",
    "email": "Thư điện tử",
    "file": "Tệp",
    "from": "Từ ngày",
    "head": "Phụ trách đơn vị",
    "identifier": "Mã định danh",
    "kind": "Loại",
    "level": "Cấp",
    "must_change_password": "Phải đổi mật khẩu",
    "name": "Tên",
    "new": "Tạo mới",
    "parent": "Cơ quan cấp trên",
    "permissions": "Quyền",
    "position": "Vị trí",
    "rows": "Số dòng",
    "sessions_ended": "Phiên đã kết thúc",
    "to": "Đến hết ngày",
    "unchanged": "Không đổi",
    "unit": "Đơn vị",
    "valid_from": "Hoạt động từ ngày",
    "valid_to": "Ngày cuối",
    "wrong": "Dòng sai",
}


def told(changes: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """{title, at, by_name, lines: [{label, before, after}]} of each; `before` is None where there was nothing."""
    return [
        {
            "title": TITLES.get(one["kind"], one["kind"]),
            "at": one["at"],
            "by_name": one["by_name"],
            "lines": _lines(one["before"], one["after"]),
        }
        for one in changes
    ]


def _lines(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "label": LABELS.get(key, key),
            "before": _worded(key, before[key]) if key in before and before[key] != value else None,
            "after": _worded(key, value),
        }
        for key, value in after.items()
    ]


def _worded(key: str, value: Any) -> str:
    if value is None or value == "" or value == []:
        return "chưa xác định" if key == "to" else "không có"
    if isinstance(value, bool):
        return "có" if value else "không"
    if key == "permissions" and isinstance(value, list):
        return "; ".join(PERMISSIONS[name].title if name in PERMISSIONS else str(name) for name in value)
    if key == "level":
        return LEVELS.get(value, str(value))
    if key == "kind":
        return KINDS.get(value, str(value))
    if key in ("from", "to", "valid_from", "valid_to"):
        return _day(str(value))
    return str(value)


def _day(text: str) -> str:
    try:
        return f"{date.fromisoformat(text):%d/%m/%Y}"
    except ValueError:
        return text
