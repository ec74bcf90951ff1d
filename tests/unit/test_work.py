"""What stands in databases and in recorded executions has to be found by every later version."""

from __future__ import annotations

import pytest

from models import work
from models.errors import BadRequest
from models.values import Pod

POD = Pod("pod-id", "Pod1", "az1")
CHANGES = work.RouterChange
# Type, type of the resource and its id, id of the execution, router.
STORED = {
    work.CleanUp.NETWORK.on("n"): "clean-up network n clean-up/network/n -",
    work.CleanUp.NETWORK_COPY.on("n"): "clean-up network-copy n clean-up/network-copy/n -",
    work.CleanUp.ROUTER.on("r"): "clean-up router r clean-up/router/r r",
    work.UpdateCopies.PORT.on("p"): "update-copies port p update-copies/port/p -",
    work.UpdateCopies.ROUTER.on("r"): "update-copies router r update-copies/router/r -",
    work.InPod.SECURITY_GROUP.on("g", POD): (
        "security-group-sync security_group g/Pod1 security-group-sync/g/Pod1 -"
    ),
    work.InPod.ADDRESS_GROUP.on("g", POD): (
        "update-copies address_group g/Pod1 update-copies/address_group/g/Pod1 -"
    ),
    work.InPod.IMAGE.on("i", POD): "update-copies image i/pod-id copy-image/i/Pod1 -",
    CHANGES.ADD_INTERFACE.on("r", "p"): "router-interface-add port p router-interface-add/r/p r",
    CHANGES.REMOVE_INTERFACE.on("r", "p"): (
        "router-interface-remove port p router-interface-remove/r/p r"
    ),
    CHANGES.SET_GATEWAY.on("r", "p"): "router-gateway-set port p router-gateway-set/r r",
    CHANGES.CLEAR_GATEWAY.on("r", "p"): "router-gateway-clear port p router-gateway-clear/r r",
    CHANGES.ASSOCIATE_FLOATINGIP.on("r", "f"): (
        "floatingip-associate floatingip f floatingip-associate/f r"
    ),
    CHANGES.DISASSOCIATE_FLOATINGIP.on("r", "f"): (
        "floatingip-disassociate floatingip f floatingip-disassociate/f r"
    ),
    work.EXTRA_ROUTES.on("r"): "extra-routes router r router/r r",
}
KINDS: list[work.Kind] = [*work.UPKEEP, *work.RouterChange, *work.RouterRoutes]


@pytest.mark.parametrize(("task", "stored"), STORED.items(), ids=STORED.values())
def test_work_is_stored_under_the_same_names_for_ever(task: work.Work, stored: str) -> None:
    about = f"{task.kind.type} {task.kind.resource_type} {task.resource_id}"
    assert f"{about} {task.workflow_id} {task.router_id or '-'}" == stored


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_a_stored_piece_of_work_is_found_again(kind: work.Kind) -> None:
    assert work.kind_of(str(kind.type), str(kind.resource_type)) is kind


def test_unknown_work_is_refused() -> None:
    with pytest.raises(BadRequest, match="There is no clean-up of a moon"):
        work.kind_of("clean-up", "moon")


def test_object_and_pod_of_work_in_one_pod_are_told_apart() -> None:
    assert work.InPod.parts(work.InPod.ADDRESS_GROUP.on("g", POD).resource_id) == ("g", "Pod1")
    assert work.InPod.parts(work.InPod.IMAGE.on("i", POD).resource_id) == ("i", "pod-id")


@pytest.mark.parametrize("change", work.RouterChange, ids=str)
def test_only_what_adds_to_a_router_needs_bridge_addresses(change: work.RouterChange) -> None:
    adding = {"router-interface-add", "router-gateway-set", "floatingip-associate"}
    assert change.needs_bridge_addresses == (change.type in adding)
