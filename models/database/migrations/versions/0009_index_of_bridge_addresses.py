"""Addresses on bridges are found by what they are for."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_bridge_addresses_purpose", "bridge_addresses", ["purpose"])


def downgrade() -> None:
    op.drop_index("ix_bridge_addresses_purpose", "bridge_addresses")
