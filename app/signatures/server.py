"""Signing a PDF here, with a key that this installation may use: PAdES B-B, or B-T where a time-stamping service is named.

What is signed already stays as it is: a signature is an increment behind the bytes (QT-15.4, QT-17.2, LA-10.1).
"""

from __future__ import annotations

import asyncio
import io
from datetime import datetime

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes, Signer
from pyhanko.sign.signers.pdf_signer import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.aiohttp_client import HTTPTimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError

from app.signatures.apart import TooSlowError, apart
from app.signatures.certificates import common_name, organisation_of
from app.signatures.keys import SigningKey
from app.signatures.placing import Box, PlaceError, new_field, place
from app.signatures.signers import SigningFailedError, digest_for, opened
from app.signatures.stamp import Stamp, stamp_style

SECONDS = 40.0
OPENING_SECONDS = 20.0
BROKEN = (PdfError, KeyError, TypeError, ValueError, IndexError, AttributeError, AssertionError, RecursionError)
"""What a file that is not quite PDF makes the library raise."""
STAMPING_SECONDS = 10.0
RESERVED = 32 * 1024
"""Hexadecimal digits kept free for a signature with its certificates and its time stamp."""


def sign_pdf(
    content: bytes,
    key: SigningKey,
    *,
    reason: str = "",
    now: datetime,
    visible: Stamp | None = None,
    timestamp_url: str | None = None,
) -> bytes:
    """The document with one more signature: `content`, and an increment behind it.

    Errors: SigningFailedError (the file, the place, the key, the services), with nothing done.
    """
    try:
        with opened(key) as signer:
            session = prepared_signer(content, signer, reason=reason, now=now, visible=visible)
            return apart(lambda: asyncio.run(_sign(*session, now, stamper(timestamp_url))), SECONDS)
    except TimestampRequestError as error:
        raise SigningFailedError(
            "Dịch vụ dấu thời gian không trả lời hoặc từ chối nên chưa ký; hãy thử lại sau ít phút."
        ) from error
    except TooSlowError as error:
        raise SigningFailedError("Việc ký mất quá nhiều thời gian nên đã dừng; hãy thử lại sau ít phút.") from error
    except SigningError as error:
        raise SigningFailedError("Tệp hoặc khóa không cho phép thêm chữ ký này.") from error
    except BROKEN as error:
        raise SigningFailedError("Tệp PDF có cấu trúc không hợp lệ nên không ký được.") from error


def stamper(url: str | None) -> TimeStamper | None:
    return None if url is None else HTTPTimeStamper(url, timeout=STAMPING_SECONDS)


def prepared_signer(
    content: bytes, signer: Signer, *, reason: str, now: datetime, visible: Stamp | None
) -> tuple[IncrementalPdfFileWriter, PdfSigner]:
    """The document opened for one more signature, with its field and its appearance. Errors: SigningFailedError."""
    certificate = signer.signing_cert
    if certificate is None:
        raise SigningFailedError("Khóa ký số không có chứng thư.")
    # A stranger's file decides how long this takes.
    writer, spec, box = apart(lambda: _opened(content, visible), OPENING_SECONDS)
    style = None
    if visible is not None and box is not None:
        style = stamp_style(visible, box, common_name(certificate), organisation_of(certificate), reason, now)
    meta = PdfSignatureMetadata(
        field_name=spec.sig_field_name,
        md_algorithm=digest_for(certificate),
        reason=reason or None,
        name=common_name(certificate),
        subfilter=SigSeedSubFilter.PADES,
    )
    return writer, PdfSigner(meta, signer, stamp_style=style, new_field_spec=spec)


def _opened(content: bytes, visible: Stamp | None) -> tuple[IncrementalPdfFileWriter, SigFieldSpec, Box | None]:
    """The document, the field of the new signature and its box. Errors: SigningFailedError."""
    writer = opened_pdf(content)
    try:
        if visible is None:
            return writer, new_field(writer), None
        index, box = place(writer, content, visible)
        return writer, new_field(writer, index, box), box
    except PlaceError as error:
        raise SigningFailedError(str(error)) from error
    except BROKEN as error:
        raise SigningFailedError("Không đọc được các trang của tệp PDF nên không ký được.") from error


def opened_pdf(content: bytes) -> IncrementalPdfFileWriter:
    """Errors: SigningFailedError for what is no PDF, is locked, or is built in a way that cannot be added to safely."""
    try:
        writer = IncrementalPdfFileWriter(io.BytesIO(content), strict=False)
        if writer.prev.encrypted:
            raise SigningFailedError("Tệp PDF có mật khẩu; hãy bỏ mật khẩu trước khi ký.")
        return writer
    except BROKEN as error:
        raise SigningFailedError("Tệp không phải là PDF đọc được nên không ký được.") from error


async def _sign(
    writer: IncrementalPdfFileWriter, signing: PdfSigner, now: datetime, stamper: TimeStamper | None
) -> bytes:
    session = signing.init_signing_session(writer)
    session.system_time = now
    session.timestamper = stamper
    document = session.prepare_tbs_document(validation_info=None, bytes_reserved=RESERVED)
    output = io.BytesIO()
    digest, _ = document.digest_tbs_document(output=output)
    finished = await document.perform_signature(
        document_digest=digest.document_digest, pdf_cms_signed_attrs=PdfCMSSignedAttributes(signing_time=now)
    )
    await finished.post_signature_processing(output)
    return output.getvalue()


__all__ = ["Box", "SigningFailedError", "sign_pdf"]
