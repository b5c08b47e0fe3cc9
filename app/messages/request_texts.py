"""What side processes say: to the applicant about what he must do or what became of his dossier, to officials what waits.

What is to be added, why a dossier is refused and the like stand on the slip, which was signed; a letter names the slip and
does not repeat the words of whoever proposed it. An apology says why (NĐ 61/2018 Art. 19(9)).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from app.messages.letters import Letter, NoticeValues, about, appointment, instant, to_applicant, to_official
from app.wording import spoken_instant

_COLLECT = "Khi đến nhận lại giấy tờ, ông/bà mang theo giấy tiếp nhận hồ sơ và giấy tờ tùy thân."


def _supplement_requested(values: NoticeValues) -> Letter:
    return to_applicant(
        values,
        subject=f"Yêu cầu bổ sung, hoàn thiện hồ sơ {values.code}",
        paragraphs=(
            "Hồ sơ của ông/bà cần được bổ sung, hoàn thiện thì mới giải quyết tiếp được.",
            "Nội dung cần bổ sung ghi trong Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ. "
            "Thời gian chờ bổ sung không tính vào thời gian giải quyết.",
        ),
        facts=about(values),
    )


def _dossier_refused(values: NoticeValues) -> Letter:
    return to_applicant(
        values,
        subject=f"Hồ sơ {values.code} không được giải quyết",
        paragraphs=(
            "Hồ sơ của ông/bà không đủ điều kiện giải quyết. Lý do ghi trong phiếu từ chối giải quyết hồ sơ.",
            _COLLECT,
        ),
        facts=(*about(values), ("Nơi nhận lại giấy tờ", values.place_of_return)),
    )


def _dossier_withdrawn(values: NoticeValues) -> Letter:
    return to_applicant(
        values,
        subject=f"Hồ sơ {values.code} đã được rút",
        paragraphs=("Hồ sơ đã được rút theo đề nghị của ông/bà và không được giải quyết tiếp.",),
        facts=about(values),
    )


def _dossier_stopped(values: NoticeValues) -> Letter:
    return to_applicant(
        values,
        subject=f"Dừng giải quyết hồ sơ {values.code}",
        paragraphs=(
            "Hồ sơ của ông/bà đã dừng giải quyết. Lý do ghi trong thông báo dừng giải quyết hồ sơ.",
            _COLLECT,
        ),
        facts=(*about(values), ("Nơi nhận lại giấy tờ", values.place_of_return)),
    )


def _extension_recorded(values: NoticeValues) -> Letter:
    return to_applicant(
        values,
        subject=f"Thời gian hẹn trả kết quả mới của hồ sơ {values.code}",
        paragraphs=("Thời gian hẹn trả kết quả hồ sơ của ông/bà đã được gia hạn.",),
        facts=_new_appointment(values),
    )


def _apology_sent(values: NoticeValues) -> Letter:
    return to_applicant(
        values,
        subject=f"Xin lỗi và hẹn lại ngày trả kết quả hồ sơ {values.code}",
        paragraphs=(
            f"{values.agency_name} xin lỗi ông/bà vì hồ sơ chưa có kết quả đúng thời gian đã hẹn và xin hẹn lại như sau.",
            "Rất mong ông/bà thông cảm.",
        ),
        facts=_new_appointment(values),
    )


def _payment_requested(values: NoticeValues) -> Letter:
    return to_applicant(
        values,
        subject=f"Thực hiện nghĩa vụ tài chính của hồ sơ {values.code}",
        paragraphs=(
            "Hồ sơ của ông/bà chờ ông/bà thực hiện nghĩa vụ tài chính theo thông báo của cơ quan có thẩm quyền.",
            "Có chứng từ nộp tiền thì hồ sơ được giải quyết tiếp.",
        ),
        facts=(*about(values), *_payment(values)),
    )


def _payment_reminder(values: NoticeValues) -> Letter:
    return to_applicant(
        values,
        subject=f"Hồ sơ {values.code} đang chờ chứng từ nộp tiền",
        paragraphs=(
            "Đã qua ngày cuối cùng phải nộp mà chưa có chứng từ nộp tiền của ông/bà. "
            "Hồ sơ tạm dừng cho đến khi có chứng từ.",
            "Nếu đã nộp, đề nghị ông/bà gửi chứng từ cho bộ phận một cửa.",
        ),
        facts=(*about(values), *_payment(values)),
    )


def _payment_overdue(values: NoticeValues) -> Letter:
    return to_official(
        values,
        subject=f"Quá ngày nộp tiền: hồ sơ {values.code}",
        paragraph=(
            "Đã qua ngày cuối cùng phải nộp mà hồ sơ sau chưa có chứng từ nộp tiền; hồ sơ vẫn tạm dừng. "
            "Đề nghị liên hệ với người nộp hồ sơ."
        ),
        facts=(("Người nộp hồ sơ", values.applicant_name), *_payment(values)),
    )


def _opinion_asked(values: NoticeValues) -> Letter:
    return to_official(
        values,
        subject=f"Lấy ý kiến về hồ sơ {values.code}",
        paragraph=f"{values.agency_name} đề nghị quý cơ quan có ý kiến bằng văn bản về hồ sơ sau.",
        facts=_opinion(values),
    )


def _opinion_answered(values: NoticeValues) -> Letter:
    return to_official(
        values,
        subject=f"Đã có ý kiến về hồ sơ {values.code}",
        paragraph="Cơ quan được lấy ý kiến đã trả lời về hồ sơ sau.",
        facts=_opinion(values),
    )


def _opinion_overdue(values: NoticeValues) -> Letter:
    return to_official(
        values,
        subject=f"Quá hạn trả lời ý kiến: hồ sơ {values.code}",
        paragraph="Đã hết thời hạn mà cơ quan được lấy ý kiến chưa trả lời về hồ sơ sau. Đề nghị đôn đốc, trả lời ngay.",
        facts=_opinion(values),
    )


def _visit_planned(values: NoticeValues) -> Letter:
    return to_applicant(
        values,
        subject=f"Lịch kiểm tra, xác minh hồ sơ {values.code}",
        paragraphs=(
            f"{values.agency_name} tổ chức kiểm tra, xác minh để giải quyết hồ sơ của ông/bà. "
            "Kính mời ông/bà có mặt tham gia.",
        ),
        facts=(
            *about(values),
            ("Thời gian", instant(values, "visit_at")),
            ("Địa điểm", values.place),
            ("Thành phần", values.participants),
            ("Nội dung", values.reason),
        ),
    )


TO_APPLICANT: Mapping[str, Callable[[NoticeValues], Letter]] = MappingProxyType(
    {
        "supplement_requested": _supplement_requested,
        "dossier_refused": _dossier_refused,
        "dossier_withdrawn": _dossier_withdrawn,
        "dossier_stopped": _dossier_stopped,
        "extension_recorded": _extension_recorded,
        "apology_sent": _apology_sent,
        "payment_requested": _payment_requested,
        "payment_reminder": _payment_reminder,
        "visit_planned": _visit_planned,
    }
)
TO_OFFICIALS: Mapping[str, Callable[[NoticeValues], Letter]] = MappingProxyType(
    {
        "payment_overdue": _payment_overdue,
        "opinion_asked": _opinion_asked,
        "opinion_answered": _opinion_answered,
        "opinion_overdue": _opinion_overdue,
    }
)


def _new_appointment(values: NoticeValues) -> tuple[tuple[str, str], ...]:
    instant(values, "appointment_at")
    return (*about(values), ("Lý do", values.reason), *appointment(values))


def _payment(values: NoticeValues) -> tuple[tuple[str, str], ...]:
    amount = "" if values.amount is None else f"{values.amount:,} đồng".replace(",", ".")
    return (("Số tiền", amount), ("Ngày cuối cùng phải nộp", _limit(values)))


def _opinion(values: NoticeValues) -> tuple[tuple[str, str], ...]:
    return (("Nội dung lấy ý kiến", values.reason), ("Thời hạn trả lời", _limit(values)))


def _limit(values: NoticeValues) -> str:
    return spoken_instant(values.limit_at) if values.limit_at else ""
