"""What lists search in of a dossier stands in an index by the dossier's number: nobody reads its contents to look at a name."""

from alembic import op

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        # One that was broken off is there, and is none.
        for name in ("ix_dossier_contents_words", "ix_dossier_contents_long_words"):
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
        op.execute(
            "CREATE INDEX CONCURRENTLY ix_dossier_contents_words ON dossier_contents (dossier_id) INCLUDE (search)"
            " WHERE octet_length(search) <= 1500"
        )
        op.execute(
            "CREATE INDEX CONCURRENTLY ix_dossier_contents_long_words ON dossier_contents (dossier_id)"
            " WHERE octet_length(search) > 1500"
        )
