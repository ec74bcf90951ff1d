"""``tests/fuzz/run``: a gateway on simulated regions, and requests that nobody has thought of.

Prints every route that answered 5xx with a request that made it do so, and how the answers were
spread; 1 when there was one. The same seed makes the same requests as long as the answers are the
same: their ids are in later requests.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import aiohttp
import orjson
from yarl import URL

from tests.fuzz.requests import Request, requests
from tests.fuzz.values import Values
from tests.support.client import User
from tests.support.stack import Stack
from tests.support.topology import Site

AT_ONCE = 6
Failures = dict[str, list[tuple[Request, int, str]]]


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> int:
    """Start the stack, send the requests, report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--log", type=Path, help="where to keep what the gateway said")
    given = parser.parse_args()
    say(f"{given.requests} requests, seed {given.seed}")
    with (
        tempfile.TemporaryDirectory(prefix="trio2o-fuzz-") as folder,
        Stack(Path(folder)) as stack,
    ):
        try:
            values = Values(given.seed)
            users = _world(stack, values)
            statuses, failures = asyncio.run(_send(stack, users, values, given.requests))
            traces = [line for line in stack.gateway.text().splitlines() if "Traceback" in line]
        finally:
            if given.log:
                given.log.write_text(stack.gateway.text())
    return _report(statuses, failures, len(traces))


def _world(stack: Stack, values: Values) -> dict[str, User]:
    """Make a tenant with one of each thing, and remember the ids; the users by name."""
    tenant = stack.tenant()
    site = Site(stack, tenant)
    net = site.net("az1", "10.0.1.0/24")
    site.net("az2", "10.0.2.0/24")
    outside = site.external("Pod2")
    router = site.router()
    site.attach(router, net)
    site.gateway(router, outside)
    site.boot(net)
    tenant.volume.make("/volumes", size=1, name="fuzzed")
    site.flavor()
    site.image()
    lists = {
        "network": ("networks", "subnets", "ports", "routers", "security-groups"),
        "compute": ("servers", "flavors"),
        "volume": ("volumes", "types"),
        "image": ("images",),
    }
    for api, nouns in lists.items():
        for noun in nouns:
            values.learn(getattr(tenant, api)("GET", f"/{noun}").body)
    values.learn(stack.admin.admin("GET", "/pods").body)
    return {"tenant": tenant, "admin": stack.admin, "viewer": stack.users["viewer"]}


async def _send(
    stack: Stack, users: dict[str, User], values: Values, number: int
) -> tuple[Counter[int], Failures]:
    statuses: Counter[int] = Counter()
    failures: Failures = {}
    waiting = requests(values, number)
    tokens = {name: user.token for name, user in users.items()}
    timeout = aiohttp.ClientTimeout(total=120)

    async def one(client: aiohttp.ClientSession) -> None:
        for request in waiting:
            status, body = await _answer(client, stack.url, request, tokens)
            statuses[status] += 1
            values.learn(_parsed(body))
            if request.user == "admin" and (status == 404 or request.method == "DELETE"):
                values.forget(request.path)
            if status >= 500 or status == 0:
                found = failures.setdefault(f"{status} {request.route}", [])
                found.append((request, status, body[:600].decode(errors="replace")))
            if statuses.total() % 1000 == 0:
                bad = sum(map(len, failures.values()))
                say(f"   {statuses.total()} sent, {bad} answered 5xx")

    connector = aiohttp.TCPConnector(limit=AT_ONCE)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as client:
        await asyncio.gather(*(one(client) for _ in range(AT_ONCE)))
    return statuses, failures


async def _answer(
    client: aiohttp.ClientSession, base: str, request: Request, tokens: dict[str, str]
) -> tuple[int, bytes]:
    """Send one request; status 0 when there was no answer at all."""
    headers = {"X-Auth-Token": tokens.get(request.user, "nonsense"), **request.headers}
    url = URL(base + request.path, encoded=True)
    try:
        async with client.request(
            request.method, url, headers=headers, data=request.content, allow_redirects=False
        ) as answer:
            return answer.status, await answer.read()
    except (aiohttp.ClientError, TimeoutError) as error:
        return 0, repr(error).encode()


def _parsed(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return None


def _report(statuses: Counter[int], failures: Failures, traces: int) -> int:
    for route, found in sorted(failures.items()):
        request, _, body = found[0]
        say(f"\n{route}: {len(found)} times\n   {request}\n   -> {body}")
    spread = ", ".join(f"{status}: {count}" for status, count in sorted(statuses.items()))
    say(f"\nanswers  {spread}")
    bad = sum(map(len, failures.values()))
    say(f"{statuses.total()} requests, {bad} answered 5xx, {traces} tracebacks in the log")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
