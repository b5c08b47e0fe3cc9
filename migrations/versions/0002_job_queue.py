"""The job queue's own tables, as the pinned library ships them.

A later version of the library brings its changes as SQL of its own; the migration that raises the pin applies them.
"""

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    # The driver would read the percent signs of the functions' bodies as parameters.
    op.get_bind().exec_driver_sql(SchemaManager.get_schema().replace("%", "%%"))
    for table in ("jobs", "events", "workers", "periodic_defers"):
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON procrastinate_{table} TO motcua_app")
    op.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO motcua_app")
