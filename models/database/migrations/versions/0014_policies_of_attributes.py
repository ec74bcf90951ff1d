"""What is shared or external by its attribute is so by a policy too, and the other way round."""

from datetime import UTC, datetime
from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

# table, type of object, attribute, action
_STAND_FOR = (
    ("networks", "network", "shared", "access_as_shared"),
    ("networks", "network", "router_external", "access_as_external"),
    ("subnetpools", "subnetpool", "shared", "access_as_shared"),
    ("address_scopes", "address_scope", "shared", "access_as_shared"),
)
_POLICIES = sa.table(
    "rbac_policies",
    sa.column("id", sa.String),
    sa.column("project_id", sa.String),
    sa.column("object_type", sa.String),
    sa.column("object_id", sa.String),
    sa.column("action", sa.String),
    sa.column("target_tenant", sa.String),
    sa.column("created_at", sa.DateTime),
    sa.column("updated_at", sa.DateTime),
    sa.column("revision_number", sa.Integer),
)


def upgrade() -> None:
    database = op.get_bind()
    moment = datetime.now(UTC).replace(tzinfo=None)
    for table, type_, attribute, action in _STAND_FOR:
        objects, given = _objects(table, attribute), _given(action)
        said = sa.update(objects).where(objects.c.id.in_(given))
        database.execute(said.values({attribute: sa.true()}))
        lacking = sa.select(objects.c.id, objects.c.project_id).where(
            objects.c[attribute].is_(True), objects.c.id.not_in(given)
        )
        for id_, project_id in database.execute(lacking).all():
            row = {
                "id": str(uuid4()),
                "project_id": project_id,
                "object_type": type_,
                "object_id": id_,
                "action": action,
                "target_tenant": "*",
                "created_at": moment,
                "updated_at": moment,
                "revision_number": 1,
            }
            database.execute(sa.insert(_POLICIES).values(**row))


def downgrade() -> None:
    database = op.get_bind()
    for table, _, attribute, action in _STAND_FOR:
        objects = _objects(table, attribute)
        said = sa.select(objects.c.id).where(objects.c[attribute].is_(True))
        database.execute(
            sa.delete(_POLICIES).where(
                _POLICIES.c.object_id.in_(said),
                _POLICIES.c.action == action,
                _POLICIES.c.target_tenant == "*",
            )
        )


def _objects(table: str, attribute: str) -> sa.TableClause:
    return sa.table(
        table,
        sa.column("id", sa.String),
        sa.column("project_id", sa.String),
        sa.column(attribute, sa.Boolean),
    )


def _given(action: str) -> sa.Select[tuple[str]]:
    return sa.select(_POLICIES.c.object_id).where(
        _POLICIES.c.action == action, _POLICIES.c.target_tenant == "*"
    )
