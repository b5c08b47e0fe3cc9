"""The control sheet (phiếu kiểm soát quá trình giải quyết hồ sơ): from receipt on, every hand-over and whether it was in time.

It is read from the dossier's own steps, so it goes with the dossier by itself and is whole when the desk files it (ST-13.2).
"""

from __future__ import annotations

from typing import Any

from app.access.caller import Caller
from app.actions.hand_overs import hand_overs
from app.store.transaction import reading
from app.views.visibility import visible_dossier


def control_sheet(caller: Caller, code: str) -> list[dict[str, Any]]:
    """The hand-overs in order, as `hand_overs` has them; none before acceptance. Errors: DomainError not_found."""
    with reading() as connection:
        dossier = visible_dossier(connection, code, caller)
        return hand_overs(connection, dossier.id)
