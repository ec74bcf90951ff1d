"""The compute API under /compute."""

from activities.wiring import Services
from api import versions
from api.auth import Tokens
from api.compute import (
    aggregates,
    availability_zone,
    flavors,
    floating_ips,
    gone,
    hosts,
    hypervisors,
    images,
    instance_usage_audit_log,
    keypairs,
    limits,
    migrations,
    networks,
    quota_sets,
    security_groups,
    server_external_events,
    server_groups,
    servers,
    services,
    simple_tenant_usage,
    snapshots,
    volumes,
    volumes_boot,
)
from api.compute.proxy import PROXY
from api.compute.servers import action, interface, ips, volume_attachments
from api.compute.servers import security_groups as server_security_groups
from api.http import Routes
from api.microversions import COMPUTE as VERSIONS
from api.policy import Policy
from api.service import ServiceApp
from models.resources.compute import COMPUTE

PREFIX = "/compute"
_MODULES = (
    flavors,
    keypairs,
    aggregates,
    availability_zone,
    hypervisors,
    instance_usage_audit_log,
    limits,
    migrations,
    quota_sets,
    server_external_events,
    server_groups,
    services,
    simple_tenant_usage,
    servers,
    action,
    server_security_groups,
    interface,
    volume_attachments,
    ips,
    images,
    volumes,
    snapshots,
    networks,
    floating_ips,
    security_groups,
    hosts,
    volumes_boot,
    gone,
)


def declared() -> Routes:
    """Return every route after the version."""
    routes = Routes()
    for module in _MODULES:
        routes.include(module.routes)
    routes.include(PROXY.routes(COMPUTE))
    return routes


def create(open_services: Services, tokens: Tokens, policy: Policy) -> ServiceApp:
    """Return the API on the open services."""
    open_services.versions.start()
    open_services.creations.start()
    return ServiceApp(
        "compute",
        # Nova serves the same under its first version's name.
        "v2.1|v2",
        open_services,
        tokens,
        policy,
        routes=VERSIONS.guard(declared()),
        public=versions.compute(),
        finish=VERSIONS.finish,
    )
