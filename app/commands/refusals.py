"""What the application refuses, as the lines that a command prints."""

from __future__ import annotations

from app.errors import DomainError


def refusal_lines(error: DomainError) -> str:
    """Why, and what is wrong where, each in a line of its own."""
    told = [f"{place}: {text}" for place, texts in (error.errors or {}).items() for text in texts]
    return "\n".join([error.detail or error.kind.title, *told])
