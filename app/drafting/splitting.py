"""One step for each position of a cell (QT-22.2a): split where the table is plain, doubtful where it is not."""

from __future__ import annotations

import re
from dataclasses import replace

from app.drafting.clauses import name_of
from app.drafting.model import Certainty
from app.drafting.people import People, hints_at_several, is_desk, is_post, kind_of, positions_of
from app.drafting.places import agency_in
from app.drafting.taken import Item, Taken, quoted
from app.drafting.times import Time, read_time
from app.drafting.wording import items_of

_OWN_TIME = re.compile(r"\s*[(:]\s*([^():]*\d[^():]*(?:ngày|giờ|buổi|phút|h)[^():]*)\)?\s*$", re.IGNORECASE)


def split(taken: Taken, item: Item) -> None:
    """One step for each position of its cell, or one step that says its doubt (QT-22.2a, never merged silently)."""
    people = positions_of(item.row.get("who"))
    numbers = _range(item.number)
    own = _own_times(item, people)
    if len(people.parts) > 1 and own:
        _apart(taken, item, people, numbers, own)
        _say(
            taken,
            item,
            "guessed",
            "who.split",
            f"có {len(people.parts)} vị trí, mỗi vị trí một thời hạn: đã tách thành từng bước",
        )
    elif numbers and len(numbers) == len(people.parts):
        _apart(taken, item, people, numbers, [])
        text = (
            f"ghi bước {item.number.replace('-', '–')} cho {len(numbers)} vị trí: đã tách theo thứ "
            "tự, cùng chung một thời hạn"
        )
        _say(taken, item, "guessed", "who.split", text)
    else:
        _by_kind(taken, item, people.one_desk, numbers)


def _by_kind(taken: Taken, item: Item, people: People, numbers: list[str]) -> None:
    count = len(people.parts)
    if count < 2:
        taken.items.append(item)
        if len(positions_of(item.row.get("who")).parts) > 1:
            _say(taken, item, "guessed", "who.one-desk", "ghi bộ phận một cửa ở nhiều nơi: coi là một vị trí")
        elif hints_at_several(item.who):
            _say(
                taken, item, "doubtful", "who.several", "có vẻ ghi nhiều vị trí; mỗi bước chỉ một vị trí: hãy tách bước"
            )
    elif "or" in people.joints:
        taken.items.append(item)
        kinds = {kind_of(part) for part in people.parts}
        if len(kinds) == 1 and kinds & {"leader", "clerk", "specialist"}:
            _say(taken, item, "guessed", "who.alternatives", "ghi các chức danh thay nhau: coi là một vị trí")
        elif all(is_desk(people.parts[0]) and (is_post(part) or is_desk(part)) for part in people.parts):
            _say(taken, item, "guessed", "who.one-desk", "ghi bộ phận một cửa ở nhiều nơi: coi là một vị trí")
        else:
            _say(
                taken,
                item,
                "doubtful",
                "who.several",
                f"ghi {count} nơi thay nhau; mỗi bước chỉ một vị trí: hãy chọn một hoặc tách bước",
            )
    else:
        sure = item.time.shared
        _apart(taken, item, people, numbers, [])
        text = (
            f"ghi {count} vị trí với một thời hạn: đã tách thành {count} bước cùng chung thời hạn; "
            "hãy kiểm tra thứ tự hoặc bỏ bước thừa"
        )
        _say(taken, item, "guessed" if sure and not numbers else "doubtful", "who.several", text)
    if numbers and count != len(numbers):
        _say(
            taken,
            item,
            "doubtful",
            "number.range",
            f"ghi các bước {item.number} nhưng có {count} vị trí: hãy tách cho đủ",
        )


def _apart(taken: Taken, item: Item, people: People, numbers: list[str], own: list[Time]) -> None:
    items = items_of(item.work)
    fits = len(items) == len(people.parts)
    if not own and item.group is None and item.time.limit not in (None, "none"):
        taken.groups += 1
        item.group = f"shared_{taken.groups}"
    first = agency_in(item.row.get("who"))
    for n, part in enumerate(people.parts):
        who = _OWN_TIME.sub("", part) if own else part
        step = replace(
            item, who=who, number=numbers[n] if numbers and len(numbers) == len(people.parts) else item.number
        )
        if own:
            step.time, step.group = own[n], None
        if fits:
            step.work, step.title = items[n], ""
        else:
            step.name = name_of("", who)
        if not agency_in(part) and not is_desk(part):
            step.given = item.given or first
        taken.items.append(step)


def _own_times(item: Item, people: People) -> list[Time]:
    """The time of each position where the cell of people or that of time lists one for each."""
    head = item.row.heads.get("time", "")
    within = [read_time(match[1], head) for part in people.parts if (match := _OWN_TIME.search(part))]
    lines = [line for line in re.split(r"[;\n]", item.row.get("time")) if line.strip()]
    beside = [read_time(re.sub(r"^[^:]*:", "", line), head) for line in lines]
    for found in (within, beside):
        if len(found) == len(people.parts) > 1 and all(
            time.limit is not None and time.certainty != "doubtful" for time in found
        ):
            return found
    return []


def _range(number: str) -> list[str]:
    match = re.fullmatch(r"((?:GĐ\w+-)?)(\d{1,3})(?:-|đến|den)(\d{1,3})", number)
    if not match or not 0 < int(match[3]) - int(match[2]) < 50:
        return []
    return [f"{match[1]}{n}" for n in range(int(match[2]), int(match[3]) + 1)]


def _say(taken: Taken, item: Item, certainty: Certainty, code: str, text: str) -> None:
    about = taken.items[-1] if taken.items else item
    message = f"Ô “{quoted(item.row.get('who'))}” {text}."
    for step in [one for one in taken.items if one.row is item.row] or [about]:
        taken.say(certainty, code, message, item.row, "who", step, "position")
        break
