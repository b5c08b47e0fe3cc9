"""What a message is made of, and the two tones in which it speaks: to the applicant and to officials."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime

from app.wording import clean_line, spoken_instant

_SUBJECT_LENGTH = 150


class TextError(ValueError):
    """No such template, or a value that the template needs is missing; the message names it."""


@dataclass(frozen=True, slots=True)
class NoticeValues:
    """What templates may speak of. Texts are cleaned to one line each; instants are aware; `url` is http(s) or empty.

    `limit_at`: by when an answer or a payment is wanted; `amount` in đồng; `visit_at`, `place`, `participants`: of a visit;
    `title`, `from_at`, `to_at`: of an outage.
    """

    code: str
    procedure_name: str
    agency_name: str
    applicant_name: str = ""
    step_name: str = ""
    reason: str = ""
    received_at: datetime | None = None
    deadline_at: datetime | None = None
    appointment_at: datetime | None = None
    place_of_return: str = ""
    url: str = ""
    limit_at: datetime | None = None
    amount: int | None = None
    visit_at: datetime | None = None
    place: str = ""
    participants: str = ""
    title: str = ""
    from_at: datetime | None = None
    to_at: datetime | None = None

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, str):
                object.__setattr__(self, field.name, clean_line(value))
        if self.url and not self.url.startswith(("https://", "http://")):
            raise TextError("url: only http and https addresses are sent")


@dataclass(frozen=True, slots=True)
class Listed:
    """A part of a letter that lists things: each a text and where it leads, or an empty address."""

    title: str
    items: tuple[tuple[str, str], ...]
    more: str = ""
    """What is said of those that are left out."""


@dataclass(frozen=True, slots=True)
class Letter:
    """`facts` are (label, value); `link` is (label, address) or None; `lists` come last. Nothing in it is markup."""

    subject: str
    greeting: str
    paragraphs: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    link: tuple[str, str] | None
    closing: str
    lists: tuple[Listed, ...] = ()


def to_applicant(
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


def to_official(values: NoticeValues, *, subject: str, paragraph: str, facts: tuple[tuple[str, str], ...]) -> Letter:
    return Letter(
        subject=_subject(subject),
        greeting="Kính gửi đồng chí,",
        paragraphs=(paragraph,),
        facts=_filled((*about(values), ("Bước đang xử lý", values.step_name), *facts)),
        link=("Mở hồ sơ", values.url) if values.url else None,
        closing=f"{values.agency_name}. Thư này được gửi tự động.",
    )


def about(values: NoticeValues) -> tuple[tuple[str, str], ...]:
    return (("Mã hồ sơ", values.code), ("Thủ tục", values.procedure_name))


def appointment(values: NoticeValues) -> tuple[tuple[str, str], ...]:
    at = values.appointment_at
    return (("Thời gian hẹn trả kết quả", spoken_instant(at) if at else ""),)


def _filled(facts: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    return tuple((label, value) for label, value in facts if value)


def instant(values: NoticeValues, name: str) -> str:
    at: datetime | None = getattr(values, name)
    if at is None:
        raise TextError(f"{name}: needed by this message")
    return spoken_instant(at)


def _subject(text: str) -> str:
    return text if len(text) <= _SUBJECT_LENGTH else f"{text[: _SUBJECT_LENGTH - 1]}…"
