"""A letter as an e-mail that is the same every time it is built, so that sending it again can be recognised.

Deliveries are at least once (design: trust): the Message-ID comes from the delivery's id, the date from the delivery's own
instant, and the MIME boundary from both; nothing is random and no clock is read.
"""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape

from app.messages.failures import RefusedError
from app.messages.letters import Letter, Listed
from app.wording import LOCAL, clean_line

_LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_HOST = re.compile(
    r"(?=.{1,253}$)([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
)
_WEB_ADDRESS = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:)]")
_PLAIN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")


class AddressError(RefusedError, ValueError):
    """An address that no mail can be sent to. Trying again does not help."""


def build_mail(
    letter: Letter, *, delivery_id: str, created_at: datetime, mail_from: str, recipient: str, sender_name: str = ""
) -> EmailMessage:
    """`letter` as a mail with a plain and an HTML part.

    `created_at` (aware) is the instant of the delivery, not of the attempt: the same arguments give the same bytes.
    `mail_from` and `recipient` are one bare address each; `sender_name` is shown beside the former. AddressError when one
    of them is not a valid address, which also keeps line breaks out of the headers.
    """
    sender = _address(mail_from, clean_line(sender_name))
    message = EmailMessage(policy=SMTP)
    message["Message-ID"] = message_id(delivery_id, sender.domain)
    message["Date"] = format_datetime(created_at.astimezone(LOCAL))
    message["From"] = sender
    message["To"] = _address(recipient)
    message["Subject"] = clean_line(letter.subject)
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = "vi"
    message.set_content(plain_text(letter), cte="base64")
    message.add_alternative(_html(letter), subtype="html", cte="base64")
    message.set_boundary(f"=_{hashlib.sha256(message['Message-ID'].encode()).hexdigest()[:32]}")
    return message


def message_id(delivery_id: str, domain: str) -> str:
    """`<delivery-ID@domain>`; an id that is not plain letters, digits, dots and dashes is replaced by its SHA-256."""
    plain = delivery_id if _PLAIN_ID.fullmatch(delivery_id) else hashlib.sha256(delivery_id.encode()).hexdigest()
    return f"<delivery-{plain}@{domain}>"


def checked_address(text: str) -> str:
    """One bare e-mail address, stripped. AddressError when it is none."""
    _address(text)
    return text.strip()


def _address(text: str, display_name: str = "") -> Address:
    local, _, host = text.strip().rpartition("@")
    try:
        domain = host.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise AddressError(f"Địa chỉ thư điện tử “{text}” không đúng.") from error
    if len(local) > 64 or not _LOCAL_PART.fullmatch(local) or not _HOST.fullmatch(domain):
        raise AddressError(f"Địa chỉ thư điện tử “{text}” không đúng.")
    return Address(display_name=display_name, username=local, domain=domain)


def plain_text(letter: Letter) -> str:
    blocks = [letter.greeting, *letter.paragraphs]
    blocks.append("\n".join(f"{label}: {value}" for label, value in letter.facts))
    blocks.extend(_plain_list(listed) for listed in letter.lists)
    if letter.link:
        blocks.append(f"{letter.link[0]}: {letter.link[1]}")
    blocks.append(letter.closing)
    return "\n\n".join(block for block in blocks if block) + "\n"


def _plain_list(listed: Listed) -> str:
    lines = [listed.title.upper()]
    for text, address in listed.items:
        lines += [f"- {text}", *([f"  {address}"] if address else [])]
    return "\n".join([*lines, *([listed.more] if listed.more else [])])


def _html_list(listed: Listed) -> str:
    items = "".join(
        f'<li><a href="{escape(address)}">{escape(text)}</a></li>\n' if address else f"<li>{escape(text)}</li>\n"
        for text, address in listed.items
    )
    more = f"<p>{escape(listed.more)}</p>\n" if listed.more else ""
    return f"<h2>{escape(listed.title)}</h2>\n<ul>\n{items}</ul>\n{more}"


def _html(letter: Letter) -> str:
    paragraphs = "".join(f"<p>{_marked(text)}</p>\n" for text in (letter.greeting, *letter.paragraphs) if text)
    rows = "".join(
        f'<tr><th scope="row" align="left" valign="top">{escape(label)}</th><td>{escape(value)}</td></tr>\n'
        for label, value in letter.facts
    )
    link = f'<p><a href="{escape(letter.link[1])}">{escape(letter.link[0])}</a></p>\n' if letter.link else ""
    closing = f"<p>{_marked(letter.closing)}</p>\n" if letter.closing else ""
    return (
        '<!doctype html>\n<html lang="vi"><head><meta charset="utf-8">'
        f"<title>{escape(clean_line(letter.subject))}</title></head>\n<body>\n"
        f'{paragraphs}<table cellpadding="4">\n{rows}</table>\n{"".join(map(_html_list, letter.lists))}'
        f"{link}{closing}</body></html>\n"
    )


def _marked(text: str) -> str:
    """A paragraph as HTML: its line breaks kept, its web addresses as links."""
    shown = _WEB_ADDRESS.sub(r'<a href="\g<0>">\g<0></a>', escape(text))
    return shown.replace("\n", "<br>\n")
