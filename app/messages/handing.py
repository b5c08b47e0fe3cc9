"""One message handed over by its channel: mail by SMTP, SMS and Zalo by their gateways, or kept where none is configured.

A channel is one function of `_CHANNELS`; whoever has another gateway writes another function, or an adapter that speaks the
small request of `app.messages.gateway`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from app.config import Settings
from app.messages.delivery import deliver_mail, keep_once
from app.messages.failures import RefusedError, TryLaterError
from app.messages.gateway import send_short
from app.messages.letters import Letter
from app.messages.mail import build_mail
from app.messages.phone import normalised
from app.setting_values import Gateway


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message as it goes out; `key` is the same at every attempt, `created_at` that of the delivery."""

    key: str
    channel: str
    recipient: str
    template: str
    body: str
    created_at: datetime
    sender: str
    letter: Letter | None = None


def hand_over(message: Outgoing, settings: Settings, now: datetime) -> str | None:
    """Hand it over once; answers what the other side calls it. Errors: TryLaterError, RefusedError."""
    if message.channel not in _CHANNELS:
        raise RefusedError(f"Không có kênh “{message.channel}”.")
    return _CHANNELS[message.channel](message, settings, now)


def is_real(channel: str, settings: Settings) -> bool:
    """Whether messages of this channel leave the installation; else they are kept, to be looked at."""
    return {"email": settings.smtp, "sms": settings.sms, "zalo": settings.zalo}.get(channel) is not None


def _mail(message: Outgoing, settings: Settings, now: datetime) -> str | None:
    if message.letter is None:
        raise RefusedError("Thư chưa có nội dung.")
    mail = build_mail(
        message.letter,
        delivery_id=message.key,
        created_at=message.created_at,
        mail_from=settings.mail_from,
        recipient=message.recipient,
        sender_name=message.sender,
    )
    deliver_mail(mail, smtp=settings.smtp, outbox=settings.data / "outbox")
    return str(mail["Message-ID"])


def _sms(message: Outgoing, settings: Settings, now: datetime) -> str | None:
    return _short(message, settings.sms, settings, now)


def _zalo(message: Outgoing, settings: Settings, now: datetime) -> str | None:
    return _short(message, settings.zalo, settings, now)


def _short(message: Outgoing, gateway: Gateway | None, settings: Settings, now: datetime) -> str | None:
    to = normalised(message.recipient, mobile=True)
    if gateway is not None:
        return send_short(
            gateway, to=to, text=message.body, key=f"delivery-{message.key}", template=message.template, now=now
        )
    kept = {"to": to, "text": message.body, "id": f"delivery-{message.key}", "template": message.template}
    name = f"delivery-{message.key}.{message.channel}.json"
    content = json.dumps({"channel": message.channel, **kept}, ensure_ascii=False, indent=1).encode()
    try:
        keep_once(settings.data / "outbox", message.created_at, name, content)
    except OSError as error:
        raise TryLaterError(f"Không ghi được hộp thư trình diễn: {error}") from error
    return kept["id"]


_CHANNELS: Mapping[str, Callable[[Outgoing, Settings, datetime], str | None]] = MappingProxyType(
    {"email": _mail, "sms": _sms, "zalo": _zalo}
)
