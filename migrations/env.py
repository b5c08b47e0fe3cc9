"""How migrations run: on the connection that `app.store.migrate.upgrade` hands over, each in its own transaction."""

from alembic import context
from sqlalchemy import text

from app.store.tables import METADATA

JOB_QUEUE = "procrastinate_"
PARTITIONS = text("SELECT relname FROM pg_class WHERE relispartition AND relkind = 'r'")


def include_name(name, type_, parent_names):
    """The job queue's tables belong to its library, partitions to their table; comparing models with the schema leaves both
    out."""
    if type_ != "table" or name is None:
        return True
    connection = context.config.attributes["connection"]
    return not name.startswith(JOB_QUEUE) and name not in set(connection.execute(PARTITIONS).scalars())


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    include_name=include_name,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
