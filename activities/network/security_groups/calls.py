"""SecurityCalls: what is said to a pod's Neutron about security and address groups."""

from typing import Any
from urllib.parse import quote

from activities.pods.region import Regions
from activities.pods.together import all_of
from models.database.store import Row
from models.errors import PodBusy, PodFault
from models.network.security_groups.state import Wanted, alike
from models.routings import mark
from models.values import Pod

_ATTEMPTS = 3


class SecurityCalls:
    """Neutron calls as the service user; every one may be repeated."""

    def __init__(self, regions: Regions) -> None:
        self._regions = regions

    async def find(self, pod: Pod, path: str, type_: str, top_id: str) -> str | None:
        """Return the id of the copy that carries the mark."""
        query = f"?fields=id&description={quote(mark(type_, top_id))}"
        found = await self._call(pod, "GET", path + query)
        listed = next(iter(found.values()))
        return str(listed[0]["id"]) if listed else None

    async def create_group(self, pod: Pod, wanted: Wanted) -> tuple[str, list[Row]]:
        """Make the copy; return its id and the rules that Neutron gave it."""
        body = {
            **wanted.body,
            "description": mark("security_group", wanted.group["id"]),
            "project_id": wanted.group["project_id"],
        }
        made = await self._call(pod, "POST", "/security-groups", {"security_group": body})
        group = made["security_group"]
        return str(group["id"]), list(group["security_group_rules"])

    async def update_group(self, pod: Pod, bottom: str, wanted: Wanted) -> None:
        """Set what is the group's own."""
        body = {"security_group": wanted.body}
        await self._call(pod, "PUT", f"/security-groups/{bottom}", body)

    async def rules(self, pod: Pod, query: str) -> list[Row]:
        """Return the rules that match."""
        found = await self._call(pod, "GET", f"/security-group-rules?{query}")
        return list(found["security_group_rules"])

    async def set_rules(
        self, pod: Pod, bottom: str, group: Row, wanted: dict[str, Row], found: list[Row]
    ) -> None:
        """Delete and create rules until exactly the wanted ones, by mark, are there."""
        missing = dict(wanted)
        extra = []
        for rule in found:
            known = rule["description"] or ""
            if known not in missing:
                # Neutron's own rules for a new group carry no mark; most are wanted anyway.
                alike_ones = (key for key, body in missing.items() if alike(rule, body))
                known = next(alike_ones, "") if not known else ""
            if known:
                del missing[known]
            else:
                extra.append(rule["id"])
        await all_of(*(self.delete(pod, f"/security-group-rules/{id_}") for id_ in extra))
        if missing:
            own = {"security_group_id": bottom, "project_id": group["project_id"]}
            bodies = [{**body, **own, "description": key} for key, body in missing.items()]
            await self._call(
                pod, "POST", "/security-group-rules", {"security_group_rules": bodies}
            )

    async def create_addresses(
        self, pod: Pod, type_: str, group: Row, addresses: list[str]
    ) -> str:
        """Make an address group: of a security group's members in other pods, or a user's own."""
        body = {
            "name": group["name"],
            "description": mark(type_, group["id"]),
            "addresses": addresses,
            "project_id": group["project_id"],
        }
        made = await self._call(pod, "POST", "/address-groups", {"address_group": body})
        return str(made["address_group"]["id"])

    async def set_addresses(self, pod: Pod, bottom: str, wanted: list[str]) -> None:
        """Add and take addresses until exactly the wanted ones are there."""
        path = f"/address-groups/{bottom}"
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                found = set((await self._call(pod, "GET", path))["address_group"]["addresses"])
                missing, extra = sorted(set(wanted) - found), sorted(found - set(wanted))
                if missing:
                    await self._call(pod, "PUT", f"{path}/add_addresses", {"addresses": missing})
                if extra:
                    await self._call(pod, "PUT", f"{path}/remove_addresses", {"addresses": extra})
                return
            except PodFault as fault:
                if fault.status == 404:
                    # Released at this moment: nothing needs it, or it is made again.
                    raise PodBusy(fault.message) from fault
                # Neutron refuses the whole list for one address that is there (or gone) already.
                raced = fault.kind in ("AddressesAlreadyExist", "AddressesNotFound")
                if not raced or attempt == _ATTEMPTS:
                    raise

    async def delete(self, pod: Pod, path: str) -> None:
        """Delete; what is gone already is fine."""
        try:
            await self._call(pod, "DELETE", path)
        except PodFault as fault:
            if fault.status != 404:
                raise

    async def _call(self, pod: Pod, method: str, path: str, body: Any = None) -> Any:
        return await self._regions.admin(pod, "network", method, path, body)
