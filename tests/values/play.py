"""Ask a pod's own validators and the gateway about the same bodies, and tell what differs."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from tests.values.reasons import REASONS
from tests.values.requests import Request
from tests.values.world import World

INSIDE = Path(__file__).parent / "inside"
LAB = Path(os.environ.get("TRIO2O_LAB", "/var/tmp/trio2o"))
PYTHON = LAB / "venv" / "bin" / "python"
_AT_ONCE = 8
# How the services say what their validators found: what else is refused is another matter's.
_WORDS = {
    "compute": r"Invalid input for field/attribute|An invalid 'name' value",
    "volume": r"Invalid input for field/attribute|An invalid 'name' value",
    "network": r"Invalid input for (?!operation)|Unrecognized attr|Attribute '|Cannot update read"
    r"|Failed to parse|Unable to find|Object '|Body contains|Allowed address pairs"
    r"|'[^']*' is not a"
    r"|Invalid input for operation: .*(boolean|not an integer|a CIDR format|key specs|string type"
    r"|data format|Duplicate items|only protocol)",
}


@dataclass(frozen=True)
class Difference:
    """One body about which a pod and the gateway do not agree."""

    name: str
    where: str
    value: Any
    pod: str
    status: int
    message: str


def told(found: Sequence[Difference]) -> Iterator[str]:
    """Yield what to read: a line for each attribute and way of differing, and its values."""
    groups: dict[tuple[str, str, bool, int, str], list[Difference]] = {}
    for one in found:
        message = "" if one.pod else re.sub(r"'.*'", "'..'", one.message)[:50]
        key = (one.name, one.where, not one.pod, one.status, message)
        groups.setdefault(key, []).append(one)
    for (name, where, taken, status, _), alike in groups.items():
        values = ", ".join(_short(one.value) for one in alike)
        pod = "takes" if taken else f"refuses ({alike[0].pod[:60]!r})"
        yield f"{name}: {where}: a pod {pod}, the gateway says {status} {alike[0].message[:60]!r}"
        yield f"    {values}"


def _meant(one: Difference) -> bool:
    text = f"{one.name}: {one.where} = {json.dumps(one.value)}"
    return one.status < 500 and any(re.search(reason, text) for reason in REASONS)


def _short(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) < 40 else f"{text[:15]}... ({len(text)})"


@dataclass(frozen=True)
class Case:
    """One body, and why a pod refuses it; empty: it does not."""

    request: Request
    where: str
    value: Any
    body: Any
    pod: str


def cases(world: World, requests: Sequence[Request]) -> Iterator[Case]:
    """What the validators of a pod say about bodies near those of the requests."""
    asking = [
        ("schemas.py", [r for r in requests if r.api == "compute"]),
        ("schemas.py", [r for r in requests if r.api == "volume"]),
        ("attributes.py", [r for r in requests if r.api == "network"]),
    ]
    running = [(_started(world, script, asked), asked) for script, asked in asking if asked]
    for process, asked in running:
        told, errors = process.communicate()
        assert process.returncode == 0, errors[-3000:]
        for line in told.splitlines():
            number, where, value, body, verdict = json.loads(line)
            yield Case(asked[number], where, value, body, verdict)


def _started(world: World, script: str, requests: Sequence[Request]) -> subprocess.Popen[str]:
    asked: Any = [
        {
            "name": number,
            "controller": request.reader,
            "version": request.version,
            "member": request.member,
            "collection": request.path.split("/")[1].replace("-", "_"),
            "method": request.method,
            "body": world.filled(request.body),
        }
        for number, request in enumerate(requests)
    ]
    if script == "attributes.py":
        listed = world.users["tenant"].network.list("/extensions")
        asked = {
            "extensions": [extension["alias"] for extension in listed],
            "project_id": world.users["admin"].project_id,
            "requests": asked,
        }
    process = subprocess.Popen(
        [str(PYTHON), str(INSIDE / script)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdin
    process.stdin.write(json.dumps(asked))
    process.stdin.close()
    process.stdin = None
    return process


async def differences(world: World, found: Sequence[Case]) -> list[Difference]:
    """Send every body to the gateway; what it does otherwise than a pod, without a reason."""
    waiting = iter(found)
    differ: list[Difference] = []

    async def some(client: aiohttp.ClientSession) -> None:
        for case in waiting:
            status, message = await _answer(client, world, case)
            if _differs(case, status, message):
                one = (case.request.name, case.where, case.value, case.pod, status, message)
                differ.append(Difference(*one))

    timeout = aiohttp.ClientTimeout(total=120)
    async with aiohttp.ClientSession(timeout=timeout) as client:
        await asyncio.gather(*(some(client) for _ in range(_AT_ONCE)))
    differ = [one for one in differ if not _meant(one)]
    return sorted(differ, key=lambda one: (one.name, one.where, json.dumps(one.value)))


async def _answer(client: aiohttp.ClientSession, world: World, case: Case) -> tuple[int, str]:
    request = case.request
    user = world.users[request.user]
    url = getattr(user, request.api)
    headers = {"X-Auth-Token": user.token, "Content-Type": "application/json"}
    if request.version:
        headers["OpenStack-API-Version"] = f"{request.api} {request.version}"
    address = user.gateway + url.prefix + world.filled(request.path)
    data = json.dumps(case.body)
    async with client.request(request.method, address, headers=headers, data=data) as answer:
        body = await answer.read()
    try:
        told = json.loads(body) if body else {}
    except ValueError:
        return answer.status, body.decode(errors="replace")
    inner: Any = next(iter(told.values()), "") if isinstance(told, dict) else ""
    return answer.status, str(inner.get("message", "")) if isinstance(inner, dict) else ""


def _differs(case: Case, status: int, message: str) -> bool:
    if status >= 500:
        return True
    if case.pod.startswith("500"):
        return False
    if case.pod:
        return status != 400
    return status == 400 and bool(re.match(_WORDS[case.request.api], message, re.IGNORECASE))
