"""An OpenID Connect provider in a process of its own, made of Authlib's server side: `python -m tests.signing_in.provider`.

It prints its address and serves until it is ended. `POST /test` replaces what is wrong with it: `claims` of ID tokens that are
otherwise, `without` some, `alg`, `key` ("foreign"), `rotate`, `metadata` that is otherwise, `down`, `now` (its clock).
"""

from __future__ import annotations

import hmac
import json
import os
import sys
import time
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from typing import Any

os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"  # plain HTTP, on this machine only

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import ClientMixin
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import AuthorizationCodeMixin
from authlib.oidc.core.grants import OpenIDCode
from authlib.oidc.core.util import create_half_hash
from flask import Flask, Response, jsonify, request
from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server

from tests.signing_in import CLIENT, SECRET

PAGE = """<!doctype html><html lang="vi"><meta name="viewport" content="width=device-width"><title>Thư công vụ</title>
<main><h1>Thư công vụ của tỉnh</h1><form method="post"><label>Hộp thư <input name="user"></label>
<button>Đồng ý</button></form></main></html>"""


@dataclass
class Client(ClientMixin):  # type: ignore[misc]
    """The one that is registered here."""

    client_id: str = CLIENT

    def get_client_id(self) -> str:
        return self.client_id

    def get_default_redirect_uri(self) -> str:
        return ""

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri.startswith("http://127.0.0.1:") and redirect_uri.endswith("/dang-nhap/dinh-danh/tro-ve")

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method in ("client_secret_basic", "client_secret_post")

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


@dataclass
class Code(AuthorizationCodeMixin):  # type: ignore[misc]
    code: str
    user: str
    redirect_uri: str
    scope: str
    nonce: str | None
    code_challenge: str | None
    code_challenge_method: str | None

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str | None:
        return self.nonce

    def get_auth_time(self) -> int | None:
        return None

    def get_acr(self) -> str | None:
        return None

    def get_amr(self) -> list[str] | None:
        return None


class State:
    """Everything that the provider remembers."""

    def __init__(self) -> None:
        self.codes: dict[str, Code] = {}
        self.tokens: dict[str, str] = {}
        self.wrong: dict[str, Any] = {}
        self.keys = 0
        self.ended: list[dict[str, str]] = []
        self.asked: list[str] = []
        self.rotate()

    def rotate(self) -> None:
        self.keys += 1
        self.key = RSAKey.generate_key(2048, {"kid": f"key-{self.keys}", "use": "sig"})

    def now(self) -> int:
        return int(self.wrong.get("now", time.time()))


STATE = State()
app = Flask(__name__)


def user_claims(user: str) -> dict[str, Any]:
    return {
        "sub": f"subject-of-{user}",
        "email": user,
        "email_verified": True,
        "preferred_username": user.split("@")[0],
    }


class CodeGrant(AuthorizationCodeGrant):  # type: ignore[misc]
    TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic", "client_secret_post")

    def save_authorization_code(self, code: str, asked: Any) -> None:
        data = asked.payload.data
        STATE.codes[code] = Code(
            code,
            asked.user,
            asked.payload.redirect_uri,
            asked.payload.scope,
            data.get("nonce"),
            data.get("code_challenge"),
            data.get("code_challenge_method"),
        )

    def query_authorization_code(self, code: str, client: Client) -> Code | None:
        return STATE.codes.get(code)

    def delete_authorization_code(self, authorization_code: Code) -> None:
        del STATE.codes[authorization_code.code]

    def authenticate_user(self, authorization_code: Code) -> str:
        return authorization_code.user


def by_hand(header: dict[str, Any], claims: dict[str, Any]) -> str:
    """A token that no library makes: without a signature, or signed with what we have too."""
    parts = [urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in (header, claims)]
    signed = b".".join(parts)
    mac = hmac.digest(SECRET.encode(), signed, "sha256") if header["alg"] == "HS256" else b""
    return (signed + b"." + urlsafe_b64encode(mac).rstrip(b"=")).decode()


class IdTokens(OpenIDCode):  # type: ignore[misc]
    """The ID token, with what a test wants wrong in it."""

    def exists_nonce(self, nonce: str, asked: Any) -> bool:
        return False

    def encode_id_token(self, token: dict[str, Any], asked: Any) -> str:
        wrong, alg = STATE.wrong, STATE.wrong.get("alg", "RS256")
        half = create_half_hash(token["access_token"], "RS256")
        claims = {
            "iss": address(),
            "aud": CLIENT,
            "iat": STATE.now(),
            "exp": STATE.now() + 300,
            "nonce": asked.authorization_code.nonce,
            "at_hash": half.decode(),
            **user_claims(asked.user),
            **wrong.get("claims", {}),
        }
        for name in wrong.get("without", ()):
            claims.pop(name)
        if alg in ("none", "HS256"):
            return by_hand({"alg": alg, "kid": STATE.key.kid}, claims)
        foreign = RSAKey.generate_key(2048, {"kid": STATE.key.kid})
        return jwt.encode({"alg": alg, "kid": STATE.key.kid}, claims, foreign if "key" in wrong else STATE.key)


def keep_token(token: dict[str, Any], asked: Any) -> None:
    STATE.tokens[token["access_token"]] = asked.user


server = AuthorizationServer(app, lambda client: Client() if client == CLIENT else None, keep_token)
server.register_grant(CodeGrant, [IdTokens(require_nonce=True), CodeChallenge(required=True)])


def address() -> str:
    return request.host_url.rstrip("/")


@app.before_request
def down() -> Response | None:
    if request.path == "/test":
        return None
    STATE.asked.append(request.path)
    broken = STATE.wrong.get("down")
    if broken == "html":
        return Response("<h1>Bảo trì</h1>", 200)
    return Response("down", 503) if broken in (True, request.path) else None


@app.get("/.well-known/openid-configuration")
def metadata() -> Response:
    here = address()
    return jsonify(
        {
            "issuer": here,
            "authorization_endpoint": f"{here}/authorize",
            "token_endpoint": f"{here}/token",
            "jwks_uri": f"{here}/jwks",
            "userinfo_endpoint": f"{here}/userinfo",
            "end_session_endpoint": f"{here}/logout",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
            "code_challenge_methods_supported": ["S256"],
            **STATE.wrong.get("metadata", {}),
        }
    )


@app.get("/authorize")
def show_consent() -> str:
    return PAGE


@app.post("/authorize")
def authorize() -> Any:
    if request.form["user"] == "":
        return Response(
            status=302,
            headers={
                "Location": f"{request.args['redirect_uri']}?error=access_denied&state={request.args.get('state', '')}"
            },
        )
    server.get_consent_grant(end_user=request.form["user"])
    return server.create_authorization_response(grant_user=request.form["user"])


@app.post("/token")
def token() -> Any:
    return server.create_token_response()


@app.get("/jwks")
def jwks() -> Response:
    return jsonify({"keys": [STATE.key.as_dict(private=False)]})


@app.get("/userinfo")
def userinfo() -> Any:
    user = STATE.tokens.get(request.headers.get("Authorization", "").removeprefix("Bearer "))
    if user is None:
        return Response(status=401)
    return jsonify(user_claims(user) | STATE.wrong.get("userinfo", {}))


@app.get("/logout")
def logout() -> str:
    STATE.ended.append(request.args.to_dict())
    return "<!doctype html><title>Đã đăng xuất</title><p>Đã đăng xuất khỏi thư công vụ."


@app.post("/test")
def be_wrong() -> Response:
    STATE.wrong = json.loads(request.data)
    if STATE.wrong.pop("rotate", False):
        STATE.rotate()
    asked, STATE.asked = STATE.asked, []
    return jsonify({"asked": asked, "ended": STATE.ended})


def main() -> None:
    made = make_server("127.0.0.1", 0, app, threaded=True)
    print(f"http://127.0.0.1:{made.server_port}", flush=True)
    made.serve_forever()


if __name__ == "__main__":
    sys.exit(main())
