"""Signing with a key that lies elsewhere: one interface, and its way over HTTP in the style of the CSC API v2.

The service keeps the key; it is given digests only, never a document. `credentials/info` tells the certificate,
`credentials/authorize` opens the key where a PIN is configured, `signatures/signHash` signs.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from typing import Any, Protocol

import urllib3
from asn1crypto import x509

SECONDS = 15.0
MOST_BYTES = 1024 * 1024
_HASHES = {"sha256": "2.16.840.1.101.3.4.2.1", "sha384": "2.16.840.1.101.3.4.2.2", "sha512": "2.16.840.1.101.3.4.2.3"}
_SIGNING = {
    ("rsa", "sha256"): "1.2.840.113549.1.1.11",
    ("rsa", "sha384"): "1.2.840.113549.1.1.12",
    ("rsa", "sha512"): "1.2.840.113549.1.1.13",
    ("ec", "sha256"): "1.2.840.10045.4.3.2",
    ("ec", "sha384"): "1.2.840.10045.4.3.3",
    ("ec", "sha512"): "1.2.840.10045.4.3.4",
}


class RemoteSigningError(Exception):
    """The service did not sign; the text says why, without anything secret."""


class NotAuthorisedError(RemoteSigningError):
    """The service did not open the key with the PIN that it was given."""


class RefusedError(RemoteSigningError):
    """The service answered, with a status that is no success."""


class RemoteSigner(Protocol):
    """A key that somebody else keeps."""

    def certificates(self) -> Sequence[x509.Certificate]:
        """The signer's first, then those above it. Errors: RemoteSigningError."""

    def sign(self, digest: bytes, algorithm: str) -> bytes:
        """The signature over that digest, made with `algorithm` (sha256, sha384, sha512): PKCS#1 v1.5 for RSA, DER for ECDSA.

        Errors: RemoteSigningError.
        """


class CscSigner:
    """A credential of a service that speaks CSC API v2 at `url` (with or without a closing slash)."""

    def __init__(self, url: str, credential: str, *, token: str | None = None, pin: str | None = None) -> None:
        self._url = url.rstrip("/")
        self._credential = credential
        self._token = token
        self._pin = pin
        self._known: list[x509.Certificate] = []
        self._pool = urllib3.PoolManager(
            timeout=urllib3.Timeout(total=SECONDS), retries=False, headers={"Content-Type": "application/json"}
        )

    def __repr__(self) -> str:
        return f"CscSigner({self._url!r}, {self._credential!r})"

    def certificates(self) -> Sequence[x509.Certificate]:
        if not self._known:
            told = self._ask("credentials/info", {"certificates": "chain", "certInfo": False, "authInfo": False})
            try:
                self._known = [
                    x509.Certificate.load(base64.b64decode(one, validate=True), strict=True)
                    for one in told["cert"]["certificates"]
                ]
                self._known[0].public_key.algorithm  # noqa: B018 - readable, or it raises
            except (KeyError, TypeError, ValueError, IndexError) as error:
                raise RemoteSigningError("dịch vụ ký số từ xa không trả về chứng thư đọc được") from error
        return self._known

    def sign(self, digest: bytes, algorithm: str) -> bytes:
        kind = self.certificates()[0].public_key.algorithm
        if (kind, algorithm) not in _SIGNING:
            raise RemoteSigningError(f"loại khóa {kind} với {algorithm} chưa được hỗ trợ")
        hashes = [base64.b64encode(digest).decode()]
        asked: dict[str, Any] = {
            "hashes": hashes,
            "hashAlgorithmOID": _HASHES[algorithm],
            "signAlgo": _SIGNING[kind, algorithm],
        }
        if self._pin is not None:
            asked["SAD"] = self._authorised(hashes, algorithm)
        told = self._ask("signatures/signHash", asked)
        try:
            (signature,) = told["signatures"]
            return base64.b64decode(signature, validate=True)
        except (KeyError, TypeError, ValueError) as error:
            raise RemoteSigningError("dịch vụ ký số từ xa không trả về chữ ký") from error

    def _authorised(self, hashes: list[str], algorithm: str) -> str:
        asked = {
            "numSignatures": 1,
            "hashes": hashes,
            "hashAlgorithmOID": _HASHES[algorithm],
            "authData": [{"id": "PIN", "value": self._pin}],
        }
        try:
            told = self._ask("credentials/authorize", asked)
        except RefusedError as error:
            raise NotAuthorisedError(str(error)) from error
        if not isinstance(told.get("SAD"), str):
            raise NotAuthorisedError("dịch vụ ký số từ xa không cho phép dùng khóa")
        return str(told["SAD"])

    def _ask(self, call: str, body: dict[str, Any]) -> dict[str, Any]:
        headers = {"Content-Type": "application/json"}
        if self._token is not None:
            headers["Authorization"] = f"Bearer {self._token}"
        try:
            answer = self._pool.request(
                "POST",
                f"{self._url}/{call}",
                body=json.dumps({"credentialID": self._credential, **body}).encode(),
                headers=headers,
                preload_content=False,
                redirect=False,
            )
            content = answer.read(MOST_BYTES + 1)
            answer.release_conn()
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise RemoteSigningError("không kết nối được tới dịch vụ ký số từ xa") from error
        if len(content) > MOST_BYTES:
            raise RemoteSigningError("dịch vụ ký số từ xa trả lời quá dài")
        if answer.status != 200:
            raise RefusedError(f"dịch vụ ký số từ xa từ chối (mã {answer.status})")
        try:
            told = json.loads(content)
        except ValueError as error:
            raise RemoteSigningError("dịch vụ ký số từ xa trả lời không đọc được") from error
        if not isinstance(told, dict):
            raise RemoteSigningError("dịch vụ ký số từ xa trả lời không đọc được")
        return told
