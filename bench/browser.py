"""One person's connection to the application, kept open, with a bearer token or the session of the sign-in page."""

from __future__ import annotations

import time
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from urllib.parse import urlencode

from bench.load import RefusedError, connect

SIGN_IN, FORM = "/dang-nhap", "application/x-www-form-urlencoded"
IDLE_SECONDS = 3
"""The server hangs up on who is silent for five."""


class Browser:
    def __init__(self, port: int, token: str | None = None) -> None:
        self._port = port
        self._connection, self._used = connect(port), time.monotonic()
        self._bearer = {"Authorization": f"Bearer {token}"} if token else {}
        self._cookies: dict[str, str] = {}

    @property
    def headers(self) -> dict[str, str]:
        """What says who asks."""
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        return self._bearer | ({"Cookie": cookies} if cookies else {})

    def has(self, path: str) -> bool:
        return self._ask("GET", path)[0] != 404

    def get(self, path: str) -> bytes:
        """The body of a page that must be there. Errors: RefusedError."""
        status, body = self._ask("GET", path)
        if status != 200:
            raise RefusedError(f"{path}: {status} {body[:300]!r}")
        return body

    def timed(self, path: str) -> float:
        """Seconds from the request to the last byte of its answer."""
        self._be_connected()
        started = time.perf_counter()
        self.get(path)
        return time.perf_counter() - started

    def changed(self, path: str, body: bytes, expected: int) -> float:
        """Seconds of a POST of JSON that must be answered so. Errors: RefusedError."""
        self._be_connected()
        started = time.perf_counter()
        status, content = self._ask("POST", path, body, "application/json")
        if status != expected:
            raise RefusedError(f"{path}: {status} {content[:300]!r}")
        return time.perf_counter() - started

    def sign_in(self, username: str, password: str) -> bool:
        """Fill in the form of the sign-in page and send it; False where the application has no such page."""
        status, body = self._ask("GET", SIGN_IN)
        if status == 404:
            return False
        form = _Form()
        form.feed(body.decode())
        values = form.hidden | {form.text: username, form.password: password}
        status, body = self._ask("POST", SIGN_IN, urlencode(values).encode())
        if status not in (302, 303):
            raise RefusedError(f"{SIGN_IN}: {status} {body[:300]!r}")
        return True

    def _ask(self, method: str, path: str, body: bytes | None = None, kind: str = FORM) -> tuple[int, bytes]:
        self._be_connected()
        headers = self.headers
        if body is not None:
            headers["Content-Type"] = kind
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        content = answer.read()
        for line in answer.headers.get_all("Set-Cookie", []):
            self._cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        self._used = time.monotonic()
        return answer.status, content

    def _be_connected(self) -> None:
        if time.monotonic() - self._used > IDLE_SECONDS:
            self._connection.close()
            self._connection, self._used = connect(self._port), time.monotonic()

    def close(self) -> None:
        self._connection.close()


class _Form(HTMLParser):
    """The fields of a page's form: hidden ones with their values, and the names of the text and the password field."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden: dict[str, str] = {}
        self.text = self.password = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        field = dict(attrs)
        name = field.get("name")
        if tag != "input" or not name:
            return
        kind = field.get("type") or "text"
        if kind == "hidden":
            self.hidden[name] = field.get("value") or ""
        elif kind == "password":
            self.password = name
        elif kind in ("text", "email"):
            self.text = name
