"""What an SMS says, event by event: short, without the words of a reason, which stand in the letter and on the portal."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

SMS: Mapping[str, str] = MappingProxyType(
    {
        "receipt_issued": "{co_quan}: đã tiếp nhận hồ sơ {ma_ho_so}.[ Hẹn trả kết quả {hen_tra}.]",
        "result_ready": "Hồ sơ {ma_ho_so} đã có kết quả. Nơi nhận: {noi_nhan}. Mang theo giấy tiếp nhận.",
        "not_accepted": "{co_quan} không tiếp nhận hồ sơ {ma_ho_so} nộp trực tuyến. Xem lý do khi tra cứu hồ sơ.",
        "correction_asked": "Hồ sơ {ma_ho_so} nộp trực tuyến cần sửa, bổ sung rồi nộp lại. Xem hướng dẫn khi tra cứu hồ sơ.",
        "supplement_requested": "{co_quan}: hồ sơ {ma_ho_so} cần bổ sung giấy tờ theo phiếu yêu cầu bổ sung.",
        "dossier_refused": "Hồ sơ {ma_ho_so} không được giải quyết, lý do ghi trong phiếu từ chối. Nhận giấy tờ: {noi_nhan}.",
        "dossier_withdrawn": "Hồ sơ {ma_ho_so} đã được rút theo đề nghị của ông/bà.",
        "dossier_stopped": "Hồ sơ {ma_ho_so} đã dừng giải quyết, lý do ghi trong thông báo. Nhận lại giấy tờ tại {noi_nhan}.",
        "extension_recorded": "Hồ sơ {ma_ho_so} được gia hạn.[ Hẹn trả kết quả mới: {hen_tra}.]",
        "apology_sent": "{co_quan} xin lỗi vì hồ sơ {ma_ho_so} chậm kết quả.[ Xin hẹn lại {hen_tra}.]",
        "payment_requested": "Hồ sơ {ma_ho_so} chờ nộp tiền[: {so_tien}][, chậm nhất {han_thuc_hien}]. Nộp xong gửi chứng từ.",
        "payment_reminder": "Hồ sơ {ma_ho_so} vẫn chờ chứng từ nộp tiền[ {so_tien}]. Đã nộp thì gửi chứng từ cho một cửa.",
        "visit_planned": "Hồ sơ {ma_ho_so}: mời có mặt khi kiểm tra lúc {thoi_gian_kiem_tra}[ tại {dia_diem}].",
        "outage_announced": "Hệ thống một cửa gián đoạn[ từ {tu_luc}][ đến {den_luc}]; hồ sơ {ma_ho_so} có thể bị ảnh hưởng.",
        "outage_ended": "Hệ thống một cửa đã hoạt động lại. Hồ sơ {ma_ho_so}: tra cứu, nộp, nhận kết quả như thường lệ.",
    }
)
