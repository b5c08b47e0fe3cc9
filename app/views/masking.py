"""Personal numbers as lists show them: enough to tell two people apart, not enough to use (Decree 13/2023/NĐ-CP Art. 26).

Whole numbers stand on the dossier's own page, where every look is noted, and in what is made to be used whole: the list of
calls, address labels, the book of dossiers as the law prints it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.messages.phone import masked


def masked_number(number: str | None) -> str | None:
    """An identity number: `045••••••678`; a short one not at all."""
    if not number:
        return number
    return f"{number[:3]}{'•' * max(4, len(number) - 6)}{number[-3:]}" if len(number) > 7 else "••••"


def masked_phone(number: str | None) -> str | None:
    """A telephone number: `09••••678`."""
    return masked("phone", number) if number else number


def masked_person(person: Mapping[str, Any]) -> dict[str, Any]:
    """The same with `id_number`, `phone` and `email` masked, as far as they are there."""
    return {name: _WAYS[name](value) if name in _WAYS and value else value for name, value in person.items()}


def _masked_mailbox(address: str | None) -> str | None:
    return masked("email", address) if address else address


_WAYS: Mapping[str, Callable[[str | None], str | None]] = {
    "id_number": masked_number,
    "phone": masked_phone,
    "email": _masked_mailbox,
}
