"""Charts as SVG that the server draws: no script, no inline style, readable on a telephone, never by colour alone.

A chart is a row of points (weeks, months), each with a value of every series. Series are told apart by a pattern beside the
colour, each point is a link as high as the chart, and the same numbers stand in a table below (docs/decisions/0021-charts.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from app.views.report_tables import shown

WIDTH: Final = 360
HEIGHT: Final = 190
_LEFT, _RIGHT, _TOP, _BOTTOM = 34, 4, 10, 22
_LETTER: Final = 6.2
"""Width of a letter of an axis."""
MOST_SERIES: Final = 5
"""So many patterns can be told apart."""

Kind = Literal["beside", "stacked", "line"]


@dataclass(frozen=True, slots=True)
class Series:
    """Values in the order of the chart's points; None where there is none (a share of nothing)."""

    title: str
    values: Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Mark:
    """A rectangle of series `number` (from 0), or with `height` 0 a dot at its middle."""

    number: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Point:
    """A column of the chart: `words` say all its values; `label` stands below it where there is room, around `label_x`."""

    title: str
    label: str | None
    words: str
    url: str | None
    x: float
    width: float
    marks: tuple[Mark, ...]
    values: tuple[str, ...]
    label_x: float


@dataclass(frozen=True, slots=True)
class Tick:
    y: float
    label: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart as the macro draws it. `lines`: of a line chart the points of each series, cut where a value is missing."""

    key: str
    title: str
    told: str
    kind: Kind
    series: tuple[str, ...]
    points: tuple[Point, ...]
    ticks: tuple[Tick, ...]
    lines: tuple[tuple[int, str], ...]
    first: str
    empty: bool


def chart(
    key: str,
    title: str,
    points: Sequence[tuple[str, str, str | None]],
    series: Sequence[Series],
    *,
    kind: Kind = "beside",
    unit: str = "",
    first: str = "Kỳ",
    most: float | None = None,
) -> Chart:
    """Lay a chart out. `key`: an id of the page; `points`: (title, short label, address or None); `unit`: what follows a value
    (`%`); `most`: the top of the axis, where it is known. ValueError for more series than can be told apart."""
    if len(series) > MOST_SERIES:
        raise ValueError("more series than can be told apart")
    top = most or _round_up(_highest(series, kind))
    step = (WIDTH - _LEFT - _RIGHT) / max(len(points), 1)
    room = _skip([short for _, short, _ in points], step)
    placed = []
    for place, (name, short, url) in enumerate(points):
        values = [one.values[place] for one in series]
        told = tuple("–" if value is None else shown(_plain(value)) + unit for value in values)
        words = "; ".join(f"{one.title.lower()} {text}" for one, text in zip(series, told, strict=True))
        x = _LEFT + place * step
        marks = _marks(values, kind, x, step, top)
        label = short if (len(points) - 1 - place) % room == 0 else None
        middle = round(min(x + step / 2, WIDTH - _half(short)), 1)
        placed.append(Point(name, label, f"{name}: {words}", url, round(x, 1), round(step, 1), marks, told, middle))
    return Chart(
        key=key,
        title=title,
        told=_told(placed),
        kind=kind,
        series=tuple(one.title for one in series),
        points=tuple(placed),
        ticks=tuple(Tick(_y(part * top / 2, top), shown(_plain(part * top / 2)) + unit) for part in range(3)),
        lines=_lines(series, step, top) if kind == "line" else (),
        first=first,
        empty=not any(value for one in series for value in one.values),
    )


def part_of(value: float, whole: float, length: float = 100) -> float:
    """How long a small bar is whose whole has `length`; what is there at all is seen."""
    return 0 if value <= 0 or whole <= 0 else round(max(length * value / whole, 1.5), 1)


def _told(points: Sequence[Point]) -> str:
    if not points:
        return "Không có số liệu."
    return (
        f"{len(points)} kỳ, từ {points[0].title.lower()} đến {points[-1].title.lower()}. Kỳ cuối: {points[-1].words}."
    )


def _highest(series: Sequence[Series], kind: Kind) -> float:
    columns = zip(*(one.values for one in series), strict=True)
    sums = (sum(value or 0 for value in column) for column in columns) if kind == "stacked" else ()
    each = (value or 0 for one in series for value in one.values)
    return max([*sums, *each], default=0)


def _round_up(value: float) -> float:
    """The next of 2, 4, 6, 8, 10, 20 …: its half is whole too."""
    size = 2.0
    while True:
        for times in (1, 2, 3, 4, 5):
            if size * times >= value:
                return size * times
        size *= 10 if size > 2 else 5


def _y(value: float, top: float) -> float:
    return round(_TOP + (HEIGHT - _TOP - _BOTTOM) * (1 - value / top), 1)


def _marks(values: Sequence[float | None], kind: Kind, x: float, step: float, top: float) -> tuple[Mark, ...]:
    found: list[Mark] = []
    gap = step * 0.12
    wide = (step - 2 * gap) / (1 if kind != "beside" else max(len(values), 1))
    below = 0.0
    for number, value in enumerate(values):
        if value is None:
            continue
        if kind == "line":
            found.append(Mark(number, round(x + step / 2, 1), _y(value, top), 0, 0))
            continue
        base = below if kind == "stacked" else 0
        left = x + gap + (number * wide if kind == "beside" else 0)
        height = _y(base, top) - _y(base + value, top)
        if height > 0:
            found.append(Mark(number, round(left, 1), _y(base + value, top), round(wide, 1), round(height, 1)))
        below += value
    return tuple(found)


def _lines(series: Sequence[Series], step: float, top: float) -> tuple[tuple[int, str], ...]:
    found: list[tuple[int, str]] = []
    for number, one in enumerate(series):
        piece: list[str] = []
        for place, value in enumerate([*one.values, None]):
            if value is not None:
                piece.append(f"{round(_LEFT + (place + 0.5) * step, 1)},{_y(value, top)}")
            elif piece:
                found.append((number, " ".join(piece)))
                piece = []
    return tuple(found)


def _skip(labels: Sequence[str], step: float) -> int:
    """Every how many points there is room for a label."""
    longest = max((2 * _half(label) for label in labels), default=_LETTER)
    moved = _half(labels[-1]) - step / 2 - _RIGHT if labels else 0  # so that the last one is not cut
    return max(1, -int(-(longest + max(4, moved + 1)) // step))


def _half(label: str) -> float:
    return len(label) * _LETTER / 2


def _plain(value: float) -> int | float:
    return int(value) if float(value).is_integer() else round(float(value), 1)
