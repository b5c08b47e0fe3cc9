"""The letter with which an official's working day begins; and the pruning of old notices.

A digest belongs to an account and a day: the row is written in the transaction that queues the mail, so however often the
duty runs and however many workers there are, nobody gets two. There is none on a day without working hours.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from app.actions.queueing import SEND_DELIVERY
from app.lawbook import Law, current_law
from app.messages.official_texts import DIGEST, NEW_STEPS
from app.rules.notices import NEW
from app.runtime import runtime
from app.store import accounts, deliveries, digests, inbox, official_notices, organisation, queue
from app.store.new_steps import steps_since
from app.store.transaction import reading, take_turn, transaction
from app.views.digest import MOST, Day, digest_of, new_section, scope_of
from app.wording import LOCAL

ACCOUNTS_AT_ONCE = 500
FIRST = timedelta(days=3)
"""How far back the first digest of an account looks."""
NEW_FOR = timedelta(hours=12)
"""How long after it came a step is still told as new; who was told is known for twice as long."""
READ_KEPT = timedelta(days=90)
UNREAD_KEPT = timedelta(days=180)
DIGESTS_KEPT = timedelta(days=60)

log = structlog.get_logger(__name__)


def send_digests() -> None:
    """Queue the digests of everybody whose working day has begun and who has none of today."""
    now = runtime().now().replace(microsecond=0)
    day = now.astimezone(LOCAL).date()
    with reading() as connection:
        law = current_law(connection)
    for calendar_id in {agency.office for agency in law.agencies.values()}:
        if not _at_work(law, calendar_id, now):
            continue
        agencies = [agency.id for agency in law.agencies.values() if agency.office == calendar_id]
        after = 0
        while True:
            with reading() as connection:
                due = digests.accounts_due(connection, agencies, day, after, ACCOUNTS_AT_ONCE)
            for account_id in due:
                _send_or_log(account_id, law, calendar_id, now)
            if len(due) < ACCOUNTS_AT_ONCE:
                break
            after = due[-1]


def _at_work(law: Law, calendar_id: int, now: datetime) -> bool:
    """Whether the day's working hours have begun and not ended; a worker that slept through the morning still writes."""
    calendar = law.calendars[calendar_id]
    local = calendar.local(now)
    hours = calendar.hours(local.date())
    seconds = local.hour * 3600 + local.minute * 60 + local.second
    return bool(hours) and hours[0][0] <= seconds < hours[-1][1]


def _send_or_log(account_id: int, law: Law, calendar_id: int, now: datetime) -> None:
    """One digest that cannot be made keeps nobody else's back; the next round tries it again."""
    try:
        _send(account_id, law, calendar_id, now)
    except OperationalError:
        raise
    except Exception:
        log.exception("digest_failed", account=account_id)


def _send(account_id: int, law: Law, calendar_id: int, now: datetime) -> None:
    settings = runtime().settings
    today = now.astimezone(LOCAL).date()
    with transaction() as connection:
        taken, last = digests.begin_digest(connection, account_id, today, now)
        account = accounts.account_by_id(connection, account_id, today) if taken else None
        if account is None or account.email is None:
            return
        rules = law.rules(settings.profile, account.agency_id, None)
        day = Day(law.calendars[calendar_id], now, rules.step_due_soon_seconds, settings.profile)
        content = digest_of(connection, account, last or now - FIRST, day)
        if not content.sections:
            return
        data = {
            "day": f"{today:%d/%m/%Y}",
            "name": account.name,
            "agency": law.agencies[account.agency_id].name,
            "sections": content.sections,
        }
        delivery_id = deliveries.add_delivery(connection, None, DIGEST, account.email, data, now, account_id=account_id)
        queue.defer(connection, SEND_DELIVERY, delivery_id=delivery_id)
        official_notices.mark_mailed(connection, content.told, now)


def tell_new_steps() -> None:
    """Write to those who want to know at once that steps have come to them: one letter a round, each step once."""
    now = runtime().now().replace(microsecond=0)
    with reading() as connection:
        wanting = digests.wanting_new_at_once(connection)
    for account_id in wanting:
        with transaction() as connection:
            _tell_new(connection, account_id, now)


def _tell_new(connection: Connection, account_id: int, now: datetime) -> None:
    take_turn(connection, f"new steps of {account_id}")
    account = accounts.account_by_id(connection, account_id, now.astimezone(LOCAL).date())
    if account is None or account.email is None:
        return
    told = digests.told_as_new(connection, account_id, now - NEW_FOR - NEW_FOR)
    ids = [one for one in steps_since(connection, scope_of(account), now - NEW_FOR, MOST) if one not in told]
    if not ids:
        return
    rows = [
        {
            "account_id": account_id,
            "event": NEW,
            "dossier_id": listed.task.dossier_id,
            "task_id": listed.task.id,
            "data": {"template": NEW_STEPS, "step_name": listed.task.step_name},
            "created_at": now,
            "read_at": now,
            "mailed_at": now,
        }
        for listed in inbox.tasks_by_id(connection, ids).values()
    ]
    official_notices.add_notices(connection, rows)
    agency = organisation.agency_by_id(connection, account.agency_id).name
    data = {"name": account.name, "agency": agency, "sections": [new_section(connection, ids)]}
    delivery_id = deliveries.add_delivery(connection, None, NEW_STEPS, account.email, data, now, account_id=account_id)
    queue.defer(connection, SEND_DELIVERY, delivery_id=delivery_id)


def settle_notices() -> None:
    """What was told of steps that are done is read by itself."""
    with transaction() as connection:
        official_notices.settle_done(connection, runtime().now())


def forget_notices() -> None:
    """Remove what nobody looks for any more: notices read long ago, unread ones in the end, days of digests."""
    now = runtime().now()
    while True:
        with transaction() as connection:
            gone = official_notices.forget_notices(connection, now - READ_KEPT, now - UNREAD_KEPT)
        if gone < official_notices.MOST_FORGOTTEN:
            break
    with transaction() as connection:
        digests.forget_digests(connection, (now - DIGESTS_KEPT).astimezone(LOCAL).date())
