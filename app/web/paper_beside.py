"""The document viewer beside the form of a step: which files can be shown, and the first page of the first of them.

Without a script each file leads to its own viewer in another tab; with one, files, pages and sizes change in place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.papers.opening import OPENED
from app.store.attachments import PAPER
from app.web.rendering import instant


@dataclass(frozen=True, slots=True)
class Paper:
    """A file whose pages can be shown as pictures; `address` is where its viewer and its pages stand."""

    id: int
    title: str
    pages: int
    """0 while nobody has counted them."""
    address: str


@dataclass(frozen=True, slots=True)
class Beside:
    papers: tuple[Paper, ...]
    others: int
    """Files that only can be downloaded."""


def beside(code: str, files: Sequence[Mapping[str, Any]]) -> Beside | None:
    """The dossier's files that can be looked at, what the applicant handed in first; None when there is none."""
    shown = [one for one in files if _drawn(one)]
    shown.sort(key=lambda one: one["kind"] != PAPER)
    papers = tuple(_paper(code, one) for one in shown)
    return Beside(papers, len(files) - len(papers)) if papers else None


def _drawn(one: Mapping[str, Any]) -> bool:
    """Whether its pages can be shown; a file that nobody has looked at yet may turn out to be broken."""
    return one["media_type"] in OPENED and one["readable"] is not False and one["scan"] not in ("waiting", "infected")


def _paper(code: str, one: Mapping[str, Any]) -> Paper:
    name, pages = str(one["name"]), int(one["pages"] or 0)
    known = f"{pages} trang, " if pages else ""
    title = f"{name if len(name) <= 80 else name[:80] + '…'} ({known}{instant(one['added_at'])})"
    return Paper(int(one["id"]), title, pages, f"/ho-so/{code}/tep/{one['id']}")
