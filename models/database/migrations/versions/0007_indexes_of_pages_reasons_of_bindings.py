"""Indexes in which pages of what is not one project's own begin; why a project is bound."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    page = ["type", "pod_id", "created_at", "top_id"]
    op.create_index("ix_routings_pod_page", "routings", page)
    op.create_index("ix_networks_shared", "networks", ["shared", "created_at", "id"])
    op.create_index("ix_networks_external", "networks", ["router_external", "created_at", "id"])
    op.add_column("bindings", sa.Column("reason", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("bindings", "reason")
    op.drop_index("ix_networks_external", "networks")
    op.drop_index("ix_networks_shared", "networks")
    op.drop_index("ix_routings_pod_page", "routings")
