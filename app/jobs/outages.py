"""Telling of an outage all who wait, a batch a transaction: a worker that is killed leaves off there, and another goes on."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Connection

from app.actions.announce_outage import TELL_OF_OUTAGE
from app.actions.queueing import SEND_DELIVERY
from app.lawbook import profile_named
from app.messages.phone import PhoneError, normalised
from app.rules.telling import PORTAL, QUIET, Contacts, channels_for, quiet_until
from app.runtime import runtime
from app.store import accounts, deliveries, organisation, outages, queue
from app.store.deliveries import NewDelivery
from app.store.outages import OutageRow, Waiter
from app.store.transaction import reading, take_turn, transaction
from app.wording import LOCAL

BATCH = 200
"""Applicants a transaction."""
LOST_AFTER = timedelta(minutes=10)

log = structlog.get_logger(__name__)


def tell_of_outage(outage_id: int, *, ended: bool) -> None:
    """Queue a message for every applicant whose dossier is open, and for the heads of agencies; each once."""
    while not _batch(outage_id, runtime().now(), ended):
        pass


def _batch(outage_id: int, now: datetime, ended: bool) -> bool:
    """One batch; whether that was the last."""
    with transaction() as connection:
        take_turn(connection, f"outage {outage_id}")
        outage = outages.find_outage(connection, outage_id, lock=True)
        if outage is None or (outage.end_told_at if ended else outage.told_at) is not None:
            return True
        if not ended and outage.ended_at is not None:  # nobody is to hear that what is over has begun
            outages.change_outage(connection, outage_id, told_at=now)
            return True
        through = outage.end_told_through if ended else outage.told_through
        names = ("end_told_through", "end_told_at") if ended else ("told_through", "told_at")
        found = []
        if "applicants" in outage.audience:
            found = (
                outages.to_hear_of_the_end(connection, outage_id, through, BATCH)
                if ended
                else outages.waiting_applicants(connection, through, BATCH)
            )
        for waiter in found:
            _tell(connection, outage, waiter, now, ended)
        if found:
            outages.change_outage(connection, outage_id, **{names[0]: found[-1].dossier_id})
        if len(found) == BATCH:
            return False
        if "heads" in outage.audience:
            _tell_heads(connection, outage, now, ended)
        outages.change_outage(connection, outage_id, **{names[1]: now})
        return True


def _tell(connection: Connection, outage: OutageRow, waiter: Waiter, now: datetime, ended: bool) -> None:
    contacts = Contacts(email=bool(waiter.applicant.get("email")), phone=bool(waiter.applicant.get("phone")))
    profile = profile_named(waiter.profile)
    template = "outage_ended" if ended else "outage_announced"
    data = _data(outage, ended) | {"applicant_name": waiter.name}
    quiet = quiet_until(profile.quiet_hours, now, LOCAL)
    for channel in channels_for("outage", waiter.notify, profile, contacts):
        if channel in (PORTAL, "phone"):  # the portal has its banner; nobody can call all who wait
            continue
        address = waiter.applicant["email"] if channel == "email" else _number(waiter.applicant["phone"])
        not_before = quiet if channel in QUIET else None
        new = NewDelivery(template, channel, address, data, dossier_id=waiter.dossier_id, next_try_at=not_before)
        _queue(connection, outage, new, now)


def _number(typed: str) -> str:
    """One form of a number, so that nobody is told twice; one that is none stays, and fails with the reason."""
    try:
        return normalised(typed, mobile=True)
    except PhoneError:
        return typed


def _tell_heads(connection: Connection, outage: OutageRow, now: datetime, ended: bool) -> None:
    template = "outage_ended_to_heads" if ended else "outage_announced_to_heads"
    day = now.astimezone(LOCAL).date()
    for agency_id in organisation.agency_ids(connection).values():
        leaders = organisation.units_of(connection, agency_id, "leadership")
        desks = organisation.units_of(connection, agency_id, "desk")
        heads = organisation.heads_of(connection, [*leaders, *desks])
        for address in accounts.addresses(connection, day, units=[], positions=heads):
            _queue(connection, outage, NewDelivery(template, "email", address, _data(outage, ended)), now)


def _data(outage: OutageRow, ended: bool) -> dict[str, Any]:
    over = outage.ended_at if ended else outage.ends_at
    return {
        "title": outage.title,
        "reason": (outage.end_text or "") if ended else outage.text,
        "from_at": outage.starts_at.isoformat(),
        "to_at": over.isoformat() if over else None,
    }


def _queue(connection: Connection, outage: OutageRow, new: NewDelivery, now: datetime) -> None:
    """One message to one address of one outage, whatever number of dossiers it has."""
    delivery_id = deliveries.keep_for_outage(connection, outage.id, new, now)
    if delivery_id is not None:
        wait = new.next_try_at - now if new.next_try_at else None
        queue.defer(connection, SEND_DELIVERY, wait=wait, delivery_id=delivery_id)


def recover_outages() -> None:
    """Give outages a job again of which not everybody was told long after they should have been."""
    now = runtime().now()
    with reading() as connection:
        rows = outages.all_outages(connection)
    for row in rows:
        for since, told, ended in ((row.made_at, row.told_at, False), (row.ended_at, row.end_told_at, True)):
            if since is not None and told is None and now - since > LOST_AFTER:
                log.warning("outage_recovered", outage=row.id)
                with transaction() as connection:
                    queue.defer(connection, TELL_OF_OUTAGE, outage_id=row.id, ended=ended)
