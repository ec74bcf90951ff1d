"""/v2.0/extensions: what works here, by Neutron's own names; clients choose by them."""

from typing import Any

from api.http import Answer, Call, Routes
from models.errors import NotFound
from models.resources.network import NETWORK

_TAGGED = ", ".join(k.collection for k in NETWORK if "tags" in k.by_name)
_DESCRIBED = "Description support for resources with standard attribute"

# alias: (name, when Neutron last changed it, what it brings)
_EXTENSIONS = {
    "address-group": ("Address group", "2020-07-15T10:00:00-00:00", "named lists of addresses"),
    "address-scope": ("Address scope", "2015-07-26T10:00:00-00:00", "scopes of unique addresses"),
    "agent": ("agent", "2013-02-03T10:00:00-00:00", "the agents of all pods"),
    "auto-allocated-topology": (
        "Auto Allocated Topology Services", "2016-01-01T00:00:00-00:00",
        "a network, a subnet and a router for the asking",
    ),
    "default-subnetpools": (
        "Default Subnetpools", "2016-02-18T18:00:00-00:00", "the pool that is used by default",
    ),
    "network-ip-availability": (
        "Network IP Availability", "2015-09-24T00:00:00-00:00", "how many addresses are used",
    ),
    "quota-check-limit": (
        "Quota engine limit check", "2021-09-08T16:00:00-00:00",
        "limits that are set only if usage allows it",
    ),
    "quota-check-limit-default": (
        "Quota engine limit check by default", "2024-08-21T16:00:00-00:00",
        "that check unless it is forced",
    ),
    "quotas": ("Quota management support", "2012-07-29T10:00:00-00:00", "limits of projects"),
    "quota_details": (
        "Quota details management support", "2017-02-10T10:00:00-00:00",
        "what is used of the limits",
    ),
    "rbac-address-group": (
        "Add address_group type to RBAC", "2021-01-20T00:00:00-00:00",
        "address groups for single projects",
    ),
    "rbac-address-scope": (
        "Add address_scope type to RBAC", "2020-02-12T00:00:00-00:00",
        "address scopes for single projects",
    ),
    "rbac-policies": (
        "RBAC Policies", "2015-06-17T12:15:12-00:00", "networks for single projects",
    ),
    "rbac-security-groups": (
        "Add security_group type to network RBAC", "2019-02-14T00:00:00-00:00",
        "security groups for single projects",
    ),
    "rbac-subnetpool": (
        "Add subnetpool type to RBAC", "2020-02-05T00:00:00-00:00",
        "subnet pools for single projects",
    ),
    "subnet_allocation": (
        "Subnet Allocation", "2015-03-30T10:00:00-00:00", "subnets out of pools",
    ),
    "subnetpool-prefix-ops": (
        "Subnet Pool Prefix Operations", "2019-02-08T10:00:00-00:00",
        "single prefixes of a pool",
    ),
    "allowed-address-pairs": (
        "Allowed Address Pairs", "2013-07-23T10:00:00-00:00", "more addresses on a port",
    ),
    "availability_zone": (
        "Availability Zone", "2015-01-01T10:00:00-00:00", "the list of availability zones",
    ),
    "binding": ("Port Binding", "2014-02-03T10:00:00-00:00", "how a port is bound to its host"),
    "dhcp_agent_scheduler": (
        "DHCP Agent Scheduler", "2013-02-07T10:00:00-00:00", "networks for DHCP agents of pods",
    ),
    "empty-string-filtering": (
        "Empty String Filtering Extension", "2018-05-01T10:00:00-00:00",
        "filters that match an empty value",
    ),
    "ext-gw-mode": (
        "Neutron L3 Configurable external gateway mode", "2013-03-28T10:00:00-00:00",
        "enable_snat of a router's gateway",
    ),
    "external-net": (
        "Neutron external network", "2013-01-14T10:00:00-00:00", "networks that lead outside",
    ),
    "extra_dhcp_opt": (
        "Neutron Extra DHCP options", "2013-03-17T12:00:00-00:00", "DHCP options of a port",
    ),
    "extraroute": ("Neutron Extra Route", "2013-02-01T10:00:00-00:00", "a router's own routes"),
    "extraroute-atomic": (
        "Atomically add/remove extra routes", "2019-07-10T00:00:00+00:00",
        "add_extraroutes and remove_extraroutes",
    ),
    "filter-validation": (
        "Filter parameters validation", "2018-07-04T10:00:00-00:00",
        "a refusal of filters that do not exist",
    ),
    "fip-port-details": (
        "Floating IP Port Details Extension", "2018-04-09T10:00:00-00:00",
        "port_details of a floating IP",
    ),
    "ip-substring-filtering": (
        "IP address substring filtering", "2017-11-28T09:00:00-00:00",
        "ports by a part of their address",
    ),
    "net-mtu": ("Network MTU", "2015-03-25T10:00:00-00:00", "mtu of a network"),
    "net-mtu-writable": (
        "Network MTU (writable)", "2017-07-12T00:00:00-00:00", "an mtu that can be set",
    ),
    "network_availability_zone": (
        "Network Availability Zone", "2015-01-01T10:00:00-00:00",
        "availability zone hints of a network",
    ),
    "pagination": ("Pagination support", "2016-06-12T00:00:00-00:00", "limit and marker"),
    "port-mac-address-regenerate": (
        "Neutron Port MAC address regenerate", "2018-05-03T10:00:00-00:00",
        "a new MAC for a port, where null is given",
    ),
    "port-security": ("Port Security", "2012-07-23T10:00:00-00:00", "port_security_enabled"),
    "port-security-groups-filtering": (
        "Port filtering on security groups", "2018-01-09T09:00:00-00:00",
        "ports by their security groups",
    ),
    "project-id": (
        "project_id field enabled", "2016-09-09T09:09:09-09:09", "project_id beside tenant_id",
    ),
    "provider": (
        "Provider Network", "2012-09-07T10:00:00-00:00", "the physical network behind a network",
    ),
    "router": ("Neutron L3 Router", "2012-07-20T10:00:00-00:00", "routers and floating IPs"),
    "router_availability_zone": (
        "Router Availability Zone", "2015-01-01T10:00:00-00:00",
        "availability zone hints of a router",
    ),
    "security-group": ("security-group", "2012-10-05T10:00:00-00:00", "security groups"),
    "security-groups-normalized-cidr": (
        "Normalized CIDR field for security group rules", "2020-07-28T10:00:00-00:00",
        "normalized_cidr of a rule",
    ),
    "security-groups-remote-address-group": (
        "Remote address group id field for security group rules", "2020-08-25T10:00:00-00:00",
        "rules about the addresses of a group",
    ),
    "security-groups-rules-belongs-to-default-sg": (
        "Security group rule belongs to the project's default security group",
        "2023-05-23T10:00:00-00:00", "belongs_to_default_sg of a rule",
    ),
    "security-groups-shared-filtering": (
        "Security group filtering on the shared field", "2021-10-05T09:00:00-00:00",
        "security groups by whether they are shared",
    ),
    "sort-key-validation": (
        "Sort keys validation", "2018-07-04T10:00:00-00:00",
        "a refusal of sort keys that do not exist",
    ),
    "sorting": ("Sorting support", "2016-06-12T00:00:00-00:00", "sort_key and sort_dir"),
    "standard-attr-description": (
        "standard-attr-description", "2016-02-10T10:00:00-00:00", _DESCRIBED,
    ),
    "standard-attr-revisions": (
        "Resource revision numbers", "2016-04-11T10:00:00-00:00", "revision_number",
    ),
    "standard-attr-tag": (
        f"Tag support for resources with standard attribute: {_TAGGED}",
        "2017-01-01T00:00:00-00:00", "tags of objects",
    ),
    "standard-attr-timestamp": (
        "Resource timestamps", "2016-09-12T10:00:00-00:00", "created_at and updated_at",
    ),
    "stateful-security-group": (
        "Stateful security group", "2019-11-26T09:00:00-00:00", "stateful of a security group",
    ),
    "subnet-external-network": (
        "Subnet belongs to an external network", "2024-02-05T18:00:00-00:00",
        "router:external of a subnet",
    ),
    "subnet-service-types": (
        "Subnet service types", "2016-03-15T18:00:00-00:00", "subnets for one kind of port only",
    ),
    "tag-creation": (
        "Tag creation extension", "2024-23-07T10:00:00-00:00", "several tags in one request",
    ),
}  # fmt: skip
# What pods do by themselves, and may lack.
_PODS = {"dhcp_agent_scheduler"}

routes = Routes()


@routes.route("GET", "/extensions")
async def extensions(call: Call) -> Answer:
    """List what works."""
    known = [alias for alias in _EXTENSIONS if await _works(call, alias)]
    return Answer(200, {"extensions": [_shown(alias) for alias in known]})


@routes.route("GET", "/extensions/{alias}")
async def extension(call: Call) -> Answer:
    """Show one; 404 for what is not here, which is how clients ask."""
    alias = call.args["alias"]
    if alias not in _EXTENSIONS or not await _works(call, alias):
        raise NotFound(f"Extension with alias {alias} does not exist", "HTTPNotFound")
    return Answer(200, {"extension": _shown(alias)})


async def _works(call: Call, alias: str) -> bool:
    """Tell whether the extension works; of some only the pods know."""
    return alias not in _PODS or await call.services.network.extensions.everywhere(alias)


def _shown(alias: str) -> dict[str, Any]:
    name, updated, brings = _EXTENSIONS[alias]
    return {
        "alias": alias,
        "name": name,
        "description": f"Provides {brings}.",
        "updated": updated,
        "links": [],
    }
