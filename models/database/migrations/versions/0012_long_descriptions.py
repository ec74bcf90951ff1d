"""Descriptions of address groups may be as long as Neutron's."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("address_groups") as table:
        table.alter_column("description", type_=sa.String(1024), existing_type=sa.String(255))


def downgrade() -> None:
    with op.batch_alter_table("address_groups") as table:
        table.alter_column("description", type_=sa.String(255), existing_type=sa.String(1024))
