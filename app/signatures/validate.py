"""What is signed in a PDF, by whom, and whether it may be relied on (QT-15.4, LA-6.2, TN-11.2c).

Nothing is fetched from a network: certificates come from the signature, the file and the folder of trust; what is revoked is
known from lists in that folder and from what the signer put into the file. A signature without a trusted time stamp is judged
now: nothing else proves that it was made before its certificate ran out.
"""

from __future__ import annotations

import asyncio
import io
import logging
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any

from pyhanko.pdf_utils import misc
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import DiffResult, ModificationLevel
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation import (
    DocumentSecurityStore,
    EmbeddedPdfSignature,
    PdfSignatureStatus,
    SignatureCoverageLevel,
    async_validate_pdf_signature,
)
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko_certvalidator import ValidationContext

from app.logs import get_logger
from app.signatures.apart import TooSlowError, apart
from app.signatures.certificates import common_name, issuer_name, organisation_of, serial_of
from app.signatures.trust import Anchors, anchors_of, revoked_at
from app.signatures.verdicts import UNREADABLE_SIGNATURE, problems_of

log = get_logger(__name__)

MOST_BYTES = 64 * 1024 * 1024
"""Larger files are not looked into."""
MOST_SIGNATURES = 50
SECONDS = 15.0
"""How long one file may keep us."""
CLOCK_SLACK = timedelta(minutes=5)
_MARK = b"/ByteRange"
"""Stands unpacked in every signed file, because the signature names the bytes around itself there."""
_USAGE = KeyUsageConstraints(key_usage={"digital_signature", "non_repudiation"}, match_all_key_usages=False)
_HEAD = 1024
_END, _BLANK = b"%%EOF", b"\0\t\n\f\r "

# What these two say of a file goes into our answer; their log would repeat it with a traceback for every odd file.
for _name in ("pyhanko", "pyhanko_certvalidator"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)


def signatures_of(pdf: IO[bytes] | bytes, trust: Path, now: datetime) -> list[dict[str, Any]]:
    """The signatures of a file, in the order in which they were made; none for what is no signed PDF, or cannot be read.

    Each is {field, signer, organisation, serial (hex), issuer, signed_at (ISO or None), timestamped_at (ISO or None),
    trusted, intact, whole_document, valid, problems: [Vietnamese text]}. `signed_at` is what the signer says, `timestamped_at`
    what a trusted service says. `intact`: the bytes are those that were signed, whatever was added behind them;
    `whole_document`: nothing was, but what keeps a signature verifiable. `valid`: may be relied on. Never raises.
    """
    try:
        content = pdf if isinstance(pdf, bytes) else pdf.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES or _MARK not in content or b"%PDF-" not in content[:_HEAD]:
            return []
        return apart(lambda: _look(content, anchors_of(trust), now), SECONDS)
    except TooSlowError:
        log.warning("signatures_took_too_long", size=len(content))
        return [_unreadable("", "Kiểm tra chữ ký số mất quá nhiều thời gian; tệp có thể bị hỏng.")]
    except Exception as error:  # whatever a broken or hostile file does to the library
        log.info("signatures_unreadable", reason=type(error).__name__)
        return []


def _look(content: bytes, anchors: Anchors, now: datetime) -> list[dict[str, Any]]:
    reader = _reader(content)
    if reader is None:
        return []
    found: list[tuple[int, dict[str, Any]]] = []
    for name, value, field in enumerate_sig_fields(reader, filled_status=True):
        if len(found) >= MOST_SIGNATURES:
            break
        if value.get_object().get("/Type", "/Sig") != "/Sig":  # a time stamp of the document is nobody's signature
            continue
        try:
            embedded = EmbeddedPdfSignature(reader, field, name)
            found.append((embedded.signed_revision, _one(content, reader, embedded, anchors, now)))
        except Exception as error:  # one broken signature beside others that are not
            log.info("signature_unreadable", reason=type(error).__name__)
            found.append((0, _unreadable(str(name), UNREADABLE_SIGNATURE)))
    return [one for _, one in sorted(found, key=lambda item: item[0])]


def _reader(content: bytes) -> PdfFileReader | None:
    """Strictly, then as lenient as other programs: what some of them write is not quite PDF. None for a closed file."""
    for strict in (True, False):
        try:
            reader = PdfFileReader(io.BytesIO(content), strict=strict)
            if reader.encrypted:
                reader.decrypt(b"")
                reader.root  # noqa: B018 - readable, or it raises
            if strict and reader.xrefs.hybrid_xrefs_present:
                continue
        except (misc.PdfError, ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError):
            continue
        return reader
    return None


def _one(
    content: bytes, reader: PdfFileReader, embedded: EmbeddedPdfSignature, anchors: Anchors, now: datetime
) -> dict[str, Any]:
    status = asyncio.run(_judge(reader, embedded, anchors, now))
    certificate = status.signing_cert
    stamp = status.timestamp_validity
    stamped = stamp.timestamp if stamp is not None and stamp.intact and stamp.valid and stamp.trusted else None
    level = _changed(status, embedded, content)
    whole = level in (ModificationLevel.NONE, ModificationLevel.LTA_UPDATES)
    intact = bool(status.intact and status.valid)
    revoked = revoked_at(anchors, [certificate, *embedded.other_embedded_certs])
    if revoked is not None and stamped is not None and stamped < revoked:
        revoked = None  # made before
    trusted = bool(status.trusted) and revoked is None
    problems = problems_of(status, level, now, allowed=now + CLOCK_SLACK, revoked=revoked)
    return {
        "field": str(embedded.field_name),
        "signer": common_name(certificate),
        "organisation": organisation_of(certificate),
        "serial": serial_of(certificate),
        "issuer": issuer_name(certificate),
        "signed_at": _iso(status.signer_reported_dt),
        "timestamped_at": _iso(stamped),
        "trusted": trusted,
        "intact": intact,
        "whole_document": whole and intact,
        "valid": intact
        and trusted
        and level is not ModificationLevel.OTHER
        and (stamp is None or stamped is not None)
        and status.docmdp_ok is not False,
        "problems": problems,
    }


async def _judge(
    reader: PdfFileReader, embedded: EmbeddedPdfSignature, anchors: Anchors, now: datetime
) -> PdfSignatureStatus:
    """Now; and where a trusted service stamped the time, the signer's certificate at that time."""
    status = await _validated(reader, embedded, anchors, now, now)
    stamp = status.timestamp_validity
    if stamp is None or not stamp.trusted or stamp.timestamp >= now:
        return status
    return await _validated(reader, embedded, anchors, stamp.timestamp, now)


async def _validated(
    reader: PdfFileReader, embedded: EmbeddedPdfSignature, anchors: Anchors, signer_at: datetime, now: datetime
) -> PdfSignatureStatus:
    return await async_validate_pdf_signature(
        embedded,
        signer_validation_context=_context(reader, anchors, signer_at),
        ts_validation_context=_context(reader, anchors, now),
        key_usage_settings=_USAGE,
    )


def _context(reader: PdfFileReader, anchors: Anchors, at: datetime) -> ValidationContext:
    """Our anchors only, lists of ours and those in the file, nothing fetched."""
    kwargs: dict[str, Any] = {
        "trust_roots": list(anchors.certificates),
        "crls": list(anchors.revoked),
        "moment": at,
        "allow_fetching": False,
        "revocation_mode": "soft-fail",
        # a list that is newer than the signature knows all that an older one knew
        "retroactive_revinfo": True,
    }
    try:
        return DocumentSecurityStore.read_dss(reader).as_validation_context(kwargs)
    except Exception:  # no store in the file, or none that can be read
        return ValidationContext(**kwargs)


def _changed(status: PdfSignatureStatus, embedded: EmbeddedPdfSignature, content: bytes) -> ModificationLevel:
    """What was added behind the signed bytes; blanks at the end are nothing."""
    if status.coverage == SignatureCoverageLevel.ENTIRE_FILE:
        return ModificationLevel.NONE
    last = embedded.signed_revision >= embedded.reader.total_revisions - 1
    end = sum(embedded.byte_range[2:4]) if last else content.rindex(_END) + len(_END)
    result = status.diff_result
    if content[end:].strip(_BLANK) or not isinstance(result, DiffResult):
        return ModificationLevel.OTHER
    return result.modification_level


def _iso(at: datetime | None) -> str | None:
    if at is None:
        return None
    return (at if at.tzinfo else at.astimezone()).isoformat(timespec="seconds")


def _unreadable(field: str, problem: str) -> dict[str, Any]:
    return {
        "field": field,
        "signer": "",
        "organisation": "",
        "serial": "",
        "issuer": "",
        "signed_at": None,
        "timestamped_at": None,
        "trusted": False,
        "intact": False,
        "whole_document": False,
        "valid": False,
        "problems": [problem],
    }
