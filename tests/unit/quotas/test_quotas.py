"""Limits of projects over all pods: what is set, what holds, and room that is taken before."""

from __future__ import annotations

import copy
from collections.abc import Mapping

import pytest

from models.compute.server_groups import ServerGroups
from models.database.store import Store
from models.database.tables.operation import Operation
from models.database.tables.quota import QuotaReservation
from models.errors import BadRequest, Forbidden, OverLimit, PodUnavailable
from models.operations import Operations
from models.pods import PodDirectory
from models.quotas.figures import Asker, Figures, merged
from models.quotas.limits import Limits
from models.quotas.quotas import Quotas
from models.quotas.reservations import Reservations
from models.quotas.type_limits import TypeLimits
from models.routings import Routings
from models.values import Caller, Pod
from models.volume.types import VolumeTypes
from tests.unit.network.wiring import Offered, Spread

COMPUTE, VOLUME = Asker("compute", {}), Asker("volume", {})


def figure(limit: int, in_use: int = 0, reserved: int = 0) -> dict[str, int]:
    return {"limit": limit, "in_use": in_use, "reserved": reserved}


class Pods:
    """Pods that say of every project what they are told to say."""

    def __init__(self) -> None:
        self.said: Figures = {
            "instances": figure(10, 2),
            "cores": figure(20, 4),
            "server_groups": figure(10, 7),
            "volumes": figure(3, 1),
            "gigabytes": figure(100, 90),
        }
        self.silent = False
        self.counted: list[Mapping[str, int]] = []

    async def project(self, asker: Asker, project_id: str, user_id: str = "") -> Figures:
        return copy.deepcopy(self.said)

    async def defaults(self, asker: Asker, project_id: str) -> Figures:
        if self.silent:
            raise PodUnavailable("pod-1", "away")
        return copy.deepcopy(self.said)

    async def named_class(self, asker: Asker, name: str) -> Figures:
        return copy.deepcopy(self.said)

    async def heard(self, service: str, project_id: str) -> Mapping[str, int]:
        return {}

    async def grown(
        self,
        asker: Asker,
        pod: Pod,
        project_id: str,
        amounts: Mapping[str, int],
        before: Mapping[str, int],
    ) -> None:
        self.counted.append(amounts)


class Keystone:
    """A Keystone with one project."""

    async def has_region(self, name: str) -> bool:
        return False

    async def has_project(self, id_: str) -> bool:
        return id_ == "known"


class Learnt:
    """Pods that have no types of their own."""

    async def fresh(self, seconds: float = 0.0) -> None:
        return


@pytest.fixture
def pods() -> Pods:
    return Pods()


@pytest.fixture
def spread() -> Spread:
    return Spread()


@pytest.fixture
def limits(store: Store, spread: Spread) -> Limits:
    return Limits(store, Operations(store, Offered()), spread)


@pytest.fixture
def quotas(store: Store, pods: Pods, limits: Limits) -> Quotas:
    return Quotas(store, Keystone(), pods, limits)


@pytest.fixture
def reservations(store: Store, quotas: Quotas) -> Reservations:
    return Reservations(store, quotas)


def test_figures_of_all_pods_are_added_but_for_what_limits_one_object() -> None:
    one = {"cores": figure(10, 1, 1), "ram": figure(-1, 5), "metadata_items": figure(128)}
    two = {"cores": figure(5, 2), "ram": figure(7, 1), "metadata_items": figure(64)}
    assert merged([one, two]) == {
        "cores": figure(15, 3, 1),
        "ram": figure(-1, 6),
        "metadata_items": figure(64),
    }


async def test_what_is_set_wins_over_what_pods_allow(
    quotas: Quotas, limits: Limits, spread: Spread, admin: Caller
) -> None:
    async def limit(user: str = "") -> int:
        return (await quotas.project(COMPUTE, "p", user))["instances"]["limit"]

    assert await limit() == 10
    await limits.set_class(admin, "compute", "default", {"instances": 9, "keys": 1})
    assert await limit() == 9
    await limits.set_project(admin, "compute", "p", "", {"instances": 8})
    await limits.set_project(admin, "compute", "p", "", {"instances": 7})
    assert await limit() == 7
    await limits.set_project(admin, "compute", "p", "u", {"instances": 6})
    assert (await limit(), await limit("u")) == (7, 6)
    assert (await quotas.defaults(COMPUTE, "p"))["instances"] == 9
    assert (await quotas.named_class(COMPUTE, "other"))["keys"] == 1
    assert "volumes" not in await limits.project("compute", "p")
    await limits.delete(admin, "compute", "p", "u")
    assert (await limit(), await limit("u")) == (7, 7)
    await limits.delete(admin, "compute", "p", "")
    assert await limit() == 9
    assert set(spread.projects) == {
        "compute/class/default",
        "compute/project/p/",
        "compute/project/p/u",
    }
    with pytest.raises(BadRequest, match="is too long"):
        await limits.set_project(admin, "compute", "p" * 250, "", {})


async def test_new_pod_is_told_every_limit(store: Store, spread: Spread, admin: Caller) -> None:
    operations = Operations(store, Offered())
    limits = Limits(store, operations, spread)
    await limits.set_project(admin, "compute", "p", "u", {"cores": 1})
    await limits.set_class(admin, "volume", "default", {"volumes": 1})
    async with store.write() as tx:
        await tx.run(Operation.table.delete())
    await limits.converge_all(admin)
    async with store.read() as tx:
        told = {row.resource_id for row in await tx.all(Operation.select())}
    assert told == {"compute/project/p/u", "volume/class/default"}


async def test_own_limit_is_the_nearest_that_is_set(
    quotas: Quotas, limits: Limits, pods: Pods, member: Caller, admin: Caller
) -> None:
    pods.silent = True
    assert await quotas.own_limit(COMPUTE, member, "server_groups") == -1
    pods.silent = False
    assert await quotas.own_limit(COMPUTE, member, "server_groups") == 10
    project = member.project_id
    await limits.set_class(admin, "compute", "default", {"server_groups": 5})
    assert await quotas.own_limit(COMPUTE, member, "server_groups") == 5
    await limits.set_project(admin, "compute", project, member.user_id, {"server_groups": 3})
    assert await quotas.own_limit(COMPUTE, member, "server_groups") == 3
    assert await quotas.user_limited("compute", member)


async def test_groups_are_counted_at_the_top(store: Store, quotas: Quotas, member: Caller) -> None:
    groups = ServerGroups(
        store, PodDirectory(store), Operations(store, Offered()), Routings(store)
    )
    await groups.create(member, {"name": "g", "policy": "affinity"}, (2, 90), -1)
    counted = await quotas.project(COMPUTE, member.project_id)
    assert counted["server_groups"]["in_use"] == 1
    counted = await quotas.project(COMPUTE, member.project_id, "another")
    assert counted["server_groups"]["in_use"] == 0


async def test_project_has_to_be_known(quotas: Quotas, member: Caller) -> None:
    await quotas.check_project(member, member.project_id)
    await quotas.check_project(member, "known")
    with pytest.raises(BadRequest, match="Project ID strange"):
        await quotas.check_project(member, "strange")


async def held(store: Store) -> int:
    async with store.read() as tx:
        return len(await tx.all(QuotaReservation.select()))


async def test_room_is_held_until_the_pod_counts(
    reservations: Reservations, store: Store, pods: Pods, member: Caller
) -> None:
    pod = await PodDirectory(store).get("id-of-pod-1")
    each = {"instances": 1, "cores": 4}
    # By cores there is room for four.
    async with reservations.hold(COMPUTE, member, each, 1, 9) as room:
        assert room.count == 4
        assert await held(store) == 1
        room.commit(pod)
    assert pods.counted == [{"instances": 4, "cores": 16}]


async def test_room_is_given_back(
    reservations: Reservations, store: Store, pods: Pods, member: Caller
) -> None:
    async with reservations.hold(VOLUME, member, {"volumes": 1, "gigabytes": 5}) as room:
        assert room.count == 1
    assert await held(store) == 0
    assert pods.counted == []


async def test_nobody_counts_where_all_is_allowed(
    reservations: Reservations, store: Store, limits: Limits, member: Caller, admin: Caller
) -> None:
    await limits.set_project(admin, "volume", member.project_id, "", {"volumes": -1})
    async with reservations.hold(VOLUME, member, {"volumes": 1}, 1, 99) as room:
        assert room.count == 99
        assert await held(store) == 0


@pytest.mark.parametrize(
    ("each", "least", "says"),
    [
        ({"instances": 1}, 9, "Requested 9, but already used 2 of 10 instances"),
        ({"instances": 1, "cores": 17}, 1, "Requested 17, but already used 4 of 20 cores"),
    ],
)
async def test_no_room_for_servers(
    reservations: Reservations, member: Caller, each: dict[str, int], least: int, says: str
) -> None:
    with pytest.raises(Forbidden, match=says):
        async with reservations.hold(COMPUTE, member, each, least):
            pass


@pytest.mark.parametrize(
    ("each", "least", "says"),
    [
        ({"volumes": 1}, 3, r"Maximum number of volumes allowed \(3\) exceeded for quota"),
        ({"gigabytes": 11}, 1, "Requested 11G, quota is 100G and 90G has been consumed"),
    ],
)
async def test_no_room_for_volumes(
    reservations: Reservations, member: Caller, each: dict[str, int], least: int, says: str
) -> None:
    with pytest.raises(OverLimit, match=says):
        async with reservations.hold(VOLUME, member, each, least):
            pass


async def test_user_may_have_less_room_than_the_project(
    reservations: Reservations, limits: Limits, member: Caller, admin: Caller
) -> None:
    own = {"instances": 3}
    await limits.set_project(admin, "compute", member.project_id, member.user_id, own)
    async with reservations.hold(COMPUTE, member, {"instances": 1}, 1, 9) as room:
        assert room.count == 1


async def test_limits_of_a_type_follow_its_name(
    store: Store, limits: Limits, admin: Caller
) -> None:
    typed = TypeLimits(store, limits)
    asked = []

    async def type_() -> str:
        asked.append("asked")
        return "fast"

    each = {"volumes": 1, "gigabytes": 5}
    assert await typed.amounts("p", each, type_) == {}
    assert asked == []
    await limits.set_project(admin, "volume", "p", "", {"gigabytes_fast": 5, "volumes_slow": 1})
    assert await typed.amounts("p", each, type_) == {"gigabytes_fast": 5}
    await typed.renamed("slow", "steady")
    assert (await limits.project("volume", "p"))["volumes_steady"] == 1
    await typed.forget("fast")
    assert await limits.project("volume", "p") == {"volumes_steady": 1}
    await VolumeTypes(store, Learnt()).create({"name": "fast"})
    figures: Figures = {"volumes_fast": figure(2, 1)}
    await typed.complete(figures)
    assert figures["volumes_fast"] == figure(2, 1)
    assert figures["gigabytes_fast"] == figure(-1)
