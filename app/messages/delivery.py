"""Handing a mail over: to an SMTP server where one is configured, else into a folder of `.eml` files.

Both are safe to repeat. The folder keeps one file a Message-ID; a server may get a mail twice when a process dies between
the server's acceptance and our commit, and then the receiving side sees the same Message-ID (design: trust).
"""

from __future__ import annotations

import contextlib
import ipaddress
import os
import re
import smtplib
import ssl
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Literal

from app.messages.failures import DeliveryError, RefusedError, TryLaterError
from app.setting_values import SmtpServer
from app.wording import LOCAL

_SUBMISSION_PORT = 587


class MailUnavailableError(TryLaterError):
    """The server or the folder cannot be used now; the same mail may be tried again later."""


class MailRefusedError(RefusedError):
    """The server refused this sender, recipient or content for good; trying again does not help."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """How a mail left: `channel` "smtp" or "outbox"; `reference` is host:port or the file's path."""

    channel: Literal["smtp", "outbox"]
    reference: str


def deliver_mail(
    message: EmailMessage,
    *,
    smtp: SmtpServer | None,
    outbox: Path,
    timeout_seconds: float = 10.0,
    tls_context: Callable[[], ssl.SSLContext] = ssl.create_default_context,
) -> Delivered:
    """Hand `message` (of `build_mail`) over once: to `smtp`, or into `outbox/<day>/` when that is None.

    `timeout_seconds` bounds every single exchange. MailUnavailableError: try later; MailRefusedError: do not.
    """
    if smtp is not None:
        _send(message, smtp, timeout_seconds, tls_context)
        return Delivered("smtp", f"{smtp.host}:{smtp.port}")
    try:
        return Delivered("outbox", str(_keep(message, outbox)))
    except OSError as error:
        raise MailUnavailableError(f"Không ghi được hộp thư trình diễn: {error}") from error


def _send(message: EmailMessage, server: SmtpServer, timeout: float, tls_context: Callable[[], ssl.SSLContext]) -> None:
    try:
        client = _connect(server, timeout, tls_context)
    except (smtplib.SMTPException, OSError, UnicodeError) as error:  # smtplib can only send a password in ASCII
        raise MailUnavailableError(f"Chưa kết nối được máy chủ thư {server.host}:{server.port}: {error}") from error
    # Not `with client`: that turns a failed QUIT after an accepted mail into an error, and the mail would go out again.
    try:
        client.send_message(message)
    except (smtplib.SMTPException, OSError) as error:
        raise _verdict(error, f"Máy chủ thư {server.host}:{server.port}: {error}") from error
    finally:
        with contextlib.suppress(smtplib.SMTPException, OSError):
            client.quit()
        client.close()


def _connect(server: SmtpServer, timeout: float, tls_context: Callable[[], ssl.SSLContext]) -> smtplib.SMTP:
    if server.tls:
        client: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=timeout, context=tls_context())
    else:
        client = smtplib.SMTP(server.host, server.port, timeout=timeout)
    try:
        if not server.tls:
            _start_tls(client, server, tls_context)
        if server.user:
            client.login(server.user, server.password or "")
    except BaseException:
        client.close()
        raise
    return client


def _start_tls(client: smtplib.SMTP, server: SmtpServer, tls_context: Callable[[], ssl.SSLContext]) -> None:
    """On the submission port, and before a password leaves this machine, STARTTLS with a verified certificate or nothing.

    Elsewhere (a relay on port 25) it is used when offered, whatever the certificate: still better than clear text.
    """
    if server.port == _SUBMISSION_PORT or (server.user and not _is_loopback(server.host)):
        client.starttls(context=tls_context())
        return
    client.ehlo_or_helo_if_needed()
    if client.has_extn("starttls"):
        unverified = tls_context()
        unverified.check_hostname = False
        unverified.verify_mode = ssl.CERT_NONE
        client.starttls(context=unverified)


def _verdict(error: Exception, told: str) -> DeliveryError:
    """5xx for this mail is final; 4xx is not, nor a lost connection, after which nobody knows whether it was accepted."""
    codes: list[int] = []
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _ in error.recipients.values()]
    elif isinstance(error, smtplib.SMTPSenderRefused | smtplib.SMTPDataError):
        codes = [error.smtp_code]
    if codes and all(500 <= code < 600 for code in codes):
        return MailRefusedError(told)
    return MailUnavailableError(told, uncertain=not codes)


def _keep(message: EmailMessage, outbox: Path) -> Path:
    name = f"{re.sub(r'[^A-Za-z0-9@._-]', '_', str(message['Message-ID']).strip('<>'))}.eml"
    return keep_once(outbox, _date(message), name, message.as_bytes())


def keep_once(outbox: Path, at: datetime, name: str, content: bytes) -> Path:
    """A file of `outbox/<local day of at>/`, whole or not there; one that is there already stays as it is. Errors: OSError."""
    day = at.astimezone(LOCAL).date().isoformat()
    kept = outbox / day / name
    if kept.exists():
        return kept
    if not kept.parent.is_dir():
        kept.parent.mkdir(parents=True, exist_ok=True)
        _sync_folder(outbox)
    handle, temporary = tempfile.mkstemp(dir=kept.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, kept)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
    _sync_folder(kept.parent)
    return kept


def _date(message: EmailMessage) -> datetime:
    at = message["Date"].datetime
    if not isinstance(at, datetime):
        raise TypeError("the mail has no date")
    return at


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
