"""With which keys of the server the person who looks may sign: what forms offer beside a slip."""

from __future__ import annotations

from app.access.request import current_caller
from app.actions.signing_keys import key_ring, keys_for
from app.errors import DomainError
from app.runtime import runtime


def own_keys() -> tuple[str, ...]:
    """Their names; none while the file of keys cannot be used, which signing itself then says."""
    try:
        ring = key_ring(runtime().settings)
    except DomainError:
        return ()
    return tuple(key.name for key in keys_for(current_caller(), ring))
