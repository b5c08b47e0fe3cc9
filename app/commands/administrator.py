"""`motcua administrator`: the first administrator of a new province."""

from __future__ import annotations

import re

import click

from app.actions.first_administrator import FirstAdministrator, make_first_administrator
from app.commands.environment import application
from app.rules.usernames import USERNAME
from app.runtime import wall_clock
from app.schemas.organisation import AccountBody, AgencyBody
from app.schemas.reading import load


def _username(_context: click.Context, _option: click.Parameter, name: str) -> str:
    if not re.fullmatch(USERNAME, name):
        raise click.BadParameter("chữ thường không dấu, chữ số, dấu . _ -")
    return name


@click.command("administrator")
@click.argument("username", callback=_username)
@click.option("--name", required=True, help="Họ tên của quản trị viên.")
@click.option("--agency-name", required=True, help="Tên cơ quan đứng đầu tỉnh, ví dụ “Ủy ban nhân dân tỉnh …”.")
@click.option("--agency", default="UBNDTINH", show_default=True, help="Mã cơ quan ấy.")
@click.option("--identifier", default="000.00.00.H00", show_default=True, help="Mã định danh, đứng đầu mã hồ sơ.")
@click.option("--email", help="Hộp thư công vụ.")
def command(username: str, name: str, agency_name: str, agency: str, identifier: str, email: str | None) -> None:
    """Lập quản trị viên đầu tiên của một tỉnh mới, với mật khẩu tạm in ra một lần. Chỉ khi chưa có tài khoản nào."""
    load(AccountBody(), {"name": name, "agency": agency, "username": username, "email": email})
    head = {"code": agency, "identifier": identifier, "name": agency_name, "level": 1}
    load(AgencyBody(), head | {"valid_from": wall_clock().date().isoformat()})
    with application():
        first = FirstAdministrator(username, name, agency, agency_name, identifier, email)
        password = make_first_administrator(first, wall_clock())
    click.echo(f"Đã lập tài khoản {username}. Mật khẩu tạm, phải đổi khi đăng nhập lần đầu: {password}")
