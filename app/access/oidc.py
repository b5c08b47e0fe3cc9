"""Signing in at an OpenID Connect provider: code flow with PKCE (S256), state and nonce; the ID token is checked here.

What the provider says of itself and its keys is kept for an hour a process; an unknown key is asked for anew at once. No
database connection is held while it is asked.
"""

from __future__ import annotations

import hmac
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar
from urllib.parse import urlencode, urlsplit

from authlib.common.errors import AuthlibBaseError
from authlib.common.security import generate_token
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import BadSignatureError, InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from requests import RequestException, Response

from app.errors import DomainError
from app.logs import get_logger
from app.setting_values import Provider

log = get_logger(__name__)

T = TypeVar("T")

SIGNED_BY: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""With keys that only the provider has: never `none`, never a secret that we have too."""
SCOPE: Final = "openid email profile"
KEPT_SECONDS: Final = 3600.0
PATIENCE: Final = (3.0, 5.0)
"""Seconds to connect, and between two pieces of an answer."""
MOST_BYTES: Final = 1 << 20
LEEWAY_SECONDS: Final = 60
MOST_OF_SUBJECT: Final = 255
MOST_OF_CLAIM: Final = 254


@dataclass(frozen=True, slots=True)
class Begun:
    """What this browser has to bring back, and what its token has to say."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Said:
    """Who somebody is, as the provider says: its own name for her, and the claim that names the account."""

    issuer: str
    subject: str
    claim: str | None


@dataclass
class _Known:
    """What is known of the provider; `until` in monotonic seconds."""

    metadata: dict[str, Any]
    until: float
    keys: KeySet | None = None


AWAY_SECONDS: Final = 10.0
"""So long nobody waits for a provider that did not answer: whoever presses its link would hold a thread for the patience."""

_known: dict[str, _Known] = {}
_away_until: dict[str, float] = {}
_lock = threading.Lock()


def set_out(provider: Provider, back: str) -> tuple[str, Begun]:
    """The provider's address for a sign-in that ends at `back`. Errors: DomainError unavailable."""
    metadata = _metadata(provider)
    begun = Begun(generate_token(32), generate_token(32), generate_token(64))
    with _client(provider, metadata, back) as client:
        address, _ = client.create_authorization_url(
            metadata["authorization_endpoint"], state=begun.state, nonce=begun.nonce, code_verifier=begun.verifier
        )
    return str(address), begun


def finish(provider: Provider, back: str, begun: Begun, code: str, issuer: str | None, now: datetime) -> Said:
    """Who comes back with that code. Errors: DomainError sign_in_refused, unavailable."""
    metadata = _metadata(provider)
    if issuer is not None and issuer != provider.issuer:  # RFC 9207: an answer of another provider
        raise _refused("iss")
    with _client(provider, metadata, back) as client:
        tokens = _asked(lambda: _tokens(client, metadata, code, begun.verifier))
        claims = _checked(provider, metadata, tokens, begun.nonce, now)
        if provider.claim not in claims and "userinfo_endpoint" in metadata:
            claims = _with_userinfo(client, metadata, claims)
    subject, claim = claims.get("sub"), claims.get(provider.claim)
    if not isinstance(subject, str) or not 0 < len(subject) <= MOST_OF_SUBJECT or not subject.isprintable():
        raise _refused("sub")
    if provider.claim == "email" and claims.get("email_verified") is not True:
        claim = None  # anybody may have typed it
    fine = isinstance(claim, str) and 0 < len(claim) <= MOST_OF_CLAIM and claim.isprintable()
    return Said(provider.issuer, subject, claim.strip() if fine and isinstance(claim, str) else None)


def end_address(provider: Provider, back: str) -> str | None:
    """Where one signs out of the provider too; None where it has no such page. Errors: DomainError unavailable."""
    endpoint = _metadata(provider).get("end_session_endpoint")
    if not endpoint:
        return None
    asked = urlencode({"client_id": provider.client_id, "post_logout_redirect_uri": back})
    return f"{endpoint}{'&' if urlsplit(endpoint).query else '?'}{asked}"


def forget_known() -> None:
    """The next sign-in asks the provider anew."""
    with _lock:
        _known.clear()
        _away_until.clear()


def _client(provider: Provider, metadata: dict[str, Any], back: str | None = None) -> Any:
    supported = metadata.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    basic = "client_secret_basic" in supported or "client_secret_post" not in supported
    method = "none" if provider.client_secret is None else "client_secret_basic" if basic else "client_secret_post"
    return OAuth2Session(
        provider.client_id,
        provider.client_secret,
        token_endpoint_auth_method=method,
        scope=SCOPE,
        redirect_uri=back,
        code_challenge_method="S256",
        default_timeout=PATIENCE,
    )


def _tokens(client: Any, metadata: dict[str, Any], code: str, verifier: str) -> dict[str, Any]:
    found: dict[str, Any] = client.fetch_token(
        metadata["token_endpoint"],
        grant_type="authorization_code",
        code=code,
        code_verifier=verifier,
        allow_redirects=False,
    )
    return found


def _asked(ask: Callable[[], T]) -> T:
    try:
        return ask()
    except AuthlibBaseError as error:
        log.warning("oidc_refused", reason=f"{type(error).__name__}: {error.error}")
        raise _refused("code") from error
    except (RequestException, ValueError, KeyError, TypeError) as error:
        log.warning("oidc_unavailable", reason=type(error).__name__)
        raise _away() from error


def _metadata(provider: Provider) -> dict[str, Any]:
    """What the provider says of itself, asked for once an hour."""
    with _lock:
        known, away_until = _known.get(provider.issuer), _away_until.get(provider.issuer, 0.0)
    if known is not None and time.monotonic() < known.until:
        return known.metadata
    if time.monotonic() < away_until:
        raise _away()
    try:
        metadata = _asked(lambda: _read(provider, f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration"))
        _check_metadata(provider, metadata)
    except DomainError:
        with _lock:
            _away_until[provider.issuer] = time.monotonic() + AWAY_SECONDS
        raise
    with _lock:
        _known[provider.issuer] = _Known(metadata, time.monotonic() + KEPT_SECONDS)
    return metadata


def _check_metadata(provider: Provider, metadata: dict[str, Any]) -> None:
    """Errors: DomainError unavailable for a document of somebody else, or one that names addresses without TLS."""
    needed = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    scheme = urlsplit(provider.issuer).scheme
    named = [metadata.get(name) for name in (*needed, "userinfo_endpoint", "end_session_endpoint")]
    safe = all(
        isinstance(one, str) and urlsplit(one).scheme in ("https", scheme)
        for one in (*named[:3], *(one for one in named[3:] if one is not None))
    )
    if metadata.get("issuer") != provider.issuer or not safe:
        log.error("oidc_metadata_unusable", issuer=str(metadata.get("issuer"))[:200])
        raise _away()


def _read(provider: Provider, address: str) -> dict[str, Any]:
    """A JSON object of bounded size. Errors: RequestException, ValueError."""
    with _client(provider, {}) as client:
        response: Response = client.request("GET", address, withhold_token=True, allow_redirects=False, stream=True)
        response.raise_for_status()
        return _object(response)


def _object(response: Response) -> dict[str, Any]:
    content = b""
    for piece in response.iter_content(1 << 16):
        content += piece
        if len(content) > MOST_BYTES:
            raise ValueError("larger than any such answer")
    found = json.loads(content)
    if response.status_code != 200 or not isinstance(found, dict):
        raise ValueError("not an answer of that kind")
    return found


def _keys(provider: Provider, metadata: dict[str, Any], *, anew: bool) -> KeySet:
    """The keys with which the provider signs. Errors: DomainError unavailable."""
    with _lock:
        known = _known.get(provider.issuer)
    if known is not None and known.keys is not None and not anew:
        return known.keys
    said = _asked(lambda: _read(provider, metadata["jwks_uri"]))
    listed = said.get("keys")
    signing = [
        key
        for key in (listed if isinstance(listed, list) else ())
        if isinstance(key, dict) and key.get("kty") in ("RSA", "EC") and key.get("use", "sig") == "sig"
    ]
    try:
        keys = KeySet.import_key_set({"keys": signing})
    except (JoseError, ValueError, KeyError, TypeError) as error:
        log.error("oidc_keys_unusable", reason=type(error).__name__)
        raise _away() from error
    with _lock:
        if known is not None:
            known.keys = keys
    return keys


def _checked(
    provider: Provider, metadata: dict[str, Any], tokens: dict[str, Any], nonce: str, now: datetime
) -> dict[str, Any]:
    """The claims of the ID token, once all of it holds. Errors: DomainError sign_in_refused, unavailable."""
    text = tokens.get("id_token")
    if not isinstance(text, str) or len(text) > MOST_BYTES:
        raise _refused("id_token")
    declared = metadata.get("id_token_signing_alg_values_supported")
    allowed = [name for name in SIGNED_BY if not isinstance(declared, list) or name in declared]
    try:
        try:
            token = jwt.decode(text, _keys(provider, metadata, anew=False), algorithms=allowed)
        except (InvalidKeyIdError, BadSignatureError):  # the provider has other keys by now
            token = jwt.decode(text, _keys(provider, metadata, anew=True), algorithms=allowed)
        options = {
            "iss": {"essential": True, "value": provider.issuer},
            "aud": {"essential": True, "value": provider.client_id},
        }
        said = {"nonce": nonce, "client_id": provider.client_id, "access_token": tokens.get("access_token")}
        claims = CodeIDToken(token.claims, token.header, options, said)
        claims.validate(now=int(now.timestamp()), leeway=LEEWAY_SECONDS)
    except (JoseError, ValueError, KeyError, TypeError) as error:
        log.warning("oidc_token_refused", reason=f"{type(error).__name__}: {error}"[:200])
        raise _refused("id_token") from error
    if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
        raise _refused("nonce")
    return dict(claims)


def _with_userinfo(client: Any, metadata: dict[str, Any], claims: dict[str, Any]) -> dict[str, Any]:
    """What the ID token leaves out, of the same person only."""

    def ask() -> dict[str, Any]:
        address = metadata["userinfo_endpoint"]
        return _object(client.get(address, allow_redirects=False, stream=True, timeout=PATIENCE))

    more = _asked(ask)
    if more.get("sub") != claims.get("sub"):
        raise _refused("userinfo")
    return {**more, **claims}


def _refused(what: str) -> DomainError:
    log.warning("oidc_sign_in_refused", what=what)
    return DomainError(
        "sign_in_refused",
        "Nhà cung cấp định danh trả lời không hợp lệ, hoặc lần đăng nhập này đã dùng rồi. Hãy thử lại, hoặc đăng nhập bằng "
        "mật khẩu.",
    )


def _away() -> DomainError:
    return DomainError(
        "unavailable",
        "Nhà cung cấp định danh chưa trả lời được. Hãy đăng nhập bằng mật khẩu, hoặc thử lại sau ít phút.",
    )
