"""A real PostgreSQL inside the data folder, for an installation that has configured none.

`EmbeddedPostgres(folder)` makes, starts, recovers and stops the cluster of one folder; `attach(folder)` answers the URLs of
one that somebody else has started; `open_database(settings)` picks whichever fits. It guards against mistakes, not against an
attacker who already runs code as the same user: the passwords lie beside the data.
"""

from __future__ import annotations

from app.embedded.errors import AlreadyRunningError, EmbeddedError
from app.embedded.reach import attach, open_database
from app.embedded.server import EmbeddedPostgres
from app.embedded.urls import Urls

__all__ = ["AlreadyRunningError", "EmbeddedError", "EmbeddedPostgres", "Urls", "attach", "open_database"]
