"""What is said of an outage and of its end (TN-22.1a): to applicants who wait, and to the heads of agencies."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from app.messages.letters import Letter, NoticeValues, to_applicant, to_official
from app.wording import spoken_instant


def _facts(values: NoticeValues) -> tuple[tuple[str, str], ...]:
    return (
        ("Từ lúc", spoken_instant(values.from_at) if values.from_at else ""),
        ("Đến lúc", spoken_instant(values.to_at) if values.to_at else ""),
    )


def _announced(values: NoticeValues) -> Letter:
    return to_applicant(
        values,
        subject=f"Hệ thống một cửa gián đoạn: {values.title}",
        paragraphs=(
            "Hệ thống thông tin một cửa có sự cố nên việc giải quyết hồ sơ của ông/bà có thể bị ảnh hưởng.",
            values.reason,
        ),
        facts=(("Mã hồ sơ", values.code), *_facts(values)),
    )


def _ended(values: NoticeValues) -> Letter:
    return to_applicant(
        values,
        subject=f"Hệ thống một cửa đã hoạt động lại: {values.title}",
        paragraphs=("Sự cố đã được khắc phục. Hồ sơ của ông/bà được tiếp tục giải quyết.", values.reason),
        facts=(("Mã hồ sơ", values.code), *_facts(values)),
    )


def _announced_to_heads(values: NoticeValues) -> Letter:
    return to_official(
        values,
        subject=f"Sự cố hệ thống: {values.title}",
        paragraph=f"Hệ thống thông tin một cửa có sự cố. {values.reason}",
        facts=_facts(values),
    )


def _ended_to_heads(values: NoticeValues) -> Letter:
    return to_official(
        values,
        subject=f"Đã khắc phục sự cố hệ thống: {values.title}",
        paragraph=f"Hệ thống thông tin một cửa đã hoạt động lại. {values.reason}".strip(),
        facts=_facts(values),
    )


TO_APPLICANT: Mapping[str, Callable[[NoticeValues], Letter]] = MappingProxyType(
    {"outage_announced": _announced, "outage_ended": _ended}
)
TO_OFFICIALS: Mapping[str, Callable[[NoticeValues], Letter]] = MappingProxyType(
    {"outage_announced_to_heads": _announced_to_heads, "outage_ended_to_heads": _ended_to_heads}
)
