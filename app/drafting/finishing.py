"""Items as the draft's steps: keys, names, stages, places, units, where they return to, between what they decide."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from app.drafting.clauses import LONGEST_NAME, name_of
from app.drafting.deciding import decided, returned
from app.drafting.model import DraftStep, Place, Remark
from app.drafting.people import is_applicant, is_desk
from app.drafting.places import places_of, same_agency
from app.drafting.rows import Row
from app.drafting.saying import Key, Said, say
from app.drafting.taken import Item, Taken
from app.drafting.times import Time, read_time
from app.drafting.wording import folded, one_line, shortened

_RETURNS = re.compile(
    r"(?<!kiem )(?<!tham )\btra (?:ket qua|ho so|ban|giay|gcn|cho)|tra chuyen|nhan ket qua|giao ket qua|phat ket qua"
)
_RECEIVES = re.compile(r"tiep nhan|nhan ho so|nop ho so|kiem tra.*ho so")
_TO_TAX = re.compile(r"(?:chuyen|gui)[^.;]{0,300}?(?:nghia vu tai chinh|co quan thue)")
_FIELDS = {"who": "position", "work": "work", "time": "limit", "number": "number", "paper": "paper"}


def finish(taken: Taken, total: Time | None) -> tuple[tuple[DraftStep, ...], Said]:
    """The draft's steps and what is to be said of them."""
    items, said = taken.items, list[Remark]()
    keys = [f"step_{n}" for n in range(1, len(items) + 1)]
    stages = _stages(items, keys, said)
    lead, places, named = places_of(
        [one.who for one in items], [one.work for one in items], [one.given for one in items]
    )
    unit, guessed = _unit(items, total)
    people = [one.who for one in items]
    steps = [
        _step(item, keys[n], stages[n], places[n], unit, people, guessed_unit=guessed) for n, item in enumerate(items)
    ]
    steps = _told_apart(steps, items)
    for n, (item, step) in enumerate(zip(items, steps, strict=True)):
        _say_limit(item, step, said, stages[n])
        _say_words(item, step, said, peopled=taken.columns.has("who"))
    _say_places(steps, items, named, lead, said)
    if guessed and any(step.limit not in (None, "none") for step in steps):
        text = "Bảng chỉ ghi “ngày”, không nói ngày làm việc hay ngày lịch: đã lấy ngày làm việc, mỗi ngày 8 giờ."
        said.append(Remark("guessed", "unit.guessed", text, None, None, "limit"))
    steps = [
        replace(step, limit="none") if _free(step, item) else step for step, item in zip(steps, items, strict=True)
    ]
    steps = returned(steps, items, said)
    steps = decided(steps, items, said)
    _numbers(steps, items, taken.skipped, said)
    _say_payment(steps, items, said)
    said += [replace(remark, step=_key_of(item, items, keys)) for item, remark in taken.remarks]
    return tuple(steps), said


def _say_places(
    steps: Sequence[DraftStep], items: Sequence[Item], named: Sequence[bool], lead: str, said: Said
) -> None:
    """One remark for each place: which steps were put there without being told, and which work outside the lead's agency."""
    own = [n for n, step in enumerate(steps) if step.place and not step.asked and not is_desk(step.who)]
    for place in dict.fromkeys(steps[n].place for n in own):
        there = [n for n in own if steps[n].place == place]
        guessed = [n for n in there if not named[n]]
        if guessed:
            text = f"Bước {_listed(guessed, steps)}: không ghi cơ quan, lấy “{place}”; hãy xem có đúng không."
            where, key = items[guessed[0]].row.place("who"), steps[guessed[0]].key
            said.append(Remark("guessed", "place.guessed", text, where, key, "place"))
        if lead and not same_agency(place, lead):
            text = f"Bước {_listed(there, steps)}: làm tại “{place}”, không phải cơ quan chủ trì “{lead}”."
            where, key = items[there[0]].row.place("who"), steps[there[0]].key
            said.append(Remark("guessed", "agency.other", text, where, key, "agency"))


def _listed(numbers: Sequence[int], steps: Sequence[DraftStep]) -> str:
    return ", ".join(dict.fromkeys(steps[n].number or str(n + 1) for n in numbers))


def _step(
    item: Item, key: str, stage: str, place: str, unit: str, people: Sequence[str], *, guessed_unit: bool
) -> DraftStep:
    time = item.time
    if unit == "calendar" and time.unit is None and time.limit not in (None, "none"):
        time = read_time(item.time_text, f"{item.row.heads.get('time', '')} duong lich")
    cells = {name: found for field, name in _FIELDS.items() if (found := _cell(item.row, field))}
    name = item.name or (name_of(item.title, item.who, people) if item.title else name_of(item.work, item.who, people))
    if stage == "receive" and folded(name).startswith("nop ho so"):
        name = "Tiếp nhận hồ sơ"
    return DraftStep(
        key=key,
        number=item.number,
        name=name or f"Bước {item.number or key.removeprefix('step_')}",
        work=_work(item),
        who=item.who,
        agency="=item" if item.asked else "lead",
        place=item.who if item.asked else place,
        limit=time.limit,
        limit_text=item.time_text,
        limit_unit=time.unit or unit,
        limit_group=item.group,
        stage=stage,
        asked="asked_agencies" if item.asked else None,
        pause=item.pause,
        paper=item.row.get("paper"),
        cells=cells,
    )


def _told_apart(steps: list[DraftStep], items: Sequence[Item]) -> list[DraftStep]:
    """Rows under one merged cell of work have its words in common: their positions tell them apart."""
    made = list(steps)
    for n, (step, item) in enumerate(zip(steps, items, strict=True)):
        beside = [items[k] for k in (n - 1, n + 1) if 0 <= k < len(items)]
        if item.work and any(item.row is not one.row and item.row.same_cell(one.row, "work") for one in beside):
            made[n] = replace(step, name=shortened(f"{step.name}: {item.who}", LONGEST_NAME))
    return made


def _work(item: Item) -> str:
    title = one_line(item.title)
    return f"{title}\n{item.work}" if title and folded(title) not in folded(item.work) else item.work


def _cell(row: Row, field: str) -> Place | None:
    return row.place(field) if row.get(field) or field == "time" else None


def _stages(items: Sequence[Item], keys: Sequence[str], said: Said) -> list[str]:
    """The desk's first steps receive, its last return; of each part that begins with the desk again likewise."""
    stages = ["resolve"] * len(items)
    begins = [n for n in range(len(items)) if n == 0 or _part(items[n]) != _part(items[n - 1])]
    for begin in begins:
        n = begin
        while (
            n < len(items) - 1
            and is_desk(items[n].who)
            and not items[n].pause
            and not (n and _RETURNS.search(folded(items[n].work)))
        ):
            stages[n], n = "receive", n + 1
    if (
        items
        and stages[0] != "receive"
        and _RECEIVES.search(folded(f"{items[0].title} {items[0].work}")[:120])
        and len(items) > 1
    ):
        stages[0] = "receive"
        say(
            said,
            "guessed",
            "stage.receive",
            Key(keys[0]),
            items[0],
            "work",
            "stage",
            "là bước tiếp nhận theo nội dung công việc",
        )
    n = len(items) - 1
    while (
        n > 0
        and stages[n] == "resolve"
        and is_desk(items[n].who)
        and (n == len(items) - 1 or _RETURNS.search(folded(items[n].work)))
    ):
        if items[n].pause:
            break
        stages[n], n = "return", n - 1
    if len(items) > 1 and stages[-1] == "resolve" and _RETURNS.search(folded(f"{items[-1].title} {items[-1].work}")):
        stages[-1] = "return"
        say(
            said,
            "guessed",
            "stage.return",
            Key(keys[-1]),
            items[-1],
            "work",
            "stage",
            "là bước trả kết quả theo nội dung công việc",
        )
    for stage, what in (("receive", "tiếp nhận"), ("return", "trả kết quả")):
        if items and stage not in stages:
            text = f"Bảng không có bước {what}; khi ban hành hệ thống thêm bước của bộ phận một cửa."
            said.append(Remark("guessed", f"stage.no-{stage}", text, None, None, "stage"))
    return stages


def _part(item: Item) -> str:
    stage = item.number.split("-")[0] if item.number.startswith("GĐ") else ""
    return stage or item.stage_name


def _unit(items: Sequence[Item], total: Time | None) -> tuple[str, bool]:
    """What `ngày` alone means in this table, and whether that is a guess."""
    units = {item.time.unit for item in items if item.time.limit not in (None, "none")}
    unsaid = None in units
    if total is not None and total.unit:
        return total.unit, False
    if units == {None, "calendar"}:
        return "working", True
    return "working", unsaid and "working" not in units


def _free(step: DraftStep, item: Item) -> bool:
    return step.limit is None and step.stage == "return" and item.time.code == "limit.missing"


def _say_limit(item: Item, step: DraftStep, said: Said, stage: str) -> None:
    time = item.time
    if time.certainty == "read" or not time.code or _told(item, step, said):
        return
    if time.code == "limit.missing":
        if stage == "return":
            say(
                said,
                "guessed",
                "limit.uncounted",
                step,
                item,
                "time",
                "limit",
                "không ghi thời gian: bước trả kết quả không tính thời gian",
            )
        else:
            text = "không có thời hạn: hãy ghi thời hạn, hoặc gộp với bước trên nếu văn bản gộp ô"
            say(said, "doubtful", time.code, step, item, "time", "limit", text)
        return
    text = f"ghi thời gian “{shortened(item.time_text, 60)}”: {time.why}"
    if time.certainty == "doubtful":
        text += "; hãy kiểm tra và sửa"
    say(said, time.certainty, time.code, step, item, "time", "limit", text)


def _told(item: Item, step: DraftStep, said: Said) -> bool:
    """Whether the same cell was told of already, for a step that shares its limit."""
    place, time = item.row.place("time"), item.time
    return bool(step.limit_group and place) and any(one.code == time.code and one.place == place for one in said)


def _say_words(item: Item, step: DraftStep, said: Said, *, peopled: bool) -> None:
    if item.asked:
        text = (
            "hỏi ý kiến nhiều cơ quan: bước trước phải có biểu mẫu chọn các cơ quan được hỏi "
            "(asked_agencies); hãy nói rõ những cơ quan nào"
        )
        say(said, "doubtful", "opinion.which", step, item, "who", "asked", text)
    if not item.who and peopled:
        say(
            said,
            "doubtful",
            "who.missing",
            step,
            item,
            "who",
            "position",
            "không ghi ai thực hiện: hãy chọn vị trí việc làm",
        )
    elif is_applicant(item.who) and not item.pause:
        say(
            said,
            "doubtful",
            "who.applicant",
            step,
            item,
            "who",
            "position",
            "là việc của người nộp hồ sơ: hãy chọn vị trí hoặc bỏ bước",
        )
    if not item.work and not item.name and item.who:
        say(
            said,
            "guessed",
            "name.from-position",
            step,
            item,
            "who",
            "name",
            "không ghi nội dung công việc: tên bước lấy từ vị trí",
        )


def _say_payment(steps: Sequence[DraftStep], items: Sequence[Item], said: Said) -> None:
    """A step that asks the tax office for a notice is followed by that office's step and by the wait for the money."""
    if any(step.pause for step in steps):
        return
    for step, item in zip(steps, items, strict=True):
        if _TO_TAX.search(folded(item.work)):
            text = (
                "chuyển thông tin cho cơ quan thuế nhưng bảng không có bước của cơ quan thuế và "
                "bước chờ nộp tiền: hãy thêm nếu cần"
            )
            say(said, "doubtful", "payment.unsaid", step, item, "work", "order", text)
            return


def _numbers(steps: Sequence[DraftStep], items: Sequence[Item], skipped: set[int], said: Said) -> None:
    """Numbers that leave a gap or go backwards: a row may be missing."""
    before: tuple[str, int] | None = None
    for step, item in zip(steps, items, strict=True):
        prefix, _, bare = step.number.rpartition("-") if step.number.startswith("GĐ") else ("", "", step.number)
        match = re.match(r"(\d+)(?:-(\d+))?(?!\.)", bare)
        if match is None or "." in bare:
            before = None
            continue
        number = int(match[1])
        if before is not None and before[0] == prefix and number - before[1] not in (0, 1):
            if set(range(before[1] + 1, number)) <= skipped and number > before[1]:
                pass
            elif number > before[1]:
                say(
                    said,
                    "doubtful",
                    "number.gap",
                    step,
                    item,
                    "number",
                    "order",
                    f"đứng ngay sau bước {before[1]}: hãy xem có thiếu dòng không",
                )
            elif number != 1:
                say(
                    said,
                    "doubtful",
                    "number.order",
                    step,
                    item,
                    "number",
                    "order",
                    f"đứng sau bước {before[1]}: hãy kiểm tra thứ tự",
                )
        before = (prefix, int(match[2] or match[1]))


def _key_of(item: Item | None, items: Sequence[Item], keys: Sequence[str]) -> str | None:
    return next((keys[n] for n, one in enumerate(items) if one is item), None) if item is not None else None
