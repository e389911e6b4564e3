"""How long a fault lasted that was told of; indexes for what ends, and for what hangs on it."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("incidents", sa.Column("seconds", sa.Integer(), server_default="0", nullable=False))
    op.create_index("ix_tickets_assignee_id", "tickets", ["assignee_id"])
    op.create_index("ix_attempts_at", "attempts", ["at"])
    op.create_index("ix_answers_ticket_id", "answers", ["ticket_id"])
    op.create_index("ix_tickets_link_id", "tickets", ["link_id"])
    op.create_index("ix_tickets_closed_at", "tickets", ["closed_at"])
    kept = sa.text("question_sealed IS NOT NULL")
    op.create_index("ix_answers_worded", "answers", ["at"], sqlite_where=kept, postgresql_where=kept)


def downgrade() -> None:
    op.drop_index("ix_answers_worded", "answers")
    op.drop_index("ix_tickets_closed_at", "tickets")
    op.drop_index("ix_tickets_link_id", "tickets")
    op.drop_index("ix_answers_ticket_id", "answers")
    op.drop_index("ix_attempts_at", "attempts")
    op.drop_index("ix_tickets_assignee_id", "tickets")
    op.drop_column("incidents", "seconds")
