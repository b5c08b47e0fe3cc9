"""Signing on the official's own machine in two steps: what is to be signed goes out, her token's signature comes in.

A session is hers alone, about one file, for half an hour, and is used once.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from asn1crypto import pem
from sqlalchemy import Connection

from app.actions.runner import Context, Outcome, once
from app.actions.signing_files import add_signed, content_of, to_sign
from app.errors import DomainError
from app.runtime import runtime
from app.signatures.certificates import common_name, serial_of
from app.signatures.external import (
    Prepared,
    complete_with_cms,
    complete_with_signature,
    mechanism_of,
    prepare,
    read_certificates,
)
from app.signatures.signers import SigningFailedError
from app.signatures.stamp import Stamp
from app.signatures.trust import certificates_in
from app.store import attachments, signing
from app.store.signing import SessionRow
from app.store.transaction import reading, transaction

OPEN_FOR = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class PrepareSigning:
    """`certificate`: the signer's, and any above it: PEM or base64."""

    dossier: str
    attachment_id: int
    certificate: str
    reason: str = ""
    page: int | None = None
    box: tuple[int, int, int, int] | None = None


def prepare_signing(ask: PrepareSigning, context: Context) -> dict[str, Any]:
    """A new session and what is to be signed. Errors: DomainError, signing_failed among them."""
    with transaction() as connection:
        return once(
            connection,
            context.caller.account_id,
            context.key,
            context.now,
            lambda: _prepare(connection, ask, context),
        )


def _prepare(connection: Connection, ask: PrepareSigning, context: Context) -> dict[str, Any]:
    found = to_sign(connection, context, ask.dossier, ask.attachment_id)
    try:
        signer, *chain = read_certificates(ask.certificate.encode())
        prepared = prepare(
            content_of(found.row),
            [signer, *chain],
            reason=ask.reason,
            now=context.now,
            visible=Stamp(ask.page, ask.box),
        )
    except SigningFailedError as error:
        raise DomainError("signing_failed", str(error)) from error
    expires = context.now + OPEN_FOR
    session = signing.add_session(
        connection,
        dossier_id=found.row.dossier_id,
        attachment_id=found.row.id,
        account_id=context.caller.account_id,
        certificate=signer.dump(),
        chain=b"".join(pem.armor("CERTIFICATE", one.dump()) for one in chain),
        increment=prepared.increment,
        signed_attributes=prepared.signed_attributes,
        prepared=prepared.facts() | {"reason": ask.reason},
        created_at=context.now,
        expires_at=expires,
    )
    return {
        "session": session,
        "expires_at": expires.isoformat(),
        "signer": common_name(signer),
        "algorithm": prepared.algorithm,
        "mechanism": mechanism_of(signer),
        "attributes": base64.b64encode(prepared.signed_attributes).decode(),
        "digest": base64.b64encode(prepared.digest).decode(),
        "document_digest": base64.b64encode(prepared.document_digest).decode(),
    }


@dataclass(frozen=True, slots=True)
class CompleteSigning:
    """Exactly one of `signature` (over the attributes) and `cms` (a whole CMS signature, DER)."""

    dossier: str
    attachment_id: int
    session: int
    signature: bytes | None = field(default=None, repr=False)
    cms: bytes | None = field(default=None, repr=False)

    def perform(self, connection: Connection, context: Context) -> Outcome:
        """The signed version is `extra["attachment"]`. Errors: DomainError, signing_failed among them."""
        found = to_sign(connection, context, self.dossier, self.attachment_id)
        session = _session(connection, context, self.session, self.attachment_id)
        if not signing.take_session(connection, session.id, context.now):
            raise _over()
        content = content_of(found.row)
        prepared = Prepared.of(session.prepared, session.increment, session.signed_attributes)
        certificates = certificates_in(session.certificate)
        certificates += certificates_in(session.chain) if session.chain else []
        try:
            if self.cms is not None:
                signed = complete_with_cms(content, prepared, self.cms)
            else:
                url = runtime().settings.timestamp_url
                signed = complete_with_signature(content, prepared, certificates, self.signature or b"", url)
        except SigningFailedError as error:
            raise DomainError("signing_failed", str(error)) from error
        outcome = add_signed(
            connection, context, self.dossier, found.row, signed, {"comment": session.prepared.get("reason")}
        )
        _same_signer(outcome, serial_of(certificates[0]))
        return outcome


def prepared_file(context: Context, code: str, attachment_id: int, session_id: int) -> tuple[str, bytes, bytes]:
    """Name and bytes of the prepared document of one's own session, and its attributes. Errors: DomainError."""
    with reading() as connection:
        found = to_sign(connection, context, code, attachment_id)
        session = _session(connection, context, session_id, attachment_id)
    return found.row.name, content_of(found.row) + session.increment, session.signed_attributes


def _session(connection: Connection, context: Context, session_id: int, attachment_id: int) -> SessionRow:
    found = signing.find_session(connection, session_id, context.caller.account_id, attachment_id)
    if found is None:
        raise DomainError("not_found", "Không có phiên ký này cho tệp và tài khoản của bạn.")
    if found.used_at is not None or found.expires_at <= context.now:
        raise _over()
    return found


def _over() -> DomainError:
    return DomainError("wrong_state", "Phiên ký này đã dùng hoặc đã quá 30 phút; hãy bắt đầu ký lại.")


def _same_signer(outcome: Outcome, serial: str) -> None:
    """A whole CMS may be of somebody else than the session's. Errors: DomainError signing_failed."""
    row = attachments.attachment_by_id(outcome.work.connection, outcome.extra["attachment"])
    if row is None or not row.signatures or row.signatures[-1]["serial"] != serial:
        raise DomainError("signing_failed", "Chữ ký gửi lên không phải của chứng thư đã báo khi bắt đầu ký.")
