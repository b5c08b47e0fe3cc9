"""Printed positions ("Bộ phận Văn thư Sở Y tế") and the positions that agencies have: which one is meant, or which is new.

What a position does decides its code (the same in every agency), so a printed name is first read as a duty (reception desk,
leader, head of a room, specialist, clerk), then its room is compared with the rooms of known positions of that duty, without
diacritics and with the usual abbreviations spelled out (QT-22.2a).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from rapidfuzz import fuzz

from app.drafting.model import Certainty, DraftStep, Remark, TableDraft
from app.drafting.wording import folded, one_line

SURE, LIKELY, NEAR = 90, 74, 6
"""Scores of 100: from where a name is the same, from where it is taken with a guess, and how near two are in doubt."""

STANDARD = {
    "desk_officer": "Bộ phận tiếp nhận và trả kết quả",
    "desk_head": "Phụ trách Bộ phận tiếp nhận và trả kết quả",
    "director": "Lãnh đạo cơ quan",
    "committee_leader": "Lãnh đạo UBND",
    "office_chief": "Lãnh đạo Văn phòng UBND tỉnh",
    "branch_director": "Lãnh đạo Chi nhánh",
    "clerk": "Văn thư",
}
"""Codes of positions that every agency of a kind has under this name."""

_SPELLED = (
    (r"tn\s*(&|va|-)\s*tkq", "tiep nhan va tra ket qua"),
    (r"tt\s*pvhcc|tthcc|ttpvhcc", "trung tam phuc vu hanh chinh cong"),
    (r"pvhcc", "phuc vu hanh chinh cong"),
    (r"hcc", "hanh chinh cong"),
    (r"bpmc", "bo phan mot cua"),
    (r"vt", "van thu"),
    (r"btxh", "bao tro xa hoi"),
    (r"nn\s*(&|va)\s*mt", "nong nghiep va moi truong"),
    (r"vp\s*dkdd", "van phong dang ky dat dai"),
    (r"vhttdl|vh,?\s*tt\s*(&|va)\s*dl", "van hoa the thao va du lich"),
    (r"hc\s*-\s*qt", "hanh chinh quan tri"),
    (r"khgd|kgvx", "khoa giao van xa"),
    (r"ubnd", "uy ban nhan dan"),
    (r"hdnd", "hoi dong nhan dan"),
    (r"vpub", "van phong uy ban nhan dan"),
    (r"vp", "van phong"),
    (r"ld", "lanh dao"),
    (r"cv", "chuyen vien"),
    (r"^tp", "truong phong"),
    (r"tp", "thanh pho"),
    (r"ql", "quan ly"),
    (r"khtc", "ke hoach tai chinh"),
    (r"bp", "bo phan"),
    (r"cb", "can bo"),
    (r"cq", "co quan"),
    (r"&", " va "),
)
_ABBREVIATIONS = tuple(
    (re.compile(rf"(?<!\w){short}(?!\w)" if short != "&" else "&"), full) for short, full in _SPELLED
)

_LEADER = (
    r"lanh dao|thu truong|giam doc|pho giam doc|chu tich|pho chu tich|truong phong|pho truong phong|truong|hieu truong|"
    r"chanh van phong|phu trach"
)
_LEADS = re.compile(rf"^(?:{_LEADER})\b")
_DESK = re.compile(
    r"tiep nhan|tra ket qua|nhan ho so|tra (chuyen )?ho so|mot cua|trung tam phuc vu hanh chinh cong|bo phan tra\b"
)
_CLERK = re.compile(r"\bvan thu\b")
_ROOM = re.compile(r"\b(phong(?! dang ky)|ban quan ly|chi cuc|bo phan|co quan chuyen mon|to)\b(?P<topic>.*)")
_DOES = re.compile(r"^(chuyen vien|cong chuc|vien chuc|can bo|nhan vien|phong|co quan|don vi|bo phan|to)\b")
_AGENCY = re.compile(
    r"\b((?<!ho )so(?! huu)|uy ban nhan dan|thanh pho|tinh|xa phuong|xa(?! hoi)|phuong|cap xa|cap tinh|huyen|chi nhanh|"
    r"truong cao dang)\b.*$"
)
_EMPTY_TOPIC = re.compile(
    r"\b(chuyen mon|nghiep vu|duoc giao|duoc phan cong|xu ly|ho so|giai quyet|thu ly|phu trach|lien quan|chuc nang|"
    r"phong|chuyen vien|cong chuc|vien chuc|can bo|nhan vien|lanh dao|co quan|don vi|bo phan|cua|thuoc|tai|va|ve|"
    r"co tham quyen|theo|thuc hien|"
    r"linh vuc|cac|nguoi)\b"
)
_TOPICS = (
    ("bao tro xa hoi", "social"),
    ("moi truong", "environment"),
    ("khoa giao", "education_culture"),
    ("van hoa xa hoi", "culture_social"),
    ("bao chi", "press"),
    ("ton giao", "religion"),
    ("dau tu", "investment"),
    ("hanh chinh quan tri", "administration"),
    ("kiem soat thu tuc", "procedure_control"),
    ("tu phap", "judicial"),
    ("ho tich", "civil_status"),
    ("dat dai", "land"),
    ("kinh te", "economy"),
    ("nong nghiep", "agriculture"),
    ("xay dung", "construction"),
    ("giao thong", "transport"),
    ("y te", "health"),
    ("nghiep vu y", "medical"),
    ("duoc", "pharmacy"),
    ("giao duc", "education"),
    ("noi vu", "home_affairs"),
    ("lao dong", "labour"),
    ("cong thuong", "industry_trade"),
    ("thuong mai", "trade"),
    ("khoa hoc", "science"),
    ("cong nghe", "technology"),
    ("ke hoach", "planning"),
    ("tai chinh", "finance"),
    ("van hoa", "culture"),
    ("xa hoi", "social_affairs"),
    ("thue", "tax"),
    ("quy hoach", "town_planning"),
    ("tai nguyen", "resources"),
    ("khoang san", "minerals"),
    ("lam nghiep", "forestry"),
    ("thuy san", "fisheries"),
    ("chan nuoi", "livestock"),
    ("trong trot", "crops"),
    ("du lich", "tourism"),
    ("the thao", "sport"),
)


_REMEMBERED = 500
"""Longest text whose spelling is kept."""


@dataclass(frozen=True, slots=True)
class Known:
    """A position that an agency has; codes are the same in all agencies."""

    code: str
    name: str
    unit: str
    agency: str
    agency_name: str


@dataclass(frozen=True, slots=True)
class Match:
    """`score` of 100; `new` where nobody has such a position; `near` are the other codes that it might be."""

    code: str
    name: str
    certainty: Certainty
    score: int
    new: bool = False
    near: tuple[str, ...] = ()


def spelled(text: str) -> str:
    """Folded, abbreviations spelled out, only letters and single spaces."""
    return _known_spelling(text) if len(text) <= _REMEMBERED else _spelled(text)


def _spelled(text: str) -> str:
    plain = folded(text)
    for short, full in _ABBREVIATIONS:
        plain = short.sub(f" {full} ", plain)
    return " ".join(re.sub(r"[^a-z0-9]+", " ", plain).split())


# Every step is compared with every position of the province.
_known_spelling = lru_cache(maxsize=16_384)(_spelled)


def match(who: str, known: Sequence[Known] = (), place: str = "") -> Match:
    """Which position a printed one is. `place` is the agency beside which it is printed."""
    words = spelled(who)
    duty = _duty(words, spelled(place))
    if duty not in ("room_head", "specialist"):
        return _standard(duty, who, known)
    topic, beside = _topic(words), spelled(place)
    if not topic and _DESK.search(beside):
        return _standard("desk_head" if duty == "room_head" else "desk_officer", who, known)
    if not topic and _ROOM.match(beside):
        topic = _topic(beside)
    same = [one for one in known if _duty(spelled(one.name), "") == duty]
    if not topic:
        return _unnamed(duty, who, same, place)
    return _of_room(duty, topic, who, same)


def settled(draft: TableDraft, known: Sequence[Known] = ()) -> TableDraft:
    """The draft with a position at every step, and a remark where one was guessed, is in doubt or is new."""
    steps, remarks = [], list(draft.remarks)
    matched: dict[tuple[str, str], Match] = {}
    for step in draft.steps:
        if step.position:
            steps.append(step)
            continue
        asked = (step.who or step.name, step.place)
        found = matched[asked] = matched.get(asked) or match(asked[0], known, asked[1])
        steps.append(replace(step, position=found.code))
        remark = _remark(step, found, known)
        if remark is not None:
            remarks.append(remark)
    return replace(draft, steps=tuple(steps), remarks=tuple(remarks))


def lacking(codes: Iterable[str], known: Sequence[Known], agencies: Iterable[str]) -> dict[str, list[str]]:
    """Position -> the agencies that lack it."""
    have = {(one.code, one.agency) for one in known}
    wanted = list(agencies)
    found = {code: [agency for agency in wanted if (code, agency) not in have] for code in dict.fromkeys(codes)}
    return {code: missing for code, missing in found.items() if missing}


@lru_cache(maxsize=16_384)
def _duty(words: str, place: str) -> str:
    """desk_officer, desk_head, clerk, committee_leader, office_chief, branch_director, director, room_head or specialist."""
    leads = bool(_LEADS.match(words))
    desk = _DESK.search(words)
    if desk and not (words.startswith("lanh dao") and "phong" in words[: desk.start()]):
        return "desk_head" if leads else "desk_officer"
    if _CLERK.search(words):
        return "clerk"
    if leads:
        return _leader(words, place)
    if words.startswith("uy ban nhan dan"):
        return "committee_leader"
    if re.match(r"(so|cac so|so ban nganh|cuc|chi cuc|ban quan ly)\b", words) and not _ROOM.search(words):
        return "director"
    return "specialist"


def _leader(words: str, place: str) -> str:
    rest = _LEADS.sub("", words).strip()
    if re.match(r"van phong\b", rest) and "dang ky dat dai" not in rest:
        return "office_chief"
    if words.startswith("chanh van phong"):
        return "office_chief"
    if words.startswith("truong phong") or re.match(r"(phong|bo phan|co quan chuyen mon|to)\b", rest):
        return "room_head"
    if re.match(r"(chi nhanh|van phong dang ky)", rest):
        return "branch_director"
    if words.startswith("chu tich") or "uy ban nhan dan" in rest or (not rest and "uy ban nhan dan" in place):
        return "committee_leader"
    return "director"


@lru_cache(maxsize=16_384)
def _topic(words: str) -> str:
    """What a room is about: its name without duty, agency and words that say nothing."""
    room = _ROOM.search(words)
    text = room.group("topic") if room else _DOES.sub("", words)
    text = re.sub(r"^\W*(chuyen mon|nghiep vu)\b", "", text.strip())
    text = (
        _AGENCY.sub("", text)
        if not text.startswith(("nong nghiep", "co quan"))
        else re.sub(r"\b(xa(?! hoi)|phuong)\b.*$", "", text)
    )
    return " ".join(_EMPTY_TOPIC.sub(" ", text).split())


def _standard(duty: str, who: str, known: Sequence[Known]) -> Match:
    near = [one for one in known if one.code == duty]
    if near or not known:
        name = _closest(who, near).name if near else STANDARD.get(duty, one_line(who))
        return Match(duty, name, "read", 100)
    best = sorted(known, key=lambda one: -fuzz.token_sort_ratio(spelled(who), spelled(one.name)))
    score = round(fuzz.token_sort_ratio(spelled(who), spelled(best[0].name)))
    if score >= SURE:
        return Match(best[0].code, best[0].name, "guessed", score)
    return Match(duty, one_line(who), "guessed", 0, new=True)


def _of_room(duty: str, topic: str, who: str, same: Sequence[Known]) -> Match:
    scored = sorted(((_alike(topic, one), one) for one in same), key=lambda pair: (-pair[0], pair[1].code))
    best: dict[str, tuple[int, Known]] = {}
    for score, one in scored:
        best.setdefault(one.code, (score, one))
    ranked = list(best.values())
    if not ranked or ranked[0][0] < LIKELY:
        return Match(_coined(duty, topic), one_line(who), "guessed", ranked[0][0] if ranked else 0, new=True)
    score, first = ranked[0]
    near = tuple(one.code for other, one in ranked[1:] if other >= LIKELY and score - other <= NEAR)
    certainty: Certainty = "doubtful" if near else ("read" if score >= SURE else "guessed")
    return Match(first.code, first.name, certainty, score, near=near)


def _unnamed(duty: str, who: str, same: Sequence[Known], place: str) -> Match:
    """ "Chuyên viên xử lý hồ sơ": of which room is not said; the only one of its agency, if there is only one."""
    at = spelled(place)
    here = [one for one in same if at and fuzz.token_set_ratio(at, spelled(one.agency_name)) >= SURE]
    codes = list(dict.fromkeys(one.code for one in here))
    if len(codes) == 1:
        return Match(codes[0], here[0].name, "guessed", LIKELY)
    if codes:
        return Match(codes[0], here[0].name, "doubtful", LIKELY, near=tuple(codes[1:]))
    return Match(duty, one_line(who), "guessed", 0, new=True)


def _alike(topic: str, one: Known) -> int:
    other = _topic(spelled(one.name)) or _topic(spelled(f"phòng {one.unit}"))
    if not other:
        return 0
    return round(max(fuzz.token_sort_ratio(topic, other), 0.96 * fuzz.token_set_ratio(topic, other)))


def _closest(who: str, near: Sequence[Known]) -> Known:
    return max(near, key=lambda one: fuzz.token_sort_ratio(spelled(who), spelled(one.name)))


def _coined(duty: str, topic: str) -> str:
    """A code for a new position: its duty and, in English where the words are known, what its room is about."""
    found: list[str] = []
    rest = topic
    for words, name in _TOPICS:
        if words in rest and len(found) < 2:
            found.append(name)
            rest = rest.replace(words, " ")
    about = "_".join(found) or re.sub(r"[^a-z0-9]+", "_", topic).strip("_")[:40].strip("_")
    return f"{duty}_{about}" if about else duty


def _remark(step: DraftStep, found: Match, known: Sequence[Known]) -> Remark | None:
    printed = one_line(step.who) or "(không ghi)"
    where = step.cells.get("position") or step.cells.get("who")
    if found.certainty == "doubtful":
        others = ", ".join([found.code, *found.near])
        message = f"“{printed}” có thể là nhiều vị trí: {others}. Hãy chọn vị trí đúng."
        return Remark("doubtful", "position.several", message, where, step.key, "position")
    if not step.who:
        message = f"Bảng không ghi ai làm bước này; tạm lấy vị trí {found.code}. Hãy chọn vị trí."
        return Remark("doubtful", "position.missing", message, where, step.key, "position")
    if found.new and known:
        message = f"Chưa cơ quan nào có vị trí “{printed}”; đề nghị tạo vị trí mới, mã {found.code}."
        return Remark("guessed", "position.new", message, where, step.key, "position")
    if found.certainty == "guessed":
        message = f"“{printed}” được hiểu là vị trí “{found.name}” ({found.code})."
        return Remark("guessed", "position.guessed", message, where, step.key, "position")
    return None
