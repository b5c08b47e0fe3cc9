"""Rows as steps to be: merged cells, limits that several share, blocks of agencies and stages, and what is no step."""

from __future__ import annotations

import re
from dataclasses import replace

from app.drafting.columns import Columns, is_step_number
from app.drafting.people import is_applicant, is_desk, is_system
from app.drafting.places import agency_in
from app.drafting.rows import Row
from app.drafting.splitting import split
from app.drafting.taken import Block, Item, Taken, quoted
from app.drafting.times import Time, read_time
from app.drafting.wording import clean, folded, one_line

MOST_STEPS = 500
PAUSE_NAME = "Tạm dừng chờ thực hiện nghĩa vụ tài chính"

_PAYS = re.compile(r"nop (?:tien|phi|le phi|thue|nghia vu)|nghia vu tai chinh|thanh toan|nop truc tuyen.*(?:phi|tien)")
_ASKED = re.compile(
    r"(?:duoc|co quan) (?:xin|lay|hoi|tham van|gui lay) y kien|^(?:cac )(?:so|co quan|don vi|ban"
    r"|nganh)\b.*(?:lien quan|phoi hop|tham gia|nganh)"
    r"|^(?:so|co quan|don vi)(?:, (?:so|ban|nganh|co quan|don vi))* (?:co )?(?:lien quan|phoi hop)"
)
_STAGE = re.compile(r"(?:giai doan|gd) ?(\d+|[ivx]+)\b")


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
                f"Dòng “{quoted(row.text)}” là ghi chú nên không thành bước.",
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
            f"Dòng “{quoted(text)}” được coi là đề mục nên không thành bước.",
            row,
            about="table",
        )
    else:
        taken.say("read", "row.heading", f"Dòng “{quoted(text)}” là đề mục, cho biết {what}.", row, about="place")


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
            f"Không đọc được tổng thời gian ở dòng “{quoted(row.text)}”.",
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
        split(taken, item)


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
            "guessed", "row.continued", f"Dòng “{quoted(row.text)}” được nối vào bước ngay trên.", row, about="work"
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
        text = f"Dòng “{quoted(row.text)}” thuộc bước chờ nộp tiền nên được ghi vào mô tả của bước đó."
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
        f"Dòng của “{quoted(who)}” là {what}, không phải bước của cán bộ.",
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
