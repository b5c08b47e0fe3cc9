"""Telling the applicant: by which ways, and what (QT-16.4, ST-11.2n)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.actions.queueing import queue_delivery
from app.actions.work import Work
from app.store import dossiers


def tell_applicant(
    work: Work, template: str, reason: str = "", *, said: Mapping[str, Any] | None = None, anyway: bool = False
) -> None:
    """Queue an e-mail to the applicant, if that is how he asked to be told; `anyway` wherever he has an address.

    `said`: what more the message may speak of, by the names of NoticeValues.
    """
    contents = dossiers.contents(work.connection, work.dossier.id)
    address = contents.applicant.get("email")
    if address and (anyway or "email" in contents.notify):
        data = {"applicant_name": contents.applicant_name, **({"reason": reason} if reason else {}), **(said or {})}
        queue_delivery(work, template, address, data)
