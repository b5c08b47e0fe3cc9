"""`motcua worktime`: working time for scripts, line by line. Needs no database and loads no web framework."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path

import click

from app.rules.calendar import CalendarError, WorkCalendar

MAX_MINUTES = Decimal(10) ** 10  # more than the working minutes of ten thousand years


class LineError(ValueError):
    """One line that cannot be answered; the text (Vietnamese) says why."""


class UnusableCalendar(click.ClickException):
    """The file given with --calendar cannot be used."""

    exit_code = 2


calendar_option = click.option(
    "--calendar",
    "calendar_file",
    type=click.Path(path_type=Path),
    help="Tệp JSON của lịch làm việc; mặc định thứ Hai đến thứ Sáu 07:00-11:30 và 13:30-17:00, trừ ngày nghỉ lễ.",
)


@click.group("worktime")
def command() -> None:
    """Tính giờ làm việc. Đọc từng dòng từ đầu vào chuẩn, mỗi dòng hai cột cách nhau bằng dấu Tab.

    Dòng sai được báo ra stderr kèm số dòng, đầu ra có một dòng trống thay cho nó, và mã thoát là 1.
    """


@command.command()
@calendar_option
def due(calendar_file: Path | None) -> None:
    """Dòng `bắt đầu<TAB>số phút` thành thời điểm hết hạn (ISO có độ lệch)."""
    _answer_lines(_calendar(calendar_file), _due)


@command.command()
@calendar_option
def between(calendar_file: Path | None) -> None:
    """Dòng `từ<TAB>đến` thành số giây làm việc; âm khi đến trước từ."""
    _answer_lines(_calendar(calendar_file), _between)


def _due(calendar: WorkCalendar, start: str, minutes: str) -> str:
    at, seconds = _instant(calendar, start), _seconds(minutes)
    return calendar.local(calendar.due(at, seconds)).isoformat()


def _between(calendar: WorkCalendar, start: str, end: str) -> str:
    return str(calendar.between(_instant(calendar, start), _instant(calendar, end)))


def _instant(calendar: WorkCalendar, text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        raise LineError(f"{text!r} không phải thời điểm ISO 8601") from None
    return at if at.tzinfo else at.replace(tzinfo=calendar.tz)


def _seconds(text: str) -> int:
    """Minutes, fractions allowed, as whole seconds (a half second goes to the even one)."""
    try:
        minutes = Decimal(text.strip())
    except InvalidOperation:
        raise LineError(f"{text!r} không phải số phút") from None
    if not minutes.is_finite() or not 0 <= minutes <= MAX_MINUTES:
        raise LineError(f"số phút {text.strip()!r} phải từ 0 đến {MAX_MINUTES}")
    return round(minutes * 60)


def _answer_lines(calendar: WorkCalendar, answer: Callable[[WorkCalendar, str, str], str]) -> None:
    failed = False
    for number, raw in enumerate(sys.stdin.buffer, start=1):
        try:
            click.echo(_answer(calendar, raw, answer))
        except (LineError, CalendarError) as error:
            failed = True
            click.echo("")  # keeps answers beside their questions
            click.echo(f"dòng {number}: {error}", err=True)
    if failed:
        sys.exit(1)


def _answer(calendar: WorkCalendar, raw: bytes, answer: Callable[[WorkCalendar, str, str], str]) -> str:
    try:
        line = raw.decode("utf-8").rstrip("\r\n")
    except UnicodeDecodeError:
        raise LineError("không phải UTF-8") from None
    if not line.strip():
        return ""
    columns = line.split("\t")
    if len(columns) != 2:
        raise LineError(f"cần hai cột cách nhau bằng một dấu Tab, có {len(columns)}")
    return answer(calendar, *columns)


def _calendar(file: Path | None) -> WorkCalendar:
    if file is None:
        from app.calendars import default_calendar  # loads the holidays only where they are asked for

        return default_calendar()
    try:
        return WorkCalendar.from_dict(json.loads(file.read_text(encoding="utf-8")))
    except OSError as error:
        raise UnusableCalendar(f"{file}: không đọc được ({error.strerror})") from None
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise UnusableCalendar(f"{file}: không phải JSON hợp lệ ({error})") from None
    except CalendarError as error:
        raise UnusableCalendar(f"{file}: {error}") from None
