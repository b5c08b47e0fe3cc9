"""A dossier's pages over HTTP with ten thousand dossiers and with a million, and the bare statements beside them; forwarding
and registering with as many.

The dossiers looked at are the demonstration's own, made by real actions and the same in both: one that waits for the official,
one of her agency that has gone furthest.
"""

from __future__ import annotations

from typing import Any

from bench.changes import changes
from bench.serving import Progress
from bench.sizes import POSITION, Questions, Site, compare

_WAITING = """
    SELECT d.code, t.id FROM tasks t JOIN dossiers d ON d.id = t.dossier_id JOIN positions p ON p.id = t.position_id
    WHERE t.state = 'open' AND p.code = %s AND d.id <= %s ORDER BY d.history_seq DESC, t.id LIMIT 1
"""
_FURTHEST = """
    SELECT d.code, d.history_seq FROM dossiers d
    WHERE d.id <= %s AND EXISTS (
        SELECT FROM tasks t JOIN positions p ON p.id = t.position_id WHERE t.dossier_id = d.id AND p.code = %s)
    ORDER BY d.history_seq DESC, d.id LIMIT 1
"""


def run(quick: bool, progress: Progress) -> dict[str, Any]:
    """Overview, task, timeline, clock and the API's dossier, beside them what they read; forward and registration.
    See `bench.sizes.compare`."""
    reads = ("SELECT", "WITH")
    return compare(Questions(_choose, lambda query: query.lstrip().startswith(reads), changes), quick, progress)


def _choose(site: Site) -> None:
    made = site.prepared.dossiers
    waiting, task = site.driver.execute(_WAITING, (POSITION, made)).fetchone() or ("", 0)
    furthest, events = site.driver.execute(_FURTHEST, (made, POSITION)).fetchone() or ("", 0)
    site.totals |= {"events": events, "task": task}
    pages = {
        "page, waiting": f"/ho-so/{waiting}?viec={task}",
        "page, furthest": f"/ho-so/{furthest}",
        "page, timeline": f"/ho-so/{furthest}/dien-bien",
        "page, clock": f"/ho-so/{furthest}/dong-ho",
        "page, whose time": f"/ho-so/{furthest}/thoi-gian",
        "page, files": f"/ho-so/{waiting}/tep",
    }
    site.in_pages |= pages.keys()
    site.paths |= pages
    site.paths["dossier"] = f"/api/v1/dossiers/{waiting}"
    site.paths["task"] = f"/api/v1/tasks/{task}"
    site.paths["timeline"] = f"/api/v1/dossiers/{furthest}/timeline"
