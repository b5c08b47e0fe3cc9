"""`motcua calendar …`: working calendars on the command line, for those who run the system."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from app.commands.refusals import refusal_lines
from app.errors import DomainError
from app.jsontext import dumps

FILE = click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
REASON = click.option("--reason", required=True, help="Lý do, số văn bản; hiện trong diễn biến của từng hồ sơ.")


class Refused(click.ClickException):
    """A calendar or a file that cannot be used; the message says where."""

    exit_code = 2


@click.group("calendar")
def command() -> None:
    """Lịch làm việc của cơ quan, bộ phận một cửa, thủ tục: xem, tính thử, thay đổi."""


@command.command()
@click.argument("code", required=False)
def show(code: str | None) -> None:
    """In dữ liệu JSON của lịch CODE (sửa rồi đưa lại cho preview, change); không có CODE thì liệt kê các lịch."""
    from app.commands.environment import application
    from app.views.calendars import calendar_detail, calendar_list

    with application():
        try:
            if code is not None:
                click.echo(json.dumps(calendar_detail(code)["data"], ensure_ascii=False, indent=2).encode())
                return
            for one in calendar_list():
                users = [agency["code"] for agency in one["offices"]] + [other["code"] for other in one["procedures"]]
                click.echo(f"{one['code']}\t{one['name']}\t{' '.join(users)}".encode())
        except DomainError as error:
            raise _refused(error) from None


@command.command()
@click.argument("code")
@FILE
def preview(code: str, file: Path) -> None:
    """Tính thử lịch CODE với dữ liệu trong FILE: bao nhiêu hồ sơ đổi hạn, hồ sơ nào phải hẹn lại. Không ghi gì."""
    from app.commands.environment import application
    from app.views.calendars import preview_view

    data = _data(file)
    with application():
        try:
            click.echo(dumps(preview_view(code, data, datetime.now(UTC))).encode())
        except DomainError as error:
            raise _refused(error) from None


@command.command()
@click.argument("code")
@FILE
@REASON
def change(code: str, file: Path, reason: str) -> None:
    """Thay dữ liệu của lịch CODE bằng FILE. Tiến trình nền tính lại hạn của các hồ sơ đang giải quyết."""
    _change(code, _data(file), reason)


@command.command()
@click.argument("code")
@click.argument("year", type=click.IntRange(1901, 2100))
@click.option("--reason", help="Mặc định: ngày nghỉ lễ, tết theo Bộ luật Lao động.")
def holidays(code: str, year: int, reason: str | None) -> None:
    """Thêm ngày nghỉ lễ, tết của năm YEAR vào lịch CODE; sau đó sửa được từng ngày."""
    _change(code, year, reason or f"Ngày nghỉ lễ, tết năm {year} (Bộ luật Lao động Điều 112)")


def _change(code: str, wanted: dict[str, Any] | int, reason: str) -> None:
    """`wanted`: the new data, or the year whose holidays are added to the present data."""
    from app.actions import change_calendar
    from app.calendars import with_holidays
    from app.commands.environment import application
    from app.views.calendars import calendar_detail

    with application():
        try:
            found = calendar_detail(code)
            data = with_holidays(found["data"], wanted) if isinstance(wanted, int) else wanted
            asked = change_calendar.ChangeCalendar(code, data, reason, found["revision"])
            change_id = change_calendar.change(asked, None, datetime.now(UTC))
        except DomainError as error:
            raise _refused(error) from None
    click.echo(dumps({"change": change_id}).encode())


def _data(file: Path) -> dict[str, Any]:
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise Refused(f"{file}: không đọc được ({error.strerror})") from None
    except (ValueError, RecursionError) as error:
        raise Refused(f"{file}: không phải JSON hợp lệ ({error})") from None
    if not isinstance(data, dict):
        raise Refused(f"{file}: phải là một đối tượng JSON")
    return data


def _refused(error: DomainError) -> Refused:
    return Refused(refusal_lines(error))
