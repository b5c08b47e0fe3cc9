"""Whom we trust: a folder of certificates (PEM or DER: *.pem, *.crt, *.cer) and of revocation lists (*.crl).

Read again when a file of it changes, so that a new authority needs no restart. A file that is no certificate is left out and
named in the log; it never stops a check.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from asn1crypto import crl, pem, x509

from app.logs import get_logger

log = get_logger(__name__)

CERTIFICATES = (".pem", ".crt", ".cer")
LISTS = (".crl",)
LARGEST = 8 * 1024 * 1024
"""Bytes of one file; lists of revoked certificates grow long."""


@dataclass(frozen=True, slots=True)
class Anchors:
    certificates: tuple[x509.Certificate, ...] = ()
    revoked: tuple[crl.CertificateList, ...] = field(default=(), repr=False)


def revoked_at(anchors: Anchors, certificates: Iterable[x509.Certificate]) -> datetime | None:
    """Since when the first of these certificates is revoked by a list of ours; None where none is."""
    issued = {(one.issuer.hashable, one.serial_number) for one in certificates}
    for listed in anchors.revoked:
        wanted = {serial for issuer, serial in issued if issuer == listed.issuer.hashable}
        if not wanted:
            continue
        for entry in listed["tbs_cert_list"]["revoked_certificates"]:
            if entry["user_certificate"].native in wanted:
                since: datetime = entry["revocation_date"].native
                return since
    return None


_Seen = tuple[tuple[str, int, int], ...]
_read: dict[Path, tuple[_Seen, Anchors]] = {}
_lock = threading.Lock()


def anchors_of(folder: Path) -> Anchors:
    """What the folder holds now; nothing where there is none."""
    seen = _seen(folder)
    with _lock:
        known = _read.get(folder)
        if known is not None and known[0] == seen:
            return known[1]
    found = Anchors(
        tuple(_certificates(folder, seen)),
        tuple(_lists(folder, seen)),
    )
    with _lock:
        _read[folder] = (seen, found)
    return found


def _seen(folder: Path) -> _Seen:
    found = []
    try:
        for path in sorted(folder.iterdir()):
            if path.suffix.lower() in (*CERTIFICATES, *LISTS) and path.is_file():
                told = path.stat()
                found.append((path.name, told.st_mtime_ns, told.st_size))
    except OSError:
        return ()
    return tuple(found)


def _certificates(folder: Path, seen: _Seen) -> list[x509.Certificate]:
    found: list[x509.Certificate] = []
    for name, _, size in seen:
        if Path(name).suffix.lower() not in CERTIFICATES:
            continue
        try:
            found += certificates_in(_content(folder / name, size))
        except (OSError, ValueError) as error:
            log.warning("trust_unreadable", file=name, reason=str(error))
    return found


def _lists(folder: Path, seen: _Seen) -> list[crl.CertificateList]:
    found: list[crl.CertificateList] = []
    for name, _, size in seen:
        if Path(name).suffix.lower() not in LISTS:
            continue
        try:
            content = _content(folder / name, size)
            der = pem.unarmor(content)[2] if pem.detect(content) else content
            one = crl.CertificateList.load(der, strict=True)
            one.native  # noqa: B018 - parsed to the end, or it raises
            found.append(one)
        except (OSError, ValueError, TypeError) as error:
            log.warning("trust_unreadable", file=name, reason=str(error))
    return found


def _content(path: Path, size: int) -> bytes:
    if size > LARGEST:
        raise ValueError("too large")
    return path.read_bytes()


def certificates_in(content: bytes) -> list[x509.Certificate]:
    """The certificates of a PEM file, or the one of a DER file. ValueError where something else stands in it."""
    try:
        if not pem.detect(content):
            ders = [content]
        else:
            ders = [der for kind, _, der in pem.unarmor(content, multiple=True) if "CERTIFICATE" in kind]
        found = [x509.Certificate.load(der, strict=True) for der in ders]
        for one in found:
            one.subject.native  # noqa: B018 - parsed, or it raises
            one.public_key.native  # noqa: B018
    except (TypeError, KeyError) as error:  # what asn1crypto says of DER that is something else
        raise ValueError(str(error)) from error
    if not found:
        raise ValueError("no certificate")
    return found
