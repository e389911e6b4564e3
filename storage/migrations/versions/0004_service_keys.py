"""The service's own keys are stored, wrapped; what was the sealed mark waits to be exchanged for them."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    with op.batch_alter_table("keys") as batch_op:
        batch_op.alter_column("check_sealed", new_column_name="key_wrapped")


def downgrade() -> None:
    with op.batch_alter_table("keys") as batch_op:
        batch_op.alter_column("key_wrapped", new_column_name="check_sealed")
