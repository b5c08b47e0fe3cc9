"""The real application with ten thousand dossiers and with a million, asked the same of both in turn.

Both databases stand in the same server, each with an application of its own, so that whatever else the machine does meets both
alike. The official who asks has the same tasks in both, and the dossiers of the demonstration stand in both.
"""

from __future__ import annotations

import json
import pickle
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import psycopg

from app.config import Settings
from app.demo.load import load
from app.factory import create_app
from app.store import accounts
from app.store.database import APPLICATION_OPTIONS, db
from app.store.migrate import upgrade
from app.store.transaction import reading
from app.wording import LOCAL
from bench.browser import Browser
from bench.bulk import Official, Province, fill
from bench.changes import Changes
from bench.dossiers import token_for
from bench.patterns import read_patterns
from bench.serving import Progress, own_folder, postgres, serving, settings_for
from bench.telling import STATEMENTS
from bench.town import add_communes, read_seats
from bench.watching import Sent

POSITION, AGENCY = "specialist_social", "SYT"
"""Of the official who asks."""


Way = Callable[["Site", str], float]


@dataclass(frozen=True, slots=True)
class Prepared:
    """The demonstration in the database `motcua`, from which those of the sizes are copied."""

    province: Province
    token: str
    username: str
    password: str
    dossiers: int
    """The demonstration's own have ids up to this."""


@dataclass
class Site:
    """One database with its application: what is asked of it, by name, and what each request sent to the database.

    `totals` are the answers' totals by name; those of `in_pages` are asked with a page's session, others with a token.
    """

    api: Browser
    pages: Browser
    driver: psycopg.Connection[Any]
    prepared: Prepared
    paths: dict[str, str] = field(default_factory=dict)
    in_pages: set[str] = field(default_factory=set)
    totals: dict[str, int] = field(default_factory=dict)
    sent: dict[str, list[Sent]] = field(default_factory=dict)
    changes: Changes = field(default_factory=dict)

    def browser(self, name: str) -> Browser:
        return self.pages if name in self.in_pages else self.api


@dataclass(frozen=True, slots=True)
class Questions:
    """What a benchmark asks: `choose` fills in a site's paths, `bare` says which statements stand for it beside, `changes`
    prepares what changes something so many times."""

    choose: Callable[[Site], None]
    bare: Callable[[str], bool]
    changes: Callable[[int, Settings, int, Progress], Changes] | None = None


def compare(questions: Questions, quick: bool, progress: Progress) -> dict[str, Any]:
    """Milliseconds of each request with few and with many dossiers, their ratio, and the same of its bare statements."""
    few, many = (2_000, 10_000) if quick else (10_000, 1_000_000)
    rounds, repeats = (3, 2) if quick else (15, 4)
    with own_folder() as folder, postgres(folder, durable=False) as server, ExitStack() as stack:
        settings = settings_for(folder, server.urls())
        progress("nạp tỉnh trình diễn …")
        prepared = prepare_province(settings, 24 if quick else 150, few * 9 // 100)
        built, sites = {}, []
        for size in (few, many):
            settings = settings_for(folder, server.create_database(f"size_{size}", template="motcua"))
            built[str(size)] = _build(settings, prepared.province, size, progress)
        for size in (few, many):
            settings = settings_for(folder, server.urls(f"size_{size}"))
            times = (rounds + 1) * repeats
            sites.append(stack.enter_context(_site(settings, prepared, questions, times, progress)))
        _agree(sites)
        return {"built": built, "rounds": rounds, **_measured(sites, rounds, repeats, progress)}


def prepare_province(settings: Settings, dossiers: int, tasks: int) -> Prepared:
    """The demonstration with so many dossiers, a hundred agencies, and an official who is to have so many tasks."""
    upgrade(str(settings.database_owner_url))
    now = datetime.now(UTC)
    with create_app(settings).app_context():
        load(settings, dossiers, if_empty=False, now=now)
        with reading() as connection:
            official = accounts.first_holder(connection, POSITION, AGENCY, now.astimezone(LOCAL).date())
        assert official is not None
        token = token_for(official.id, now)
        db.engine.dispose()
    entries = json.loads(settings.accounts_file.read_text(encoding="utf-8"))
    (password,) = [entry["password"] for entry in entries if entry["username"] == official.username]
    (position,) = official.positions
    with psycopg.connect(str(settings.database_owner_url)) as owner:
        add_communes(owner)
        measured = Official(official.id, position.id, official.agency_id, tasks)
        province = Province(measured, read_seats(owner), *read_patterns(owner))
        (made,) = owner.execute("SELECT coalesce(max(id), 0) FROM dossiers").fetchone() or (0,)
    return Prepared(province, token, official.username, password, made)


def _build(settings: Settings, province: Province, size: int, progress: Progress) -> dict[str, float]:
    """Fill the database of `settings`; answers seconds, and the size of the database in megabytes."""
    started = time.monotonic()
    with psycopg.connect(str(settings.database_owner_url), autocommit=True) as owner:
        fill(owner, province, size, progress)
        row = owner.execute("SELECT pg_database_size(current_database()), (SELECT count(*) FROM tasks)").fetchone()
    assert row is not None
    seconds = time.monotonic() - started
    progress(f"{size} hồ sơ: {seconds:.0f} giây, {row[0] / 1e6:.0f} MB")
    return {"seconds": round(seconds, 1), "megabytes": round(row[0] / 1e6), "tasks": row[1]}


@contextmanager
def _site(
    settings: Settings, prepared: Prepared, questions: Questions, times: int, progress: Progress
) -> Iterator[Site]:
    """The application of one worker, and everything that will be asked of it asked once."""
    options = {"options": APPLICATION_OPTIONS, "autocommit": True}
    with (
        serving(settings, "bench.telling:create()", {"WEB_WORKERS": "1"}) as port,
        psycopg.connect(str(settings.database_url), **options) as driver,  # type: ignore[arg-type]
    ):
        site = Site(Browser(port, prepared.token), Browser(port), driver, prepared)
        site.pages.sign_in(prepared.username, prepared.password)
        questions.choose(site)
        _watch(site, questions.bare)
        if questions.changes:
            site.changes |= questions.changes(port, settings, times, progress)
        yield site
        site.api.close()
        site.pages.close()


def _watch(site: Site, bare: Callable[[str], bool]) -> None:
    """Note the statements of each: those of the second time, when what is kept between requests is there."""
    for name, path in site.paths.items():
        for _ in range(2):
            sent: list[Sent] = pickle.loads(site.browser(name).get(STATEMENTS + path))  # noqa: S301 - our own
        site.sent[name] = [(query, values) for query, values in sent if bare(query)]


def _agree(sites: list[Site]) -> None:
    """The comparison is one of sizes only while everything asked is the same."""
    few, many = sites
    if few.totals != many.totals or few.paths.keys() != many.paths.keys():
        raise RuntimeError(f"the sizes differ: {few.totals} and {many.totals}")


def _measured(sites: list[Site], rounds: int, repeats: int, progress: Progress) -> dict[str, Any]:
    pages, changes = list(sites[0].paths), list(sites[0].changes)
    reading: dict[str, Way] = {
        "request": lambda site, name: site.browser(name).timed(site.paths[name]),
        "statements": lambda site, name: _replayed(site, site.sent[name]),
        "page_statement": lambda site, name: _replayed(site, site.sent[name][:1]),
    }
    changing: dict[str, Way] = {"request": lambda site, name: site.changes[name]()}
    asked = [(name, way, reading[way]) for name in pages for way in reading]
    asked += [(name, way, changing[way]) for name in changes for way in changing]
    found: dict[str, dict[str, tuple[list[float], list[float]]]] = {name: {} for name in (*pages, *changes)}
    for number in range(rounds + 1):
        for name, way, measure in asked:
            taken: tuple[list[float], list[float]] = ([], [])
            for _ in range(repeats):
                for place in (0, 1) if number % 2 else (1, 0):
                    taken[place].append(measure(sites[place], name))
            if number:  # the first round warms caches and prepares statements
                for place in (0, 1):
                    found[name].setdefault(way, ([], []))[place].append(statistics.median(taken[place]))
        progress(f"lượt {number}/{rounds}")
    requests = {name: _summary(found[name]) | {"total": sites[0].totals.get(name)} for name in found}
    worst = max(requests, key=lambda name: requests[name]["request"]["ratio"])
    return {"requests": requests, "worst": worst, "worst_ratio": requests[worst]["request"]["ratio"]}


def _replayed(site: Site, sent: list[Sent]) -> float:
    """Seconds of these statements through the driver alone."""
    started = time.perf_counter()
    for query, values in sent:
        site.driver.execute(query, values).fetchall()
    return time.perf_counter() - started


def _summary(found: dict[str, tuple[list[float], list[float]]]) -> dict[str, Any]:
    summary: dict[str, Any] = {}
    for way, (few, many) in found.items():
        ratios = [b / a for a, b in zip(few, many, strict=True)]
        summary[way] = {
            "few_ms": round(1000 * statistics.median(few), 2),
            "many_ms": round(1000 * statistics.median(many), 2),
            "ratio": round(statistics.median(ratios), 3),
            "ratio_lowest": round(min(ratios), 3),
            "ratio_highest": round(max(ratios), 3),
        }
    return summary
