"""RBAC policies: what is shared with single projects."""

from sqlalchemy import UniqueConstraint

from models.database.record import Field, attribute
from models.database.tables.network.owned import Owned
from models.network.collections.kinds import PROJECT, RBAC_TYPE, TEXT, UUID
from models.resource import REQUIRED, Kind


class RbacPolicy(
    Owned,
    table="rbac_policies",
    parts=(UniqueConstraint("object_id", "action", "target_tenant"),),
):
    """An RBAC policy."""

    object_type: Field[str] = attribute(RBAC_TYPE, default=REQUIRED, put=False)
    object_id: Field[str] = attribute(UUID, default=REQUIRED, put=False, index=True)
    action: Field[str] = attribute(TEXT, default=REQUIRED, put=False)
    target_tenant: Field[str] = attribute(PROJECT, default=REQUIRED, index=True)


RBAC_POLICIES = Kind(
    RbacPolicy,
    "rbac_policy",
    "rbac_policies",
    "/rbac-policies",
    "RbacPolicyNotFound",
    noun="RBAC policy",
)
