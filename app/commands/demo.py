"""`motcua demo`: the demonstration province with dossiers in all states."""

from __future__ import annotations

import sys
from dataclasses import replace

import click

from app.commands.database import database, require_schema
from app.commands.environment import read_settings
from app.config import Settings
from app.demo.load import Loaded, load
from app.runtime import wall_clock

MOST_DOSSIERS = 100_000


@click.command("demo")
@click.option(
    "--dossiers",
    default=100,
    show_default=True,
    type=click.IntRange(0, MOST_DOSSIERS),
    help="Nâng số hồ sơ trong cơ sở dữ liệu lên chừng này.",
)
@click.option("--if-empty", is_flag=True, help="Chỉ tạo hồ sơ khi chưa có hồ sơ nào; không đụng cơ sở dữ liệu thật.")
def command(dossiers: int, if_empty: bool) -> None:
    """Nạp tỉnh trình diễn Quảng Trị: cơ quan, tài khoản, quy trình và hồ sơ ở mọi trạng thái."""
    settings = read_settings()
    with database(settings) as urls:
        require_schema(urls)
        loaded = _load(replace(settings, database_url=urls.app, database_owner_url=urls.app), dossiers, if_empty)
    click.echo(_summary(loaded, settings))


def _load(settings: Settings, dossiers: int, if_empty: bool) -> Loaded:
    from app.factory import create_app  # the web framework is loaded only once the database is known to be good
    from app.store.database import db

    with create_app(settings).app_context():
        try:
            return load(settings, dossiers, if_empty, wall_clock(), click.echo, _progress)
        finally:
            db.engine.dispose()


def _progress(made: int, number: int) -> None:
    """To the terminal a line that counts up; to a log a line now and then."""
    if sys.stderr.isatty():
        click.echo(f"\r  {made}/{number} hồ sơ", nl=made == number, err=True)
    elif made == number or made % max(number // 10, 1) == 0:
        click.echo(f"  {made}/{number} hồ sơ", err=True)


def _summary(loaded: Loaded, settings: Settings) -> str:
    if loaded.skipped:
        return "Cơ sở dữ liệu đã có cơ quan riêng: không nạp tỉnh trình diễn."
    parts = []
    if loaded.published:
        parts.append(f"ban hành {loaded.published} quy trình")
    if loaded.dossiers:
        parts.append(f"tạo {loaded.dossiers} hồ sơ")
    if loaded.passwords:
        parts.append(f"đặt mật khẩu cho {loaded.passwords} tài khoản (xem {settings.accounts_file})")
    return f"Tỉnh trình diễn: {', '.join(parts)}." if parts else "Tỉnh trình diễn đã có đủ, không thêm gì."
