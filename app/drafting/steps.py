"""Rows as steps to be: one position a step (QT-22.2a), merged cells, shared limits, blocks, and what is no step."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from fractions import Fraction

from app.drafting.clauses import name_of
from app.drafting.columns import Columns, is_step_number
from app.drafting.model import Certainty, Place, Remark
from app.drafting.people import People, is_applicant, is_desk, is_post, is_system, kind_of, positions_of
from app.drafting.places import agency_in
from app.drafting.rows import Row
from app.drafting.times import Time, read_time
from app.drafting.wording import clean, folded, items_of, one_line, shortened

MOST_STEPS = 500
PAUSE_NAME = "Tạm dừng chờ thực hiện nghĩa vụ tài chính"

_PAYS = re.compile(r"nop (?:tien|phi|le phi|thue|nghia vu)|nghia vu tai chinh|thanh toan|nop truc tuyen.*(?:phi|tien)")
_ASKED = re.compile(
    r"(?:duoc|co quan) (?:xin|lay|hoi|tham van|gui lay) y kien|^(?:cac )(?:so|co quan|don vi|ban"
    r"|nganh)\b.*(?:lien quan|phoi hop|tham gia|nganh)"
    r"|^(?:so|co quan|don vi)(?:, (?:so|ban|nganh|co quan|don vi))* (?:co )?(?:lien quan|phoi hop)"
)
_STAGE = re.compile(r"(?:giai doan|gd) ?(\d+|[ivx]+)\b")
_OWN_TIME = re.compile(r"\s*[(:]\s*([^():]*\d[^():]*(?:ngày|giờ|buổi|phút|h)[^():]*)\)?\s*$", re.IGNORECASE)


@dataclass(slots=True)
class Item:
    """A step to be, with the row that it was read from."""

    row: Row
    number: str
    who: str
    work: str
    time: Time
    time_text: str = ""
    title: str = ""
    group: str | None = None
    given: str = ""
    """The agency that a heading or a column of its own names."""
    block: int = 0
    stage_name: str = ""
    asked: bool = False
    pause: str | None = None
    name: str = ""
    merged_people: bool = False


@dataclass(slots=True)
class Block:
    """A stage's or agency's part of the table; `hours`: what is printed for it."""

    title: str
    place: Place | None = None
    time: Time | None = None
    text: str = ""


@dataclass(slots=True)
class Taken:
    """What the rows came to."""

    columns: Columns
    items: list[Item] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=lambda: [Block("")])
    remarks: list[tuple[Item | None, Remark]] = field(default_factory=list)
    total: tuple[str, Time, Place | None] | None = None
    groups: int = 0
    skipped: set[int] = field(default_factory=set)
    """Numbers of rows that are no steps of officials."""
    given: str = ""
    stage: str = ""

    def say(
        self,
        certainty: Certainty,
        code: str,
        message: str,
        row: Row,
        name: str = "row",
        item: Item | None = None,
        about: str | None = None,
    ) -> None:
        place = row.place(name) or row.place("row")
        self.remarks.append((item, Remark(certainty, code, message, place, None, about)))


def take_rows(rows: list[Row], columns: Columns) -> Taken:
    """The steps of one procedure's rows, in their order; every row is a step, part of one, or named in a remark."""
    taken = Taken(columns)
    before: Row | None = None
    for row in rows:
        if row.kind == "step":
            _take_step(taken, row, before)
            before = row
        elif row.kind == "heading":
            _take_heading(taken, row)
            before = None
        elif row.kind == "sum":
            _take_sum(taken, row)
        else:
            taken.say(
                "guessed",
                "row.note",
                f"Dòng “{_quoted(row.text)}” là ghi chú nên không thành bước.",
                row,
                about="table",
            )
        if len(taken.items) > MOST_STEPS:
            text = f"Thủ tục có hơn {MOST_STEPS} bước; chỉ đọc {MOST_STEPS} bước đầu, hãy kiểm tra bảng."
            taken.say("doubtful", "table.too-long", text, row, about="table")
            del taken.items[MOST_STEPS:]
            break
    return taken


def _take_heading(taken: Taken, row: Row) -> None:
    text = one_line(row.text)
    stage = _STAGE.search(folded(text))
    timed = row.get("time") or (text if re.search(r"\d\s*(?:giờ|ngày|buổi)", text) else "")
    time = read_time(_time_words(timed)) if timed else None
    agency = agency_in(re.sub(r"[:(].*$", "", text)) or agency_in(text)
    if stage:
        taken.stage = f"GĐ{stage[1].upper()}"
    taken.given = agency
    bare = re.sub(r"^(?:[IVX]+|\d+|[A-Za-z])[.)]\s*", "", text)
    taken.blocks.append(
        Block(bare, row.place("row"), time if time and time.limit not in (None, "none") else None, timed)
    )
    what = f"nơi làm của các bước bên dưới: {agency}" if agency else "tên giai đoạn"
    if not agency and not stage:
        taken.say(
            "guessed",
            "row.heading",
            f"Dòng “{_quoted(text)}” được coi là đề mục nên không thành bước.",
            row,
            about="table",
        )
    else:
        taken.say("read", "row.heading", f"Dòng “{_quoted(text)}” là đề mục, cho biết {what}.", row, about="place")


def _time_words(text: str) -> str:
    """Of a heading's words those about time."""
    found = re.search(r"(?:\d|nửa|½)[^:;]*?(?:giờ|ngày|buổi|phút).*$", text, re.IGNORECASE)
    return found[0] if found else text


def _take_sum(taken: Taken, row: Row) -> None:
    text = row.get("time") or row.text
    time = read_time(_time_words(text), row.heads.get("time", ""))
    label = folded(re.sub(r"\d.*$", "", row.text) if not _STAGE.search(folded(row.text)) else row.text)
    part = re.search(
        r"giai doan|gd ?\d|\bmuc\b|\btai\b|\bcap (?:xa|tinh|huyen)|\bphan [ivx\d]|ubnd|\bcac buoc|van phong|\bso [a-z]",
        label,
    )
    whole = re.search(r"toan bo|giai quyet thu tuc|giai quyet tthc|tong cong|ca quy trinh|toan quy trinh", label)
    if time.limit in (None, "none"):
        taken.say(
            "doubtful",
            "total.unreadable",
            f"Không đọc được tổng thời gian ở dòng “{_quoted(row.text)}”.",
            row,
            about="total",
        )
    elif (part and not whole) or (
        len(taken.blocks) > 1
        and not whole
        and taken.total is None
        and taken.blocks[-1].time is None
        and "tong" not in label
    ):
        taken.blocks[-1] = replace(taken.blocks[-1], time=time, text=text, place=row.place("row"))
        taken.blocks.append(Block(""))
    else:
        taken.total = (_with_unit(one_line(text), row.heads.get("time", "")), time, row.place("row"))


def _with_unit(text: str, head: str) -> str:
    """A bare number with the unit of its column."""
    if not re.fullmatch(r"[\d.,/ ]+", text):
        return text
    hours = re.search(r"\b(?:gio|hours?)\b", re.sub(r"thoi gian", "", head))
    return f"{text} giờ" if hours else f"{text} ngày làm việc" if "lam viec" in head else f"{text} ngày"


def _take_step(taken: Taken, row: Row, before: Row | None) -> None:
    last = taken.items[-1] if taken.items else None
    if before is not None and last is not None and _continues(taken, row, before):
        last.work = clean(f"{last.work}\n{row.get('work')}")
        return
    who = row.get("who")
    if is_system(who) or (is_applicant(who) and not is_desk(who)):
        _take_outsider(taken, row, last)
        return
    time, text, group = _time_of(taken, row, before, last)
    item = Item(row, _number(taken, row, before), one_line(who), row.get("work"), time, text, row.get("title"), group)
    item.given = row.get("office") or taken.given
    item.block, item.stage_name = len(taken.blocks) - 1, taken.stage
    if _ASKED.search(folded(who)):
        item.asked = True
        taken.items.append(item)
    else:
        _split(taken, item)


def _continues(taken: Taken, row: Row, before: Row) -> bool:
    """Whether a row is the rest of the row above: it shares its cells, or adds nothing but work."""
    columns = taken.columns
    shared = [row.same_cell(before, name) for name in ("number", "who", "time") if columns.has(name)]
    if shared and all(shared):
        return True
    if row.get("number") or row.get("who") or row.get("time"):
        return False
    if row.get("work"):
        taken.say(
            "guessed", "row.continued", f"Dòng “{_quoted(row.text)}” được nối vào bước ngay trên.", row, about="work"
        )
        return True
    return False


def _take_outsider(taken: Taken, row: Row, last: Item | None) -> None:
    """Rows of the applicant and of the system: nobody's work here, but a payment is waited for."""
    work, who = folded(row.get("work")), one_line(row.get("who"))
    if number := re.search(r"(\d+)$", _number(taken, row, None)):
        taken.skipped.add(int(number[1]))
    if last is not None and last.pause:
        last.work = clean(f"{last.work}\n{row.get('work')}")
        text = f"Dòng “{_quoted(row.text)}” thuộc bước chờ nộp tiền nên được ghi vào mô tả của bước đó."
        taken.say("guessed", "payment.described", text, row, item=last, about="work")
        return
    if last is not None and is_applicant(who) and _PAYS.search(work):
        desk = next((one.who for one in taken.items if is_desk(one.who)), who)
        time = Time("none")
        item = Item(
            row,
            _number(taken, row, None),
            desk,
            row.get("work"),
            time,
            "",
            "",
            None,
            "",
            len(taken.blocks) - 1,
            taken.stage,
        )
        item.pause, item.name = "payment", PAUSE_NAME
        taken.items.append(item)
        text = f"Dòng của “{who}” là việc nộp tiền: thành bước tạm dừng chờ nộp tiền, do “{desk}” theo dõi."
        taken.say("guessed", "payment.pause", text, row, item=item, about="pause")
        return
    what = "việc nộp hồ sơ, là nơi quy trình bắt đầu" if last is None else "việc của người ngoài cơ quan"
    if is_system(who):
        what = "việc máy tự làm"
    taken.say(
        "guessed",
        "row.outsider",
        f"Dòng của “{_quoted(who)}” là {what}, không phải bước của cán bộ.",
        row,
        about="order",
    )


def _number(taken: Taken, row: Row, before: Row | None) -> str:
    text = one_line(row.get("number"))
    if not text:
        return taken.items[-1].number if before is not None and taken.items and row.get("who") else ""
    plain = folded(text)
    stage = _STAGE.match(plain)
    bare = _STAGE.sub("", plain, count=1).strip(" -.:/") if stage else plain
    bare = re.sub(r"^(?:buoc|step|b)\s*", "", bare).strip(" .:)(-")
    prefix = f"GĐ{stage[1].upper()}" if stage else taken.stage
    bare = re.sub(r"\b0+(?=\d)", "", bare) if is_step_number(text) else text
    bare = bare.upper() if re.fullmatch(r"[ivx]+", bare) else bare.replace(" ", "") if is_step_number(text) else bare
    return f"{prefix}-{bare}" if prefix and bare else bare


def _time_of(taken: Taken, row: Row, before: Row | None, last: Item | None) -> tuple[Time, str, str | None]:
    """The row's time, its text, and the group of steps that share it."""
    if not taken.columns.has("time"):
        return Time("none"), "", None
    if before is not None and last is not None and row.same_cell(before, "time"):
        if last.group is None:
            taken.groups += 1
            last.group = f"shared_{taken.groups}"
        return last.time, last.time_text, last.group
    text = row.get("time")
    time = read_time(text, row.heads.get("time", ""))
    group = None
    if time.shared and time.limit not in (None, "none"):
        taken.groups += 1
        group = f"shared_{taken.groups}"
    return time, one_line(text), group


def _split(taken: Taken, item: Item) -> None:
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
    elif "or" in people.joints:
        taken.items.append(item)
        kinds = {kind_of(part) for part in people.parts}
        if len(kinds) == 1 and kinds & {"leader", "clerk", "specialist"}:
            _say(taken, item, "guessed", "who.alternatives", "ghi các chức danh thay nhau: coi là một vị trí")
        elif all(is_desk(people.parts[0]) and (is_post(part) or is_desk(part)) for part in people.parts):
            _say(taken, item, "guessed", "who.one-desk", "ghi bộ phận một cửa ở nhiều nơi: coi là một vị trí")
        else:
            item.merged_people = True
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
    message = f"Ô “{_quoted(item.row.get('who'))}” {text}."
    for step in [one for one in taken.items if one.row is item.row] or [about]:
        taken.say(certainty, code, message, item.row, "who", step, "position")
        break


def _quoted(text: str) -> str:
    return shortened(one_line(text), 90)


def hours(time: Time) -> Fraction:
    """Working hours of a time; nothing where none is counted."""
    return time.hours
