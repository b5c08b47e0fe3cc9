"""How migrations run: on the connection that `app.store.migrate.upgrade` hands over, each in its own transaction."""

from alembic import context

from app.store.tables import METADATA

JOB_QUEUE = "procrastinate_"


def include_name(name, type_, parent_names):
    """The job queue's tables belong to its library; comparing models with the schema leaves them out."""
    return not (type_ == "table" and name is not None and name.startswith(JOB_QUEUE))


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    include_name=include_name,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
