"""`motcua rescue`: an administrator whom nobody else can let in again."""

from __future__ import annotations

import click

from app.actions.rescue_account import rescue_account
from app.commands.environment import application
from app.runtime import wall_clock


@click.command("rescue")
@click.argument("username")
def command(username: str) -> None:
    """Mở khóa một quản trị viên của tỉnh khi không còn ai mở được: mật khẩu tạm mới in ra một lần, bỏ xác thực hai lớp."""
    with application():
        password = rescue_account(username, wall_clock())
    click.echo(f"Tài khoản {username} đăng nhập lại được. Mật khẩu tạm, phải đổi khi đăng nhập: {password}")
