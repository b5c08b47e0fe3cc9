"""What the switches of a province's profile mean, for people who read them; `app.rules.profile` says the same for programs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_ONCE: Final[Mapping[str, str]] = {"once": "một lần", "any": "không giới hạn số lần"}
_FILES: Final[Mapping[str, str]] = {"required": "bắt buộc", "optional": "không bắt buộc"}

MEANINGS: Final[Mapping[str, str]] = {
    "code_template": "Mã hồ sơ ghép từ mã định danh cơ quan, ngày và số thứ tự như thế nào.",
    "supplement_clock": "Sau khi người nộp bổ sung, thời hạn giải quyết tính lại từ đầu hay tính tiếp phần còn lại.",
    "supplement_step": "Sau khi bổ sung, việc tiếp tục ở bước đã yêu cầu hay quay về bước đầu.",
    "supplement_times": "Được yêu cầu người nộp bổ sung hồ sơ mấy lần.",
    "supplement_notice": "Yêu cầu bổ sung phải ra chậm nhất bao lâu kể từ lúc tiếp nhận.",
    "supplement_late_notice": "Yêu cầu bổ sung ra muộn hơn mức đó thì vẫn ghi và đánh dấu, hay không nhận.",
    "payment_clock": "Trong khi chờ người nộp thực hiện nghĩa vụ tài chính, thời hạn tạm dừng hay vẫn chạy.",
    "result_at_deadline": "Kết quả có đúng vào thời điểm hết hạn thì tính là đúng hạn hay quá hạn.",
    "on_time_by": "Đúng hạn xét theo giờ phút hay theo ngày.",
    "on_time_against": "Đúng hạn so với hạn xử lý hay so với thời gian hẹn trả kết quả.",
    "label_early": "Cách gọi hồ sơ có kết quả trước hạn.",
    "label_on_time": "Cách gọi hồ sơ có kết quả đúng hạn.",
    "label_late": "Cách gọi hồ sơ có kết quả sau hạn.",
    "label_overdue": "Cách gọi hồ sơ đã phải xin lỗi, hẹn lại.",
    "label_overdue_open": "Cách gọi hồ sơ còn đang giải quyết mà đã quá hạn.",
    "apology_window": "Thư xin lỗi, hẹn lại phải ra vào lúc nào.",
    "late_apology": "Xin lỗi ngoài lúc đó có được không.",
    "apology_times": "Được xin lỗi, hẹn lại mấy lần.",
    "apology_overdue": "Hồ sơ đã xin lỗi thì luôn tính là quá hạn, hay chỉ xét lúc có kết quả.",
    "extension": "Gia hạn được duyệt đi cùng thư xin lỗi hay là một việc riêng.",
    "closing_bar": "Còn thư xin lỗi đang mở thì có được kết thúc hồ sơ không.",
    "appointment": "Thời gian hẹn trả kết quả mặc định.",
    "intake_limit": "Bộ phận một cửa phải kiểm tra hồ sơ nộp trực tuyến trong bao lâu.",
    "intake_cut_off": "Nộp trực tuyến sau giờ này thì tính như nộp ngày làm việc hôm sau.",
    "transfer_cut_off": "Tiếp nhận sau giờ này thì chuyển vào đầu giờ ngày làm việc kế tiếp.",
    "receipt_at_once": "Hồ sơ giải quyết ngay có bắt buộc lập giấy tiếp nhận không.",
    "paper": "Khi cần hồ sơ giấy, bản giấy đi trước, cùng lúc hay sau hồ sơ điện tử.",
    "transfer_form": "Liên thông không có giấy: thời gian của cơ quan kế tiếp tính từ lúc chuyển hay lúc đến nơi.",
    "slip_set": "Các loại phiếu in theo bộ mẫu nào.",
    "slip_files": "Yêu cầu bổ sung, xin lỗi, từ chối, rút hồ sơ có phải kèm tệp của phiếu không.",
    "due_soon": "Cảnh báo sắp đến hẹn trả kết quả trước bao lâu.",
    "step_due_soon": "Báo người giữ bước trước khi bước đến hạn bao lâu.",
    "late_entry": "Sau khi hệ thống gián đoạn, được nhập bù lùi về trước bao lâu.",
    "publication_limit": "Thủ tục phải được cập nhật lên hệ thống trong bao lâu.",
    "publication_from": "Mức đó tính từ ngày quyết định hay từ ngày đăng ký.",
    "publication_review": "Trung tâm được kiểm tra nội dung trước khi áp dụng trong bao lâu.",
    "acceptance_channels": "Việc tiếp nhận được báo cho người nộp bằng những cách nào.",
    "acceptance_channels_mode": "Phải báo qua mọi cách đó hay một trong số đó.",
    "supplement_channels": "Yêu cầu bổ sung luôn được báo bằng những cách này, ngoài cách người nộp chọn.",
    "appointment_channels": "Thời gian hẹn trả mới luôn được báo bằng những cách này, ngoài cách người nộp chọn.",
    "result_channels": "Kết quả luôn được báo bằng những cách này, ngoài cách người nộp chọn.",
    "quiet_hours": "Khoảng giờ không gửi tin nhắn, không gọi điện.",
    "signed_slips": "Những phiếu mà tệp phải có chữ ký số hợp lệ.",
    "signed_results": "Kết quả trả trực tuyến có phải ký số không.",
    "electronic_result": "Hồ sơ nào của dịch vụ công toàn trình được nhận kết quả bản điện tử.",
    "online_papers": "Nộp trực tuyến mà thiếu giấy tờ bắt buộc thì không cho nộp, hay vẫn nhận để kiểm tra.",
}
"""Switch -> what it decides."""

NONE_WORDS: Final[Mapping[str, str]] = {
    "supplement_notice": "không có mức riêng",
    "intake_limit": "không quy định",
    "intake_cut_off": "không đặt giờ",
    "transfer_cut_off": "không đặt giờ",
    "publication_limit": "không có mức",
    "publication_review": "không kiểm tra trước",
    "quiet_hours": "gửi vào mọi giờ",
}
VALUES: Final[Mapping[str, Mapping[str, str]]] = {
    "supplement_clock": {"restart": "tính lại từ đầu", "resume": "tính tiếp phần còn lại"},
    "supplement_step": {"same": "bước đã yêu cầu", "first": "bước đầu"},
    "supplement_times": _ONCE,
    "supplement_late_notice": {"mark": "vẫn ghi và đánh dấu", "refuse": "không nhận"},
    "payment_clock": {"pause": "tạm dừng", "run": "vẫn chạy"},
    "result_at_deadline": {"on_time": "đúng hạn", "overdue": "quá hạn"},
    "on_time_by": {"instant": "giờ phút", "date": "ngày"},
    "on_time_against": {"deadline": "hạn xử lý", "appointment": "thời gian hẹn trả"},
    "apology_window": {
        "day_before_deadline": "chậm nhất trước hạn xử lý một ngày làm việc",
        "before_appointment": "trước thời gian hẹn trả",
        "when_overdue": "chỉ khi đã quá hạn",
    },
    "late_apology": {"allowed": "được", "refused": "không được"},
    "apology_times": _ONCE,
    "apology_overdue": {"always": "luôn là quá hạn", "by_result": "chỉ xét lúc có kết quả"},
    "extension": {"with_apology": "đi cùng thư xin lỗi", "separate": "việc riêng"},
    "closing_bar": {"apology": "không được", "none": "được"},
    "appointment": {"next_session": "đầu buổi làm việc kế tiếp buổi hết hạn", "deadline": "chính hạn xử lý"},
    "receipt_at_once": _FILES,
    "paper": {"before": "trước hoặc cùng lúc", "after": "có thể đi sau", "none": "không quy định"},
    "transfer_form": {"sent": "lúc chuyển", "delivered": "lúc gửi đến nơi"},
    "slip_set": {"tt_01_2018": "Thông tư 01/2018/TT-VPCP", "tt_03_2025": "Thông tư 03/2025/TT-VPCP"},
    "slip_files": _FILES,
    "publication_from": {"decision": "ngày quyết định", "registration": "ngày đăng ký"},
    "publication_limit": {"effective": "trước ngày quyết định có hiệu lực"},
    "acceptance_channels_mode": {"all": "mọi cách", "one": "một trong số đó"},
    "electronic_result": {
        "full_service": "mọi hồ sơ",
        "signed_or_post": "hồ sơ đã ký số hoặc gửi qua bưu chính",
    },
    "online_papers": {"refused": "không cho nộp", "checked": "vẫn nhận để kiểm tra, hướng dẫn bổ sung"},
    "signed_results": _FILES,
}
CHANNELS: Final[Mapping[str, str]] = {
    "portal": "cổng dịch vụ công",
    "sms": "tin nhắn SMS",
    "email": "thư điện tử",
    "zalo": "Zalo",
    "phone": "gọi điện",
}
"""How applicants are told."""
