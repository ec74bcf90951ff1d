"""ServerCreation: the way of a new server into a pod: room, plan, preparation, boot, record."""

import logging
from dataclasses import dataclass, replace
from typing import Any

import orjson

from activities.compute.boots import Boots, least_version
from activities.compute.server_group_copies import GROUPS_VERSION, ServerGroupCopies
from activities.compute.servers import Servers
from activities.image.copies import ImageCopies
from activities.pods.region import PodAnswer
from activities.pods.user import AsUser
from activities.volume.volumes import Volumes
from models.compute.server_groups import ServerGroups, group_hint, with_group
from models.compute.servers import boot_fields
from models.compute.servers.boot_plan import BootPlan, BootPlanner
from models.compute.servers.boot_request import BootRequest
from models.creations import can_carry, carrying
from models.errors import GatewayError, PodUnavailable
from models.placement import Placement
from models.quotas.reservations import Reservations
from models.values import Pod

LOG = logging.getLogger(__name__)
# In which pods tell of every quota of servers.
_QUOTAS = (2, 1)


class _OutBefore(Exception):
    """The pod was out before it was asked for the server: another one may be asked."""

    def __init__(self, why: PodUnavailable) -> None:
        super().__init__(why.message)
        self.why = why


@dataclass(frozen=True, slots=True)
class _Boot:
    """What stays the same over all tries of one request."""

    user: AsUser
    path: str
    many: bool


class ServerCreation:
    """Boots servers; what a boot that fails has made is taken back."""

    def __init__(
        self,
        planner: BootPlanner,
        boots: Boots,
        servers: Servers,
        groups: ServerGroups,
        group_copies: ServerGroupCopies,
        images: ImageCopies,
        volumes: Volumes,
        placement: Placement,
        reservations: Reservations,
    ) -> None:
        self._planner = planner
        self._boots = boots
        self._servers = servers
        self._groups = groups
        self._group_copies = group_copies
        self._images = images
        self._volumes = volumes
        self._placement = placement
        self._reservations = reservations

    async def create(
        self, user: AsUser, request: BootRequest, body: dict[str, Any], path: str
    ) -> PodAnswer:
        """Boot a server, or several alike, in one pod: the first of its candidates that takes it.

        Return what that pod answered at ``path``, about the first server or about its refusal.
        """
        group = group_hint(body)
        near = await self._groups.homes(user.caller, group) if group else []
        plan = await self._planner.plan(request, user.caller, near)
        each = {"instances": 1, "cores": plan.flavor["vcpus"], "ram": plan.flavor["ram"]}
        many = request.most > 1
        async with self._reservations.hold(
            user.asker(_QUOTAS), user.caller, each, request.least, request.most
        ) as held:
            if many:
                plan = replace(plan, request=replace(request, most=held.count))
            answer = await self._somewhere(_Boot(user, path, many), plan, body)
            if answer.status < 300:
                held.commit(answer.pod)
        return answer

    async def _somewhere(self, boot: _Boot, plan: BootPlan, body: dict[str, Any]) -> PodAnswer:
        """Boot in the plan's pod or, where that cannot take the server, in the next that may."""
        while True:
            hinted = boot_fields.with_hints(body, plan.hints)
            try:
                if boot.many:
                    answer = await self._many(boot, plan, hinted)
                else:
                    answer = await self._one(boot, plan, hinted, plan.request.name)
                if not (plan.others and _over_quota(answer)):
                    reason = self._placement.why(plan.caller.project_id, plan.pod)
                    LOG.info("Boot in pod %s: %s", plan.pod.pod_name, reason)
                    return answer
                why = "the project's quota there is used up"
            except _OutBefore as out:
                self._placement.note(plan.pod, out.why.reason)
                if not plan.others:
                    raise out.why from None
                why = out.why.message
            LOG.info("Pod %s is passed over: %s", plan.pod.pod_name, why)
            plan = await self._planner.moved(plan)

    async def _one(
        self, boot: _Boot, plan: BootPlan, body: dict[str, Any], name: str
    ) -> PodAnswer:
        boots, pod, caller = self._boots, plan.pod, plan.caller
        marked = can_carry(plan.request.server, null=False)
        async with boots.creations.tracked(
            "server", pod, caller.project_id, name, marked=marked
        ) as creation:
            try:
                await self._images.of_server(caller, plan.request.server, pod)
                server = await boots.prepare(plan, creation)
                server = await self._volumes.disks_in_pod(caller, server, pod)
                body = await self._grouped(boot.user, plan, body)
            except PodUnavailable as error:
                await boots.undo(plan, creation)
                raise _OutBefore(error) from error
            except GatewayError:
                await boots.undo(plan, creation)
                raise
            server = server | {"name": name}
            if marked:
                server = carrying(server, creation)
            sent = orjson.dumps(body | {"server": server})
            version = least_version(plan)
            try:
                answer = await boot.user.send(pod, "POST", boot.path, sent, version)
            except PodUnavailable as error:
                # If it was asked, what it has done is open; the creation's clean-up looks.
                if error.asked:
                    raise
                await boots.undo(plan, creation)
                raise _OutBefore(error) from error
            if answer.status >= 300:
                await boots.undo(plan, creation)
                return answer
            await boots.record(plan, creation, answer.json()["server"]["id"])
        return _as_asked(plan, answer)

    async def _grouped(self, user: AsUser, plan: BootPlan, body: dict[str, Any]) -> dict[str, Any]:
        """Return the body with the group's id in the pod, if the server is to be in a group."""
        group = group_hint(body)
        if not group:
            return body
        headers = user.headers(GROUPS_VERSION)
        copy = await self._group_copies.materialise(user.caller, group, plan.pod, headers)
        return with_group(body, copy)

    async def _many(self, boot: _Boot, plan: BootPlan, body: dict[str, Any]) -> PodAnswer:
        """Boot one after the other, as many as go; answer the first, or why there are too few.

        A pod makes several servers of one request only where it makes their ports itself.
        """
        made: list[PodAnswer] = []
        request = plan.request
        try:
            for number in range(1, request.most + 1):
                answer = await self._one(boot, plan, body, f"{request.name}-{number}")
                if answer.status >= 300:
                    break
                made.append(answer)
        except (GatewayError, _OutBefore):
            if len(made) < request.least:
                await self._take_back(boot.user, plan.pod, made)
            raise
        if len(made) >= request.least:
            return made[0]
        await self._take_back(boot.user, plan.pod, made)
        return answer

    async def _take_back(self, user: AsUser, pod: Pod, made: list[PodAnswer]) -> None:
        for answer in made:
            await self._servers.delete(user, pod, answer.json()["server"]["id"])


def _over_quota(answer: PodAnswer) -> bool:
    return answer.status == 403 and b"Quota exceeded" in answer.body


def _as_asked(plan: BootPlan, answer: PodAnswer) -> PodAnswer:
    """Return the pod's answer with the security groups that the user named."""
    body = answer.json()
    if "security_groups" in body["server"]:
        names = plan.request.groups or ["default"]
        body["server"]["security_groups"] = [{"name": name} for name in names]
    return replace(answer, body=orjson.dumps(body))
