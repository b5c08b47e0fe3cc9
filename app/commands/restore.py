"""`motcua restore`: a backup put back into an empty place, and letting that place go to work."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import click

from app.commands.backup import KEPT, WithDefault, told
from app.commands.database import database, opened, require_schema
from app.commands.environment import read_settings
from app.runtime import wall_clock
from app.wording import LOCAL


class _Restore(WithDefault):
    default = "from"


@click.group("restore", cls=_Restore)
def command() -> None:
    """Khôi phục từ bản sao lưu vào nơi còn trống, rồi cho hoạt động trở lại.

    \b
    motcua restore DIR        khôi phục bản mới nhất trong DIR (hoặc chính DIR)
    motcua restore hold       giữ lại sau khi PostgreSQL tự phục hồi theo WAL
    motcua restore held       những gì đang được giữ lại
    motcua restore release    cho gửi thông báo, chạy đồng hồ hẹn trở lại
    """


@command.command("from")
@click.argument("folder", metavar="DIR", type=KEPT)
@click.option("--backup", "name", metavar="TÊN", help="Bản nào trong DIR; mặc định là bản mới nhất.")
def restore(folder: Path, name: str | None) -> None:
    """Khôi phục vào cơ sở dữ liệu và kho tệp còn trống. Sau đó mọi thông báo, đồng hồ hẹn được giữ lại đến khi cho chạy."""
    from app.backups.folder import chosen
    from app.backups.restoring import restore_backup

    settings = read_settings()
    told(lambda: chosen(folder, name))  # before an embedded server is made for nothing
    with database(settings) as urls:
        owned = replace(settings, database_url=urls.app, database_owner_url=urls.owner)
        manifest = told(lambda: restore_backup(owned, urls.owner, folder, name, say=_say))
    click.echo(
        f"Đã khôi phục bản {manifest.name}: {manifest.rows.get('dossiers', 0)} hồ sơ, {manifest.files} tệp. "
        "Mọi phiên đăng nhập đã kết thúc.\n"
        "Thông báo, đồng hồ hẹn và công việc nền đang được GIỮ LẠI. Khởi động hệ thống, kiểm tra, xem `motcua restore held`,\n"
        "rồi `motcua restore release` hoặc nút trên trang /quan-tri/sao-luu."
    )
    if manifest.missing:
        click.echo(f"CHÚ Ý: bản sao lưu này thiếu {len(manifest.missing)} tệp ngay từ khi được tạo.", err=True)


@command.command("held")
def held() -> None:
    """Những gì nơi vừa khôi phục đang giữ lại."""
    from app.runtime import runtime
    from app.store.backups import standing_restore, what_is_held
    from app.store.transaction import reading

    with _application(), reading() as connection:
        restored = standing_restore(connection)
        if restored is None:
            click.echo("Không giữ lại gì.")
            return
        waiting = what_is_held(connection, restored, runtime().now())
    click.echo(
        f"Khôi phục từ {restored.backup} lúc {_local(restored.restored_at)}; dữ liệu đến {_local(restored.taken_at)}.\n"
        f"Đồng hồ hẹn đã đến giờ: {waiting.timers}\nThông báo chưa gửi lúc sao lưu: {waiting.deliveries}\n"
        f"Công việc chờ: {waiting.jobs}\n"
        + ("Đã cho chạy, chờ tiến trình nền." if restored.decided_at else "Chưa cho chạy.")
    )


@command.command("hold")
@click.option(
    "--taken-at",
    type=click.DateTime(["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M"]),
    required=True,
    help="Thời điểm mà cơ sở dữ liệu được đưa về, giờ Việt Nam.",
)
def hold(taken_at: datetime) -> None:
    """Giữ lại mọi việc gửi đi của một cơ sở dữ liệu do chính PostgreSQL đưa về một thời điểm (WAL), trước khi khởi động."""
    from app.backups.restoring import hold_recovered

    with database(read_settings()) as urls:
        require_schema(urls)
        told(lambda: hold_recovered(urls.owner, taken_at.replace(tzinfo=LOCAL), wall_clock()))
    click.echo("Đã giữ lại; mọi phiên đăng nhập đã kết thúc. Kiểm tra xong thì `motcua restore release`.")


@command.command("release")
@click.option(
    "--lost-at",
    type=click.DateTime(["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]),
    help="Hệ thống cũ còn chạy (và gửi) đến lúc nào, giờ Việt Nam; mặc định là lúc khôi phục.",
)
@click.option("--resend", is_flag=True, help="Gửi cả những thông báo có thể đã gửi trước khi mất dữ liệu.")
def release(lost_at: datetime | None, resend: bool) -> None:
    """Cho nơi vừa khôi phục gửi thông báo, chạy đồng hồ hẹn trở lại.

    Thông báo của thời gian trước --lost-at không gửi lại (đánh dấu đã hủy, xem ở Thông báo), trừ khi có --resend.
    """
    from app.actions.release_restored import decide
    from app.runtime import runtime
    from app.store.transaction import transaction

    until = lost_at.replace(tzinfo=LOCAL) if lost_at else None
    with _application(), transaction() as connection:
        decide(connection, runtime().now(), lost_at=until, resend=resend, account_id=None, address=None)
    click.echo("Đã cho chạy; tiến trình nền (motcua worker) bắt đầu trong vài giây.")


@contextmanager
def _application() -> Iterator[None]:
    settings = read_settings()
    with database(settings) as urls:
        require_schema(urls)
        with opened(settings, urls):
            yield


def _local(at: datetime) -> str:
    return f"{at.astimezone(LOCAL):%d/%m/%Y %H:%M:%S}"


def _say(line: str) -> None:
    click.echo(line, err=True)
