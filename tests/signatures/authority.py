"""A certificate authority of the tests' own: signers, a time-stamping service, revocation lists, PKCS#12 files.

Elliptic-curve keys, because they cost nothing to make; RSA where a test is about RSA.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from asn1crypto import keys as asn1_keys
from asn1crypto import tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from tests.factories import START

PASSPHRASE = "bí mật của bài kiểm tra"
Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True)
class Holder:
    """Somebody with a key and a certificate."""

    key: Key = field(repr=False)
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...] = ()

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)

    def pkcs12(self, passphrase: str = PASSPHRASE) -> bytes:
        return pkcs12.serialize_key_and_certificates(
            b"key", self.key, self.certificate, self.chain, BestAvailableEncryption(passphrase.encode())
        )

    def key_pem(self) -> bytes:
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    def key_der(self) -> bytes:
        return self.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


@cache
def rsa_key() -> rsa.RSAPrivateKey:
    """One a process: making it takes a while."""
    return rsa.generate_private_key(65537, 2048)


def name(common: str, organisation: str | None = "UBND tỉnh Thử nghiệm") -> x509.Name:
    parts = [x509.NameAttribute(NameOID.COUNTRY_NAME, "VN")]
    if organisation:
        parts.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation))
    return x509.Name([*parts, x509.NameAttribute(NameOID.COMMON_NAME, common)])


class Authority:
    """Issues what a test needs; `root` is what trusts it."""

    def __init__(self, title: str = "CA của bài kiểm tra") -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        self.root = Holder(key, _certificate(name(title, None), key, name(title, None), key, ca=True))

    def issue(
        self,
        common: str,
        *,
        organisation: str | None = "UBND tỉnh Thử nghiệm",
        since: datetime = START - timedelta(days=365),
        until: datetime = START + timedelta(days=365),
        key: Key | None = None,
        usage: Sequence[str] = ("digital_signature", "content_commitment"),
        extended: Sequence[Any] = (),
    ) -> Holder:
        key = key or ec.generate_private_key(ec.SECP256R1())
        made = _certificate(
            name(common, organisation),
            key,
            self.root.certificate.subject,
            self.root.key,
            since=since,
            until=until,
            usage=usage,
            extended=extended,
        )
        return Holder(key, made, (self.root.certificate,))

    def revocations(self, *holders: Holder, at: datetime = START - timedelta(days=2)) -> bytes:
        """A list (DER) of certificates that are revoked since then."""
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.root.certificate.subject)
            .last_update(START - timedelta(days=1))
            .next_update(START + timedelta(days=30))
            .add_extension(x509.CRLNumber(1), False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.root.key.public_key()), False)
        )
        for one in holders:
            builder = builder.add_revoked_certificate(
                x509.RevokedCertificateBuilder()
                .serial_number(one.certificate.serial_number)
                .revocation_date(at)
                .add_extension(x509.CRLReason(x509.ReasonFlags.key_compromise), False)
                .build()
            )
        return builder.sign(self.root.key, hashes.SHA256()).public_bytes(Encoding.DER)

    def trusted_in(self, folder: Path) -> Path:
        """The folder, with the root in it."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "root.pem").write_bytes(self.root.pem)
        return folder


def _certificate(
    subject: x509.Name,
    key: Key,
    issuer: x509.Name,
    issuer_key: Key,
    *,
    since: datetime = START - timedelta(days=3650),
    until: datetime = START + timedelta(days=3650),
    ca: bool = False,
    usage: Sequence[str] = (),
    extended: Sequence[Any] = (),
) -> x509.Certificate:
    names = (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    )
    uses = ("key_cert_sign", "crl_sign") if ca else usage
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(since.astimezone(UTC))
        .not_valid_after(until.astimezone(UTC))
        .add_extension(x509.BasicConstraints(ca, None), True)
        .add_extension(x509.KeyUsage(**{one: one in uses for one in names}), True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), False)
    )
    if extended:
        builder = builder.add_extension(x509.ExtendedKeyUsage(extended), True)
    return builder.sign(issuer_key, hashes.SHA256())


def a_pdf(text: str = "Dự thảo kết quả", pages: int = 1) -> bytes:
    """A real document, as typst prints it; the same for the same text."""
    import typst

    body = "\n#pagebreak()\n".join(f"{text}, trang {number + 1}" for number in range(pages))
    head = '#set document(date: none)\n#set page(paper: "a4")\n#set text(lang: "vi")'
    return bytes(typst.compile(f"{head}\n{body}".encode()))


@contextmanager
def time_stamping(authority: Authority, at: Callable[[], datetime], *, broken: bool = False) -> Iterator[str]:
    """A real time-stamping service (RFC 3161 over HTTP) on this machine, on the test's clock; answers its address."""
    until = START + timedelta(days=3650)
    holder = authority.issue(
        "Dịch vụ dấu thời gian", key=rsa_key(), until=until, extended=[ExtendedKeyUsageOID.TIME_STAMPING]
    )
    registry = SimpleCertificateStore()
    registry.register(asn1_x509.Certificate.load(authority.root.der))
    certificate = asn1_x509.Certificate.load(holder.der)
    private = asn1_keys.PrivateKeyInfo.load(holder.key_der())

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if broken:
                self.send_error(500)
                return
            stamper = DummyTimeStamper(certificate, private, certs_to_embed=registry, fixed_dt=at())
            answer = stamper.request_tsa_response(tsp.TimeStampReq.load(body)).dump()
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing."""

    with serving(Handler) as address:
        yield address


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """Serve it from a thread; answers the address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
