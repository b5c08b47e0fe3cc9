"""The letter that tells an agency's desk and heads that a calendar changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.messages.texts import Letter
from app.wording import clean_line

TEMPLATE = "calendar_changed"


def calendar_letter(data: Mapping[str, Any], agency_name: str, public_url: str) -> Letter:
    """`data`: calendar, calendar_code, change, reason, moved, resets, as the change's summary keeps them."""
    name = clean_line(str(data.get("calendar", "")))
    page = f"{public_url}/lich-lam-viec/{data.get('calendar_code', '')}/thay-doi/{data.get('change', '')}"
    resets = int(data.get("resets", 0))
    paragraphs = [
        "Lịch làm việc của cơ quan đã thay đổi; hạn xử lý của các hồ sơ đang giải quyết đã được tính lại. "
        "Thời gian đã hẹn trả cho người nộp được giữ nguyên."
    ]
    if resets:
        paragraphs.append(
            f"{resets} hồ sơ có giờ hẹn trả nằm trước hạn xử lý mới hoặc vào lúc không làm việc. "
            "Đề nghị xin lỗi, hẹn lại hoặc cấp lại giấy hẹn cho người nộp."
        )
    return Letter(
        subject=f"Lịch làm việc thay đổi: {name}"[:150],
        greeting="Kính gửi đồng chí,",
        paragraphs=tuple(paragraphs),
        facts=(
            ("Lịch làm việc", name),
            ("Lý do", clean_line(str(data.get("reason", "")))),
            ("Hồ sơ được tính lại thời hạn", str(data.get("moved", 0))),
            ("Hồ sơ cần hẹn lại", str(resets)),
        ),
        link=("Xem thay đổi", page),
        closing=f"{clean_line(agency_name)}. Thư này được gửi tự động.",
    )
