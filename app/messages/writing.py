"""A message to an applicant in the words of its channel: what somebody has put in its place, else what is built in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Final

from app.messages.letters import Letter, Listed, NoticeValues
from app.messages.mail import plain_text
from app.messages.placeholders import fill, money
from app.messages.short_texts import SMS
from app.messages.sms import folded
from app.messages.texts import TO_APPLICANT, compose
from app.wording import clean_line, spoken_instant

EVENTS: Final[Mapping[str, str]] = {
    "receipt_issued": "Đã tiếp nhận hồ sơ",
    "correction_asked": "Cần sửa, bổ sung hồ sơ nộp trực tuyến",
    "not_accepted": "Không tiếp nhận hồ sơ nộp trực tuyến",
    "supplement_requested": "Yêu cầu bổ sung hồ sơ",
    "extension_recorded": "Gia hạn, hẹn lại",
    "apology_sent": "Xin lỗi và hẹn lại",
    "payment_requested": "Nộp nghĩa vụ tài chính",
    "payment_reminder": "Nhắc nộp nghĩa vụ tài chính",
    "visit_planned": "Hẹn kiểm tra, xác minh",
    "result_ready": "Đã có kết quả",
    "dossier_refused": "Không giải quyết hồ sơ",
    "dossier_withdrawn": "Đã rút hồ sơ",
    "dossier_stopped": "Dừng giải quyết hồ sơ",
    "outage_announced": "Sự cố hệ thống",
    "outage_ended": "Hết sự cố hệ thống",
}
"""What applicants are told of, with its name; in the order of a dossier's way."""
TITLED: Final = frozenset({"email", "portal"})
"""Channels whose messages have a subject."""

_SAMPLE_AT = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)
_INSTANTS = ("received_at", "appointment_at", "limit_at", "visit_at", "from_at", "to_at")
_NAMES = ("ngay_nhan", "hen_tra", "han_thuc_hien", "thoi_gian_kiem_tra", "tu_luc", "den_luc")


@dataclass(frozen=True, slots=True)
class Written:
    """`body` is the plain text; `letter` the parts of an e-mail."""

    subject: str | None
    body: str
    letter: Letter | None = None


def write(
    event: str, channel: str, values: NoticeValues, edited: tuple[str | None, str] | None = None, *, fold: bool = False
) -> Written:
    """The message of `event` for `channel` (email, sms, zalo, phone, portal). `edited`: (subject, body) in place of what is
    built in; `fold`: an SMS without diacritics. Errors: TextError, PlaceholderError.
    """
    if edited is not None:
        return _edited(channel, values, edited, fold)
    if channel == "sms":
        text = fill(SMS[event], values) if event in SMS else compose(event, values).subject
        return Written(None, folded(text) if fold else text)
    letter = compose(event, values)
    if channel == "email":
        return Written(letter.subject, plain_text(letter), letter)
    if channel == "portal":
        return Written(letter.subject, "\n\n".join(part for part in (*letter.paragraphs, _facts(letter)) if part))
    if channel == "phone":
        said = (letter.greeting, *letter.paragraphs, _facts(letter))
        return Written(None, "\n".join(part for part in said if part))
    link = f"{letter.link[0]}: {letter.link[1]}" if letter.link else ""
    return Written(None, "\n".join(part for part in (letter.subject, *letter.paragraphs, _facts(letter), link) if part))


def _edited(channel: str, values: NoticeValues, edited: tuple[str | None, str], fold: bool) -> Written:
    subject = clean_line(fill(edited[0], values)) if edited[0] and channel in TITLED else None
    body = fill(edited[1], values).strip()
    if channel == "sms":
        text = clean_line(body)
        return Written(None, folded(text) if fold else text)
    if channel == "email":
        parts = tuple(part.strip() for part in body.split("\n\n") if part.strip())
        letter = Letter(subject or values.code, "", parts, (), None, "")
        return Written(letter.subject, plain_text(letter), letter)
    return Written(subject, body)


def _facts(letter: Letter) -> str:
    return "\n".join(f"{label}: {value}" for label, value in letter.facts)


def starting_text(event: str, channel: str) -> tuple[str | None, str]:
    """(subject, body) of what is built in, with its placeholders, to begin editing with. KeyError for an unknown event."""
    if channel == "sms":
        return None, SMS[event]
    ats = [_SAMPLE_AT.replace(day=5 + place) for place in range(len(_INSTANTS))]
    values = NoticeValues(
        code="{ma_ho_so}",
        procedure_name="{ten_thu_tuc}",
        agency_name="{co_quan}",
        applicant_name="{nguoi_nop}",
        reason="{ly_do}",
        place_of_return="{noi_nhan}",
        place="{dia_diem}",
        participants="{thanh_phan}",
        title="{su_co}",
        amount=1,
        **dict(zip(_INSTANTS, ats, strict=True)),  # type: ignore[arg-type]
    )
    written = write(event, channel, values)
    body = written.body if channel == "portal" else _with_link(written.body, channel)
    for at, name in zip(ats, _NAMES, strict=True):
        body = body.replace(spoken_instant(at), f"{{{name}}}")
    return written.subject, body.replace(money(1), "{so_tien}")


def _with_link(body: str, channel: str) -> str:
    return body if channel == "phone" else f"{body.rstrip()}\n[Tra cứu hồ sơ: {{lien_ket}}]"


def sample_values(public_url: str) -> NoticeValues:
    """A dossier that is none, for previews."""
    at = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
    return NoticeValues(
        code="000.00.12.H50-261123-0042",
        procedure_name="Cấp giấy chứng nhận đủ điều kiện kinh doanh dược cho cơ sở bán lẻ thuốc",
        agency_name="Sở Y tế",
        applicant_name="Nguyễn Thị Thanh Huyền",
        reason="Bản vẽ chưa có xác nhận của đơn vị thiết kế",
        received_at=at,
        deadline_at=at.replace(month=12, day=7),
        appointment_at=at.replace(month=12, day=7, hour=6),
        place_of_return="Trung tâm Phục vụ hành chính công tỉnh",
        url=f"{public_url}/tra-cuu?code=000.00.12.H50-261123-0042&token=vidu",
        limit_at=at.replace(day=30),
        amount=1_250_000,
        visit_at=at.replace(day=27),
        place="Số 12 đường Hùng Vương",
        participants="Sở Y tế; UBND phường; chủ cơ sở",
        title="Nâng cấp máy chủ",
        from_at=at,
        to_at=at.replace(hour=5),
    )


def letter_from(kept: Mapping[str, Any]) -> Letter:
    """A letter as `letter_data` kept it."""
    link = kept.get("link")
    return Letter(
        subject=kept["subject"],
        greeting=kept["greeting"],
        paragraphs=tuple(kept["paragraphs"]),
        facts=tuple((label, value) for label, value in kept["facts"]),
        link=(link[0], link[1]) if link else None,
        closing=kept["closing"],
        lists=tuple(
            Listed(one["title"], tuple((text, url) for text, url in one["items"]), one["more"])
            for one in kept.get("lists", ())
        ),
    )


def letter_data(letter: Letter) -> dict[str, Any]:
    """A letter's parts, to be kept as JSON."""
    return asdict(letter)


assert set(EVENTS) == TO_APPLICANT  # noqa: S101 - an event without a name could not be edited
