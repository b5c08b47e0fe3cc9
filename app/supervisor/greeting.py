"""Where to sign in, and as whom."""

from __future__ import annotations

import json

from app.config import Settings

SHOWN = 14


def greeting(settings: Settings) -> str:
    """A few lines for the terminal: the address and one demonstration account of every kind of position."""
    lines = ["", f"Một Cửa đang chạy tại {settings.sign_in_url}"]
    accounts = _accounts(settings)
    if accounts:
        lines.append("Tài khoản trình diễn (tên đăng nhập / mật khẩu / ai):")
        chosen = one_of_each_kind(accounts)[:SHOWN]
        widths = [max(len(str(account[key])) for account in chosen) for key in ("username", "password")]
        for account in chosen:
            who = ", ".join(
                part for part in (str(account["name"]), _positions(account), str(account["agency"])) if part
            )
            lines.append(f"  {account['username']:<{widths[0]}}  {account['password']:<{widths[1]}}  {who}")
        lines.append(f"Tất cả {len(accounts)} tài khoản: {settings.accounts_file}")
    lines.append("Nhấn Ctrl-C để dừng.")
    return "\n".join(lines)


def one_of_each_kind(accounts: list[dict[str, object]]) -> list[dict[str, object]]:
    """The first account of every distinct set of positions and permissions, in the file's order."""
    kinds: dict[str, dict[str, object]] = {}
    for account in accounts:
        kind = json.dumps([account.get("positions"), account.get("permissions")], sort_keys=True)
        kinds.setdefault(kind, account)
    return list(kinds.values())


def _positions(account: dict[str, object]) -> str:
    positions = account.get("positions")
    if not isinstance(positions, list):
        return ""
    return ", ".join(
        str(position.get("name", "")) if isinstance(position, dict) else str(position) for position in positions
    )


def _accounts(settings: Settings) -> list[dict[str, object]]:
    """The file's accounts; none when there is no demonstration province, or the file cannot be read."""
    try:
        stored = json.loads(settings.accounts_file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    if not isinstance(stored, list):
        return []
    needed = {"username", "password", "name", "agency"}
    return [account for account in stored if isinstance(account, dict) and needed <= account.keys()]
