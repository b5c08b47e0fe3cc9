"""Mistakes are corrected by another event, never by changing one (QT-28.5c): what a history means once all are taken in.

The clock of a corrected dossier is the fold of `effective(rows)`, as if everything had been entered rightly from the start.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from app.rules import events
from app.rules.events import Event, EventError
from app.rules.refusal import ClockRefusal

RULE = "QT-28.5c"
VOIDABLE = frozenset({events.RESULT_CONFIRMED, events.APOLOGISED, events.EXTENDED})
"""What decides and can be taken back. A move cannot: it is undone by moving back."""


@dataclass(slots=True)
class _Row:
    event: Event
    void: bool = False

    @property
    def counts(self) -> bool:
        return not self.void and self.event.kind != events.CORRECTED


def effective(rows: Iterable[tuple[int, Event]]) -> list[Event]:
    """The events of a history `(seq, event)` with every correction applied to the one it names.

    A corrected event carries `corrected_at`. A voided one is gone, or only moves the dossier where it did so. The corrections
    stay where they stand; the clock takes nothing from them but a line. Errors: ClockRefusal where a correction is not
    allowed, EventError where it cannot be read.
    """
    kept: list[_Row] = []
    places: dict[int, int] = {}
    for seq, event in rows:
        if event.kind == events.CORRECTED:
            _correct(kept, places, event)
        places[seq] = len(kept)
        kept.append(_Row(event))
    return [row.event for row in kept if not row.void]


def _correct(kept: list[_Row], places: Mapping[int, int], correction: Event) -> None:
    place = places.get(_number(correction.data.get("seq")))
    if place is None:
        raise ClockRefusal(RULE, "Hồ sơ không có việc nào mang số thứ tự này để sửa.")
    row = kept[place]
    if not row.counts:
        raise ClockRefusal(RULE, "Việc đã hủy và việc sửa thì không sửa lại được; hãy sửa việc gốc.")
    mark = {"corrected_at": correction.at.astimezone(UTC).isoformat()}
    if correction.data.get("void"):
        _void(row, mark)
        return
    merged = {**row.event.data, **_changes(correction), **mark}
    data = {name: value for name, value in merged.items() if value is not None}
    row.event = replace(row.event, at=_moved(kept, place, correction), data=data)


def _void(row: _Row, mark: Mapping[str, str]) -> None:
    event = row.event
    if event.kind not in VOIDABLE:
        raise ClockRefusal(RULE, "Chỉ hủy được kết quả, xin lỗi hoặc gia hạn ghi nhầm; chuyển nhầm thì chuyển lại.")
    if event.closes or event.opens:
        row.event = replace(event, kind=events.FORWARDED, data=dict(mark))
    else:
        row.void = True


def _moved(kept: list[_Row], place: int, correction: Event) -> datetime:
    """The corrected instant: between those of its neighbours, so that the order of events stays."""
    text = correction.data.get("at")
    if text is None:
        return kept[place].event.at
    try:
        at = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        raise EventError(f"corrected: data.at is not an ISO instant: {text!r}") from None
    if at.tzinfo is None:
        raise EventError(f"corrected: data.at has no offset: {text!r}")
    earlier = next((row.event.at for row in reversed(kept[:place]) if row.counts), at)
    later = next((row.event.at for row in kept[place + 1 :] if row.counts), correction.at)
    if not earlier <= at <= min(later, correction.at):
        raise ClockRefusal(
            RULE, "Thời điểm sửa phải nằm giữa việc liền trước và việc liền sau, và không ở sau lúc sửa."
        )
    return at


def _number(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise EventError(f"corrected: data.seq must be the number of a row, not {value!r}")
    return value


def _changes(correction: Event) -> Mapping[str, Any]:
    value = correction.data.get("data")
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise EventError(f"corrected: data.data must be an object, not {value!r}")
    return value
