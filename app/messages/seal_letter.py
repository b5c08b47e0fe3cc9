"""The daily letter that carries a seal's hash out of the house, where the database's owner cannot change it (QT-6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.messages.letters import Letter
from app.wording import clean_line

SEALED = "sealed"


def seal_letter(data: Mapping[str, Any], public_url: str) -> Letter:
    """`data`: number, day (as people read it), leaves, hash (64 hexadecimal digits)."""
    return Letter(
        subject=f"Niêm phong nhật ký ngày {clean_line(str(data['day']))}",
        greeting="Kính gửi đồng chí,",
        paragraphs=(
            "Hệ thống đã niêm phong lịch sử hồ sơ và nhật ký đến hết ngày nêu dưới đây. Đề nghị lưu thư này (in hoặc giữ trong"
            " hộp thư) ở nơi người quản trị cơ sở dữ liệu không sửa được.",
            "Khi cần kiểm tra, đối chiếu mã niêm phong trong thư với kết quả của lệnh “motcua audit verify”.",
        ),
        facts=(
            ("Niêm phong số", str(data["number"])),
            ("Đến hết ngày", clean_line(str(data["day"]))),
            ("Số mục được niêm phong", str(data["leaves"])),
            ("Mã niêm phong (SHA-256)", clean_line(str(data["hash"]))),
        ),
        link=("Xem các lần niêm phong", f"{public_url}/quan-tri/niem-phong"),
        closing="Thư này được gửi tự động mỗi ngày.",
    )
