"""Which message is the reply to a question, what else it may have meant, what was shown before."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("answers", sa.Column("near", sa.String(200)))
    op.add_column("answers", sa.Column("shown", sa.Text()))
    op.add_column("answers", sa.Column("message_id", sa.BigInteger()))


def downgrade() -> None:
    for column in ("message_id", "shown", "near"):
        op.drop_column("answers", column)
