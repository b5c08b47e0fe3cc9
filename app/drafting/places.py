"""The agency or office behind a position's words: `Bộ phận Văn thư Sở Y tế` works in `Sở Y tế`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from app.drafting.people import is_desk
from app.drafting.wording import begun_large, folded, one_line

DESK = "Bộ phận tiếp nhận và trả kết quả"

_DEPARTMENTS = (
    "nong nghiep (?:va|&) moi truong|nn ?(?:&|va) ?mt|nnmt|y te|tai chinh|tu phap|noi vu|xay "
    "dung|cong thuong|ngoai vu|du lich"
    "|giao duc (?:va|&) dao tao|gd ?(?:&|va) ?dt|gddt|khoa hoc (?:va|&) cong nghe|kh ?(?:&|va) ?cn|khcn"
    "|van hoa,? the thao (?:va|&) du lich|van hoa (?:va|&) the thao|vh,? ?tt ?(?:&|va)? "
    "?dl|vhttdl|dan toc (?:va|&) ton giao"
    "|quy hoach ?-? ?kien truc|thong tin (?:va|&) truyen thong|lao dong ?-? ?thuong binh (?:va|&) xa hoi"
    "|ke hoach (?:va|&) dau tu|giao thong van tai|tai nguyen (?:va|&) moi truong"
)
_REGION = (
    r"(?: (?:cap )?(?:tinh|thanh pho|tp|xa, ?phuong(?:, dac khu)?|xa ?/ ?phuong|cac xa, ?phuong"
    r"|xa|phuong|huyen|dac khu|thi xa)\b)"
)
_COMMITTEE = r"(?:ubnd|uy ban nhan dan)"
_STOP = (
    r"(?=\s*(?:;|,|\.|\(|$|\btai\b|\btiep nhan\b|\bthuc hien\b|\bky\b|\bphe\b|\bphan cong\b"
    r"|\bduoc\b|\btrinh\b|\bxem\b|\bxu ly\b|/| - ))"
)
_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?:van phong|vp) (?:hdnd (?:va|&) )?{_COMMITTEE}{_REGION}?",
        r"(?:chi nhanh )?(?:van phong|vp) ?(?:dang ky dat dai|dkdd)|chi nhanh vpdkdd|vpdkdd",
        rf"\bso (?:{_DEPARTMENTS})\b",
        r"chi nhanh\b",
        rf"{_COMMITTEE}{_REGION}?",
        r"(?:co quan|chi cuc|cuc|doi|phong) thue\b|thue (?:tinh|thanh pho|tp|co so)(?: \d+)?",
        r"cong an (?:tinh|thanh pho|tp|xa|phuong)",
        r"kho bac nha nuoc(?: tinh)?|bo chi huy quan su(?: tinh)?|ban quan ly (?:cac )?(?:khu [a-z ]+?)" + _STOP,
        rf"\b(?:chi cuc|cuc|ban quan ly) [a-z][a-z ,&-]{{3,60}}?{_STOP}",
        r"\bco so [a-z][^;(.]{3,90}?(?=;|\(|\.|$| tai )",
        rf"(?<!co )\bso (?!va\b|hoac\b|phu trach\b|pho\b|giam doc\b|"
        rf"ban\b|dung\b|cong van\b|ky\b|phe\b|xem\b|duoc\b)[a-z][a-z &-]{{2,60}}?{_STOP}",
    )
)
_COMMUNE_ROOM = re.compile(
    r"(?:phong|co quan chuyen mon|cong chuc|ban) .*?\b(cap xa|xa, ?phuong|xa ?/ ?phuong|(?<!van )xa|phuong)$"
)
_BY_MARKS = re.compile(
    r"\b(?:[Vv]iện|[Tt]rường|[Tt]rung tâm|[Bb]ệnh viện)(?! (?:[Pp]hục vụ|PVHCC"
    r"|[Hh]ành chính)) [^;(.,]{3,70}?(?=\s+(?:tại|thực hiện|ký|phê)\s|[;(.,]|$)"
)
_OWNER = re.compile(r"\b(?:cua|thuoc) (?=\S)")
_SAME = (
    ("uy ban nhan dan", "ubnd"),
    ("vp ", "van phong "),
    ("van phong dang ky dat dai", "vpdkdd"),
    ("cq ", "co quan "),
    (" tp", " thanh pho"),
)
_UNNAMED = re.compile(r"(?:lanh dao|giam doc|van thu|van phong) so(?= |$)(?! [a-z]+ (?:va|,))")
_COMMITTEES = re.compile(r"(?:van phong )?ubnd (?:tinh|thanh pho)")
_HANDS_ON = re.compile(r"(?:chuyen|trinh|gui|lien thong)[^.;]{0,300}?(?:ubnd|uy ban nhan dan|vp ubnd)")


def agency_in(text: str) -> str:
    """The agency that the words name, as printed; empty for none. Of a desk the agency that it belongs to, not the centre."""
    line = one_line(text)
    plain = folded(line)
    if len(plain) != len(line):
        line = plain
    for pattern in _PATTERNS:
        match = pattern.search(plain)
        if match and not _only_as_place(plain, match.start()):
            return begun_large(line[match.start() : match.end()].strip(" ,.;-/"))
    if match := _COMMUNE_ROOM.match(
        plain.removeprefix("lanh dao ").removeprefix("chuyen vien ").removeprefix("cong chuc ")
    ):
        return "UBND " + match[1].replace("cap xa", "cấp xã").replace("xa", "xã").replace("phuong", "phường")
    spelled = _BY_MARKS.search(line)
    return begun_large(spelled[0].strip(" ,.")) if spelled else _owner(line, plain)


def same_agency(one: str, other: str) -> bool:
    return _key(one) == _key(other)


def desk_of(agency: str) -> str:
    """The lane of an agency's desk."""
    return f"{DESK} {agency}".strip()


def lead_of(people: Sequence[str], agencies: Sequence[str]) -> str:
    """The agency for which most steps are done; of equally many the one whose desk receives. `agencies`: of each, or empty."""
    counted: Counter[str] = Counter()
    named: dict[str, str] = {}
    desk = ""
    for who, agency in zip(people, agencies, strict=True):
        key = _key(agency)
        if agency:
            named.setdefault(key, agency)
            counted[key] += 1 if is_desk(who) else 2
            desk = desk or (key if is_desk(who) else "")
        elif desk and re.search(r"\bso\b", folded(who)):
            counted[desk] += 2
    if len(counted) > 1:  # the tax office is asked; it never leads where somebody else works
        counted = Counter({key: count for key, count in counted.items() if "thue" not in key.split()} or counted)
    if not counted:
        return ""
    if any(_UNNAMED.search(folded(who)) for who in people) and all(_COMMITTEES.match(key) for key in counted):
        return "Sở"
    most = max(counted.values())
    if desk and (counted[desk] == most or _departmental(desk, counted, most)):
        return named[desk]
    return named[next(key for key, count in counted.items() if count == most)]


def places_of(people: Sequence[str], works: Sequence[str], given: Sequence[str]) -> tuple[str, list[str], list[bool]]:
    """For each step its place, and whether words of its own name it. `given` is what a heading or column says, or empty.

    Returns the leading agency, the places, and for each whether it was named.
    """
    named = [agency_in(who) if is_desk(who) else "" for who in people]
    named = [one or _given(who, place) for one, who, place in zip(named, people, given, strict=True)]
    lead = lead_of(people, named)
    named = [_fuller(one, [*named, lead]) for one in named]
    people = [who if not is_desk(place) else f"{who}, {DESK}" for who, place in zip(people, given, strict=True)]
    found: list[str] = []
    for n in range(len(people)):
        found.append(_place(n, people, works, named, found, lead))
    return lead, found, [bool(one) for one in named]


def _place(
    n: int,
    people: Sequence[str],
    works: Sequence[str],
    named: Sequence[str],
    found: Sequence[str],
    lead: str,
) -> str:
    who = people[n]
    if is_desk(who):
        first = next((named[k] for k in range(len(people)) if is_desk(people[k]) and named[k]), "")
        return desk_of(named[n] or first)
    if named[n]:
        return named[n]
    if n and not is_desk(people[n - 1]) and _core(who) and _core(who) in folded(_spelled(people[n - 1])):
        return found[n - 1]
    room = _room(who)
    earlier = next((found[k] for k in range(n - 1, -1, -1) if room and room == _room(people[k])), "")
    return earlier or _handed_to(n, people, works, named, lead) or lead


def _handed_to(n: int, people: Sequence[str], works: Sequence[str], named: Sequence[str], lead: str) -> str:
    """The committee's office behind a step that hands the dossier on to it: named by one of the steps that follow."""
    if not n or not _handed(works[n - 1]):
        return ""
    for k in range(n, len(people)):
        if is_desk(people[k]) or "so" in folded(people[k]).split():
            return ""
        if named[k]:
            return "" if same_agency(named[k], lead) else named[k]
    return ""


def _room(who: str) -> str:
    found = re.search(r"\bphong .+", folded(who))
    return found[0] if found else ""


def _given(who: str, place: str) -> str:
    """What a heading or a column of its own says, else the words of the position."""
    if place and not is_desk(place):
        return agency_in(place) or place
    return agency_in(place) or agency_in(who)


def _handed(work: str) -> bool:
    return bool(_HANDS_ON.search(folded(work)))


def _departmental(desk: str, counted: Counter[str], most: int) -> bool:
    return desk.startswith("so ") and counted[desk] * 2 >= most and counted[desk] > 1


def _core(who: str) -> str:
    plain = folded(_spelled(who))
    core = re.sub(r"^(?:lanh dao|chuyen vien|cong chuc|truong|pho)\s+", "", plain)
    return core if core.startswith("co quan") and len(core) > 9 else ""


def _spelled(who: str) -> str:
    return re.sub(r"\bCQ\b", "cơ quan", who)


def _fuller(name: str, others: Sequence[str]) -> str:
    """`Chi nhánh` alone is the branch that other rows name in full."""
    if not name:
        return name
    key = _key(name)
    fuller = (other for other in others if _key(other).startswith("chi nhanh ")) if key == "chi nhanh" else iter(())
    same = (other for other in others if other and same_agency(name, other))
    return next(fuller, None) or next(same, name)


def _key(agency: str) -> str:
    plain = f"{folded(agency)} "
    for long, short in _SAME:
        plain = plain.replace(long, short)
    return " ".join(re.sub(r"\b(?:va|cap|cac)\b|[^a-z0-9]+", " ", plain).split())


def _only_as_place(plain: str, at: int) -> bool:
    """`… tại Trung tâm …` is where a desk stands and not whom it belongs to."""
    return bool(re.search(r"\btai $", plain[:at])) and is_desk(plain)


def _owner(line: str, plain: str) -> str:
    match = _OWNER.search(plain)
    if match is None or not line[match.end() : match.end() + 1].isupper():
        return ""
    rest = re.split(r"\s(?:tại|được)\s|[;(]", line[match.end() :])[0]
    return rest.strip(" ,.")
