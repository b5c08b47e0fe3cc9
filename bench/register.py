"""Registering a dossier over HTTP beside a bare route that does the same SQL.

The database is copied before anything is registered. What real registrations sent is replayed on the copy in the same order,
so that its sequences give the same numbers, each registration in a transaction of its own.
"""

from __future__ import annotations

import json
import pickle
import statistics
from datetime import UTC, datetime
from typing import Any

from app.config import Settings
from app.demo.load import load
from app.factory import create_app
from app.store.database import db
from app.store.migrate import upgrade
from bench.dossiers import AGENCY, PROCEDURE, Recording, caller_of, token_for
from bench.load import Request, Taken, measure
from bench.serving import Progress, own_folder, postgres, serving, settings_for
from bench.watching import watched

PATH = "/api/v1/dossiers"


def run(quick: bool, progress: Progress) -> dict[str, Any]:
    """Requests per second one after another, the ratio, and statements a registration."""
    rounds, size = (1, 15) if quick else (5, 60)
    with own_folder() as folder, postgres(folder) as server:
        settings = settings_for(folder, server.urls())
        progress("nạp tỉnh trình diễn …")
        upgrade(str(settings.database_owner_url))
        with create_app(settings).app_context():
            load(settings, 0, if_empty=True, now=datetime.now(UTC))
            token = token_for(caller_of("desk_officer", datetime.now(UTC)).account_id, datetime.now(UTC))
            db.engine.dispose()
        copy = settings_for(folder, server.create_database("copy", template="motcua"))
        recordings = _record(settings, token, rounds * size + 10)
        place = folder / "bare.pickle"
        place.write_bytes(pickle.dumps(recordings))
        environment = {"BENCH_RECORDINGS": str(place), "BENCH_DATABASE": str(copy.database_url), "WEB_WORKERS": "1"}
        with serving(settings, "bench.side_by_side:create()", environment) as port:
            found = _measured(port, token, rounds, size, progress)
    ratios = [a.rate / b.rate for a, b in found]
    return {
        "statements": len(recordings[-1].statements),
        "rounds": rounds,
        "register_per_second": round(statistics.median(a.rate for a, _ in found), 1),
        "bare_per_second": round(statistics.median(b.rate for _, b in found), 1),
        "register_median_ms": round(statistics.median(a.median_ms for a, _ in found), 2),
        "bare_median_ms": round(statistics.median(b.median_ms for _, b in found), 2),
        "ratio": round(statistics.median(ratios), 3),
        "ratio_lowest": round(min(ratios), 3),
        "ratio_highest": round(max(ratios), 3),
    }


def registration(number: int, token: str) -> Request:
    """The request that registers the dossier of the applicant of that number."""
    applicant = {"name": f"Người nộp {number}", "id_number": f"{number:012d}", "phone": "0233000000"}
    body = {"procedure": PROCEDURE, "agency": AGENCY, "applicant": applicant, "channel": "counter"}
    return Request(PATH, token, json.dumps(body).encode(), 201)


def _record(settings: Settings, token: str, count: int) -> list[Recording]:
    """What real registrations send: those of the sign-in are left out, as the bare route has none."""
    app = create_app(settings)
    client, recordings = app.test_client(), []
    for number in range(count):
        request = registration(10**6 + number, token)
        with watched() as sent:
            answer = client.post(
                PATH, data=request.body, headers={"Authorization": f"Bearer {token}"}, content_type="application/json"
            )
        if answer.status_code != 201:
            raise RuntimeError(answer.get_data(as_text=True))
        statements = [one for one in sent if " tokens " not in f"{one[0]} "]
        recordings.append(Recording(statements, answer.get_data()))
    with app.app_context():
        db.engine.dispose()
    return recordings


def _measured(port: int, token: str, rounds: int, size: int, progress: Progress) -> list[tuple[Taken, Taken]]:
    real = iter([registration(number, token) for number in range(rounds * size + 10)])
    bare = iter([Request(f"/bare/{number}") for number in range(rounds * size + 10)])
    for requests in (real, bare):
        measure(port, [next(requests) for _ in range(10)], 1)
    found = []
    for number in range(rounds):
        taken = [measure(port, [next(requests) for _ in range(size)], 1) for requests in (real, bare)]
        found.append((taken[0], taken[1]))
        progress(f"lượt {number + 1}/{rounds}: {taken[0].rate:.0f}/s, {taken[1].rate:.0f}/s")
    return found
