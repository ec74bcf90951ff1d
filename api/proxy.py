"""Proxy: the generic engine behind every declared ``Resource``.

A declaration says where the truth lives, and that decides everything: objects of one pod are
found by their routing, what hangs under them goes to the same pod, what pods report about
themselves is asked everywhere and merged.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from functools import partial
from typing import Any

import orjson

from activities.pods.questions import Merged, Question
from activities.pods.region import PodAnswer
from activities.pods.user import AsUser
from activities.pods.versions import Version
from api.http import Answer, Call, Handler, Headers, Route, Routes
from api.links import moved, next_page, rehome
from api.microversions import Microversions
from models.creations import MARK
from models.errors import NotFound, PodUnavailable
from models.failures import lacking
from models.resource import Home, Resource
from models.values import Pod

View = Callable[[Call, Pod, list[dict[str, Any]]], Awaitable[None]]

# What each verb of a declaration is in HTTP, relative to the collection.
_VERBS = {
    "list": ("GET", ""),
    "show": ("GET", "/{id}"),
    "create": ("POST", ""),
    "replace": ("PUT", ""),
    "update": ("PUT", "/{id}"),
    "delete": ("DELETE", "/{id}"),
    "clear": ("DELETE", ""),
    "action": ("POST", "/{id}/action"),
}
_PASSED_ON = ("accept", "content-type", "user-agent", "x-service-token")
_PASSED_BACK = (b"retry-after", b"content-type")


class Proxy:
    """Forwards calls of one API.

    By the key of an object, ``views`` change what clients see of it, and ``news`` write what only
    looking at it tells: once, and nothing when it is looked at again.
    """

    def __init__(
        self,
        service: str,
        versions: Microversions | None,
        views: Mapping[str, View] | None = None,
        not_found: Mapping[str, str] | None = None,
        news: Mapping[str, View] | None = None,
    ) -> None:
        self._service = service
        self._versions = versions
        self._not_found = not_found or {}
        views, news = views or {}, news or {}
        self._looks = {
            key: [look for look in (views.get(key), news.get(key)) if look is not None]
            for key in {*views, *news}
        }

    def routes(self, resources: Iterable[Resource]) -> Routes:
        """Return the routes that serve the declared resources."""
        routes = Routes()
        for resource in resources:
            for verb in resource.verbs:
                method, suffix = _VERBS[verb]
                path = resource.path + suffix
                routes.add(Route(method, path, self._handler(resource, verb), resource.admin))
            if resource.detail:
                detail = self._lister(resource, detail=True)
                routes.add(Route("GET", f"{resource.path}/detail", detail, resource.admin))
        return routes

    async def pod_of(self, call: Call, type_: str, id_: str) -> Pod:
        """Return the pod an object of the caller lives in; ``NotFound`` also for a stranger's."""
        pod = await call.services.places.pod_of(call.caller, type_, id_)
        if pod is None:
            raise NotFound(self._not_found.get(type_, "{} could not be found.").format(id_))
        return pod

    async def headers(self, call: Call, version: Version | None = None) -> dict[str, str]:
        """Return the headers for a pod: the user's token and version, and our request id."""
        return self._headers(call, version)

    def _headers(self, call: Call, version: Version | None) -> dict[str, str]:
        headers = {name: call.headers[name] for name in _PASSED_ON if name in call.headers}
        headers["X-Auth-Token"] = call.caller.token
        headers["X-OpenStack-Request-ID"] = call.request_id
        if self._versions:
            headers.update(self._versions.headers(call, version))
        return headers

    def pod_path(self, call: Call, path: str) -> str:
        """Return a path for a pod: Cinder's links have the project where its path had it."""
        return call.project + path if self._service == "volume" else path

    async def send(
        self,
        call: Call,
        pod: Pod,
        body: bytes | None = None,
        *,
        method: str = "",
        path: str = "",
        version: Version | None = None,
    ) -> PodAnswer:
        """Forward the call; ``PodUnavailable`` where the pod says that it is not able to."""
        method = method or call.method
        if not path:
            path = f"{call.path}?{call.query}" if call.query else call.path
        answer = await call.services.regions.forward(
            pod,
            self._service,
            method,
            self.pod_path(call, path),
            headers=self._headers(call, version),
            body=body,
        )
        return answer.judged(method)

    def as_user(self, call: Call) -> AsUser:
        """Return the caller's door to the pods, for what takes more than one call."""
        headers = partial(self._headers, call)
        prefix = self.pod_path(call, "")
        return AsUser(call.services.regions, call.caller, self._service, headers, prefix)

    async def relay(self, call: Call, pod: Pod, body: bytes | None = None) -> Answer:
        """Forward the call and answer what the pod answers, seen from here."""
        if body is None and call.method in ("POST", "PUT", "PATCH"):
            body = await call.body()
        return await self.answer(call, await self.send(call, pod, body))

    async def answer(self, call: Call, answer: PodAnswer) -> Answer:
        """Return the pod's answer with our links and in our words."""
        root = await call.services.regions.root(answer.pod.pod_name, self._service)
        told = answer.headers
        headers: Headers = [(name, told[name]) for name in _PASSED_BACK if name in told]
        if b"location" in told:
            location = moved(told[b"location"].decode("latin-1"), call.base, root)
            headers.append((b"location", location.encode("latin-1")))
        try:
            body = answer.json()
        except PodUnavailable:
            body = None
        if not isinstance(body, dict | list):
            return Answer(answer.status, headers=headers, raw=answer.body)
        rehome(body, call.base, root)
        if answer.status < 300 and isinstance(body, dict):
            await self._seen(call, answer.pod, body)
        raw = orjson.dumps(body)
        if answer.status >= 400:
            # A refusal names what it is about.
            raw = await call.services.routings.named(answer.pod, raw)
        return Answer(answer.status, headers=headers, raw=raw)

    async def page(
        self,
        call: Call,
        resource: Resource,
        path: str,
        *,
        brief: bool,
        refined: Callable[[Question], Question] | None = None,
    ) -> Answer:
        """Answer one page of a merged list of objects.

        ``refined`` changes the question where the gateway knows of filters what pods do not.
        """
        question = await self._question(call, resource, path)
        if refined:
            question = refined(question)
        merged = await call.services.fanout.page(question)
        body = await self._merged(call, resource, merged)
        if brief and resource.brief:
            # A list sorted by something that only details have was read in detail.
            body[resource.collection] = [
                {name: item[name] for name in resource.brief if name in item}
                for item in body[resource.collection]
            ]
        if merged.full:
            body[resource.links_key] = next_page(call, body[resource.collection][-1]["id"])
        if merged.count is not None:
            body["count"] = merged.count
        call.missing += merged.missing
        return Answer(200, body)

    async def listed(self, call: Call, resource: Resource, path: str) -> Answer:
        """Answer what all pods report, merged."""
        merged = await call.services.fanout.merged(await self._question(call, resource, path))
        call.missing += merged.missing
        return Answer(200, await self._merged(call, resource, merged))

    async def sorted(self, call: Call, resource: Resource, path: str, *, brief: bool) -> Answer:
        """Answer one page of what all pods report, sorted and cut here."""
        whole = f"{resource.path}/detail" if resource.detail else path
        question = await self._question(call, resource, whole)
        merged = await call.services.fanout.sorted(question, call.params)
        body = await self._merged(call, resource, merged)
        if brief and resource.brief and resource.detail:
            body[resource.collection] = [
                {name: item[name] for name in resource.brief if name in item}
                for item in body[resource.collection]
            ]
        if merged.full:
            body[resource.links_key] = next_page(call, body[resource.collection][-1]["id"])
        call.missing += merged.missing
        return Answer(200, body)

    async def home(self, call: Call, path: str) -> Pod:
        """Return the pod that knows what the path names; its refusal where none does."""
        return (await self.first(call, path)).pod

    def _handler(self, resource: Resource, verb: str) -> Handler:
        # Below a parent that is in one pod only (a volume type) there is nothing to merge.
        merged = resource.home is not Home.PARENT and "{" not in resource.path
        if verb == "list" and merged:
            return self._lister(resource, detail=False)
        parent, _, _ = resource.path.strip("/").partition("/")
        type_ = resource.member if resource.home is Home.ONE_POD else parent.removesuffix("s")

        async def relay(call: Call) -> Answer:
            id_ = call.args["id" if resource.home is Home.ONE_POD else "parent_id"]
            return await self.relay(call, await self.pod_of(call, type_, id_))

        async def search(call: Call) -> Answer:
            if call.method == "GET":
                return await self._search(call)
            return await self.relay(call, await self.home(call, call.path.removesuffix("/action")))

        return search if resource.home is Home.ALL_PODS else relay

    def _lister(self, resource: Resource, *, detail: bool) -> Handler:
        async def page(call: Call) -> Answer:
            return await self.page(call, resource, call.path, brief=not detail)

        async def listed(call: Call) -> Answer:
            return await self.listed(call, resource, call.path)

        async def in_order(call: Call) -> Answer:
            return await self.sorted(call, resource, call.path, brief=not detail)

        if resource.home is Home.ONE_POD:
            return page
        return in_order if resource.paged else listed

    async def _search(self, call: Call) -> Answer:
        """Answer with the first pod that knows the thing."""
        query = f"?{call.query}" if call.query else ""
        return await self.answer(call, await self.first(call, call.path + query))

    async def first(self, call: Call, path: str) -> PodAnswer:
        """Return the answer of the first pod that knows a thing; ``PodFault`` if none does."""
        found, missing = await call.services.fanout.ask(
            self._service, self.pod_path(call, path), await self.headers(call)
        )
        known = next((answer for answer in found if answer.status < 300), None)
        if known is not None:
            return known
        if missing:
            raise lacking(missing, "no other pod knows this object")
        if not found:
            raise NotFound("The resource could not be found.")
        raise found[0].refusal(f"find {path}")

    async def _question(self, call: Call, resource: Resource, path: str) -> Question:
        detail = f"{resource.path}/detail" if resource.detail else ""
        return Question(
            self._service,
            resource,
            self.pod_path(call, path),
            call.params,
            await self.headers(call),
            call.caller,
            detail_path=self.pod_path(call, detail) if detail else "",
        )

    async def _merged(self, call: Call, resource: Resource, merged: Merged) -> dict[str, Any]:
        pods: dict[Pod, list[dict[str, Any]]] = {}
        for pod, item in merged.objects:
            pods.setdefault(pod, []).append(item)
        for pod, items in pods.items():
            rehome(items, call.base, await call.services.regions.root(pod.pod_name, self._service))
            for look in self._looks.get(resource.member, ()):
                await look(call, pod, items)
        return {resource.collection: [item for _, item in merged.objects]}

    async def _seen(self, call: Call, pod: Pod, body: dict[str, Any]) -> None:
        for key, item in body.items():
            if isinstance(item, dict):
                for look in self._looks.get(key, ()):
                    await look(call, pod, [item])


async def _metadata(call: Call, pod: Pod, shown: list[dict[str, Any]]) -> None:
    for metadata in shown:
        metadata.pop(MARK, None)


async def _meta(call: Call, pod: Pod, shown: list[dict[str, Any]]) -> None:
    for item in shown:
        if MARK in item:
            raise NotFound("Metadata item was not found")


# What hangs below objects that carry their creation's id does not show it either.
METADATA: Mapping[str, View] = {"metadata": _metadata, "meta": _meta}
