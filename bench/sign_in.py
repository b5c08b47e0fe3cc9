"""Signing in over HTTP beside a bare route that does nothing but check the password's hash."""

from __future__ import annotations

import json
import statistics
from datetime import UTC, datetime
from typing import Any

from argon2 import PasswordHasher
from flask import Flask, Response
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from app.access.passwords import hash_password, verify_password
from app.demo.load import load
from app.factory import create_app
from app.store.migrate import upgrade
from bench.load import Request, Taken, measure
from bench.serving import Progress, own_folder, postgres, serving, settings_for

CONCURRENCY = (1, 8)


def run(quick: bool, progress: Progress) -> dict[str, Any]:
    """Sign-ins per second at each concurrency and their ratio to bare checks of a password."""
    rounds, size = (1, 16) if quick else (5, 48)
    with own_folder() as folder, postgres(folder) as server:
        settings = settings_for(folder, server.urls())
        progress("nạp tỉnh trình diễn …")
        upgrade(str(settings.database_owner_url))
        with create_app(settings).app_context():
            load(settings, 0, if_empty=True, now=datetime.now(UTC))
        people = json.loads(settings.accounts_file.read_text(encoding="utf-8"))
        with serving(settings, "bench.sign_in:create()", {}) as port:
            return {"rounds": rounds, "concurrency": _measured(port, people, rounds, size, progress)}


def create() -> Flask:
    """The real application, with the bare check of a password at `/bare`."""
    app, bare, kept = create_app(), Flask("bare"), hash_password("mật khẩu dài để đo")
    PasswordHasher()  # whatever the library does at first

    @bare.post("/check")
    def check() -> Response:
        return Response(str(verify_password(kept, "mật khẩu dài để đo")))

    app.wsgi_app = DispatcherMiddleware(app.wsgi_app, {"/bare": bare})  # type: ignore[method-assign]
    return app


def _measured(
    port: int, people: list[dict[str, Any]], rounds: int, size: int, progress: Progress
) -> dict[str, dict[str, float]]:
    requests = [
        Request(
            "/api/v1/tokens",
            None,
            json.dumps({"username": one["username"], "password": one["password"]}).encode(),
            201,
        )
        for one in people
    ]
    real = [requests[number % len(requests)] for number in range(size)]
    bare = [Request("/bare/check")] * size
    found: dict[int, list[tuple[Taken, Taken]]] = {n: [] for n in CONCURRENCY}
    for number in range(rounds + 1):
        for concurrency in CONCURRENCY:
            pair = measure(port, real, concurrency), measure(port, bare, concurrency)
            if number:
                found[concurrency].append(pair)
                progress(f"lượt {number}/{rounds}, {concurrency} luồng: {pair[0].rate:.0f}/s, {pair[1].rate:.0f}/s")
    return {str(n): _summary(found[n]) for n in CONCURRENCY}


def _summary(pairs: list[tuple[Taken, Taken]]) -> dict[str, float]:
    return {
        "sign_ins_per_second": round(statistics.median(a.rate for a, _ in pairs), 1),
        "checks_per_second": round(statistics.median(b.rate for _, b in pairs), 1),
        "ratio": round(statistics.median(a.rate / b.rate for a, b in pairs), 3),
    }
