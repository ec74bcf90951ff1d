"""What of Neutron's API is served: the core's attributes, and the extensions with theirs.

The one description that ``/extensions``, the page and the tests read.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from models.resources.network import NETWORK


@dataclass(frozen=True, slots=True)
class Extension:
    """One extension: its names as Neutron spells them, when that last changed it, what it brings.

    ``attributes`` are those it adds, in words, by collection; ``paths`` where its own are.
    """

    alias: str
    name: str
    updated: str
    brings: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    paths: tuple[str, ...] = ()


_TAGGED = [kind.collection for kind in NETWORK if "tags" in kind.by_name]
# What Neutron calls standard: of no address scope, and of no policy of who may see what.
_STANDARD = [
    kind.collection
    for kind in NETWORK
    if kind.collection not in ("address_scopes", "rbac_policies")
]


def _all(words: str) -> dict[str, str]:
    return dict.fromkeys(_STANDARD, words)


CORE: Mapping[str, str] = {
    "networks": "admin_state_up id name project_id shared status subnets",
    "subnets": "allocation_pools cidr dns_nameservers enable_dhcp gateway_ip host_routes id "
    "ip_version ipv6_address_mode ipv6_ra_mode name network_id prefixlen project_id "
    "subnetpool_id",
    "ports": "admin_state_up device_id device_owner fixed_ips id mac_address name network_id "
    "project_id status",
    "subnetpools": "default_prefixlen default_quota id ip_version is_default max_prefixlen "
    "min_prefixlen name prefixes project_id shared",
}
SERVED = (
    Extension(
        "address-group", "Address group", "2020-07-15T10:00:00-00:00", "named lists of addresses",
        {"address_groups": "addresses description id name project_id"},
        paths=("/address-groups",),
    ),
    Extension(
        "address-scope", "Address scope", "2015-07-26T10:00:00-00:00",
        "scopes of unique addresses",
        {
            "networks": "ipv4_address_scope ipv6_address_scope",
            "subnetpools": "address_scope_id",
            "address_scopes": "id ip_version name project_id shared",
        },
        paths=("/address-scopes",),
    ),
    Extension(
        "agent", "agent", "2013-02-03T10:00:00-00:00", "the agents of all pods",
        paths=("/agents",),
    ),
    Extension(
        "allowed-address-pairs", "Allowed Address Pairs", "2013-07-23T10:00:00-00:00",
        "more addresses on a port", {"ports": "allowed_address_pairs"},
    ),
    Extension(
        "auto-allocated-topology", "Auto Allocated Topology Services",
        "2016-01-01T00:00:00-00:00", "a network, a subnet and a router for the asking",
        {"networks": "is_default"}, paths=("/auto-allocated-topology/{project_id}",),
    ),
    Extension(
        "availability_zone", "Availability Zone", "2015-01-01T10:00:00-00:00",
        "the list of availability zones", paths=("/availability_zones",),
    ),
    Extension(
        "binding", "Port Binding", "2014-02-03T10:00:00-00:00", "how a port is bound to its host",
        {
            "ports": "binding:host_id binding:profile "
            "binding:vif_details binding:vif_type binding:vnic_type",
        },
    ),
    Extension(
        "default-subnetpools", "Default Subnetpools", "2016-02-18T18:00:00-00:00",
        "the pool that is used by default", {"subnets": "use_default_subnetpool"},
    ),
    Extension(
        "dhcp_agent_scheduler", "DHCP Agent Scheduler", "2013-02-07T10:00:00-00:00",
        "networks for DHCP agents of pods", paths=("/agents/{id}/dhcp-networks",),
    ),
    Extension(
        "empty-string-filtering", "Empty String Filtering Extension", "2018-05-01T10:00:00-00:00",
        "filters that match an empty value",
    ),
    Extension(
        "ext-gw-mode", "Neutron L3 Configurable external gateway mode",
        "2013-03-28T10:00:00-00:00", "enable_snat of a router's gateway",
        {"routers": "external_gateway_info"},
    ),
    Extension(
        "external-net", "Neutron external network", "2013-01-14T10:00:00-00:00",
        "networks that lead outside", {"networks": "router:external"},
    ),
    Extension(
        "extra_dhcp_opt", "Neutron Extra DHCP options", "2013-03-17T12:00:00-00:00",
        "DHCP options of a port", {"ports": "extra_dhcp_opts"},
    ),
    Extension(
        "extraroute", "Neutron Extra Route", "2013-02-01T10:00:00-00:00", "a router's own routes",
        {"routers": "routes"},
    ),
    Extension(
        "extraroute-atomic", "Atomically add/remove extra routes", "2019-07-10T00:00:00+00:00",
        "add_extraroutes and remove_extraroutes",
    ),
    Extension(
        "filter-validation", "Filter parameters validation", "2018-07-04T10:00:00-00:00",
        "a refusal of filters that do not exist",
    ),
    Extension(
        "fip-port-details", "Floating IP Port Details Extension", "2018-04-09T10:00:00-00:00",
        "port_details of a floating IP", {"floatingips": "port_details"},
    ),
    Extension(
        "floatingip-pools", "Floating IP Pools Extension", "2018-03-21T10:00:00-00:00",
        "the subnets that floating IPs come from", paths=("/floatingip_pools",),
    ),
    Extension(
        "ip-substring-filtering", "IP address substring filtering", "2017-11-28T09:00:00-00:00",
        "ports by a part of their address",
    ),
    Extension(
        "ip_allocation", "IP Allocation", "2016-06-10T23:00:00-00:00",
        "when the addresses of a port are chosen", {"ports": "ip_allocation"},
    ),
    Extension(
        "l2_adjacency", "L2 Adjacency", "2016-04-12T16:00:00-00:00",
        "l2_adjacency of a network, which is always true", {"networks": "l2_adjacency"},
    ),
    Extension(
        "l3-ha", "HA Router extension", "2014-04-26T00:00:00-00:00",
        "ha of a router, which is always true", {"routers": "distributed ha"},
    ),
    Extension(
        "net-mtu", "Network MTU", "2015-03-25T10:00:00-00:00", "mtu of a network",
        {"networks": "mtu"},
    ),
    Extension(
        "net-mtu-writable", "Network MTU (writable)", "2017-07-12T00:00:00-00:00",
        "an mtu that can be set", {"networks": "mtu"},
    ),
    Extension(
        "network-ip-availability", "Network IP Availability", "2015-09-24T00:00:00-00:00",
        "how many addresses are used", paths=("/network-ip-availabilities",),
    ),
    Extension(
        "network_availability_zone", "Network Availability Zone", "2015-01-01T10:00:00-00:00",
        "availability zone hints of a network",
        {"networks": "availability_zone_hints availability_zones"},
    ),
    Extension(
        "pagination", "Pagination support", "2016-06-12T00:00:00-00:00", "limit and marker",
    ),
    Extension(
        "port-mac-address-regenerate", "Neutron Port MAC address regenerate",
        "2018-05-03T10:00:00-00:00", "a new MAC for a port, where null is given",
        {"ports": "mac_address"},
    ),
    Extension(
        "port-security", "Port Security", "2012-07-23T10:00:00-00:00", "port_security_enabled",
        {"networks": "port_security_enabled", "ports": "port_security_enabled"},
    ),
    Extension(
        "port-security-groups-filtering", "Port filtering on security groups",
        "2018-01-09T09:00:00-00:00", "ports by their security groups",
    ),
    Extension(
        "project-id", "project_id field enabled", "2016-09-09T09:09:09-09:09",
        "project_id beside tenant_id",
    ),
    Extension(
        "provider", "Provider Network", "2012-09-07T10:00:00-00:00",
        "the physical network behind a network",
        {
            "networks": "provider:network_type provider:physical_network provider:segmentation_id",
        },
    ),
    Extension(
        "quota-check-limit", "Quota engine limit check", "2021-09-08T16:00:00-00:00",
        "limits that are set only if usage allows it",
    ),
    Extension(
        "quota-check-limit-default", "Quota engine limit check by default",
        "2024-08-21T16:00:00-00:00", "that check unless it is forced",
    ),
    Extension(
        "quota_details", "Quota details management support", "2017-02-10T10:00:00-00:00",
        "what is used of the limits", paths=("/quotas/{project_id}/details.json",),
    ),
    Extension(
        "quotas", "Quota management support", "2012-07-29T10:00:00-00:00", "limits of projects",
        paths=("/quotas",),
    ),
    Extension(
        "rbac-address-group", "Add address_group type to RBAC", "2021-01-20T00:00:00-00:00",
        "address groups for single projects",
    ),
    Extension(
        "rbac-address-scope", "Add address_scope type to RBAC", "2020-02-12T00:00:00-00:00",
        "address scopes for single projects",
    ),
    Extension(
        "rbac-policies", "RBAC Policies", "2015-06-17T12:15:12-00:00",
        "networks for single projects",
        {"rbac_policies": "action id object_id object_type project_id target_tenant"},
        paths=("/rbac-policies",),
    ),
    Extension(
        "rbac-security-groups", "Add security_group type to network RBAC",
        "2019-02-14T00:00:00-00:00", "security groups for single projects",
    ),
    Extension(
        "rbac-subnetpool", "Add subnetpool type to RBAC", "2020-02-05T00:00:00-00:00",
        "subnet pools for single projects",
    ),
    Extension(
        "revision-if-match", "If-Match constraints based on revision_number",
        "2016-12-11T00:00:00-00:00", "changes of no other revision than a client has seen",
    ),
    Extension(
        "router", "Neutron L3 Router", "2012-07-20T10:00:00-00:00", "routers and floating IPs",
        {
            "routers": "admin_state_up external_gateway_info id name project_id status",
            "floatingips": "fixed_ip_address floating_ip_address floating_network_id id "
            "port_id project_id router_id status subnet_id",
        },
        paths=("/routers", "/floatingips"),
    ),
    Extension(
        "router_availability_zone", "Router Availability Zone", "2015-01-01T10:00:00-00:00",
        "availability zone hints of a router",
        {"routers": "availability_zone_hints availability_zones"},
    ),
    Extension(
        "security-group", "security-group", "2012-10-05T10:00:00-00:00", "security groups",
        {
            "ports": "security_groups",
            "security_groups": "id name project_id security_group_rules",
            "security_group_rules": "direction ethertype id port_range_max port_range_min "
            "project_id protocol remote_group_id remote_ip_prefix security_group_id",
        },
        paths=("/security-groups", "/security-group-rules"),
    ),
    Extension(
        "security-groups-normalized-cidr", "Normalized CIDR field for security group rules",
        "2020-07-28T10:00:00-00:00", "normalized_cidr of a rule",
        {"security_group_rules": "normalized_cidr"},
    ),
    Extension(
        "security-groups-remote-address-group",
        "Remote address group id field for security group rules", "2020-08-25T10:00:00-00:00",
        "rules about the addresses of a group",
        {"security_group_rules": "remote_address_group_id"},
    ),
    Extension(
        "security-groups-rules-belongs-to-default-sg",
        "Security group rule belongs to the project's default security group",
        "2023-05-23T10:00:00-00:00", "belongs_to_default_sg of a rule",
        {"security_group_rules": "belongs_to_default_sg"},
    ),
    Extension(
        "security-groups-shared-filtering", "Security group filtering on the shared field",
        "2021-10-05T09:00:00-00:00", "security groups by whether they are shared",
        {"security_groups": "shared"},
    ),
    Extension(
        "service-type", "Neutron Service Type Management", "2013-01-20T00:00:00-00:00",
        "the drivers of routers that pods have", paths=("/service-providers",),
    ),
    Extension(
        "sort-key-validation", "Sort keys validation", "2018-07-04T10:00:00-00:00",
        "a refusal of sort keys that do not exist",
    ),
    Extension("sorting", "Sorting support", "2016-06-12T00:00:00-00:00", "sort_key and sort_dir"),
    Extension(
        "standard-attr-description", "standard-attr-description", "2016-02-10T10:00:00-00:00",
        "description of most objects", _all("description"),
    ),
    Extension(
        "standard-attr-revisions", "Resource revision numbers", "2016-04-11T10:00:00-00:00",
        "revision_number", _all("revision_number"),
    ),
    Extension(
        "standard-attr-tag",
        f"Tag support for resources with standard attribute: {', '.join(_TAGGED)}",
        "2017-01-01T00:00:00-00:00", "tags of objects", dict.fromkeys(_TAGGED, "tags"),
    ),
    Extension(
        "standard-attr-timestamp", "Resource timestamps", "2016-09-12T10:00:00-00:00",
        "created_at and updated_at", _all("created_at updated_at"),
    ),
    Extension(
        "stateful-security-group", "Stateful security group", "2019-11-26T09:00:00-00:00",
        "stateful of a security group", {"security_groups": "stateful"},
    ),
    Extension(
        "subnet-external-network", "Subnet belongs to an external network",
        "2024-02-05T18:00:00-00:00", "router:external of a subnet",
        {"subnets": "router:external"},
    ),
    Extension(
        "subnet-service-types", "Subnet service types", "2016-03-15T18:00:00-00:00",
        "subnets for one kind of port only", {"subnets": "service_types"},
    ),
    Extension(
        "subnet_allocation", "Subnet Allocation", "2015-03-30T10:00:00-00:00",
        "subnets out of pools",
    ),
    Extension(
        "subnetpool-prefix-ops", "Subnet Pool Prefix Operations", "2019-02-08T10:00:00-00:00",
        "single prefixes of a pool",
    ),
    Extension(
        "tag-creation", "Tag creation extension", "2024-23-07T10:00:00-00:00",
        "several tags in one request",
    ),
)  # fmt: skip
