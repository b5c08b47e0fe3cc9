"""Sending what actions decided to tell: one delivery, at least once, with a Message-ID and a gateway key that never change.

An attempt is written down, and committed, before the message is handed over. Whoever finds an attempt that has no end knows
that the message may have gone out already: it goes again under the same id, marked `repeated` (design: trust).
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from app.actions.queueing import SEND_DELIVERY
from app.lawbook import profile_named
from app.messages.composing import sender_of, written
from app.messages.failures import RefusedError, TryLaterError
from app.messages.handing import Outgoing, hand_over
from app.messages.letters import TextError
from app.messages.placeholders import PlaceholderError
from app.messages.writing import letter_data, letter_from
from app.rules.telling import QUIET, quiet_until
from app.runtime import runtime
from app.store import deliveries, dossiers, queue
from app.store.deliveries import FAILED, SENT, TRYING, WAITING, DeliveryRow
from app.store.transaction import transaction
from app.wording import LOCAL

DELIVERY_WAITS = (
    timedelta(seconds=10),
    timedelta(minutes=1),
    timedelta(minutes=5),
    *[timedelta(minutes=15)] * 4,
    *[timedelta(minutes=30)] * 4,
    *[timedelta(hours=1)] * 4,
    *[timedelta(hours=4)] * 4,
)
"""How long a message waits before it is tried again: often within the first hour, and for a day in all; then it has failed."""
LOST_AFTER = timedelta(minutes=10)
"""A message that has waited so long past its time, with no job in the queue, has lost its job."""

log = structlog.get_logger(__name__)


def send_delivery(delivery_id: int) -> None:
    """Make one attempt at one message and write down what became of it; another attempt is deferred where that may help.

    `held` keeps other workers from the same message until this attempt has its end. Errors: OperationalError, with the
    database away; the queue tries the job again.
    """
    settings, now = runtime().settings, runtime().now()
    with transaction() as held:
        if not deliveries.take_hold(held, delivery_id):
            return
        with transaction() as connection:
            message = _begin(connection, delivery_id, now)
        if message is None:
            return
        try:
            reference = hand_over(message, settings, now)
        except TryLaterError as problem:
            _later(held, delivery_id, problem, now)
        except RefusedError as problem:
            _fail(held, delivery_id, str(problem), now)
        except Exception as problem:  # a fault of ours is no reason to send it for ever: it counts as an attempt
            log.exception("message_not_handed_over", delivery=delivery_id)
            _later(held, delivery_id, TryLaterError(f"Lỗi khi gửi: {problem!r}"[:500], uncertain=True), now)
        else:
            done = {"state": SENT, "sent_at": runtime().now(), "reference": reference, "next_try_at": None}
            deliveries.change_delivery(held, delivery_id, **done, last_error=None)


def _begin(connection: Connection, delivery_id: int, now: datetime) -> Outgoing | None:
    """Write the attempt down; None where there is none to be made."""
    delivery = deliveries.find_delivery(connection, delivery_id, lock=True)
    if delivery is None or delivery.state not in (WAITING, TRYING) or _quiet(connection, delivery, now):
        return None
    try:
        message, said = _words(connection, delivery, now)
    except (TextError, PlaceholderError, LookupError, TypeError, ValueError) as problem:
        log.warning("message_not_written", delivery=delivery_id, reason=repr(problem))
        _fail(connection, delivery_id, f"Không soạn được nội dung: {problem}", now)
        return None
    deliveries.change_delivery(
        connection,
        delivery_id,
        state=TRYING,
        tried_at=now,
        next_try_at=None,
        attempts=delivery.attempts + 1,
        repeated=delivery.repeated or delivery.state == TRYING,
        **said,
    )
    return message


def _words(connection: Connection, delivery: DeliveryRow, now: datetime) -> tuple[Outgoing, dict[str, object]]:
    """The message as the first attempt put it, so that all attempts are the same; and what is to be kept of it."""
    settings = runtime().settings
    body, kept = delivery.body, delivery.letter
    said: dict[str, object] = {}
    if body is None:
        day = now.astimezone(LOCAL).date()
        words = written(connection, delivery, settings.public_url, day, fold=settings.sms_folded)
        body, kept = words.body, letter_data(words.letter) if words.letter else None
        said = {"subject": words.subject, "body": body, "letter": kept}
    message = Outgoing(
        key=delivery.key,
        channel=delivery.channel,
        recipient=delivery.recipient,
        template=delivery.template,
        body=body,
        created_at=delivery.created_at,
        sender=sender_of(connection, delivery),
        letter=letter_from(kept) if kept else None,
    )
    return message, said


def _quiet(connection: Connection, delivery: DeliveryRow, now: datetime) -> bool:
    """Whether it is a time at which nobody's telephone is to ring; then the attempt is put off."""
    if delivery.channel not in QUIET or delivery.dossier_id is None:
        return False
    profile = profile_named(dossiers.dossier_by_id(connection, delivery.dossier_id).profile)
    until = quiet_until(profile.quiet_hours, now, LOCAL)
    if until is not None:
        _put_off(connection, delivery.id, until - now, now)
    return until is not None


def _later(connection: Connection, delivery_id: int, problem: TryLaterError, now: datetime) -> None:
    """Another attempt after a while, or none after a day of them. One whose end is not known stays under way."""
    delivery = deliveries.find_delivery(connection, delivery_id)
    assert delivery is not None  # noqa: S101 - deliveries are never removed
    if delivery.attempts > len(DELIVERY_WAITS):
        _fail(connection, delivery_id, f"Đã thử {delivery.attempts} lần. {problem}", now)
        if problem.uncertain:  # whoever sends it again may repeat it
            deliveries.change_delivery(connection, delivery_id, repeated=True)
        return
    wait = max(DELIVERY_WAITS[delivery.attempts - 1], problem.retry_after or timedelta())
    state = TRYING if problem.uncertain else WAITING
    deliveries.change_delivery(connection, delivery_id, state=state, last_error=str(problem))
    _put_off(connection, delivery_id, wait, now)


def _put_off(connection: Connection, delivery_id: int, wait: timedelta, now: datetime) -> None:
    deliveries.change_delivery(connection, delivery_id, next_try_at=now + wait)
    queue.defer(connection, SEND_DELIVERY, wait=wait, delivery_id=delivery_id)


def _fail(connection: Connection, delivery_id: int, reason: str, now: datetime) -> None:
    deliveries.change_delivery(
        connection, delivery_id, state=FAILED, failed_at=now, last_error=reason, next_try_at=None
    )


def recover_deliveries() -> int:
    """Give those messages a job again that have waited past their time without one; answers how many."""
    now = runtime().now()
    with transaction() as connection:
        lost = deliveries.lost_deliveries(connection, SEND_DELIVERY, now - LOST_AFTER)
        for delivery_id in lost:
            queue.defer(connection, SEND_DELIVERY, delivery_id=delivery_id)
    if lost:
        log.warning("deliveries_recovered", count=len(lost))
    return len(lost)
