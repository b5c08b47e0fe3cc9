"""The log of administrators in words: who changed what, before and after; who signed in; who looked at the log itself.

Looking at it and taking it along as a file are logged too. Histories of dossiers stand with the dossiers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from app.access.caller import Caller
from app.errors import DomainError, invalid
from app.store import audit
from app.store.administration_changes import record_change
from app.store.audit import AuditFilters, AuditRow
from app.store.transaction import reading, transaction
from app.views.cursors import an_id, make_cursor, page_answer, read_cursor
from app.views.differences import differences
from app.views.sessions import program_words
from app.views.sheet_files import xlsx_file
from app.wording import LOCAL

SEE: Final = ("audit.view", "account.manage_own")
MOST_COUNTED: Final = 1000
MOST_EXPORTED: Final = 10_000
SIGN_INS: Final = ("signed_in", "sign_in_failed", "second_factor_failed", "identity_refused")
LOOKS: Final = ("audit_viewed", "audit_exported", "looks_viewed")
GROUPS: Final[Mapping[str, str]] = {
    "changes": "Thay đổi quản trị",
    "sign_ins": "Đăng nhập",
    "looks": "Xem, xuất nhật ký",
    "all": "Tất cả",
}
KINDS: Final[Mapping[str, str]] = {
    "account_created": "Tạo tài khoản",
    "account_changed": "Sửa tài khoản",
    "account_locked": "Khóa tài khoản",
    "account_unlocked": "Mở khóa tài khoản",
    "accounts_handed_in": "Gửi danh sách tài khoản",
    "accounts_imported": "Nhập tài khoản từ tệp",
    "permissions_changed": "Đổi quyền",
    "password_reset": "Đặt mật khẩu tạm",
    "password_changed": "Đổi mật khẩu",
    "account_reported": "Báo tài khoản bị lộ, khóa ngay",
    "sign_in_locked_out": "Tạm khóa đăng nhập vì sai mật khẩu nhiều lần",
    "account_rescued": "Mở lại tài khoản quản trị từ máy chủ",
    "let_in": "Bỏ tạm khóa đăng nhập",
    "sessions_ended": "Kết thúc phiên đăng nhập",
    "position_created": "Tạo vị trí việc làm",
    "position_changed": "Sửa vị trí việc làm",
    "position_closed": "Đóng vị trí việc làm",
    "position_reopened": "Mở lại vị trí việc làm",
    "position_given": "Giao vị trí việc làm",
    "position_ended": "Thôi giữ vị trí việc làm",
    "unit_created": "Tạo đơn vị",
    "unit_changed": "Sửa đơn vị",
    "unit_closed": "Đóng đơn vị",
    "unit_reopened": "Mở lại đơn vị",
    "agency_created": "Tạo cơ quan",
    "agency_changed": "Sửa cơ quan",
    "agency_closed": "Đóng cơ quan",
    "delegation_made": "Ủy quyền",
    "delegation_ended": "Thôi ủy quyền",
    "procedure_created": "Thêm thủ tục",
    "procedure_changed": "Thay đổi dữ liệu thủ tục",
    "procedure_change_planned": "Hẹn thay đổi dữ liệu thủ tục",
    "procedure_change_applied": "Áp dụng thay đổi đã hẹn",
    "procedure_change_cancelled": "Bỏ thay đổi đã hẹn",
    "version_published": "Ban hành quy trình",
    "version_corrected": "Sửa lỗi cấu hình quy trình",
    "outage_changed": "Sửa thông báo sự cố hệ thống",
    "log_book_entered": "Ghi sổ sự cố",
    "log_book_changed": "Sửa dòng sổ sự cố",
    "maintenance_begun": "Bảo trì, tạm dừng hệ thống",
    "maintenance_ended": "Kết thúc bảo trì, tạm dừng",
    "import_previewed": "Xem trước hồ sơ từ hệ thống cũ",
    "import_mapped": "Chọn cột của tệp hồ sơ cũ",
    "import_accepted": "Chấp nhận nhập hồ sơ từ hệ thống cũ",
    "import_finished": "Nhập xong hồ sơ từ hệ thống cũ",
    "import_row_withdrawn": "Rút hồ sơ đã nhập",
    "import_dropped": "Bỏ bản xem trước hồ sơ cũ",
    "job_retried": "Chạy lại công việc nền",
    "job_given_up": "Bỏ công việc nền",
    "restore_released": "Cho hệ thống vừa khôi phục chạy lại",
    "signed_in": "Đăng nhập",
    "sign_in_failed": "Đăng nhập không được",
    "second_factor_set": "Bật xác thực hai lớp",
    "second_factor_ended": "Thôi xác thực hai lớp",
    "second_factor_reset": "Bỏ xác thực hai lớp của tài khoản",
    "second_factor_failed": "Nhập sai mã xác thực hai lớp",
    "recovery_codes_renewed": "Đổi mã khôi phục",
    "api_token_made": "Tạo thẻ truy cập",
    "api_token_revoked": "Thu hồi thẻ truy cập",
    "identity_linked": "Liên kết với nhà cung cấp định danh",
    "identity_unlinked": "Bỏ liên kết với nhà cung cấp định danh",
    "identity_refused": "Đăng nhập qua nhà cung cấp định danh không được",
    "event_log_exported": "Xuất nhật ký quy trình",
    "mandate_made": "Giao thực hiện thay cơ quan khác",
    "mandate_ended": "Kết thúc thực hiện thay",
    "disclosure_made": "Cung cấp hồ sơ theo yêu cầu",
    "disclosure_taken": "Tải gói hồ sơ cung cấp",
    "looks_viewed": "Xem lượt xem hồ sơ",
    "audit_viewed": "Xem nhật ký quản trị",
    "audit_exported": "Xuất nhật ký quản trị",
    "history_dropped": "Xóa lịch sử hết hạn lưu giữ",
}
_SUBJECTS: Final[Mapping[str, str]] = {
    "account": "Tài khoản",
    "account_import": "Tệp tài khoản",
    "position": "Vị trí",
    "unit": "Đơn vị",
    "agency": "Cơ quan",
    "procedure": "Thủ tục",
    "delegation": "Ủy quyền số",
    "import": "Lần nhập hồ sơ số",
    "job": "Công việc nền số",
    "outage": "Sự cố hệ thống số",
    "log_book": "Sổ sự cố, dòng số",
    "maintenance": "Lần bảo trì số",
    "mandate": "Thực hiện thay số",
    "disclosure": "Lần cung cấp hồ sơ số",
    "looks": "Lượt xem hồ sơ",
    "audit": "Nhật ký quản trị",
    "history": "Lịch sử hồ sơ, phần",
}


@dataclass(frozen=True, slots=True)
class AuditAsk:
    """What is looked for; days are local and both included. `kind` is one of KINDS, `group` one of GROUPS."""

    person: str | None = None
    subject: str | None = None
    words: str | None = None
    kind: str | None = None
    group: str = "changes"
    agency: str | None = None
    since: date | None = None
    until: date | None = None


def audit_list(
    caller: Caller, ask: AuditAsk, cursor: str | None, page_size: int, now: datetime, address: str | None
) -> dict[str, Any]:
    """A page of the log, the newest first; that somebody looks is noted with the first page. Errors: DomainError invalid."""
    filters = _filters(caller, ask)
    after = read_cursor(cursor, "audit", an_id)[0] if cursor is not None else None
    with reading() as connection:
        rows = audit.audit_rows(connection, filters, after, page_size + 1)
        total = audit.count_rows(connection, filters, MOST_COUNTED)
    if after is None:
        _note(caller, "audit_viewed", ask, {}, now, address)
    following = make_cursor("audit", rows[page_size - 1].id) if len(rows) > page_size else None
    return page_answer([_view(row) for row in rows[:page_size]], total, following)


def audit_file(caller: Caller, ask: AuditAsk, now: datetime, address: str | None) -> bytes:
    """The newest MOST_EXPORTED rows as XLSX, a line a difference. Noted. Errors: DomainError invalid."""
    filters = _filters(caller, ask)
    with reading() as connection:
        rows = audit.audit_rows(connection, filters, None, MOST_EXPORTED)
    _note(caller, "audit_exported", ask, {"rows": len(rows)}, now, address)
    head = ("Số", "Lúc", "Việc", "Đối tượng", "Người thực hiện", "Tên đăng nhập", "Cơ quan", "Địa chỉ mạng")
    told = [(_view(row), row) for row in rows]
    return xlsx_file(
        "Nhật ký quản trị",
        (*head, "Thay đổi"),
        (
            (
                row.id,
                f"{row.at.astimezone(LOCAL):%d/%m/%Y %H:%M:%S}",
                shown["title"],
                shown["subject_title"],
                row.name,
                row.username,
                row.agency,
                row.address,
                "\n".join(f"{line['title']}: {line['before']} → {line['after']}" for line in shown["lines"]),
            )
            for shown, row in told
        ),
        (8, 20, 28, 32, 24, 20, 12, 16, 80),
    )


def _filters(caller: Caller, ask: AuditAsk) -> AuditFilters:
    if not any(caller.may(name) for name in SEE):
        raise DomainError("forbidden", "Chỉ quản trị viên được giao mới xem nhật ký quản trị.")
    if ask.since is not None and ask.until is not None and ask.until < ask.since:
        raise invalid({"until": ["Phải từ ngày bắt đầu trở đi."]})
    kinds = {"sign_ins": SIGN_INS, "looks": LOOKS}.get(ask.group, ())
    return AuditFilters(
        person=ask.person,
        subject=ask.subject,
        words=ask.words,
        kinds=(ask.kind,) if ask.kind else kinds,
        not_kinds=(*SIGN_INS, *LOOKS) if ask.group == "changes" and not ask.kind else (),
        agency_id=None if caller.may("audit.view") else caller.agency_id,
        agency=ask.agency,
        since=_midnight(ask.since),
        before=_midnight(ask.until + timedelta(days=1)) if ask.until else None,
    )


def _midnight(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, time(), LOCAL)


def _note(
    caller: Caller, kind: str, ask: AuditAsk, more: Mapping[str, Any], now: datetime, address: str | None
) -> None:
    asked = {name: getattr(ask, name) for name in ask.__slots__ if getattr(ask, name) is not None}
    told = {name: value.isoformat() if isinstance(value, date) else value for name, value in asked.items()}
    told["group"] = GROUPS[ask.group]
    told |= {"kind": KINDS[ask.kind]} if ask.kind else {}
    with transaction() as connection:
        record_change(
            connection,
            at=now,
            account_id=caller.account_id,
            kind=kind,
            subject="audit:",
            agency_id=caller.agency_id,
            before={},
            after={**told, **more},
            address=address,
        )


def _view(row: AuditRow) -> dict[str, Any]:
    after = dict(row.after)
    if row.kind in SIGN_INS:
        after["agent"] = program_words(after.get("agent"))
    return {
        "id": row.id,
        "at": row.at,
        "kind": row.kind,
        "title": KINDS.get(row.kind, row.kind),
        "subject": row.subject,
        "subject_title": subject_words(row.subject),
        "username": row.username,
        "name": row.name,
        "agency": row.agency,
        "agency_name": row.agency_name,
        "address": row.address,
        "before": row.before,
        "after": row.after,
        "lines": differences(row.before, after),
    }


def subject_words(subject: str) -> str:
    """`account:an` as `Tài khoản an`."""
    sort, _, code = subject.partition(":")
    if sort == "account" and not code:
        return "Tên đăng nhập không có"
    return f"{_SUBJECTS.get(sort, sort)} {code}".strip()
