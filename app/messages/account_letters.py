"""Letters about accounts: one is reported as stolen (HT-22.1), one is kept out after failed sign-ins."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from app.messages.letters import Letter
from app.wording import clean_line, spoken_instant

REPORTED: Final = "account_reported"
"""To whose account it is."""
REPORT_TOLD: Final = "account_report_told"
"""To who administers it."""
LOCKED_OUT: Final = "sign_in_locked_out"


def _reported(data: Mapping[str, Any], public_url: str) -> Letter:
    return _letter(
        data,
        subject="Tài khoản của đồng chí đã được khóa",
        paragraphs=(
            "Tài khoản của đồng chí trên hệ thống một cửa được báo là bị lộ hoặc mất thiết bị đăng nhập, nên đã khóa ngay. "
            "Mọi phiên đăng nhập đã kết thúc và mật khẩu cũ không dùng được nữa.",
            "Hãy gặp quản trị viên của cơ quan để được mở khóa với mật khẩu tạm mới. "
            "Nếu không phải đồng chí nhờ báo, hãy cho quản trị viên biết.",
        ),
        facts=_facts(data, ("Tài khoản", "username"), ("Lúc", "at"), ("Người báo", "by"), ("Lý do", "reason")),
        link=("Trang đăng nhập", f"{public_url}/dang-nhap"),
    )


def _report_told(data: Mapping[str, Any], public_url: str) -> Letter:
    return _letter(
        data,
        subject=f"Tài khoản {clean_line(str(data.get('username', '')))} bị báo lộ, đã khóa",
        paragraphs=(
            "Tài khoản sau được báo là bị lộ hoặc mất thiết bị đăng nhập. Hệ thống đã khóa tài khoản, kết thúc mọi phiên và "
            "hủy mật khẩu cũ.",
            "Đề nghị xem nhật ký quản trị xem tài khoản đã được dùng làm gì, xác minh với chủ tài khoản, rồi mở khóa và đặt "
            "mật khẩu tạm.",
        ),
        facts=_facts(
            data,
            ("Tài khoản", "username"),
            ("Của", "owner"),
            ("Lúc", "at"),
            ("Người báo", "by"),
            ("Lý do", "reason"),
        ),
        link=("Mở tài khoản", f"{public_url}{data.get('path', '/quan-tri/tai-khoan')}"),
    )


def _locked_out(data: Mapping[str, Any], public_url: str) -> Letter:
    return _letter(
        data,
        subject="Có người nhập sai mật khẩu tài khoản của đồng chí nhiều lần",
        paragraphs=(
            "Mật khẩu của đồng chí bị nhập sai nhiều lần liên tiếp nên việc đăng nhập tạm khóa, và tự mở lại vào lúc ghi dưới "
            "đây. Trình duyệt mà đồng chí từng đăng nhập vẫn vào được.",
            "Nếu không phải đồng chí, hãy đổi mật khẩu; nghi bị lộ thì báo ngay ở trang Tài khoản của tôi.",
        ),
        facts=_facts(
            data,
            ("Tài khoản", "username"),
            ("Số lần sai", "failures"),
            ("Từ địa chỉ mạng", "address"),
            ("Tự mở lại lúc", "until"),
        ),
        link=("Tài khoản của tôi", f"{public_url}/toi"),
    )


def _letter(
    data: Mapping[str, Any],
    *,
    subject: str,
    paragraphs: tuple[str, ...],
    facts: tuple[tuple[str, str], ...],
    link: tuple[str, str],
) -> Letter:
    return Letter(
        subject=subject[:150],
        greeting=f"Kính gửi đồng chí {clean_line(str(data.get('name', '')))},".replace(" ,", ","),
        paragraphs=paragraphs,
        facts=facts,
        link=link,
        closing=f"{clean_line(str(data.get('agency', '')))}. Thư này được gửi tự động.",
    )


def _facts(data: Mapping[str, Any], *named: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((title, _words(name, data[name])) for title, name in named if data.get(name))


def _words(name: str, value: Any) -> str:
    return spoken_instant(datetime.fromisoformat(str(value))) if name in ("at", "until") else clean_line(str(value))


ACCOUNT_LETTERS: Final[Mapping[str, Callable[[Mapping[str, Any], str], Letter]]] = MappingProxyType(
    {REPORTED: _reported, REPORT_TOLD: _report_told, LOCKED_OUT: _locked_out}
)
