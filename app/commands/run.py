"""`motcua run`: everything in one."""

from __future__ import annotations

import os
import signal

import click

from app.commands.environment import read_settings
from app.embedded import EmbeddedError
from app.processes import follow
from app.supervisor.ground import CannotRunError
from app.supervisor.supervisor import Supervisor


@click.command("run")
@click.option("--dossiers", default=300, show_default=True, help="Số hồ sơ trình diễn khi cơ sở dữ liệu còn trống.")
@click.option("--no-demo", is_flag=True, help="Không nạp tỉnh trình diễn.")
@click.option("--with-parent", is_flag=True, help="Dừng khi tiến trình gọi lệnh này chết (make dùng).")
def command(dossiers: int, no_demo: bool, with_parent: bool) -> None:
    """Chạy tất cả: cơ sở dữ liệu, lược đồ, tỉnh trình diễn, máy chủ web và tiến trình nền."""
    if with_parent:
        follow(os.getppid(), signal.SIGTERM)  # a killed `make run` then leaves nothing running
    settings = read_settings()
    supervisor = Supervisor(settings, say, demo_dossiers=None if no_demo else dossiers)
    try:
        supervisor.run()
    except (CannotRunError, EmbeddedError) as error:
        raise click.ClickException(str(error)) from error


def say(line: str) -> None:
    """To the terminal at once, also when it is a pipe."""
    click.echo(line)
