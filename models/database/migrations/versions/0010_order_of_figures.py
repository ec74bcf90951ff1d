"""In which order a pod's figures were heard, and things were made in it."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_NAMES = ("answers", "growths", "seen")


def upgrade() -> None:
    with op.batch_alter_table("quota_figures") as table:
        for name in _NAMES:
            table.add_column(sa.Column(name, sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    with op.batch_alter_table("quota_figures") as table:
        for name in _NAMES:
            table.drop_column(name)
