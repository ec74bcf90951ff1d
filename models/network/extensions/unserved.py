"""What pods of Neutron 2025.1 on OVN have and the gateway has not, and why.

To clients the gateway is a Neutron without it: its attributes are neither shown nor taken, its
collections are not found, its aliases not listed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Unserved:
    """Extensions that are left out for one reason, with all that they would bring.

    ``attributes`` are those they add to what is served, in words, by collection.
    """

    why: str
    aliases: tuple[str, ...]
    attributes: Mapping[str, str] = field(default_factory=dict)
    paths: tuple[str, ...] = ()


UNSERVED = (
    Unserved(
        "QoS policies are not copied into pods.",
        (
            "port-resource-request", "port-resource-request-groups", "qos",
            "qos-bw-limit-direction", "qos-bw-minimum-ingress", "qos-default", "qos-fip",
            "qos-gateway-ip", "qos-port-network-policy", "qos-pps", "qos-pps-minimum",
            "qos-pps-minimum-rule-alias", "qos-rule-type-details", "qos-rule-type-filter",
            "qos-rules-alias",
        ),
        {
            "networks": "qos_policy_id",
            "ports": "qos_policy_id qos_network_policy_id resource_request",
            "floatingips": "qos_policy_id",
        },
        ("/qos/policies", "/qos/rule-types", "/qos/alias-bandwidth-limit-rules/{id}"),
    ),
    Unserved(
        "Names are given by the DNS of each pod; the gateway has none.",
        (
            "dns-domain-ports", "dns-integration", "dns-integration-domain-keywords",
            "subnet-dns-publish-fixed-ip",
        ),
        {
            "networks": "dns_domain",
            "subnets": "dns_publish_fixed_ip",
            "ports": "dns_assignment dns_domain dns_name",
            "floatingips": "dns_domain dns_name",
        },
    ),
    Unserved(
        "A router has one gateway: the way of all its pods to outside.",
        (
            "enable-default-route-bfd", "enable-default-route-ecmp",
            "external-gateway-multihoming",
        ),
        {"routers": "enable_default_route_bfd enable_default_route_ecmp external_gateways"},
        (
            "/routers/{id}/add_external_gateways",
            "/routers/{id}/update_external_gateways",
            "/routers/{id}/remove_external_gateways",
        ),
    ),
    Unserved(
        "A floating IP leads to one port; single ports of TCP or UDP are not copied into pods.",
        (
            "expose-port-forwarding-in-fip", "floating-ip-port-forwarding",
            "floating-ip-port-forwarding-description", "floating-ip-port-forwarding-detail",
            "floating-ip-port-forwarding-port-ranges",
        ),
        {"floatingips": "port_forwardings"},
        ("/floatingips/{id}/port_forwardings",),
    ),
    Unserved(
        "Routers are made by the one driver that a pod uses by default.",
        ("flavors", "l3-flavors"),
        {"routers": "flavor_id"},
        ("/flavors", "/service_profiles"),
    ),
    Unserved(
        "A network lies in its pods as a whole; what it is made of there is theirs to know.",
        (
            "multi-provider", "segment", "segments-peer-subnet-host-routes",
            "standard-attr-segment", "subnet-segmentid-writable",
        ),
        {"networks": "segments", "subnets": "segment_id"},
        ("/segments",),
    ),
    Unserved(
        "The hosts and devices of a pod are chosen by its own scheduler.",
        (
            "binding-extended", "port-device-profile", "port-numa-affinity-policy",
            "port-numa-affinity-policy-socket",
        ),
        {"ports": "device_profile numa_affinity_policy"},
        ("/ports/{id}/bindings",),
    ),
    Unserved(
        "Trunks are not copied into pods.",
        ("trunk", "trunk-details"),
        {"ports": "trunk_details"},
        ("/trunks",),
    ),
    Unserved(
        "Every group begins with the rules that Neutron itself begins with.",
        ("security-groups-default-rules",),
        paths=("/default-security-group-rules",),
    ),
)  # fmt: skip
