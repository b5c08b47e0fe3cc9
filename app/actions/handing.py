"""How a result was handed over: who collected it and by what authority, originals compared, fees settled, when (ST-16.1a).

What does not apply to a dossier need not be said: at the counter, without fees, with originals, nothing need.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.actions.given import Given
from app.actions.signed import is_signed
from app.actions.work import Work
from app.errors import DomainError
from app.rules.fees import due_total, settled
from app.rules.status import GRANTED
from app.store import attachments, dossiers, fees
from app.store.dossiers import DossierContents
from app.store.procedure_changes import as_received

OTHER = "other"
DESK = "desk"
ONLINE = "online"


@dataclass(frozen=True, slots=True)
class Handing:
    """`mode`: desk, post or online, None as registered; `collector`: {who: self | other, name, id_number, authority};
    `handed_at`: when it really was (ST-16.3), None now; `attachments`: an authority on paper, a voucher of the post."""

    mode: str | None = None
    collector: Mapping[str, Any] | None = None
    originals_checked: bool | None = None
    fees_paid: bool | None = None
    tracking_number: str | None = None
    handed_at: datetime | None = None
    comment: str | None = None
    attachments: tuple[int, ...] = ()

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> Handing:
        """From the body of `deliver-result`."""
        return cls(
            body.get("mode"),
            body.get("collector"),
            body.get("originals_checked"),
            body.get("fees_paid"),
            body.get("tracking_number"),
            body.get("handed_at"),
            body.get("comment"),
            tuple(body.get("attachments") or ()),
        )

    def details(self, work: Work) -> dict[str, Any]:
        """What the history keeps. Errors: DomainError invalid, with everything that has to be said and was not."""
        Given(attachments=self.attachments).check_attachments(work)
        contents = dossiers.contents(work.connection, work.dossier.id)
        mode = self.mode or str(contents.deliver.get("mode", DESK))
        wrong: dict[str, list[str]] = {}
        rules: list[str] = []
        for field, (text, rule) in self._missing(work, contents, mode).items():
            wrong[field] = [text]
            rules.append(rule)
        if wrong:
            why = " ".join(texts[0] for texts in wrong.values())
            raise DomainError("invalid", why, errors=wrong, extra={"rule": rules[0]})
        who = self.collector or {"who": "self"}
        return {
            "mode": mode,
            "collector": {name: value for name, value in who.items() if value} if mode == DESK else None,
            "originals_checked": self.originals_checked,
            "fees_paid": self._fees_paid(work, contents, mode),
            "tracking_number": self.tracking_number,
            "comment": self.comment,
            "attachments": list(self.attachments) or None,
        }

    def _fees_paid(self, work: Work, contents: DossierContents, mode: str) -> bool | None:
        """Handing the result over at the desk says that its fees are settled, unless the desk says that they are not; what goes
        by post or online says so only where receipts do, or the desk does."""
        if self.fees_paid is not None:
            return self.fees_paid
        needs = needs_of(work, contents, mode)
        return True if needs.collected or (needs.fees and mode == DESK) else None

    def _missing(self, work: Work, contents: DossierContents, mode: str) -> dict[str, tuple[str, str]]:
        found: dict[str, tuple[str, str]] = {}
        needs = needs_of(work, contents, mode)
        if needs.originals and self.originals_checked is not True:
            found["originals_checked"] = (
                "Hồ sơ nộp điện tử không ký số: phải ký và đối chiếu bản chính trước khi trả kết quả.", "LA-8.3"
            )  # fmt: skip
        if needs.fees and self.fees_paid is False and not (self.comment or "").strip():
            found["comment"] = ("Chưa thu phí, lệ phí thì phải ghi lý do (miễn, giảm, thu sau).", "ST-16.1a")
        if needs.signed and not _signed_result(work):
            found["attachments"] = (
                "Kết quả trả trực tuyến phải là tệp kết quả đã ký số; hãy thêm tệp kết quả và ký, hoặc trả bản giấy.",
                "LA-10.1",
            )
        who = self.collector or {}
        if mode == DESK and who.get("who") == OTHER:
            for name, text in (("name", "Hãy ghi họ tên người nhận thay."), ("authority", "Hãy ghi giấy tờ ủy quyền.")):
                if not who.get(name):
                    found[f"collector.{name}"] = (text, "ST-16.1a")
        return found


@dataclass(frozen=True, slots=True)
class Needs:
    """What has to be said when a result is handed over in a certain way."""

    originals: bool
    fees: bool
    signed: bool = False
    """A result that is an electronic document only counts when it is signed."""
    collected: bool = False
    """There were fees, and receipts say that they were paid: nobody asks again."""


def needs_of(work: Work, contents: DossierContents, mode: str) -> Needs:
    """Papers collected after a refusal or a withdrawal ask for neither."""
    if work.clock.outcome not in (None, GRANTED):
        return Needs(originals=False, fees=False)
    procedure = as_received(work.connection, work.dossier.procedure, work.dossier.received_at)
    asked = procedure.fees if procedure is not None else ()
    due = due_total(asked)
    collected = due > 0 and settled(asked, fees.paid_lines(work.connection, work.dossier.id))
    unsigned = any(part["kind"] == "electronic" and not part.get("signed") for part in contents.components)
    checked = bool(contents.intake.get("originals_checked"))
    originals = work.dossier.channel == "online" and mode == DESK and unsigned and not checked
    signed = mode == ONLINE and work.rules.profile.signed_results == "required"
    return Needs(originals, due > 0 and not collected, signed, collected)


def _signed_result(work: Work) -> bool:
    found = attachments.attachments_of(work.connection, work.dossier.id)
    return any(row.kind == attachments.RESULT and is_signed(row.signatures) for row in found)
