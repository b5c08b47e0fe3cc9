"""`motcua maintenance`: closing the system for an upgrade, and opening it again."""

from __future__ import annotations

from datetime import datetime

import click

from app.actions.maintain import MODES, BeginMaintenance, EndMaintenance, Hand
from app.commands.environment import application
from app.runtime import wall_clock
from app.store import maintenance
from app.store.maintenance import MaintenanceRow
from app.store.transaction import reading, transaction
from app.wording import LOCAL, TextFault, typed_text

FORMS = ("%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%H:%M")


def _moment(_context: click.Context, _option: click.Parameter, given: datetime | None) -> datetime | None:
    """A local time; hours alone are those of today."""
    if given is None:
        return None
    today = wall_clock().astimezone(LOCAL)
    if given.year == 1900:
        given = given.replace(year=today.year, month=today.month, day=today.day)
    return given.replace(tzinfo=LOCAL)


def _words(_context: click.Context, _option: click.Parameter, given: str) -> str:
    try:
        return typed_text(given, 1000, lines=True)
    except TextFault as fault:
        raise click.BadParameter(str(fault)) from fault


@click.group("maintenance")
def command() -> None:
    """Bảo trì: báo trước, chỉ cho xem hoặc đóng hệ thống; tiến trình nền ngừng cho đến khi kết thúc."""


@command.command()
@click.option("--mode", type=click.Choice(tuple(MODES)), default="closed", show_default=True, help="Chỉ xem hay đóng.")
@click.option("--from", "start", type=click.DateTime(FORMS), callback=_moment, help="Từ lúc; mặc định: ngay.")
@click.option("--until", type=click.DateTime(FORMS), callback=_moment, help="Dự kiến xong; chỉ để báo.")
@click.option("--words", required=True, callback=_words, help="Lời báo cho cán bộ và người dân.")
def on(mode: str, start: datetime | None, until: datetime | None, words: str) -> None:
    """Bắt đầu, hoặc hẹn giờ bắt đầu."""
    with application():
        now = wall_clock()
        begin = BeginMaintenance("maintenance", mode, words, start or now, until)
        with transaction() as connection:
            row = begin.plan(connection, Hand(None), now)
    click.echo(_told(row, now))


@command.command()
@click.option("--words", default="", callback=_words, help="Đã làm gì; ghi vào sổ sự cố.")
def off(words: str) -> None:
    """Kết thúc, hoặc bỏ lần đã hẹn."""
    with application(), transaction() as connection:
        row = EndMaintenance(words).end(connection, Hand(None), wall_clock())
    click.echo("Đã kết thúc." + (f" Sổ sự cố số {row.entry_id}." if row.entry_id else ""))


@command.command()
def status() -> None:
    """Có đang bảo trì không; mã thoát 3 khi đang bảo trì."""
    with application():
        now = wall_clock()
        with reading() as connection:
            row = maintenance.open_maintenance(connection)
    click.echo("Không bảo trì." if row is None else _told(row, now))
    if row is not None and row.holds(now):
        raise SystemExit(3)


def _told(row: MaintenanceRow, now: datetime) -> str:
    state = "Đang bảo trì" if row.holds(now) else "Đã hẹn bảo trì"
    until = f", dự kiến đến {row.ends_at.astimezone(LOCAL):%H:%M %d/%m/%Y}" if row.ends_at else ""
    return f"{state} từ {row.starts_at.astimezone(LOCAL):%H:%M %d/%m/%Y}{until}. {MODES[row.mode]}. {row.words}"
