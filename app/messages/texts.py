"""What messages say, in Vietnamese: one `Letter` a template, from values, without any markup.

A letter is paragraphs, labelled facts and at most one link, so that the plain and the HTML part of a mail, and later an
SMS, say the same. `receipt_issued` and `result_ready` go to the applicant (QT-16.4, ST-11.2n, TN-11.5c); the other three
are what `deadline_watch` tells officials, and speak to whoever gets them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from types import MappingProxyType

from app.wording import clean_line, spoken_instant

_SUBJECT_LENGTH = 150


class TextError(ValueError):
    """No such template, or a value that the template needs is missing; the message names it."""


@dataclass(frozen=True, slots=True)
class NoticeValues:
    """What templates may speak of. Texts are cleaned to one line each; instants are aware; `url` is http(s) or empty."""

    code: str
    procedure_name: str
    agency_name: str
    applicant_name: str = ""
    step_name: str = ""
    received_at: datetime | None = None
    deadline_at: datetime | None = None
    appointment_at: datetime | None = None
    place_of_return: str = ""
    url: str = ""

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, str):
                object.__setattr__(self, field.name, clean_line(value))
        if self.url and not self.url.startswith(("https://", "http://")):
            raise TextError("url: only http and https addresses are sent")


@dataclass(frozen=True, slots=True)
class Letter:
    """`facts` are (label, value); `link` is (label, address) or None. Nothing in it is markup."""

    subject: str
    greeting: str
    paragraphs: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    link: tuple[str, str] | None
    closing: str


def compose(template: str, values: NoticeValues) -> Letter:
    """The letter of `template` (a key of `TEMPLATES`). TextError when there is none or it lacks a value."""
    if template not in TEMPLATES:
        raise TextError(f"no message template {template!r}")
    return TEMPLATES[template](values)


def _receipt_issued(values: NoticeValues) -> Letter:
    return _to_applicant(
        values,
        subject=f"Đã tiếp nhận hồ sơ {values.code}",
        paragraphs=(f"{values.agency_name} đã tiếp nhận hồ sơ của ông/bà.",),
        facts=(
            *_about(values),
            ("Thời gian nhận hồ sơ", _instant(values, "received_at")),
            *_appointment(values),
        ),
    )


def _result_ready(values: NoticeValues) -> Letter:
    if not values.place_of_return:
        raise TextError("place_of_return: needed by this message")
    return _to_applicant(
        values,
        subject=f"Hồ sơ {values.code} đã có kết quả",
        paragraphs=(
            "Hồ sơ của ông/bà đã có kết quả giải quyết.",
            "Khi đến nhận trực tiếp, ông/bà mang theo giấy tiếp nhận hồ sơ và giấy tờ tùy thân.",
        ),
        facts=(*_about(values), ("Nơi nhận kết quả", values.place_of_return)),
    )


def _deadline_due_soon(values: NoticeValues) -> Letter:
    return _to_official(
        values,
        subject=f"Sắp đến hạn: hồ sơ {values.code}",
        paragraph="Hồ sơ sau còn dưới một ngày làm việc là đến hạn xử lý. Đề nghị hoàn thành bước đang giữ.",
        facts=(("Hạn xử lý", _instant(values, "deadline_at")), *_appointment(values)),
    )


def _deadline_passed(values: NoticeValues) -> Letter:
    return _to_official(
        values,
        subject=f"Quá hạn xử lý: hồ sơ {values.code}",
        paragraph=(
            "Hồ sơ sau đã quá hạn xử lý. Đề nghị xử lý ngay; nếu không kịp thời gian hẹn trả, "
            "lập phiếu xin lỗi và hẹn lại ngày trả kết quả."
        ),
        facts=(("Hạn xử lý", _instant(values, "deadline_at")), *_appointment(values)),
    )


def _appointment_passed(values: NoticeValues) -> Letter:
    return _to_official(
        values,
        subject=f"Đã qua giờ hẹn trả kết quả: hồ sơ {values.code}",
        paragraph="Hồ sơ sau đã qua thời gian hẹn trả mà chưa có kết quả. Đề nghị liên hệ với người nộp hồ sơ.",
        facts=(
            ("Người nộp hồ sơ", values.applicant_name),
            ("Thời gian hẹn trả kết quả", _instant(values, "appointment_at")),
        ),
    )


TEMPLATES: Mapping[str, Callable[[NoticeValues], Letter]] = MappingProxyType(
    {
        "receipt_issued": _receipt_issued,
        "result_ready": _result_ready,
        "deadline_due_soon": _deadline_due_soon,
        "deadline_passed": _deadline_passed,
        "appointment_passed": _appointment_passed,
    }
)


def _to_applicant(
    values: NoticeValues, *, subject: str, paragraphs: tuple[str, ...], facts: tuple[tuple[str, str], ...]
) -> Letter:
    return Letter(
        subject=_subject(subject),
        greeting=f"Kính gửi {values.applicant_name or 'ông/bà'},",
        paragraphs=paragraphs,
        facts=_filled(facts),
        link=("Tra cứu hồ sơ", values.url) if values.url else None,
        closing=f"{values.agency_name}. Thư này được gửi tự động, xin không trả lời.",
    )


def _to_official(values: NoticeValues, *, subject: str, paragraph: str, facts: tuple[tuple[str, str], ...]) -> Letter:
    return Letter(
        subject=_subject(subject),
        greeting="Kính gửi đồng chí,",
        paragraphs=(paragraph,),
        facts=_filled((*_about(values), ("Bước đang xử lý", values.step_name), *facts)),
        link=("Mở hồ sơ", values.url) if values.url else None,
        closing=f"{values.agency_name}. Thư này được gửi tự động.",
    )


def _about(values: NoticeValues) -> tuple[tuple[str, str], ...]:
    return (("Mã hồ sơ", values.code), ("Thủ tục", values.procedure_name))


def _appointment(values: NoticeValues) -> tuple[tuple[str, str], ...]:
    at = values.appointment_at
    return (("Thời gian hẹn trả kết quả", spoken_instant(at) if at else ""),)


def _filled(facts: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    return tuple((label, value) for label, value in facts if value)


def _instant(values: NoticeValues, name: str) -> str:
    at: datetime | None = getattr(values, name)
    if at is None:
        raise TextError(f"{name}: needed by this message")
    return spoken_instant(at)


def _subject(text: str) -> str:
    return text if len(text) <= _SUBJECT_LENGTH else f"{text[: _SUBJECT_LENGTH - 1]}…"
