"""Who does a step, as tables name them: positions, several in one cell, the desk, the applicant, and the agency behind them."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from typing import Literal

from app.drafting.wording import clean, folded, one_line

_HEADS = (
    "lanh dao|chuyen vien|cong chuc|vien chuc|can bo|nhan vien|truong|pho|giam doc|chu tich|chanh|van thu|bo phan|phong|so"
    "|ubnd|uy ban|hdnd|van phong|vp|vpdkdd|chi nhanh|trung tam|tt|ttpvhcc|ttphvcc|tthcc|co quan|cq|chi cuc|cuc|hoi dong"
    "|thu truong|ke toan|thu quy|to truong|doi truong|hieu truong|kho bac|cong an|thanh tra|don vi|thue|buu chinh|buu dien"
    "|bo chi huy|ban quan ly|ban giam doc|ban giam hieu|tap the|nguoi"
    "|ld|cv|cb|cc|vt|bp|bpmc|pgd|ban lanh dao"
)
_POSITION = re.compile(rf"(?:cac |\d+ )?(?:{_HEADS})\b")
_HARD = re.compile(r"\s*(?:;|\n|\s\+\s|->|→|=>)\s*")
_SOFT = re.compile(
    rf",?\s+(va|hoac|/|cung)\s+(?=(?:cac )?(?:{_HEADS})\b)|\s*(/)\s*(?=(?:{_HEADS})\b)"
    rf"|\s*(,|&)\s*(?=(?:cac )?(?:{_HEADS})\b)"
)
_DESK = re.compile(
    r"mot cua|tiep nhan (?:ho so )?(?:va|&|,) tra|tn ?& ?tkq|tn ?va ?tkq|tntkq|tn-tkq|tt ?pv ?hcc"
    r"|tthcc|\bbpmc\b|phuc vu hcc|pv hcc|\bpvhcc|hanh chinh cong"
    r"|bo phan (?:tiep )?nhan|bo phan (?:nhan )?(?:chuyen )?tra|(?<!kiem )\btra (?:chuyen )?ket qua|(?:can bo"
    r"|cong chuc|nhan vien) tiep nhan"
)
_APPLICANT = re.compile(
    r"(?:(?:ca nhan|to chuc|cong dan|nguoi dan|doanh nghiep|nguoi nop(?: ho so)?|nha dau tu|nguoi yeu cau|nguoi su dung dat"
    r"|khach hang|ho gia dinh|applicant)(?:\s*(?:,|/|va|hoac|;|-)\s*|$))+"
)
_SYSTEM = re.compile(r"(?:cac )?(?:he thong|phan mem|cong dich vu cong|cong dvc)\b(?! tiep nhan)")
_POST = re.compile(r"buu (?:chinh|dien|ta)|nhan vien buu")
_KINDS = (
    ("desk", _DESK),
    (
        "leader",
        re.compile(
            r"lanh dao|giam doc|chu tich"
            r"|(?<!moi )(?<!thi )(?<!nha )truong\b(?! (?:hoc|mam|tieu|trung|dai|cao))|thu truong|chanh van phong|pho\b"
            r"|hieu truong|ban giam|\bld\b|\bpgd\b"
        ),
    ),
    ("clerk", re.compile(r"van thu|\bvt\b")),
    ("specialist", re.compile(r"chuyen vien|cong chuc|vien chuc|can bo|nhan vien|\bcv\b|\bcb\b")),
)
_BETWEEN = re.compile(r"[,/&+;]|\s-\s|\bva\b|\bhoac\b|\bcung\b|\bphoi hop\b")
_ALIKE = ("so", "truong", "pho", "cong chuc", "can bo", "vien chuc", "van phong", "nhan vien")
Joint = Literal["and", "or"]


@dataclass(frozen=True, slots=True)
class People:
    """One cell split into positions; `joints` between them: `and` in a sequence, `or` for alternatives."""

    parts: tuple[str, ...]
    joints: tuple[Joint, ...] = ()

    @property
    def one_desk(self) -> People:
        """Neighbouring names of the desk as one, since it is one position wherever it stands; a post office is none."""
        parts: list[str] = []
        joints: list[Joint] = []
        for n, part in enumerate(self.parts):
            desks = bool(parts) and is_desk(parts[-1]) and (is_desk(part) or is_post(part))
            if desks:
                parts[-1] = f"{parts[-1]}{' hoặc ' if self.joints[n - 1] == 'or' else '; '}{part}"
            else:
                joints += [self.joints[n - 1]] if parts else []
                parts.append(part)
        return People(tuple(parts), tuple(joints))


def begins_with_position(text: str) -> bool:
    return bool(_POSITION.match(folded(text))) or is_applicant(text)


def is_desk(text: str) -> bool:
    return bool(_DESK.search(folded(text)))


def is_applicant(text: str) -> bool:
    return bool(_APPLICANT.fullmatch(folded(text).strip(" .;:")))


def is_system(text: str) -> bool:
    return bool(_SYSTEM.match(folded(text)))


def is_post(text: str) -> bool:
    return bool(_POST.search(folded(text)))


def kind_of(text: str) -> str:
    """`desk`, `leader`, `clerk`, `specialist`, or empty for an office."""
    plain = folded(text)
    return next((kind for kind, words in _KINDS if words.search(plain)), "")


def hints_at_several(text: str) -> bool:
    """Whether one name holds people of two kinds with a joint between them, however it is written: never merged silently."""
    plain = re.sub(r"\([^()]*\)", lambda match: " " * len(match[0]), folded(text))
    found = sorted(
        (match.start(), match.end(), kind)
        for kind, words in _KINDS
        if kind != "desk"
        for match in words.finditer(plain)
    )
    return any(
        one[2] != other[2] and _BETWEEN.search(plain[one[1] : other[0]]) for one, other in itertools.pairwise(found)
    )


def positions_of(text: str) -> People:
    """The positions that a cell names, as printed, in their order."""
    hard = [one for one in (_trimmed(part) for part in _HARD.split(clean(text))) if one]
    joined: list[str] = []
    for part in hard:
        # A line that begins with no position goes on with the one above it.
        if joined and not (_POSITION.match(folded(part)) or is_applicant(part)):
            joined[-1] += ("" if joined[-1].endswith((",", "-")) else ", " if ";" in text else " ") + part
        else:
            joined.append(part)
    parts: list[str] = []
    joints: list[Joint] = []
    for part in joined:
        pieces, words = _softly(part)
        joints += ["and"] if parts else []
        parts += pieces
        joints += words
    return People(tuple(parts) or ((one_line(text),) if text.strip() else ()), tuple(joints))


def _softly(text: str) -> tuple[list[str], list[Joint]]:
    """A line cut at `và`, `hoặc`, `/` and commas behind which another position begins."""
    plain = folded(text)
    if len(plain) != len(text):
        return [text], []
    pieces: list[str] = []
    words: list[str] = []
    begin = 0
    for match in _SOFT.finditer(plain):
        before = plain[begin : match.start()]
        if before.count("(") > before.count(")") or _of_a_list(plain, begin, match) or not _trimmed(before):
            continue
        pieces.append(_trimmed(text[begin : match.start()]))
        words.append("or" if "hoac" in match[0] or "/" in match[0] else "," if match[0].strip() == "," else "and")
        begin = match.end()
    rest = _trimmed(text[begin:])
    if not rest:
        return [*pieces[:-1], *pieces[-1:]], [_joint(words[:-1], n) for n in range(len(words) - 1)]
    return [*pieces, rest], [_joint(words, n) for n in range(len(words))]


def _joint(words: list[str], at: int) -> Joint:
    """A comma means what the next word does: `A, B hoặc C`."""
    return "or" if next((word for word in words[at:] if word != ","), "and") == "or" else "and"


def _of_a_list(plain: str, begin: int, match: re.Match[str]) -> bool:
    """Whether the cut would fall into one name: `Sở, ban, ngành`, `Văn phòng, Chi nhánh VP …`, `Trưởng, Phó phòng`."""
    before = plain[begin : match.start()].strip()
    if before == "lanh dao":
        return kind_of(plain[match.end() :].split(",")[0]) in ("", "desk", "leader")
    committee = before.endswith(("hdnd", "hoi dong nhan dan")) and re.match(r"ubnd|uy ban", plain[match.end() :])
    return bool(committee) or before in ("cac so", *_ALIKE)


def _trimmed(text: str) -> str:
    return re.sub(r"^(?:[-+*•·]|\d+[.)])\s*", "", one_line(text)).strip(" ,;.&/")
