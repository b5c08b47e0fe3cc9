"""A key, opened for one signature: pyHanko's signer for each kind of key."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pkcs11
from asn1crypto import x509
from pkcs11.exceptions import PinIncorrect, PinInvalid, PinLenRange, PinLocked
from pyhanko.config.pkcs11 import TokenCriteria
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign.pkcs11 import PKCS11Signer, open_pkcs11_session
from pyhanko.sign.signers.pdf_cms import Signer, SimpleSigner, select_suitable_signing_md
from pyhanko_certvalidator.registry import SimpleCertificateStore

from app.signatures.keys import PKCS11, PKCS12, SigningKey
from app.signatures.remote import CscSigner, NotAuthorisedError, RemoteSigner, RemoteSigningError
from app.signatures.trust import certificates_in

_token = threading.Lock()
"""A token knows one sign-in a process."""
_BAD_PINS = (PinIncorrect, PinInvalid, PinLenRange, PinLocked)


class SigningFailedError(Exception):
    """Nothing was signed; the text is for the person who asked, without anything secret."""


class WrongPinError(SigningFailedError):
    """The PIN that was typed does not open the key; tried again and again, a device locks itself."""


class RemoteKey(Signer):
    """pyHanko's signer over a `RemoteSigner`."""

    def __init__(self, remote: RemoteSigner) -> None:
        signer, *chain = remote.certificates()
        store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        store.register_multiple(chain)
        super().__init__(signing_cert=signer, cert_registry=store)
        self._remote = remote

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        if dry_run:
            return bytes(1024)
        digest = hashlib.new(digest_algorithm, data).digest()
        return self._remote.sign(digest, digest_algorithm)


@contextmanager
def opened(key: SigningKey) -> Iterator[Signer]:
    """A signer for as long as the block lasts. Errors: SigningFailedError."""
    try:
        if key.kind == PKCS12:
            yield _pkcs12(key)
        elif key.kind == PKCS11:
            with _pkcs11(key) as signer:
                yield signer
        else:
            yield RemoteKey(
                CscSigner(
                    key.places["url"],
                    key.places["credential"],
                    token=key.secret("token_file"),
                    pin=key.pin(),
                )
            )
    except NotAuthorisedError as error:
        raise _wrong_pin(key, f"Khóa “{key.name}”: {error}.") from error
    except RemoteSigningError as error:
        raise SigningFailedError(f"Khóa “{key.name}”: {error}.") from error
    except _BAD_PINS as error:
        raise _wrong_pin(
            key, f"Khóa “{key.name}”: thiết bị PKCS#11 từ chối mã PIN ({type(error).__name__})."
        ) from error
    except pkcs11.PKCS11Error as error:
        why = f"thiết bị hoặc mô-đun PKCS#11 không ký được ({type(error).__name__})"
        raise SigningFailedError(f"Khóa “{key.name}”: {why}.") from error


def _wrong_pin(key: SigningKey, why: str) -> SigningFailedError:
    return WrongPinError(why) if key.ask_pin else SigningFailedError(why)


def digest_for(certificate: x509.Certificate) -> str:
    """The digest that suits a certificate's key."""
    chosen = select_suitable_signing_md(certificate.public_key)
    return chosen if chosen in ("sha256", "sha384", "sha512") else "sha256"


def chain_of(key: SigningKey) -> list[x509.Certificate]:
    found: list[x509.Certificate] = []
    for path in key.chain:
        try:
            found += certificates_in(path.read_bytes())
        except (OSError, ValueError) as error:
            raise SigningFailedError(f"Khóa “{key.name}”: không đọc được chứng thư “{path.name}”.") from error
    return found


def _pkcs12(key: SigningKey) -> SimpleSigner:
    try:
        passphrase = key.pin()
        content = Path(key.places["file"]).read_bytes()
        signer: SimpleSigner = SimpleSigner.load_pkcs12_data(
            content, other_certs=chain_of(key), passphrase=None if passphrase is None else passphrase.encode()
        )
        return signer
    except (OSError, ValueError, AttributeError) as error:
        # AttributeError: an archive without a key
        raise _wrong_pin(key, f"Khóa “{key.name}”: không mở được tệp PKCS#12; hãy kiểm tra tệp và mật khẩu.") from error


@contextmanager
def _pkcs11(key: SigningKey) -> Iterator[PKCS11Signer]:
    own = key.path("certificate")
    try:
        certificate = certificates_in(own.read_bytes())[0] if own is not None else None
        pin = key.pin()
    except (OSError, ValueError) as error:
        raise SigningFailedError(f"Khóa “{key.name}”: không đọc được chứng thư hoặc tệp mã PIN.") from error
    with _token:
        try:
            session = open_pkcs11_session(
                key.places["module"], token_criteria=TokenCriteria(label=key.places["token"]), user_pin=pin
            )
        except _BAD_PINS:  # each is a RuntimeError too
            raise
        except (PdfError, RuntimeError, OSError) as error:
            raise SigningFailedError(f"Khóa “{key.name}”: không mở được thiết bị PKCS#11.") from error
        with session:
            signer = PKCS11Signer(
                session,
                cert_label=None if certificate is not None else key.places["label"],
                signing_cert=certificate,
                key_label=key.places["label"],
                ca_chain=chain_of(key),
            )
            # Few tokens hash for ECDSA themselves; all sign a hash.
            signer.use_raw_mechanism = signer.signing_cert.public_key.algorithm == "ec"
            yield signer
