"""What officials are told of their steps, and the letters that are about no dossier: the digest and the trial."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from app.messages.account_letters import ACCOUNT_LETTERS
from app.messages.letters import Letter, Listed, NoticeValues, appointment, to_official
from app.messages.seal_letter import SEALED, seal_letter
from app.wording import clean_line, spoken_instant

DIGEST, NEW_STEPS, TRIAL = "digest", "new_steps", "notice_trial"


def _step_due_soon(values: NoticeValues) -> Letter:
    return to_official(
        values,
        subject=f"Bước sắp đến hạn: hồ sơ {values.code}",
        paragraph="Bước đang giữ của hồ sơ sau sắp đến hạn.",
        facts=(_limit(values), *appointment(values)),
    )


def _step_overdue(values: NoticeValues) -> Letter:
    return to_official(
        values,
        subject=f"Bước quá hạn: hồ sơ {values.code}",
        paragraph="Bước đang giữ của hồ sơ sau đã đến hạn mà chưa xong. Đề nghị xử lý ngay.",
        facts=(_limit(values), *appointment(values)),
    )


def _step_returned(values: NoticeValues) -> Letter:
    return to_official(
        values,
        subject=f"Hồ sơ {values.code} bị trả lại",
        paragraph="Bước sau trả hồ sơ về bước đồng chí đã xử lý, thời hạn của bước được tính tiếp.",
        facts=(("Lý do", values.reason), *appointment(values)),
    )


def _step_assigned(values: NoticeValues) -> Letter:
    return to_official(
        values,
        subject=f"Được giao hồ sơ {values.code}",
        paragraph="Đồng chí được giao, bàn giao xử lý bước sau.",
        facts=(("Nội dung", values.reason), *appointment(values)),
    )


def _joined(values: NoticeValues) -> Letter:
    return to_official(
        values,
        subject=f"Mời phối hợp xử lý hồ sơ {values.code}",
        paragraph="Đồng chí được mời phối hợp ở bước sau; người đang giữ bước chờ ý kiến của đồng chí.",
        facts=(("Nội dung cần phối hợp", values.reason), *appointment(values)),
    )


def _mentioned(values: NoticeValues) -> Letter:
    return to_official(
        values,
        subject=f"Được nhắc đến ở hồ sơ {values.code}",
        paragraph="Đồng nghiệp trong cơ quan nhắc đến đồng chí khi trao đổi về hồ sơ sau; nội dung ở trang Trao đổi của hồ sơ.",
        facts=(("Người nhắc", values.reason),),
    )


def _incident_opened(values: NoticeValues) -> Letter:
    return to_official(
        values,
        subject=f"Sự cố quy trình: hồ sơ {values.code} đứng lại",
        paragraph=(
            "Quy trình của hồ sơ sau không đi tiếp được. Đề nghị mở mục “Sự cố quy trình” để xử lý; "
            "trong 15 phút tới, các sự cố khác chỉ hiện ở đó."
        ),
        facts=(("Lý do", values.reason),),
    )


def _limit(values: NoticeValues) -> tuple[str, str]:
    return ("Hạn của bước", spoken_instant(values.limit_at) if values.limit_at else "")


TO_OFFICIALS: Mapping[str, Callable[[NoticeValues], Letter]] = MappingProxyType(
    {
        "step_due_soon": _step_due_soon,
        "step_overdue": _step_overdue,
        "step_returned": _step_returned,
        "step_assigned": _step_assigned,
        "joined": _joined,
        "mentioned": _mentioned,
        "incident_opened": _incident_opened,
    }
)


def digest_letter(data: Mapping[str, Any], public_url: str) -> Letter:
    """`data`: day (as people read it), name, agency, sections of {title, total, items: [{text, path}], more}."""
    sections = data.get("sections", [])
    return Letter(
        subject=f"Việc trong ngày {clean_line(str(data.get('day', '')))}"[:150],
        greeting=f"Kính gửi đồng chí {clean_line(str(data.get('name', '')))},",
        paragraphs=("Tổng hợp việc của đồng chí vào đầu ngày làm việc.",),
        facts=tuple((str(one["title"]), str(one["total"])) for one in sections),
        link=("Mở việc cần xử lý", f"{public_url}/viec"),
        closing=(
            f"{clean_line(str(data.get('agency', '')))}. Thư này được gửi tự động; "
            f"chọn cách nhận thông báo ở {public_url}/toi."
        ),
        lists=tuple(_listed(one, public_url) for one in sections),
    )


def _new_steps(data: Mapping[str, Any], public_url: str) -> Letter:
    """`data` as of a digest, with one section."""
    letter = digest_letter(data, public_url)
    number = ", ".join(str(one["total"]) for one in data.get("sections", []))
    return replace(
        letter, subject=f"Việc mới đến: {number}", paragraphs=("Có việc mới đến đồng chí hoặc vị trí của đồng chí.",)
    )


def _listed(section: Mapping[str, Any], public_url: str) -> Listed:
    items = tuple((clean_line(str(one["text"])), f"{public_url}{one['path']}") for one in section["items"])
    return Listed(clean_line(str(section["title"])), items, clean_line(str(section.get("more", ""))))


def _trial(data: Mapping[str, Any], public_url: str) -> Letter:
    return Letter(
        subject="Thư thử của hệ thống một cửa",
        greeting=f"Kính gửi đồng chí {clean_line(str(data.get('name', '')))},",
        paragraphs=("Thư này được gửi theo yêu cầu của đồng chí, để thử địa chỉ nhận thông báo.",),
        facts=(),
        link=("Chọn cách nhận thông báo", f"{public_url}/toi"),
        closing=f"{clean_line(str(data.get('agency', '')))}. Thư này được gửi tự động.",
    )


WITHOUT_DOSSIER: Mapping[str, Callable[[Mapping[str, Any], str], Letter]] = MappingProxyType(
    {DIGEST: digest_letter, NEW_STEPS: _new_steps, TRIAL: _trial, SEALED: seal_letter, **ACCOUNT_LETTERS}
)
"""Letters that are about no dossier: from the delivery's data and the address of the pages."""
