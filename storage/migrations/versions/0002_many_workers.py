"""Many workers: who works, who has claimed which chat; faults that the leads were told of."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

RowId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "workers",
        sa.Column("id", RowId, nullable=False),
        sa.Column("beat", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workers")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "claims",
        sa.Column("queue", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("chat_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("worker_id", RowId, nullable=False),
        sa.ForeignKeyConstraint(
            ["worker_id"], ["workers.id"], name=op.f("fk_claims_worker_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("queue", "chat_id", name=op.f("pk_claims")),
    )
    op.create_index("ix_claims_worker_id", "claims", ["worker_id"])
    op.create_table(
        "incidents",
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_incidents")),
    )
    waiting, postponed = sa.text("done_at IS NULL"), sa.text("not_before IS NOT NULL")
    op.create_index("ix_inbox_chat_id", "inbox", ["chat_id"], sqlite_where=waiting, postgresql_where=waiting)
    op.create_index(
        "ix_inbox_postponed", "inbox", ["not_before"], sqlite_where=postponed, postgresql_where=postponed
    )
    with op.batch_alter_table("outbox", table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        batch_op.alter_column("not_before", existing_type=sa.DateTime(timezone=True), nullable=True)
    op.create_index(
        "ix_outbox_delayed", "outbox", ["not_before"], sqlite_where=postponed, postgresql_where=postponed
    )


def downgrade() -> None:
    op.drop_index("ix_outbox_delayed", "outbox")
    op.execute("UPDATE outbox SET not_before = created_at WHERE not_before IS NULL")
    with op.batch_alter_table("outbox", table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        batch_op.alter_column("not_before", existing_type=sa.DateTime(timezone=True), nullable=False)
    op.drop_index("ix_inbox_postponed", "inbox")
    op.drop_index("ix_inbox_chat_id", "inbox")
    op.drop_table("incidents")
    op.drop_table("claims")
    op.drop_table("workers")
