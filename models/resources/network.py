"""The network API's resources, with Neutron's own defaults (API reference v2.0, ML2/OVN)."""

from models.resource import REQUIRED, Home, Kind, Resource
from models.resource import Attribute as A

_NAME = A("name", "name", "", copied=True)
_DESCRIPTION = A("description", "description", "")
_UP = A("admin_state_up", "bool", True, copied=True)
_TAGS = A("tags", "tags", [], post=False, put=False)


def _fixed(name: str, kind: str = "text", default: object = None, *, stored: bool = True) -> A:
    """Return an attribute that the gateway alone sets."""
    return A(name, kind, default, post=False, put=False, stored=stored)


NETWORKS = Kind(
    "network",
    "networks",
    "/networks",
    "NetworkNotFound",
    (
        _NAME,
        _DESCRIPTION,
        _UP,
        A("shared", "bool", False, admin=False),
        A("router:external", "bool", False),
        A("availability_zone_hints", "text_list", [], put=False),
        A("mtu", "mtu", None),
        A("port_security_enabled", "bool", True, copied=True),
        A("is_default", "bool", False),
        A("provider:network_type", "text_or_none", None, put=False, admin=True),
        A("provider:physical_network", "text_or_none", None, put=False, admin=True),
        A("provider:segmentation_id", "int_or_none", None, put=False, admin=True),
        _fixed("status", default="ACTIVE"),
        _fixed("subnets", "uuid_list", stored=False),
        _fixed("availability_zones", "text_list", stored=False),
        _fixed("ipv4_address_scope", stored=False),
        _fixed("ipv6_address_scope", stored=False),
        _fixed("l2_adjacency", "bool", True, stored=False),
        _fixed("qos_policy_id", stored=False),
        _TAGS,
    ),
)

SUBNETS = Kind(
    "subnet",
    "subnets",
    "/subnets",
    "SubnetNotFound",
    (
        _NAME,
        _DESCRIPTION,
        A("network_id", "uuid", REQUIRED, put=False),
        A("ip_version", "ip_version", REQUIRED, put=False),
        A("cidr", "cidr", None, put=False),
        A("gateway_ip", "ip_or_none", None),
        A("enable_dhcp", "bool", True, copied=True),
        A("allocation_pools", "pools", None),
        A("dns_nameservers", "ip_list", [], copied=True),
        A("host_routes", "routes", [], copied=True),
        A("ipv6_ra_mode", "ipv6_mode", None, put=False, copied=True),
        A("ipv6_address_mode", "ipv6_mode", None, put=False, copied=True),
        A("service_types", "text_list", []),
        A("subnetpool_id", "uuid_or_none", None, put=False),
        A("use_default_subnetpool", "bool", False, put=False, stored=False),
        A("prefixlen", "int_or_none", None, put=False, stored=False),
        _fixed("segment_id", stored=False),
        _TAGS,
    ),
)

PORTS = Kind(
    "port",
    "ports",
    "/ports",
    "PortNotFound",
    (
        _NAME,
        _DESCRIPTION,
        _UP,
        A("network_id", "uuid", REQUIRED, put=False),
        A("mac_address", "mac", None),
        A("fixed_ips", "fixed_ips", None),
        A("device_id", "text", ""),
        A("device_owner", "text", ""),
        A("security_groups", "uuid_list", None),
        A("allowed_address_pairs", "pairs", [], copied=True),
        A("extra_dhcp_opts", "dhcp_opts", [], copied=True),
        A("port_security_enabled", "bool", True, copied=True),
        A("binding:vnic_type", "vnic", "normal", copied=True),
        A("binding:host_id", "text", "", admin=True),
        A("binding:profile", "dict", {}, admin=True),
        _fixed("binding:vif_type", default="unbound", stored=False),
        _fixed("binding:vif_details", "dict", {}, stored=False),
        _fixed("status", default="DOWN"),
        _fixed("qos_policy_id", stored=False),
        _fixed("qos_network_policy_id", stored=False),
        _fixed("resource_request", stored=False),
        _TAGS,
    ),
)

ROUTERS = Kind(
    "router",
    "routers",
    "/routers",
    "RouterNotFound",
    (
        _NAME,
        _DESCRIPTION,
        _UP,
        A("external_gateway_info", "gateway_info", None),
        A("availability_zone_hints", "text_list", [], put=False),
        A("routes", "routes", [], post=False),
        A("ha", "bool", True, post=False, put=False, admin=True, stored=False),
        _fixed("external_gateways", "list", [], stored=False),
        _fixed("enable_default_route_bfd", "bool", False, stored=False),
        _fixed("enable_default_route_ecmp", "bool", False, stored=False),
        _fixed("flavor_id", stored=False),
        _fixed("availability_zones", "text_list", stored=False),
        _fixed("status", default="ACTIVE"),
        _TAGS,
    ),
)

FLOATINGIPS = Kind(
    "floatingip",
    "floatingips",
    "/floatingips",
    "FloatingIPNotFound",
    (
        _DESCRIPTION,
        A("floating_network_id", "uuid", REQUIRED, put=False),
        A("floating_ip_address", "ip_or_none", None, put=False),
        A("subnet_id", "uuid_or_none", None, put=False, stored=False),
        A("port_id", "uuid_or_none", None),
        A("fixed_ip_address", "ip_or_none", None),
        _fixed("router_id"),
        _fixed("status", default="DOWN"),
        _fixed("port_details", "dict", stored=False),
        _fixed("dns_domain", default="", stored=False),
        _fixed("dns_name", default="", stored=False),
        _fixed("port_forwardings", "list", [], stored=False),
        _fixed("qos_policy_id", stored=False),
        _TAGS,
    ),
    noun="Floating IP",
)

SECURITY_GROUPS = Kind(
    "security_group",
    "security_groups",
    "/security-groups",
    "SecurityGroupNotFound",
    (
        _NAME,
        _DESCRIPTION,
        A("stateful", "bool", True, copied=True),
        _fixed("shared", "bool", False, stored=False),
        _fixed("security_group_rules", "list", stored=False),
        _TAGS,
    ),
    noun="Security group",
)

SECURITY_GROUP_RULES = Kind(
    "security_group_rule",
    "security_group_rules",
    "/security-group-rules",
    "SecurityGroupRuleNotFound",
    (
        A("description", "description", "", put=False),
        A("security_group_id", "uuid", REQUIRED, put=False),
        A("direction", "direction", REQUIRED, put=False, copied=True),
        A("ethertype", "ethertype", "IPv4", put=False, copied=True),
        A("protocol", "protocol", None, put=False, copied=True),
        A("port_range_min", "int_or_none", None, put=False, copied=True),
        A("port_range_max", "int_or_none", None, put=False, copied=True),
        A("remote_ip_prefix", "cidr_or_none", None, put=False, copied=True),
        A("remote_group_id", "uuid_or_none", None, put=False),
        A("remote_address_group_id", "uuid_or_none", None, put=False),
        _fixed("normalized_cidr", stored=False),
        _fixed("belongs_to_default_sg", "bool", stored=False),
    ),
    noun="Security group rule",
)

SUBNETPOOLS = Kind(
    "subnetpool",
    "subnetpools",
    "/subnetpools",
    "SubnetPoolNotFound",
    (
        A("name", "name", REQUIRED),
        _DESCRIPTION,
        A("prefixes", "prefixes", REQUIRED),
        A("default_quota", "quota_or_none", None),
        A("min_prefixlen", "prefixlen", None),
        A("max_prefixlen", "prefixlen", None),
        A("default_prefixlen", "prefixlen", None),
        A("address_scope_id", "uuid_or_none", None),
        A("is_default", "bool", False),
        A("shared", "bool", False, put=False),
        _fixed("ip_version", "ip_version"),
        _TAGS,
    ),
    noun="Subnet pool",
)

ADDRESS_SCOPES = Kind(
    "address_scope",
    "address_scopes",
    "/address-scopes",
    "AddressScopeNotFound",
    (
        A("name", "name", ""),
        A("ip_version", "ip_version", REQUIRED, put=False),
        A("shared", "bool", False),
    ),
    noun="Address scope",
)

ADDRESS_GROUPS = Kind(
    "address_group",
    "address_groups",
    "/address-groups",
    "AddressGroupNotFound",
    (
        A("name", "name", ""),
        _DESCRIPTION,
        A("addresses", "prefixes", [], put=False),
    ),
    noun="Address group",
)

RBAC_POLICIES = Kind(
    "rbac_policy",
    "rbac_policies",
    "/rbac-policies",
    "RbacPolicyNotFound",
    (
        A("object_type", "rbac_type", REQUIRED, put=False),
        A("object_id", "uuid", REQUIRED, put=False),
        A("action", "text", REQUIRED, put=False),
        A("target_tenant", "project", REQUIRED),
    ),
    noun="RBAC policy",
)

NETWORK = (
    NETWORKS,
    SUBNETS,
    PORTS,
    ROUTERS,
    FLOATINGIPS,
    SECURITY_GROUPS,
    SECURITY_GROUP_RULES,
    SUBNETPOOLS,
    ADDRESS_SCOPES,
    ADDRESS_GROUPS,
    RBAC_POLICIES,
)

AGENTS = Resource("/agents", Home.ALL_PODS, admin=True)
