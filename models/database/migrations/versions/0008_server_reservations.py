"""Which servers were made by one request."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "server_reservations",
        sa.Column("server_id", sa.String(36), primary_key=True),
        sa.Column("reservation_id", sa.String(36), nullable=False),
        sa.Column("launch_index", sa.Integer(), nullable=False),
    )
    op.create_index("ix_server_reservations", "server_reservations", ["reservation_id"])


def downgrade() -> None:
    op.drop_table("server_reservations")
