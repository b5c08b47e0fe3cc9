"""The `motcua` command. Each subcommand is a module of `app/commands`, imported only when it is asked for.

So `motcua worktime` and `motcua diagram check` start without a database or a web framework being loaded.
"""

from __future__ import annotations

import importlib
import sys

import click

from app.commands.refusals import refusal_lines
from app.errors import DomainError

COMMANDS = {
    "run": "Chạy tất cả: cơ sở dữ liệu, máy chủ và tiến trình nền",
    "serve": "Máy chủ web và API",
    "worker": "Tiến trình nền: đồng hồ hẹn và công việc",
    "db": "Lược đồ cơ sở dữ liệu",
    "administrator": "Quản trị viên đầu tiên của một tỉnh mới",
    "second-factor": "Xác thực hai lớp: bỏ của một tài khoản khi không quản trị viên nào giúp được",
    "rescue": "Cho quản trị viên của tỉnh đăng nhập lại khi không còn ai mở được",
    "demo": "Tỉnh trình diễn",
    "diagram": "Kiểm tra và ban hành sơ đồ quy trình",
    "files": "Kho tệp: dọn tệp không còn dùng",
    "maintenance": "Bảo trì: chỉ cho xem, đóng, mở lại hệ thống",
    "backup": "Sao lưu cơ sở dữ liệu và tệp",
    "restore": "Khôi phục từ bản sao lưu vào nơi còn trống",
    "worktime": "Tính giờ làm việc",
    "calendar": "Lịch làm việc: xem, tính thử, thay đổi",
    "clock": "Đồng hồ của hồ sơ",
    "dossiers": "Chuyển hồ sơ từ hệ thống cũ",
    "doctor": "Kiểm tra mọi điều phải đúng trên hệ thống đang chạy",
    "audit": "Niêm phong lịch sử: kiểm tra, chứng thực, hết hạn lưu giữ",
    "bench": "Đo hiệu năng",
}


class LazyGroup(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"app.commands.{cmd_name.replace('-', '_')}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=LazyGroup)
def motcua() -> None:
    """Một Cửa: bộ phận một cửa của một tỉnh."""


def main() -> None:
    """Entry point: a refusal becomes lines on stderr and exit code 2, never a traceback."""
    try:
        motcua(standalone_mode=True)
    except DomainError as error:
        click.echo(refusal_lines(error), err=True)
        sys.exit(2)
