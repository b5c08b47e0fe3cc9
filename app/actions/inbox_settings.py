"""How an official wants her inbox: filters that she keeps under a name, the columns, where she goes after acting.

These are her own and concern no dossier; nobody else sees them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from app.actions.keyed import keyed
from app.actions.runner import Context
from app.errors import DomainError, invalid
from app.store import preferences, saved_filters
from app.store.saved_filters import SavedFilterRow

PREFERENCE = "inbox"
MOST_FILTERS = 20
LONGEST_NAME = 60
COLUMNS: Mapping[str, str] = {
    "procedure": "Thủ tục",
    "applicant": "Người nộp",
    "step": "Bước",
    "holder": "Người giữ",
    "entered": "Đến lúc",
    "due": "Hạn",
    "due_at": "Giờ hết hạn bước",
    "status": "Trạng thái hồ sơ",
    "position": "Vị trí việc làm",
    "note": "Ý kiến người trước",
}
"""What a list may show beside the dossier's code, in the order of the form."""
USUAL = ("procedure", "applicant", "step", "holder", "entered", "due")
AFTER: Mapping[str, str] = {
    "next": "Sang việc tiếp theo của danh sách",
    "stay": "Ở lại hồ sơ vừa xử lý",
    "list": "Về danh sách",
}
"""Where one goes after acting on a task that was opened from a list."""


@dataclass(frozen=True, slots=True)
class InboxSettings:
    """`columns`: names of COLUMNS in order; `after`: of AFTER."""

    columns: tuple[str, ...] = USUAL
    after: str = "next"


def settings_of(connection: Connection, account_id: int) -> InboxSettings:
    """What was chosen, as far as it is still known."""
    kept = preferences.preference_of(connection, account_id, PREFERENCE) or {}
    columns = tuple(name for name in kept.get("columns", USUAL) if name in COLUMNS) or USUAL
    after = str(kept.get("after"))
    return InboxSettings(columns, after if after in AFTER else "next")


def choose_settings(context: Context, columns: Sequence[str] | None, after: str | None) -> dict[str, Any]:
    """Keep what is given; what is None stays. Answers `{columns, after}`. Errors: DomainError invalid, key_reused."""
    wrong: dict[str, list[str]] = {}
    if columns is not None and not columns:
        wrong["columns"] = ["Phải hiện ít nhất một cột."]
    elif columns is not None and (set(columns) - COLUMNS.keys() or len(set(columns)) < len(columns)):
        wrong["columns"] = [f"Mỗi cột một lần, trong: {', '.join(COLUMNS)}."]
    if after is not None and after not in AFTER:
        wrong["after"] = [f"Phải là một trong: {', '.join(AFTER)}."]
    if wrong:
        raise invalid(wrong)

    def make(connection: Connection) -> dict[str, Any]:
        account = context.caller.account_id
        now = settings_of(connection, account)
        chosen = {"columns": list(columns or now.columns), "after": after or now.after}
        preferences.keep_preference(connection, account, PREFERENCE, chosen)
        return chosen

    return keyed(context, make)


def keep_filter(context: Context, name: str, asked: Mapping[str, str | None], start: bool) -> dict[str, Any]:
    """Keep a question of the inbox under a name; `start`: the day begins there. Answers the filter.

    Errors: DomainError invalid (`name`), key_reused.
    """
    account = context.caller.account_id

    def make(connection: Connection) -> dict[str, Any]:
        saved_filters.lock_filters_of(connection, account)
        if len(saved_filters.filters_of(connection, account)) >= MOST_FILTERS:
            raise invalid({"name": [f"Đã có {MOST_FILTERS} bộ lọc; hãy xóa bớt trước."]})
        _check_name(connection, account, name)
        if start:
            saved_filters.no_start(connection, account)
        made = saved_filters.add_filter(connection, account, name, _asked(asked), start)
        return filter_view(_own(connection, account, made))

    return keyed(context, make)


def change_filter(context: Context, filter_id: int, version: int | None, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Change `name`, `filter` or `is_start` of one's own filter, as far as given. Answers it.

    Errors: DomainError not_found, stale_version, invalid (`name`), key_reused.
    """
    account = context.caller.account_id

    def make(connection: Connection) -> dict[str, Any]:
        saved_filters.lock_filters_of(connection, account)
        row = _own(connection, account, filter_id)
        if version is not None and row.version != version:
            raise DomainError("stale_version", "Bộ lọc này đã được sửa ở nơi khác từ khi bạn mở; hãy xem lại.")
        values = dict(changes)
        if "name" in values:
            _check_name(connection, account, values["name"], but=filter_id)
        if "filter" in values:
            values["filter"] = _asked(values["filter"])
        if values.get("is_start"):
            saved_filters.no_start(connection, account, but=filter_id)
        if values:
            saved_filters.change_filter(connection, filter_id, values)
        return filter_view(_own(connection, account, filter_id))

    return keyed(context, make)


def remove_filter(context: Context, filter_id: int) -> None:
    """Errors: DomainError not_found, key_reused."""

    def make(connection: Connection) -> dict[str, Any]:
        if not saved_filters.drop_filter(connection, context.caller.account_id, filter_id):
            raise _unknown()
        return {}

    keyed(context, make)


def _own(connection: Connection, account_id: int, filter_id: int) -> SavedFilterRow:
    row = saved_filters.filter_of(connection, account_id, filter_id)
    if row is None:
        raise _unknown()
    return row


def _unknown() -> DomainError:
    return DomainError("not_found", "Bạn không có bộ lọc này; có thể đã xóa.")


def _check_name(connection: Connection, account_id: int, name: str, but: int = 0) -> None:
    if not name:
        raise invalid({"name": ["Hãy đặt tên cho bộ lọc."]})
    if len(name) > LONGEST_NAME:
        raise invalid({"name": [f"Dài quá {LONGEST_NAME} ký tự."]})
    if saved_filters.name_taken(connection, account_id, name, but):
        raise invalid({"name": ["Bạn đã có bộ lọc tên này; hãy đặt tên khác."]})


def _asked(asked: Mapping[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in asked.items() if value}


def filter_view(row: SavedFilterRow) -> dict[str, Any]:
    """A saved filter: `{id, name, filter, is_start, version}`."""
    return {
        "id": row.id,
        "name": row.name,
        "filter": dict(row.filter),
        "is_start": row.is_start,
        "version": row.version,
    }
