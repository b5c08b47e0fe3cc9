"""Absences of officials and who takes their work meanwhile.

`absences` is what people entered and is never changed but by ending; `substitutions` is what follows from it, chains of
absences resolved, from which everybody who holds a position on some day can be read by a plain join: `held_positions`.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

HELD_POSITIONS = """
    CREATE VIEW held_positions AS
    SELECT account_id, position_id, valid_from, valid_to, NULL::bigint AS absent_id
      FROM account_positions
    UNION ALL
    SELECT s.substitute_id, h.position_id, greatest(h.valid_from, s.from_day), least(h.valid_to, s.to_day), s.account_id
      FROM substitutions s
      JOIN account_positions h ON h.account_id = s.account_id
"""


def upgrade() -> None:
    op.create_table(
        "absences",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("substitute_id", sa.BigInteger(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("to_day", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("from_day <= to_day", name="days"),
        sa.CheckConstraint("account_id <> substitute_id", name="substitute"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=("fk_absences_account_id")),
        sa.ForeignKeyConstraint(["substitute_id"], ["accounts.id"], name=("fk_absences_substitute_id")),
        sa.ForeignKeyConstraint(["made_by"], ["accounts.id"], name=("fk_absences_made_by")),
        sa.ForeignKeyConstraint(["ended_by"], ["accounts.id"], name=("fk_absences_ended_by")),
        sa.PrimaryKeyConstraint("id", name=("pk_absences")),
    )
    op.create_index("ix_absences_account_id_to_day", "absences", ["account_id", "to_day"], unique=False)
    op.create_index("ix_absences_substitute_id_to_day", "absences", ["substitute_id", "to_day"], unique=False)
    op.create_table(
        "substitutions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("substitute_id", sa.BigInteger(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("to_day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=("fk_substitutions_account_id")),
        sa.ForeignKeyConstraint(["substitute_id"], ["accounts.id"], name=("fk_substitutions_substitute_id")),
        sa.PrimaryKeyConstraint("id", name=("pk_substitutions")),
    )
    op.create_index("ix_substitutions_account_id_to_day", "substitutions", ["account_id", "to_day"], unique=False)
    op.create_index("ix_substitutions_substitute_id_to_day", "substitutions", ["substitute_id", "to_day"], unique=False)
    op.execute(HELD_POSITIONS)
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON absences, substitutions TO motcua_app")
    op.execute("GRANT SELECT ON held_positions TO motcua_app")
    op.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO motcua_app")
