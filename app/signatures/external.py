"""Signing on the official's own machine: we prepare the document and say what is to be signed; her token signs; we put it in.

The key never comes here. What is kept between the two steps is the increment with an empty place for the signature and the
attributes that the signature is made over; the document's own bytes are the attachment's.
"""

from __future__ import annotations

import asyncio
import binascii
import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from asn1crypto import cms, pem, x509
from cryptography import x509 as certificates
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.pdf_byterange import PreparedByteRangeDigest
from pyhanko.sign.signers.pdf_cms import ExternalSigner
from pyhanko.sign.signers.pdf_signer import PdfTBSDocument
from pyhanko.sign.timestamps.common_utils import TimestampRequestError
from pyhanko_certvalidator.registry import SimpleCertificateStore

from app.signatures.apart import TooSlowError, apart
from app.signatures.server import BROKEN, RESERVED, prepared_signer, stamper
from app.signatures.signers import SigningFailedError
from app.signatures.stamp import Stamp
from app.signatures.trust import certificates_in

SECONDS = 40.0
MOST_CERTIFICATES = 10
_HASHES = {"sha256": hashes.SHA256(), "sha384": hashes.SHA384(), "sha512": hashes.SHA512()}


@dataclass(frozen=True, slots=True)
class Prepared:
    """`increment` follows the document's bytes; a signature goes between `start` and `end` of both together. What is signed is
    `signed_attributes` (DER), hashed with `algorithm`; `digest` is that hash."""

    increment: bytes = field(repr=False)
    signed_attributes: bytes = field(repr=False)
    document_digest: bytes
    algorithm: str
    start: int
    end: int

    @property
    def digest(self) -> bytes:
        return hashlib.new(self.algorithm, self.signed_attributes).digest()

    def facts(self) -> dict[str, Any]:
        """All but the bytes, as JSON."""
        return {
            "document_digest": self.document_digest.hex(),
            "algorithm": self.algorithm,
            "start": self.start,
            "end": self.end,
        }

    @classmethod
    def of(cls, facts: dict[str, Any], increment: bytes, signed_attributes: bytes) -> Prepared:
        return cls(
            increment,
            signed_attributes,
            bytes.fromhex(facts["document_digest"]),
            facts["algorithm"],
            facts["start"],
            facts["end"],
        )


def read_certificates(text: bytes) -> list[x509.Certificate]:
    """The signer's certificate first, then any others: PEM, DER or base64 of DER. Errors: SigningFailedError."""
    try:
        content = text if pem.detect(text) or text[:1] == b"\x30" else binascii.a2b_base64(text, strict_mode=False)
        found = certificates_in(content)
        if len(found) > MOST_CERTIFICATES:
            raise ValueError("too many")
        kind = found[0].public_key.algorithm
    except (ValueError, TypeError, KeyError) as error:
        raise SigningFailedError("Chứng thư số gửi lên không đọc được; hãy gửi dạng PEM hoặc base64.") from error
    if kind not in ("rsa", "ec"):
        raise SigningFailedError("Chỉ ký được bằng khóa RSA hoặc ECDSA.")
    return found


def mechanism_of(certificate: x509.Certificate) -> str:
    """How the token has to sign: `rsa-pkcs1v15` or `ecdsa`."""
    return "rsa-pkcs1v15" if certificate.public_key.algorithm == "rsa" else "ecdsa"


def prepare(
    content: bytes,
    certificates: Sequence[x509.Certificate],
    *,
    reason: str,
    now: datetime,
    visible: Stamp | None,
) -> Prepared:
    """The document with a place for a signature of the first certificate's owner. Errors: SigningFailedError."""
    signer = _signer(certificates)
    try:
        writer, signing = prepared_signer(content, signer, reason=reason, now=now, visible=visible)

        async def attributes() -> Prepared:
            session = signing.init_signing_session(writer)
            session.system_time = now
            document = session.prepare_tbs_document(validation_info=None, bytes_reserved=RESERVED)
            output = io.BytesIO()
            digest, _ = document.digest_tbs_document(output=output)
            algorithm = document.md_algorithm
            signed = await signer.signed_attrs(digest.document_digest, algorithm, use_pades=True)
            written = output.getvalue()
            return Prepared(
                written[len(content) :],
                signed.dump(),
                digest.document_digest,
                algorithm,
                digest.reserved_region_start,
                digest.reserved_region_end,
            )

        return apart(lambda: asyncio.run(attributes()), SECONDS)
    except TooSlowError as error:
        raise SigningFailedError("Chuẩn bị ký mất quá nhiều thời gian nên đã dừng.") from error
    except (SigningError, *BROKEN) as error:
        raise SigningFailedError("Tệp không cho phép thêm chữ ký này.") from error


def complete_with_signature(
    content: bytes,
    prepared: Prepared,
    certificates: Sequence[x509.Certificate],
    signature: bytes,
    timestamp_url: str | None,
) -> bytes:
    """The signed document, from what the token made over the attributes. Errors: SigningFailedError."""
    if not made_by(certificates[0], signature, prepared.signed_attributes, prepared.algorithm):
        raise SigningFailedError(
            "Chữ ký gửi lên không phải của chứng thư đã báo, hoặc ký trên nội dung khác; hãy ký đúng dữ liệu được giao."
        )

    async def finished() -> bytes:
        signed: cms.ContentInfo = await _signer(certificates, signature).async_sign_prescribed_attributes(
            prepared.algorithm,
            signed_attrs=cms.CMSAttributes.load(prepared.signed_attributes),
            timestamper=stamper(timestamp_url),
        )
        der: bytes = signed.dump()
        return der

    try:
        return complete_with_cms(content, prepared, apart(lambda: asyncio.run(finished()), SECONDS))
    except TimestampRequestError as error:
        raise SigningFailedError(
            "Dịch vụ dấu thời gian không trả lời hoặc từ chối nên chưa ký; hãy thử lại sau ít phút."
        ) from error
    except TooSlowError as error:
        raise SigningFailedError("Việc ký mất quá nhiều thời gian nên đã dừng.") from error


def complete_with_cms(content: bytes, prepared: Prepared, signed: bytes) -> bytes:
    """The signed document, from a whole CMS signature (DER) that a tool made. Errors: SigningFailedError."""
    output = io.BytesIO(content + prepared.increment)
    digest = PreparedByteRangeDigest(prepared.document_digest, prepared.start, prepared.end)
    try:
        info = cms.ContentInfo.load(signed, strict=True)
        if info["content_type"].native != "signed_data":
            raise ValueError("no signed data")
        PdfTBSDocument.resume_signing(output, digest, signed)
    except (ValueError, TypeError, KeyError, SigningError) as error:
        raise SigningFailedError("Chữ ký CMS gửi lên không đọc được hoặc quá dài.") from error
    return output.getvalue()


def made_by(certificate: x509.Certificate, signature: bytes, data: bytes, algorithm: str) -> bool:
    """Whether the certificate's key made that signature over the data."""
    key = certificates.load_der_x509_certificate(certificate.dump()).public_key()
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, data, padding.PKCS1v15(), _HASHES[algorithm])
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, data, ec.ECDSA(_HASHES[algorithm]))
        else:
            return False
    except InvalidSignature:
        return False
    return True


def _signer(certificates: Sequence[x509.Certificate], signature: bytes | None = None) -> ExternalSigner:
    store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    store.register_multiple(certificates[1:])
    return ExternalSigner(certificates[0], store, signature_value=signature)
