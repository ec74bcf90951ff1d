"""Routers without the attributes of agents that OVN has none of."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_column("routers", "distributed")
    op.drop_column("routers", "ha")


def downgrade() -> None:
    op.add_column("routers", sa.Column("distributed", sa.Boolean(), nullable=True))
    op.add_column("routers", sa.Column("ha", sa.Boolean(), nullable=True))
