"""Working time, exact to the second (QT-18.2, QT-18.3).

Time is a row of *runs*: stretches of days that repeat one weekly table, cut at every holiday, swapped day and change of hours.
Each run knows how many working seconds lie before it, so that counting and its inverse are a bisection and a division,
over one day as over a thousand years.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

from app.rules.calendar_form import CalendarError, CalendarForm, DayHours, read_form

__all__ = ["CalendarError", "WorkCalendar"]

_BASE = datetime(1, 1, 1, tzinfo=UTC)
_DAY = 86_400
_END = (date.max.toordinal() + 1) * _DAY
_FIRST_DAY = -6  # a Monday before 0001-01-01, so that no representable instant lies before the first run


class _Week:
    """Seven days' hours from Monday; seconds are summed over two weeks, so that a run may start on any weekday."""

    __slots__ = ("days", "sums", "total")

    def __init__(self, days: tuple[DayHours, ...]) -> None:
        self.days = days + days
        sums = [0]
        for hours in self.days:
            sums.append(sums[-1] + sum(close - opening for opening, close in hours))
        self.sums = sums
        self.total = sums[7]


class WorkCalendar:
    """Working hours of one agency. Immutable; safe to share between threads.

    Instants are aware datetimes of any offset; results are aware UTC in whole seconds (fractions of a second are cut).
    CalendarError is raised where an answer lies outside the years 1 to 9999 or after the last working hour there is.
    """

    __slots__ = ("_cums", "_offset", "_starts", "_weeks", "seconds_per_day", "tz")

    tz: timezone
    seconds_per_day: int

    def __init__(self, form: CalendarForm) -> None:
        self.seconds_per_day = form.seconds_per_day
        self._offset = form.offset_seconds
        self.tz = timezone(timedelta(seconds=form.offset_seconds))
        self._starts, self._weeks = _runs(form)
        cums = [0]
        for index in range(1, len(self._starts)):
            cums.append(cums[-1] + self._seconds_in_run(index - 1, self._starts[index]))
        self._cums = cums

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> WorkCalendar:
        """Build from the `calendar` object of the clock cases (see `calendar_form.read_form`). Errors: CalendarError."""
        return cls(read_form(data))

    def counted(self, at: datetime) -> datetime:
        """The instant at which something done `at` counts: itself inside a period, both ends included, else the next opening
        (QT-18.2)."""
        local = self._local(at)
        if self._session_end(local) is None:
            local = self._latest(self._worked(local))
        return self._instant(local)

    def due(self, at: datetime, seconds: int) -> datetime:
        """The first instant at which `seconds` of working time, counted from `at`, are used up.

        A due time on the end of a period stays there. Zero seconds answer the moved start: a period's end, too, moves to the
        next opening. Errors: CalendarError when `seconds` is negative.
        """
        if seconds < 0:
            raise CalendarError("số giây làm việc không được âm")
        worked = self._worked(self._local(at))
        return self._instant(self._earliest(worked + seconds) if seconds else self._latest(worked))

    def back(self, at: datetime, seconds: int) -> datetime:
        """The last instant, not after `at`, from which at least `seconds` of working time remain until `at` (QT-21b)."""
        if seconds < 0:
            raise CalendarError("số giây làm việc không được âm")
        local = self._local(at)
        target = self._worked(local) - seconds
        if target < 0:
            raise CalendarError("không đủ giờ làm việc trước thời điểm này")
        return self._instant(min(local, self._latest(target)))

    def between(self, a: datetime, b: datetime) -> int:
        """Working seconds from `a` to `b`; negative when `b` is before `a`."""
        return self._worked(self._local(b)) - self._worked(self._local(a))

    def next_session(self, at: datetime) -> datetime:
        """The opening of the session that follows the one holding `at`, its ends included; from outside any session, the next
        opening (QT-18.3)."""
        local = self._local(at)
        end = self._session_end(local)
        return self._instant(self._latest(self._worked(local if end is None else end)))

    def day_end(self, at: datetime) -> datetime | None:
        """When the last working period of the local day that holds `at` ends; None on a day without working hours."""
        day = self._local(at) // _DAY
        hours = self._hours(day)
        return self._instant(day * _DAY + hours[-1][1]) if hours else None

    def next_day(self, at: datetime) -> datetime:
        """The first opening after the last working period of the local day that holds `at`."""
        return self._instant(self._latest(self._worked((self._local(at) // _DAY + 1) * _DAY)))

    def hours(self, day: date) -> DayHours:
        """The working periods of a local day: seconds from midnight, in order."""
        return self._hours(day.toordinal())

    def local(self, at: datetime) -> datetime:
        """The same instant in the calendar's own offset, cut to the second: what people read."""
        return at.astimezone(self.tz).replace(microsecond=0)

    # Local time is an int: seconds with day d (date.toordinal) starting at d * 86400.

    def _local(self, at: datetime) -> int:
        delta = at - _BASE
        return (delta.days + 1) * _DAY + delta.seconds + self._offset

    def _instant(self, local: int) -> datetime:
        utc = local - self._offset
        if not (_DAY <= local < _END and _DAY <= utc < _END):  # so that both can be written down
            raise CalendarError("thời điểm nằm ngoài các năm 1 đến 9999")
        return _BASE + timedelta(seconds=utc - _DAY)

    def _hours(self, day: int) -> DayHours:
        index = bisect_right(self._starts, day) - 1
        return self._weeks[index].days[(day - 1) % 7]

    def _session_end(self, local: int) -> int | None:
        day, second = divmod(local, _DAY)
        for opening, close in self._hours(day):
            if second < opening:
                break
            if second <= close:
                return local - second + close
        if second == 0:  # a session that lasts until 24:00 includes that end, which is already the next day
            hours = self._hours(day - 1)
            if hours and hours[-1][1] == _DAY:
                return local
        return None

    def _seconds_in_run(self, index: int, day: int) -> int:
        """Working seconds from the start of run `index` to the start of `day` within it."""
        start, week = self._starts[index], self._weeks[index]
        weekday = (start - 1) % 7
        weeks, rest = divmod(day - start, 7)
        return weeks * week.total + week.sums[weekday + rest] - week.sums[weekday]

    def _worked(self, local: int) -> int:
        """Working seconds from the beginning of time to `local`: monotone, flat outside the periods."""
        day, second = divmod(local, _DAY)
        index = bisect_right(self._starts, day) - 1
        if index < 0:
            return 0
        worked = self._cums[index] + self._seconds_in_run(index, day)
        for opening, close in self._weeks[index].days[(day - 1) % 7]:
            if second <= opening:
                break
            worked += (close if second > close else second) - opening
        return worked

    def _earliest(self, target: int) -> int:
        """First local second at which `target` (> 0) working seconds have passed: on a period's end it is that end."""
        index = bisect_left(self._cums, target) - 1
        start, week = self._starts[index], self._weeks[index]
        if not week.total:
            raise CalendarError("lịch không còn giờ làm việc sau thời điểm này")
        rest = target - self._cums[index]
        weeks = (rest - 1) // week.total
        weekday = (start - 1) % 7
        aim = rest - weeks * week.total + week.sums[weekday]
        place = bisect_left(week.sums, aim) - 1
        aim -= week.sums[place]
        second = 0
        for opening, close in week.days[place]:
            second = opening + aim
            if second <= close:
                break
            aim -= close - opening
        return (start + weeks * 7 + place - weekday) * _DAY + second

    def _latest(self, target: int) -> int:
        """Last local second at which only `target` working seconds have passed: on a period's end, the next opening."""
        index = bisect_right(self._cums, target) - 1
        start, week = self._starts[index], self._weeks[index]
        if not week.total:
            raise CalendarError("lịch không còn giờ làm việc sau thời điểm này")
        weeks, rest = divmod(target - self._cums[index], week.total)
        weekday = (start - 1) % 7
        aim = rest + week.sums[weekday]
        place = bisect_right(week.sums, aim) - 1
        aim -= week.sums[place]
        second = 0
        for opening, close in week.days[place]:
            second = opening + aim
            if second < close:
                break
            aim -= close - opening
        return (start + weeks * 7 + place - weekday) * _DAY + second


def _runs(form: CalendarForm) -> tuple[list[int], list[_Week]]:
    """Start days and weekly tables of the runs, in order; neighbours that mean the same are not merged."""
    boundaries = [_FIRST_DAY, *(day for day, _ in form.patterns[1:])]
    tables = [_Week(week) for _, week in form.patterns]
    single = {hours: _Week((hours,) * 7) for hours in set(form.exceptions.values())}
    starts = {*boundaries, *form.exceptions, *(day + 1 for day in form.exceptions)}
    ordered = sorted(starts)
    weeks = []
    for day in ordered:
        if day in form.exceptions:
            weeks.append(single[form.exceptions[day]])
        else:
            weeks.append(tables[bisect_right(boundaries, day) - 1])
    return ordered, weeks
