"""A certificate in words: whose it is, who gave it, until when."""

from __future__ import annotations

import unicodedata
from datetime import datetime

from asn1crypto import x509

MOST = 300
"""Characters of a name that are kept; a certificate may hold anything."""


def common_name(certificate: x509.Certificate) -> str:
    """Whose certificate it is."""
    return _part(certificate.subject, "common_name") or _plain(certificate.subject.human_friendly)


def organisation_of(certificate: x509.Certificate) -> str:
    """Of which organisation and unit; empty where the certificate does not say."""
    found = [_part(certificate.subject, part) for part in ("organizational_unit_name", "organization_name")]
    return ", ".join(dict.fromkeys(one for one in found if one))


def issuer_name(certificate: x509.Certificate) -> str:
    return _part(certificate.issuer, "common_name") or _plain(certificate.issuer.human_friendly)


def serial_of(certificate: x509.Certificate) -> str:
    """In hexadecimal digits, as certificate viewers show it."""
    return f"{certificate.serial_number:x}"


def valid_until(certificate: x509.Certificate) -> datetime:
    until: datetime = certificate.not_valid_after
    return until


def valid_since(certificate: x509.Certificate) -> datetime:
    since: datetime = certificate.not_valid_before
    return since


def _part(name: x509.Name, part: str) -> str:
    value = name.native.get(part)
    values = value if isinstance(value, list) else [value]
    return ", ".join(_plain(one) for one in values if isinstance(one, str) and one.strip())


def _plain(text: str) -> str:
    """One printable line: what stands in a certificate comes from outside."""
    seen = "".join(one if unicodedata.category(one)[0] not in "CZ" or one == " " else " " for one in text)
    return unicodedata.normalize("NFC", " ".join(seen.split()))[:MOST]
