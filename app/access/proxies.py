"""Whom a request comes from when proxies stand in front: their word counts only where the connection comes from one of them.

werkzeug's ProxyFix believes a number of hops from whoever connects; here it is the peer's address that is believed or not, so a
client that reaches the server past the proxy cannot choose the address that is logged and counted.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from app.setting_values import Network

Wsgi = Callable[[dict[str, Any], Any], Any]


class TrustedProxies:
    """A WSGI application that sees the client's address and scheme as the proxies of these networks tell them."""

    def __init__(self, wsgi: Wsgi, networks: Sequence[Network]) -> None:
        self._wsgi = wsgi

        @lru_cache(1024)
        def trusts(address: str) -> bool:
            try:
                found = ipaddress.ip_address(address)
            except ValueError:
                return False
            return any(found in network for network in networks)

        self._trusts = trusts

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        told = environ.get("HTTP_X_FORWARDED_FOR")
        scheme = environ.get("HTTP_X_FORWARDED_PROTO")
        if (told or scheme) and self._trusts(environ.get("REMOTE_ADDR", "")):
            if told:
                environ["REMOTE_ADDR"] = self._client(told, environ["REMOTE_ADDR"])
            if scheme in ("http", "https"):
                environ["wsgi.url_scheme"] = scheme
        return self._wsgi(environ, start_response)

    def _client(self, told: str, peer: str) -> str:
        """The last address that no proxy of ours added: each adds whom it was asked by at the end."""
        client = peer
        for part in reversed(told.split(",")):
            try:
                client = str(ipaddress.ip_address(part.strip()))
            except ValueError:  # said by somebody further away: what came after it is still sure
                break
            if not self._trusts(client):
                break
        return client
