"""How much one account or one address may ask, so that nobody's program takes the others' turn.

Two kinds of counting, for two kinds of harm. Requests of all sorts are counted in this process's memory: a few microseconds,
no statement, no lock; several processes each allow as much. Look-ups of codes by strangers are counted in the database, for
all processes together, because a code can be guessed and a limit that grows with the number of processes would be none.

Whoever is known counts on her account, so that an office behind one address does not share what one of it does; whoever is not
(also with a token that opens nothing) counts on the address, of IPv6 on the network of 64 bits that one subscriber has.
"""

from __future__ import annotations

import ipaddress
import math
import time
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final, TypeVar

from flask import Flask, g, request

from app.access.guard import guard
from app.config import Settings
from app.errors import DomainError
from app.runtime import asked_at, runtime
from app.store import lookup_counts
from app.store.transaction import transaction

Found = TypeVar("Found")

MINUTE: Final = 60.0
MOST_KEYS: Final = 50_000
"""So many are told apart in a minute; more share one count, so that memory has a bound whoever comes."""
HIT, MISS = 1, 5
"""What a look-up counts that shows state and dates, and one that names no dossier: who guesses misses."""
FREE = frozenset({"web.static", "web.icon", "health.healthz", "health.readyz"})
"""Endpoints that cost nothing, and those by which machines watch: never counted."""


class Window:
    """How often each key came within the last minute, estimated from this minute and the one before.

    `most` a minute; 0 allows everything. `clock` answers seconds that only grow.
    """

    def __init__(self, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most, self._clock = most, clock
        self._number = 0.0
        self._now: dict[object, int] = {}
        self._before: dict[object, int] = {}

    def hit(self, key: object) -> int:
        """0 and counted, or in how many seconds there is room again."""
        if not self._most:
            return 0
        number, passed = divmod(self._clock(), MINUTE)
        if number != self._number:
            self._before = self._now if number == self._number + 1 else {}
            self._number, self._now = number, {}
        counts = self._now
        if key not in counts and len(counts) >= MOST_KEYS:
            key = None
        came, before = counts.get(key, 0), self._before.get(key, 0)
        if came + 1 + before * (1 - passed / MINUTE) <= self._most:
            counts[key] = came + 1  # two threads may count as one: no lock that all share for that
            return 0
        return self._wait(came, before, passed)

    def _wait(self, came: int, before: int, passed: float) -> int:
        if came < self._most:  # what came before has to fade
            left = MINUTE * (1 - (self._most - came - 1) / before) - passed
        else:
            left = MINUTE - passed + MINUTE * (1 - (self._most - 1) / came)
        return max(1, math.ceil(left))


def install(app: Flask, settings: Settings) -> None:
    """Admit requests from now on: the guard of routes, and what it lets through counted."""
    accounts, addresses = Window(settings.requests_per_account), Window(settings.requests_per_address)

    def admit() -> None:
        try:
            guard()
        except DomainError as error:
            if error.code == "unauthenticated":
                _turn(addresses.hit(network_of(request.remote_addr)))
            raise
        if request.endpoint not in FREE:
            caller = g.get("caller")
            _turn(accounts.hit(caller.account_id) if caller else addresses.hit(network_of(request.remote_addr)))

    app.before_request(admit)


def _turn(wait: int) -> None:
    if wait:
        raise too_many("Bạn đang gửi quá nhiều yêu cầu trong một phút.", wait)


def too_many(what: str, seconds: int) -> DomainError:
    """A refusal that says when to come again; its answer carries Retry-After."""
    when = f"{seconds} giây" if seconds < 120 else f"{math.ceil(seconds / 60)} phút"
    return DomainError("too_many_requests", f"{what} Hãy thử lại sau {when}.", extra={"retry_after": seconds})


@lru_cache(4096)
def network_of(address: str | None) -> str:
    """Whom an address stands for: itself, or the first 64 bits of IPv6; what is none stands for all such."""
    try:
        found = ipaddress.ip_address(address or "")
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv6Address):
        mapped = found.ipv4_mapped
        return str(mapped or ipaddress.ip_network((found, 64), strict=False))
    return str(found)


def looked_up(look: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What `look` finds for a stranger, counted unless she has shown the dossier's secret (then `applicant` is there).

    Errors: DomainError too_many_requests; those of `look`.
    """
    found = missed(look)
    if "applicant" not in found:
        _count(HIT)
    return found


def missed(look: Callable[[], Found]) -> Found:
    """As `look`; only what is not found is counted. Errors: DomainError too_many_requests; those of `look`."""
    try:
        return look()
    except DomainError as error:
        if error.code == "not_found":
            _count(MISS)
        raise


def _count(weight: int) -> None:
    most = runtime().settings.lookups_per_address
    if not most:
        return
    now = asked_at()
    hour = now.replace(minute=0, second=0, microsecond=0)
    with transaction() as connection:
        count = lookup_counts.count(connection, network_of(request.remote_addr), hour, weight)
    if count > most:
        left = 3600 - int((now - hour).total_seconds())
        raise too_many("Từ địa chỉ này đã tra cứu quá nhiều lần trong một giờ.", max(1, left))
