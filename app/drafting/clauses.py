"""What a step's own words say: its short name, whom it sends the dossier back to, and between which outcomes it decides."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.drafting.wording import begun_large, clean, folded, items_of, one_line, shortened

LONGEST_NAME = 80

_WHEN = re.compile(
    r"^(?:kể từ|sau khi|trên cơ sở|căn cứ|trong thời hạn|trong vòng|khi nhận)[^,;:]{0,160}[,;:]\s*", re.IGNORECASE
)
_DUTY = re.compile(r"^(?:có trách nhiệm|thực hiện việc|tiến hành|sẽ|chịu trách nhiệm)\s+", re.IGNORECASE)
_AGAIN = re.compile(
    r"(?:chuyen|tra|quay|gui|tro|day)(?: ho so| du thao| ket qua| tro)? ?(?:tra )?(?:lai|ve|tro lai)\b(?P<to>[^.;\n]{0,80})"
)
_DISAGREED = re.compile(
    r"khong (?:dong y|dat|nhat tri|thong nhat|phe duyet|duyet|dam bao|bao dam|dap ung|chap thuan"
    r"|dung)|chua (?:dat|dong y|dam bao|dung"
    r"|phu hop|day du|bao dam)|sai sot|neu khong\b|yeu cau (?:chinh sua|sua|lam lai)|can (?:chinh )?sua"
)
_STEP = re.compile(r"(?:buoc|\bb)\.? ?(\d+(?:\.\d+)?[a-zđ]?)(?! ?ngay)")
_CASE = re.compile(r"(?:^|[\n.;:+-]\s*)(?:[Tt]rường hợp|TRƯỜNG HỢP|TH(?=\s*\d))\s*(?:\d+\b|[a-dđ]\b)?\s*[:.)]?\s*")
_IF = re.compile(r"(?:^|[\n.;:,+-]\s*)nếu\s+", re.IGNORECASE)
_REWORK = re.compile(
    (
        r"\s*[;,.(]\s*(?:nếu |trường hợp )?(?:lãnh đạo )?(?:không|chưa) (?:đồng ý|đạt|nhất trí|thống nhất"
        r"|phê duyệt|duyệt|đảm bảo|bảo đảm).*$"
    ),
    re.IGNORECASE,
)
_OUTCOMES = (
    (
        "refuse",
        re.compile(
            r"khong du dieu kien|tu choi|khong dat|khong dong y|khong phe duyet|khong chap thuan"
            r"|chua du dieu kien|khong hop le|khong dap ung"
        ),
    ),
    ("supplement", re.compile(r"bo sung|chua day du|chua hop le|hoan thien|giai trinh")),
    ("agree", re.compile(r"du dieu kien|dat yeu cau|\bdat\b|dong y|hop le|dap ung|phe duyet")),
)
_TITLES = {"agree": "Đủ điều kiện", "refuse": "Không đủ điều kiện", "supplement": "Cần bổ sung hồ sơ"}
_PAPER = re.compile(r"ban hanh|van ban|thong bao|cong van|quyet dinh|phieu|du thao|bao cao")


@dataclass(frozen=True, slots=True)
class Return:
    """A sentence that sends it back: the step's number as printed, `previous`, or the words that say to whom."""

    number: str = ""
    previous: bool = False
    words: str = ""
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One case: `refuse`, `supplement`, `agree` or `case`; the number of the step that it leads to, empty for the next."""

    value: str
    title: str
    to: str = ""
    ends: bool = False
    papers: bool = False


def name_of(work: str, who: str, people: Sequence[str] = ()) -> str:
    """A step's short name: the first clause of its work without its subject; of a step without work, its position."""
    first = next((line for line in items_of(work) if len(line) > 1), "")
    first = _REWORK.sub("", first) if len(_REWORK.sub("", first)) > 4 else first
    first = re.sub(r"^\((.*)\)$", r"\1", first.strip())
    first = _without_subject(_WHEN.sub("", first), [who, *people])
    if not first:
        return shortened(begun_large(one_line(who)), LONGEST_NAME)
    clause = _clause(first)
    return begun_large(shortened(clause, LONGEST_NAME).strip(" ,;:.-"))


def return_in(work: str) -> Return | None:
    """The first sentence by which a step sends the dossier back to another of the same procedure."""
    plain = folded(work.replace("\n", ". "))
    for match in _AGAIN.finditer(plain):
        to = match["to"]
        around = plain[max(0, match.start() - 90) : match.end()]
        sentence = around.strip()
        number = _STEP.search(to)
        if number:
            return Return(number=number[1], sentence=sentence)
        if re.search(r"buoc (?:truoc|lien truoc|ngay truoc)", to):
            return Return(previous=True, sentence=sentence)
        if _DISAGREED.search(around) and (
            who := re.search(r"chuyen vien|cong chuc|lanh dao phong|truong phong|phong chuyen mon|van thu", to)
        ):
            return Return(words=who[0], sentence=sentence)
    # "Không đạt: quay bước 2", "thực hiện lại bước 3"
    again = re.search(r"(?:lai|quay|ve) (?:tu )?(?:buoc|b)\.? ?(\d+)", plain)
    return Return(number=again[1], sentence=again[0]) if again else None


def outcomes_in(work: str) -> list[Outcome]:
    """The cases between which a step decides, empty unless it names at least one by `Trường hợp`, or both of a pair."""
    text = re.sub(r"\([^()]*\)", " ", clean(work))
    pieces = _cases(text)
    found: list[Outcome] = []
    for piece in pieces:
        plain = folded(piece)
        value = next((name for name, words in _OUTCOMES if words.search(plain[:120])), "case")
        to = re.search(r"(?:chuyen|thuc hien|sang|den|tiep tuc|qua) [^.;]{0,20}?buoc ?(\d+(?:\.\d+)?)", plain)
        ends = bool(re.search(r"ket thuc (?:quy trinh|ho so)", plain))
        title = _TITLES.get(value) or begun_large(shortened(re.split(r"[:,;.\n]", piece.strip())[0], 60))
        if any(one.value == value for one in found):
            if value != "case":
                title = begun_large(shortened(re.split(r"[:;.\n]", piece.strip())[0], 60))
            value = f"case_{len(found) + 1}"
        found.append(
            Outcome(
                value, title or f"Trường hợp {len(found) + 1}", to[1] if to else "", ends, bool(_PAPER.search(plain))
            )
        )
    return found[:8]


def _cases(text: str) -> list[str]:
    marks = list(_CASE.finditer(text)) or list(_IF.finditer(text))
    if not marks:
        return []
    ends = [match.start() for match in marks[1:]] + [len(text)]
    pieces = [text[match.end() : end].strip() for match, end in zip(marks, ends, strict=True)]
    return [piece for piece in pieces if len(piece) > 3]


def _without_subject(text: str, subjects: Sequence[str]) -> str:
    plain = folded(text)
    if len(plain) != len(text):
        return text
    for subject in sorted({folded(one) for one in subjects if one}, key=len, reverse=True):
        rest = plain.removeprefix(subject)
        if len(subject) > 4 and rest != plain and len(rest.strip()) > 3 and rest[:1] in " ,:":
            text = text[len(subject) :].strip(" ,:")
            break
    return _DUTY.sub("", text).strip()


def _clause(text: str) -> str:
    text = re.split(r"(?<=\w{2})[.]\s|\n", text)[0]
    head, colon, rest = text.partition(":")
    if colon and 8 <= len(head) <= 60 and rest.strip():
        return head
    text = re.sub(r"\s*\([^()]*\)", "", text).strip()
    if len(text) <= LONGEST_NAME:
        return text
    cut = re.split(r";", text)[0]
    if len(cut) <= LONGEST_NAME:
        return cut
    commas = [match.start() for match in re.finditer(r",", cut) if 20 <= match.start() <= LONGEST_NAME]
    return cut[: commas[-1]] if commas else cut
