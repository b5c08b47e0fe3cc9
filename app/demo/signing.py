"""Keys of the demonstration: leaders sign and clerks put the agency's seal on, so that signing can be tried at once.

An authority of its own vouches for them; it is trusted by this installation only, its key is thrown away, and every name
and every stamp says that it is a demonstration. Nothing is made where the installation names keys of its own.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12
from cryptography.x509.oid import NameOID

from app.actions.signing_keys import AGENCY_PERMISSION, DEMONSTRATION
from app.config import Settings
from app.demo.content import content

AUTHORITY = "Nơi cấp chứng thư trình diễn"
MARK = " (trình diễn)"
VALID_FOR = timedelta(days=3650)
TRUSTED = "motcua-trinh-dien.pem"
_LEADS = "task.assign"


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose key: `name` people choose it by, `account` or `agency`, `organisation` stands in the certificate."""

    name: str
    subject: str
    organisation: str
    account: str | None = None
    agency: str | None = None


def make_keys(settings: Settings, profile: str, now: datetime) -> int:
    """Make the keys that the demonstration lacks; how many were made. All of them stand, or none."""
    if settings.signing_keys is not None or settings.trust is not None:
        return 0
    folder = settings.data / DEMONSTRATION[0]
    if (folder / DEMONSTRATION[1]).is_file():
        return 0
    owners = owners_of(profile)
    aside = folder.with_name(f"{folder.name}-{secrets.token_hex(4)}")
    aside.mkdir(parents=True, mode=0o700)
    try:
        certificate = _write(aside, owners, now)
        trust = settings.data / "trust"
        trust.mkdir(exist_ok=True, mode=0o700)
        (trust / TRUSTED).write_bytes(certificate.public_bytes(Encoding.PEM))
        shutil.rmtree(folder, ignore_errors=True)  # what a run that was killed left behind
        aside.rename(folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return len(owners)


def owners_of(profile: str) -> list[Owner]:
    """Leaders and heads who work steps, whom a leader may let sign for her, and the agencies whose seal somebody may use."""
    agencies = {one["code"]: one["name"] for one in content("agencies", profile)["agencies"]}
    everybody = content("accounts", profile)["accounts"]
    signers = [person for person in everybody if AGENCY_PERMISSION in person["permissions"]]
    people = [
        Owner(f"{one['name']}{MARK}", one["name"], agencies[one["agency"]], account=one["username"])
        for one in everybody
        if {_LEADS, "task.work"} <= set(one["permissions"])
    ]
    seals = [
        Owner(f"Dấu {agencies[code]}{MARK}", agencies[code], agencies[code], agency=code)
        for code in dict.fromkeys(one["agency"] for one in signers)
    ]
    return people + seals


def _write(folder: Path, owners: Sequence[Owner], now: datetime) -> x509.Certificate:
    """The key files and their list; answers the authority's certificate."""
    authority = ec.generate_private_key(ec.SECP256R1())
    root = _certificate(_name(AUTHORITY, None), authority.public_key(), _name(AUTHORITY, None), authority, now, ca=True)
    passphrase = secrets.token_urlsafe(24)
    _keep(folder / "passphrase", passphrase.encode())
    entries = ["# Khóa TRÌNH DIỄN, do `motcua demo` tạo; chữ ký không có giá trị.\n"]
    for number, owner in enumerate(owners, start=1):
        key = ec.generate_private_key(ec.SECP256R1())
        subject = _name(_within(owner.subject, 64 - len(MARK.encode())) + MARK, owner.organisation)
        made = _certificate(subject, key.public_key(), root.subject, authority, now)
        packed = pkcs12.serialize_key_and_certificates(
            b"motcua", key, made, [root], BestAvailableEncryption(passphrase.encode())
        )
        _keep(folder / f"{number}.p12", packed)
        whose = f"account = {_quoted(owner.account)}" if owner.account else f"agency = {_quoted(owner.agency)}"
        entries.append(
            f'[[key]]\nname = {_quoted(owner.name)}\nkind = "pkcs12"\n{whose}\nfile = "{number}.p12"\n'
            'passphrase_file = "passphrase"\ndemonstration = true\n'
        )
    _keep(folder / DEMONSTRATION[1], "\n".join(entries).encode())
    return root


def _certificate(
    subject: x509.Name,
    key: ec.EllipticCurvePublicKey,
    issuer: x509.Name,
    signer: ec.EllipticCurvePrivateKey,
    now: datetime,
    *,
    ca: bool = False,
) -> x509.Certificate:
    start = now.astimezone(UTC) - timedelta(days=1)
    usage: dict[str, Any] = dict.fromkeys(
        ("key_encipherment", "data_encipherment", "key_agreement", "encipher_only", "decipher_only"), False
    )
    signs = {"digital_signature": not ca, "content_commitment": not ca, "key_cert_sign": ca, "crl_sign": ca}
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + VALID_FOR)
        .add_extension(x509.BasicConstraints(ca, None), critical=True)
        .add_extension(x509.KeyUsage(**usage, **signs), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
        .sign(signer, hashes.SHA256())
    )


def _name(common: str, organisation: str | None) -> x509.Name:
    parts = [x509.NameAttribute(NameOID.COUNTRY_NAME, "VN")]
    if organisation is not None:
        parts.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, _within(organisation)))
    return x509.Name([*parts, x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _within(text: str, most: int = 64) -> str:
    """A name as long as a certificate takes it, which counts bytes."""
    short = text.replace("Ủy ban nhân dân", "UBND").encode()
    return short.decode() if len(short) <= most else short[: most - 3].decode(errors="ignore").rstrip() + "…"


def _keep(path: Path, content: bytes) -> None:
    """A file that only its owner reads."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)


def _quoted(text: str | None) -> str:
    escaped = (text or "").replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
