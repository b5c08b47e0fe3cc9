"""Scans that come with a registration: added in its transaction, each as the paper that it is (HT-8.1c, HT-7.3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.actions.attach import Attach
from app.actions.reuse_paper import reuse_papers
from app.actions.work import Work
from app.errors import DomainError


def filed(work: Work, components: Sequence[Mapping[str, Any]], files: Sequence[Attach]) -> list[dict[str, Any]]:
    """The components as they are written down: an electronic one names the first of its files, the others are found by theirs.

    Errors: DomainError invalid, too_large: by `files.<code>` for a file that the procedure does not take.
    """
    first: dict[str, int] = {}
    for one in files:
        try:
            attachment = one.add(work)
        except DomainError as error:
            raise of_component(error, one.component) from error
        first.setdefault(one.component or "", attachment)
    named = [_named(part, first) for part in components]
    return reuse_papers(work, named)


def of_component(error: DomainError, component: str | None) -> DomainError:
    """What is wrong with a file, told at the paper that it should be."""
    return DomainError(error.code, error.detail, errors={f"files.{component or ''}": [error.detail]}, extra=error.extra)


def _named(part: Mapping[str, Any], first: Mapping[str, int]) -> dict[str, Any]:
    wanted = part["kind"] == "electronic" and part.get("attachment") is None and part["code"] in first
    return {**part, "attachment": first[part["code"]]} if wanted else dict(part)
