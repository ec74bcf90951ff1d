"""What Nova takes in a body, and what it does not, a few of each kind."""

from __future__ import annotations

from typing import Any

import pytest

from models.bodies import Judge
from models.compute import bodies
from models.errors import BadRequest

ID = "0f0c6a3e-6a3b-4c65-9d1f-1d4f0f5f3a11"


def _attachment(**given: Any) -> dict[str, Any]:
    return {"volumeAttachment": {"volumeId": ID, **given}}


def _key(**given: Any) -> dict[str, Any]:
    return {"keypair": {"name": "k", **given}}


def _flavor(**given: Any) -> dict[str, Any]:
    return {"flavor": {"name": "f", "ram": 64, "vcpus": 1, "disk": 0, **given}}


def _event(**given: Any) -> dict[str, Any]:
    return {"events": [{"name": "network-changed", "server_uuid": ID, **given}]}


TAKEN: list[tuple[Judge, Any]] = [
    (bodies.volume_attachment((2, 1)), _attachment(device=None)),
    (bodies.volume_attachment((2, 1)), _attachment(volumeId=ID.upper())),
    (bodies.volume_attachment((2, 79)), _attachment(delete_on_termination="on")),
    (bodies.keypair((2, 1)), _key(name="a b")),
    (bodies.keypair((2, 92)), _key(name="a@b.c", public_key="x")),
    (bodies.flavor(described=False), _flavor(ram=64.0, swap="0", rxtx_factor="1.5", id=7)),
    (bodies.flavor(described=True), _flavor(description=None)),
    (bodies.AGGREGATE_CHANGE, {"aggregate": {"name": " a "}}),
    (bodies.server_group((2, 64)), {"server_group": {"name": "g", "policy": "affinity"}}),
    (bodies.quota_set((2, 36)), {"quota_set": {"cores": "-1", "ram": 10.0, "force": "no"}}),
    (bodies.interface((2, 1)), {"interfaceAttachment": {}}),
    (bodies.service((2, 1)), {"host": "h", "binary": "nova-compute"}),
    (bodies.HOST, {"status": "Enable"}),
    (bodies.events((2, 51)), _event(name="volume-extended")),
    (bodies.SECURITY_GROUP_RULE, {"security_group_rule": {"parent_group_id": ID, "red": 1}}),
]
REFUSED: list[tuple[Judge, Any]] = [
    (bodies.volume_attachment((2, 1)), _attachment(volumeId="x")),
    (bodies.volume_attachment((2, 1)), _attachment(volumeId=None)),
    (bodies.volume_attachment((2, 1)), _attachment(device="vdb")),
    (bodies.volume_attachment((2, 1)), _attachment(tag="t")),
    (bodies.volume_attachment((2, 79)), _attachment(delete_on_termination="y")),
    (bodies.volume_attachment((2, 79)), {"volumeAttachment": {"device": "/dev/vdb"}}),
    (bodies.keypair((2, 1)), _key(name=" k")),
    (bodies.keypair((2, 1)), _key(name="a@b")),
    (bodies.keypair((2, 1)), _key(public_key=None)),
    (bodies.keypair((2, 1)), {**_key(), "red": 1}),
    (bodies.flavor(described=False), _flavor(ram="\u0663")),
    (bodies.flavor(described=False), _flavor(rxtx_factor=True)),
    (bodies.flavor(described=False), _flavor(**{"os-flavor-access:is_public": "t"})),
    (bodies.flavor(described=False), _flavor(description="x")),
    (bodies.AGGREGATE, {"aggregate": {"name": " a "}}),
    (bodies.AGGREGATE, {"aggregate": {"name": "a", "availability_zone": "a:b"}}),
    (bodies.server_group((2, 1)), {"server_group": {"name": "g", "policies": ["soft-affinity"]}}),
    (bodies.quota_set((2, 36)), {"quota_set": {"floating_ips": 1}}),
    (bodies.quota_set((2, 36)), {"quota_set": {"cores": -2}}),
    (bodies.interface((2, 1)), {"interfaceAttachment": {"fixed_ips": []}}),
    (
        bodies.interface((2, 1)),
        {"interfaceAttachment": {"fixed_ips": [{"ip_address": "fe80::1%x"}]}},
    ),
    (bodies.service((2, 1)), {"host": "h", "binary": "b", "forced_down": True}),
    (bodies.HOST, {}),
    (bodies.events((2, 1)), _event(name="volume-extended")),
    (bodies.events((2, 1)), {"events": []}),
    (bodies.SERVER_ACTIONS["addSecurityGroup"], {"addSecurityGroup": {"name": ""}}),
]


@pytest.mark.parametrize(("judge", "body"), TAKEN)
def test_what_nova_takes(judge: Judge, body: Any) -> None:
    judge(body, "body")


@pytest.mark.parametrize(("judge", "body"), REFUSED)
def test_what_nova_refuses(judge: Judge, body: Any) -> None:
    with pytest.raises(BadRequest):
        judge(body, "body")
