"""Which contents of the file store a row names: the one list of every column that does.

Whatever no column of NAMING names is swept after a grace, so a new column that names stored content must stand here; a test
fails for a column called sha256 that stands in neither list.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, Text, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY

NAMING = (("attachments", "sha256"), ("decision_files", "sha256"), ("disclosures", "sha256"))
"""Table and column of everything that lies in the file store and must stay there."""
ELSEWHERE = (
    ("files", "sha256"),  # what is known of a content does not keep it
    ("dossier_imports", "sha256"),  # the hash of a file that lies in the row
    ("procedure_versions", "sha256"),  # the hash of a closed set
    ("slip_templates", "sha256"),  # their bytes are in the row
    ("version_files", "sha256"),  # likewise
)
"""Hashes that name no content of the file store, and why."""

_NAMED = text(
    " UNION ".join(f"SELECT {column} FROM {table} WHERE {column} = ANY(:asked)" for table, column in NAMING)  # noqa: S608
).bindparams(bindparam("asked", type_=ARRAY(Text())))


def named_among(connection: Connection, sha256s: Collection[str]) -> set[str]:
    """Those of the contents that some row names."""
    return set(connection.execute(_NAMED, {"asked": list(sha256s)}).scalars())


BACKUP_HOLD = 7_215_330_039
"""The advisory lock of a backup in the making: while it is held no content is removed. The number only has to stay."""
EVERY_NAMED = " UNION ".join(f"SELECT {column} FROM {table} WHERE {column} IS NOT NULL" for table, column in NAMING)  # noqa: S608
"""The query of every content that some row names, each once."""


def may_remove(connection: Connection) -> bool:
    """Whether no backup is being made; none begins then until the transaction ends."""
    query = text("SELECT pg_try_advisory_xact_lock_shared(:hold)")
    free: bool = connection.execute(query, {"hold": BACKUP_HOLD}).scalar_one()
    return free
