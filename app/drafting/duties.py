"""The stable English ids of what a published table lets people do: receive, assign, process, review, sign, issue …"""

from __future__ import annotations

import re
import unicodedata

from app.drafting.wording import folded

_DUTIES = (
    (r"tra ket qua|phat ket qua|giao ket qua", "return_result"),
    (r"nop (tien|phi|le phi|thue)|thuc hien nghia vu tai chinh|cho nop", "await_payment"),
    (r"tong hop", "consolidate"),
    (r"(co|cho|cung cap|tham gia|gui|tra loi) y kien", "give_opinion"),
    (r"(van ban|cong van|phieu) (xin|lay) y kien|lay y kien|xin y kien", "draft_request"),
    (r"so hoa", "digitise"),
    (r"vao so|dong dau|lay so|phat hanh|van thu", "issue"),
    (r"niem yet|cong khai", "post_publicly"),
    (r"ky nhay", "review"),
    (r"ky|phe duyet", "sign"),
    (r"phan cong|giao viec|giao xu ly", "assign"),
    (r"tiep nhan|nhan ho so|nop ho so", "receive"),
    (r"du thao|soan thao|lap (to trinh|bao cao|bien ban)", "draft"),
    (r"xac minh|kiem tra thuc dia", "verify"),
    (r"ban hanh|quyet dinh", "decide"),
    (r"tham dinh|tham tra|xu ly|thu ly|giai quyet", "process"),
    (r"xem xet|duyet|kiem soat|cho y kien", "review"),
    (r"kiem tra|ra soat|doi chieu", "check"),
    (r"trinh", "submit"),
    (r"xac nhan", "confirm"),
    (r"thong bao|bao cho", "notify"),
    (r"chuyen|gui|ban giao", "forward"),
    (r"luu tru|luu ho so", "archive"),
    (r"cap", "grant"),
)
_KNOWN = tuple((re.compile(rf"(?<!\w)(?:{words})(?!\w)"), name) for words, name in _DUTIES)
_BY_POSITION = {
    "desk_officer": "receive",
    "desk_head": "forward",
    "director": "sign",
    "committee_leader": "decide",
    "clerk": "issue",
    "office_chief": "review",
    "branch_director": "sign",
}


def duty_of(name: str, stage: str, position: str | None, *, asked: bool = False, pause: str | None = None) -> str:
    """The id that a step of this name has, before it is made unique."""
    if pause == "payment":
        return "await_payment"
    if asked:
        return "give_opinion"
    if stage == "receive":
        return "receive"
    if stage == "return":
        return "return_result"
    plain = folded(name)
    hits = [(hit.start(), order, duty) for order, (words, duty) in enumerate(_KNOWN) if (hit := words.search(plain))]
    if not hits:
        return _BY_POSITION.get(position or "", "review" if (position or "").startswith("room_head") else "process")
    found = min(hits)[2]
    return {"receive": "take_over", "return_result": "hand_over"}.get(found, found)


def ascii_id(text: str, longest: int = 60) -> str:
    """Small letters, digits and underscores, without diacritics; empty where nothing is left."""
    plain = unicodedata.normalize("NFKD", folded(text)).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:longest].strip("_")


class Ids:
    """Gives every id once."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def take(self, wanted: str) -> str:
        name, number = wanted, 1
        while name in self._taken:
            number += 1
            name = f"{wanted}_{number}"
        self._taken.add(name)
        return name
