"""What messages say, in Vietnamese: one `Letter` a template, from values, without any markup.

A letter is paragraphs, labelled facts and at most one link, so that the plain and the HTML part of a mail, and later an
SMS, say the same. Here is what a dossier's own way gives occasion to (QT-16.4, ST-11.2n, TN-11.5c; `deadline_watch` tells
officials); `request_texts` has what its side processes say.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from app.messages import official_texts, outage_texts, request_texts
from app.messages.letters import Letter, NoticeValues, TextError, about, appointment, instant, to_applicant, to_official
from app.wording import spoken_instant

__all__ = ["TEMPLATES", "TO_APPLICANT", "Letter", "NoticeValues", "TextError", "compose"]


def compose(template: str, values: NoticeValues) -> Letter:
    """The letter of `template` (a key of `TEMPLATES`). TextError when there is none or it lacks a value."""
    if template not in TEMPLATES:
        raise TextError(f"no message template {template!r}")
    return TEMPLATES[template](values)


def _receipt_issued(values: NoticeValues) -> Letter:
    return to_applicant(
        values,
        subject=f"Đã tiếp nhận hồ sơ {values.code}",
        paragraphs=(f"{values.agency_name} đã tiếp nhận hồ sơ của ông/bà.",),
        facts=(
            *about(values),
            ("Thời gian nhận hồ sơ", instant(values, "received_at")),
            *appointment(values),
        ),
    )


def _result_ready(values: NoticeValues) -> Letter:
    if not values.place_of_return:
        raise TextError("place_of_return: needed by this message")
    return to_applicant(
        values,
        subject=f"Hồ sơ {values.code} đã có kết quả",
        paragraphs=(
            "Hồ sơ của ông/bà đã có kết quả giải quyết.",
            "Khi đến nhận trực tiếp, ông/bà mang theo giấy tiếp nhận hồ sơ và giấy tờ tùy thân.",
        ),
        facts=(*about(values), ("Nơi nhận kết quả", values.place_of_return)),
    )


def _not_accepted(values: NoticeValues) -> Letter:
    return to_applicant(
        values,
        subject=f"Không tiếp nhận hồ sơ {values.code}",
        paragraphs=(f"{values.agency_name} không tiếp nhận hồ sơ ông/bà đã nộp trực tuyến.",),
        facts=(*about(values), ("Lý do", values.reason)),
    )


def _correction_asked(values: NoticeValues) -> Letter:
    return to_applicant(
        values,
        subject=f"Cần sửa, bổ sung hồ sơ {values.code}",
        paragraphs=(
            "Hồ sơ ông/bà đã nộp trực tuyến chưa đầy đủ hoặc chưa hợp lệ nên chưa được tiếp nhận.",
            "Đề nghị ông/bà sửa, bổ sung theo hướng dẫn dưới đây rồi nộp lại.",
        ),
        facts=(*about(values), ("Hướng dẫn", values.reason)),
    )


def _dossier_amended(values: NoticeValues) -> Letter:
    return to_official(
        values,
        subject=f"Người nộp sửa đổi, bổ sung hồ sơ {values.code}",
        paragraph="Người nộp đã chủ động sửa đổi, bổ sung hồ sơ sau; thời hạn giải quyết không thay đổi.",
        facts=(("Hạn xử lý", spoken_instant(values.deadline_at) if values.deadline_at else ""), *appointment(values)),
    )


def _deadline_due_soon(values: NoticeValues) -> Letter:
    return to_official(
        values,
        subject=f"Sắp đến hạn: hồ sơ {values.code}",
        paragraph="Hồ sơ sau còn dưới một ngày làm việc là đến hạn xử lý. Đề nghị hoàn thành bước đang giữ.",
        facts=(("Hạn xử lý", instant(values, "deadline_at")), *appointment(values)),
    )


def _deadline_passed(values: NoticeValues) -> Letter:
    return to_official(
        values,
        subject=f"Hết hạn xử lý: hồ sơ {values.code}",
        paragraph=(
            "Hồ sơ sau đã hết hạn xử lý. Đề nghị xử lý ngay; nếu không kịp thời gian hẹn trả, "
            "lập phiếu xin lỗi và hẹn lại ngày trả kết quả."
        ),
        facts=(("Hạn xử lý", instant(values, "deadline_at")), *appointment(values)),
    )


def _appointment_passed(values: NoticeValues) -> Letter:
    return to_official(
        values,
        subject=f"Đã qua giờ hẹn trả kết quả: hồ sơ {values.code}",
        paragraph="Hồ sơ sau đã qua thời gian hẹn trả mà chưa có kết quả. Đề nghị liên hệ với người nộp hồ sơ.",
        facts=(
            ("Người nộp hồ sơ", values.applicant_name),
            ("Thời gian hẹn trả kết quả", instant(values, "appointment_at")),
        ),
    )


def _pressed(values: NoticeValues) -> Letter:
    return to_official(
        values,
        subject=f"Đôn đốc: hồ sơ {values.code}",
        paragraph="Lãnh đạo, phụ trách đề nghị khẩn trương xử lý bước đang giữ của hồ sơ sau.",
        facts=(("Ý kiến đôn đốc", values.reason), *appointment(values)),
    )


_TO_APPLICANT: Mapping[str, Callable[[NoticeValues], Letter]] = {
    "receipt_issued": _receipt_issued,
    "result_ready": _result_ready,
    "not_accepted": _not_accepted,
    "correction_asked": _correction_asked,
    **request_texts.TO_APPLICANT,
    **outage_texts.TO_APPLICANT,
}
_TO_OFFICIALS: Mapping[str, Callable[[NoticeValues], Letter]] = {
    "dossier_amended": _dossier_amended,
    "deadline_due_soon": _deadline_due_soon,
    "deadline_passed": _deadline_passed,
    "appointment_passed": _appointment_passed,
    "pressed": _pressed,
    **official_texts.TO_OFFICIALS,
    **request_texts.TO_OFFICIALS,
    **outage_texts.TO_OFFICIALS,
}
TEMPLATES: Mapping[str, Callable[[NoticeValues], Letter]] = MappingProxyType({**_TO_APPLICANT, **_TO_OFFICIALS})
TO_APPLICANT = frozenset(_TO_APPLICANT)
"""The templates that speak to the applicant and lead to the look-up page; the others go to officials."""
