"""Routers show no status of ours: one that is being changed is ACTIVE, as Neutron's is."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("UPDATE routers SET status = 'ACTIVE' WHERE status = 'ALLOCATING'")


def downgrade() -> None:
    pass
