"""Items as the draft's steps: keys, names, stages, places, units, where they return to, between what they decide."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from app.drafting.clauses import name_of, outcomes_in, return_in
from app.drafting.model import Certainty, DraftStep, Place, Remark, Route
from app.drafting.people import is_applicant, is_desk, kind_of
from app.drafting.places import places_of, same_agency
from app.drafting.rows import Row
from app.drafting.steps import Item, Taken
from app.drafting.times import Time, read_time
from app.drafting.wording import folded, one_line, shortened

Said = list[Remark]

_RETURNS = re.compile(r"tra (?:ket qua|ho so|ban|giay|gcn|cho)|tra chuyen|nhan ket qua|giao ket qua|phat ket qua")
_RECEIVES = re.compile(r"tiep nhan|nhan ho so|nop ho so|kiem tra.*ho so")
_FIRST_CASE = re.compile(r"(?:truong hop|th) ?(?:1|a)\b")
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
    for n, (item, step) in enumerate(zip(items, steps, strict=True)):
        _say_limit(item, step, said, stages[n])
        _say_words(item, step, said)
    _say_places(steps, items, named, lead, said)
    if guessed and any(step.limit not in (None, "none") for step in steps):
        text = "Bảng chỉ ghi “ngày”, không nói ngày làm việc hay ngày lịch: đã lấy ngày làm việc, mỗi ngày 8 giờ."
        said.append(Remark("guessed", "unit.guessed", text, None, None, "limit"))
    steps = [
        replace(step, limit="none") if _free(step, item) else step for step, item in zip(steps, items, strict=True)
    ]
    steps = _returned(steps, items, said)
    steps = _decided(steps, items, said)
    _numbers(steps, items, taken.skipped, said)
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
        _say(
            said,
            "guessed",
            "stage.receive",
            _Key(keys[0]),
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
        _say(
            said,
            "guessed",
            "stage.return",
            _Key(keys[-1]),
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
    if time.certainty == "read" or not time.code:
        return
    if time.code == "limit.missing":
        if stage == "return":
            _say(
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
            _say(said, "doubtful", time.code, step, item, "time", "limit", text)
        return
    text = f"ghi thời gian “{shortened(item.time_text, 60)}”: {time.why}"
    if time.certainty == "doubtful":
        text += "; hãy kiểm tra và sửa"
    _say(said, time.certainty, time.code, step, item, "time", "limit", text)


def _say_words(item: Item, step: DraftStep, said: Said) -> None:
    if item.asked:
        text = (
            "hỏi ý kiến nhiều cơ quan: bước trước phải có biểu mẫu chọn các cơ quan được hỏi "
            "(asked_agencies); hãy nói rõ những cơ quan nào"
        )
        _say(said, "doubtful", "opinion.which", step, item, "who", "asked", text)
    if not item.who:
        _say(
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
        _say(
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
        _say(
            said,
            "guessed",
            "name.from-position",
            step,
            item,
            "who",
            "name",
            "không ghi nội dung công việc: tên bước lấy từ vị trí",
        )


def _returned(steps: list[DraftStep], items: Sequence[Item], said: Said) -> list[DraftStep]:
    made = list(steps)
    for n, (step, item) in enumerate(zip(steps, items, strict=True)):
        found = return_in(item.work)
        if found is None:
            continue
        number = f"{step.number.split('-')[0]}-{found.number}" if step.number.startswith("GĐ") else found.number
        if found.number:
            targets = [k for k, one in enumerate(steps[:n]) if one.number.lower() == number.lower()]
        elif found.previous:
            targets = [n - 1] if n else []
        else:
            kind = kind_of(found.words) or "specialist"
            targets = [k for k in range(n) if kind_of(steps[k].who) == kind and steps[k].stage == "resolve"][-1:]
        if not targets:
            text = "nói trả lại một bước nhưng không thấy bước đó ở phía trước: hãy chọn bước trả lại"
            _say(said, "doubtful", "returns.unknown", step, item, "work", "returns", text)
            continue
        target = steps[targets[-1]]
        made[n] = replace(step, returns=target.key)
        if len(targets) > 1:
            text = (
                f"trả lại bước {found.number}, bước này có {len(targets)} vị trí: đã lấy “{target.name}”, hãy kiểm tra"
            )
            _say(said, "doubtful", "returns.several", step, item, "work", "returns", text)
        else:
            certainty: Certainty = "read" if found.number else "guessed"
            text = (
                f"khi không đồng ý thì trả lại bước {target.number or target.key} “{target.name}”; "
                "trả lại là thao tác, không vẽ thành mũi tên"
            )
            _say(said, certainty, "returns.read", step, item, "work", "returns", text)
    return made


def _decided(steps: list[DraftStep], items: Sequence[Item], said: Said) -> list[DraftStep]:
    made = list(steps)
    for n, (step, item) in enumerate(zip(steps, items, strict=True)):
        outcomes = outcomes_in(item.work)
        if not outcomes or step.pause or step.asked:
            continue
        values = {one.value for one in outcomes}
        if (
            step.stage != "resolve"
            or (len(outcomes) < 2 and values <= {"refuse"} and not _FIRST_CASE.search(folded(item.work)))
            or (step.returns and not any(one.to for one in outcomes))
        ):
            text = (
                "nêu trường hợp thiếu hoặc không đủ điều kiện: bổ sung, từ chối là quy trình bên "
                "lề đã có sẵn, không vẽ thành nhánh"
            )
            _say(said, "guessed", "routes.beside", step, item, "work", "routes", text)
            continue
        if len(outcomes) < 2:
            text = f"chỉ nêu một trường hợp (“{outcomes[0].title}”): hãy xem bước có rẽ nhánh không"
            _say(said, "doubtful", "routes.unclear", step, item, "work", "routes", text)
            continue
        targets = [_target(one.to, steps, n) for one in outcomes]
        routes = tuple(
            Route(one.value, one.title, "end" if one.ends else target or "next")
            for one, target in zip(outcomes, targets, strict=True)
        )
        made[n] = replace(step, routes=routes)
        sure = all(
            one.ends or target or (one.papers and not one.to) for one, target in zip(outcomes, targets, strict=True)
        )
        names = "; ".join(f"{one.title} → {_named(one.to, steps)}" for one in routes)
        advice = "" if sure else "; hãy kiểm tra mỗi kết quả đi đến bước nào"
        _say(
            said,
            "guessed" if sure else "doubtful",
            "routes.split",
            step,
            item,
            "work",
            "routes",
            f"chia kết quả: {names}{advice}",
        )
    return made


def _target(number: str, steps: Sequence[DraftStep], at: int) -> str:
    prefix = f"{steps[at].number.split('-')[0]}-" if steps[at].number.startswith("GĐ") else ""
    found = [one.key for one in steps[at + 1 :] if number and one.number.lower() == f"{prefix}{number}".lower()]
    return found[0] if found else ""


def _named(to: str, steps: Sequence[DraftStep]) -> str:
    if to in ("next", "end"):
        return "bước tiếp theo" if to == "next" else "kết thúc"
    return next((f"bước {one.number}" for one in steps if one.key == to), to)


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
                _say(
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
                _say(
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


class _Key:
    """A step before it is made: only its key and number are known."""

    def __init__(self, key: str) -> None:
        self.key, self.number = key, ""


def _say(
    said: Said, certainty: Certainty, code: str, step: DraftStep | _Key, item: Item, cell: str, about: str, text: str
) -> None:
    number = item.number or step.key.removeprefix("step_")
    place = item.row.place(cell) or item.row.place("row")
    said.append(Remark(certainty, code, f"Bước {number}: {text}.", place, step.key, about))
