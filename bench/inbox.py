"""The inbox over HTTP with ten thousand dossiers and with a million, and the bare statements beside it."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from bench.serving import Progress
from bench.sizes import Questions, Site, compare

PROCEDURE = "1.001806"
TASKS, PAGES = "/api/v1/tasks", "/viec"
LISTS: dict[str, dict[str, str]] = {
    "mine and position": {},
    "mine": {"inbox": "mine"},
    "position": {"inbox": "position"},
    "unit": {"inbox": "unit"},
    "agency": {"inbox": "agency"},
    "unit, newest": {"inbox": "unit", "sort": "-entered_at"},
    "position, overdue": {"inbox": "position", "due": "overdue"},
    "unit, one procedure": {"inbox": "unit", "procedure": PROCEDURE},
    "position, a word": {"inbox": "position", "q": "nguyen"},
    "unit, two words": {"inbox": "unit", "q": "tran minh"},
    "agency, words of nobody": {"inbox": "agency", "q": "khong co ai"},
}
PAGED = ("position", "unit", "agency")
HTML: dict[str, dict[str, str]] = {
    "page, mine": {"hop": "mine"},
    "page, unit": {"hop": "unit"},
    "page, unit, a word": {"hop": "unit", "q": "nguyen"},
}


def run(quick: bool, progress: Progress) -> dict[str, Any]:
    """Every list and page of the inbox; beside them the statements about tasks. See `bench.sizes.compare`."""
    return compare(Questions(_choose, lambda query: "FROM tasks" in query), quick, progress)


def _choose(site: Site) -> None:
    for name, arguments in LISTS.items():
        site.paths[name] = f"{TASKS}?{urlencode(arguments)}"
        answer = json.loads(site.api.get(site.paths[name]))
        site.totals[name] = answer["total"]
        if name in PAGED and answer["next"]:
            site.paths[f"{name}, second page"] = f"{TASKS}?{urlencode(arguments | {'cursor': answer['next']})}"
    site.paths["counts"] = f"{TASKS}/counts"
    site.paths |= {name: f"{PAGES}?{urlencode(arguments)}" for name, arguments in HTML.items()}
    site.in_pages |= HTML.keys()
