"""What a pod is asked to make carries the creation's id, and may come late."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("creations") as batch:
        batch.add_column(
            sa.Column("marked", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch.add_column(sa.Column("until", sa.DateTime()))
        batch.add_column(sa.Column("made_id", sa.String(36)))


def downgrade() -> None:
    with op.batch_alter_table("creations") as batch:
        batch.drop_column("made_id")
        batch.drop_column("until")
        batch.drop_column("marked")
