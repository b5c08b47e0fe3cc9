"""What can go wrong with a request, in one table.

`PROBLEMS` maps each code of the HTTP interface to its status and Vietnamese title; `DomainError` carries a code, a
Vietnamese detail that says what to do, and, where fields are wrong, `errors` (`{"field": ["message"]}`). Routes, pages, jobs
and the command line all turn the same exception into their own words; no other layer invents texts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class ProblemKind:
    status: int
    title: str


PROBLEMS: Mapping[str, ProblemKind] = {
    "bad_request": ProblemKind(400, "Yêu cầu không đọc được"),
    "unauthenticated": ProblemKind(401, "Chưa đăng nhập hoặc phiên đã hết hạn"),
    "wrong_credentials": ProblemKind(401, "Tên đăng nhập hoặc mật khẩu không đúng"),
    "forbidden": ProblemKind(403, "Không có quyền thực hiện"),
    "password_change_required": ProblemKind(403, "Phải đổi mật khẩu trước"),
    "sign_in_refused": ProblemKind(403, "Chưa đăng nhập được"),
    "second_factor_required": ProblemKind(403, "Phải xác thực hai lớp trước"),
    "not_a_candidate": ProblemKind(403, "Bước này thuộc vị trí việc làm khác"),
    "not_found": ProblemKind(404, "Không tìm thấy"),
    "method_not_allowed": ProblemKind(405, "Đường dẫn này không nhận phương thức đó"),
    "task_finished": ProblemKind(409, "Bước này đã được xử lý xong"),
    "task_taken": ProblemKind(409, "Bước này đã có người nhận"),
    "task_suspended": ProblemKind(409, "Bước này đang tạm dừng"),
    "wrong_state": ProblemKind(409, "Trạng thái hồ sơ không cho phép thao tác này"),
    "quarantined": ProblemKind(409, "Tệp đang được cách ly"),
    "not_shown": ProblemKind(409, "Tệp này không xem được trên trang"),
    "duplicate": ProblemKind(409, "Đã tồn tại"),
    "settled": ProblemKind(409, "Việc này đã được giải quyết"),
    "position_vacant": ProblemKind(409, "Chưa có vị trí việc làm cho bước tiếp theo"),
    "incident": ProblemKind(409, "Hồ sơ gặp sự cố quy trình"),
    "stale_version": ProblemKind(412, "Dữ liệu đã thay đổi từ khi bạn mở"),
    "too_large": ProblemKind(413, "Dữ liệu gửi lên quá lớn"),
    "unsupported_media_type": ProblemKind(415, "Kiểu dữ liệu không được hỗ trợ"),
    "invalid": ProblemKind(422, "Dữ liệu không hợp lệ"),
    "comment_required": ProblemKind(422, "Phải ghi ý kiến"),
    "slip_required": ProblemKind(422, "Phải đính kèm phiếu hoặc văn bản"),
    "signature_required": ProblemKind(422, "Phải có chữ ký số hợp lệ"),
    "signing_failed": ProblemKind(409, "Chưa ký được"),
    "decision_required": ProblemKind(422, "Phải chọn kết quả xử lý của bước"),
    "unknown_procedure": ProblemKind(422, "Không có thủ tục này"),
    "key_reused": ProblemKind(422, "Khóa Idempotency-Key đã dùng cho một yêu cầu khác"),
    "diagram_rejected": ProblemKind(422, "Sơ đồ quy trình không đạt"),
    "template_rejected": ProblemKind(422, "Mẫu phiếu không in được"),
    "too_many_requests": ProblemKind(429, "Gửi yêu cầu quá nhanh"),
    "internal": ProblemKind(500, "Lỗi hệ thống"),
    "unavailable": ProblemKind(503, "Hệ thống tạm thời không phục vụ được"),
    "maintenance": ProblemKind(503, "Hệ thống đang bảo trì"),
}


class DomainError(Exception):
    """A refusal that the caller can understand. Raised before anything is committed; nothing has changed."""

    def __init__(
        self,
        code: str,
        detail: str,
        *,
        errors: Mapping[str, Any] | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(detail)
        self.code = code
        self.kind = PROBLEMS[code]
        self.detail = detail
        self.errors = errors
        self.extra = dict(extra or {})


def invalid(errors: Mapping[str, list[str]]) -> DomainError:
    """Fields are wrong: `errors` is `{"field.path": [message]}`."""
    return DomainError("invalid", "Hãy sửa các trường được nêu rồi gửi lại.", errors=errors)
