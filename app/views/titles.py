"""What the rows of a dossier's history and its slips are called."""

from __future__ import annotations

from collections.abc import Mapping

TITLES: Mapping[str, str] = {
    "registered": "Đăng ký hồ sơ",
    "submitted": "Hồ sơ trực tuyến chờ kiểm tra",
    "checked": "Đã kiểm tra hồ sơ trực tuyến",
    "accepted": "Tiếp nhận hồ sơ",
    "slip_issued": "Cấp phiếu",
    "claimed": "Nhận xử lý",
    "released": "Trả về nhóm",
    "handed_off": "Bàn giao",
    "forwarded": "Chuyển bước tiếp theo",
    "returned": "Trả lại bước trước",
    "transferred": "Chuyển sang cơ quan khác",
    "delivered_to_agency": "Cơ quan nhận đã nhận được hồ sơ điện tử",
    "sent_back": "Cơ quan phối hợp chuyển lại kết quả",
    "agency_returned": "Cơ quan phối hợp trả lại",
    "pressed": "Đôn đốc",
    "recalled": "Thu hồi",
    "supplement_requested": "Yêu cầu bổ sung hồ sơ",
    "supplement_received": "Đã bổ sung hồ sơ",
    "payment_requested": "Yêu cầu thực hiện nghĩa vụ tài chính",
    "payment_received": "Đã thực hiện nghĩa vụ tài chính",
    "payment_wait_ended": "Thôi chờ thực hiện nghĩa vụ tài chính",
    "apologised": "Xin lỗi và hẹn lại",
    "extended": "Gia hạn",
    "withdrawn": "Rút hồ sơ",
    "not_accepted": "Không tiếp nhận hồ sơ",
    "side_started": "Bắt đầu xét yêu cầu",
    "side_asked": "Gửi yêu cầu",
    "opinion_answered": "Đã trả lời ý kiến",
    "verification_recorded": "Đã ghi kết quả xác minh",
    "side_ended": "Xong yêu cầu",
    "calendar_changed": "Lịch làm việc thay đổi",
    "corrected": "Đính chính việc đã ghi",
    "correction_asked": "Yêu cầu người nộp sửa, bổ sung trước khi tiếp nhận",
    "correction_received": "Người nộp nộp lại hồ sơ",
    "applicant_called": "Gọi điện cho người nộp",
    "delivery_retried": "Gửi lại thông báo",
    "delivery_cancelled": "Thôi gửi thông báo",
    "amended": "Người nộp tự sửa đổi, bổ sung",
    "joined": "Mời phối hợp",
    "contributed": "Gửi ý kiến phối hợp",
    "paper_received": "Đã nhận bản giấy",
    "slip_reprinted": "In lại phiếu",
    "fee_collected": "Thu phí, lệ phí",
    "fee_voided": "Hủy biên lai thu phí, lệ phí",
    "fee_refunded": "Hoàn trả phí, lệ phí",
    "result_reminded": "Nhắc người nộp đến nhận kết quả",
    "agency_supplement_requested": "Cơ quan phối hợp yêu cầu bổ sung",
    "result_confirmed": "Xác nhận có kết quả",
    "delivered": "Trả kết quả",
    "attached": "Thêm tệp đính kèm",
    "file_infected": "Phát hiện mã độc trong tệp; tệp bị cách ly",
    "signed": "Ký số tệp",
    "watch_started": "Bắt đầu theo dõi thời hạn",
    "watch_ended": "Kết thúc theo dõi thời hạn",
    "incident_opened": "Hồ sơ gặp sự cố quy trình",
    "incident_retried": "Quản trị cho thực hiện lại",
    "incident_resolved": "Sự cố quy trình đã hết",
    "incident_closed": "Quản trị đóng sự cố quy trình",
    "repaired": "Quản trị sửa chữa sự cố quy trình",
    "vacancy_filled": "Đã có người giữ vị trí, bước được mở",
    "version_moved": "Chuyển sang phiên bản khác của quy trình",
    "imported": "Nhập hồ sơ từ hệ thống cũ",
    "import_withdrawn": "Rút hồ sơ đã nhập từ hệ thống cũ",
    "version_move_undone": "Trở lại phiên bản trước của quy trình",
    "notice_sent": "Gửi thông báo",
    "step_due_soon": "Bước sắp đến hạn",
    "step_overdue": "Bước đã đến hạn",
    "timer_fired": "Đến thời điểm hẹn trong quy trình",
    "message_received": "Nhận tin từ hệ thống khác",
}
TIMERS: Mapping[str, str] = {
    "due_soon_reached": "Sắp đến hẹn trả kết quả",
    "deadline_reached": "Đã hết hạn xử lý",
    "appointment_reached": "Đã quá hẹn trả kết quả",
}


def history_title(kind: str) -> str:
    """The title of a kind of row; a kind of a later version shows as it is stored."""
    return TITLES.get(kind, kind)


def timer_title(element: str) -> str:
    """The title of a timer that fired: that of the deadline watch, or one that the procedure's own diagram has."""
    return TIMERS.get(element, "Đến thời điểm hẹn trong quy trình")
