"""A user who asks the network models as the network API would, and gets the same answers."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from models.errors import GatewayError
from models.values import Caller
from tests.support.client import Answer
from tests.unit.network.wiring import Network

Run = Callable[[Coroutine[Any, Any, Any]], Any]


@dataclass
class User:
    """Asks one thing after the other, through the paths and bodies of the network API."""

    run: Run
    network: Network
    caller: Caller

    def __call__(self, method: str, path: str, body: Any = None) -> Answer:
        parts = urlsplit(path)
        noun, *rest = parts.path.strip("/").split("/")
        try:
            if noun == "quotas":
                return self._quota(method, rest[0], body)
            if len(rest) > 1:
                return Answer(200, {}, self._action(rest[1], rest[0], body))
            return self._collection(method, noun, "".join(rest), parse_qsl(parts.query), body)
        except GatewayError as error:
            said = {"type": error.kind, "message": error.message, "detail": ""}
            return Answer(error.status, {}, {"NeutronError": said})

    def _collection(
        self, method: str, noun: str, id_: str, params: list[tuple[str, str]], body: Any
    ) -> Answer:
        objects, caller = self.network.collection(noun), self.caller
        member, service = objects.kind.member, objects
        if method == "GET" and not id_:
            page = self.run(service.list(caller, params))
            return Answer(200, {}, {objects.kind.collection: page.items})
        if method == "GET":
            return Answer(200, {}, {member: self.run(service.show(caller, id_))})
        if method == "DELETE":
            self.run(service.delete(caller, id_))  # type: ignore[attr-defined]
            return Answer(204, {}, None)
        if method == "POST":
            made = self.run(service.create(caller, body[member]))  # type: ignore[attr-defined]
            return Answer(201, {}, {member: made})
        changed = self.run(service.update(caller, id_, body[member]))  # type: ignore[attr-defined]
        return Answer(200, {}, {member: changed})

    def _action(self, action: str, id_: str, body: Any) -> Any:
        network = self.network
        if action.endswith("_extraroutes"):
            body = body["router"]["routes"]
        if action.endswith(("_addresses", "_prefixes")):
            body = body.get(action.partition("_")[2])
        verb = {
            "add_router_interface": network.interfaces.add,
            "remove_router_interface": network.interfaces.remove,
            "add_extraroutes": network.routers.add_routes,
            "remove_extraroutes": network.routers.remove_routes,
            "add_addresses": network.address_groups.add,
            "remove_addresses": network.address_groups.remove,
            "add_prefixes": network.pools.add_prefixes,
            "remove_prefixes": network.pools.remove_prefixes,
        }[action]
        return self.run(verb(self.caller, id_, body))

    def _quota(self, method: str, project_id: str, body: Any) -> Answer:
        quotas = self.network.quotas
        if method == "DELETE":
            self.run(quotas.delete(self.caller, project_id))
            return Answer(204, {}, None)
        limits = self.run(quotas.update(self.caller, project_id, body["quota"]))
        return Answer(200, {}, {"quota": limits})
