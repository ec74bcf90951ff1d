"""A pod may delete an object after it was asked to, without having answered."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("routings", sa.Column("late_until", sa.DateTime(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("routings") as batch:
        batch.drop_column("late_until")
