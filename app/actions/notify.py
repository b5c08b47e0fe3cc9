"""Telling officials in the action's own transaction: a row for the screen, and an e-mail for whoever wants one at once.

What it costs, it costs where something is told (two statements, and two for each mail); an action that tells nobody
pays nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from app.actions.queueing import SEND_DELIVERY
from app.rules.notices import EMAIL, NOW, OFF, SCREEN, event_of, mode_of
from app.store import deliveries, official_notices, queue
from app.store.official_notices import Told, Whom
from app.wording import LOCAL


@dataclass(frozen=True, slots=True)
class News:
    """What is told: `template` of the message, of which dossier (None: of none) and task, and what it speaks of.

    `but`: whom it is not told to, because she did it herself; `apart`: at least so long between two mails to one person;
    `on_screen`: what only her own list of notices says, and no mail, for others look after those.
    """

    template: str
    dossier_id: int | None
    data: Mapping[str, Any]
    task_id: int | None = None
    but: int | None = None
    apart: timedelta | None = None
    on_screen: Mapping[str, Any] = field(default_factory=dict)


def notify(connection: Connection, whom: Whom, news: News, now: datetime) -> int:
    """Tell them, each by her own switches (`app.rules.notices`); answers how many are told in some way."""
    if not whom:
        return 0
    event = event_of(news.template)
    told = [
        one
        for one in official_notices.who(connection, whom, event, now.astimezone(LOCAL).date())
        if one.id != news.but and not _turned_off(event, one)
    ]
    addresses = _addresses(connection, event, told, news, now)
    data = {"template": news.template, **news.data, **news.on_screen}
    official_notices.add_notices(
        connection,
        [
            {
                "account_id": one.id,
                "event": event,
                "dossier_id": news.dossier_id,
                "task_id": news.task_id,
                "data": data,
                "created_at": now,
                "mailed_at": now if one.id in addresses else None,
            }
            for one in told
        ],
    )
    by_address = {address: account_id for account_id, address in sorted(addresses.items(), reverse=True)}
    for address, account_id in sorted(by_address.items()):  # an address that several share gets one mail
        delivery_id = deliveries.add_delivery(
            connection, news.dossier_id, news.template, address, news.data, now, account_id=account_id
        )
        queue.defer(connection, SEND_DELIVERY, delivery_id=delivery_id)
    return len(told)


def _turned_off(event: str, one: Told) -> bool:
    return mode_of(event, SCREEN, one.screen) == OFF and mode_of(event, EMAIL, one.mail) == OFF


def _addresses(connection: Connection, event: str, told: list[Told], news: News, now: datetime) -> dict[int, str]:
    """By account, where a mail goes at once."""
    found = {one.id: one.email for one in told if one.email and mode_of(event, EMAIL, one.mail) == NOW}
    if news.apart is not None and found:
        for spared in official_notices.lately_mailed(connection, event, now - news.apart, list(found)):
            del found[spared]
    return found
