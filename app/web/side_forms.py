"""The side processes as forms: which fields each asks for, what it will do, what to say when it is asked."""

from __future__ import annotations

from collections.abc import Mapping

SIDE_FIELDS: Mapping[str, tuple[str, ...]] = {
    "request-supplement": ("items", "attachments", "comment"),
    "request-extension": ("appointment", "attachments", "comment"),
    "apologise": ("appointment", "attachments", "comment"),
    "request-payment": ("amount", "limit_at", "attachments", "comment"),
    "ask-opinion": ("agencies", "limit_at", "attachments", "comment"),
    "arrange-visit": ("visit_at", "place", "participants", "comment"),
    "reject": ("attachments", "comment"),
    "withdraw": ("attachments", "comment"),
    "stop": ("attachments", "comment"),
}
SIDE_DOES: Mapping[str, str] = {
    "request-supplement": "Đề nghị người nộp bổ sung giấy tờ: phiếu qua các bước duyệt, thời gian tạm dừng từ khi phiếu được"
    " ghi nhận. Phải ghi lý do.",
    "request-extension": "Đề nghị lùi thời gian hẹn trả; các bước giải quyết vẫn tiếp tục. Phải ghi lý do, thời gian hẹn lại.",
    "apologise": "Xin lỗi người nộp và hẹn lại. Có phiếu đính kèm thì được ghi nhận ngay; hạn xử lý giữ nguyên.",
    "request-payment": "Yêu cầu người nộp thực hiện nghĩa vụ tài chính: chờ đến khi có chứng từ rồi bước này tự tiếp tục.",
    "ask-opinion": "Gửi văn bản lấy ý kiến; mỗi cơ quan có một việc trả lời với thời hạn riêng, bước này vẫn tiếp tục.",
    "arrange-visit": "Ghi lịch kiểm tra, xác minh thực tế; bước này vẫn tiếp tục trong khi chờ biên bản.",
    "reject": "Hồ sơ không đủ điều kiện: phiếu từ chối qua các bước duyệt; bộ phận một cửa xác nhận thì hồ sơ kết thúc. "
    "Phải ghi lý do.",
    "withdraw": "Người nộp rút hồ sơ: cần văn bản đề nghị có chữ ký, nêu lý do; được xác nhận thì hồ sơ kết thúc.",
    "stop": "Dừng giải quyết hồ sơ chưa có kết quả: cần thông báo dừng giải quyết; hồ sơ kết thúc.",
}
SIDE_DONE: Mapping[str, str] = {
    "request-supplement": "Đã đề nghị bổ sung hồ sơ {code}.",
    "request-extension": "Đã đề nghị gia hạn hồ sơ {code}.",
    "apologise": "Đã chuyển xin lỗi, hẹn lại cho hồ sơ {code}.",
    "request-payment": "Đã yêu cầu nộp tiền cho hồ sơ {code}.",
    "ask-opinion": "Đã gửi lấy ý kiến về hồ sơ {code}.",
    "arrange-visit": "Đã ghi lịch xác minh hồ sơ {code}.",
    "reject": "Đã đề nghị trả hồ sơ {code} không giải quyết.",
    "withdraw": "Đã ghi nhận đề nghị rút hồ sơ {code}.",
    "stop": "Đã ghi nhận đề nghị dừng giải quyết hồ sơ {code}.",
}
