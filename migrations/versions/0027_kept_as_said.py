"""What was said of a draft or at a version's check, and a decision's scan, is added and never changed."""

from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    op.execute("REVOKE UPDATE, DELETE ON version_comments, decision_files FROM motcua_app")
    op.execute("REVOKE UPDATE ON publication_reminders, draft_comments FROM motcua_app")
    op.execute("GRANT UPDATE (resolved_by, resolved_at) ON draft_comments TO motcua_app")
