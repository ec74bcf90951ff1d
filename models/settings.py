"""Every option of gateway and worker, with what changes when it changes."""

from typing import Literal, Self

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

_LAST_VLAN = 4094


class Settings(BaseSettings):
    """Read once, at start, from ``TRIO2O_*``; passed down, never global."""

    model_config = SettingsConfigDict(env_prefix="TRIO2O_", frozen=True)

    database_url: str = Field(
        "sqlite+aiosqlite:///trio2o.db",
        description="SQLAlchemy URL; sqlite+aiosqlite:///file or postgresql+asyncpg://...",
    )
    cloud: str = Field(
        "trio2o",
        description="Entry of clouds.yaml (found as openstacksdk finds it) with the service user",
    )
    region_name: str = Field("RegionOne", description="The region that users see: the gateway")
    host: str = Field("127.0.0.1", description="Address the gateway listens on")
    port: int = Field(19999, description="Port of all APIs under their prefixes")
    network_port: int = Field(9696, description="Port of the network API at its root; 0: none")
    public_url: str = Field(
        "", description="Base of the links in answers; empty: as the request addressed it"
    )
    policy_file: str = Field("", description="oslo.policy overrides (YAML); empty: defaults")
    system_scope: bool = Field(
        False,
        description="Tokens of the whole system read, where policy `system_reader` says so; they "
        "change nothing. `False`: only tokens of a project are taken",
    )
    token_cache_seconds: int = Field(
        120, description="How long a validated token is believed; a revocation is seen after it"
    )
    token_questions: int = Field(
        8,
        description="Unknown tokens of one client address that Keystone is asked about at once; "
        "of more some wait, others are 429. 0: any number, where a proxy hides the addresses",
    )
    service_token_roles: str = Field(
        "service",
        description="Roles, by commas, one of which makes an `X-Service-Token` that of a service; "
        "beside it a user's token is taken that has expired. Others are refused",
    )
    max_body_bytes: int = Field(1_048_576, description="Largest JSON body accepted; more is 413")
    max_url_bytes: int = Field(
        8192, description="Longest address of a request, query included; more is 414"
    )
    max_head_bytes: int = Field(
        65_536, description="Largest head of a request, address and headers; more is 431"
    )
    head_timeout: float = Field(
        10.0, description="Seconds in which the head of a request has to come; then 408"
    )
    body_timeout: float = Field(
        30.0, description="Seconds without a part of a body that is not all there; then 408"
    )
    max_connections: int = Field(
        4096, description="Connections that a gateway takes; one more is 503 at once"
    )
    max_connections_per_address: int = Field(
        1024,
        description="Connections of one client address; one more is 429 at once. Behind a proxy "
        "as many as it opens",
    )
    max_project_requests: int = Field(
        256,
        description="Requests of one project that a gateway works on at once; one more is 429",
    )
    max_body_values: int = Field(
        20_000, description="Values that a JSON body may have, inner ones too; more is 400"
    )
    max_query_parameters: int = Field(
        512, description="Parameters that a query string may have; more is 400"
    )
    max_list_items: int = Field(
        1000,
        description="Items of one list, or objects in one request, of the network API where "
        "Neutron sets no limit; more is 400",
    )
    max_fixed_ips_per_port: int = Field(
        5, description="Addresses that a request may ask for one port; more is 400"
    )
    max_allowed_address_pair: int = Field(
        10, description="Allowed address pairs of a port; more is 400"
    )
    max_dns_nameservers: int = Field(5, description="DNS servers of a subnet; more is 400")
    max_subnet_host_routes: int = Field(20, description="Host routes of a subnet; more is 400")
    max_routes: int = Field(30, description="Routes of a router; more is 400")
    pod_interface: Literal["public", "internal", "admin"] = Field(
        "public", description="Interface of the pods' endpoints: public, internal or admin"
    )
    pod_timeout: float = Field(60.0, description="Seconds that one call to a pod may take")
    pod_connect_timeout: float = Field(
        5.0,
        description="Seconds to reach a pod's endpoint; one that answers other calls meanwhile is "
        "waited for as long as the call may take",
    )
    max_pod_answer_bytes: int = Field(
        67_108_864,
        description="Largest answer of a pod that is held in memory; more is 503. Images are not "
        "held",
    )
    pod_calls: int = Field(
        100,
        ge=1,
        description="Calls that a process makes into one service of a pod at once; more wait",
    )
    pod_queue_seconds: float = Field(
        10.0, description="Seconds that a call waits for its turn at a service of a pod; then 503"
    )
    pod_failures: int = Field(
        3,
        ge=1,
        description="Questions in a row that a service of a pod leaves unanswered, each for as "
        "long as a pod may take to be reached, before calls to it fail at once, until a probe is "
        "answered",
    )
    pod_late_seconds: float = Field(
        120.0,
        description="Seconds for which a pod may still act on a call whose answer never came: so "
        "long clean-up looks again. No less than the pods' own limit on a request",
    )
    list_deadline: float = Field(
        8.0, description="Seconds each pod has to answer its part of a merged list"
    )
    list_strict: bool = Field(
        False,
        description="Answer 503 instead of a list or a sum from which a pod is missing; also "
        "asked for with `?strict`",
    )
    image_per_pod: bool = Field(
        False, description="Every pod has a Glance of its own; images are copied where needed"
    )
    temporal_address: str = Field("127.0.0.1:7233", description="Temporal frontend")
    temporal_namespace: str = Field("default", description="Temporal namespace")
    temporal_ui_url: str = Field(
        "http://127.0.0.1:8233", description="Web UI that links in /v1.0/jobs point at"
    )
    task_queue: str = Field("trio2o", description="Temporal task queue of the workers")
    worker_activities: int = Field(
        500, ge=1, description="Activities that a worker runs at once; they wait most of the time"
    )
    pod_activities: int = Field(
        100,
        ge=1,
        description="Of these, those that change routers in one pod; more are tried again later",
    )
    sweep_seconds: float = Field(
        5.0, description="How often operations that Temporal has not seen are offered again"
    )
    lease_seconds: float = Field(
        15.0, description="How long a dead process's claim on a copy is respected"
    )
    bridge_physical_network: str = Field(
        "bridge", description="Physical network that all pods share, for the bridge VLANs"
    )
    bridge_vlans: str = Field(
        "2001:3000",
        description="VLAN ids for bridges, first:last; with more physical networks that all pods "
        "share: physical_network:first:last, by commas, used up in this order",
    )
    bridge_ew_pool: str = Field(
        "100.64.0.0/11", description="Pool of the /24s between pods (east-west bridges)"
    )
    bridge_ns_pool: str = Field(
        "100.96.0.0/11", description="Pool of the /24s towards external networks (north-south)"
    )
    network_quotas: str = Field(
        "network:100,subnet:100,port:500,router:10,floatingip:50,security_group:10,"
        "security_group_rule:100,rbac_policy:10",
        description="Objects of the network API that a project may have; what is not named: any",
    )
    subnet_reserve: int = Field(
        2, description="Addresses of a subnet set aside for its pod's own ports (DHCP, metadata)"
    )

    @property
    def bridge_vlan_ranges(self) -> list[tuple[str, int, int]]:
        """Physical network, first and last VLAN id of each pool of bridges."""
        ranges = []
        for pool in self.bridge_vlans.split(","):
            *named, first, last = pool.strip().split(":")
            name = named[0] if named else self.bridge_physical_network
            ranges.append((name, int(first), int(last)))
        return ranges

    @model_validator(mode="after")
    def _bridge_vlans_can_be_used(self) -> Self:
        # Told at start, not when the first project crosses pods.
        for _, first, last in self.bridge_vlan_ranges:
            if not 1 <= first <= last <= _LAST_VLAN:
                raise ValueError(f"bridge_vlans: {first} to {last} is no range of VLAN ids")
        return self
