"""Every route there is, with something in each place of its address, called by somebody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection
from werkzeug.routing import AnyConverter, Rule
from werkzeug.test import TestResponse

from app.access.request import PAGES, SESSION_TOKEN
from app.rules.routes import ROUTES
from tests import factories

NOBODYS = {"id": 999_999_999, "code": "khong-co"}
READS = ("GET",)


@dataclass(frozen=True)
class Call:
    """One way to call a route: an endpoint may have several addresses and methods."""

    endpoint: str
    method: str
    path: str

    @property
    def page(self) -> bool:
        return self.endpoint.startswith(f"{PAGES}.")

    @property
    def opens(self) -> frozenset[str]:
        """The permissions that open it, as the table says."""
        return ROUTES[self.endpoint]


def calls(app: Flask, known: Mapping[str, Any] | None = None) -> Iterator[Call]:
    """Every route with every method; `known`: what stands in places of that name, else nothing that exists."""
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        values = {name: _value(rule, name, known or {}) for name in rule.arguments}
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            built = rule.build(values, append_unknown=False)
            assert built is not None, rule
            assert adapter.test(built[1], method), (rule, built)
            yield Call(rule.endpoint, method, built[1])


def _value(rule: Rule, name: str, known: Mapping[str, Any]) -> Any:
    converter = rule._converters[name]
    if isinstance(converter, AnyConverter):
        return next(iter(sorted(converter.items)))
    if name in known:
        return known[name]
    return NOBODYS["id"] if type(converter).__name__ == "IdConverter" else NOBODYS["code"]


class Walker:
    """Somebody who calls routes: at the interface with a token, at pages with the same in the session. None: not signed in."""

    def __init__(self, app: Flask, token: str | None) -> None:
        self.client: FlaskClient = app.test_client()
        self._token = token
        if token is not None:
            with self.client.session_transaction() as session:
                session[SESSION_TOKEN] = token

    def call(self, call: Call, body: Mapping[str, Any] | None = None) -> TestResponse:
        if call.page:
            return self.client.open(
                call.path, method=call.method, data=dict(body or {}) if call.method != "GET" else None
            )
        headers = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        sent = None if call.method == "GET" else dict(body or {})
        return self.client.open(call.path, method=call.method, json=sent, headers=headers)


def walker(app: Flask, connection: Connection, username: str, agency_id: int, permissions: Any) -> Walker:
    """A new account with exactly these permissions, signed in."""
    account = factories.account(connection, username, agency_id, [], sorted(permissions))
    return Walker(app, factories.token_for(connection, account))
