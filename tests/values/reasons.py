"""Where the gateway differs from a pod's validators on purpose, and why.

The key is looked for in ``<request>: <where> = <value as JSON>``.
"""

from __future__ import annotations

_HUGE = r"= (2147483648|9223372036854775808|2147483648\.0)$"

REASONS = {
    # The network API.
    r"^network .*(project_id|tenant_id|target_tenant) = \"x{200}": (
        "Keystone's ids of projects have 64 characters at most, and so has the column."
    ),
    rf"^network .*(mtu|segmentation_id|prefixlen|default_quota) {_HUGE}": (
        "No integer column holds it: Neutron fails with it in its database."
    ),
    r"^network .*provider:segmentation_id = \"?-1": (
        "Neutron's type driver refuses it a moment later, with 400 as well."
    ),
    r"^network PUT /networks/.*provider:": (
        "ML2 refuses a change of what a network lies on, with 400 as well."
    ),
    r"^network .*binding:host_id = (\"x{200}|[^\"n])": (
        "No column holds it: Neutron fails with it in its database."
    ),
    r"^network POST /ports: port.tags": (
        "Tags of a new port are tag-ports-during-bulk-creation, which is not listed."
    ),
    r"^network .*subnetpools.*: subnetpool.name = \"x{200}": (
        "No column holds it: Neutron fails with it in its database."
    ),
    # The compute API.
    r"^compute POST /os-keypairs .*user_id = \"x{200}": (
        "Keystone's ids of users have 64 characters at most, and so has the column."
    ),
    r"^compute POST /os-volumes .*size = \d+\.0$": "Nova hands it to Cinder, which refuses it.",
    r"^volume POST /qos-specs .*qos_specs\.(?!name)": (
        "Cinder's controller refuses it a moment later, with 400 as well."
    ),
    rf"^compute .*max_server_per_host {_HUGE}": "No integer column holds it.",
}
