"""`motcua second-factor`: for whoever runs the installation, when no administrator can help."""

from __future__ import annotations

import click

from app.actions.second_factor import reset_at_the_machine
from app.commands.environment import application
from app.runtime import wall_clock


@click.group("second-factor")
def command() -> None:
    """Xác thực hai lớp của tài khoản."""


@command.command("reset")
@click.argument("username")
def reset(username: str) -> None:
    """Bỏ xác thực hai lớp của một tài khoản và kết thúc mọi phiên của nó; được ghi vào nhật ký quản trị."""
    with application():
        reset_at_the_machine(username, wall_clock())
    click.echo(f"Đã bỏ xác thực hai lớp của tài khoản {username}.")
