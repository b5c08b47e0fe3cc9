"""Who may give which rights, and whose accounts are only the centre's to keep (QT-27.5, HT-16.1).

The centre's administrators (`account.manage`) give every permission. An administrator of an agency (`account.manage_own`)
gives, there, what reaches no further than the agency and what she has herself; administrators she neither makes nor keeps.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from app.rules.permissions import PERMISSIONS, Scope

EVERYWHERE: Final = "account.manage"
OWN: Final = "account.manage_own"
ADMINISTRATORS: Final = (EVERYWHERE, OWN)
HELPERS: Final = ("dossier.register", "task.assign")
"""Who may report a colleague's account as stolen: the desk and the heads of her agency (HT-22.1)."""
ADMINISTRATION: Final = (
    *ADMINISTRATORS,
    "audit.view",
    "calendar.manage",
    "diagram.deploy",
    "dossier.import",
    "incident.manage",
    "message.manage",
    "outage.announce",
    "procedure.manage",
    "slip.manage",
)
"""What is done for others than oneself: who may do any of it can be asked for a second factor."""


def givable(own: Collection[str]) -> frozenset[str]:
    """The permissions that somebody with these may give and take."""
    if EVERYWHERE in own:
        return frozenset(PERMISSIONS)
    if OWN not in own:
        return frozenset()
    return frozenset(name for name in own if not _of_the_centre(name))


def kept_by_centre(permissions: Collection[str]) -> bool:
    """Whether an account with these permissions is the centre's to keep: it reaches beyond its agency, or administers one."""
    return any(_of_the_centre(name) for name in permissions)


def _of_the_centre(name: str) -> bool:
    known = PERMISSIONS.get(name)
    return name in ADMINISTRATORS or known is None or known.scope is Scope.EVERYWHERE
